"""What schemes and look-alikes leave behind: members, lots, stocks, reports, truth."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.simulate.conftest import Made, silent
from tidewaiter.errors import UsageError
from tidewaiter.simulate import atlas, lawful, truth
from tidewaiter.simulate.cast import DECOY, SCHEME, Cast
from tidewaiter.simulate.decoys import DECOYS, LIKE
from tidewaiter.simulate.firms import Maternity, population
from tidewaiter.simulate.generate import generate
from tidewaiter.simulate.papers import Papers
from tidewaiter.simulate.plan import DIFFICULTIES, Difficulty, Part, Plan, checked, day_number
from tidewaiter.simulate.reports import reports
from tidewaiter.simulate.schemes import SCHEMES
from tidewaiter.simulate.spelling import Namer

SEEDS = range(5)
# Where what leaves is not what came in, or never came in by any paper.
MADE_ANEW = {"misdeclared", "kit_assembly", "state_financed", "phantom_transit", "true_factory"}
NAMELIKE = {
    "companies": {"name"},
    "people": {"name"},
    "designations": {"name", "aliases"},
    "declarations": {
        "consignor_name", "consignee_name", "manufacturer", "part_numbers", "end_user_name",
    },
    "movements": {"consignor_name", "consignee_name"},
    "payments": {"payer_name", "payee_name", "narrative"},
    "documents": {"issuer_name", "counterparty_name", "end_user_name"},
    "roles": set(), "stakes": set(), "flows": set(),
}  # fmt: skip


def played(seed: int, kind: str, level: Difficulty) -> Cast:
    """One scheme or look-alike among a hundred firms."""
    plan = Plan(seed=seed, declarations=600, firms=100)
    maternity = Maternity(plan, np.random.default_rng([seed, 3]), Namer(seed))
    population(maternity)
    cast = Cast(maternity)
    cast.begin(SCHEME if kind in SCHEMES else DECOY, kind, level)
    ({**SCHEMES, **DECOYS})[kind](cast)
    return cast


@pytest.mark.parametrize("kind", [*SCHEMES, *DECOYS])
def test_stock_and_days_hold_in_every_part(kind: str) -> None:
    """Traders send on what came in, nobody trades unborn, goods are whole and within days."""
    for seed in SEEDS:
        for level in DIFFICULTIES if kind in SCHEMES else DIFFICULTIES[:1]:
            cast = played(seed, kind, level)
            told = cast.consignments()
            assert told is not None
            assert told.day.min() >= day_number(cast.plan.start)
            assert told.day.max() <= cast.end
            assert (told.quantity > 0).all()
            assert (told.value > 0).all()
            born = np.array([firm.born for firm in cast.firms])
            assert (np.maximum(born[told.seller], born[told.buyer]) < told.day).all()
            if kind not in MADE_ANEW:
                _balances(cast)


def _balances(cast: Cast) -> None:
    told = cast.consignments()
    assert told is not None
    stock: Counter[tuple[int, int]] = Counter()
    trader = {firm.key for firm in cast.firms if firm.kind == "trader"}
    for at in np.lexsort((told.procedure, told.day)):
        seller, buyer = int(told.seller[at]), int(told.buyer[at])
        product, amount = int(told.product[at]), round(10 * float(told.quantity[at]))
        stock[buyer, product] += amount
        if seller in trader:
            stock[seller, product] -= amount
            assert stock[seller, product] >= 0


@pytest.mark.parametrize("kind", SCHEMES)
def test_every_member_of_a_scheme_has_a_part_in_it(kind: str) -> None:
    """It trades, pays, owns or is owned; somebody knows, a supplier sells, goods arrive."""
    assert kind in LIKE.values()
    for seed in SEEDS:
        for level in DIFFICULTIES:
            cast = played(seed, kind, level)
            told = cast.consignments()
            assert told is not None
            members = cast.now.members
            parts = set(members.values())
            assert parts & truth.CULPABLE
            assert parts >= {"supplier"}
            active = {int(k) for column in (told.seller, told.buyer) for k in column}
            active |= {key for each in cast.payments for key in (each.payer, each.payee)}
            active |= {stake.holder for stake in cast.people.stakes if stake.firm in members}
            if kind == "phantom_transit" and level != "easy":
                active |= {k for k, part in members.items() if part == "receiver"}
            assert members.keys() <= active


@pytest.mark.parametrize("kind", DECOYS)
def test_no_member_of_a_look_alike_is_culpable(kind: str) -> None:
    """Its parts are other words than those of schemes, and it sells nobody what it may not."""
    held = {p.hs for group in lawful.PRIORITY for p in atlas.groups()[group]}
    for seed in SEEDS:
        cast = played(seed, kind, "easy")
        assert cast.now.members
        assert not set(cast.now.members.values()) & truth.CULPABLE
        told = cast.consignments()
        assert told is not None
        for at in range(len(told)):
            buyer = atlas.countries()[cast.firms[told.buyer[at]].country].code
            good = atlas.products()[told.product[at]].hs
            assert buyer != "RU" or told.day[at] < cast.regime or good not in held


@pytest.mark.parametrize("kind", ["divestment", "replacement_supplier", "instant_shell"])
def test_somebody_is_listed_for_it_on_the_day_that_the_truth_says(kind: str) -> None:
    """The day of the listing is the truth's, for a member, and not after the world's end."""
    for seed in SEEDS:
        cast = played(seed, kind, "hard")
        assert cast.now.designated is not None
        assert cast.now.designated <= cast.end
        days = {listing.day for listing in cast.listings if listing.firm in cast.now.members}
        assert cast.now.designated in days


def test_lots_of_a_kit_make_the_aircraft_that_leave() -> None:
    """Of each part as many as so many aircraft take, no more."""
    for seed in SEEDS:
        cast = played(seed, "kit_assembly", "medium")
        told = cast.consignments()
        assert told is not None
        assert len(cast.now.lots) == 24
        for came, went, quantity in cast.now.lots:
            assert quantity == told.quantity[came]
            assert quantity % told.quantity[went] == 0
            assert told.day[came] < told.day[went]


def test_the_report_names_one_firm_and_one_plant_in_each_language() -> None:
    """The firm in Latin and in Cyrillic letters; the plant in the words of the language."""
    turkic = 0
    for seed in range(12):
        cast = played(seed, "kit_assembly", "medium")
        texts = dict(reports(cast))
        members = {part: cast.firms[key] for key, part in cast.now.members.items()}
        firm, plant = members["assembler"], members["receiver"]
        turkic += not firm.names[0].isascii()
        latin = next(name for name in firm.names if name.isascii())
        russian = next(name for name in firm.names if any("а" <= c <= "я" for c in name))
        words = {"en": (latin, 1), "ru": (russian, 0), "uk": (russian, 2)}
        first = min(cast.day(shipment) for shipment in cast.now.shipments)
        for language, (name, spelled) in words.items():
            text = texts[f"reports/harbour_post_{language}.txt"]
            assert name in text
            assert plant.names[spelled] in text
            head = tomllib.loads(texts[f"reports/harbour_post_{language}.toml"])
            assert head["language"] == language
            assert day_number(head["published_on"]) < first
            assert head["title"] in text
        assert len(texts) == 6
    assert turkic > 2


def test_other_names_change_names_alone(make_world: Callable[[Plan], Made]) -> None:
    """Every file, every column; and the truth but for its names."""
    parts = tuple(Part(kind, "medium") for kind in SCHEMES)
    plan = Plan(seed=21, declarations=1_500, schemes=parts, decoys=tuple(DECOYS))
    one, other = make_world(plan), make_world(msgspec.structs.replace(plan, names_seed=5))
    tables = {path.stem for path in one.folder.glob("*.csv")}
    assert tables == NAMELIKE.keys()
    for table, names in NAMELIKE.items():
        rows, same = one.rows(table), other.rows(table)
        assert names <= rows[0].keys()
        kept = [column for column in rows[0] if column not in names]
        assert [[r[c] for c in kept] for r in rows] == [[r[c] for c in kept] for r in same], table
        for name in names - {"part_numbers", "narrative", "end_user_name", "issuer_name"}:
            assert not {r[name] for r in rows} & {r[name] for r in same} - {""}, (table, name)
    assert _anonymous(one) == _anonymous(other)
    for path in one.folder.glob("reports/*.toml"):
        assert path.read_bytes() == (other.folder / "reports" / path.name).read_bytes()
    text = "reports/harbour_post_en.txt"
    assert (one.folder / text).read_text("utf-8") != (other.folder / text).read_text("utf-8")


def _anonymous(world: Made) -> object:
    told = msgspec.to_builtins(world.truth)
    for each in (*told["schemes"], *told["look_alikes"]):
        for member in each["members"]:
            del member["name"], member["spellings"]
    return told


def test_the_truth_is_read_as_it_was_written(whole: Made, tmp_path: Path) -> None:
    """To the last lot; and it says who knew."""
    path = tmp_path / truth.FILE_NAME
    truth.write(whole.truth, path)
    assert truth.read(path) == whole.truth
    culpable = whole.truth.culpable
    assert set(culpable.values()) == {scheme.scheme_id for scheme in whole.truth.schemes}
    lawful_ids = {m.company_id for each in whole.truth.look_alikes for m in each.members}
    assert not culpable.keys() & lawful_ids
    assert all(scheme.items for scheme in whole.truth.schemes)
    assert [each.like for each in whole.truth.look_alikes] == [LIKE[k] for k in DECOYS]


PROGRAM = """
import sys, pathlib
from tidewaiter.simulate.generate import generate
from tidewaiter.simulate.plan import Part, Plan
from tidewaiter.simulate.truth import write
folder = pathlib.Path(sys.argv[1])
plan = Plan(seed=8, declarations=700, schemes=(Part("multi_hop", "hard"),), decoys=("namesake",))
write(generate(plan, folder, lambda *_: None), folder / "truth.json")
"""


def test_another_process_writes_the_same_bytes(tmp_path: Path) -> None:
    """Whatever the order in which Python keeps its sets."""
    digests = []
    for salt in ("1", "2"):
        folder = tmp_path / salt
        command = [sys.executable, "-c", PROGRAM, str(folder)]
        environment = os.environ | {"PYTHONHASHSEED": salt}
        subprocess.run(command, env=environment, check=True)
        digests.append(
            {
                path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in folder.rglob("*")
                if path.is_file()
            }
        )
    assert digests[0] == digests[1]
    assert len(digests[0]) > 10


def test_a_world_ten_times_as_large_is_written_in_blocks_of_the_same_size(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No block doubles; ids run on from block to block; the told rows keep their days."""
    monkeypatch.setattr(lawful, "BLOCK", 600)
    seen: list[int] = []
    tables = Papers.tables

    def counted(self: Papers, block: object) -> object:
        seen.append(len(block))  # type: ignore[arg-type]
        return tables(self, block)  # type: ignore[arg-type]

    monkeypatch.setattr(Papers, "tables", counted)
    largest = []
    for wanted in (3_000, 30_000):
        plan = Plan(
            seed=4, declarations=wanted, firms=400, schemes=(Part("instant_shell", "easy"),)
        )
        folder = tmp_path / str(wanted)
        told = generate(plan, folder, silent)
        world = Made(folder, plan, told)
        rows = world.rows("declarations")
        assert abs(len(rows) - wanted) <= wanted / 100
        numbers = [int(row["declaration_id"][1:]) for row in rows]
        assert numbers == list(range(1, len(rows) + 1))
        paid = [row["payment_id"] for row in world.rows("payments")]
        assert len(set(paid)) == len(paid)
        days = {row["declaration_id"]: row["date"] for row in rows}
        assert all(days[lot.came] <= days[lot.went] for lot in told.schemes[0].lots)
        assert len(told.schemes[0].items) == 24  # two rows an import, one a sale to the target
        assert {row["declaration_id"] for row in rows if _names_trader(row, told)} == set(
            told.schemes[0].items
        )
        assert sum(seen) == told.consignments
        largest.append(max(seen))
        seen.clear()
    assert largest[1] < 2 * largest[0]


def _names_trader(row: dict[str, str], told: truth.Truth) -> bool:
    names = {n for m in told.schemes[0].members if m.part == "trader" for n in m.spellings}
    return bool({row["consignor_name"], row["consignee_name"]} & names)


@pytest.mark.parametrize(
    "plan",
    [
        Plan(firms=20),
        Plan(regime_date="2021-02-01", decoys=("namesake",)),
        Plan(end="2023-01-01", schemes=(Part("pivot", "easy"),)),
        Plan(start="2024-01-01", regime_date="2023-01-01"),
    ],
)
def test_a_plan_without_room_is_refused_before_anything_is_written(
    plan: Plan, tmp_path: Path
) -> None:
    """Too few firms, or a regime date that leaves schemes no days."""
    with pytest.raises(UsageError) as caught:
        generate(plan, tmp_path / "world", silent)
    assert caught.value.next_step
    assert not (tmp_path / "world").exists()
    checked(Plan(firms=100), SCHEMES, DECOYS)
    checked(Plan(regime_date="2021-02-01"), SCHEMES, DECOYS)


def test_what_is_told_ends_with_the_world() -> None:
    """A shipment or payment that would come later comes on the last day."""
    cast = played(1, "multi_hop", "easy")
    source, firm = cast.maker("854231"), cast.firms[next(iter(cast.now.members))]
    shipment = cast.ship(cast.end + 30, source, firm, "854231", 10)
    cast.pay(cast.end + 30, firm, source, 1.0, "goods")
    assert cast.day(shipment) == cast.payments[-1].day == cast.end
