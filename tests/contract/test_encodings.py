"""An XML list says the same in every encoding, and a document type is refused in each."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tidewaiter.errors import BadDataError
from tidewaiter.sources.reader import FileHead
from tidewaiter.sources.registry import READERS, named

SAMPLES = Path(__file__).parent / "samples"
FILES = sorted(SAMPLES.rglob("*.xml"))
DECLARATION = re.compile(r"^<\?xml[^>]*\?>")
Read = Callable[..., Any]

each_list = pytest.mark.parametrize(
    "path", FILES, ids=[path.relative_to(SAMPLES).as_posix() for path in FILES]
)


def reader_name(path: Path) -> str:
    """As in ``test_fuzz.py``: the sample is called after its reader."""
    return path.relative_to(SAMPLES).parts[0].partition(".")[0]


@each_list
def test_utf_16_says_what_utf_8_says(path: Path, outcome: Read, tmp_path: Path) -> None:
    """The day of the file, its facts and every row; only the bytes differ."""
    head = '<?xml version="1.0" encoding="UTF-16"?>'
    other = tmp_path / path.name
    other.write_bytes(DECLARATION.sub(head, path.read_text("utf-8-sig")).encode("utf-16"))
    recognised = [each.name for each in READERS if each.recognises(FileHead.of(other, path.name))]
    assert recognised == [reader_name(path)]
    first, second = (outcome(named(reader_name(path)), each) for each in (path, other))
    assert second.tally == first.tally
    assert first.tally.published_on
    assert second.kept == first.kept


@each_list
def test_a_document_type_is_refused_as_such(path: Path, outcome: Read, tmp_path: Path) -> None:
    """The list is known, and what is wrong with it is said."""
    text = path.read_text("utf-8-sig")
    start = DECLARATION.match(text)
    assert start is not None
    declared = '<!DOCTYPE list [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    other = tmp_path / path.name
    other.write_text(start[0] + declared + text[start.end() :], "utf-8")
    recognised = [each.name for each in READERS if each.recognises(FileHead.of(other, path.name))]
    assert recognised == [reader_name(path)]
    with pytest.raises(BadDataError, match="document type"):
        outcome(named(reader_name(path)), other)
