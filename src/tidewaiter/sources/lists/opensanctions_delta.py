"""Changes between two editions of a dataset of OpenSanctions, and the index of such files.

A line of changes adds an entity, gives it anew or removes it. Its act ranks by the
edition that it leads to, so that it speaks over the whole file before it, in whichever
order they are loaded. The index tells where the changes of each edition are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tidewaiter.model.source import Reject, SourceFile, rejected
from tidewaiter.sources.card import card
from tidewaiter.sources.ftm_records import (
    Fault,
    Place,
    Told,
    fault_of,
    record_of,
    removal,
    statements_of,
)
from tidewaiter.sources.jsonfile import Record as Line
from tidewaiter.sources.jsonfile import lines, members, start_of
from tidewaiter.sources.listing import as_rows
from tidewaiter.sources.opensanctions import DATASET, VERSION, Survey, no_version, survey
from tidewaiter.sources.reader import HEAD_BYTES, Batch, FileHead, Official, Tally

GIVEN, GONE = frozenset({"ADD", "MOD"}), "DEL"
KEYS = frozenset({"op", "entity"})
INDEX = re.compile(rb'"versions"\s*:\s*\{\s*"[0-9]{14}-[a-z0-9]{3}"\s*:\s*"')


class OpenSanctionsDeltaReader(Official):
    """``entities.delta.json`` and ``delta.json``; see ``opensanctions_delta.yml``."""

    name = "opensanctions_delta"
    dataset = DATASET
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By the keys of the first line, or by versions with an address each."""
        start = start_of(head)
        if start is None or start.kind == "array":
            return False
        keys = frozenset(start.keys)
        return (keys >= KEYS and _is_op(start.first.get("op"))) or _is_index(head)

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """Every change as statements or a reject, then the tally."""
        head = FileHead.of(source.path, source.name)
        yield from _index(source) if _is_index(head) else _Changes(source).items()


class _Changes:
    """One file of changes, a line at a time."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.known: Survey = survey(source)
        self.told = Told()
        self.met: set[str] = set()
        self.unread: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()

    def items(self) -> Iterator[Batch | Reject | Tally]:
        """Batches and rejects, then the tally."""
        for line in lines(self.source.path, self.source.name):
            if isinstance(line, Reject):
                yield self.told.refuse(line)
            elif fault := self._fault(line.value):
                yield self.told.refuse(_reject(self.source, line, *fault))
            else:
                yield from self._change(line)
        yield from self.told.flush()
        counts = {f"changes {op}": str(times) for op, times in sorted(self.counts.items())}
        yield Tally(
            rows_read=self.told.read,
            entities=0,  # how many a file of changes names says nothing of what is missing
            published_on=self.known.day,
            unused=card(OpenSanctionsDeltaReader.name).unknown(self.met),
            unread={field: times for field, times in sorted(self.unread.items()) if times},
            part=self._part(),
            facts=self.known.facts("amends") | counts,
        )

    def _part(self) -> str | None:
        """Every edition's changes stay beside those of the others."""
        of = self.known
        return f"delta/{of.part or 'several'}/{of.version:014d}" if of.version else None

    def _fault(self, value: dict[str, Any]) -> Fault | None:
        op, entity = value.get("op"), value.get("entity")
        if not _is_op(op):
            return "op", str(op), "not one of ADD, MOD, DEL"
        if not isinstance(entity, dict):
            return "entity", str(entity), "no object"
        if op in GIVEN:
            return fault_of(entity)
        name = entity.get("id")
        blank = not isinstance(name, str) or not name.strip()
        return ("id", str(name or ""), "required, but empty or no text") if blank else None

    def _change(self, line: Line) -> Iterator[Batch]:
        op, entity = line.value["op"], line.value["entity"]
        place = Place(self.source, line.locator, self.known.version)
        self.counts[op] += 1
        self.met.update(entity, set(line.value))
        if op in GIVEN:
            yield from self.told.take(statements_of(record_of(entity, self.unread), place))
            return
        if not self.known.version:
            raise no_version(self.source.name)
        yield from self.told.take([removal(entity["id"].strip(), self.known.day, place)])


def _is_op(value: object) -> bool:
    return isinstance(value, str) and (value in GIVEN or value == GONE)


def _is_index(head: FileHead) -> bool:
    return INDEX.search(head.start[:HEAD_BYTES]) is not None


def _index(source: SourceFile) -> Iterator[Batch | Reject | Tally]:
    """Versions and addresses as facts of the file; they are about no party."""
    facts: dict[str, str] = {}
    read = refused = 0
    for key, value in members(source.path, source.name):
        known = key == "versions" and isinstance(value, dict)
        for version, url in value.items() if known else ():
            read += 1
            if VERSION.fullmatch(version) and isinstance(url, str):
                facts[f"delta {version}"] = url
                continue
            refused += 1
            yield rejected(
                source.name,
                (read, 0),
                "versions",
                f"{version}: {url}",
                "no version such as 20260801063010-abc with an address",
            )
    yield Batch("statements", as_rows(()), read - refused)
    newest = max((int(key[6:20]) for key in facts), default=0)
    yield Tally(
        rows_read=read, published_on=Survey(newest, frozenset()).day, part=None, facts=facts
    )


def _reject(source: SourceFile, line: Line, column: str, value: str, why: str) -> Reject:
    return rejected(source.name, (line.number, line.line), column, value, why)
