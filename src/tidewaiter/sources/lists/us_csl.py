"""The Consolidated Screening List: thirteen United States lists in one file, JSON or CSV.

The JSON keeps several values as arrays, the CSV joins them with semicolons; both are
brought to one record first, so that one set of rules reads them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec

from tidewaiter.errors import BadDataError
from tidewaiter.model.dates import iso_date
from tidewaiter.model.ids import digest
from tidewaiter.model.source import Reject, SourceFile, rejected
from tidewaiter.sources import ofac, printed
from tidewaiter.sources.card import Card, resource
from tidewaiter.sources.csvfile import Sheet
from tidewaiter.sources.jsonfile import elements, start_of
from tidewaiter.sources.layout import header_of
from tidewaiter.sources.listing import ListedParty, Parties, Value
from tidewaiter.sources.reader import HEAD_BYTES, Batch, FileHead, Official, Tally

DATASET = "us_csl"
TELLING = frozenset({"source", "name", "federal_register_notice", "source_list_url"})
MADE = re.compile(r'"search_performed_at"\s*:\s*"(\d{4}-\d\d-\d\d)')
CODE = re.compile(r"\((?:NS-)?([A-Z]+)(?: List)?\)")
PARTS = re.compile(r";\s+")
ISSUER = re.compile(r"([A-Z]{2}), (.+)")
STATE_COUNTRY = re.compile(r"(?:^|.*, )([A-Z]{2})")
ADDRESS = ("address", "city", "state", "postal_code", "country")
END_MARK = "\x1a"
SHOWN = 200

# Property of the party or of its listing, by field that holds text or a list of texts.
TEXTS = {
    "alt_names": "alias", "places_of_birth": "birthPlace", "call_sign": "callSign",
    "vessel_type": "type", "gross_tonnage": "tonnage", "vessel_owner": "owner",
    "gross_registered_tonnage": "grossRegisteredTonnage",
}  # fmt: skip
COUNTRIES = {
    "nationalities": "nationality", "citizenships": "nationality", "vessel_flag": "flag",
    "country": "country",
}  # fmt: skip
LISTING = {
    "programs": "program", "federal_register_notice": "authorityId",
    "license_requirement": "provisions", "license_policy": "provisions",
    "source_information_url": "sourceUrl", "source_list_url": "sourceUrl",
}  # fmt: skip
JOINED = frozenset({"alt_names", "nationalities", "citizenships", "dates_of_birth", "programs"})
JOINED |= {"places_of_birth", "addresses", "ids"}

Fields = dict[str, Any]


class Origin(msgspec.Struct, frozen=True):
    """One of the lists: its id here, and which agency keeps it."""

    list: str
    authority: str


class CslCard(Card, frozen=True, kw_only=True):
    """The card, with what the reader needs of it."""

    sources: dict[str, Origin]
    other_list: str


class Item(msgspec.Struct, frozen=True):
    """One record: where it stands, and its fields under their names in the JSON."""

    row: int
    line: int
    locator: str
    fields: Fields


class UsCslReader(Official):
    """Both formats; see ``us_csl.yml`` for what they hold."""

    name = "us_csl"
    dataset = DATASET
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By the keys or columns that only this list has together."""
        return _form(head) is not None

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """Every record as statements or a reject, then the tally."""
        yield from CslFile(source).items()


@cache
def card() -> CslCard:
    """``us_csl.yml``."""
    return resource("lists/us_csl", CslCard)


def _form(head: FileHead) -> str | None:
    """``csv``, or where the records of a JSON file lie; ``None`` for other files."""
    start = start_of(head)
    if start is None:
        return "csv" if frozenset(header_of(head)) >= TELLING else None
    first = frozenset(start.keys) | frozenset(start.first)
    if start.kind == "array":
        return "item" if first >= TELLING else None
    inside = head.start[:HEAD_BYTES].decode("utf-8", "replace")
    held = all(f'"{name}"' in inside for name in TELLING)
    return "results.item" if "results" in start.keys and held else None


class CslFile:
    """One file, a record at a time; what was met before is known by hashes."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        head = FileHead.of(source.path, source.name)
        form = _form(head)
        if form is None:
            raise BadDataError(
                "neither the columns nor the keys of the Consolidated Screening List are there",
                where=source.name,
                next_step="fetch the file again from trade.gov",
            )
        self.form = form
        self.seen: dict[tuple[str, str], int] = {}
        self.met: set[str] = set()
        self.unread: Counter[str] = Counter()
        made = MADE.search(head.start.decode("utf-8", "replace")) if form != "csv" else None
        self.made = iso_date(made[1]) if made else None
        self.newest: str | None = None

    def items(self) -> Iterator[Batch | Reject | Tally]:
        """Batches and rejects, then the tally."""
        parties = Parties()
        for item in self._csv() if self.form == "csv" else self._json():
            if isinstance(item, Reject):
                yield parties.refuse(item)
                continue
            self.met.update(item.fields)
            fault = self._fault(item)
            if fault:
                yield parties.refuse(self._reject(item, *fault))
            else:
                yield from parties.add(self._party(item))
        yield from parties.flush()
        yield Tally(
            rows_read=parties.read,
            entities=len(parties.entities),
            published_on=self.made or self.newest,
            unused=card().unknown(self.met),
            unread={field: times for field, times in sorted(self.unread.items()) if times},
            part="consolidated",
        )

    def _csv(self) -> Iterator[Item | Reject]:
        sheet = Sheet(self.source.path, self.source.name)
        self.met.update(sheet.header)
        for chunk in sheet.chunks():
            yield from (each for each in chunk.rejects if each.value.strip() != END_MARK)
            for row, number, line in zip(chunk.rows, chunk.numbers, chunk.lines, strict=True):
                fields = {
                    name: _split(cell) if name in JOINED else cell
                    for name, cell in zip(sheet.header, row, strict=True)
                }
                yield Item(number, line, f"row {number}", fields)

    def _json(self) -> Iterator[Item | Reject]:
        for record in elements(self.source.path, self.source.name, self.form):
            if isinstance(record.value, dict):
                yield Item(record.number, 0, record.locator, record.value)
            else:
                yield self._reject(
                    Item(record.number, 0, record.locator, {}), "", str(record.value), "no object"
                )

    def _fault(self, item: Item) -> tuple[str, str, str] | None:
        """Column, value and reason why a record cannot be kept."""
        for name in ("source", "name"):
            if not _text(item.fields.get(name)):
                return name, str(item.fields.get(name) or ""), "required, but empty"
        key = (self._list_id(item.fields), _number(item.fields))
        first = self.seen.setdefault(key, item.row)
        if first != item.row:
            return "id", key[1], f"the number of record {first} of the same list"
        return None

    def _reject(self, item: Item, column: str, value: str, why: str) -> Reject:
        return rejected(self.source.name, (item.row, item.line), column, value, why)

    def _party(self, item: Item) -> ListedParty:
        fields = item.fields
        kind = _text(fields.get("type"))
        schema = ofac.schema_of(kind)
        self.unread["type"] += schema is None
        schema = schema or "LegalEntity"
        since = self._day("start_date", fields)
        said = self._said(fields, schema)
        self.unread.update(said.unread)
        if since:
            self.newest = max(self.newest or since, since)
        list_id = self._list_id(fields)
        return ListedParty(
            entity_id=f"{DATASET}:{_number(fields)}",
            schema=schema,
            dataset=self.source.dataset,
            source_id=self.source.source_id,
            locator=item.locator,
            origin=list_id,
            act_rank=0,
            first_seen=since,
            about=tuple(said.about),
            listing=(*self._listing(fields, list_id, since), *said.listing),
        )

    def _said(self, fields: Fields, schema: str) -> ofac.Said:
        """Everything that the record says of the party."""
        said = ofac.remarks(_text(fields.get("remarks")), schema)
        name = _text(fields["name"])
        said.about[:0] = ofac.person_name(name) if schema == "Person" else [Value("name", name)]
        for field, prop in TEXTS.items():
            said.about += [Value(prop, text) for text in _texts(fields.get(field))]
        if title := _text(fields.get("title")):
            said.about.append(Value("position" if schema == "Person" else "notes", title))
        for field, prop in COUNTRIES.items():
            for text in _texts(fields.get(field)):
                self._country(prop, text, said)
        for text in _texts(fields.get("dates_of_birth")):
            day = printed.day(text)
            said.unread["dates_of_birth"] += day is None
            said.about.append(Value("birthDate", day or text, text))
        for address in _list(fields.get("addresses")):
            self._address(address, said)
        for paper in _list(fields.get("ids")):
            ofac.item(_paper(paper), schema, said)
        return said

    def _country(self, prop: str, text: str, said: ofac.Said) -> None:
        code, known = ofac.country(text)
        said.unread[prop] += not known
        if code:
            said.about.append(Value(prop, code, text))

    def _address(self, address: object, said: ofac.Said) -> None:
        """One address, in parts or in one line that ends with the country's code."""
        if isinstance(address, dict):
            country, line = _text(address.get("country")), _line(address)
        else:
            line = _line(address)
            found = STATE_COUNTRY.fullmatch(line)
            # A line may end with a state of the United States, which looks like a country.
            country = found[1] if found and not line.endswith(f"{found[1]}, US") else ""
        if line != country and line:
            said.about.append(Value("address", line))
        if country:
            self._country("country", country, said)

    def _list_id(self, fields: Fields) -> str:
        origin = card().sources.get(code_of(_text(fields.get("source"))))
        return origin.list if origin else card().other_list

    def _listing(self, fields: Fields, list_id: str, since: str | None) -> Iterator[Value]:
        """The list, what it forbids, and the dates and grounds that the record gives."""
        source = _text(fields["source"])
        code = code_of(source)
        origin = card().sources.get(code)
        self.unread["source"] += origin is None
        yield Value("listId", list_id, source)
        yield Value("measure", measure_of(code), source)
        yield Value("recordId", _number(fields))
        yield Value("authority", origin.authority if origin else source)
        for field, prop in LISTING.items():
            yield from (Value(prop, text) for text in _texts(fields.get(field)))
        if order := _text(fields.get("standard_order")):
            yield Value("provisions", f"standard order: {order}", order)
        if since:
            yield Value("listingDate", since, _text(fields.get("start_date")))
        if end := self._day("end_date", fields):
            yield Value("endDate", end, _text(fields.get("end_date")))

    def _day(self, name: str, fields: Fields) -> str | None:
        """A date of the listing; one that is none is counted."""
        text = _text(fields.get(name))
        day = printed.day(text) if text else None
        self.unread[name] += bool(text) and day is None
        return day


def code_of(source: str) -> str:
    """``SDN`` of ``Specially Designated Nationals (SDN) - Treasury Department``."""
    found = CODE.search(source)
    return found[1] if found else source.strip().upper()


def measure_of(code: str) -> str:
    """What a list forbids, by the card."""
    return next((rule.kind for rule in card().measures if rule.printed == code), "other")


def _number(fields: Fields) -> str:
    """The record's own id, else OFAC's number, else a hash of what does not change."""
    for name in ("_id", "id", "entity_number"):
        if text := _text(fields.get(name)):
            return text
    told = (_text(fields.get("source")), _text(fields.get("name")).casefold())
    places = sorted(_line(each) for each in _list(fields.get("addresses")))
    return digest(*told, *places, _text(fields.get("start_date")))


def _line(address: object) -> str:
    """An address in one line, as the CSV prints it."""
    if not isinstance(address, dict):
        return _text(address)
    return ", ".join(part for name in ADDRESS if (part := _text(address.get(name))))


def _paper(paper: object) -> str:
    """An identity document as OFAC's remarks print it: label, number, country, dates."""
    if isinstance(paper, dict):
        country = _text(paper.get("country"))
        text = f"{_text(paper.get('type'))} {_text(paper.get('number'))}"
        text += f" ({country})" if country else ""
        for name, shown in (("issue_date", "issued"), ("expiration_date", "expires")):
            text += f" {shown} {day}" if (day := _text(paper.get(name))) else ""
        return text
    rest, _, label = _text(paper).rpartition(", ")
    issuer = ISSUER.fullmatch(rest)
    return f"{label} {issuer[2]} ({issuer[1]})" if issuer else f"{label} {rest}".strip()


def _split(cell: str) -> list[str]:
    return [part.strip() for part in PARTS.split(cell) if part.strip(" ;")]


def _list(value: object) -> list[object]:
    if isinstance(value, list):
        return [each for each in value if each]
    return [value] if value else []


def _texts(value: object) -> list[str]:
    """The texts of a field that holds one, or a list of them."""
    return [text for each in _list(value) if (text := _text(each))]


def _text(value: object) -> str:
    """A value in one line; nothing, an object or a list is no text."""
    if value is None or isinstance(value, dict | list | bool):
        return ""
    return " ".join(str(value).split())
