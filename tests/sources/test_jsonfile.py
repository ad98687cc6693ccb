"""JSON as a stream: arrays anywhere, one object a line, and what a file begins with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.model.source import Reject
from tidewaiter.sources import jsonfile
from tidewaiter.sources.jsonfile import Record
from tidewaiter.sources.reader import FileHead

BOM = b"\xef\xbb\xbf"


def start(content: bytes) -> jsonfile.Start | None:
    """What the first bytes show."""
    return jsonfile.start_of(FileHead("x", content))


@pytest.mark.parametrize("before", [b"", BOM, b" \n"])
def test_an_array_at_the_top_is_read_in_order(tmp_path: Path, before: bytes) -> None:
    """Each value has its number and a JSON pointer."""
    path = tmp_path / "a.json"
    path.write_bytes(before + b'[{"a": 1}, {"a": 2.5}, "three"]')
    found = list(jsonfile.elements(path, "a.json", "item"))
    assert [(r.number, r.locator) for r in found] == [(1, "/0"), (2, "/1"), (3, "/2")]
    assert found[0].value == {"a": 1}
    assert str(found[1].value["a"]) == "2.5"


def test_an_array_under_a_key_is_read(tmp_path: Path) -> None:
    """The pointer names the key, too."""
    path = tmp_path / "a.json"
    path.write_text('{"total": 1, "results": [{"name": "x"}]}', "utf-8")
    (found,) = jsonfile.elements(path, "a.json", "results.item")
    assert found.locator == "/results/0"


@pytest.mark.parametrize("content", ['[{"a": 1}, {"a"', "[1, 2", "nothing", '[{"a": 1}] tail'])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, content: str) -> None:
    """A shorter file must not pass for a shorter list."""
    path = tmp_path / "a.json"
    path.write_text(content, "utf-8")
    with pytest.raises(BadDataError, match="not JSON"):
        list(jsonfile.elements(path, "a.json", "item"))


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000 + b"]" * 100_000,
        b'[{"a":' * 5_000 + b"1" + b"}]" * 5_000,
        b'{"a": [' + b"9" * 9_000 + b"]}",
    ],
)
def test_values_too_deep_are_refused(tmp_path: Path, content: bytes) -> None:
    """Before the parser, which would end the process, sees them."""
    path = tmp_path / "a.json"
    path.write_bytes(content)
    for read in (lambda: jsonfile.elements(path, "a", "item"), lambda: jsonfile.members(path, "a")):
        with pytest.raises(BadDataError, match="deep in one another"):
            list(read())


def test_brackets_in_texts_are_no_depth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is quoted, escaped, or cut by the end of a block."""
    monkeypatch.setattr(jsonfile, "BLOCK", 7)
    records = [{"a": "[[[{{" * 90, 'b"\\': ["\\", '"', "]"]}] * 5
    path = tmp_path / "a.json"
    path.write_text(json.dumps(records), "utf-8")
    assert [r.value for r in jsonfile.elements(path, "a", "item")] == records


def test_lines_are_records_or_rejects(tmp_path: Path) -> None:
    """Empty lines are nothing; every other line is counted, whatever ends it."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(BOM + b'{"a": 1}\r\n\n{"a": }\n[1]\n{"a": "\xff"}\n  {"a": 2}')
    found = list(jsonfile.lines(path, "a.jsonl"))
    assert [f.value if isinstance(f, Record) else (f.row, f.reason) for f in found] == [
        {"a": 1},
        (3, "no JSON object"),
        (4, "no JSON object"),
        (5, "no JSON object"),
        {"a": 2},
    ]
    assert isinstance(found[2], Reject)
    assert found[2].value == "[1]"


def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is one long line is not read into memory."""
    monkeypatch.setattr(jsonfile, "LONGEST_LINE", 1000)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": "' + b"x" * 5000)
    with pytest.raises(BadDataError, match="longer than"):
        list(jsonfile.lines(path, "a.jsonl"))


@pytest.mark.parametrize(
    ("content", "kind", "keys"),
    [
        (b'{"op": "ADD", "entity": {"id": 1}}\n{"op": "DEL"}\n', "lines", ("op", "entity")),
        (b'{"id": 1, "name": "x"}', "object", ("id", "name")),
        (b'{\n "records": [{"LEI": 1}], "x": 2}', "object", ("records", "x")),
        (b'[\n {"statementId": "a", "b": {"c": 1}}, {"d": 2}]', "array", ("statementId", "b")),
        (b'[{"statementId": "a", "recordType": "ent', "array", ("statementId", "recordType")),
        (BOM + b'{"a": 1}\n{"a": 2}', "lines", ("a",)),
    ],
)
def test_the_start_shows_kind_and_keys(content: bytes, kind: str, keys: tuple[str, ...]) -> None:
    """Also where the bytes end in the middle of a value."""
    found = start(content)
    assert found is not None
    assert (found.kind, found.keys) == (kind, keys)


@pytest.mark.parametrize("content", [b"", b"name,id\n", b"<a/>", b"12", b"{", b"[" * 1000])
def test_what_is_no_json_has_no_start(content: bytes) -> None:
    """Nothing is guessed."""
    assert start(content) is None or start(content).keys == ()  # type: ignore[union-attr]


@given(st.binary(max_size=200))
def test_looking_at_the_start_is_total(content: bytes) -> None:
    """Any bytes give a start or none."""
    start(content)
    start(b"{" + content)
    start(b"[" + content)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.text(max_size=5), values, max_size=4), max_size=6))
def test_streaming_reads_what_json_reads(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, Any]]
) -> None:
    """The same values as the standard library, as an array and as lines."""
    folder = tmp_path_factory.mktemp("j")
    whole, single = folder / "a.json", folder / "a.jsonl"
    whole.write_text(json.dumps(records), "utf-8")
    single.write_text("".join(json.dumps(each) + "\n" for each in records), "utf-8")
    assert [r.value for r in jsonfile.elements(whole, "a", "item")] == records
    lines = list(jsonfile.lines(single, "a"))
    assert [r.value for r in lines if isinstance(r, Record)] == records
