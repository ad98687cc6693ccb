"""What is in the rows of a file, in the figures by which a person checks a load."""

from __future__ import annotations

from collections import Counter

import pyarrow.compute as pc

from tidewaiter.sources.reader import Batch

NAMES = frozenset({"name", "alias", "weakAlias", "previousName", "abbreviation"})
NUMBERS = frozenset(
    {
        "innCode", "ogrnCode", "kppCode", "okpoCode", "uscCode", "leiCode", "imoNumber", "mmsi",
        "swiftBic", "bikCode", "taxNumber", "vatCode", "registrationNumber", "idNumber", "callSign",
        "dunsCode", "uniqueEntityId", "cageCode", "npiCode", "passportNumber",
        "socialSecurityNumber",
    }
)  # fmt: skip
WIDE = {
    "companies": ("lei", "registration_number", "tax_number"),
    "people": (),
}  # tables with a column ``name``, and which of their columns are numbers


class Counts(Counter[str]):
    """``names``, ``identifiers`` and ``measures`` of the batches it was shown."""

    def see(self, batch: Batch) -> None:
        """Add what ``batch`` holds."""
        if batch.table == "statements":
            for each in pc.value_counts(batch.rows["prop"]).to_pylist():
                self._see_prop(each["values"], each["counts"])
        elif batch.table in WIDE:
            names = pc.list_value_length(batch.rows["name"])
            self["names"] += pc.sum(names).as_py() or 0
            rows = batch.rows.num_rows
            held = (rows - batch.rows[name].null_count for name in WIDE[batch.table])
            self["identifiers"] += sum(held)

    def _see_prop(self, prop: str, times: int) -> None:
        if prop in NAMES:
            self["names"] += times
        elif prop in NUMBERS:
            self["identifiers"] += times
        elif prop == "measure":
            self["measures"] += times
