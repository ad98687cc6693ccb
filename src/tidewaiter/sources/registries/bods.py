"""Beneficial Ownership Data Standard 0.4: entities, persons and relationships as stated.

A right is a stake, an office is a role. Who is not named is an ownership gap, never an
invented person. Later statements of a relationship end the interests they leave out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from tidewaiter.errors import BadDataError
from tidewaiter.model.country import country_code
from tidewaiter.model.dates import iso_date
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import jsonfile
from tidewaiter.sources.card import card
from tidewaiter.sources.jsonvalues import Json, day, filled, mapping, mappings, text, texts
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally
from tidewaiter.sources.relations import Relation, Statement, history
from tidewaiter.sources.rows import Place, Row, Rows

NEEDED = frozenset({"statementId", "recordType", "recordDetails"})
OLD = "statementType"  # a key of versions before 0.4, which name all keys otherwise
LEI_SCHEME = "XI-LEI"
LENIENT = ("companies.country",)
CHANGED = frozenset({"updated", "closed"})


class BodsReader(Official):
    """Statements of BODS 0.4 in an array, one a line, or one alone."""

    name = "bods"
    dataset = "bods"
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By the keys of the first statement, also of older versions, which are refused."""
        start = jsonfile.start_of(head)
        if start is None:
            return False
        keys = set(start.keys)
        return keys >= NEEDED or {"statementID", OLD} <= keys

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One statement a record. Raises ``BadDataError`` for versions before 0.4."""
        yield from _File(source).read()


class _File:
    """One file, read twice: first for relationships that are stated more than once."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.rows = Rows(source, "stakes", lenient=LENIENT)
        self.records: set[str] = set()
        self.keys: set[str] = set()
        self.newest = ""
        self.facts: dict[str, str] = {}
        start = jsonfile.start_of(FileHead.of(source.path, source.name))
        self.kind = start.kind if start else "lines"

    def read(self) -> Iterator[Batch | Reject | Tally]:
        changed = self._changed()
        held: list[Statement] = []
        for record in self._records():
            if isinstance(record, Reject):
                yield self.rows.pass_on(record)
                continue
            place = Place(record.number, record.line, record.locator)
            value = record.value if isinstance(record.value, dict) else {}
            if text(value, "recordType") == "relationship" and text(value, "recordId") in changed:
                held.append(self._statement(place, value))
            else:
                yield from self._take(place, value)
        for each, lapsed in history(held):
            yield from self._keep(each, lapsed)
        yield from self.rows.flush()
        yield Tally(
            rows_read=self.rows.read,
            entities=len(self.records),
            published_on=self.newest or None,
            unused=card("bods").unknown(self.keys),
            unread=dict(self.rows.unread),
            part=PurePosixPath(self.source.name).name,
            facts=self.facts,
        )

    def _records(self) -> Iterator[jsonfile.Record | Reject]:
        path, name = self.source.path, self.source.name
        if self.kind == "lines":
            return jsonfile.lines(path, name)
        return iter(jsonfile.elements(path, name, "item" if self.kind == "array" else ""))

    def _changed(self) -> set[str]:
        """Relationships of which the file has a later statement."""
        changed: set[str] = set()
        for record in self._records():
            if isinstance(record, Reject) or not isinstance(record.value, dict):
                continue
            if OLD in record.value and "recordType" not in record.value:
                raise BadDataError(
                    "the statements are of BODS 0.2 or 0.3, which replace one another by other "
                    "rules",
                    where=f"{self.source.name}, statement {record.number}",
                    next_step="convert the file to BODS 0.4, or fetch it in that version",
                )
            if text(record.value, "recordStatus") in CHANGED:
                changed.add(text(record.value, "recordId"))
        return changed

    def _take(self, place: Place, value: Json) -> Iterator[Batch | Reject]:
        kind = text(value, "recordType")
        self._note(value)
        if kind == "relationship":
            yield from self._keep(self._statement(place, value), [])
        elif kind in {"entity", "person"}:
            row = entity(value) if kind == "entity" else person(value)
            yield from self.rows.add(place, row)
        else:
            yield self.rows.refuse(place, "recordType", kind, "not entity, person or relationship")

    def _statement(self, place: Place, value: Json) -> Statement:
        self._note(value)
        relation = Relation(value)
        for each in relation.interests:
            self.keys |= {f"interests.{key}" for key in each}
        return Statement(place, relation, known_from(value), day(value, "statementDate"))

    def _keep(self, each: Statement, lapsed: list[Row]) -> Iterator[Batch | Reject]:
        relation = each.relation
        if not relation.company:
            yield self.rows.refuse(each.place, "subject", "", "no company is named")
        else:
            main, *sides = relation.rows(each.known_from, each.stated_on)
            yield from self.rows.add(each.place, main, *sides, *lapsed)

    def _note(self, value: Json) -> None:
        """What the tally will say: records, keys, publisher and newest day."""
        self.records.add(text(value, "recordId"))
        self.keys |= value.keys()
        self.keys |= {f"recordDetails.{key}" for key in mapping(value, "recordDetails")}
        self.newest = max(self.newest, iso_date(known_from(value)) or "")
        published = mapping(value, "publicationDetails")
        for name in ("bodsVersion", "license"):
            if text(published, name):
                self.facts.setdefault(name, text(published, name))
        publisher = text(mapping(published, "publisher"), "name")
        if publisher:
            self.facts.setdefault("publisher", publisher)


def known_from(value: Json) -> str:
    """The later of statement and publication: nothing is known before it was stated."""
    published = day(mapping(value, "publicationDetails"), "publicationDate")
    stated = day(value, "statementDate")
    return max(published, stated) if published and stated else published or stated


def entity(value: Json) -> Row:
    """A company, or the gap that an entity without a name leaves."""
    details = mapping(value, "recordDetails")
    name = text(details, "name")
    names = [name, *texts(details, "alternateNames")]
    if not any(names):
        return gap(value, "unspecifiedEntityDetails", text(mapping(details, "entityType"), "type"))
    identifiers = mappings(details, "identifiers")
    extra = common(value, details, identifiers)
    for key in ("type", "subtype", "details"):
        if text(mapping(details, "entityType"), key):
            extra[f"entity {key}"] = text(mapping(details, "entityType"), key)
    numbers = [text(each, "id") for each in identifiers if text(each, "scheme") != LEI_SCHEME]
    leis = [text(each, "id") for each in identifiers if text(each, "scheme") == LEI_SCHEME]
    return Row(
        "companies",
        {
            "company_id": text(value, "recordId"),
            "name": names,
            "country": country(details, identifiers, extra),
            "registration_number": numbers[0] if numbers else "",
            "lei": leis[0] if leis else "",
            "address": address(details),
            "incorporated_on": day(details, "foundingDate"),
            "dissolved_on": day(details, "dissolutionDate"),
            "known_from": known_from(value),
        },
        extra,
    )


def person(value: Json) -> Row:
    """A person, or the gap that one without a name leaves."""
    details = mapping(value, "recordDetails")
    found = mappings(details, "names")
    found.sort(key=lambda each: text(each, "type") != "legal")
    names = [each for each in map(_full_name, found) if each]
    if not names:
        return gap(value, "unspecifiedPersonDetails", text(details, "personType"))
    extra = common(value, details, mappings(details, "identifiers"))
    for key in ("personType", "deathDate"):
        if text(details, key):
            extra[key] = text(details, key)
    exposure = text(mapping(details, "politicalExposure"), "status")
    if exposure:
        extra["political exposure"] = exposure
    nations = [_country_of(each) for each in mappings(details, "nationalities")]
    return Row(
        "people",
        {
            "person_id": text(value, "recordId"),
            "name": list(dict.fromkeys(names)),
            "nationality": ";".join(dict.fromkeys(each for each in nations if each)),
            "birth_date": day(details, "birthDate"),
            "address": address(details),
            "known_from": known_from(value),
        },
        extra,
    )


def gap(value: Json, key: str, kind: str) -> Row:
    """What is said of a party that is not named; of the declaration's subject."""
    said = mapping(mapping(value, "recordDetails"), key)
    return Row(
        "ownership_gaps",
        {
            "company_id": text(value, "declarationSubject") or text(value, "recordId"),
            "kind": "beneficial_owner",
            "reason": text(said, "reason") or kind or "no name",
            "note": text(said, "description"),
            "known_from": known_from(value),
        },
        {"record": text(value, "recordId"), "kind": kind},
        text(value, "recordId"),
    )


def common(value: Json, details: Json, identifiers: list[Json]) -> dict[str, str]:
    """What has no column, of entities and persons."""
    said = {
        "statement": text(value, "statementId"),
        "status": text(value, "recordStatus"),
        "component": "yes" if details.get("isComponent") is True else "",
        "identifiers": " | ".join(
            f"{text(each, 'scheme') or text(each, 'schemeName')}:{text(each, 'id')}"
            for each in identifiers
        ),
    }
    return filled(said)


def country(details: Json, identifiers: list[Json], extra: dict[str, str]) -> str:
    """The jurisdiction's country, else the country in the code of its register.

    Codes of registers (org-id.guide) begin with the country's code.
    """
    jurisdiction = mapping(details, "jurisdiction")
    if text(jurisdiction, "code") or text(jurisdiction, "name"):
        return _country_of(jurisdiction)
    for each in identifiers:
        found = country_code(text(each, "scheme").partition("-")[0])
        if found:
            extra["country from"] = text(each, "scheme")
            return found
    return ""


def address(details: Json) -> str:
    """The first address, in one line."""
    for each in mappings(details, "addresses"):
        parts = (
            text(each, "address"),
            text(each, "postCode"),
            _country_of(mapping(each, "country")),
        )
        return ", ".join(part for part in parts if part)
    return ""


def _country_of(value: Json) -> str:
    """A code without its subdivision, else the name."""
    return text(value, "code").partition("-")[0] or text(value, "name")


def _full_name(value: Json) -> str:
    parts = (text(value, key) for key in ("givenName", "patronymicName", "familyName"))
    return text(value, "fullName") or " ".join(part for part in parts if part)
