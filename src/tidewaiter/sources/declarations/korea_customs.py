"""Synthetic import declarations published with labels of fraud by the Korea Customs Service.

Parties are pseudonyms; they stand as names, because the file has no others. The labels
are kept in ``extra`` and are never an outcome: nothing real was decided on these rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources.layout import header_of
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally
from tidewaiter.sources.rows import Row, Rows
from tidewaiter.sources.tabular import Cells, Records

COUNTRY, CURRENCY, ITEM = "KR", "KRW", "1"
COLUMNS = {
    "declaration_id": "Declaration ID",
    "date": "Date",
    "declarant_name": "Declarant ID",
    "consignor_id": "Seller ID",
    "consignor_name": "Seller ID",
    "consignor_country": "Country of Departure",
    "consignee_id": "Importer ID",
    "consignee_name": "Importer ID",
    "dispatch_country": "Country of Departure",
    "origin_country": "Country of Origin",
    "hs_code": "HS6 Code",
    "net_kg": "Net Mass",
    "value": "Item Price",
    "forwarder_name": "Courier ID",
}  # column of the table: column of the file
EXTRA = (
    "Office ID", "Process Type", "Import Type", "Import Use", "Payment Type", "Mode of Transport",
    "Tax Rate", "Tax Type", "Country of Origin Indicator", "Fraud", "Critical Fraud",
)  # fmt: skip
KNOWN = (*dict.fromkeys(COLUMNS.values()), *EXTRA)
MODES = {"10": "sea", "40": "air"}  # ICC code list of the declaration
UNNAMED = "not stated"


class KoreaCustomsReader(Official):
    """The English edition of the data set."""

    name = "korea_customs"
    dataset = "korea_customs"
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By its columns."""
        return set(KNOWN) <= set(header_of(head))

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One declaration a row."""
        rows = Rows(source, "declarations")
        records = Records(source)
        for each in records:
            if isinstance(each, Reject):
                yield rows.pass_on(each)
            else:
                place, cells = each
                yield from rows.add(place, _row(cells))
        yield from rows.flush()
        yield Tally(
            rows_read=rows.read,
            published_on=rows.newest,
            unused=records.unused(*KNOWN),
            unread=dict(rows.unread),
            part=PurePosixPath(source.name).name,
        )


def _row(cells: Cells) -> Row:
    kept = {column: cells.get(printed, "") for column, printed in COLUMNS.items()}
    for name in ("consignor_name", "consignee_name"):
        kept[name] = kept[name] or UNNAMED
    code = kept["hs_code"]
    return Row(
        "declarations",
        kept
        | {
            "item_no": ITEM,
            "procedure": "import",
            "consignee_country": COUNTRY,
            "destination_country": COUNTRY,
            "currency": CURRENCY,
            "hs_code": code.zfill(6) if code.isdigit() else code,
            "transport_mode": MODES.get(cells.get("Mode of Transport", ""), ""),
        },
        {name: cells[name] for name in EXTRA if cells.get(name)},
    )
