"""Load and run generated declarations at growing size; seconds and peak memory of each.

The declarations are plain rows of invented firms: half the trade of a hub's importers
goes on abroad, and one receiver in a thousand is on an invented list. The generator is
only as rich as timing needs; the simulated world of a later issue is another thing.

    python bench/pipeline.py            0.1, 0.3 and 1 million declarations
    python bench/pipeline.py 10000      other sizes
"""

from __future__ import annotations

import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZES = (100_000, 300_000, 1_000_000)
SEED = 7
HEADER = (
    "declaration_id,item_no,date,procedure,consignor_id,consignor_name,consignor_country,"
    "consignee_id,consignee_name,consignee_country,origin_country,hs_code,description,"
    "quantity,unit,net_kg,value,currency,end_user_name"
)
SUPPLIERS = ("DE", "CN", "TR", "IT", "KR", "US", "JP", "FR")
BUYERS = ("RU", "KZ", "KG", "TJ", "AM")
CODES = ("854231", "85423290", "853224", "850440", "852990", "841370", "901380", "847330")
SYLLABLES = ("ba", "ko", "ri", "ten", "sa", "lum", "vor", "dek", "mi", "tar", "no", "zel")
FORMS = ("LLC", "GmbH", "MChJ", "Ltd", "OOO", "JSC")


def name(number: int) -> str:
    """An invented firm's name; different numbers give different names."""
    draw = random.Random(number)
    word = "".join(draw.choice(SYLLABLES) for _ in range(4)).capitalize()
    trade = draw.choice(("Trade", "Electronics", "Logistics"))
    return f"{word}{number % 97} {trade} {draw.choice(FORMS)}"


def write_case(folder: Path, rows: int) -> None:
    """A case folder with ``rows`` declarations, companies, and a list of ten parties."""
    draw = random.Random(SEED)
    firms = max(50, rows // 40)
    folder.mkdir(parents=True)
    with (folder / "companies.csv").open("w", encoding="utf-8") as out:
        out.write("company_id,name,country,incorporated_on\n")
        out.writelines(f"H{i},{name(i)},UZ,2015-01-01\n" for i in range(firms))
    with (folder / "designations.csv").open("w", encoding="utf-8") as out:
        out.write("list_id,entity_id,schema,name,country,measure,listed_on\n")
        for i in range(10):
            listed = name(9_000_000 + i)
            out.write(f"bench_list,B{i},Company,{listed},RU,export_restriction,2022-06-01\n")
    with (folder / "declarations.csv").open("w", encoding="utf-8") as out:
        out.write(HEADER + "\n")
        for i in range(rows):
            out.write(declaration(draw, i, firms))


def declaration(draw: random.Random, number: int, firms: int) -> str:
    """One declaration item as a line."""
    hub = int(firms * draw.random() ** 2)  # heavy-tailed: a few firms trade much
    day = f"20{draw.randint(22, 24)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}"
    code = draw.choice(CODES)
    amount, value = draw.randint(1, 5000), draw.randint(100, 900_000) / 100
    goods = f"{code},goods of heading {code[:4]},{amount},pcs,{amount / 50:.3f},{value},USD"
    firm = f"H{hub},{name(hub)},UZ"
    if number % 2:
        abroad = f",{name(1_000_000 + hub % 3000)},{draw.choice(SUPPLIERS)}"
        return f"D{number},1,{day},import,{abroad},{firm},CN,{goods},\n"
    listed = draw.random() < 0.001
    other = 9_000_000 + draw.randrange(10) if listed else 2_000_000 + draw.randrange(firms)
    abroad = f",{name(other)},{'RU' if listed else draw.choice(BUYERS)}"
    return f"D{number},1,{day},export,{firm},{abroad},CN,{goods},\n"


def timed(*arguments: str) -> dict[str, float]:
    """Run the command line once: wall seconds and peak memory in MB."""
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "tidewaiter", *arguments], check=True, stdout=subprocess.DEVNULL
    )
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"seconds": round(seconds, 1), "peak_mb": round(peak)}


def measure(rows: int, folder: Path) -> dict[str, object]:
    """One size, in a process of its own so that peak memory is its own."""
    case, workspace = folder / "case", str(folder / "workspace")
    write_case(case, rows)
    timed("init", workspace)
    loaded = timed("load", str(case), "--workspace", workspace)
    ran = timed("run", "--workspace", workspace)
    again = timed("run", "--workspace", workspace)
    stages = json.loads((folder / "workspace" / "out" / "run.timing.json").read_text())
    leads = (folder / "workspace" / "out" / "leads.jsonl").read_text().count("\n")
    return {
        "rows": rows, "load": loaded, "run": ran, "unchanged_run": again,
        "leads": leads, "stages_reused": sum(s["reused"] for s in stages),
    }  # fmt: skip


def main() -> None:
    """Measure every size, print a table, write bench/out/pipeline.json."""
    if len(sys.argv) == 3 and sys.argv[1] == "--one":
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(measure(int(sys.argv[2]), Path(folder))))
        return
    sizes = [int(a) for a in sys.argv[1:]] or list(SIZES)
    results = []
    print(
        f"{'rows':>10} {'load s':>8} {'MB':>6} {'run s':>8} {'MB':>6} {'again s':>8} {'leads':>6}"
    )
    for rows in sizes:
        command = [sys.executable, __file__, "--one", str(rows)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        one = json.loads(done.stdout)
        results.append(one)
        load, run, again = one["load"], one["run"], one["unchanged_run"]
        print(
            f"{rows:>10,} {load['seconds']:>8} {load['peak_mb']:>6} {run['seconds']:>8} "
            f"{run['peak_mb']:>6} {again['seconds']:>8} {one['leads']:>6}",
            flush=True,
        )
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    out = Path(__file__).parent / "out"
    out.mkdir(exist_ok=True)
    content = {"benchmark": "pipeline", "machine": machine, "results": results}
    (out / "pipeline.json").write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    main()
