"""Count how common words are in names, for ``src/tidewaiter/screen/commonness.csv``.

Firms: the GLEIF register (CC0). Persons: the individuals of OFAC's lists (public domain).
Only counts leave the data: words that at least ``LEAST`` in a million names hold.

    python bench/commonness.py GLEIF.parquet OFAC_FOLDER
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pyarrow.parquet as pq

from tidewaiter.screen.kinds import Kind, read

LEAST = {"body": 40, "person": 400}  # names in a million
MOST = {"body": 4_000, "person": 1_500}  # words kept
MILLION = 1_000_000
TARGET = Path(__file__).parents[1] / "src" / "tidewaiter" / "screen" / "commonness.csv"
HEADER = """\
# Names in a million that hold a word (folded, text/fold.yml; ~id is a concept of
# text/glossary.yml). Counted by bench/commonness.py.
# body: legal names of the GLEIF register, level 1 (https://www.gleif.org/, CC0).
# person: individuals of OFAC's SDN list (https://ofac.treasury.gov/, public domain).
"""


def main(gleif: str, ofac: str) -> None:
    """Count both registers and write the file."""
    names = pq.read_table(gleif, columns=["name"]).column("name").to_pylist()
    rows = [*_counted(names, "body"), *_counted(_persons(Path(ofac)), "person")]
    with TARGET.open("w", encoding="utf-8", newline="") as handle:
        handle.write(HEADER)
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["kind", "word", "per_million"])
        writer.writerows(rows)


def _persons(folder: Path) -> Iterable[str]:
    for path in sorted(folder.glob("sdn*.csv")):
        with path.open(encoding="utf-8", errors="replace", newline="") as handle:
            yield from (row[1] for row in csv.reader(handle) if row[2:3] == ["individual"])


def _counted(names: Iterable[str], kind: Kind) -> list[tuple[str, str, int]]:
    holders: Counter[str] = Counter()
    total = 0
    for name in names:
        total += 1
        holders.update({term.key for term in read(name, kind).terms})
    shares = {word: round(n * MILLION / total) for word, n in holders.items()}
    common = [(-share, word) for word, share in shares.items() if share >= LEAST[kind]]
    return [(kind, word, -share) for share, word in sorted(common)[: MOST[kind]]]


if __name__ == "__main__":
    main(*sys.argv[1:])
