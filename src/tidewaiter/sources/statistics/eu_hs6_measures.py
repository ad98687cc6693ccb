"""Subheadings under measures of the European Union against Russia, with their first day.

The compilation is that of published research. It comes as a Stata file and as a CSV made
of it; a list of civilian subheadings for comparison has the same table.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import stata
from tidewaiter.sources.layout import header_of
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally
from tidewaiter.sources.rows import Place, Row, Rows
from tidewaiter.sources.tabular import Records

REGIME, EDITION = "eu_russia", "2017"
CATEGORIES = (
    "aviation", "dual_use", "firearms", "industrial_cap", "luxury", "military_tech",
    "oil_exploration", "oil_refining",
)  # fmt: skip
STATA = {"code": "Code", "listed": "Date", "ends": "Winddowndate", "partial": "partially_exempt"}
TABLE = {"code": "hs6", "listed": "sanction_date", "partial": "partially_exempt"}
KNOWN = frozenset({"sanctioned", "EU_sanction", "Maxprice", "sanction_year", "category"})
CONTROL = ("hs6", "source")
WITHOUT_MEASURE = ("0", "")  # of a column that says whether there is one


class EuHs6MeasuresReader(Official):
    """Three files of one kind: Stata, CSV, and the CSV of subheadings for comparison."""

    name = "eu_hs6_measures"
    dataset = "eu_hs6"
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By its columns."""
        header = header_of(head)
        return (
            header == CONTROL
            or set(TABLE.values()) <= set(header)
            or set(STATA.values()) <= set(stata.columns_of(head))
        )

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One row a subheading."""
        rows = Rows(source)
        is_stata = stata.is_stata(FileHead.of(source.path, source.name))
        if is_stata:
            unused = yield from _from_stata(source, rows)
        else:
            unused = yield from _from_csv(source, rows)
        yield from rows.flush()
        yield Tally(
            rows_read=rows.read,
            published_on=rows.newest,
            unused=unused,
            unread=dict(rows.unread),
            part=PurePosixPath(source.name).name,
        )


Steps = Generator[Batch | Reject, None, tuple[str, ...]]  # ends with the unused columns


def _from_stata(source: SourceFile, rows: Rows) -> Steps:
    unused: tuple[str, ...] = ()
    for number, cells in enumerate(stata.rows(source.path, source.name), start=1):
        unused = unused or _unused(cells)
        days = {key: stata.day(cells.get(STATA[key], "")) for key in ("listed", "ends")}
        said = {key: cells.get(name, "") for key, name in STATA.items()} | days
        row = _row(said, cells, PurePosixPath(source.name).name)
        yield from rows.add(Place(number, number, f"observation {number}"), row)
    return unused


def _from_csv(source: SourceFile, rows: Rows) -> Steps:
    records = Records(source)
    file = PurePosixPath(source.name).name
    for each in records:
        if isinstance(each, Reject):
            yield rows.pass_on(each)
            continue
        place, cells = each
        said = {key: cells.get(name, "") for key, name in TABLE.items()}
        if records.columns == CONTROL:
            control = {"role": "control", "source": cells["source"]}
            row = _row(said, cells, file)
            yield from rows.add(place, Row(row.table, {**row.cells, **control}))
        else:
            yield from rows.add(place, _row(said, cells, file))
    return _unused(records.columns)


def _row(said: Mapping[str, str], cells: Mapping[str, str], source: str) -> Row:
    """One subheading; what is not a column of the table goes to ``extra``."""
    marked = [name for name in CATEGORIES if _is_one(cells.get(name, ""))]
    kept = {
        "regime": REGIME,
        "hs_code": said["code"],
        "hs_edition": EDITION,
        "categories": ";".join(marked),
        "listed_on": said["listed"],
        "wind_down_on": said.get("ends", ""),
        "partial": {"1": "yes", "0": "no"}.get(said["partial"].removesuffix(".0"), ""),
        "role": "measure" if _under_measure(cells) else "control",
        "source": source,
    }
    extra = {name: cells[name] for name in sorted(KNOWN) if cells.get(name)}
    return Row("goods_measures", kept, extra)


def _under_measure(cells: Mapping[str, str]) -> bool:
    said = [cells[name] for name in ("sanctioned", "EU_sanction") if name in cells]
    return all(value.removesuffix(".0") not in WITHOUT_MEASURE for value in said)


def _is_one(value: str) -> bool:
    return value.removesuffix(".0") == "1"


def _unused(columns: Iterable[str]) -> tuple[str, ...]:
    known = {*STATA.values(), *TABLE.values(), *CATEGORIES, *KNOWN, *CONTROL}
    return tuple(sorted(set(columns) - known))
