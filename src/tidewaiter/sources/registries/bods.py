"""Beneficial Ownership Data Standard 0.4: entities, persons and relationships as statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from tidewaiter.errors import BadDataError
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import jsonfile
from tidewaiter.sources.card import card
from tidewaiter.sources.reader import Batch, FileHead, Tally
from tidewaiter.sources.rows import Place, Row, Rows

KINDS = frozenset({"entity", "person", "relationship"})
KEYS = frozenset({"recordId", "recordType", "recordDetails"})
OLD = frozenset({"statementID", "statementType"})  # 0.3 and before
INTERESTS = {"shareholding": "shares", "votingRights": "votes", "rightsToProfitOrIncome": "profit"}
CONTROL = frozenset(
    {
        "appointmentOfBoard", "boardMember", "boardChair", "chiefExecutive", "trustee", "settlor",
        "protector", "beneficiaryOfLegalArrangement", "nominee", "nominator",
        "seniorManagingOfficial", "enjoymentAndUseOfAssets",
    }
)  # fmt: skip
SCHEMES = {"XI-LEI": "lei"}
KNOWN = KEYS | {
    "statementId", "statementDate", "declaration", "declarationSubject", "publicationDetails",
    "recordStatus", "source", "annotations",
}  # fmt: skip
LENIENT = ("companies.country", "companies.name", "people.name")

Said = Mapping[str, Any]


class BodsReader:
    """An array of statements, or one a line."""

    name = "bods"
    dataset = "bods"
    version = 1

    @property
    def licence(self) -> str:
        """Of the standard; each publisher has its own."""
        return card(self.name).licence

    def recognises(self, head: FileHead) -> bool:
        """By the keys of the first statement; older versions, too, to say so."""
        start = jsonfile.start_of(head)
        return start is not None and (set(start.keys) >= KEYS or set(start.keys) >= OLD)

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One statement a record."""
        rows = Rows(source, "stakes", lenient=LENIENT)
        unused: set[str] = set()
        newest = ""
        entities: set[str] = set()
        for each in _statements(source):
            if isinstance(each, Reject):
                rows.read += 1
                yield each
                continue
            place, said = each
            if set(said) >= OLD:
                raise _old(source.name)
            unused |= set(said) - KNOWN
            newest = max(newest, _published(said))
            if said.get("recordType") in {"entity", "person"} and _text(said.get("recordId")):
                entities.add(_text(said["recordId"]))
            yield from _taken(rows, place, said)
        yield from rows.flush()
        yield Tally(
            rows_read=rows.read,
            entities=len(entities),
            published_on=newest or rows.newest,
            unused=tuple(sorted(unused)),
            unread=dict(rows.unread),
            part=PurePosixPath(source.name).name,
        )


def _statements(source: SourceFile) -> Iterator[tuple[Place, Said] | Reject]:
    """Every statement with its place; what is no object is rejected."""
    with source.path.open("rb") as handle:
        is_array = handle.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"["
    found = (
        jsonfile.elements(source.path, source.name, "item")
        if is_array
        else jsonfile.lines(source.path, source.name)
    )
    for each in found:
        if isinstance(each, Reject):
            yield each
        elif isinstance(each.value, dict):
            yield Place(each.number, each.line, each.locator), each.value
        else:
            yield Reject(
                file=source.name, row=each.number, line=each.line, column="",
                value=str(each.value)[:200], reason="no statement",
            )  # fmt: skip


def _old(name: str) -> BadDataError:
    return BadDataError(
        "the file is of version 0.3 or older of the standard",
        where=name,
        next_step="ask the publisher for version 0.4, or convert it with the standard's own tool",
    )


def _taken(rows: Rows, place: Place, said: Said) -> Iterator[Batch | Reject]:
    details = _mapping(said, "recordDetails")
    key = _text(said.get("recordId"))
    kind = said.get("recordType")
    if kind not in KINDS or not key:
        yield rows.refuse(place, "recordType", str(kind), "no record id, or no known type")
    elif kind == "entity":
        yield from rows.add(place, _entity(key, said, details))
    elif kind == "person":
        yield from rows.add(place, _person(key, said, details))
    else:
        yield from _relationship(rows, place, said, details)


def _entity(key: str, said: Said, details: Said) -> Row:
    numbers = {_text(i.get("scheme")): _text(i.get("id")) for i in _objects(details, "identifiers")}
    lei = next((numbers[scheme] for scheme in SCHEMES if scheme in numbers), "")
    own = next((number for scheme, number in numbers.items() if scheme not in SCHEMES), "")
    jurisdiction = _mapping(details, "jurisdiction")
    cells = {
        "company_id": key,
        "name": [n for n in (_text(details.get("name")), *_names(details, "alternateNames")) if n],
        "country": _text(jurisdiction.get("code"))[:2] or _text(jurisdiction.get("name")),
        "legal_form": _text(_mapping(details, "entityType").get("subtype")),
        "incorporated_on": _text(details.get("foundingDate")),
        "dissolved_on": _text(details.get("dissolutionDate")),
        "address": next(_addresses(details), ""),
        "registration_number": own,
        "lei": lei,
    }
    extra = {"identifiers": "; ".join(f"{s}:{n}" for s, n in numbers.items())} | _about(said)
    return Row("companies", cells, {**extra, "entity type": _type(details, "entityType")})


def _person(key: str, said: Said, details: Said) -> Row:
    names = [_text(each.get("fullName")) for each in _objects(details, "names")]
    nations = [
        _text(each.get("code") or each.get("name")) for each in _objects(details, "nationalities")
    ]
    cells = {
        "person_id": key,
        "name": [name for name in names if name] or [_type(details, "personType") or "not named"],
        "nationality": [code for code in nations if code],
        "birth_date": _text(details.get("birthDate")),
        "address": next(_addresses(details), ""),
    }
    return Row("people", cells, _about(said) | {"person type": _type(details, "personType")})


def _relationship(rows: Rows, place: Place, said: Said, details: Said) -> Iterator[Batch | Reject]:
    """Interests of one party in one entity; where the party is not told, the gap."""
    subject, party = details.get("subject"), details.get("interestedParty")
    if not isinstance(subject, str) or not subject:
        yield rows.refuse(place, "subject", str(subject), "the entity is not told")
        return
    if not isinstance(party, str) or not party:
        yield from rows.add(place, _gap(subject, said, party if isinstance(party, dict) else {}))
        return
    interests = _objects(details, "interests") or [{}]
    made = [
        _interest(subject, party, said, interest, f"{_text(said.get('recordId'))}/{at}")
        for at, interest in enumerate(interests)
    ]
    yield from rows.add(place, *made)


def _interest(subject: str, party: str, said: Said, interest: Said, tag: str) -> Row:
    kind = _text(interest.get("type"))
    share = _mapping(interest, "share")
    start, end = _text(interest.get("startDate")), _text(interest.get("endDate"))
    if not end and said.get("recordStatus") == "closed":
        end = _text(said.get("statementDate"))
    period = {"start": start, "end": end, "known_from": _published(said)}
    extra = _about(said) | {
        "interest": kind,
        "direct or indirect": _text(interest.get("directOrIndirect")),
        "beneficial": _text(interest.get("beneficialOwnershipOrControl")),
        "share": ", ".join(f"{name} {value}" for name, value in share.items()),
    }
    extra = {name: value for name, value in extra.items() if value}
    if kind in CONTROL:
        cells = {"person_id": party, "company_id": subject, "role": kind}
        return Row("roles", cells | period, extra, tag)
    low, high = _bounds(share)
    cells = {
        "owner_id": party,
        "company_id": subject,
        "min_share": low,
        "max_share": high,
        "interest": INTERESTS.get(kind, "other"),
    }
    return Row("stakes", cells | period, extra, tag)


def _bounds(share: Said) -> tuple[str, str]:
    """Smallest and largest share; exclusive bounds are kept as bounds, and told in extra."""
    exact = share.get("exact")
    if exact is not None:
        return str(exact), str(exact)
    low = share.get("minimum", share.get("exclusiveMinimum"))
    high = share.get("maximum", share.get("exclusiveMaximum"))
    return ("" if low is None else str(low)), ("" if high is None else str(high))


def _gap(subject: str, said: Said, party: Said) -> Row:
    cells = {
        "company_id": subject,
        "kind": "beneficial_owner",
        "reason": _text(party.get("reason")) or "unknown",
        "note": _text(party.get("description")),
        "start": _text(said.get("statementDate")),
        "known_from": _published(said),
    }
    return Row("ownership_gaps", cells, _about(said), _text(said.get("recordId")))


def _published(said: Said) -> str:
    details = _mapping(said, "publicationDetails")
    return _text(details.get("publicationDate"))[:10] or _text(said.get("statementDate"))[:10]


def _about(said: Said) -> dict[str, str]:
    """Which statement says it, and whether it is new, updated or closed."""
    found = {"statement": _text(said.get("statementId")), "status": _text(said.get("recordStatus"))}
    return {name: value for name, value in found.items() if value}


def _type(details: Said, key: str) -> str:
    value = details.get(key)
    return _text(value.get("type")) if isinstance(value, dict) else _text(value)


def _names(details: Said, key: str) -> list[str]:
    value = details.get(key)
    return [_text(each) for each in value] if isinstance(value, list) else []


def _addresses(details: Said) -> Iterator[str]:
    for each in _objects(details, "addresses"):
        text = _text(each.get("address"))
        country = _text(_mapping(each, "country").get("name"))
        yield ", ".join(part for part in (text, country) if part)


def _objects(details: Said, key: str) -> Sequence[Said]:
    value = details.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _mapping(details: Said, key: str) -> Said:
    value = details.get(key)
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return " ".join(str(value).split()) if isinstance(value, str | int) else ""
