"""Who is fitted on and who is reported: parties, labelled pairs and free names, in one split.

What is joined by a shared number of nine digits or by an equal comparable name, on whatever
list, in a labelled pair or in both, is one group, and a group is never parted. A group with a
company of the EU's 833/2014, whose names are the queries of the gold set, is reported; of the
others the hash of the group's first member decides. A name that is in no group goes by the
hash of its comparable form. Nothing drawn at random, nothing kept in a file.

The comparable form is the product's own. Where its folding changes, a few groups join or part;
``digest`` tells whether a model was fitted under the split that a report uses.
"""

from __future__ import annotations

import csv
import functools
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bench.screening.data import data, hashed, numbers, publisher, said
from tidewaiter.resolve.clusters import clusters
from tidewaiter.screen import Listed
from tidewaiter.text import name_key

GOLD = "eu_833"  # whose companies are asked for in the gold set
FITTED = Path(__file__).with_name("fitted.json")  # by fit_screening: the split and the figures
JUDGED = ("name", "alias", "previousName")
NUMBERS = ("innCode", "ogrnCode", "leiCode", "taxNumber", "registrationNumber", "idNumber",
           "passportNumber", "imoNumber")  # fmt: skip


class Split:
    """The two sides. ``listed`` are all parties of all lists."""

    def __init__(self, listed: Iterable[Listed]) -> None:
        every = sorted(listed, key=lambda p: p.entity_id)
        edges = [edge for party in every for edge in _of_party(party)]
        edges += [*_of_names_bench(), *_of_judged()]
        groups = clusters(edges)
        self._first = {member: group[0] for group in groups for member in group}
        self._gold = {
            self._first[_party(p.entity_id)]
            for p in every
            if any(publisher(each.list_id) == GOLD for each in p.listings)
        }
        self._parties = [p.entity_id for p in every]

    def number(self, node: str) -> int:
        """The hash of a group; equal for all that is joined."""
        return _hashed(self._first.get(node, node))

    def fitted(self, party: Listed) -> bool:
        """Whether a listed party may be fitted on."""
        return self._fitted(_party(party.entity_id))

    def fitted_name(self, name: str) -> bool:
        """Whether a name, of a labelled pair or of nobody that is listed, may be fitted on."""
        return self._fitted(_name(name))

    def of_name(self, name: str) -> int:
        """The hash of the group of a name."""
        return self.number(_name(name))

    def of_party(self, party: Listed) -> int:
        """The hash of the group of a listed party."""
        return self.number(_party(party.entity_id))

    def in_gold(self, party: Listed) -> bool:
        """Whether a party is joined with any of the list that the gold set asks for."""
        return self._first[_party(party.entity_id)] in self._gold

    def _fitted(self, node: str) -> bool:
        return self._first.get(node) not in self._gold and self.number(node) % 2 == 0

    def digest(self) -> str:
        """A hash of the side of every listed party."""
        told = "".join(f"{each}{self._fitted(_party(each)):d}" for each in self._parties)
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def counts(self) -> dict[str, int]:
        """How many parties and groups are on each side."""
        firsts = {self._first[_party(each)] for each in self._parties}
        fitted = sum(self._fitted(_party(each)) for each in self._parties)
        return {
            "parties": len(self._parties),
            "parties fitted on": fitted,
            "parties joined with the gold list": sum(
                self._first[_party(each)] in self._gold for each in self._parties
            ),
            "groups": len(firsts),
            "groups fitted on": sum(self._fitted(each) for each in firsts),
        }


@functools.cache
def _hashed(text: str) -> int:
    return hashed(text)


def _party(entity_id: str) -> str:
    return f"party {entity_id}"


@functools.cache
def _name(text: str) -> str:
    return f"name {name_key(text) or text}"


def _of_party(party: Listed) -> Iterator[tuple[str, str]]:
    own = _party(party.entity_id)
    yield own, own
    yield from ((own, _name(text)) for text in party.names)
    yield from ((own, f"number {number}") for number in sorted(numbers(party)))


def _of_names_bench() -> Iterator[tuple[str, str]]:
    for row in names_bench():
        yield _name(row["name1"]), _name(row["name2"])


def _of_judged() -> Iterator[tuple[str, str]]:
    for pair in judged():
        first = judged_name(pair["left"])
        for side in ("left", "right"):
            entity = pair[side]
            own = f"judged {entity['id']}"
            yield own, _name(first)
            yield from ((own, _name(text)) for text in said(entity, *JUDGED))
            plain = (number for number in said(entity, *NUMBERS) if len(number) > 8)
            yield from ((own, f"number {number}") for number in plain)


def judged_name(entity: dict[str, Any]) -> str:
    """The name that a judged entity is split by: all that it is joined with are on its side."""
    return (said(entity, *JUDGED) or (entity["caption"],))[0]


def names_bench() -> list[dict[str, str]]:
    """The rows of the names bench."""
    path = data() / "names" / "name_bench_cases.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def judged() -> list[dict[str, Any]]:
    """The judged pairs of OpenSanctions."""
    path = data() / "names" / "os_pairs_sample_1000.json"
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return found
