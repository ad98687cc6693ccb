"""Entities in FollowTheMoney's JSON lines, as OpenSanctions publishes them and this program does.

The file is read twice: once for the version of the publisher's run, which no line tells
by itself, then a line at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tidewaiter.model.source import Reject, SourceFile, rejected
from tidewaiter.sources.card import card
from tidewaiter.sources.ftm_records import Place, Told, fault_of, record_of, statements_of
from tidewaiter.sources.jsonfile import Record, lines, start_of
from tidewaiter.sources.opensanctions import DATASET, survey
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally

KEYS = frozenset({"id", "schema", "properties"})


class OpenSanctionsEntitiesReader(Official):
    """``entities.ftm.json``; see ``opensanctions_entities.yml`` for what it holds."""

    name = "opensanctions_entities"
    dataset = DATASET
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By the keys of the first line, one object a line."""
        start = start_of(head)
        if start is None or not frozenset(start.keys) >= KEYS or "op" in start.keys:
            return False
        one = start.kind == "object" and b"\n" not in head.start.strip()
        return (start.kind == "lines" or one) and isinstance(start.first.get("schema"), str)

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """Every entity as statements or a reject, then the tally."""
        known = survey(source)
        told = Told()
        met: set[str] = set()
        unread: Counter[str] = Counter()
        for line in lines(source.path, source.name):
            if isinstance(line, Reject):
                yield told.refuse(line)
                continue
            met.update(line.value)
            if fault := fault_of(line.value):
                yield told.refuse(_reject(source, line, *fault))
                continue
            record = record_of(line.value, unread)
            place = Place(source, line.locator, known.version)
            yield from told.take(statements_of(record, place))
        yield from told.flush()
        yield Tally(
            rows_read=told.read,
            entities=len(told.entities),
            published_on=known.day,
            unused=card(self.name).unknown(met),
            unread={field: times for field, times in sorted(unread.items()) if times},
            part=f"entities/{known.part}" if known.part else None,
            facts=known.facts("covers"),
        )


def _reject(source: SourceFile, line: Record, column: str, value: str, why: str) -> Reject:
    return rejected(source.name, (line.number, line.line), column, value, why)
