"""Fetching, against a server that misbehaves in every way: each ends as documented.

Whatever happens, the file of last time is untouched.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import random
import resource
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tidewaiter.errors import (
    BadDataError,
    BusyError,
    IntegrityError,
    MissingError,
    TidewaiterError,
    UsageError,
)
from tidewaiter.pipeline import fetching
from tidewaiter.sources import received
from tidewaiter.sources.card import Card, Download, cards
from tidewaiter.sources.fetch import Fetched, Fetcher, _Attempt
from tidewaiter.sources.part import Part, State, Version
from tidewaiter.sources.patience import Limits

pytestmark = [pytest.mark.allow_hosts(["127.0.0.1"]), pytest.mark.timeout(60)]

BODY = b"id,name\n" + b"".join(b"%d,Varenkov %d\n" % (n, n) for n in range(20_000))
OLD = b"id,name\n1,yesterday\n"
QUICK = Limits(connect=2, patience=0.4, pace=2000, whole=20, attempts=3, pause=0.01)
MANNER = fetching.Manner(limits=QUICK, pause=0)
Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers as the test says, and remembers what it was asked."""

    protocol_version = "HTTP/1.1"
    answer: Answer
    asked: list[dict[str, str]]

    def do_GET(self) -> None:
        """One request."""
        type(self).asked.append({"path": self.path, **self.headers})
        try:
            type(self).answer(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def give(
        self,
        body: bytes = BODY,
        code: int = 200,
        more: dict[str, str] | None = None,
        **headers: str,
    ) -> None:
        """A whole answer; headers with ``_`` for ``-``, or as they are in ``more``."""
        self.send_response(code)
        told = {"Content-Type": "text/csv", "Content-Length": str(len(body))} | {
            name.replace("_", "-"): value for name, value in (headers | (more or {})).items()
        }
        for name, value in told.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Quiet(ThreadingHTTPServer):
    """Clients that go away are what is tested here."""

    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Say nothing."""


class Server:
    """A server on this machine, with what it was asked so far."""

    def __init__(self) -> None:
        self.handler: Any = type("Local", (Handler,), {"asked": []})
        self.http = Quiet(("127.0.0.1", 0), self.handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    @property
    def asked(self) -> list[dict[str, str]]:
        """Every request: its path and headers."""
        found: list[dict[str, str]] = self.handler.asked
        return found

    def answers(self, answer: Answer) -> None:
        """From now on."""
        self.handler.answer = answer


@pytest.fixture
def server() -> Iterator[Server]:
    """Started, and stopped afterwards."""
    made = Server()
    thread = threading.Thread(target=made.http.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.http.shutdown()
    made.http.server_close()
    thread.join()


def card(server: Server, hosts: tuple[str, ...] = (), **more: Any) -> tuple[Card, Download]:
    """A card of one file at the server."""
    given = {"name": "list.csv", "url": f"{server.url}/list.csv", "media": ("text/csv",)} | more
    file = Download(**given)
    made = Card(
        name="made", title="t", publisher="p", url="https://x.example", licence="l",
        good_for="g", format="f", visibility="date", files=(file,), hosts=hosts,
    )  # fmt: skip
    return made, file


def fetch(
    server: Server, folder: Path, checksum: str = "", limits: Limits = QUICK, **more: Any
) -> Fetched:
    """Fetch the one file."""
    made, file = card(server, **more)
    return Fetcher(made, folder, limits).fetch(file, checksum)


def cut(h: Handler, body: bytes, whole: int, **headers: str) -> None:
    """The beginning of a body, and then the end of the connection."""
    h.give(body, 200, {"Content-Length": str(whole)} | headers)
    h.close_connection = True


def rest(h: Handler, body: bytes = BODY, **headers: str) -> None:
    """What comes after the part that was asked for, as a server should send it."""
    begin = int(h.headers["Range"].removeprefix("bytes=").removesuffix("-"))
    place = f"bytes {begin}-{len(body) - 1}/{len(body)}"
    h.give(body[begin:], 206, {"Content-Range": place} | headers)


@pytest.fixture
def held(server: Server, tmp_path: Path) -> Path:
    """A folder that holds the file of yesterday."""
    server.answers(
        lambda h: h.give(OLD, ETag='"old"', Last_Modified="Sun, 22 Nov 2026 00:00:00 GMT")
    )
    fetch(server, tmp_path)
    return tmp_path


def refused(
    server: Server, folder: Path, kind: type[TidewaiterError], **more: Any
) -> TidewaiterError:
    """The error that a fetch ends in; yesterday's file is still there, with its state."""
    with pytest.raises(kind) as caught:
        fetch(server, folder, **more)
    assert (folder / "list.csv").read_bytes() == OLD
    state = json.loads((folder / "list.csv.fetch.json").read_bytes())
    assert state["sha256"] == hashlib.sha256(OLD).hexdigest()
    assert caught.value.where
    assert caught.value.next_step
    return caught.value


def test_a_new_file_takes_its_place_with_its_state(server: Server, tmp_path: Path) -> None:
    """Bytes, checksum and what the server said of them."""
    server.answers(lambda h: h.give(ETag='"1"'))
    found = fetch(server, tmp_path)
    assert (found.outcome, found.size) == ("new", len(BODY))
    assert (tmp_path / "list.csv").read_bytes() == BODY
    assert found.sha256 == hashlib.sha256(BODY).hexdigest()
    left = sorted(p.name for p in tmp_path.iterdir() if p.suffix != ".lock")
    assert left == ["list.csv", "list.csv.fetch.json"]
    assert server.asked[0]["User-Agent"].startswith("tidewaiter/")


def test_304_leaves_everything_as_it_is(server: Server, held: Path) -> None:
    """The server is asked with what it said last time."""
    server.answers(lambda h: h.give(b"", 304, Content_Type=""))
    found = fetch(server, held)
    assert found.outcome == "unchanged"
    assert server.asked[-1]["If-None-Match"] == '"old"'
    assert server.asked[-1]["If-Modified-Since"].startswith("Sun, 22 Nov")
    assert (held / "list.csv").read_bytes() == OLD


def test_a_weak_mark_joins_no_pieces(server: Server, tmp_path: Path) -> None:
    """A weak ETag is the same for bodies that differ: what was begun is fetched anew."""
    server.answers(lambda h: cut(h, BODY[:7000], len(BODY), ETag='W/"1"'))
    with pytest.raises(TidewaiterError):
        fetch(server, tmp_path)
    server.answers(lambda h: h.give(ETag='W/"1"'))
    assert fetch(server, tmp_path).outcome != "resumed"
    assert not [asked for asked in server.asked if "If-Range" in asked]
    assert (tmp_path / "list.csv").read_bytes() == BODY


def test_a_file_that_was_changed_here_is_fetched_again(server: Server, held: Path) -> None:
    """A condition would leave the damaged file in place."""
    (held / "list.csv").write_bytes(b"damaged")
    server.answers(lambda h: h.give(OLD))
    fetch(server, held)
    assert "If-None-Match" not in server.asked[-1]
    assert (held / "list.csv").read_bytes() == OLD


def test_the_same_bytes_without_304_are_unchanged(server: Server, held: Path) -> None:
    """Some servers know no conditions."""
    server.answers(lambda h: h.give(OLD))
    assert fetch(server, held).outcome == "unchanged"


def test_a_newer_file_replaces_the_older(server: Server, held: Path) -> None:
    """Only when it is whole."""
    server.answers(lambda h: h.give())
    assert fetch(server, held).outcome == "updated"
    assert (held / "list.csv").read_bytes() == BODY


def test_a_truncated_body_is_resumed_where_it_ended(server: Server, tmp_path: Path) -> None:
    """The second attempt asks for the rest of the same version."""

    def answer(h: Handler) -> None:
        if "Range" in h.headers:
            rest(h, ETag='"1"')
        else:
            cut(h, BODY[:5000], len(BODY), ETag='"1"')

    server.answers(answer)
    found = fetch(server, tmp_path)
    assert found.outcome == "resumed"
    assert (tmp_path / "list.csv").read_bytes() == BODY
    assert server.asked[-1]["Range"] == "bytes=5000-"
    assert server.asked[-1]["If-Range"] == '"1"'


def test_a_truncated_body_without_a_version_starts_anew(server: Server, tmp_path: Path) -> None:
    """Two halves of different files must not become one."""
    answers = iter([BODY[:5000], BODY])

    def answer(h: Handler) -> None:
        body = next(answers)
        h.give(body, Content_Length=str(len(BODY)))
        h.close_connection = len(body) < len(BODY)

    server.answers(answer)
    assert fetch(server, tmp_path).outcome == "new"
    assert (tmp_path / "list.csv").read_bytes() == BODY
    assert "Range" not in server.asked[-1]


def test_a_file_that_changed_meanwhile_is_taken_whole(server: Server, tmp_path: Path) -> None:
    """``If-Range`` fails: the server sends everything, and nothing is joined."""

    def answer(h: Handler) -> None:
        if "Range" not in h.headers:
            h.give(OLD[:5], Content_Length="999999", ETag='"1"')
            h.close_connection = True
        else:
            h.give(BODY, ETag='"2"')

    server.answers(answer)
    assert fetch(server, tmp_path).outcome == "new"
    assert (tmp_path / "list.csv").read_bytes() == BODY


@pytest.mark.parametrize("place", ["bytes 7-9/10", "nonsense", ""])
def test_a_server_that_continues_elsewhere_is_asked_anew(
    server: Server, tmp_path: Path, place: str
) -> None:
    """The half is thrown away rather than joined with something else."""

    def answer(h: Handler) -> None:
        if "Range" in h.headers:
            h.give(b"xyz", 206, Content_Range=place, ETag='"1"')
        elif len(server.asked) == 1:
            h.give(BODY[:50], Content_Length=str(len(BODY)), ETag='"1"')
            h.close_connection = True
        else:
            h.give(ETag='"1"')

    server.answers(answer)
    fetch(server, tmp_path)
    assert (tmp_path / "list.csv").read_bytes() == BODY


def test_an_interrupted_download_goes_on_next_time(server: Server, tmp_path: Path) -> None:
    """What came before Ctrl-C is kept aside, and is no file of that name."""
    made, file = card(server)

    def stop(_name: str, done: int, _whole: int) -> None:
        if done > 70_000:
            raise KeyboardInterrupt

    def answer(h: Handler) -> None:
        begin = int(h.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        place = f"bytes {begin}-{len(BODY) - 1}/{len(BODY)}"
        h.give(BODY[begin:], 206 if begin else 200, Content_Range=place, ETag='"1"')

    server.answers(answer)
    with pytest.raises(KeyboardInterrupt):
        Fetcher(made, tmp_path, QUICK, stop).fetch(file)
    assert not (tmp_path / "list.csv").exists()
    assert fetch(server, tmp_path).outcome == "resumed"
    assert (tmp_path / "list.csv").read_bytes() == BODY


def test_the_wrong_type_is_refused(server: Server, held: Path) -> None:
    """A page about the file is not the file."""
    server.answers(lambda h: h.give(BODY, Content_Type="text/html; charset=utf-8"))
    assert "text/html" in str(refused(server, held, BadDataError))


@pytest.mark.parametrize("page", [b"<!DOCTYPE html><p>Sorry", b"\xef\xbb\xbf\n <HTML><body>"])
def test_a_web_page_that_calls_itself_csv_is_refused(
    server: Server, held: Path, page: bytes
) -> None:
    """The content is looked at, too."""
    server.answers(lambda h: h.give(page))
    assert "web page" in str(refused(server, held, BadDataError))


@pytest.mark.parametrize(
    "to", ["http://127.0.0.2:9/x", "https://elsewhere.example/x", "//a.example/"]
)
def test_a_redirect_elsewhere_is_refused(server: Server, held: Path, to: str) -> None:
    """No address is asked that the card does not have."""
    server.answers(lambda h: h.give(b"", 302, Location=to))
    assert "redirects to" in str(refused(server, held, BadDataError))


def test_a_redirect_within_the_host_is_followed(server: Server, tmp_path: Path) -> None:
    """Publishers move their files about."""
    server.answers(
        lambda h: h.give() if h.path == "/new.csv" else h.give(b"", 301, Location="/new.csv")
    )
    assert fetch(server, tmp_path).outcome == "new"


def test_redirects_have_an_end(server: Server, held: Path) -> None:
    """A circle is noticed."""
    server.answers(lambda h: h.give(b"", 302, Location="/list.csv"))
    assert "times" in str(refused(server, held, MissingError))


def test_a_server_that_fails_is_asked_again(server: Server, tmp_path: Path) -> None:
    """It may pass."""
    server.answers(lambda h: h.give(b"", 503) if len(server.asked) < 3 else h.give())
    assert fetch(server, tmp_path).outcome == "new"
    assert len(server.asked) == 3


def test_a_server_that_keeps_failing_is_given_up(server: Server, held: Path) -> None:
    """After as many attempts as the limits say."""
    before = len(server.asked)
    server.answers(lambda h: h.give(b"", 500))
    assert "500" in str(refused(server, held, MissingError))
    assert len(server.asked) - before == QUICK.attempts


@pytest.mark.parametrize("code", [401, 403, 404, 410, 418])
def test_what_the_server_refuses_is_not_asked_again(server: Server, held: Path, code: int) -> None:
    """Repeating would be impolite."""
    before = len(server.asked)
    server.answers(lambda h: h.give(b"", code))
    assert str(code) in str(refused(server, held, MissingError))
    assert len(server.asked) - before == 1


def test_nobody_at_the_address_is_an_error(tmp_path: Path) -> None:
    """The connection is refused."""
    made = Server()
    made.http.server_close()
    with pytest.raises(MissingError, match="could not be fetched"):
        fetch(made, tmp_path)


def test_a_server_that_trickles_is_given_up(server: Server, held: Path) -> None:
    """A slow loris: a byte now and then would keep us for days."""

    def answer(h: Handler) -> None:
        h.send_response(200)
        h.send_header("Content-Type", "text/csv")
        h.send_header("Content-Length", "100000")
        h.end_headers()
        for _ in range(200):
            h.wfile.write(b"x")
            h.wfile.flush()
            time.sleep(0.05)

    server.answers(answer)
    begun = time.monotonic()
    assert "slowly" in str(refused(server, held, MissingError))
    assert time.monotonic() - begun < 10


def test_a_server_that_says_nothing_is_given_up(server: Server, held: Path) -> None:
    """The patience of one read is limited."""
    server.answers(lambda _h: time.sleep(1.5))
    assert "Timeout" in str(refused(server, held, MissingError))


def test_a_file_that_says_it_is_too_large_is_not_begun(server: Server, held: Path) -> None:
    """The length is believed."""
    server.answers(lambda h: h.give())
    assert "allows" in str(refused(server, held, BadDataError, largest=1000))


def test_a_file_that_is_too_large_without_saying_so_is_stopped(server: Server, held: Path) -> None:
    """And what has come of it is removed."""

    def answer(h: Handler) -> None:
        h.give(BODY, Content_Length="")
        h.close_connection = True

    server.answers(answer)
    assert "allows" in str(refused(server, held, BadDataError, largest=100_000))
    assert not (held / ".list.csv.part").exists()


@pytest.mark.parametrize("kind", ["sha1", "sha256"])
def test_a_checksum_is_compared(server: Server, held: Path, kind: str) -> None:
    """In either of the two kinds that publishers give; a wrong one changes nothing."""
    server.answers(lambda h: h.give())
    wrong = hashlib.new(kind, b"other").hexdigest()
    refused(server, held, IntegrityError, checksum=wrong)
    refused(server, held, IntegrityError, checksum="ab" * 16)  # of no kind that is known
    right = hashlib.new(kind, BODY).hexdigest().upper()
    assert fetch(server, held, checksum=right).outcome == "updated"


def test_two_processes_do_not_fetch_one_file(server: Server, tmp_path: Path) -> None:
    """The second is told so at once."""
    made, file = card(server)

    def again(_name: str, _done: int, _whole: int) -> None:
        with pytest.raises(BusyError):
            Fetcher(made, tmp_path, QUICK).fetch(file)

    server.answers(lambda h: h.give())
    Fetcher(made, tmp_path, QUICK, again).fetch(file)


def test_a_folder_that_cannot_be_written_is_a_usage_error(server: Server, tmp_path: Path) -> None:
    """With what to do about it."""
    (tmp_path / "file").write_bytes(b"")
    server.answers(lambda h: h.give())
    with pytest.raises(UsageError, match="cannot be written"):
        fetch(server, tmp_path / "file")


def test_an_answer_that_is_no_http_is_an_error(server: Server, held: Path) -> None:
    """Whatever is at the address."""

    def answer(h: Handler) -> None:
        h.wfile.write(b"SSH-2.0-OpenSSH\r\n")

    server.answers(answer)
    refused(server, held, MissingError)


def test_huge_headers_are_an_error(server: Server, held: Path) -> None:
    """They do not fill the memory."""
    server.answers(lambda h: h.give(ETag="x" * 2_000_000))
    refused(server, held, MissingError)


def test_one_failure_does_not_stop_the_others(server: Server, tmp_path: Path) -> None:
    """Every file of a source is told about."""
    made, file = card(server)
    gone = Download(name="gone.csv", url=f"{server.url}/gone.csv")
    server.answers(lambda h: h.give(b"", 404) if "gone" in h.path else h.give())
    found = list(fetching.fetch([(made, gone), (made, file)], tmp_path, lambda *_: None, MANNER))
    assert isinstance(found[0], fetching.Failed)
    assert isinstance(found[1], Fetched)
    assert (tmp_path / "made" / "list.csv").read_bytes() == BODY


def test_sources_without_files_are_named() -> None:
    """An unknown source is an error that says which there are."""
    with pytest.raises(MissingError, match="no source with files"):
        fetching.offered(["nothing"])


def test_an_interrupted_update_goes_on_too(server: Server, held: Path) -> None:
    """Both are asked at once: has it changed, and if so, the rest of what was begun."""

    def answer(h: Handler) -> None:
        if "Range" in h.headers:
            rest(h, ETag='"new"')
        else:
            cut(h, BODY[:7000], len(BODY), ETag='"new"')

    server.answers(answer)
    assert fetch(server, held).outcome == "resumed"
    assert (held / "list.csv").read_bytes() == BODY
    assert server.asked[-1]["If-None-Match"] == '"old"'
    assert server.asked[-1]["If-Range"] == '"new"'


def test_a_part_of_a_version_that_was_taken_back_is_forgotten(server: Server, held: Path) -> None:
    """The server has the old file again, and says so."""
    server.answers(lambda h: cut(h, BODY[:7000], len(BODY), ETag='"new"'))
    with pytest.raises(MissingError):
        fetch(server, held, limits=Limits(attempts=1))
    assert (held / ".list.csv.part").exists()
    server.answers(lambda h: h.give(b"", 304, Content_Type=""))
    assert fetch(server, held).outcome == "unchanged"
    assert not (held / ".list.csv.part").exists()
    assert (held / "list.csv").read_bytes() == OLD


@pytest.mark.parametrize("told", [{"ETag": '"2"'}, {"ETag": "", "Last_Modified": "yesterday"}])
def test_a_rest_of_another_version_is_not_joined(
    server: Server, tmp_path: Path, told: dict[str, str]
) -> None:
    """Some servers do not know ``If-Range``; what they say of the rest is compared."""
    first = {"ETag": '"1"'} if told["ETag"] else {"Last_Modified": "today"}

    def answer(h: Handler) -> None:
        if "Range" in h.headers:
            rest(h, BODY.swapcase(), **told)
        elif len(server.asked) == 1:
            cut(h, BODY[:5000], len(BODY), **first)
        else:
            h.give()

    server.answers(answer)
    fetch(server, tmp_path)
    assert (tmp_path / "list.csv").read_bytes() == BODY


def test_a_rest_that_comes_in_pieces_is_put_together(server: Server, tmp_path: Path) -> None:
    """A server may send less than was asked for; the file is whole when all has come."""

    def answer(h: Handler) -> None:
        if "Range" not in h.headers:
            cut(h, BODY[:100_000], len(BODY), ETag='"1"')
            return
        begin = int(h.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        end = min(begin + 200_000, len(BODY))
        place = f"bytes {begin}-{end - 1}/{len(BODY)}"
        h.give(BODY[begin:end], 206, Content_Range=place, ETag='"1"')

    server.answers(answer)
    assert len(BODY) > 300_000
    assert fetch(server, tmp_path).outcome == "resumed"
    assert (tmp_path / "list.csv").read_bytes() == BODY


def test_a_part_that_is_too_long_is_thrown_away(server: Server, tmp_path: Path) -> None:
    """The server cannot continue what it does not have."""

    def answer(h: Handler) -> None:
        if "Range" in h.headers:
            h.give(b"", 416)
        elif len(server.asked) == 1:
            cut(h, BODY, len(BODY) + 5, ETag='"1"')
        else:
            h.give(ETag='"1"')

    server.answers(answer)
    fetch(server, tmp_path)
    assert (tmp_path / "list.csv").read_bytes() == BODY


def test_a_new_part_never_stands_beside_the_note_of_another(tmp_path: Path) -> None:
    """Killed between any two steps, nothing is left that would be continued wrongly."""
    part = Part(tmp_path, "list.csv")
    part.begin(Version(url="u", etag='"1"'))
    part.path.write_bytes(b"first")
    assert part.begun("u") is not None
    assert part.begun("elsewhere") is None
    part.begin(Version(url="u", etag='"2"'))
    assert part.size == 0
    assert part.begun("u") is None


def test_killed_after_the_file_took_its_place_it_is_fetched_again(
    server: Server, held: Path
) -> None:
    """The note still tells of the file before: it is not believed."""
    part = Part(held, "list.csv")
    (held / "list.csv").write_bytes(BODY)
    assert part.known(f"{server.url}/list.csv") is None
    server.answers(lambda h: h.give())
    fetch(server, held)
    state = json.loads((held / "list.csv.fetch.json").read_bytes())
    assert state["sha256"] == hashlib.sha256(BODY).hexdigest()


@pytest.mark.parametrize("note", [b"", b"{", b"[]", b'{"url": 1}', b"\xff\xfe"])
def test_a_damaged_note_is_no_note(server: Server, held: Path, note: bytes) -> None:
    """The file is fetched without conditions."""
    (held / "list.csv.fetch.json").write_bytes(note)
    server.answers(lambda h: h.give())
    fetch(server, held)
    assert "If-None-Match" not in server.asked[-1]
    assert (held / "list.csv").read_bytes() == BODY


def test_a_pause_that_the_server_asks_for_is_kept(server: Server, tmp_path: Path) -> None:
    """``Retry-After`` wins over our own pause."""
    server.answers(
        lambda h: h.give(b"", 429, Retry_After="1") if len(server.asked) == 1 else h.give()
    )
    begun = time.monotonic()
    assert fetch(server, tmp_path).outcome == "new"
    assert 1 <= time.monotonic() - begun < 5


@pytest.mark.parametrize("pause", ["3600", "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_a_long_pause_ends_the_attempt(server: Server, held: Path, pause: str) -> None:
    """Asking earlier would be impolite, and waiting for an hour surprising."""
    before = len(server.asked)
    server.answers(lambda h: h.give(b"", 503, Retry_After=pause))
    assert "asks to wait" in str(refused(server, held, MissingError))
    assert len(server.asked) - before == 1


@pytest.mark.parametrize("pause", ["", "soon", "-1", "9" * 30, "Fri, 99 Jan", "Fri, 01 Jan 2100"])
def test_a_pause_that_cannot_be_read_is_our_own(pause: str) -> None:
    """Whatever a server writes there."""
    assert received.asked_pause({"retry-after": pause}) is None


def test_a_server_that_trickles_its_headers_is_given_up(server: Server, held: Path) -> None:
    """Each byte comes in time; the answer as a whole does not."""

    def answer(h: Handler) -> None:
        h.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        for _ in range(400):
            h.wfile.write(b"x")
            h.wfile.flush()
            time.sleep(0.05)

    server.answers(answer)
    begun = time.monotonic()
    quick = Limits(connect=0.4, patience=0.4, attempts=3, pause=0.01)
    assert "too long" in str(refused(server, held, MissingError, limits=quick))
    assert time.monotonic() - begun < 5


def test_a_body_without_a_length_is_not_whole_when_its_time_is_over(
    server: Server, held: Path
) -> None:
    """Fast enough in every stretch, but without an end; cut off, it looks complete."""

    def answer(h: Handler) -> None:
        h.send_response(200)
        h.send_header("Content-Type", "text/csv")
        h.end_headers()
        for _ in range(200):
            h.wfile.write(b"1,Varenkov\n" * 100)
            h.wfile.flush()
            time.sleep(0.02)
        h.close_connection = True

    server.answers(answer)
    short = Limits(connect=2, patience=2, whole=0.6, attempts=3, pause=0.01)
    assert "too long" in str(refused(server, held, MissingError, limits=short))


@pytest.mark.parametrize(
    ("name", "body", "why"),
    [
        ("list.csv", b"", "an empty file"),
        ("list.csv", b'<?xml version="1.0"?>\n<!-- x --><!DOCTYPE html PUBLIC "x">', "a web page"),
        ("list.csv", "\ufeff<html lang=en>".encode("utf-16-le"), "a web page"),
        ("list.zip", b"id,name\n1,Varenkov\n", "no .zip file"),
        ("list.7z", b"PK\x03\x04", "no .7z file"),
        ("LIST.XML", b"id,name\n", "no .xml file"),
        ("list.json", b"<Error>denied</Error>", "no .json file"),
    ],
)
def test_what_begins_otherwise_is_refused(
    server: Server, tmp_path: Path, name: str, body: bytes, why: str
) -> None:
    """An error that comes with code 200 does not replace a list."""
    server.answers(lambda h: h.give(body))
    with pytest.raises(BadDataError, match=why):
        fetch(server, tmp_path, name=name)
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("list.xml", b"\xef\xbb\xbf<?xml version='1.0'?><list/>"),
        ("list.xml", "\ufeff <list/>".encode("utf-16-be")),
        ("list.json", b" [1]"),
        ("list.zip", b"PK\x03\x04..."),
        ("list.csv", b"<htmlish>,x"),
    ],
)
def test_what_begins_as_it_should_is_taken(
    server: Server, tmp_path: Path, name: str, body: bytes
) -> None:
    """Byte order marks and blanks are no reason to refuse; a type that says nothing neither."""
    server.answers(lambda h: h.give(body, Content_Type="binary/octet-stream"))
    fetch(server, tmp_path, name=name)
    assert (tmp_path / name).read_bytes() == body


def test_an_answer_that_is_packed_all_the_same_is_unpacked(server: Server, tmp_path: Path) -> None:
    """It was not asked for; the file here is the publisher's, not its packing."""
    server.answers(lambda h: h.give(gzip.compress(BODY), Content_Encoding="gzip", ETag='"1"'))
    assert fetch(server, tmp_path).outcome == "new"
    assert (tmp_path / "list.csv").read_bytes() == BODY
    assert server.asked[0]["Accept-Encoding"] == "identity"


def test_a_packed_answer_is_never_continued(server: Server, tmp_path: Path) -> None:
    """Its bytes are counted otherwise than those of the file."""
    packed = gzip.compress(random.Random(1).randbytes(200_000))

    def answer(h: Handler) -> None:
        if len(server.asked) == 1:
            cut(h, packed[:100_000], len(packed), Content_Encoding="gzip", ETag='"1"')
        else:
            h.give()

    server.answers(answer)
    fetch(server, tmp_path)
    assert "Range" not in server.asked[-1]
    assert (tmp_path / "list.csv").read_bytes() == BODY


def test_a_packing_that_is_not_known_is_refused(server: Server, held: Path) -> None:
    """It would be kept as if it were the file."""
    server.answers(lambda h: h.give(Content_Encoding="br"))
    assert "packs the file as br" in str(refused(server, held, BadDataError))


def test_a_packed_answer_cannot_grow_beyond_the_limit(server: Server, held: Path) -> None:
    """What counts is what comes out."""
    server.answers(lambda h: h.give(gzip.compress(b"1" * 50_000_000), Content_Encoding="gzip"))
    assert "allows" in str(refused(server, held, BadDataError, largest=1_000_000))


def in_base64(kind: str, body: bytes = BODY) -> str:
    """A checksum as headers give it."""
    return base64.b64encode(hashlib.new(kind, body).digest()).decode()


@pytest.mark.parametrize(
    ("header", "kind", "form"),
    [
        ("Content-MD5", "md5", "{}"),
        ("Digest", "sha256", "SHA-256={}"),
        ("Digest", "sha1", "UNIXsum=1,SHA={}"),
        ("Repr-Digest", "sha256", "sha-256=:{}:"),
        ("Content-Digest", "sha512", "sha-512=:{}:"),
    ],
)
def test_checksums_of_the_answer_are_compared(
    server: Server, held: Path, header: str, kind: str, form: str
) -> None:
    """A body that differs from its own header changes nothing; a right one is told."""
    server.answers(lambda h: h.give(more={header: form.format(in_base64(kind, b"other"))}))
    refused(server, held, IntegrityError)
    server.answers(lambda h: h.give(more={header: form.format(in_base64(kind))}))
    assert fetch(server, held).verified == (kind,)


@pytest.mark.parametrize("said", ["", "sha-256", "sha-256=", "sha-256=:?:", "crc32=:AAAA:", ",,="])
def test_a_checksum_that_cannot_be_read_is_no_promise(
    server: Server, tmp_path: Path, said: str
) -> None:
    """The file is taken, and not called compared."""
    server.answers(lambda h: h.give(Repr_Digest=said, Content_MD5=said))
    assert fetch(server, tmp_path).verified == ()


def test_a_checksum_of_a_piece_is_not_one_of_the_file(server: Server, tmp_path: Path) -> None:
    """``Content-MD5`` of a rest is of the rest."""

    def answer(h: Handler) -> None:
        if "Range" in h.headers:
            rest(h, ETag='"1"', Content_MD5=in_base64("md5", b"the rest"))
        else:
            cut(h, BODY[:5000], len(BODY), ETag='"1"')

    server.answers(answer)
    assert fetch(server, tmp_path).outcome == "resumed"


def test_a_checksum_is_compared_with_an_unchanged_file_too(server: Server, held: Path) -> None:
    """The index is newer than the file: that is not the file it names."""
    server.answers(lambda h: h.give(b"", 304, Content_Type=""))
    right = hashlib.sha1(OLD, usedforsecurity=False).hexdigest()
    assert fetch(server, held, checksum=right).verified == ("sha1",)
    refused(server, held, IntegrityError, checksum="0" * 40)
    refused(server, held, IntegrityError, checksum="not a checksum")


def test_a_redirect_to_a_host_of_the_card_is_followed(server: Server, tmp_path: Path) -> None:
    """Publishers forward to storage services; the card names them."""
    storage = Server()
    thread = threading.Thread(target=storage.http.serve_forever, args=(0.01,))
    thread.start()
    storage.answers(lambda h: h.give())
    server.answers(lambda h: h.give(b"", 302, Location=f"{storage.url}/signed?until=today"))
    try:
        with pytest.raises(BadDataError, match="redirects to"):
            fetch(server, tmp_path)
        assert storage.asked == []
        host = storage.url.removeprefix("http://")
        assert fetch(server, tmp_path, hosts=(host,)).outcome == "new"
        assert storage.asked[0]["path"] == "/signed?until=today"
    finally:
        storage.http.shutdown()
        storage.http.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("to", "allowed"),
    [
        ("https://lists.example/b", True),
        ("https://LISTS.example:443/b", True),
        ("https://storage.example/b", True),
        ("http://lists.example/b", False),
        ("ftp://lists.example/b", False),
        ("https://user:word@lists.example/b", False),
        ("https://lists.example:8443/b", False),
        ("https://lists.example.evil.example/b", False),
        ("https://evil.example/lists.example", False),
    ],
)
def test_redirects_stay_safe(tmp_path: Path, to: str, *, allowed: bool) -> None:
    """The same hosts, never less safe than before, and without names and passwords."""
    file = Download(name="a", url="https://lists.example/a")
    made = Card(
        name="made", title="t", publisher="p", url="https://x.example", licence="l", good_for="g",
        format="f", visibility="date", files=(file,), hosts=("storage.example",),
    )  # fmt: skip
    attempt = _Attempt(Fetcher(made, tmp_path), file, "")
    if allowed:
        assert attempt._allowed(to) == to
    else:
        with pytest.raises(BadDataError, match="not of the card"):
            attempt._allowed(to)


def test_every_address_of_a_card_is_safe() -> None:
    """No card asks for a file without encryption, or names a host by a pattern."""
    for each in cards():
        for file in each.files:
            assert file.url.startswith("https://")
            assert not file.index or received.host_of(file.index) == received.host_of(file.url)
            assert file.name == Path(file.name).name
        assert all(received.host_of(f"https://{host}") == host for host in each.hosts)
        assert len({file.name for file in each.files}) == len(each.files)


def test_the_proxy_of_the_environment_is_not_used(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless the setting says so; then the question goes there, with its whole address."""
    made, file = card(server, url="http://127.0.0.1:9/list.csv")
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, server.url)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    server.answers(lambda h: h.give())
    with pytest.raises(MissingError):
        Fetcher(made, tmp_path, QUICK).fetch(file)
    assert server.asked == []
    for folder, proxy in (("a", "environment"), ("b", server.url)):
        assert Fetcher(made, tmp_path / folder, QUICK, proxy=proxy).fetch(file).outcome == "new"
        assert server.asked[-1]["path"] == file.url


def test_a_full_disk_is_told_and_loses_nothing(server: Server, held: Path) -> None:
    """As far as it can be had here: no file may grow beyond a limit."""
    server.answers(lambda h: h.give())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        problem = refused(server, held, UsageError)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "make room" in problem.next_step


def test_another_process_is_waited_for(server: Server, tmp_path: Path) -> None:
    """The second has nothing left to do."""
    made, file = card(server)
    began = threading.Event()

    def slowly(h: Handler) -> None:
        if "If-None-Match" in h.headers:
            h.give(b"", 304, Content_Type="")
            return
        began.set()
        time.sleep(0.3)
        h.give(ETag='"1"')

    server.answers(slowly)
    patient = Limits(connect=2, patience=5, wait=10)
    first: list[Fetched] = []
    thread = threading.Thread(
        target=lambda: first.append(Fetcher(made, tmp_path, patient).fetch(file))
    )
    thread.start()
    began.wait(5)
    with pytest.raises(BusyError, match="another process"):
        Fetcher(made, tmp_path, QUICK).fetch(file)
    assert Fetcher(made, tmp_path, patient).fetch(file).outcome == "unchanged"
    thread.join()
    assert first[0].outcome == "new"


def test_a_validator_that_cannot_be_sent_back_is_forgotten(server: Server, held: Path) -> None:
    """Else no later question could be asked."""
    server.answers(lambda h: h.give(ETag='"\xe9\x07"'))
    fetch(server, held)
    server.answers(lambda h: h.give())
    assert fetch(server, held).outcome == "unchanged"
    assert "If-None-Match" not in server.asked[-1]


def indexed(server: Server, folder: Path, index: bytes) -> Fetched | fetching.Failed:
    """What becomes of a file whose checksum is in an index."""
    made, file = card(server, index=f"{server.url}/index.json")

    def answer(h: Handler) -> None:
        if h.path.endswith("index.json"):
            h.give(index, Content_Type="application/json")
        else:
            h.give()

    server.answers(answer)
    return next(fetching.fetch([(made, file)], folder, lambda *_: None, MANNER))


def test_the_checksum_of_an_index_is_compared(server: Server, tmp_path: Path) -> None:
    """A file that differs from it is not taken."""
    right = hashlib.sha1(BODY, usedforsecurity=False).hexdigest()
    for checksum in ("0" * 40, right):
        index = {"resources": [{"name": "other"}, {"name": "list.csv", "checksum": checksum}]}
        found = indexed(server, tmp_path, json.dumps(index).encode())
        assert (tmp_path / "made" / "list.csv").exists() == (checksum == right)
        if checksum == right:
            assert isinstance(found, Fetched)
            assert found.verified == ("sha1",)
        else:
            assert isinstance(found, fetching.Failed)
            assert found.exit_code == IntegrityError.exit_code


@pytest.mark.parametrize("index", [b"{}", b'{"resources": []}', b"[]", b'{"resources": [{}]}'])
def test_an_index_without_the_file_compares_nothing(
    server: Server, tmp_path: Path, index: bytes
) -> None:
    """The file is taken, and not called compared."""
    found = indexed(server, tmp_path, index)
    assert isinstance(found, Fetched)
    assert found.verified == ()


def test_one_file_of_a_source_can_be_named() -> None:
    """As ``SOURCE/FILE``; a file that is named twice is fetched once."""
    chosen = fetching.offered(["ofac_csv/SDN.CSV", "un_sc", "ofac_csv/SDN.CSV"])
    assert [(each.name, file.name) for each, file in chosen] == [
        ("ofac_csv", "SDN.CSV"),
        ("un_sc", "consolidated.xml"),
    ]
    with pytest.raises(MissingError, match="offers no file") as caught:
        fetching.offered(["un_sc/other.xml"])
    assert "un_sc/consolidated.xml" in caught.value.next_step


def test_files_of_one_publisher_are_fetched_with_pauses(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is asked for everything at once."""
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    made, file = card(server)
    server.answers(lambda h: h.give())
    wanted = [(made, file)] * 3
    manner = fetching.Manner(limits=QUICK, pause=1.5)
    assert len(list(fetching.fetch(wanted, tmp_path, lambda *_: None, manner))) == 3
    assert pauses.count(1.5) == 2


def test_the_state_is_what_the_next_question_asks_with() -> None:
    """Only what the server said."""
    state = State(url="u", sha256="s", size=1, fetched_at="t", etag='"1"')
    assert state.conditions == {"If-None-Match": '"1"'}
