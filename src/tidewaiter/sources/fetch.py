"""Fetching official files: the one place of the program that opens a connection.

Only addresses of cards are asked for, and only at their hosts. A file is written aside
and takes its place when it is whole and is what it should be; whatever goes wrong, the
file of last time stays as it was. What the server said of it (ETag, date, checksum) lies
beside it in ``NAME.fetch.json``, so that the next time costs one question.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

import tidewaiter
from tidewaiter.errors import BadDataError, BusyError, IntegrityError, MissingError, UsageError
from tidewaiter.sources.card import Card, Download
from tidewaiter.store import atomic

if TYPE_CHECKING:
    import httpx

AGENT = f"tidewaiter/{tidewaiter.__version__} (open-source compliance tool)"
RETRIED = frozenset({408, 429, 500, 502, 503, 504})
REDIRECTS = 5
OK, PARTIAL, UNCHANGED, NOT_SATISFIABLE = 200, 206, 304, 416
STATE, PART = ".fetch.json", ".part"
HTML = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
HASHES = {40: "sha1", 64: "sha256"}  # digits of a checksum: which it is

Progress = Callable[[str, int, int], None]  # file, bytes so far, bytes in all (0: unknown)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long and how often: seconds, bytes a second, and attempts.

    ``pace`` is measured over ``patience`` seconds: a server that trickles is given up.
    """

    connect: float = 20.0
    patience: float = 60.0
    pace: int = 512
    whole: float = 4 * 3600.0
    attempts: int = 4
    pause: float = 1.0  # before the first repetition; doubled each time
    longest_pause: float = 60.0


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What was fetched, as the server described it."""

    url: str
    sha256: str
    size: int
    fetched_at: str
    etag: str = ""
    last_modified: str = ""


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one file: ``new``, ``updated``, ``unchanged`` or ``resumed``."""

    name: str
    outcome: str
    path: Path
    size: int
    sha256: str
    last_modified: str


class Fetcher:
    """Fetches the files of one card into a folder."""

    def __init__(
        self,
        card: Card,
        folder: Path,
        limits: Limits | None = None,
        progress: Progress = lambda _name, _done, _whole: None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.card = card
        self.folder = folder
        self.limits = limits or Limits()
        self.progress = progress
        self.transport = transport
        self.hosts = frozenset(urlsplit(each.url).netloc for each in card.files)

    def fetch(self, wanted: Download, checksum: str = "") -> Fetched:
        """Fetch one file; ``checksum`` is the publisher's SHA-1 or SHA-256 of it, in hex.

        Raises ``MissingError`` where the server does not give it, ``BadDataError`` where
        what it gives is not what the card says, ``IntegrityError`` where the checksum
        differs, ``UsageError`` where the folder cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._alone(wanted):
                return self._repeatedly(wanted, checksum)
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

        lock = filelock.FileLock(self.folder / f".{wanted.name}.lock", timeout=0)
        try:
            with lock:
                yield
        except filelock.Timeout:
            raise BusyError(
                "another process fetches this file",
                where=str(self.folder / wanted.name),
                next_step="wait until it is done",
            ) from None

    def _repeatedly(self, wanted: Download, checksum: str) -> Fetched:
        """Try again where the network or the server failed, and only then."""
        import stamina

        stamina.instrumentation.set_on_retry_hooks([])  # it would print to stdout
        limits = self.limits
        attempts = stamina.retry_context(
            on=_Passing,
            attempts=limits.attempts,
            timeout=limits.whole,
            wait_initial=limits.pause,
            wait_max=limits.longest_pause,
            wait_jitter=limits.pause / 2,
        )
        try:
            for attempt in attempts:
                with attempt:
                    return self._once(wanted, checksum)
        except _Passing as problem:
            raise MissingError(
                f"the file could not be fetched: {problem}",
                where=wanted.url,
                next_step="try again later; what was fetched before is untouched",
            ) from problem
        raise AssertionError  # stamina always tries

    def _once(self, wanted: Download, checksum: str) -> Fetched:
        import httpx

        timeout = httpx.Timeout(self.limits.patience, connect=self.limits.connect)
        client = httpx.Client(
            timeout=timeout, transport=self.transport, trust_env=False,
            headers={"User-Agent": AGENT, "Accept-Encoding": "identity"},
        )  # fmt: skip
        try:
            with client:
                return self._ask(client, wanted, checksum)
        except httpx.TransportError as problem:
            raise _Passing(f"{type(problem).__name__}: {problem}") from problem
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as problem:
            raise MissingError(
                f"the server's answer cannot be read: {problem}",
                where=wanted.url,
                next_step="open the address in a browser and compare it with the card",
            ) from problem

    def _ask(self, client: httpx.Client, wanted: Download, checksum: str) -> Fetched:
        """Ask for the file, follow redirects within the hosts, and take the answer."""
        kept = self._state(wanted)
        part = self.folder / f".{wanted.name}{PART}"
        headers = _conditions(kept) if kept else {}
        begun = _begun(part) if not headers else None
        if begun:
            headers = {"Range": f"bytes={part.stat().st_size}-", "If-Range": begun.validator}
        url = wanted.url
        for _ in range(REDIRECTS + 1):
            with client.stream("GET", url, headers=headers) as answer:
                if not answer.has_redirect_location:
                    return self._take(answer, wanted, checksum, kept)
                url = self._allowed(str(answer.url.join(answer.headers["Location"])), wanted)
        raise MissingError(
            f"the server redirects more than {REDIRECTS} times",
            where=wanted.url,
            next_step="open the address in a browser and compare it with the card",
        )

    def _allowed(self, url: str, wanted: Download) -> str:
        """A redirect stays at the card's hosts, and never leaves https for http."""
        there, here = urlsplit(url), urlsplit(wanted.url)
        if there.netloc not in self.hosts or (here.scheme, there.scheme) == ("https", "http"):
            raise BadDataError(
                f"the server redirects to {there.scheme}://{there.netloc}, not of the card",
                where=wanted.url,
                next_step="see whether the publisher moved; then the card has to be changed",
            )
        return url

    def _take(
        self, answer: httpx.Response, wanted: Download, checksum: str, kept: State | None
    ) -> Fetched:
        part = self.folder / f".{wanted.name}{PART}"
        if answer.status_code == UNCHANGED and kept:
            return self._told(wanted, "unchanged", kept)
        if answer.status_code == NOT_SATISFIABLE:
            _drop(part)
            raise _Passing("the half that was kept is longer than the file")
        self._check_status(answer, wanted)
        self._check_head(answer, wanted)
        resumed = answer.status_code == PARTIAL
        if resumed and not _continues(answer, part):
            _drop(part)
            raise _Passing("the server continues at another place than was asked for")
        self._write(answer, wanted, part, resumed=resumed)
        state = self._whole(wanted, part, checksum, answer)
        unchanged = kept is not None and kept.sha256 == state.sha256
        outcome = (
            "unchanged" if unchanged else "resumed" if resumed else "updated" if kept else "new"
        )
        return self._told(wanted, outcome, state)

    def _check_status(self, answer: httpx.Response, wanted: Download) -> None:
        code = answer.status_code
        if code in RETRIED:
            raise _Passing(f"the server says {code}")
        if code not in {OK, PARTIAL}:
            raise MissingError(
                f"the server says {code} {answer.reason_phrase}",
                where=wanted.url,
                next_step="see the source's page: `tidewaiter sources` names it",
            )

    def _check_head(self, answer: httpx.Response, wanted: Download) -> None:
        """Type and size as far as the server tells them."""
        media = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if wanted.media and media and media not in wanted.media:
            raise BadDataError(
                f"the server sends {media}, where the card says {', '.join(wanted.media)}",
                where=wanted.url,
                next_step="open the address in a browser: it may be a page about the file",
            )
        told = answer.headers.get("Content-Length", "")
        if told.isdecimal() and int(told) > wanted.largest:
            raise _too_large(wanted, int(told))

    def _write(
        self, answer: httpx.Response, wanted: Download, part: Path, *, resumed: bool
    ) -> None:
        """The body into the part file, within the limits of size, time and pace."""
        told = answer.headers.get("Content-Length", "")
        done = part.stat().st_size if resumed else 0
        whole = done + int(told) if told.isdecimal() else 0
        _note(part, answer)
        clock = _Clock(self.limits, wanted)
        with part.open("ab" if resumed else "wb") as handle:
            for block in answer.iter_raw():
                done += len(block)
                if done > wanted.largest:
                    handle.close()
                    _drop(part)
                    raise _too_large(wanted, done)
                handle.write(block)
                clock.check(len(block))
                self.progress(wanted.name, done, whole)
        if whole and done != whole:
            raise _Passing(f"the body ends after {done:,} of {whole:,} bytes")

    def _whole(self, wanted: Download, part: Path, checksum: str, answer: httpx.Response) -> State:
        """Check the finished part and let it take its place."""
        self._check_body(wanted, part, checksum)
        state = State(
            url=wanted.url,
            sha256=_digest(part, "sha256"),
            size=part.stat().st_size,
            fetched_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            etag=answer.headers.get("ETag", ""),
            last_modified=answer.headers.get("Last-Modified", ""),
        )
        atomic.sync_file(part)
        part.replace(self.folder / wanted.name)
        atomic.sync_folder(self.folder)
        atomic.write_file(self.folder / f"{wanted.name}{STATE}", msgspec.json.encode(state))
        _drop(part)
        return state

    def _check_body(self, wanted: Download, part: Path, checksum: str) -> None:
        with part.open("rb") as handle:
            start = handle.read(1024)
        if HTML.match(start.removeprefix(b"\xef\xbb\xbf")) and "text/html" not in wanted.media:
            _drop(part)
            raise BadDataError(
                "the server sends a web page instead of the file",
                where=wanted.url,
                next_step="open the address in a browser: it may ask for something",
            )
        kind = HASHES.get(len(checksum))
        if checksum and (kind is None or _digest(part, kind) != checksum.lower()):
            _drop(part)
            raise IntegrityError(
                "the file is not the one whose checksum the publisher gives",
                where=wanted.url,
                next_step="fetch it again: publisher and copy may have changed in between",
            )

    def _state(self, wanted: Download) -> State | None:
        """What is known of the file that is there, if it still is that file."""
        path = self.folder / wanted.name
        try:
            state = msgspec.json.decode(
                (self.folder / f"{wanted.name}{STATE}").read_bytes(), type=State
            )
        except (OSError, msgspec.DecodeError):
            return None
        same = (
            path.is_file() and state.url == wanted.url and _digest(path, "sha256") == state.sha256
        )
        return state if same else None

    def _told(self, wanted: Download, outcome: str, state: State) -> Fetched:
        return Fetched(
            name=wanted.name,
            outcome=outcome,
            path=self.folder / wanted.name,
            size=state.size,
            sha256=state.sha256,
            last_modified=state.last_modified,
        )


class _Passing(Exception):  # noqa: N818  (no error of ours: it may pass by itself)
    """The network or the server failed; the next attempt may not."""


class _Clock:
    """Gives up on a body that takes too long as a whole, or trickles."""

    def __init__(self, limits: Limits, wanted: Download) -> None:
        self.limits = limits
        self.wanted = wanted
        self.started = self.since = time.monotonic()
        self.come = 0

    def check(self, size: int) -> None:
        """Note ``size`` bytes more."""
        now = time.monotonic()
        self.come += size
        if now - self.started > self.limits.whole:
            raise self._slow("takes too long")
        if now - self.since >= self.limits.patience:
            if self.come < self.limits.pace * (now - self.since):
                raise self._slow("sends too slowly")
            self.since, self.come = now, 0

    def _slow(self, how: str) -> MissingError:
        return MissingError(
            f"the server {how}; what has come is kept and continued next time",
            where=self.wanted.url,
            next_step="try again later",
        )


class _Half(msgspec.Struct, frozen=True):
    """Which version of a file a part belongs to."""

    validator: str


def _note(part: Path, answer: httpx.Response) -> None:
    """Write down of which version the part is; without a validator it is not continued."""
    validator = answer.headers.get("ETag", "") or answer.headers.get("Last-Modified", "")
    if validator.startswith("W/"):
        validator = ""
    atomic.write_file(part.with_name(part.name + STATE), msgspec.json.encode(_Half(validator)))


def _begun(part: Path) -> _Half | None:
    """Of which version the part is that an interrupted attempt left."""
    try:
        half = msgspec.json.decode(part.with_name(part.name + STATE).read_bytes(), type=_Half)
    except (OSError, msgspec.DecodeError):
        return None
    return half if half.validator and part.is_file() and part.stat().st_size else None


def _continues(answer: httpx.Response, part: Path) -> bool:
    """Whether a partial answer begins where the part ends."""
    found = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
    return found is not None and part.is_file() and int(found[1]) == part.stat().st_size


def _conditions(kept: State) -> Mapping[str, str]:
    headers = {"If-None-Match": kept.etag, "If-Modified-Since": kept.last_modified}
    return {name: value for name, value in headers.items() if value}


def _drop(part: Path) -> None:
    part.unlink(missing_ok=True)
    part.with_name(part.name + STATE).unlink(missing_ok=True)


def _digest(path: Path, kind: str) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, kind).hexdigest()


def _too_large(wanted: Download, size: int) -> BadDataError:
    return BadDataError(
        f"the file has {size:,} bytes or more, where the card allows {wanted.largest:,}",
        where=wanted.url,
        next_step="if the publisher's file has grown, the card's limit has to be raised",
    )
