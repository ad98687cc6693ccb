"""Labelled pairs: the names bench, the judged pairs of OpenSanctions, names in two scripts.

The rows are of the side that was not fitted on (``split``); rows over all pairs follow and are
marked. Both engines' thresholds are chosen on other folds: pairs of one group, joined by a
name or a number, are in one fold, or one group of cases is left out.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import Any

import msgspec

from bench.screening import measures
from bench.screening.data import data, hashed, said
from bench.screening.engines import DELIVERED, Pair, logic_v2, record
from bench.screening.run import Rows, Run, Wrong, why
from bench.screening.split import JUDGED, NUMBERS, judged, judged_name, names_bench
from tidewaiter.screen import Listed, ListIndex, Query, compare
from tidewaiter.screen.rules import rules
from tidewaiter.screen.weighing import prepared, weigh

FOLDS = 5
SCHEMAS = frozenset({"Person", "Company", "Organization", "LegalEntity"})
COUNTRIES = ("country", "nationality", "jurisdiction", "flag")
ALL = ", all rows (half of them fitted on)"


class Case(msgspec.Struct):
    """A labelled pair: both sides' names, its place in the split, and its scores by engine."""

    schema: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    label: bool
    group: str
    fitted: bool
    fold: int
    scores: dict[str, float] = {}


def measure(run: Run) -> Rows:
    """The rows of all labelled pairs."""
    return cases_bench(run) | judged_pairs(run) | two_scripts(run)


def cases_bench(run: Run) -> Rows:
    """The labelled names, by names alone."""
    cases = [
        Case(
            schema=row["schema"],
            left=(row["name1"],),
            right=(row["name2"],),
            label=row["is_match"] == "true",
            group=row["case_group"],
            fitted=run.split.fitted_name(row["name1"]),
            fold=(run.split.of_name(row["name1"]) >> 1) % FOLDS,
        )
        for row in names_bench()
    ]
    for case in cases:
        case.scores["ours"] = compare(case.left[0], case.right[0], case.schema).score
    if run.anchor:
        _by_logic_v2(cases, [(record(c.left, c.schema), record(c.right, c.schema)) for c in cases])
    held = [case for case in cases if not case.fitted]
    rows: Rows = {}
    for title, some in (("", held), (ALL, cases)):
        for engine in cases[0].scores:
            rows[f"{engine}: names bench{title}"] = _bench_figures(some, engine)
    run.add("names_bench", _wrong(held, "ours"))
    return rows


def _by_logic_v2(cases: Sequence[Case], pairs: Sequence[Pair]) -> None:
    for case, score in zip(cases, logic_v2(pairs), strict=True):
        case.scores["logic-v2"] = score


def _bench_figures(cases: Sequence[Case], engine: str) -> dict[str, float]:
    figures: dict[str, float] = {"pairs": len(cases)}
    figures["F1, folds by shared name"] = _f1(cases, engine)
    groups = [hashed(case.group) for case in cases]
    scores, labels = [c.scores[engine] for c in cases], [c.label for c in cases]
    figures["F1, one group of cases left out"] = measures.folded_f1(scores, labels, groups)
    own = measures.best_threshold(scores, labels)
    figures["F1 at the threshold of its own"] = measures.f1(scores, labels, own)
    for title, schema in (("people", "Person"), ("companies", "Company")):
        some = [case for case in cases if case.schema == schema]
        figures[f"pairs, {title}"] = len(some)
        figures[f"F1, folds, {title}"] = _f1(some, engine)
    matched = [score for score in scores if score >= rules().threshold]
    figures["most frequent value among matches"] = measures.most_frequent(matched)
    return figures


def _f1(cases: Sequence[Case], engine: str) -> float:
    return measures.folded_f1(
        [c.scores[engine] for c in cases], [c.label for c in cases], [c.fold for c in cases]
    )


def _wrong(cases: Sequence[Case], engine: str) -> list[Wrong]:
    cuts = measures.folded_thresholds(
        [c.scores[engine] for c in cases], [c.label for c in cases], [c.fold for c in cases]
    )
    found = []
    for case, cut in zip(cases, cuts, strict=True):
        score = case.scores[engine]
        if (score >= cut) != case.label:
            party = Listed(entity_id="y", caption="y", schema=case.schema, names=case.right)
            reason = why(ListIndex([party]), case.left, case.schema, "y", missed=case.label)
            expected = "one party" if case.label else "two parties"
            left, right = "; ".join(case.left[:3]), "; ".join(case.right[:3])
            found.append(Wrong(case.group, left, expected, right, score, cut, reason))
    return found


def judged_pairs(run: Run) -> Rows:
    """The judged pairs of OpenSanctions: by names alone, and whole records."""
    every = [pair for pair in judged() if pair["left"]["schema"] in SCHEMAS]
    rows: Rows = {}
    for what in ("names", "records"):
        cases = [_case(run, pair, whole=what == "records") for pair in every]
        if run.anchor:
            _by_logic_v2(
                cases, [(_plain(p["left"], what), _plain(p["right"], what)) for p in every]
            )
        held = [case for case in cases if not case.fitted]
        for title, some in (("", held), (ALL, cases)):
            for engine in cases[0].scores:
                labels = [case.label for case in some]
                rows[f"{engine}, {what}: judged pairs{title}"] = {
                    "pairs": len(some),
                    "two parties": len(some) - sum(labels),
                    "F1": _f1(some, engine),
                    "AUC": measures.auc([case.scores[engine] for case in some], labels),
                }
        run.add("judged_pairs", _wrong(held, "ours"))
    return rows


def _case(run: Run, pair: dict[str, Any], *, whole: bool) -> Case:
    left, right = pair["left"], pair["right"]
    name = judged_name(left)
    return Case(
        schema=left["schema"],
        left=_names(left),
        right=_names(right),
        label=pair["judgement"] == "positive",
        group="records" if whole else "names",
        fitted=run.split.fitted_name(name),
        fold=(run.split.of_name(name) >> 1) % FOLDS,
        scores={"ours": _ours(left, right, whole=whole)},
    )


def _names(entity: dict[str, Any]) -> tuple[str, ...]:
    return said(entity, *JUDGED) or (entity["caption"],)


def _ours(left: dict[str, Any], right: dict[str, Any], *, whole: bool) -> float:
    query = Query(query_id="x", names=_names(left), schema=left["schema"])
    party = Listed(entity_id="y", caption="y", schema=right["schema"], names=_names(right))
    if whole:
        query = msgspec.structs.replace(
            query,
            country=next(iter(said(left, *COUNTRIES)), None),
            birth_date=next(iter(said(left, "birthDate")), None),
            address=next(iter(said(left, "address")), None),
            identifiers=said(left, *NUMBERS),
        )
        party = msgspec.structs.replace(
            party,
            countries=said(right, *COUNTRIES),
            birth_dates=said(right, "birthDate"),
            addresses=said(right, "address"),
            identifiers=tuple(f"id:{number}" for number in said(right, *NUMBERS)),
        )
    found = weigh(prepared(query), ListIndex([party]))
    return found[0].score if found else 0.0


def _plain(entity: dict[str, Any], what: str) -> dict[str, object]:
    if what == "names":
        return record(_names(entity), entity["schema"])
    known = {prop: list(values) for prop, values in entity["properties"].items()}
    return {"schema": entity["schema"], **known}


def two_scripts(run: Run) -> Rows:
    """The pairs of names in two scripts, those that are pairs of names; as delivered."""
    path = data() / "names" / "cross_script_pairs.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.reader(handle) if len(row) > 1 and not row[0].startswith("#")]
    cuts = {"ours": rules().threshold, "logic-v2": DELIVERED}
    scores = {"ours": [compare(row[0], row[1], "Person").score for row in rows]}
    if run.anchor:
        scores["logic-v2"] = logic_v2([(record([r[0]], "Person"), record([r[1]], "Person"))
                                       for r in rows])  # fmt: skip
    cut = cuts["ours"]
    for row, score in zip(rows, scores["ours"], strict=True):
        if score < cut:
            party = Listed(entity_id="y", caption="y", schema="Person", names=(row[1],))
            reason = why(ListIndex([party]), row[:1], "Person", "y", missed=True)
            wrong = Wrong("two scripts", row[0], "one party", row[1], score, cut, reason)
            run.add("two_scripts", [wrong])
    run.add("two_scripts", ())
    return {
        f"{engine}: names in two scripts": {
            "pairs": len(rows),
            "matched": sum(score >= cuts[engine] for score in found) / len(rows),
        }
        for engine, found in scores.items()
    }
