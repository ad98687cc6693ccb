"""What the files of a world say of each other: papers, statistics, registers, dates."""

from __future__ import annotations

import datetime
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.simulate.conftest import Made, Rows
from tidewaiter.simulate import atlas, lawful, spelling
from tidewaiter.simulate.decoys import DECOYS
from tidewaiter.simulate.firms import Firm, Maternity, population
from tidewaiter.simulate.papers import BANKS, bank
from tidewaiter.simulate.plan import DIFFICULTIES, Part, Plan, day_number, iso
from tidewaiter.simulate.schemes import SCHEMES
from tidewaiter.simulate.spelling import Namer

AS_DRAWN = (Phase.explicit, Phase.generate)  # smaller worlds are no easier to read
FREIGHT = 1.05  # import values are cif
PAID_EARLY, PAID_LATE = 20, 40  # days about the shipment in which it is paid
PREPARED = 25  # days before it of its first paper


def moved(world: Made) -> Rows:
    """Declarations and movements, one after the other."""
    return [*world.rows("declarations"), *world.rows("movements")]


def later(day: str, days: int) -> str:
    """So many days after a day."""
    return (datetime.date.fromisoformat(day) + datetime.timedelta(days=days)).isoformat()


def test_an_id_is_one_firm_and_a_name_is_one_id(whole: Made) -> None:
    """One firm has one country and at most three spellings; no two firms share a spelling."""
    names: defaultdict[str, set[str]] = defaultdict(set)
    lands: defaultdict[str, set[str]] = defaultdict(set)
    told = [(row, role) for row in moved(whole) for role in ("consignor", "consignee")]
    told += [(row, role) for row in whole.rows("payments") for role in ("payer", "payee")]
    for row, role in told:
        if row[f"{role}_id"]:
            names[row[f"{role}_id"]].add(row[f"{role}_name"])
            lands[row[f"{role}_id"]].add(row[f"{role}_country"])
    for row in whole.rows("companies"):
        names[row["company_id"]].update(row["name"].split(";"))
        lands[row["company_id"]].add(row["country"])
    assert max(map(len, names.values())) == spelling.VARIANTS
    assert {len(each) for each in lands.values()} == {1}
    bearers = Counter(name for each in names.values() for name in each)
    assert max(bearers.values()) == 1
    for scheme in whole.truth.schemes:
        for member in scheme.members:
            assert names[member.company_id] <= set(member.spellings)
            assert member.name == member.spellings[0]


def test_a_firm_is_spelled_in_three_scripts(whole: Made) -> None:
    """Firms of Turkic lands are met as registered, in Cyrillic letters and in plain Latin."""
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for row in moved(whole):
        if row["consignee_country"] == "TR" and row["consignee_id"]:
            seen[row["consignee_id"]].add(row["consignee_name"])
    kinds = [{_script(name) for name in names} for names in seen.values()]
    assert {"turkic", "cyrillic", "latin"} in kinds


def _script(name: str) -> str:
    if any("а" <= letter <= "я" for letter in name):
        return "cyrillic"
    return "latin" if name.isascii() else "turkic"


def test_both_parties_are_registered_before_they_trade(whole: Made) -> None:
    """Sellers and buyers, in declarations, movements and payments alike."""
    born = {row["company_id"]: row["incorporated_on"] for row in whole.rows("companies")}
    for row in moved(whole):
        for role in ("consignor", "consignee"):
            assert born.get(row[f"{role}_id"], "") < row["date"]
    for row in whole.rows("roles"):
        assert row["start"] >= born[row["company_id"]]


def test_owners_exist_when_they_buy_and_bands_are_bands(whole: Made) -> None:
    """A company that owns was registered before; shares are per cent, some of them bands."""
    born = {row["company_id"]: row["incorporated_on"] for row in whole.rows("companies")}
    persons = {row["person_id"] for row in whole.rows("people")}
    bands = 0
    for row in whole.rows("stakes"):
        assert row["owner_id"] in persons or born.get(row["owner_id"], "") <= row["start"]
        least, most = float(row["min_share"]), float(row["max_share"])
        assert 0 < least <= most <= 100
        bands += least < most
        assert not row["end"] or row["start"] < row["end"]
    assert bands > 20


def test_days_lie_in_the_period_and_its_slack(whole: Made) -> None:
    """Goods within the plan, papers and payments a few weeks about them, lists by its end."""
    start, end = whole.plan.start, whole.plan.end
    assert all(start <= row["date"] <= end for row in moved(whole))
    paid = [row["date"] for row in whole.rows("payments")]
    assert later(start, -PAID_EARLY) <= min(paid) <= max(paid) <= later(end, PAID_LATE)
    papers = [row["date"] for row in whole.rows("documents")]
    assert later(start, -PREPARED) <= min(papers) <= max(papers) <= end
    assert max(row["listed_on"] for row in whole.rows("designations")) <= end
    spread = {row["date"][:7] for row in whole.rows("declarations")}
    assert len(spread) == 42


def test_every_letter_of_credit_is_paid_and_every_such_payment_has_one(whole: Made) -> None:
    """The payer's bank opens it for the seller, before the payment that it promises."""
    paid = {
        row["declaration_ids"]: row
        for row in whole.rows("payments")
        if row["medium"] == "letter_of_credit"
    }
    letters = {
        row["reference_ids"]: row
        for row in whole.rows("documents")
        if row["kind"] == "letter_of_credit"
    }
    assert paid.keys() == letters.keys()
    assert 0.02 < len(paid) / len(whole.rows("payments")) < 0.15
    sent = {row["declaration_id"]: row["date"] for row in whole.rows("declarations")}
    for number, letter in letters.items():
        payment = paid[number]
        assert letter["issuer_name"] == payment["payer_bank_bic"]
        assert letter["counterparty_name"] == payment["payee_name"]
        assert (letter["value"], letter["currency"]) == (payment["amount"], payment["currency"])
        assert letter["date"] < sent[number] < payment["date"]


def test_papers_and_payments_agree_with_the_row_they_refer_to(whole: Made) -> None:
    """Goods, quantity, value and currency are those of the declaration; so are the parties."""
    rows = {row["declaration_id"]: row for row in whole.rows("declarations")}
    for paper in whole.rows("documents"):
        row = rows[paper["reference_ids"]]
        assert float(paper["quantity"]) == float(row["quantity"])
        assert (paper["value"], paper["currency"]) == (row["value"], row["currency"])
        assert row["hs_code"].startswith(paper["hs_code"])
        assert paper["date"] < row["date"]
        assert bool(paper["end_user_name"]) == (paper["kind"] == "end_user_statement")
    ordinary = [r for r in whole.rows("payments") if r["narrative"] == "goods by contract"]
    assert len({p["declaration_ids"] for p in ordinary}) == len(ordinary)
    # Most papers of lawful trade are of no scheme: a payment tells nobody apart.
    shipped = len(rows) / 2
    assert 0.3 * shipped < len(ordinary) < 0.5 * shipped
    for payment in ordinary:
        row = rows[payment["declaration_ids"]]
        assert (payment["amount"], payment["currency"]) == (row["value"], row["currency"])
        assert payment["payer_country"] == row["consignee_country"]
        unseen = row["consignee_country"] == "RU" or row["via_countries"]
        assert row["procedure"] == "import" or unseen
        assert row["consignor_id"] in {"", payment["payee_id"]}
    for payment in whole.rows("payments"):
        for role in ("payer", "payee"):
            land = payment[f"{role}_country"]
            codes = {bank(land, number) for number in range(len(BANKS))}
            assert payment[f"{role}_bank_bic"] in codes


def test_a_shipment_that_a_scheme_pays_for_is_paid_once(whole: Made) -> None:
    """Where a third party pays, the buyer does not pay as well."""
    rows = whole.rows("payments")
    told = {r["declaration_ids"] for r in rows if r["narrative"] != "goods by contract"} - {""}
    assert len(told) > 10
    assert not told & {r["declaration_ids"] for r in rows if r["narrative"] == "goods by contract"}


def test_both_sides_write_the_same_but_for_goods_that_never_arrive(whole: Made) -> None:
    """An export without its import belongs to a phantom transit, and none is the other way."""
    sides: dict[str, Counter[tuple[str, ...]]] = {"import": Counter(), "export": Counter()}
    for row in whole.rows("declarations"):
        if row["procedure"] == "transit" or "RU" in {
            row["consignor_country"], row["consignee_country"],
        }:  # fmt: skip
            continue
        kept = ("date", "consignor_country", "consignee_country", "origin_country", "manufacturer",
                "quantity", "unit", "net_kg", "value", "currency", "via_countries")  # fmt: skip
        key = (row["hs_code"][:6], *(row[name] for name in kept))
        sides["import" if row["procedure"] == "import" else "export"][key] += 1
    assert not sides["import"] - sides["export"]
    lost = sides["export"] - sides["import"]
    phantom = [s for s in whole.truth.schemes if s.kind == "phantom_transit"]
    assert sum(lost.values()) == 15  # six, five and four consignments by difficulty
    assert {key[0] for key in lost} == {"847150"}
    assert len(phantom) == 3


def test_statistics_are_the_sum_of_what_was_written(whole: Made) -> None:
    """By month, both countries, side and subheading: mass always, value where all is dollars."""
    flows = {
        (r["period"], r["reporter"], r["partner"], r["direction"], r["hs_code"]): r
        for r in whole.rows("flows")
    }
    kilos: Counter[tuple[str, ...]] = Counter()
    dollars: defaultdict[tuple[str, ...], list[float | None]] = defaultdict(list)
    for row in moved(whole):
        one, other = row["consignor_country"], row["consignee_country"]
        does = row.get("procedure", "both")
        sides = [("export", one, other)] if does in {"export", "re-export", "both"} else []
        sides += [("import", other, one)] if does in {"import", "both"} else []
        for direction, reporter, partner in sides:
            if reporter != "RU":
                key = (row["date"][:7], reporter, partner, direction, row["hs_code"][:6])
                kilos[key] += float(row["net_kg"])  # type: ignore[assignment]
                usd = float(row["value"]) if row["currency"] == "USD" else None
                dollars[key].append(usd)
    assert flows.keys() == kilos.keys()
    compared = 0
    for key, flow in flows.items():
        slack = 0.001 * (1 + len(dollars[key]))
        assert float(flow["net_kg"]) == pytest.approx(kilos[key], abs=slack)
        parts = [each for each in dollars[key] if each is not None]
        if len(parts) == len(dollars[key]):
            factor = FREIGHT if key[3] == "import" else 1
            assert float(flow["value"]) == pytest.approx(sum(parts) * factor, abs=0.01)
            compared += 1
        assert flow["released_on"] > later(f"{key[0]}-28", PREPARED)
    assert compared > 1_000


def test_priority_goods_reach_the_target_in_schemes_alone(whole: Made) -> None:
    """After the regime date: no coalition firm and no trader sells them to it otherwise."""
    held = {p.hs for group in lawful.PRIORITY for p in atlas.groups()[group]}
    coalition = {land.code for land in atlas.countries() if land.coalition}
    items = {item for scheme in whole.truth.schemes for item in scheme.items}
    found = [
        row["declaration_id"]
        for row in whole.rows("declarations")
        if row["consignee_country"] == "RU"
        and row["date"] >= whole.plan.regime_date
        and row["hs_code"][:6] in held
        and (row["consignor_country"] in coalition or row["procedure"] == "re-export")
    ]
    assert len(found) > 50
    assert set(found) <= items


@given(seed=st.integers(0, 10_000), onward=st.booleans())
@hypothesis_settings(max_examples=12, phases=AS_DRAWN)
def test_lawful_trade_keeps_its_rules_under_every_seed(seed: int, *, onward: bool) -> None:
    """Nobody trades unborn or at home, sells what it may not, or sells on what it has not."""
    regime = "2022-02-24" if onward else "2021-02-01"
    plan = Plan(seed=seed, declarations=2_000, regime_date=regime)
    maternity = Maternity(plan, np.random.default_rng([seed, 3]), Namer(seed))
    population(maternity)
    firms = maternity.people.firms
    assert len(firms) == plan.size
    market = lawful.Market(plan, firms)
    made = [b for _, b in lawful.blocks(plan, market, 2_000, np.random.default_rng(seed))]
    stock: Counter[tuple[int, int]] = Counter()
    rows = 0
    for block in made:
        rows += int(lawful.customs_rows(market.country, block).sum())
        for at in np.lexsort((block.procedure, block.day)):
            seller, buyer = firms[block.seller[at]], firms[block.buyer[at]]
            day, product = int(block.day[at]), int(block.product[at])
            amount = round(10 * float(block.quantity[at]))
            assert max(seller.born, buyer.born) < day
            assert seller.country != buyer.country
            assert not _banned(seller, buyer, product, day >= day_number(regime))
            stock[buyer.key, product] += amount
            if seller.kind == "maker":
                assert seller.product == product
            else:
                stock[seller.key, product] -= amount
                assert stock[seller.key, product] >= 0
    assert abs(rows - 2_000) <= 20


def _banned(seller: Firm, buyer: Firm, product: int, late: bool) -> bool:  # noqa: FBT001
    lands = atlas.countries()
    held = {p.hs for group in lawful.PRIORITY for p in atlas.groups()[group]}
    return (
        late
        and lands[buyer.country].code == "RU"
        and lands[seller.country].code != "RU"
        and atlas.products()[product].hs in held
        and (lands[seller.country].coalition or seller.kind == "trader")
    )


def test_the_largest_tenth_of_the_firms_has_almost_half_of_the_trade(lawful: Made) -> None:
    """By the buyer's id, in dollars and in rows; and unit values are near a log-normal."""
    value: Counter[str] = Counter()
    number: Counter[str] = Counter()
    prices: defaultdict[str, list[float]] = defaultdict(list)
    for row in moved(lawful):
        if row["currency"] != "USD":
            continue
        amount = float(row["value"])
        if row["consignee_id"]:
            value[row["consignee_id"]] += round(amount)
            number[row["consignee_id"]] += 1
        prices[row["hs_code"][:6]].append(float(np.log(amount / float(row["quantity"]))))
    for measured in (value, number):
        ranked = sorted(measured.values(), reverse=True)
        assert sum(ranked[: len(ranked) // 10]) > 0.45 * sum(ranked)
    common = {hs: each for hs, each in prices.items() if len(each) > 60}
    assert len(common) > 35
    for hs, each in common.items():
        product = atlas.products()[atlas.product(hs)]
        assert abs(statistics.median(each) - np.log(product.price)) < np.log(2)
        assert 0.3 * product.spread < statistics.stdev(each) < 1.2 * product.spread
        skew = np.mean((np.array(each) - np.mean(each)) ** 3) / np.std(each) ** 3
        assert abs(skew) < 1


def test_register_numbers_are_never_given_twice() -> None:
    """Not even where a register has hardly more numbers than firms."""
    plan = Plan()
    maternity = Maternity(plan, np.random.default_rng(1), Namer(1))
    short = ("hrb", 2)
    assert len({maternity._number(short) for _ in range(100)}) == 100


@given(
    seed=st.integers(0, 10_000),
    kinds=st.lists(st.sampled_from(sorted(SCHEMES)), min_size=1, max_size=3),
    level=st.sampled_from(DIFFICULTIES),
    decoy=st.sampled_from(sorted(DECOYS)),
)
@hypothesis_settings(max_examples=15, phases=AS_DRAWN)
def test_any_small_world_is_whole(
    make_world: Callable[[Plan], Made], seed: int, kinds: list[str], level: str, decoy: str
) -> None:
    """Whatever is played: the number is met, ids are unique, truth refers to rows."""
    parts = tuple(Part(kind, level) for kind in kinds)  # type: ignore[arg-type]
    world = make_world(Plan(seed=seed, declarations=900, schemes=parts, decoys=(decoy,)))
    rows = {row.get("declaration_id") or row["movement_id"]: row for row in moved(world)}
    assert len(rows) == len(moved(world))
    assert abs(len(world.rows("declarations")) - 900) <= 9
    assert [scheme.kind for scheme in world.truth.schemes] == kinds
    for scheme in world.truth.schemes:
        days = [rows[item]["date"] for item in scheme.items]
        assert scheme.first_event == min(days)
        ids = {m.company_id for m in scheme.members}
        for item in scheme.items:
            assert {rows[item]["consignor_id"], rows[item]["consignee_id"]} <= ids | {""}
        for lot in scheme.lots:
            came, went = rows[lot.came], rows[lot.went]
            assert came.get("procedure", "import") == "import"
            assert went.get("procedure", "export") != "import"
            assert came["consignee_country"] == went["consignor_country"]
            assert came["date"] <= went["date"]
            assert 0 < lot.quantity <= float(came["quantity"])
    assert iso(day_number(world.truth.regime_date)) == world.plan.regime_date


def test_no_root_is_given_twice() -> None:
    """However many names a world needs: a shared root is the work of a namesake alone."""
    namer = Namer(1)
    roots = [namer.root() for _ in range(20_000)]
    assert len(set(roots)) == len(roots)
    assert all(root.isascii() and root[0].isupper() for root in roots)
