"""Fetching official files: the one place of the program that opens a connection.

Only addresses of cards are asked for, and only at their hosts. A file is written aside
and takes its place when it is whole and is what it should be; whatever goes wrong, the
file of last time stays as it was.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

import tidewaiter
from tidewaiter.errors import BadDataError, BusyError, IntegrityError, MissingError, UsageError
from tidewaiter.sources import received
from tidewaiter.sources.card import Card, Download
from tidewaiter.sources.part import Part, State
from tidewaiter.sources.patience import Limits, Pace, Watch

if TYPE_CHECKING:
    import httpx

AGENT = f"tidewaiter/{tidewaiter.__version__} (open-source compliance tool)"
RETRIED = frozenset({408, 429, 500, 502, 503, 504})
REDIRECTS = 5
OK, PARTIAL, UNCHANGED, NOT_SATISFIABLE = 200, 206, 304, 416
UNPACKED = frozenset({"gzip", "x-gzip", "deflate"})  # codings of an answer that httpx undoes
ENVIRONMENT = "environment"  # the proxy is the one that the environment names

Progress = Callable[[str, int, int], None]  # file, bytes so far, bytes in all (0: unknown)


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one file: ``new``, ``updated``, ``unchanged`` or ``resumed``.

    ``verified`` names the publisher's checksums that it was compared with.
    """

    name: str
    outcome: str
    path: Path
    size: int
    sha256: str
    fetched_at: str
    last_modified: str
    verified: tuple[str, ...] = ()


class Fetcher:
    """Fetches the files of one card into a folder; ``proxy`` is an address, or ``environment``."""

    def __init__(
        self,
        card: Card,
        folder: Path,
        limits: Limits | None = None,
        progress: Progress = lambda _name, _done, _whole: None,
        proxy: str = "",
    ) -> None:
        self.card = card
        self.folder = folder
        self.limits = limits or Limits()
        self.progress = progress
        self.proxy = proxy
        own = (received.host_of(each.url) for each in card.files)
        self.hosts = frozenset((*own, *card.hosts))

    def fetch(self, wanted: Download, checksum: str = "") -> Fetched:
        """Fetch one file; ``checksum`` is the publisher's SHA-1 or SHA-256 of it, in hex.

        Raises ``MissingError`` where the server does not give it, ``BadDataError`` where
        what it gives is not what the card says, ``IntegrityError`` where the checksum
        differs, ``BusyError`` where another process fetches it, ``UsageError`` where the
        folder cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._alone(wanted):
                return self._repeatedly(wanted, checksum.lower())
        except OSError as problem:
            raise UsageError(
                f"the file cannot be written: {problem.strerror or problem}",
                where=str(self.folder / wanted.name),
                next_step="make room, or name a folder where you may write",
            ) from problem

    @contextmanager
    def _alone(self, wanted: Download) -> Iterator[None]:
        """One process at a time fetches a file into a folder."""
        import filelock

        lock = filelock.FileLock(self.folder / f".{wanted.name}.lock", timeout=self.limits.wait)
        try:
            lock.acquire()
        except filelock.Timeout:
            raise BusyError(
                "another process fetches this file",
                where=str(self.folder / wanted.name),
                next_step="let it finish, or wait for it with --wait SECONDS",
            ) from None
        try:
            yield
        finally:
            lock.release()

    def _repeatedly(self, wanted: Download, checksum: str) -> Fetched:
        """Try again where the network or the server failed, and only then."""
        import stamina

        stamina.instrumentation.set_on_retry_hooks([])  # it would print to stdout
        limits = self.limits
        attempts = stamina.retry_context(
            on=_pause,
            attempts=limits.attempts,
            timeout=limits.whole,
            wait_initial=limits.pause,
            wait_max=limits.longest_pause,
            wait_jitter=limits.pause / 2,
        )
        try:
            for attempt in attempts:
                with attempt:
                    return _Attempt(self, wanted, checksum).run()
        except _Passing as problem:
            raise MissingError(
                f"the file could not be fetched: {problem}",
                where=wanted.url,
                next_step="try again later; what was fetched before is untouched",
            ) from problem
        raise AssertionError  # stamina always tries


class _Attempt:
    """One question for one file, and what is made of the answer."""

    def __init__(self, fetcher: Fetcher, wanted: Download, checksum: str) -> None:
        self.fetcher = fetcher
        self.limits = fetcher.limits
        self.wanted = wanted
        self.checksum = checksum
        self.part = Part(fetcher.folder, wanted.name)
        self.kept = self.part.known(wanted.url)
        self.begun = self.part.begun(wanted.url)
        self.watch = Watch()

    def run(self) -> Fetched:
        """Ask, follow redirects within the hosts, and take the answer."""
        import httpx

        limits, proxy = self.limits, self.fetcher.proxy
        client = httpx.Client(
            timeout=httpx.Timeout(limits.patience, connect=limits.connect),
            limits=httpx.Limits(max_connections=1),
            proxy=None if proxy in {"", ENVIRONMENT} else proxy,
            trust_env=proxy == ENVIRONMENT,
            headers={"User-Agent": AGENT, "Accept-Encoding": "identity"},
        )
        try:
            with client, self.watch.within(limits.whole):
                return self._ask(client)
        except httpx.TransportError as problem:
            if self.watch.ended:
                raise self._slow("takes too long") from problem
            raise _Passing(f"{type(problem).__name__}: {problem}") from problem
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as problem:
            raise self._missing(f"the server's answer cannot be read: {problem}") from problem

    def _ask(self, client: httpx.Client) -> Fetched:
        headers = dict(self.kept.conditions) if self.kept else {}
        if self.begun:
            headers |= {"Range": f"bytes={self.part.size}-", "If-Range": self.begun.validator}
        url = self.wanted.url
        for _ in range(REDIRECTS + 1):
            traced = {"trace": self.watch.trace}
            question = client.build_request("GET", url, headers=headers, extensions=traced)
            with self.watch.within(self.limits.connect + self.limits.patience):
                answer = client.send(question, stream=True)
            with closing(answer):
                if not answer.has_redirect_location:
                    return self._take(answer)
                url = self._allowed(str(answer.url.join(answer.headers["Location"])))
        raise self._missing(f"the server redirects more than {REDIRECTS} times")

    def _allowed(self, url: str) -> str:
        """A redirect stays at the card's hosts, and never leaves https for http."""
        there, here = urlsplit(url), urlsplit(self.wanted.url)
        known = received.host_of(url) in self.fetcher.hosts and "@" not in there.netloc
        if not known or there.scheme not in {"https", here.scheme}:
            raise self._bad(
                f"the server redirects to {there.scheme}://{there.netloc}, not of the card",
                "see whether the publisher moved; then the card has to be changed",
            )
        return url

    def _take(self, answer: httpx.Response) -> Fetched:
        if answer.status_code == UNCHANGED and self.kept:
            return self._unchanged(self.kept)
        self._check_status(answer)
        self._check_head(answer)
        resumed = answer.status_code == PARTIAL
        if resumed and not self._continues(answer):
            self.part.drop()
            raise _Passing("the server continues another file, or at another place")
        if not resumed:
            self.part.begin(received.version(self.wanted.url, answer.headers))
        self._write(answer)
        verified = self._check_body(answer, whole=not resumed)
        state = self._state(answer)
        self.part.take_place(state)
        same = self.kept is not None and self.kept.sha256 == state.sha256
        came = "resumed" if resumed else "updated" if self.kept else "new"
        return self._told("unchanged" if same else came, state, verified)

    def _unchanged(self, kept: State) -> Fetched:
        """What is here is what the server has, if it is also what the publisher names."""
        self.part.drop()  # of a version that the server took back
        kind = received.GIVEN.get(len(self.checksum))
        if self.checksum and (kind is None or self.part.digest_of_target(kind) != self.checksum):
            raise self._differs()
        return self._told("unchanged", kept, (kind,) if kind else ())

    def _check_status(self, answer: httpx.Response) -> None:
        code = answer.status_code
        if code == NOT_SATISFIABLE and self.begun:
            self.part.drop()
            raise _Passing("the part that was kept is as long as the file, or longer")
        if code in RETRIED:
            pause = received.asked_pause(answer.headers)
            if pause is not None and pause > self.limits.longest_pause:
                raise self._missing(f"the server says {code} and asks to wait {pause:,.0f} seconds")
            raise _Passing(f"the server says {code}", pause)
        if code not in {OK, PARTIAL}:
            raise self._missing(f"the server says {code} {answer.reason_phrase}".rstrip())

    def _check_head(self, answer: httpx.Response) -> None:
        """Type, packing and size as far as the server tells them."""
        media = answer.headers.get("Content-Type", "")
        if not received.may_be(media, self.wanted):
            expected = ", ".join(self.wanted.media)
            raise self._bad(f"the server sends {media[:80]}, where the card says {expected}")
        coding = received.coding(answer.headers)
        if coding and coding not in UNPACKED:
            raise self._bad(f"the server packs the file as {coding[:80]}, which was not asked for")
        if (told := received.length(answer.headers)) > self.wanted.largest:
            raise self._too_large(told)

    def _continues(self, answer: httpx.Response) -> bool:
        """Whether a partial answer is of the version that was begun, from where it ended."""
        found = received.stretch(answer.headers)
        if found is None or self.begun is None or received.coding(answer.headers):
            return False
        another = self.begun.is_another(received.version(self.wanted.url, answer.headers))
        return not another and found[0] == self.part.size

    def _write(self, answer: httpx.Response) -> None:
        """The body into the part file, within the limits of size, time and pace."""
        done = self.part.size
        packed = received.coding(answer.headers)
        part = received.stretch(answer.headers) if answer.status_code == PARTIAL else None
        whole = part[1] if part else 0 if packed else received.length(answer.headers)
        pace = Pace(self.limits)
        with self.part.path.open("ab") as handle:
            for block in answer.iter_bytes() if packed else answer.iter_raw():
                done += len(block)
                if done > self.wanted.largest:
                    self.part.drop()
                    raise self._too_large(done)
                handle.write(block)
                if pace.is_slow(len(block)):
                    raise self._slow("sends too slowly")
                self.fetcher.progress(self.wanted.name, done, whole)
        if self.watch.ended:  # a body without a length ends as if it were whole
            raise self._slow("takes too long")
        if whole and done != whole:
            raise _Passing(f"the body ends after {done:,} of {whole:,} bytes")

    def _check_body(self, answer: httpx.Response, *, whole: bool) -> tuple[str, ...]:
        """Look at what came; the checksums that it was compared with."""
        with self.part.path.open("rb") as handle:
            why = received.why_not(handle.read(received.LOOKED_AT), self.wanted)
        if why:
            self.part.drop()
            raise self._bad(f"the server sends {why} instead of the file")
        sent_as_is = whole and not received.coding(answer.headers)
        sums = set(received.promised(answer.headers, whole=sent_as_is))
        if self.checksum:
            sums.add((received.GIVEN.get(len(self.checksum), ""), self.checksum))
        for kind, digest in sorted(sums):
            if not kind or self.part.digest(kind) != digest:
                self.part.drop()
                raise self._differs()
        return tuple(sorted({kind for kind, _ in sums}))

    def _state(self, answer: httpx.Response) -> State:
        """What is written down about the file that came."""
        version = received.version(self.wanted.url, answer.headers)
        begun = self.begun if answer.status_code == PARTIAL else None
        return State(
            url=self.wanted.url,
            sha256=self.part.digest("sha256"),
            size=self.part.size,
            fetched_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            etag=version.etag or (begun.etag if begun else ""),
            last_modified=version.last_modified or (begun.last_modified if begun else ""),
        )

    def _told(self, outcome: str, state: State, verified: tuple[str, ...]) -> Fetched:
        return Fetched(
            name=self.wanted.name,
            outcome=outcome,
            path=self.part.target,
            size=state.size,
            sha256=state.sha256,
            fetched_at=state.fetched_at,
            last_modified=state.last_modified,
            verified=verified,
        )

    def _missing(self, what: str) -> MissingError:
        note = f"; the card says: {self.wanted.note}" if self.wanted.note else ""
        page = f"compare the address with the publisher's page, {self.fetcher.card.url}{note}"
        return MissingError(what, where=self.wanted.url, next_step=page)

    def _bad(self, what: str, next_step: str = "") -> BadDataError:
        page = "open the address in a browser: it may ask for something, or be about the file"
        return BadDataError(what, where=self.wanted.url, next_step=next_step or page)

    def _slow(self, how: str) -> MissingError:
        return MissingError(
            f"the server {how}; what has come is continued next time, if the server can",
            where=self.wanted.url,
            next_step="try again later",
        )

    def _too_large(self, size: int) -> BadDataError:
        return self._bad(
            f"the file has {size:,} bytes or more, where the card allows {self.wanted.largest:,}",
            "if the publisher's file has grown, the card's limit has to be raised",
        )

    def _differs(self) -> IntegrityError:
        return IntegrityError(
            "the file is not the one whose checksum the publisher gives",
            where=self.wanted.url,
            next_step="fetch it again: publisher and copy may have changed in between",
        )


class _Passing(Exception):  # noqa: N818  (no error of ours: it may pass by itself)
    """The network or the server failed; the next attempt may not, after ``pause`` seconds."""

    def __init__(self, what: str, pause: float | None = None) -> None:
        super().__init__(what)
        self.pause = pause


def _pause(problem: Exception) -> bool | float:
    """Whether to try again, and after how long where the server said so."""
    if not isinstance(problem, _Passing):
        return False
    return True if problem.pause is None else max(problem.pause, 0.1)
