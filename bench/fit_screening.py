"""Fit ``src/tidewaiter/screen/model.yml``.

    python bench/fit_screening.py WORKSPACE [--data DIR]

WORKSPACE has the lists of OFAC, the UK, the UN and Ukraine loaded. Nothing that
``bench/screening`` reports is fitted on: parties that share a tax number with the EU's
lists are left out, and of the labelled pairs only the half whose content hash is even is
used; the other half is reported. The split never changes: it is a hash of the content.

What is fitted on: names of one listed party against its other names; names of one party on
two lists, joined by number; listed names with errors put in; and names of registered firms
and invented persons that no list has. A negative is another party of the same list among
the best found. Weights keep the sign of their meaning (``features``): logistic regression
with bounds (scipy, L-BFGS-B) and a little shrinkage.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import itertools
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from tidewaiter.screen import Listed, ListIndex, Query
from tidewaiter.screen.corroborate import surroundings
from tidewaiter.screen.features import FEATURES, measured
from tidewaiter.screen.index import Entry
from tidewaiter.screen.kinds import Kind, kind_of, read
from tidewaiter.screen.model import Calibration, Evidence, Weights, model
from tidewaiter.screen.rules import rules
from tidewaiter.screen.weighing import prepared, weigh
from tidewaiter.text import name_key

HERE = Path(__file__).resolve()
TARGET = HERE.parents[1] / "src" / "tidewaiter" / "screen" / "model.yml"
TRAINED_ON = ("us_ofac", "uk_conlist", "un_sc", "ua_nsdc")
HELD_OUT = ("eu_", "jp_")
NEGATIVES = 8  # other parties a query
MOST_PARTIES = 30  # looked at for a query
LIMITS = {"alias": 5_000, "cross": 6_000, "error": 4_000, "unlisted": 2_000}
WEIGHTS = {"alias": 1.0, "cross": 3.0, "error": 1.5, "unlisted": 1.0, "pair": 2.0}
SHRINKAGE = 1e-4
ALARMS = 0.002  # of the names that no list has, on any of the lists
ROUNDS = 3
EVERY_THIRD = 3  # of the queries, by hash, are kept for the calibration
HEADER = """\
# Weights of the features of a pair of names (features.py), on the scale of log-odds, and of
# what else is known. Fitted by bench/fit_screening.py, which says on what and on what not.
# `probability` carries a score over to the share of held-out pairs that were one party;
# `pairs` is added where two names are compared alone, without a list to choose from.
# `place_*` are decided, not fitted: no labelled pairs tell of places inside names.
"""
PLACES = {"place_agrees": 1.5, "place_unknown": -0.5, "place_conflicts": -1.0}

Floats = npt.NDArray[np.float64]


class Sample(msgspec.Struct):
    """Rows of measures with their labels; ``held`` rows calibrate and are not fitted on."""

    rows: list[Floats] = []
    labels: list[int] = []
    weights: list[float] = []
    pairs: list[int] = []
    held: list[int] = []
    unlisted: list[int] = []

    def add(self, facts: Floats, label: int, tag: str, *, held: bool, query: int = -1) -> None:
        """One pair of names; ``query`` numbers those that no list has."""
        self.unlisted.append(query if tag == "unlisted" else -1)
        self.rows.append(measured(facts.reshape(1, -1))[0])
        self.labels.append(label)
        self.weights.append(WEIGHTS[tag])
        self.pairs.append(int(tag == "pair"))
        self.held.append(int(held))


class Asked(msgspec.Struct):
    """A name to ask for, the parties it is, and spellings of it that do not count."""

    text: str
    true: set[str]
    own: set[str]
    tag: str


def number_of(text: str) -> int:
    """A number that depends on the content alone."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:12], 16)


def listed(workspace: Path) -> list[Listed]:
    """Every listed party of a workspace."""
    from tidewaiter.cli import console
    from tidewaiter.pipeline.listed import of_workspace

    space = console.opened(workspace)
    lists = of_workspace(space, console.resolved(space.path), None)
    return [entry.listed for entry in lists.index.entries()]


def numbers(party: Listed) -> set[str]:
    """Its numbers without their schemes."""
    return {each.rpartition(":")[2] for each in party.identifiers if len(each) > 9}


def of_list(parties: Iterable[Listed], name: str) -> list[Listed]:
    """The parties of one publisher."""
    return [p for p in parties if any(each.list_id.startswith(name) for each in p.listings)]


def queries(
    target: Sequence[Listed], others: Iterable[Listed], kind: Kind, unlisted: Iterable[str]
) -> list[Asked]:
    """What is asked of one list."""
    found: list[Asked] = []
    by_number = defaultdict(set)
    for party in target:
        for number in numbers(party):
            by_number[number].add(party.entity_id)
        if kind_of(party.schema) == kind and party.names:
            found += _of_itself(party)
    for party in others:
        same = set().union(*(by_number[n] for n in numbers(party) if n in by_number))
        if same and kind_of(party.schema) == kind:
            found += [Asked(text, same, set(), "cross") for text in party.names]
    found += [Asked(text, set(), set(), "unlisted") for text in unlisted]
    return [each for tag in LIMITS for each in _some(found, tag)]


def _of_itself(party: Listed) -> Iterator[Asked]:
    if len(party.names) > 1:
        for text in party.names[:4]:
            yield Asked(text, {party.entity_id}, {name_key(text)}, "alias")
    rng = random.Random(number_of(party.entity_id))
    yield Asked(with_error(party.names[0], rng), {party.entity_id}, set(), "error")


def _some(asked: Sequence[Asked], tag: str) -> list[Asked]:
    every = sorted((a for a in asked if a.tag == tag), key=lambda a: number_of(a.text))
    return every[: LIMITS[tag]]


def with_error(name: str, rng: random.Random) -> str:
    """One error such as typists, scanners and clerks make."""
    letters, words = list(name), name.split()
    at = rng.randrange(len(letters))
    what = rng.choice(["typed", "scanned", "swapped", "order", "left_out", "cut", "vowels"])
    if what == "typed":
        letters[at : at + 1] = rng.choice([[], [rng.choice("aeioknrst")], [letters[at], "e"]])
    elif what == "scanned":
        alike = {"o": "0", "l": "1", "i": "1", "s": "5", "b": "8", "m": "rn", "e": "c", "u": "ii"}
        places = [i for i, c in enumerate(letters) if c.lower() in alike]
        for place in rng.sample(places, min(len(places), 2)):
            letters[place] = alike[letters[place].lower()]
    elif what == "swapped":
        letters[at : at + 2] = reversed(letters[at : at + 2])
    elif what == "order":
        rng.shuffle(words)
        return " ".join(words)
    elif what == "left_out" and len(words) > 2:
        del words[rng.randrange(len(words))]
        return " ".join(words)
    elif what == "cut":
        return name[: max(5, int(len(name) * 0.7))]
    else:
        return "".join(c for i, c in enumerate(name) if i == 0 or c.lower() not in "aeiou")
    return "".join(letters)


def collect(sample: Sample, index: ListIndex, asked: Iterable[Asked], kind: Kind) -> None:
    """The best name of each true party, and of the best others, for every query."""
    search = index.searches[kind]
    for each in asked:
        name = read(each.text, kind)
        if not name.terms:
            continue
        found = search.find(name, rules().names_found, rules().least_shared)
        held = number_of(each.text) % EVERY_THIRD == 0
        best = _best_rows(found, index, each, kind)
        negatives = 0
        for at, row in best:
            entry = index.entry(at).listed
            true = entry.entity_id in each.true
            if not true:
                negatives += 1
                twin = name_key(each.text) in {name_key(n) for n in entry.names}
                if negatives > NEGATIVES or twin or entry.partial:
                    continue
            query = number_of(each.text) >> 1
            sample.add(found.facts[row], int(true), each.tag, held=held, query=query)


def _best_rows(found: Any, index: ListIndex, asked: Asked, kind: Kind) -> list[tuple[int, int]]:
    from tidewaiter.screen.model import log_odds

    table = index.searches[kind].table
    totals = log_odds(found.facts, kind)
    best: dict[int, int] = {}
    for row in np.lexsort((found.names, -totals)):
        name = int(found.names[row])
        at = int(table.name_entity[name])
        if at in best:
            continue
        is_true = asked.own and index.entry(at).listed.entity_id in asked.true
        if is_true and name_key(table.text(name)) in asked.own:
            continue
        best[at] = int(row)
        if len(best) > MOST_PARTIES:
            break
    return list(best.items())


def labelled(data: Path, kind: Kind) -> Iterator[tuple[Query, Listed, int]]:
    """Labelled pairs of the training half, as a query and a listed party."""
    yield from itertools.chain(_name_bench(data, kind), _os_pairs(data, kind))


def is_training(text: str) -> bool:
    """Whether a labelled pair is fitted on; the others are reported."""
    return number_of(text) % 2 == 0


def _name_bench(data: Path, kind: Kind) -> Iterator[tuple[Query, Listed, int]]:
    with (data / "names" / "name_bench_cases.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            if kind_of(row["schema"]) == kind and is_training(row["name1"] + row["name2"]):
                query = Query(query_id="x", names=(row["name1"],), schema=row["schema"])
                other = _party({"names": (row["name2"],)}, row["schema"])
                yield query, other, int(row["is_match"] == "true")


def _os_pairs(data: Path, kind: Kind) -> Iterator[tuple[Query, Listed, int]]:
    pairs = json.loads((data / "names" / "os_pairs_sample_1000.json").read_text("utf-8"))
    for pair in pairs:
        left, right = pair["left"], pair["right"]
        if kind_of(left["schema"]) != kind or not is_training(left["id"] + right["id"]):
            continue
        if left["schema"] in {"Occupancy", "Succession"}:
            continue
        known = _known(left)
        query = Query(
            query_id="x",
            names=known["names"],
            schema=left["schema"],
            country=next(iter(known["countries"]), None),
            birth_date=next(iter(known["birth_dates"]), None),
            address=next(iter(known["addresses"]), None),
        )
        yield query, _party(_known(right), right["schema"]), int(pair["judgement"] == "positive")


def _known(entity: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    said = entity["properties"]

    def pick(*props: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(v for p in props for v in said.get(p, ())))

    return {
        "names": pick("name", "alias", "previousName") or (entity["caption"],),
        "countries": pick("country", "nationality", "jurisdiction", "flag"),
        "birth_dates": pick("birthDate"),
        "addresses": pick("address"),
    }


def _party(known: dict[str, tuple[str, ...]], schema: str) -> Listed:
    return msgspec.convert({"entity_id": "y", "caption": "y", "schema": schema, **known}, Listed)


def collect_pairs(sample: Sample, data: Path, kind: Kind) -> None:
    """The best pair of names of each labelled pair."""
    for query, party, label in labelled(data, kind):
        found = weigh(prepared(query), ListIndex([party]))
        if found and found[0].names is not None:
            held = number_of(query.names[0]) % EVERY_THIRD == 0
            sample.add(found[0].names.facts, label, "pair", held=held)


def fit(sample: Sample) -> tuple[Floats, float, float]:
    """Weights, base and the shift of pairs, on the rows that are not held."""
    train = ~np.array(sample.held, bool)
    rows = np.array(sample.rows)[train]
    extra = np.column_stack([np.ones(len(rows)), np.array(sample.pairs)[train]])
    signs = [(0.0, None) if f.sign > 0 else (None, 0.0) for f in FEATURES] + [(None, None)] * 2
    found = _logistic(
        np.hstack([rows, extra]),
        np.array(sample.labels, float)[train],
        np.array(sample.weights)[train],
        signs,
        free=2,
    )
    return found[:-2], float(found[-2]), float(found[-1])


def _logistic(
    rows: Floats,
    labels: Floats,
    weights: Floats,
    bounds: Sequence[Any],
    free: int,
    offset: Any = 0.0,
) -> Floats:
    shrunk = np.ones(rows.shape[1])
    shrunk[rows.shape[1] - free :] = 0.0

    def loss(theta: Floats) -> tuple[float, Floats]:
        z = rows @ theta + offset
        wrong = np.logaddexp(0.0, -z * (2 * labels - 1))
        slope = weights * (1.0 / (1.0 + np.exp(-z)) - labels)
        size = weights.sum()
        return (
            float((weights * wrong).sum() / size + SHRINKAGE * (shrunk * theta**2).sum()),
            rows.T @ slope / size + 2 * SHRINKAGE * shrunk * theta,
        )

    start = np.array(
        [
            low if low is not None and low > 0 else high if high is not None and high < 0 else 0.0
            for low, high in bounds
        ]
    )
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x)


def calibrate(sample: Sample, weights: Floats, base: float, shift: float) -> Calibration:
    """Platt's slope and shift on the held rows."""
    held = np.array(sample.held, bool)
    totals = np.array(sample.rows)[held] @ weights + base + shift * np.array(sample.pairs)[held]
    rows = np.column_stack([totals, np.ones(len(totals))])
    labels = np.array(sample.labels, float)[held]
    found = _logistic(rows, labels, np.ones(len(labels)), [(0.05, None), (None, None)], free=2)
    return Calibration(round(float(found[0]), 3), round(float(found[1]), 3))


def best_shift(sample: Sample, weights: Floats, base: float) -> float:
    """What has to be added to pairs of names alone for 0.5 to part them best (F1)."""
    chosen = np.array(sample.pairs, bool)
    totals = np.array(sample.rows)[chosen] @ weights + base
    labels = np.array(sample.labels, bool)[chosen]
    best = max(np.unique(totals), key=lambda cut: (_f1(totals >= cut, labels), -cut))
    below = totals[totals < best]
    return float(-(best + (below.max() if len(below) else best)) / 2)


def too_high(sample: Sample, weights: Floats, base: float) -> float:
    """What has to be taken off for at most ``ALARMS`` of the unlisted names to match."""
    queries = np.array(sample.unlisted)
    totals = np.array(sample.rows) @ weights + base
    best: dict[int, float] = {}
    for query, total in zip(queries[queries >= 0], totals[queries >= 0], strict=True):
        best[int(query)] = max(float(total), best.get(int(query), -np.inf))
    ranked = sorted(best.values(), reverse=True)
    return max(0.0, ranked[int(ALARMS * len(ranked))]) if ranked else 0.0


def _f1(said: npt.NDArray[np.bool_], labels: npt.NDArray[np.bool_]) -> float:
    right = int((said & labels).sum())
    return 2 * right / max(1, int(said.sum() + labels.sum()))


def fit_evidence(data: Path, kinds: Sequence[Kind]) -> dict[str, float]:
    """Weights of country, address and birth date, on labelled records, names' sum given."""
    names = ("country_agrees", "country_conflicts", "address_agrees", "birth_date_agrees",
             "birth_year_agrees", "birth_date_near", "birth_date_conflicts")  # fmt: skip
    rows, labels, offset = [], [], []
    for kind in kinds:
        for query, party, label in _os_pairs(data, kind):
            found = weigh(prepared(query), ListIndex([party]))
            if not found or found[0].names is None:
                continue
            around = surroundings(query, Entry(party, kind))
            row = [
                around.country == "agrees", around.country == "conflicts",
                around.address == "agrees",
                around.dates == "date_agrees", around.dates in {"date_agrees", "year_agrees"},
                around.dates == "date_near", around.dates == "date_conflicts", True,
            ]  # fmt: skip
            rows.append([float(cell) for cell in row])
            labels.append(label)
            offset.append(found[0].names.total)
    # A country refines and never vetoes: firms move, and records name birthplaces.
    bounds = [
        (0, None),
        (-1.5, 0),
        (0, 2),
        (0, None),
        (0, None),
        (None, 0),
        (-3.5, 0),
        (None, None),
    ]
    theta = _logistic(
        np.array(rows), np.array(labels, float), np.ones(len(rows)), bounds, 1, np.array(offset)
    )
    theta[3] += theta[4]  # a whole date agrees as its year does, and more
    return {name: round(float(value), 3) for name, value in zip(names, theta, strict=False)}


def unlisted(data: Path, kind: Kind) -> list[str]:
    """Names that no list has: registered firms, invented persons."""
    if kind == "body":
        import pyarrow.parquet as pq

        path = data / "ownership" / "gleif_level1_slim.parquet"
        names = pq.read_table(path, columns=["name"]).column("name").to_pylist()
    else:
        path = data / "names" / "yente_fixtures" / "negatives_us.csv"
        with path.open(encoding="utf-8", newline="") as handle:
            names = [row["full_name"] for row in csv.DictReader(handle)]
    return sorted(filter(None, names), key=number_of)[: LIMITS["unlisted"]]


def main() -> None:
    """Fit both kinds of names and what else is known, and write the file."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("workspace", type=Path)
    arguments.add_argument("--data", type=Path, default=HERE.parents[2] / "shared" / "data")
    given = arguments.parse_args()
    parties = listed(given.workspace)
    seen = set().union(*(numbers(p) for name in HELD_OUT for p in of_list(parties, name)))
    known = [p for p in parties if not numbers(p) & seen]
    lists = {name: of_list(known, name) for name in TRAINED_ON}
    indexes = {name: ListIndex(of_list(parties, name)) for name in TRAINED_ON}
    names: dict[str, Weights] = {}
    probability: dict[str, Calibration] = {}
    pairs: dict[str, float] = {}
    for kind in ("body", "person"):
        asked = {
            name: queries(lists[name], [p for o in TRAINED_ON if o != name for p in lists[o]],
                          kind, unlisted(given.data, kind))
            for name in TRAINED_ON
        }  # fmt: skip
        for _ in range(ROUNDS):
            sample = Sample()
            for name, each in asked.items():
                collect(sample, indexes[name], each, kind)
            collect_pairs(sample, given.data, kind)
            weights, base, shift = fit(sample)
            if kind == "person":  # of firms the measure is false positives a query, met as it is
                base -= too_high(sample, weights, base)
            names[kind] = _weights(weights, base)
            pairs[kind] = round(best_shift(sample, weights, base), 3)
            probability[kind] = calibrate(sample, weights, base, shift)
            print(kind, len(sample.rows), sum(sample.labels), probability[kind], flush=True)
            _write(names, probability, pairs, msgspec.to_builtins(model().evidence))
    _write(names, probability, pairs, fit_evidence(given.data, ("body", "person")) | PLACES)


def _weights(found: Floats, base: float) -> Weights:
    rounded = {f.name: round(float(w), 3) + 0.0 for f, w in zip(FEATURES, found, strict=True)}
    return Weights(base=round(base, 3), weights={n: w for n, w in rounded.items() if w})


def _write(
    names: dict[str, Weights],
    probability: dict[str, Calibration],
    pairs: dict[str, float],
    evidence: dict[str, float],
) -> None:
    """Write the file; what is not fitted yet, and ships, are as they were or as firms are."""
    from tidewaiter.screen import model as module

    before = model()
    every = {k: names.get(k, before.names[k]) for k in ("body", "person")}
    content = {
        "names": {**every, "ship": every["person"]},
        "evidence": msgspec.convert(evidence, Evidence),
        "probability": {
            **{k: probability.get(k, before.probability[k]) for k in ("body", "person")},
            "ship": probability.get("person", before.probability["ship"]),
        },
        "pairs": {**{k: pairs.get(k, before.pairs[k]) for k in ("body", "person")}, "ship": 0.0},
    }
    TARGET.write_bytes(HEADER.encode() + msgspec.yaml.encode(content))
    module.model.cache_clear()
    module._vector.cache_clear()  # noqa: SLF001


if __name__ == "__main__":
    main()
