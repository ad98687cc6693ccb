"""GLEIF's reporting exceptions: why a legal entity names no parent.

Each reason is a row of its own: an entity may give several.
"""

from __future__ import annotations

from collections.abc import Iterator

from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import gleif
from tidewaiter.sources.card import card
from tidewaiter.sources.gleif import Cells, Copy, Kind, numbered
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally
from tidewaiter.sources.rows import Row, Rows

KIND = Kind(
    part="golden-copy/repex",
    root="ReportingExceptionData",
    namespace="http://www.gleif.org/data/schema/repex/2016",
    record="Exception",
    header="Header",
    key="exceptions",
    columns=frozenset({"LEI", "Exception.Category", "Exception.Reason.1"}),
    first=frozenset({"ExceptionCategory"}),
)
KINDS = {
    "DIRECT_ACCOUNTING_CONSOLIDATION_PARENT": "direct_parent",
    "ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT": "ultimate_parent",
}


class GleifExceptionsReader(Official):
    """Reporting exceptions of the golden copy."""

    name = "gleif_exceptions"
    dataset = "gleif"
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By namespace, columns or keys."""
        return bool(KIND.form(head))

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One exception a record, one row a reason."""
        copy = Copy(source, KIND)
        rows = Rows(source, "ownership_gaps")
        for each in copy:
            if isinstance(each, Reject):
                yield rows.pass_on(each)
                continue
            place, cells = each
            category = cells.get("Exception.Category", "")
            if gleif.is_deleted(cells):
                yield rows.refuse(place, "Deletion", cells.get("LEI", ""), "deleted by GLEIF")
            elif category not in KINDS:
                yield rows.refuse(place, "ExceptionCategory", category, "not a known category")
            else:
                yield from rows.add(place, *_gaps(cells, copy.published_on or ""))
        yield from rows.flush()
        yield copy.tally(rows, card(self.name))


def _gaps(cells: Cells, known_from: str) -> tuple[Row, *tuple[Row, ...]]:
    """A row for each reason. References are not numbered by reason, so each row has all."""
    reasons = [cells.get(path, "") for path in numbered(cells, "Exception.Reason")]
    notes = [cells.get(path, "") for path in numbered(cells, "Exception.Reference")]
    common = {
        "company_id": cells.get("LEI", ""),
        "kind": KINDS[cells["Exception.Category"]],
        "note": " | ".join(notes),
        "known_from": known_from,
    }
    extra = {"category": cells["Exception.Category"]}
    first, *others = dict.fromkeys(reasons or [""])
    return (
        Row("ownership_gaps", common | {"reason": first}, extra),
        *(Row("ownership_gaps", common | {"reason": each}, extra) for each in others),
    )
