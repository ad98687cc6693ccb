"""Fit ``src/tidewaiter/screen/model.yml``.

    python -m bench.fit_screening WORKSPACE [--data DIR]

WORKSPACE has all lists loaded that ``bench/screening/data.py`` names. Only parties, labelled
pairs and free names of the one side of ``bench/screening/split.py`` are fitted on, as right
answers and as wrong ones; the other side is reported. The whole lists are asked, and how rare
a word is comes from them all, as the product learns it; a wrong party of the other side is
passed over, and those that stay count for it.

What is fitted on: names of one listed party against its other names; names of one party on
two lists, joined by number; listed names with errors put in; and names of registered firms
and invented persons that no list has. A negative is another party of the same list among
the best found. Weights keep the sign of their meaning (``features``): logistic regression
with bounds (scipy, L-BFGS-B) and a little shrinkage, from a start that knows the signs alone.
A third of the groups is held: it calibrates, and its figures are printed beside the others'.
The split and these figures are written to ``bench/screening/fitted.json``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from bench.screening.data import LISTS, by_number, hashed, numbers, of_publisher, said, unlisted
from bench.screening.fitting import (
    Fitted,
    Row,
    Sample,
    best_shift,
    calibrate,
    fit,
    logistic,
    told,
    too_high,
)
from bench.screening.split import FITTED, JUDGED, Split, judged, judged_name, names_bench
from tidewaiter.screen import Listed, ListIndex, Query
from tidewaiter.screen.corroborate import surroundings
from tidewaiter.screen.features import FEATURES
from tidewaiter.screen.index import Entry
from tidewaiter.screen.kinds import Kind, kind_of, read
from tidewaiter.screen.model import Calibration, Evidence, Weights, log_odds
from tidewaiter.screen.rules import rules
from tidewaiter.screen.weighing import prepared, weigh
from tidewaiter.text import name_key

HERE = Path(__file__).resolve()
TARGET = HERE.parents[1] / "src" / "tidewaiter" / "screen" / "model.yml"
TRAINED_ON = ("us", "uk", "un", "ua", "eu_269")
NEGATIVES = 8  # other parties a query
MOST_PARTIES = 30  # looked at for a query
LIMITS = {"alias": 5_000, "cross": 6_000, "error": 4_000, "unlisted": 3_000}
ALARMS = 0.002  # of the names that no list has, on any of the lists
ROUNDS = 3
KINDS: tuple[Kind, ...] = ("body", "person")
HEADER = """\
# Weights of the features of a pair of names (features.py), on the scale of log-odds, and of
# what else is known. Fitted by bench/fit_screening.py, which says on what and on what not.
# `probability` carries a score over to the share of held-out pairs that were one party;
# `pairs` is added where two names are compared alone, without a list to choose from.
# `place_*` are decided, not fitted: no labelled pairs tell of places inside names.
"""
PLACES = {"place_agrees": 1.5, "place_unknown": -0.5, "place_conflicts": -1.0}

Floats = npt.NDArray[np.float64]


class Asked(msgspec.Struct):
    """A name to ask for, the parties it is, and spellings of it that do not count."""

    text: str
    true: set[str]
    own: set[str]
    tag: str
    group: int


class Target(msgspec.Struct, frozen=True):
    """A list that is asked: its index, its parties, and the share of them that is fitted on."""

    index: ListIndex
    parties: list[Listed]
    share: float


def listed(workspace: Path) -> list[Listed]:
    """Every listed party of a workspace."""
    from tidewaiter.cli import console
    from tidewaiter.pipeline.listed import of_workspace

    space = console.opened(workspace)
    lists = of_workspace(space, console.resolved(space.path), None)
    return [entry.listed for entry in lists.index.entries()]


def queries(name: str, targets: dict[str, Target], kind: Kind, split: Split) -> list[Asked]:
    """What is asked of one list: everything is of the side that is fitted on."""
    mine = [p for p in targets[name].parties if split.fitted(p)]
    theirs = {p.entity_id: p for o in TRAINED_ON if o != name for p in targets[o].parties}
    known = by_number(mine)
    found: list[Asked] = []
    for party in mine:
        if kind_of(party.schema) == kind and party.names:
            found += _of_itself(party, split.of_party(party))
    for party in theirs.values():
        same = set().union(*(known.get(n, set()) for n in numbers(party)))
        if same and kind_of(party.schema) == kind:
            group = split.of_party(party)
            found += [Asked(text, same, set(), "cross", group) for text in party.names]
    for text in unlisted(kind, LIMITS["unlisted"], split.fitted_name):
        found.append(Asked(text, set(), set(), "unlisted", split.of_name(text)))
    return [each for tag in LIMITS for each in _some(found, tag)]


def _of_itself(party: Listed, group: int) -> Iterator[Asked]:
    if len(party.names) > 1:
        for text in party.names[:4]:
            yield Asked(text, {party.entity_id}, {name_key(text)}, "alias", group)
    rng = random.Random(hashed(party.entity_id))
    yield Asked(with_error(party.names[0], rng), {party.entity_id}, set(), "error", group)


def _some(asked: Sequence[Asked], tag: str) -> list[Asked]:
    every = sorted((a for a in asked if a.tag == tag), key=lambda a: hashed(a.text))
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


def collect(
    sample: Sample, target: Target, asked: Iterable[Asked], kind: Kind, split: Split
) -> None:
    """The best name of each true party, and of the best others, for every query."""
    index = target.index
    for each in asked:
        name = read(each.text, kind)
        if not name.terms:
            continue
        found = index.searches[kind].find(name, rules().names_found, rules().least_shared)
        others = 0
        for at, row in _best_rows(found, index, each, kind):
            entry = index.entry(at).listed
            true = entry.entity_id in each.true
            others += not true
            if not true and (others > NEGATIVES or not _is_negative(entry, each, split)):
                continue
            counts = 1.0 if true else 1.0 / target.share
            query = hashed(each.text) >> 1
            sample.add(found.facts[row], Row(int(true), each.tag, each.group, counts, query))


def _is_negative(entry: Listed, asked: Asked, split: Split) -> bool:
    """Whether a party found is known to be another, and is of the side that is fitted on."""
    if entry.partial or not split.fitted(entry):
        return False
    return name_key(asked.text) not in {name_key(n) for n in entry.names}


def _best_rows(found: Any, index: ListIndex, asked: Asked, kind: Kind) -> list[tuple[int, int]]:
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


def labelled(kind: Kind, split: Split) -> Iterator[tuple[Query, Listed, int, int]]:
    """Labelled pairs of the side that is fitted on: query, listed party, label and group."""
    for row in names_bench():
        if kind_of(row["schema"]) == kind and split.fitted_name(row["name1"]):
            query = Query(query_id="x", names=(row["name1"],), schema=row["schema"])
            other = _party({"names": (row["name2"],)}, row["schema"])
            yield query, other, int(row["is_match"] == "true"), split.of_name(row["name1"])
    yield from _judged(kind, split)


def _judged(kind: Kind, split: Split) -> Iterator[tuple[Query, Listed, int, int]]:
    for pair in judged():
        left, right = pair["left"], pair["right"]
        name = judged_name(left)
        if kind_of(left["schema"]) != kind or not split.fitted_name(name):
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
        label = int(pair["judgement"] == "positive")
        yield query, _party(_known(right), right["schema"]), label, split.of_name(name)


def _known(entity: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {
        "names": said(entity, *JUDGED) or (entity["caption"],),
        "countries": said(entity, "country", "nationality", "jurisdiction", "flag"),
        "birth_dates": said(entity, "birthDate"),
        "addresses": said(entity, "address"),
    }


def _party(known: dict[str, tuple[str, ...]], schema: str) -> Listed:
    return msgspec.convert({"entity_id": "y", "caption": "y", "schema": schema, **known}, Listed)


def collect_pairs(sample: Sample, kind: Kind, split: Split) -> None:
    """The best pair of names of each labelled pair."""
    for query, party, label, group in labelled(kind, split):
        found = weigh(prepared(query), ListIndex([party]))
        if found and found[0].names is not None:
            sample.add(found[0].names.facts, Row(label, "pair", group))


def fit_evidence(kinds: Sequence[Kind], split: Split) -> dict[str, float]:
    """Weights of country, address and birth date, on labelled records, names' sum given."""
    names = ("country_agrees", "country_conflicts", "address_agrees", "birth_date_agrees",
             "birth_year_agrees", "birth_date_near", "birth_date_conflicts")  # fmt: skip
    rows, labels, offset = [], [], []
    for kind in kinds:
        for query, party, label, _ in _judged(kind, split):
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
    theta = logistic(
        np.array(rows), np.array(labels, float), np.ones(len(rows)), bounds, 1, np.array(offset)
    )
    theta[3] += theta[4]  # a whole date agrees as its year does, and more
    return {name: round(float(value), 3) for name, value in zip(names, theta, strict=False)}


def main() -> None:
    """Fit both kinds of names and what else is known, and write the file."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("workspace", type=Path, help=f"with {', '.join(LISTS)} loaded")
    arguments.add_argument("--data", type=Path)
    given = arguments.parse_args()
    if given.data:
        os.environ["TIDEWAITER_TEST_DATA"] = str(given.data)
    parties = listed(given.workspace)
    split = Split(parties)
    print(split.counts(), split.digest(), flush=True)
    targets = {name: _target(of_publisher(parties, name), split) for name in TRAINED_ON}
    share = sum(map(split.fitted, parties)) / len(parties)
    known = _Known()
    known.write()
    figures: dict[str, dict[str, dict[str, float]]] = {}
    for kind in KINDS:
        asked = {name: queries(name, targets, kind, split) for name in TRAINED_ON}
        for _ in range(ROUNDS):
            sample = Sample()
            for name, each in asked.items():
                collect(sample, targets[name], each, kind, split)
            collect_pairs(sample, kind, split)
            figures[kind] = _one_round(sample, kind, ALARMS * share, known)
            known.write()
        _show(kind, figures[kind])
    known.evidence = fit_evidence(KINDS, split) | PLACES
    known.write()
    model = hashlib.sha256(TARGET.read_bytes()).hexdigest()
    content = {"model": model, "split": split.digest(), **split.counts(), "figures": figures}
    FITTED.write_text(json.dumps(content, indent=1) + "\n", "utf-8")


def _target(parties: list[Listed], split: Split) -> Target:
    return Target(ListIndex(parties), parties, sum(map(split.fitted, parties)) / len(parties))


class _Known(msgspec.Struct):
    """What is known so far; at first the signs of the features alone."""

    names: dict[str, Weights] = {}
    probability: dict[str, Calibration] = {}
    pairs: dict[str, float] = {}
    evidence: dict[str, float] = {}

    def write(self) -> None:
        """Write the file; ships are as persons are."""
        from tidewaiter.screen import model as module

        signs = Weights(base=0.0, weights={f.name: float(f.sign) for f in FEATURES})
        names = {kind: self.names.get(kind, signs) for kind in (*KINDS, "ship")}
        names["ship"] = names["person"]
        even = Calibration(1.0, 0.0)
        probability = {kind: self.probability.get(kind, even) for kind in (*KINDS, "ship")}
        probability["ship"] = probability["person"]
        evidence = {field: self.evidence.get(field, 0.0) for field in Evidence.__struct_fields__}
        content = {
            "names": names,
            "evidence": msgspec.convert(evidence, Evidence),
            "probability": probability,
            "pairs": {kind: self.pairs.get(kind, 0.0) for kind in (*KINDS, "ship")},
        }
        TARGET.write_bytes(HEADER.encode() + msgspec.yaml.encode(content))
        module.model.cache_clear()
        module._vector.cache_clear()  # noqa: SLF001


def _one_round(
    sample: Sample, kind: Kind, alarms: float, known: _Known
) -> dict[str, dict[str, float]]:
    """Fit one kind on what was collected; the figures of the fit."""
    table = sample.table()
    found = fit(table)
    base = found.base
    if kind == "person":  # of firms the measure is false positives a query, met as it is
        base -= too_high(table, found, alarms)
    found = Fitted(found.weights, base, found.shift)
    known.names[kind] = _weights(found.weights, base)
    known.pairs[kind] = round(best_shift(table, found), 3)
    known.probability[kind] = calibrate(table, found)
    print(kind, len(sample.rows), int(table.labels.sum()), known.probability[kind], flush=True)
    return told(table, found)


def _show(kind: Kind, figures: dict[str, dict[str, float]]) -> None:
    for title, each in figures.items():
        print(f"  {kind:8}{title:22}", *(f"{name} {value:,.4g};" for name, value in each.items()))


def _weights(found: Floats, base: float) -> Weights:
    rounded = {f.name: round(float(w), 3) + 0.0 for f, w in zip(FEATURES, found, strict=True)}
    return Weights(base=round(base, 3), weights={n: w for n, w in rounded.items() if w})


if __name__ == "__main__":
    main()
