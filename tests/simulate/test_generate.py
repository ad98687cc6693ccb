"""The same plan, the same bytes; other names, the same world; every id refers to something."""

from __future__ import annotations

import dataclasses
import filecmp
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.simulate.conftest import Made, Rows
from tidewaiter.errors import UsageError
from tidewaiter.simulate import atlas, consignments, lawful
from tidewaiter.simulate.cast import Cast
from tidewaiter.simulate.decoys import DECOYS, LIKE
from tidewaiter.simulate.firms import Maternity, population
from tidewaiter.simulate.plan import DIFFICULTIES, Difficulty, Part, Plan, checked
from tidewaiter.simulate.schemes import SCHEMES
from tidewaiter.simulate.spelling import Namer
from tidewaiter.simulate.truth import CULPABLE, LookAlike, Scheme

SMALL = Plan(
    seed=3,
    declarations=1_500,
    schemes=(Part("kit_assembly", "medium"), Part("third_party_payment", "hard")),
    decoys=("namesake", "true_transit"),
)
NAMES = ("name", "caption", "aliases", "manufacturer", "part_numbers", "narrative")


def files(folder: Path) -> list[str]:
    """Every file below a folder."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_the_same_plan_gives_the_same_bytes(make_world: Callable[[Plan], Made]) -> None:
    """To the byte, truth included; another seed gives another world."""
    one, again = make_world(SMALL), make_world(SMALL)
    assert files(one.folder) == files(again.folder)
    _, differing, failed = filecmp.cmpfiles(
        one.folder, again.folder, files(one.folder), shallow=False
    )
    assert (differing, failed) == ([], [])
    assert one.truth == again.truth
    other = make_world(msgspec.structs.replace(SMALL, seed=4))
    assert other.rows("declarations")[:50] != one.rows("declarations")[:50]


def test_other_names_tell_the_same_world(make_world: Callable[[Plan], Made]) -> None:
    """Ids, days, goods, values and the truth stay; every name changes."""
    one = make_world(SMALL)
    other = make_world(msgspec.structs.replace(SMALL, names_seed=99))
    for table in ("declarations", "companies", "stakes", "payments", "designations"):
        for row, same in zip(one.rows(table), other.rows(table), strict=True):
            kept = [c for c in row if not any(c.endswith(name) for name in NAMES)]
            assert [row[c] for c in kept] == [same[c] for c in kept], table
    names = {row["name"] for row in one.rows("companies")}
    assert not names & {row["name"] for row in other.rows("companies")}
    assert [s.items for s in one.truth.schemes] == [s.items for s in other.truth.schemes]


def test_ids_refer_to_firms_persons_and_rows(whole: Made) -> None:
    """Everything that is named by id exists."""
    firms = {f"C{number:07d}" for number in range(1, whole.truth.firms + 1)}
    persons = {row["person_id"] for row in whole.rows("people")}
    rows = {row["declaration_id"]: row for row in whole.rows("declarations")}
    rows |= {row["movement_id"]: row for row in whole.rows("movements")}
    for row in rows.values():
        assert {row["consignor_id"], row["consignee_id"]} <= firms | {""}
    for row in whole.rows("stakes"):
        assert row["owner_id"] in firms | persons
        assert row["company_id"] in firms
    assert all(row["person_id"] in persons for row in whole.rows("roles"))
    for row in whole.rows("payments"):
        assert {row["payer_id"], row["payee_id"]} <= firms
        assert row["declaration_ids"] in rows or row["declaration_ids"] == ""
    told: list[Scheme | LookAlike] = [*whole.truth.schemes, *whole.truth.look_alikes]
    for each in told:
        assert {member.company_id for member in each.members} <= firms
        assert set(each.items) <= rows.keys()
        assert each.items
    for table, key in (("payments", "payment_id"), ("documents", "document_id")):
        ids = Counter(row[key] for row in whole.rows(table))
        assert max(ids.values()) == 1, table


def test_lots_leave_after_they_came_and_are_never_more(whole: Made) -> None:
    """A lot of the truth joins an import and a later export of no smaller amount."""
    rows = {row["declaration_id"]: row for row in whole.rows("declarations")}
    rows |= {row["movement_id"]: row for row in whole.rows("movements")}
    lots = [lot for scheme in whole.truth.schemes for lot in scheme.lots if lot.came and lot.went]
    drawn: Counter[str] = Counter()
    assert len(lots) > 200
    for lot in lots:
        came, went = rows[lot.came], rows[lot.went]
        assert came["date"] <= went["date"]
        assert went.get("procedure", "movement") in {"export", "re-export", "movement"}
        drawn[lot.came] += int(lot.quantity)
    assert all(drawn[name] <= float(rows[name]["quantity"]) for name in drawn)


def test_mirrored_rows_agree(lawful: Made) -> None:
    """What one customs service writes of a consignment, the other writes as well."""
    sides: dict[str, Counter[tuple[str, ...]]] = {"import": Counter(), "export": Counter()}
    for row in lawful.rows("declarations"):
        pair = (row["consignor_country"], row["consignee_country"])
        if "RU" not in pair:
            key = (row["date"], *pair, row["quantity"], row["value"], row["hs_code"][:6])
            sides["import" if row["procedure"] == "import" else "export"][key] += 1
    assert sides["import"] == sides["export"]
    assert sum(sides["import"].values()) > 5_000


def test_the_target_and_the_union_declare_nothing(whole: Made) -> None:
    """No row is written by the target's customs, none inside the union."""
    union = {land.code for land in atlas.countries() if land.union}
    for row in whole.rows("declarations"):
        writes = "consignee_country" if row["procedure"] == "import" else "consignor_country"
        assert row["procedure"] == "transit" or row[writes] != "RU"
        assert not {row["consignor_country"], row["consignee_country"]} <= union
    for row in whole.rows("movements"):
        assert {row["from_country"], row["to_country"]} <= union


def test_firms_trade_after_they_are_registered(whole: Made) -> None:
    """And every day lies in the plan's period."""
    born = {row["company_id"]: row["incorporated_on"] for row in whole.rows("companies")}
    for row in whole.rows("declarations"):
        assert whole.plan.start <= row["date"] <= whole.plan.end
        assert born.get(row["consignee_id"], "") <= row["date"]


def sold_on(rows: Rows) -> Counter[tuple[str, str]]:
    """What each firm has sent on less what it has brought in, at its worst, by subheading."""
    stock: Counter[tuple[str, str]] = Counter()
    worst: Counter[tuple[str, str]] = Counter()
    order = sorted(rows, key=lambda r: (r["date"], r["procedure"] != "import"))
    for row in order:
        if row["procedure"] == "import":
            stock[row["consignee_id"], row["hs_code"][:6]] += round(1000 * float(row["quantity"]))
        if row["procedure"] == "re-export":
            key = (row["consignor_id"], row["hs_code"][:6])
            stock[key] -= round(1000 * float(row["quantity"]))
            worst[key] = max(worst[key], -stock[key])
    return worst


def test_nothing_is_sent_on_that_did_not_come_in(make_world: Callable[[Plan], Made]) -> None:
    """Stock balances of lawful traders whose every row bears its id."""
    plan = Plan(seed=5, declarations=3_000)
    maternity = Maternity(plan, np.random.default_rng(5), Namer(5))
    population(maternity)
    market = lawful.Market(plan, maternity.people.firms)
    stock: Counter[tuple[int, int]] = Counter()
    seen = 0
    for _, block in lawful.blocks(plan, market, 3_000, np.random.default_rng(6)):
        for at in np.lexsort((block.procedure, block.day)):
            product, amount = int(block.product[at]), round(1000 * float(block.quantity[at]))
            if block.procedure[at] == consignments.ONWARD:
                key = (int(block.seller[at]), product)
                assert stock[key] >= amount
                stock[key] -= amount
                seen += 1
            stock[int(block.buyer[at]), product] += amount
    assert seen > 100
    assert make_world(plan).truth.consignments > 1_000


def test_trade_is_heavy_tailed_and_wide(lawful: Made) -> None:
    """The largest tenth of the buyers has most of the trade, and many countries take part."""
    value: Counter[str] = Counter()
    lands = set()
    for row in lawful.rows("declarations"):
        lands |= {row["consignor_country"], row["consignee_country"]}
        if row["procedure"] == "import":
            value[row["consignee_name"]] += round(float(row["value"]))
    ranked = sorted(value.values(), reverse=True)
    assert sum(ranked[: len(ranked) // 10]) > 0.4 * sum(ranked)
    assert len(lands) >= 25


def test_prices_are_log_normal_about_those_of_the_goods(lawful: Made) -> None:
    """Median within a factor of two of the file's, and a spread."""
    logs: dict[str, list[float]] = {}
    for row in lawful.rows("declarations"):
        if row["procedure"] == "import" and row["currency"] == "USD":
            price = float(row["value"]) / float(row["quantity"])
            logs.setdefault(row["hs_code"][:6], []).append(float(np.log(price)))
    common = {hs: each for hs, each in logs.items() if len(each) > 60}
    assert len(common) > 15
    for hs, each in common.items():
        told = np.log(atlas.products()[atlas.product(hs)].price)
        assert abs(np.median(each) - told) < np.log(2)
        assert 0.05 < np.std(each) < 1.5


def test_lawful_trade_sells_the_target_no_priority_goods(lawful: Made) -> None:
    """After the regime date neither the coalition nor a trader does."""
    held = {p.hs for group in ("electronics", "aviation", "drones") for p in atlas.groups()[group]}
    coalition = {land.code for land in atlas.countries() if land.coalition}
    late = [
        row
        for table in ("declarations", "movements")
        for row in lawful.rows(table)
        if row["consignee_country"] == "RU"
        and row["date"] >= lawful.plan.regime_date
        and row["hs_code"][:6] in held
    ]
    assert not [r for r in late if r["consignor_country"] in coalition]
    assert not [r for r in late if r.get("procedure") == "re-export"]


def test_names_come_in_three_alphabets_and_ids_are_missing(whole: Made) -> None:
    """As in real papers."""
    names = [row["consignee_name"] for row in whole.rows("declarations")]
    text = "".join(names)
    assert any("а" <= c <= "я" for c in text)
    assert any(c in "çşığü" for c in text)
    missing = sum(row["consignor_id"] == "" for row in whole.rows("declarations"))
    assert 0.05 < missing / len(names) < 0.5
    bands = [r for r in whole.rows("stakes") if r["min_share"] != r["max_share"]]
    assert bands


def test_statistics_add_up_to_the_declarations(whole: Made) -> None:
    """Exports of a country outside the union, by month and goods, equal its declarations."""
    flows = {
        (row["period"], row["partner"], row["hs_code"]): float(row["net_kg"])
        for row in whole.rows("flows")
        if row["reporter"] == "CN" and row["direction"] == "export"
    }
    declared: Counter[tuple[str, str, str]] = Counter()
    for row in whole.rows("declarations"):
        if row["procedure"] in {"export", "re-export"} and row["consignor_country"] == "CN":
            key = (row["date"][:7], row["consignee_country"], row["hs_code"][:6])
            declared[key] += float(row["net_kg"])  # type: ignore[assignment]
    assert flows.keys() == declared.keys()
    assert all(abs(flows[key] - declared[key]) < 0.05 * max(1, flows[key]) for key in flows)


def test_the_report_names_firm_and_plant_in_three_languages(whole: Made) -> None:
    """One source, told three times, and apart from that nothing of the truth."""
    texts = {p.stem[-2:]: p.read_text("utf-8") for p in whole.folder.glob("reports/*.txt")}
    assert texts.keys() == {"en", "ru", "uk"}
    kinds = [s for s in whole.truth.schemes if s.kind in {"kit_assembly", "state_financed"}]
    members = [m for s in kinds for m in s.members]
    for text in texts.values():
        told = {m.part for m in members if any(name in text for name in m.spellings)}
        assert {"assembler", "receiver"} <= told
    assert "truth.json" not in files(whole.folder)
    assert "scheme" not in "".join(texts.values()).lower()


def test_the_number_of_declarations_is_met(whole: Made, lawful: Made) -> None:
    """To one per cent."""
    for world in (whole, lawful):
        wanted = world.plan.declarations
        assert abs(len(world.rows("declarations")) - wanted) <= wanted / 100


@pytest.mark.parametrize("kind", SCHEMES)
@pytest.mark.parametrize("level", DIFFICULTIES)
def test_every_scheme_plays_at_every_level(kind: str, level: Difficulty) -> None:
    """With somebody who takes part knowingly, goods that move, and a look-alike of its own."""
    assert kind in LIKE.values()
    for seed in range(3):
        cast = played(seed, kind, level)
        parts = set(cast.now.members.values())
        assert parts & CULPABLE
        assert cast.now.shipments
        shipped = cast.consignments()
        assert shipped is not None
        assert (shipped.quantity > 0).all()
        assert (shipped.value > 0).all()


@pytest.mark.parametrize("kind", DECOYS)
def test_every_look_alike_plays(kind: str) -> None:
    """With nobody who takes part in anything, and a reason that a reader can be told."""
    cast = played(1, kind, "easy")
    assert not set(cast.now.members.values()) & CULPABLE
    assert cast.now.shipments
    assert (DECOYS[kind].__doc__ or "").splitlines()[0].endswith(".")
    assert LIKE[kind] in SCHEMES


def played(seed: int, kind: str, level: Difficulty) -> Cast:
    """One scheme or look-alike in a small world."""
    plan = Plan(seed=seed, declarations=600)
    maternity = Maternity(plan, np.random.default_rng(seed), Namer(seed))
    population(maternity)
    cast = Cast(maternity)
    cast.begin("scheme", kind, level)
    ({**SCHEMES, **DECOYS})[kind](cast)
    return cast


def test_blocks_do_not_grow_with_the_world() -> None:
    """A larger world has more blocks, not larger ones: memory stays bounded."""
    largest = []
    for wanted in (300_000, 900_000):
        plan = Plan(seed=1, declarations=wanted, firms=500)
        maternity = Maternity(plan, np.random.default_rng(1), Namer(1))
        population(maternity)
        market = lawful.Market(plan, maternity.people.firms)
        made = lawful.blocks(plan, market, wanted, np.random.default_rng(2))
        largest.append(max(len(block) for _, block in made))
    assert largest[1] < 1.3 * largest[0]


def test_a_plan_that_cannot_be_made_is_refused() -> None:
    """What is unknown is named, with what there is."""
    for plan in (
        Plan(schemes=(Part("teleportation", "easy"),)),
        Plan(decoys=("teleportation",)),
        Plan(declarations=10),
    ):
        with pytest.raises(UsageError) as caught:
            checked(plan, SCHEMES, DECOYS)
        assert caught.value.next_step


def test_columns_of_consignments_are_complete() -> None:
    """Every default is a column, so that none is forgotten."""
    names = {field.name for field in dataclasses.fields(consignments.Consignments)}
    given = {"day", "seller", "buyer", "product", "quantity", "value"}
    assert set(consignments.DEFAULTS) == names - given
