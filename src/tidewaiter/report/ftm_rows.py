"""Rows of the case's and the registers' tables as parts of FollowTheMoney entities.

``ftm_rows.yml`` says which column is which property. A party that a row only names gets
an entity of its own, under its id where the row has one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from tidewaiter.model.ids import digest
from tidewaiter.model.money import MONEY_PLACES, QUANTITY_PLACES
from tidewaiter.report.ftm_parts import BARE, Part, part
from tidewaiter.store.tables import table

PERCENT_PLACES = 4  # parts per million as per cent
PLACES = {"money": MONEY_PLACES, "quantity": QUANTITY_PLACES, "percent": PERCENT_PLACES}
KNOWN_FROM, KNOWN_DAY, EXTRA = "known_from", "known_day", "extra"
WORDS = "words"  # property that stands for whichever of a schema's takes words
CALLED = "called"  # what a paper calls a party: an alias, unless the register knows the name
ACCOUNT = "BankAccount"

Row = Mapping[str, Any]


class Named(msgspec.Struct, frozen=True):
    """A thing that a row names: by which property, what it is at least, and its columns."""

    prop: str
    schema: str = BARE
    name: str = ""
    country: str = ""


class Link(msgspec.Struct, frozen=True):
    """A relation that a column tells: its schema, and the ends of the other and the thing."""

    schema: str
    ends: tuple[str, str]
    role: str


class Saying(msgspec.Struct, frozen=True, kw_only=True):
    """How the rows of one table are said."""

    schema: str
    id: str = ""
    by: str = ""
    schemas: dict[str, tuple[str, ...]] = {}
    ends: dict[str, tuple[str, str]] = {}
    props: dict[str, tuple[str, ...]] = {}
    parties: dict[str, Named] = {}
    accounts: dict[str, tuple[str, str]] = {}
    links: dict[str, Link] = {}
    spans: dict[str, tuple[str, str]] = {}
    sums: dict[str, tuple[str, str]] = {}
    words: tuple[str, ...] = ()
    told: str = ""


@cache
def sayings() -> dict[str, Saying]:
    """``ftm_rows.yml``: every table that FollowTheMoney can say."""
    import msgspec.yaml

    text = resources.files(__package__).joinpath("ftm_rows.yml").read_bytes()
    return msgspec.yaml.decode(text, type=dict[str, Saying])


def row_parts(name: str, row: Row, day: str) -> Iterator[Part]:
    """The thing that a row of table ``name`` tells of, and those that it names.

    They were first seen when the row could be known, and last on ``day`` (ISO 8601).
    """
    known = [row[KNOWN_DAY].isoformat()] if row.get(KNOWN_DAY) else []
    for made in _Telling(name, row).parts():
        made.own |= {"first_seen": known, "last_seen": [day], "target": ["false"]}
        yield made


class _Telling:
    """One row."""

    def __init__(self, name: str, row: Row) -> None:
        self.saying = sayings()[name]
        self.row = row
        self.dataset = str(row["record_id"]).partition(":")[0]
        self.kinds = {each.name: each.kind for each in table(name).columns}
        self.used: set[str] = {KNOWN_FROM}

    def parts(self) -> Iterator[Part]:
        of = self.saying
        if of.told:
            yield self._note()
            return
        made = part(self._id(), self._schema(), self.dataset)
        for column, named in of.parties.items():
            yield from self._party(made, column, named)
        for prop, (number, bank) in of.accounts.items():
            yield from self._account(made, prop, number, bank)
        for column, link in of.links.items():
            yield from self._link(column, link)
        self._amounts(made)
        for column, props in of.props.items():
            self._say(made, column, props)
        made.add(WORDS, self._rest())
        yield made

    def _id(self) -> str:
        of = self.saying
        self.used.add(of.id)
        return f"{self.dataset}:{self.row[of.id]}" if of.id else str(self.row["record_id"])

    def _schema(self) -> str:
        said = str(self.row.get(self.saying.by) or "").casefold()
        named = self.saying.schemas.items()
        return next((schema for schema, words in named if said in words), self.saying.schema)

    def _say(self, made: Part, column: str, props: tuple[str, ...]) -> None:
        values = self._values(column)
        if column not in self.saying.words:
            self.used.add(column)
        for prop in props:
            made.add(prop, values[:1] if prop == "name" else values)
            if prop == "name":
                made.add("alias", values[1:])
                made.own["caption"] = values[:1]

    def _party(self, made: Part, column: str, named: Named) -> Iterator[Part]:
        """The other thing, and the reference to it; one without id is known by name."""
        columns = [each for each in (column, named.name, named.country) if each]
        self.used.update(columns)
        key, name, country = (
            str(self.row.get(each) or "") if each else ""
            for each in (column, named.name, named.country)
        )
        if not key and not name:
            return
        whole = (
            f"{self.dataset}:{key}"
            if key
            else (f"{self.dataset}:named:{digest(name.casefold(), country)}")
        )
        ends = self.saying.ends.get(made.schema)
        at = list(self.saying.parties).index(column)
        made.add(ends[at] if ends else named.prop, [whole])
        other = part(whole, named.schema, self.dataset)
        other.add(CALLED if key else "name", [name])
        other.add("country", [country])
        yield other

    def _account(self, made: Part, prop: str, number: str, bank: str) -> Iterator[Part]:
        self.used.update((number, bank))
        account, bic = (str(self.row.get(each) or "") for each in (number, bank))
        if account or bic:
            whole = f"{self.dataset}:account:{digest(account, bic)}"
            other = part(whole, ACCOUNT, self.dataset)
            other.add("accountNumber", [account])
            other.add("bic", [bic])
            made.add(prop, [whole])
            yield other

    def _link(self, column: str, link: Link) -> Iterator[Part]:
        """A relation of the thing to one that a column names, which may be nowhere else."""
        self.used.add(column)
        for key in self._values(column):
            there, here = f"{self.dataset}:{key}", self._id()
            made = part(f"{here}:{column}:{key}", link.schema, self.dataset)
            other = part(there, BARE, self.dataset)
            for prop, value in zip((*link.ends, "role"), (there, here, link.role), strict=True):
                made.add(prop, [value])
            yield from (made, other)

    def _amounts(self, made: Part) -> None:
        """Ranges, and sums with their currency."""
        for prop, columns in (*self.saying.spans.items(), *self.saying.sums.items()):
            joint = "-" if prop in self.saying.spans else " "
            texts = [text for column in columns for text in self._values(column)]
            self.used.update(columns)
            made.add(prop, [joint.join(dict.fromkeys(texts))])

    def _note(self) -> Part:
        """What the row says of a company, in words; a former name is a name, too."""
        made = part(self._id(), self.saying.schema, self.dataset)
        if self.row.get("field") == "name":
            made.add("previousName", self._values("old_value"))
        words = "; ".join(self._rest())
        made.add(WORDS, [f"{self.saying.told}: {words}"])
        return made

    def _rest(self) -> list[str]:
        """Every column that no property took, as ``column: value``."""
        found = [
            f"{column.replace('_', ' ')}: {value}"
            for column in self.kinds
            if column not in self.used
            for value in self._values(column)
        ]
        extra = msgspec.json.decode(self.row.get(EXTRA) or "{}", type=dict[str, str])
        return [*found, *(f"{key}: {value}" for key, value in sorted(extra.items()) if value)]

    def _values(self, column: str) -> list[str]:
        """The cell as texts: decimals in their own unit, several values each by itself."""
        value = self.row.get(column)
        if value is None:
            return []
        if isinstance(value, list):
            return [str(each) for each in value if each]
        places = PLACES.get(self.kinds.get(column, "text"))
        return [decimal(value, places) if places is not None else str(value)]


def decimal(value: int, places: int) -> str:
    """A whole number of small units as a decimal, without zeros at the end."""
    whole, rest = divmod(abs(value), 10**places)
    text = f"{whole}.{rest:0{places}d}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 else text
