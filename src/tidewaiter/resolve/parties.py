"""Which mentions are one party: ids first, then registered numbers, then names.

1. An id in a declaration is the case's own: the same dataset and id are one party, and
   the company of that id, or of that tax or registration number or LEI, if there is one.
2. A name without an id belongs to a company of the same country whose comparable name
   is equal, if exactly one has it; two such companies leave the name a party of its own.
3. A name without an id that is nearly a company's, of the same country and of no other, is
   that company (``suggest``); what is merely alike is kept for a person to judge.
4. Names without a company are one party when name and country compare as equal.
5. Judgements come before all of this: they join what people judged to be the same and part what
   they judged apart, and what somebody was unsure of nothing else joins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from tidewaiter.model.ids import canonical_id, digest, record_id
from tidewaiter.resolve.clusters import clusters
from tidewaiter.resolve.judgement import Judgements
from tidewaiter.resolve.suggest import Suggestion, suggestions
from tidewaiter.text import name_key

NUMBERS = ("tax_number", "registration_number", "lei")

Row = Mapping[str, Any]


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """One party of the declarations: every name, number and address it is given.

    ``members`` are the ids of the records behind it, its own among them: a judgement about any
    of them is about the party. ``basis`` says what joins its mentions: ``id``, ``number``,
    ``name``, ``alike``, ``judgement``.
    """

    party_id: str
    caption: str
    country: str | None
    names: tuple[str, ...]
    identifiers: tuple[str, ...]
    addresses: tuple[str, ...]
    members: tuple[str, ...]
    basis: tuple[str, ...]


class Resolution(msgspec.Struct, frozen=True, kw_only=True):
    """Every party, sorted by id, the party of every mention, and pairs that are alike."""

    parties: tuple[Party, ...]
    mentions: dict[str, str]
    suggestions: tuple[Suggestion, ...] = ()


def resolve(
    mentions: Sequence[Row], companies: Sequence[Row], judgements: Judgements
) -> Resolution:
    """Parties from distinct mentions and the company registry, in any order of either."""
    register = Register(companies)
    placed = {row["mention"]: register.place(row, judgements) for row in mentions}
    alike = _alike(mentions, placed, companies, judgements)
    taken = {
        each.left: each.right
        for each in alike
        if each.joined and not judgements.joins(each.left)  # people said whose it is
    }
    placed |= {
        mention: (taken[party], "alike") for mention, (party, _) in placed.items() if party in taken
    }
    known = {party for party, _ in placed.values()} | register.companies.keys()
    heads = _heads(known, judgements)
    members: dict[str, list[tuple[Row, str]]] = defaultdict(list)
    for row in mentions:
        party, basis = placed[row["mention"]]
        head = heads.get(party, party)
        members[head].append((row, "judgement" if head != party else basis))
    joined = _joined(heads)
    parties = [_party(name, members[name], register, joined) for name in sorted(members)]
    found = {key: heads.get(party, party) for key, (party, _) in placed.items()}
    return Resolution(parties=tuple(parties), mentions=found, suggestions=tuple(alike))


def _alike(
    mentions: Sequence[Row],
    placed: Mapping[str, tuple[str, str]],
    companies: Sequence[Row],
    judgements: Judgements,
) -> list[Suggestion]:
    """Companies that a name without an id and without an equal company may be."""
    known = {row["record_id"] for row in companies}
    named = {
        placed[row["mention"]][0]: row
        for row in sorted(mentions, key=lambda row: row["mention"])
        if not row["id"]
        and row["name"]
        and row["country"]
        and placed[row["mention"]][0] not in known
    }
    return suggestions(named, companies, judgements)


class Register:
    """The companies of the case, found by id, by number, or by name and country."""

    def __init__(self, companies: Iterable[Row]) -> None:
        self.companies = {row["record_id"]: row for row in companies}
        self._numbers: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._names: dict[tuple[str, str], set[str]] = defaultdict(set)
        for name, row in self.companies.items():
            dataset = name.partition(":")[0]
            for field in NUMBERS:
                if row[field]:
                    self._numbers[dataset, _number(row[field])].add(name)
            # A country that the register does not tell agrees with none, not with every other.
            for each in row["name"] if row["country"] else ():
                self._names[name_key(each), row["country"]].add(name)

    def place(self, mention: Row, judgements: Judgements) -> tuple[str, str]:
        """The party of a mention and what says so."""
        own = own_id(mention)
        if mention["id"]:
            return self._by_id(own, mention, judgements)
        key = (name_key(mention["name"] or ""), mention["country"])
        same_name = sorted(self._names.get(key, ())) if key[0] else []
        return self._of(own, same_name, "name", judgements) or (own, "name")

    def _by_id(self, own: str, mention: Row, judgements: Judgements) -> tuple[str, str]:
        if own in self.companies:
            return own, "id"
        numbered = sorted(self._numbers.get((mention["dataset"], _number(mention["id"])), ()))
        return self._of(own, numbered, "number", judgements) or (own, "id")

    def _of(
        self, own: str, companies: Sequence[str], basis: str, judgements: Judgements
    ) -> tuple[str, str] | None:
        """The one company that a mention is, if people have not said what it is or is not."""
        if judgements.joins(own):
            return None
        allowed = [c for c in companies if judgements.answer(own, c) is None]
        return (allowed[0], basis) if len(allowed) == 1 else None


def own_id(mention: Row) -> str:
    """The id of a mention for itself: the one it is given, or one of its name and country."""
    if mention["id"]:
        return record_id(mention["dataset"], mention["id"])
    name = mention["name"] or ""
    key = name_key(name) or name
    return record_id(mention["dataset"], "name", digest(key, mention["country"] or ""))


def _heads(parties: set[str], judgements: Judgements) -> dict[str, str]:
    """The party that stands for each one that people judged to be the same."""
    pairs = [pair for pair in judgements.same() if parties.issuperset(pair)]
    groups = clusters(pairs, judgements.apart())
    return {member: canonical_id(group) for group in groups for member in group}


def _joined(heads: Mapping[str, str]) -> dict[str, list[str]]:
    """The parties behind each head, sorted."""
    groups: dict[str, list[str]] = defaultdict(list)
    for member in sorted(heads):
        groups[heads[member]].append(member)
    return groups


def _party(
    name: str,
    members: list[tuple[Row, str]],
    register: Register,
    joined: Mapping[str, list[str]],
) -> Party:
    behind = [name, *joined.get(name, ())]
    company = next((register.companies[n] for n in behind if n in register.companies), None)
    names = sorted({row["name"] for row, _ in members if row["name"]})
    ids = {row["id"] for row, _ in members if row["id"]}
    countries = sorted({row["country"] for row, _ in members if row["country"]})
    addresses: tuple[str, ...] = ()
    caption = names[0] if names else name
    if company:
        names = list(dict.fromkeys([*company["name"], *names]))
        ids |= {company[field] for field in NUMBERS if company[field]}
        countries = [company["country"], *countries] if company["country"] else countries
        addresses = (company["address"],) if company["address"] else ()
        caption = names[0]
    return Party(
        party_id=name,
        caption=caption,
        country=countries[0] if countries else None,
        names=tuple(names),
        identifiers=tuple(sorted(ids)),
        addresses=addresses,
        members=tuple(sorted({*behind, *(own_id(row) for row, _ in members)})),
        basis=tuple(sorted({basis for _, basis in members})),
    )


def _number(text: str) -> str:
    """A number as it compares: letters and digits only, upper case."""
    return "".join(c for c in text.upper() if c.isalnum())
