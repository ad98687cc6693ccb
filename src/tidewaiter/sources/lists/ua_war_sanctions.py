"""Answers of the War & Sanctions portal: persons, firms and ships that Ukraine names.

The portal of the Defence Intelligence of Ukraine answers a section at a time with one JSON
object. Its keys tell what a record is; which section it belongs to, only the file's name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import PurePosixPath
from typing import Any

import msgspec

from tidewaiter.errors import BadDataError
from tidewaiter.model.source import Reject, SourceFile, rejected
from tidewaiter.sources import jsonfile, printed, registration
from tidewaiter.sources.card import Card, resource
from tidewaiter.sources.jsonfile import Record
from tidewaiter.sources.listing import ListedParty, Parties, Value
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally

DATASET = "ua_war_sanctions"
RECORDS = "data.item"
FIRST_RECORD = re.compile(r'"data"\s*:\s*\[\s*\{(?P<said>.*)', re.DOTALL)
KEY = re.compile(r'"([a-z_]{2,40})"\s*:')
SPLIT_DAYS = re.compile(r"\s*(?:[/;()]|\bабо\b|\bor\b)\s*")
LIFE = re.compile(r"(?P<born>[\d.]+)\s*[-–]\s+(?P<died>[\d.]*)")
TRUE = frozenset({"true", "1"})
SHOWN = 200
DEEPEST = 4  # lists and objects inside one another that are looked into for texts


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of record: the keys that tell it, its schema, and what its keys become.

    ``space`` is the name space of its ids; ``about`` and ``listing`` give, by key, the
    property and how it is read; ``others`` are keys that name parties of another kind.
    """

    name: str
    needs: frozenset[str]
    schema: str
    space: str
    id_key: str = "id"
    about: dict[str, tuple[str, str]] = {}
    listing: dict[str, tuple[str, str]] = {}
    others: dict[str, tuple[str, str]] = {}


class WarCard(Card, frozen=True, kw_only=True):
    """The card, with kinds of records, sections, and words that stand for no name."""

    kinds: tuple[Kind, ...]
    sections: dict[str, str]
    nameless: tuple[str, ...]
    langs: dict[str, str]
    topics: dict[str, str]


@cache
def card() -> WarCard:
    """``ua_war_sanctions.yml``."""
    return resource("lists/ua_war_sanctions", WarCard)


def kind_of(keys: frozenset[str]) -> Kind | None:
    """What a record with these keys is; the kinds of the card are asked in order."""
    return next((kind for kind in card().kinds if kind.needs <= keys), None)


class UaWarSanctionsReader(Official):
    """One answer: ``code`` and ``data``."""

    name = "ua_war_sanctions"
    dataset = DATASET
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By the keys of the answer and of its first record."""
        start = jsonfile.start_of(head)
        if start is None or not {"code", "data"} <= set(start.keys):
            return False
        found = FIRST_RECORD.search(head.start.decode("utf-8", "ignore"))
        return found is not None and kind_of(frozenset(KEY.findall(found["said"]))) is not None

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """Every record as statements or a reject, then the tally."""
        yield from Answer(source).items()


class Answer:
    """One file, a record at a time."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.section = section_of(source.name)
        self.unread: Counter[str] = Counter()
        self.unused: set[str] = set()
        self.seen: dict[str, str] = {}
        self.kinds: Counter[str] = Counter()
        self._refuse_failure()

    def items(self) -> Iterator[Batch | Reject | Tally]:
        """Batches and rejects, then the tally."""
        parties = Parties()
        for record in jsonfile.elements(self.source.path, self.source.name, RECORDS):
            found = self._party(record)
            if isinstance(found, ListedParty):
                yield from parties.add(found)
            else:
                yield parties.refuse(self._reject(record, *found))
        if not parties.read and not self.is_empty:
            raise self._no_answer("it has no records under data")
        yield from parties.flush()
        yield Tally(
            rows_read=parties.read,
            entities=len(parties.entities),
            unused=tuple(sorted(self.unused)),
            unread={name: times for name, times in sorted(self.unread.items()) if times},
            part=self._part(),
            facts={"section": card().sections[self.section]} if self.section else {},
        )

    def _refuse_failure(self) -> None:
        """An answer with a code other than 0 says that the request failed."""
        start = jsonfile.start_of(FileHead.of(self.source.path, self.source.name))
        self.is_empty = start is not None and "data" in start.keys
        code = start.first.get("code") if start else None
        if code is not None and str(code) != "0":
            raise self._no_answer(f"its code is {str(code)[:SHOWN]}, which tells a failure")

    def _no_answer(self, why: str) -> BadDataError:
        return BadDataError(
            f"the file is no answer of the portal: {why}",
            where=self.source.name,
            next_step="ask the portal again, and keep each section's answer as it comes",
        )

    def _part(self) -> str:
        """The section; without one the most frequent kind and the file's name."""
        if self.section:
            return self.section
        kind = min(self.kinds, key=lambda name: (-self.kinds[name], name), default="none")
        return f"{kind}/{PurePosixPath(self.source.name).stem}"

    def _reject(self, record: Record, column: str, value: str, why: str) -> Reject:
        return rejected(self.source.name, (record.number, record.line), column, value, why)

    def _party(self, record: Record) -> ListedParty | tuple[str, str, str]:
        """A record as a party, or key, value and reason why it is none."""
        said = record.value
        if not isinstance(said, dict):
            return "", str(said), "no record"
        kind = kind_of(frozenset(said))
        if kind is None:
            return "", ", ".join(sorted(said)), "no known kind of record has these keys"
        number = " ".join(texts(said.get(kind.id_key)))
        fault = self._fault(kind, number, record)
        if fault:
            return kind.id_key, number, fault
        about = tuple(each for each in self._about(kind, said) if each.value)
        if "name" in {prop for prop, _ in kind.about.values()} and not _is_named(about):
            return "name", " ".join(texts(said.get("name"))), "the party is not named"
        self.kinds[kind.name] += 1
        self.unused.update(card().unknown(said))
        return ListedParty(
            entity_id=_entity(kind.space, number),
            schema=kind.schema,
            dataset=self.source.dataset,
            source_id=self.source.source_id,
            locator=record.locator,
            origin=self._part(),
            act_rank=0,
            first_seen=None,
            about=about,
            listing=tuple(self._listing(kind, number, said)),
            aspect=self.section.replace("/", "_") or kind.name,
        )

    def _fault(self, kind: Kind, number: str, record: Record) -> str:
        if not number:
            return "required, but empty"
        first = self.seen.setdefault(f"{kind.name}:{number}", record.locator)
        return "" if first == record.locator else f"the number of {first}, too"

    def _about(self, kind: Kind, said: Mapping[str, Any]) -> Iterator[Value]:
        """What the record says of the party, and whom it names beside it."""
        named = False
        for key, (prop, how) in kind.about.items():
            for text in texts(member(said, key)):
                if prop != "name":
                    yield from self._values(kind, key, prop, how, text)
                elif not is_nameless(text):
                    lang = card().langs.get(key)
                    yield Value("alias" if named else "name", text, lang=lang)
                    named = True
        for key, (prop, space) in kind.others.items():
            for other in _parties(said.get(key)):
                yield _link(key, prop, space, other)

    def _listing(self, kind: Kind, number: str, said: Mapping[str, Any]) -> Iterator[Value]:
        """The portal's entry: it names, and forbids nothing by itself."""
        rule = card().measures[0]
        section = card().sections.get(self.section, "")
        yield Value("listId", DATASET)
        yield Value("measure", rule.kind, section or rule.printed)
        yield Value("recordId", number)
        yield Value("program", section)
        yield Value("authority", card().publisher)
        for key, (prop, how) in kind.listing.items():
            for text in texts(said.get(key)):
                yield from self._values(kind, key, prop, how, text)

    def _values(self, kind: Kind, key: str, prop: str, how: str, text: str) -> Iterator[Value]:
        """One printed text in comparable form."""
        if how == "country":
            codes = printed.countries(text)
            self.unread[key] += not codes
            yield from (Value(prop, code, text) for code in codes)
            if not codes:
                yield Value(registration.NOTES, text)
        elif how == "date":
            yield from self._days(key, prop, text)
        elif how == "number":
            for found, value in registration.numbers(prop, text, kind.schema):
                yield Value(found, value, text)
        elif how == "truth":
            yield Value(prop, card().topics[key] if text in TRUE else "", key)
        else:
            yield Value(prop, text, lang=card().langs.get(key))

    def _days(self, key: str, prop: str, text: str) -> Iterator[Value]:
        """One day, several that may be right, or a life from birth to death."""
        life = LIFE.fullmatch(text)
        if life and prop == "birthDate":
            yield from self._days(key, prop, life["born"])
            if life["died"]:
                yield from self._days(key, "deathDate", life["died"])
            return
        for part in SPLIT_DAYS.split(text):
            if part:
                day = printed.day(part.replace(" .", "."))
                self.unread[key] += day is None
                yield Value(prop, day or part, text)


def section_of(name: str) -> str:
    """The portal's section that a file is called after, as ``transport/ships``; else empty."""
    flat = re.sub(r"[^a-z]+", "_", name.casefold().rpartition(".")[0] or name.casefold())
    return next((each for each in card().sections if flat.endswith(each.replace("/", "_"))), "")


def texts(value: object, depth: int = 0) -> Iterator[str]:
    """Every text and number inside a value, trimmed; nothing of what is empty."""
    if isinstance(value, bool):
        yield str(value).lower()
    elif isinstance(value, list | dict) and depth < DEEPEST:
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each, depth + 1)
    elif not isinstance(value, list | dict | None) and (text := " ".join(str(value).split())):
        yield text


def member(said: Mapping[str, Any], key: str) -> object:
    """The value of a key; of ``old_data.name`` the names of all objects of that list."""
    outer, _, inner = key.partition(".")
    value = said.get(outer)
    if not inner:
        return value
    return [each.get(inner) for each in _parties(value)]


def is_nameless(text: str) -> bool:
    """Whether a text stands where a name would, and is none."""
    folded = text.casefold()
    return any(folded == word or folded.startswith(f"{word} ") for word in card().nameless)


def _is_named(about: tuple[Value, ...]) -> bool:
    return any(each.prop == "name" for each in about)


def _entity(space: str, number: str) -> str:
    return f"{DATASET}:{space}:{number}"


def _parties(value: object) -> Iterator[Mapping[str, Any]]:
    """Other parties, as objects with at least an id."""
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            yield each
        elif isinstance(each, str | int) and str(each).strip():
            yield {"id": each}


def _link(key: str, prop: str, space: str, other: Mapping[str, Any]) -> Value:
    """Another party by its entity id; one without an id by its name."""
    number = " ".join(texts(other.get("id")))
    shown = " ".join([key, *(f"{name} {' '.join(texts(said))}" for name, said in other.items())])
    if number and space:
        return Value(prop, _entity(space, number), shown)
    return Value(prop, " ".join(texts(other.get("name"))), shown)
