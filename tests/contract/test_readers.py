"""What every reader promises, whatever its format: no crash, no hang, no silent drop."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources.card import OFFICIAL, cards
from tidewaiter.sources.reader import HEAD_BYTES, FileHead, Reader
from tidewaiter.sources.registry import READERS, SLUG
from tidewaiter.store.tables import tables

Read = Callable[..., Any]
BIG_CELL = 10 * 1024 * 1024


def workbook_without_sheets() -> bytes:
    """A ZIP file that calls itself a spreadsheet."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return kept.getvalue()


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><CONSOLIDATED_LIST>&c;</CONSOLIDATED_LIST>'
)
ELSEWHERE = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    b"<export><sanctionEntity>&f;</sanctionEntity></export>"
)
HOSTILE: dict[str, bytes] = {
    "empty": b"",
    "blank": b"\n \r\n\t\n",
    "byte order mark alone": b"\xef\xbb\xbf",
    "half a byte order mark": b"\xff",
    "zeros": b"\0" * 5000,
    "every byte": bytes(range(256)) * 40,
    "UTF-16": "id,name\n1,Ülker\n".encode("utf-16"),
    "mixed line ends": b"id,name\r1,a\n2,b\r\n3,c\r",
    "header twice": b"id,name,name\n1,a,b\n",
    "no header names": b",,,\n1,2,3,4\n",
    "quotation mark that is never closed": b'id,name\n1,"open\n2,b\n',
    "a line of quotation marks": b'"' * 9999,
    "array that is cut off": b'[{"id": 1}, {"id":',
    "object that is cut off": b'{"results": [{"name": "a"',
    "JSON of the wrong kind": b'[1, "two", null, [], {}]',
    "lines of the wrong kind": b'{"a": 1}\n[]\n{"b"\n\n{"c": 3}\n',
    "JSON that nests deep": b"[" * 100_000 + b"]" * 100_000,
    "objects that nest deep": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "number without end": b'{"records": [{"LEI": ' + b"9" * 10_000 + b"}]}",
    "not a number": b'{"data": [{"primaryValue": NaN}]}',
    "XML that is cut off": b"<CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><DATAID>1",
    "XML that nests deep": b"<a>" * 20_000 + b"</a>" * 20_000,
    "billion laughs": LAUGHS,
    "entity of another file": ELSEWHERE,
    "HTML instead of data": b"<!doctype html><html><body>Service unavailable</body></html>",
    "ZIP without content": b"PK\x05\x06" + b"\0" * 18,
    "ZIP that is cut off": b"PK\x03\x04" + b"\0" * 30,
    "spreadsheet without sheets": workbook_without_sheets(),
    "old spreadsheet that is cut off": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "Parquet that is cut off": b"PAR1" + b"\0" * 40 + b"PAR1",
    "Stata that is cut off": b"<stata_dta><header><release>118</release>",
    "YAML that refers to itself": b"&a [*a]\n",
    "a cell of ten megabytes": b"id,name\n1," + b"x" * BIG_CELL + b"\n",
    "semicolons": b"a;b\n1;2\n",
    "digits of other scripts": "id,name\n١٢٣,٤٥\n".encode(),
    "right to left": "id,name\n1,\u202eתלמוד\u202c\n".encode(),
}

each_reader = pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)


@each_reader
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_end_in_a_count_or_a_clear_error(
    reader: Reader, kind: str, outcome: Read, tmp_path: Path
) -> None:
    """Rows read = kept + rejected, or ``BadDataError`` with what, where and what next."""
    path = tmp_path / "file.bin"
    path.write_bytes(HOSTILE[kind])
    try:
        outcome(reader, path)
    except BadDataError as problem:
        said = problem
    else:
        return
    assert said.where
    assert said.next_step


@each_reader
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.binary(max_size=300), name=st.text(min_size=1, max_size=20))
def test_recognition_is_total(reader: Reader, start: bytes, name: str) -> None:
    """Whatever the bytes and the name, a reader says yes or no."""
    assert reader.recognises(FileHead(name, start)) in {True, False}


@each_reader
@pytest.mark.parametrize("kind", HOSTILE)
def test_recognition_survives_hostile_files(reader: Reader, kind: str) -> None:
    """The same for files that look like something."""
    head = FileHead("data.csv", HOSTILE[kind][:HEAD_BYTES])
    assert reader.recognises(head) in {True, False}


def test_no_two_readers_claim_one_file(shared_data: Path) -> None:
    """Every real file is known to one reader, so that their order decides nothing."""
    claimed: dict[str, list[str]] = {}
    for folder in ("lists", "trade", "ownership"):
        for path in sorted((shared_data / folder).rglob("*")):
            if path.is_file():
                with path.open("rb") as handle:
                    head = FileHead(
                        path.relative_to(shared_data).as_posix(), handle.read(HEAD_BYTES)
                    )
                names = [each.name for each in READERS if each.recognises(head)]
                if len(names) > 1:
                    claimed[head.name] = names
    assert claimed == {}


@each_reader
def test_every_reader_has_a_card_and_a_name_space(reader: Reader) -> None:
    """The card is called like the reader; official formats have a name space of their own."""
    known = {each.name: each for each in cards()}
    if reader.name == "case":
        return
    assert reader.name in known
    dataset = getattr(reader, "dataset", None)
    official = {name.rpartition("/")[2] for name in OFFICIAL}
    assert (dataset is not None) == (reader.name in official)
    assert dataset is None or SLUG.fullmatch(dataset)
    assert dataset is None or reader.licence == known[reader.name].licence  # type: ignore[attr-defined]


def official_cards() -> list[str]:
    """The names of the cards of official formats."""
    return [name.rpartition("/")[2] for name in OFFICIAL]


@pytest.mark.parametrize("name", official_cards())
def test_official_cards_say_what_a_person_must_know(name: str) -> None:
    """Publisher, address, licence, use, layout, what it was tested on, and what misleads."""
    card = {each.name: each for each in cards()}[name]
    for text in (card.title, card.publisher, card.licence, card.good_for, card.format):
        assert len(text.split()) > 0, card.name
    assert urlsplit(card.url).scheme == "https"
    assert card.tested_on
    assert card.traps
    if name != "eu_journal":
        assert card.columns, "what each column or element means"


@pytest.mark.parametrize("name", official_cards())
def test_downloads_are_official_and_bounded(name: str) -> None:
    """Addresses are https with a host, sizes have a limit, file names are plain."""
    card = {each.name: each for each in cards()}[name]
    for each in card.files:
        assert urlsplit(each.url).scheme == "https"
        assert urlsplit(each.url).hostname
        assert 0 < each.largest <= 64 << 30
        assert Path(each.name).name == each.name
        assert each.index == "" or urlsplit(each.index).scheme == "https"
    for host in card.hosts:
        assert urlsplit(f"//{host}").hostname == host


@pytest.mark.parametrize("name", official_cards())
def test_measures_are_of_the_house_vocabulary_and_cited(name: str) -> None:
    """A listing is never a bare "sanctioned": its measure has a kind and a provision."""
    (kinds,) = (
        column.options
        for each in tables()
        if each.name == "designations"
        for column in each.columns
        if column.name == "measure"
    )
    card = {each.name: each for each in cards()}[name]
    for measure in card.measures:
        assert measure.kind in kinds
        assert measure.cite


def test_card_names_are_unique() -> None:
    """One name, one card; and JSON can be made of each."""
    names = [each.name for each in cards()]
    assert len(names) == len(set(names))
    assert json.dumps(names)
