"""GLEIF level 2: who consolidates whom, manages or heads whom (RR-CDF 2.1).

A record is a link, not a share: consolidation is an accounting fact, and a percentage in
it is one of consolidation. So no stake made here has a smallest or largest share.
"""

from __future__ import annotations

from collections.abc import Iterator

from tidewaiter.model.dates import iso_date
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import gleif
from tidewaiter.sources.card import card
from tidewaiter.sources.gleif import Cells, Copy, Kind, day, numbered
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally
from tidewaiter.sources.rows import Row, Rows

KIND = Kind(
    part="golden-copy/rr",
    root="RelationshipData",
    namespace="http://www.gleif.org/data/schema/rr/2016",
    record="RelationshipRecord",
    header="Header",
    key="relations",
    columns=frozenset(
        {
            "Relationship.StartNode.NodeID", "Relationship.EndNode.NodeID",
            "Relationship.RelationshipType",
        }
    ),
    first=frozenset({"Relationship", "RelationshipRecord"}),
)  # fmt: skip
OWN_PERIOD = "RELATIONSHIP_PERIOD"
OVER = frozenset({"RETIRED", "ANNULLED", "DUPLICATE"})  # of a record's registration
EXTRA = {
    "Relationship.RelationshipType": "relationship",
    "Relationship.RelationshipStatus": "status",
    "Registration.RegistrationStatus": "registration status",
    "Registration.LastUpdateDate": "last update",
    "Registration.ManagingLOU": "managing LOU",
    "Registration.ValidationSources": "validation",
    "Registration.ValidationDocuments": "documents",
    "Registration.ValidationReference": "reference",
}


class GleifRelationsReader(Official):
    """Level 2 of the golden copy."""

    name = "gleif_relations"
    dataset = "gleif"
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By namespace, columns or keys."""
        return bool(KIND.form(head))

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One link a record."""
        copy = Copy(source, KIND)
        rows = Rows(source, "stakes")
        newest = ""
        for each in copy:
            if isinstance(each, Reject):
                yield rows.pass_on(each)
                continue
            place, cells = each
            if gleif.is_deleted(cells):
                yield rows.refuse(place, "Deletion", _pair(cells), "deleted by GLEIF")
                continue
            newest = max(newest, iso_date(day(cells, "Registration.LastUpdateDate")) or "")
            yield from rows.add(place, _link(cells))
        yield from rows.flush()
        yield copy.tally(rows, card(self.name), newest)


def _pair(cells: Cells) -> str:
    ends = (f"Relationship.{end}.NodeID" for end in ("StartNode", "EndNode"))
    return " ".join(cells.get(end, "") for end in ends)


def _link(cells: Cells) -> Row:
    extra = {said: cells[name] for name, said in EXTRA.items() if name in cells}
    start, end = _periods(cells, extra)
    _note_quantities(cells, extra)
    for node in ("StartNode", "EndNode"):
        scheme = cells.get(f"Relationship.{node}.NodeIDType", "LEI")
        if scheme != "LEI":
            extra[f"{node} is known by"] = scheme
    if not end and _is_over(cells):
        end = day(cells, "Registration.LastUpdateDate")
        extra["end from"] = "last update, on or after the true end"
    return Row(
        "stakes",
        {
            "owner_id": cells.get("Relationship.EndNode.NodeID", ""),
            "company_id": cells.get("Relationship.StartNode.NodeID", ""),
            "interest": "other",
            "start": start,
            "end": end,
            "known_from": day(cells, "Registration.InitialRegistrationDate"),
        },
        extra,
        cells.get("Relationship.RelationshipType", ""),
    )


def _is_over(cells: Cells) -> bool:
    """Whether the register holds a link for ended or wrong, without saying since when."""
    inactive = cells.get("Relationship.RelationshipStatus") == "INACTIVE"
    return inactive or cells.get("Registration.RegistrationStatus") in OVER


def _periods(cells: Cells, extra: dict[str, str]) -> tuple[str, str]:
    """First and last day of the link itself; the other periods go into ``extra``."""
    own = ("", "")
    for path in numbered(cells, "Relationship.Period", "startDate", "endDate", "periodType"):
        start, end = day(cells, f"{path}.startDate"), day(cells, f"{path}.endDate")
        kind = cells.get(f"{path}.periodType", "")
        if kind == OWN_PERIOD and own == ("", ""):
            own = (start, end)
        else:
            name = kind.replace("_", " ").casefold() or "period"
            texts = [extra[name]] if name in extra else []
            extra[name] = "; ".join([*texts, f"{start}/{end}"])
    return own


def _note_quantities(cells: Cells, extra: dict[str, str]) -> None:
    """Accounting standards and percentages of consolidation, as printed."""
    for path in numbered(
        cells, "Relationship.Qualifiers", "QualifierDimension", "QualifierCategory"
    ):
        name = cells.get(f"{path}.QualifierDimension", "qualifier").replace("_", " ").casefold()
        extra[name] = cells.get(f"{path}.QualifierCategory", "")
    for path in numbered(
        cells, "Relationship.Quantifiers", "MeasurementMethod", "QuantifierAmount"
    ):
        method = cells.get(f"{path}.MeasurementMethod", "quantity").replace("_", " ").casefold()
        parts = (cells.get(f"{path}.Quantifier{each}", "") for each in ("Amount", "Units"))
        extra[method] = " ".join(part for part in parts if part)
