"""What one viewer sees of a world: its own papers, and what is public.

Lists and company registers are public. An exporter sees its own sales and their papers,
a bank the payments that pass through it and its letters of credit, a customs service its
own border, and everybody else statistics and press.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from tidewaiter.simulate.output import Folder
from tidewaiter.simulate.reports import FOLDER as REPORTS
from tidewaiter.simulate.truth import Truth

VIEWS = ("exporter", "bank", "customs", "open", "full")
PUBLIC = ("companies", "people", "roles", "stakes", "designations")
BLOCK = 8 << 20  # bytes that are read at once

Condition = Callable[[pa.RecordBatch], Any]


def mask(full: Path, target: Path, view: str, truth: Truth) -> None:
    """Write what a viewer sees of the files in ``full`` into ``target``.

    The full view of a world is where it is already: into its own folder nothing is written.
    """
    if view == "full" and target.resolve() == full.resolve():
        return
    own: dict[str, dict[str, Condition]] = {
        "exporter": _exporter(full, truth),
        "bank": _bank(truth),
        "customs": _customs(truth),
        "open": {"flows": _everything},
        "full": {path.stem: _everything for path in full.glob("*.csv")},
    }
    seen = dict.fromkeys(PUBLIC, _everything) | own[view]
    with Folder(target) as out:
        for name, condition in seen.items():
            _copy(full / f"{name}.csv", name, condition, out)
        told = f"customs:{truth.hub}" if view == "customs" else view
        line = "" if view == "full" else f'view = "{told}"\n'
        out.text("case.toml", (full / "case.toml").read_text("utf-8") + line)
    if view in {"open", "full"} and (full / REPORTS).is_dir():
        shutil.copytree(full / REPORTS, target / REPORTS, dirs_exist_ok=True)


def _exporter(full: Path, truth: Truth) -> dict[str, Condition]:
    """Its own exports, and the papers that bear one of its names."""
    names = _spellings(full, truth.exporter)
    return {
        "declarations": lambda b: pc.and_(
            pc.is_in(b["procedure"], pa.array(["export", "re-export"])),
            _one_of(b, names | {truth.exporter}, "consignor_id", "consignor_name"),
        ),
        "documents": lambda b: _one_of(b, names, "issuer_name", "counterparty_name"),
    }


def _bank(truth: Truth) -> dict[str, Condition]:
    """What passes through its accounts, and its letters of credit."""
    return {
        "payments": lambda b: _one_of(b, {truth.bank}, "payer_bank_bic", "payee_bank_bic"),
        "documents": lambda b: _one_of(b, {truth.bank}, "issuer_name"),
    }


def _customs(truth: Truth) -> dict[str, Condition]:
    """The declarations that it accepts, and what is written of goods that pass it freely."""
    hub = {truth.hub}
    return {
        "declarations": lambda b: pc.or_(
            pc.or_(
                pc.and_(pc.equal(b["procedure"], "import"), _one_of(b, hub, "consignee_country")),
                pc.and_(
                    pc.is_in(b["procedure"], pa.array(["export", "re-export"])),
                    _one_of(b, hub, "consignor_country"),
                ),
            ),
            pc.and_(pc.equal(b["procedure"], "transit"), _one_of(b, hub, "via_countries")),
        ),
        "movements": lambda b: _one_of(b, hub, "from_country", "to_country"),
    }


def _everything(batch: pa.RecordBatch) -> pa.Array:
    return pa.array([True] * batch.num_rows, pa.bool_())


def _one_of(batch: pa.RecordBatch, values: set[str], *columns: str) -> Any:  # noqa: ANN401
    wanted = pa.array(sorted(values))
    found = [pc.is_in(batch[name], wanted) for name in columns]
    return found[0] if len(found) == 1 else pc.or_(*found)


def _spellings(full: Path, company: str) -> set[str]:
    """Every way in which register and declarations spell a company, by its id."""
    found: set[str] = set()
    for batch in _batches(full / "companies.csv"):
        for name in batch["name"].filter(pc.equal(batch["company_id"], company)).to_pylist():
            found.update(name.split(";"))
    for batch in _batches(full / "declarations.csv"):
        for role in ("consignor", "consignee"):
            own = pc.equal(batch[f"{role}_id"], company)
            found.update(batch[f"{role}_name"].filter(own).to_pylist())
    return found - {""}


def _batches(path: Path) -> pyarrow.csv.CSVStreamingReader:
    """Batches of text columns, as they stand in the file."""
    with path.open("rb") as file:
        columns = pyarrow.csv.open_csv(file).schema.names
    return pyarrow.csv.open_csv(
        path,
        read_options=pyarrow.csv.ReadOptions(block_size=BLOCK),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False
        ),
    )


def _copy(path: Path, name: str, condition: Condition, out: Folder) -> None:
    batches = _batches(path)
    out.write(name, batches.schema.empty_table())  # a table without rows has its header still
    for batch in batches:
        out.write(name, pa.Table.from_batches([batch]).filter(condition(batch)))
