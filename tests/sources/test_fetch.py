"""Fetching, against a server that misbehaves in every way: each ends as documented.

Whatever happens, the file of last time is untouched.
"""

from __future__ import annotations

import hashlib
import json
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
from tidewaiter.sources.card import Card, Download
from tidewaiter.sources.fetch import Fetched, Fetcher, Limits

pytestmark = [pytest.mark.allow_hosts(["127.0.0.1"]), pytest.mark.timeout(60)]

BODY = b"id,name\n" + b"".join(b"%d,Varenkov %d\n" % (n, n) for n in range(20_000))
OLD = b"id,name\n1,yesterday\n"
QUICK = Limits(connect=2, patience=0.4, pace=2000, whole=20, attempts=3, pause=0.01)
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

    def give(self, body: bytes = BODY, code: int = 200, **headers: str) -> None:
        """A whole answer."""
        self.send_response(code)
        told = {"Content-Type": "text/csv", "Content-Length": str(len(body))} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        for name, value in told.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Server:
    """A server on this machine, with what it was asked so far."""

    def __init__(self) -> None:
        self.handler: Any = type("Local", (Handler,), {"asked": []})
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), self.handler)
        self.http.daemon_threads = True
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


def card(server: Server, **more: Any) -> tuple[Card, Download]:
    """A card of one file at the server."""
    file = Download(name="list.csv", url=f"{server.url}/list.csv", media=("text/csv",), **more)
    made = Card(
        name="made", title="t", publisher="p", url="https://x.example", licence="l",
        good_for="g", format="f", visibility="date", files=(file,),
    )  # fmt: skip
    return made, file


def fetch(server: Server, folder: Path, checksum: str = "", **more: Any) -> Fetched:
    """Fetch the one file."""
    made, file = card(server, **more)
    return Fetcher(made, folder, QUICK).fetch(file, checksum)


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
        if "Range" not in h.headers:
            h.give(BODY[:5000], Content_Length=str(len(BODY)), ETag='"1"')
            h.close_connection = True
            return
        begin = int(h.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        place = f"bytes {begin}-{len(BODY) - 1}/{len(BODY)}"
        h.give(BODY[begin:], 206, Content_Range=place, ETag='"1"')

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
    found = list(fetching.fetch([(made, gone), (made, file)], tmp_path, lambda *_: None, QUICK, 0))
    assert isinstance(found[0], fetching.Failed)
    assert isinstance(found[1], Fetched)
    assert (tmp_path / "made" / "list.csv").read_bytes() == BODY


def test_sources_without_files_are_named() -> None:
    """An unknown source is an error that says which there are."""
    with pytest.raises(MissingError, match="no source with files"):
        fetching.offered(["nothing"])
