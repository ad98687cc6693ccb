"""Articles are kept as files; bytes and side file are checked, each with a reason."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tidewaiter.sources.press.articles import ArticleReader
from tidewaiter.sources.reader import FileHead

Read = Callable[..., Any]
PAGE = b"<!doctype html><p>An invented article.</p>"


@pytest.fixture
def article(outcome: Read, tmp_path: Path) -> Read:
    """Reads bytes as ``reports/NAME``, with a side file if one is given."""

    def run(name: str, content: bytes, side: str | None = None) -> Any:
        path = tmp_path / name
        path.write_bytes(content)
        sidecar = None
        if side is not None:
            sidecar = tmp_path / "0f0f.toml"  # kept under its checksum, as the loader does
            sidecar.write_text(side, "utf-8")
        return outcome(ArticleReader(), path, f"reports/{name}", sidecar)

    return run


def test_an_article_with_its_side_file(article: Read) -> None:
    """One row with what the side file says."""
    side = 'url = "https://paper.example/1"\noutlet = "The Paper"\npublished_on = 2023-06-12\n'
    done = article("a.html", PAGE, side + 'language = "ru"\ntitle = "T"\nmood = "grim"\n')
    row = done.rows("reports")[0]
    assert row["media_type"] == "text/html"
    assert row["published_on_day"] == datetime.date(2023, 6, 12)
    assert row["report_id"] == row["source_id"]
    assert done.tally.unused == ("mood",)
    assert done.tally.published_on == "2023-06-12"


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.htm", PAGE, "text/html"), ("a.txt", "Стаття".encode(), "text/plain"),
        ("a.md", b"# Title", "text/markdown"), ("a.pdf", b"%PDF-1.7 ...", "application/pdf"),
        ("b.html", "<html><p>Завод</p>".encode("windows-1251"), "text/html"),
    ],
)  # fmt: skip
def test_what_an_article_may_be(article: Read, name: str, content: bytes, media_type: str) -> None:
    """Without a side file all but the kind is unknown."""
    row = article(name, content).rows("reports")[0]
    assert row["media_type"] == media_type
    assert row["published_on"] is None


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.pdf", PAGE, "PDF"), ("a.html", b"%PDF-1.7", "PDF"), ("a.html", b"no tags", "no HTML"),
        ("a.txt", b"\xff\xfe", "UTF-8"), ("a.txt", b"a\x00b", "NUL"), ("a.md", b" \n", "empty"),
    ],
)  # fmt: skip
def test_bytes_that_contradict_the_name(article: Read, name: str, content: bytes, why: str) -> None:
    """The bytes decide."""
    assert why in article(name, content).reasons[1]


@pytest.mark.parametrize(
    ("side", "column"),
    [
        ('url = "paper"', "url"), ('published_on = "last week"', "published_on"),
        ('language = "Russian"', "language"), ("title = 3", "title"), ("outlet =", "sidecar"),
    ],
)  # fmt: skip
def test_a_side_file_that_cannot_be_used(article: Read, side: str, column: str) -> None:
    """The article is refused with the key that is wrong."""
    assert article("a.html", PAGE, side).reasons[1].startswith(f"{column}: ")


def test_recognised_in_a_folder_called_reports() -> None:
    """The same file elsewhere is nobody's."""
    assert ArticleReader().recognises(FileHead("case/reports/a.html", PAGE))
    assert not ArticleReader().recognises(FileHead("case/a.html", PAGE))
    assert not ArticleReader().recognises(FileHead("reports/a.toml", b""))


@pytest.mark.parametrize("side", ["x = " + "[" * 5000, "x = " + "9" * 5000])
def test_a_side_file_that_no_parser_takes_is_a_reject(article: Read, side: str) -> None:
    """Endless nesting and endless numbers end as any other fault of the side file."""
    done = article("a.html", PAGE, side)
    assert "not TOML" in done.rejects[0].reason
