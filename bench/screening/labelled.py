"""Labelled pairs: the names bench, the judged pairs of OpenSanctions, names in two scripts.

Both engines' thresholds are chosen on other folds: pairs that share a name are in one fold
(connected components), or one group of cases is left out. Half of the pairs (an even content
hash) took part in fitting our weights (``bench/fit_screening.py``); the rows of the other
half are given apart.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from typing import Any

import msgspec

from bench.fit_screening import is_training
from bench.screening import measures
from bench.screening.data import data, hashed
from bench.screening.engines import Pair, logic_v2, record
from tidewaiter.resolve.clusters import clusters
from tidewaiter.screen import Listed, ListIndex, Query, compare
from tidewaiter.screen.weighing import prepared, weigh

FOLDS = 5
SCHEMAS = frozenset({"Person", "Company", "Organization", "LegalEntity"})
NUMBERS = (
    "innCode", "ogrnCode", "leiCode", "taxNumber", "registrationNumber", "idNumber",
    "passportNumber", "imoNumber",
)  # fmt: skip
COUNTRIES = ("country", "nationality", "jurisdiction", "flag")


class Case(msgspec.Struct):
    """A labelled pair and its scores by engine."""

    schema: str
    left: str
    right: str
    label: bool
    group: str
    trained_on: bool
    scores: dict[str, float] = {}


def names_bench(anchor: bool) -> tuple[dict[str, dict[str, float]], list[Case]]:
    """The labelled names, by names alone."""
    path = data() / "names" / "name_bench_cases.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    cases = [
        Case(
            schema=row["schema"],
            left=row["name1"],
            right=row["name2"],
            label=row["is_match"] == "true",
            group=row["case_group"],
            trained_on=is_training(row["name1"] + row["name2"]),
        )
        for row in rows
    ]
    for case in cases:
        case.scores["ours"] = compare(case.left, case.right, case.schema).score
    if anchor:
        pairs: list[Pair] = [
            (record([c.left], c.schema), record([c.right], c.schema)) for c in cases
        ]
        for case, score in zip(cases, logic_v2(pairs), strict=True):
            case.scores["logic-v2"] = score
    found = {f"{engine}: names bench": _bench_figures(cases, engine) for engine in cases[0].scores}
    return found, cases


def _bench_figures(cases: Sequence[Case], engine: str) -> dict[str, float]:
    folds = _folds(cases)
    figures = {
        "F1, folds by shared name": _f1(cases, engine, folds),
        "F1, one group of cases left out": _f1(
            cases, engine, [hashed(case.group) for case in cases]
        ),
        "F1 at the threshold of its own": _own_f1(cases, engine),
    }
    for title, schemas in (("people", {"Person"}), ("companies", {"Company"})):
        some = [(c, f) for c, f in zip(cases, folds, strict=True) if c.schema in schemas]
        figures[f"F1, folds, {title}"] = _f1([c for c, _ in some], engine, [f for _, f in some])
        held = [c for c, _ in some if not c.trained_on]
        figures[f"F1, {title}, half that was not fitted on"] = _f1(
            held, engine, [f for c, f in some if not c.trained_on]
        )
    matched = [c.scores[engine] for c in cases if c.scores[engine] >= 0.5]
    figures["most frequent value among matches"] = measures.most_frequent(matched)
    return figures


def _folds(cases: Sequence[Case]) -> list[int]:
    """A fold for each pair; pairs that share a name are together."""
    groups = clusters((case.left, case.right) for case in cases)
    fold = {name: hashed(group[0]) % FOLDS for group in groups for name in group}
    return [fold[case.left] for case in cases]


def _f1(cases: Sequence[Case], engine: str, groups: Sequence[int]) -> float:
    scores = [case.scores[engine] for case in cases]
    return measures.folded_f1(scores, [case.label for case in cases], groups)


def _own_f1(cases: Sequence[Case], engine: str) -> float:
    scores, labels = [c.scores[engine] for c in cases], [c.label for c in cases]
    return measures.f1(scores, labels, measures.best_threshold(scores, labels))


def judged_pairs(anchor: bool) -> dict[str, dict[str, float]]:
    """The judged pairs of OpenSanctions: by names alone, and whole records."""
    path = data() / "names" / "os_pairs_sample_1000.json"
    every = [p for p in json.loads(path.read_text("utf-8")) if p["left"]["schema"] in SCHEMAS]
    every.sort(key=lambda p: hashed(p["left"]["id"] + p["right"]["id"]))  # the file is sorted
    labels = [pair["judgement"] == "positive" for pair in every]
    held = [not is_training(p["left"]["id"] + p["right"]["id"]) for p in every]
    scores = {"ours, names": [_ours(p, whole=False) for p in every]}
    scores["ours, records"] = [_ours(p, whole=True) for p in every]
    if anchor:
        for what in ("names", "records"):
            pairs = [(_plain(p["left"], what), _plain(p["right"], what)) for p in every]
            scores[f"logic-v2, {what}"] = logic_v2(pairs)
    folds = [at % FOLDS for at in range(len(every))]
    found: dict[str, dict[str, float]] = {}
    for title, values in scores.items():
        half = [at for at, each in enumerate(held) if each]
        part, true = [values[at] for at in half], [labels[at] for at in half]
        found[f"{title}: judged pairs"] = {
            "F1": measures.folded_f1(values, labels, folds),
            "AUC": measures.auc(values, labels),
            "F1, half that was not fitted on": measures.folded_f1(
                part, true, [at % FOLDS for at in range(len(half))]
            ),
            "AUC, half that was not fitted on": measures.auc(part, true),
        }
    return found


def _said(entity: dict[str, Any], *props: str) -> tuple[str, ...]:
    said = entity["properties"]
    return tuple(dict.fromkeys(value for prop in props for value in said.get(prop, ())))


def _names(entity: dict[str, Any]) -> tuple[str, ...]:
    return _said(entity, "name", "alias", "previousName") or (entity["caption"],)


def _ours(pair: dict[str, Any], *, whole: bool) -> float:
    left, right = pair["left"], pair["right"]
    query = Query(query_id="x", names=_names(left), schema=left["schema"])
    party = Listed(entity_id="y", caption="y", schema=right["schema"], names=_names(right))
    if whole:
        query = msgspec.structs.replace(
            query,
            country=next(iter(_said(left, *COUNTRIES)), None),
            birth_date=next(iter(_said(left, "birthDate")), None),
            address=next(iter(_said(left, "address")), None),
            identifiers=_said(left, *NUMBERS),
        )
        party = msgspec.structs.replace(
            party,
            countries=_said(right, *COUNTRIES),
            birth_dates=_said(right, "birthDate"),
            addresses=_said(right, "address"),
            identifiers=tuple(f"id:{number}" for number in _said(right, *NUMBERS)),
        )
    found = weigh(prepared(query), ListIndex([party]))
    return found[0].score if found else 0.0


def _plain(entity: dict[str, Any], what: str) -> dict[str, object]:
    if what == "names":
        return record(_names(entity), entity["schema"])
    known = {prop: list(values) for prop, values in entity["properties"].items()}
    return {"schema": entity["schema"], **known}


def two_scripts() -> dict[str, dict[str, float]]:
    """The pairs of names in two scripts, those that are pairs of names."""
    path = data() / "names" / "cross_script_pairs.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.reader(handle) if len(row) > 1 and not row[0].startswith("#")]
    found = [compare(row[0], row[1], "Person").match for row in rows]
    return {"ours: names in two scripts": {"pairs": len(found), "matched": sum(found) / len(found)}}
