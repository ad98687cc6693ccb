"""Errors put into names, mixed alphabets, aliases left out, and the UN fixtures.

Every suite asks the damaged name of the whole list and counts the party at the one threshold
that gives 0.1 false positives a query on names that are not listed: equal for both engines.
The parties, and the names that set the threshold, are of the side that was not fitted on
(``split``); logic-v2 is told which party is meant, so that its candidates cannot miss it.
"""

from __future__ import annotations

import csv
import random
import re
from collections import defaultdict
from collections.abc import Sequence

import msgspec

from bench.screening import measures
from bench.screening.damage import SUITES
from bench.screening.data import data, hashed, of_publisher, unlisted
from bench.screening.engines import (
    DELIVERED,
    Pair,
    ask_ours,
    logic_v2,
    matches,
    of_listed,
    record,
)
from bench.screening.run import Rows, Run, Wrong, shown, why
from tidewaiter.model.country import country_code
from tidewaiter.screen import Listed, ListIndex, Query
from tidewaiter.screen.kinds import Kind, kind_of
from tidewaiter.screen.rules import rules
from tidewaiter.text import name_key
from tidewaiter.text.script import repair

RATE = 0.10
ASKED = 300  # names a suite
UNLISTED = 1_000
ALIASES = 4  # of a party, each asked in turn
NEGATIVES, SAMPLED = 5_000, 1_000  # names that must not alert: for ours, and for both engines
DATE = re.compile(r"\d{4}(-\d\d){0,2}")
MIXED = re.compile(r"[a-z]+[а-яё]|[а-яё]+[a-z]", re.IGNORECASE)

SCHEMA = {"body": "Company", "person": "Person", "ship": "Vessel"}

Asked = Sequence[tuple[Listed, str]]  # the party that is meant, and what is asked for


def measure(run: Run) -> Rows:
    """The rows of all suites."""
    return errors(run) | left_out(run) | mixed_letters(run) | un_fixtures(run)


def errors(run: Run) -> Rows:
    """Recall of each suite at equal false positives."""
    us = of_publisher(run.parties, "us")
    index = ListIndex(us)
    cuts = {kind: _cuts(run, index, kind, "errors_in_names") for kind in ("body", "person")}
    some = {kind: _some(run, us, kind) for kind in ("body", "person")}
    rows: Rows = {f"{engine}: errors in names": {} for engine in cuts["body"]}
    for title, (kind, damage) in SUITES.items():
        asked = []
        for party in some[kind]:
            rng = random.Random(hashed(party.entity_id))
            name = next((n for n in party.names if n.isascii()), party.names[0])
            asked.append((party, damage(name, rng)))
        for engine, cut in cuts[kind].items():
            best = _best(index, asked, kind, engine)
            rows[f"{engine}: errors in names"][title] = measures.recall_above(best, cut)
            if engine == "ours":
                run.add("errors_in_names", _missed(title, index, asked, best, cut))
    return rows


def _some(run: Run, parties: Sequence[Listed], kind: Kind) -> list[Listed]:
    """Parties that were not fitted on, by content hash."""
    whole = [p for p in parties if kind_of(p.schema) == kind and p.names and not p.partial]
    if kind == "body":
        whole = [p for p in whole if any(len(n.split()) > 1 for n in p.names)]
    free = [p for p in whole if not run.split.fitted(p)]
    return sorted(free, key=lambda p: hashed(p.entity_id))[:ASKED]


def _cuts(run: Run, index: ListIndex, kind: Kind, part: str) -> dict[str, float]:
    """The thresholds that give ``RATE`` on names that no list has and that were not fitted on."""
    names = unlisted(kind, UNLISTED, lambda name: not run.split.fitted_name(name))
    schema = SCHEMA[kind]
    answers = [(name, ask_ours(index, [name], schema, 10)) for name in names]
    ours = [score for _, answer in answers for _, score in answer]
    cuts = {"ours": measures.threshold_at(ours, len(names), RATE)}
    if run.anchor:
        pairs: list[Pair] = []
        for name, answer in answers:
            for entity, _ in answer[:5]:
                entry = index.by_id(entity)
                assert entry is not None
                pairs.append((record([name], schema), of_listed(entry.listed)))
        cuts["logic-v2"] = measures.threshold_at(logic_v2(pairs), len(names), RATE)
    for name, answer in answers:
        for entity, score in answer:
            if score > cuts["ours"]:
                reason = why(index, [name], schema, entity, missed=False)
                got = shown(index, entity)
                wrong = Wrong("names not listed", name, "none", got, score, cuts["ours"], reason)
                run.add(part, [wrong])
    return cuts


def _best(index: ListIndex, asked: Asked, kind: Kind, engine: str) -> list[float]:
    """The score of the right party for each damaged name."""
    schema = SCHEMA[kind]
    if engine == "ours":
        found = []
        for party, name in asked:
            scores = dict(ask_ours(index, [name], schema, 20))
            found.append(scores.get(party.entity_id, 0.0))
        return found
    return logic_v2([(record([name], schema), of_listed(party)) for party, name in asked])


def _missed(
    title: str, index: ListIndex, asked: Asked, best: Sequence[float], cut: float
) -> list[Wrong]:
    found = []
    for (party, name), score in zip(asked, best, strict=True):
        if score <= cut:
            schema = SCHEMA[kind_of(party.schema)]
            answer = ask_ours(index, [name], schema, 1)
            got = shown(index, answer[0][0]) if answer else ""
            expected = f"{party.caption} [{party.entity_id}]"
            reason = why(index, [name], schema, party.entity_id, missed=True)
            found.append(Wrong(title, name, expected, got, score, cut, reason))
    return found


def left_out(run: Run) -> Rows:
    """Each alias in turn, up to ``ALIASES`` of a party, asked of a list without it.

    Aliases whose comparable form another name of the party has are not asked: they tell nothing.
    """
    rows: Rows = {}
    for name in ("us", "eu_833"):
        parties = of_publisher(run.parties, name)
        some = {
            p.entity_id: p for p in _some(run, [p for p in parties if len(p.names) > 2], "body")
        }
        turns = {entity: _aliases(party) for entity, party in some.items()}
        best: dict[str, list[float]] = defaultdict(list)
        cuts: dict[str, float] = {}
        for turn in range(ALIASES):
            gone = {entity: each[turn] for entity, each in turns.items() if len(each) > turn}
            kept = [_without(p, gone.get(p.entity_id)) for p in parties]
            index = ListIndex(kept)
            cuts = cuts or _cuts(run, index, "body", "left_out")
            asked = [(_without(some[entity], alias), alias) for entity, alias in gone.items()]
            for engine, cut in cuts.items():
                scores = _best(index, asked, "body", engine)
                best[engine] += scores
                if engine == "ours":
                    run.add("left_out", _missed(name, index, asked, scores, cut))
        for engine, cut in cuts.items():
            rows[f"{engine}: one alias left out, {name}"] = {
                "parties": len(some),
                "queries": len(best[engine]),
                "recall": measures.recall_above(best[engine], cut),
            }
    return rows


def _aliases(party: Listed) -> list[str]:
    keys = [name_key(each) for each in party.names]
    told = [n for n, key in zip(party.names, keys, strict=True) if key and keys.count(key) == 1]
    return sorted(told, key=hashed)[:ALIASES]


def _without(party: Listed, alias: str | None) -> Listed:
    if alias is None:
        return party
    names = tuple(name for name in party.names if name != alias)
    return msgspec.structs.replace(party, names=names)


def mixed_letters(run: Run) -> Rows:
    """Official names that mix alphabets inside a word, asked for in their repaired form."""
    every = [(p, n) for p in run.parties for n in p.names if MIXED.search(n)]
    index = ListIndex({p.entity_id: p for p, _ in every}.values())
    schemas = [SCHEMA[kind_of(p.schema)] for p, _ in every]
    fixed = [repair(name.lower()) for _, name in every]
    missed = {"ours": [
        party.entity_id
        not in matches(index, Query(query_id="x", names=(form.text,), schema=party.schema))
        for (party, _), form in zip(every, fixed, strict=True)
    ]}  # fmt: skip
    if run.anchor:
        pairs: list[Pair] = [
            (record([form.text], schema), record([name], schema))
            for (_, name), form, schema in zip(every, fixed, schemas, strict=True)
        ]
        missed["logic-v2"] = [score < DELIVERED for score in logic_v2(pairs)]
    free = [not run.split.fitted(party) for party, _ in every]
    rows: Rows = {}
    for engine, each in missed.items():
        rows[f"{engine}: names of mixed letters"] = {
            "rows": sum(free),
            "missed": sum(m for m, f in zip(each, free, strict=True) if f),
            "rows, all": len(each),
            "missed, all (half of them fitted on)": sum(each),
        }
    rows["ours: names of mixed letters"]["shown, all"] = sum(bool(form.notes) for form in fixed)
    cut = rules().threshold
    gone = [(p, form.text) for (p, _), form, m in
            zip(every, fixed, missed["ours"], strict=True) if m]  # fmt: skip
    scores = [dict(ask_ours(index, [text], p.schema, 20)).get(p.entity_id, 0.0) for p, text in gone]
    run.add("mixed_letters", _missed("own repaired form", index, gone, scores, cut))
    return rows


def un_fixtures(run: Run) -> Rows:
    """The UN positives, as they are and with treated birth dates, and the alert rate.

    The right party of a row is the one that has the name of the untreated row, which stands at
    the same place; a row whose name no party has does not say, and is counted apart.
    """
    parties = {p.entity_id: p for p in of_publisher(run.parties, "un")}
    index = ListIndex(parties.values())
    named: dict[str, list[Listed]] = defaultdict(list)
    for party in parties.values():
        for key in {name_key(name) for name in party.names}:
            named[key].append(party)
    meant = [named.get(name_key(row["full_name"]), []) for row in _rows("positives_un_untreated")]
    figures: Rows = {"ours: UN fixtures": {}}
    if run.anchor:
        figures["logic-v2: UN fixtures"] = {}
    for stem in ("positives_un_untreated", "positives_un_treated"):
        asked = [(row, right) for row, right in zip(_rows(stem), meant, strict=True) if right]
        free = [not any(run.split.fitted(p) for p in right) for _, right in asked]
        hits = {"ours": [_is_hit(run, stem, index, row, right) for row, right in asked]}
        if run.anchor:
            pairs = [(_record(row), _whole(p)) for row, right in asked for p in right]
            scores = iter(logic_v2(pairs))
            best = [max(next(scores) for _ in right) for _, right in asked]
            hits["logic-v2"] = [score >= DELIVERED for score in best]
        for engine, each in hits.items():
            told = figures[f"{engine}: UN fixtures"]
            told[f"rows, {stem}"] = sum(free)
            told[f"recall of the right party, {stem}"] = sum(
                hit for hit, is_free in zip(each, free, strict=True) if is_free
            ) / sum(free)
            told[f"rows, {stem}, all"] = len(each)
            told[f"recall, {stem}, all (half of them fitted on)"] = sum(each) / len(each)
            told[f"rows that name no party, {stem}"] = len(meant) - len(asked)
    for stem in ("negatives_global", "negatives_us"):
        _alerts(run, index, stem, figures)
    run.add("un_fixtures", ())
    return figures


def _is_hit(
    run: Run, stem: str, index: ListIndex, row: dict[str, str], right: Sequence[Listed]
) -> bool:
    ids = {party.entity_id for party in right}
    found = matches(index, _fixture(row))
    if ids & set(found):
        return True
    first = right[0]
    score = dict(ask_ours(index, [row["full_name"]], "Person", 20)).get(first.entity_id, 0.0)
    reason = why(index, [row["full_name"]], "Person", first.entity_id, missed=True)
    expected = f"{first.caption} [{first.entity_id}]"
    got = "; ".join(shown(index, entity) for entity in found)
    asked = f"{row['full_name']}, born {row['date_of_birth']}, {row['nationality']}"
    wrong = Wrong(stem, asked, expected, got, score, rules().threshold, reason)
    run.add("un_fixtures", [wrong])
    return False


def _alerts(run: Run, index: ListIndex, stem: str, figures: Rows) -> None:
    """The share of invented persons, none of whom was fitted on, that raise an alert."""
    rows = [row for row in _rows(stem) if not run.split.fitted_name(row["full_name"])]
    rows = sorted(rows, key=lambda r: hashed(str(r)))[:NEGATIVES]
    found = [matches(index, _fixture(row)) for row in rows]
    told = figures["ours: UN fixtures"]
    told[f"alert rate, {stem} ({NEGATIVES:,})"] = sum(map(bool, found)) / len(rows)
    told[f"alert rate, {stem} ({SAMPLED:,})"] = sum(map(bool, found[:SAMPLED])) / SAMPLED
    for row, each in zip(rows, found, strict=True):
        for entity in each:
            reason = why(index, [row["full_name"]], "Person", entity, missed=False)
            score = dict(ask_ours(index, [row["full_name"]], "Person", 20)).get(entity, 0.0)
            got, cut = shown(index, entity), rules().threshold
            wrong = Wrong(stem, row["full_name"], "none", got, score, cut, reason)
            run.add("un_fixtures", [wrong])
    if run.anchor:
        pairs: list[Pair] = []
        owners: list[int] = []
        for at, row in enumerate(rows[:SAMPLED]):
            for entity, _ in ask_ours(index, [row["full_name"]], "Person", 5)[:5]:
                entry = index.by_id(entity)
                assert entry is not None
                pairs.append((_record(row), _whole(entry.listed)))
                owners.append(at)
        scores = zip(owners, logic_v2(pairs), strict=True)
        alerted = {at for at, score in scores if score >= DELIVERED}
        told = figures["logic-v2: UN fixtures"]
        told[f"alert rate, {stem} ({SAMPLED:,})"] = len(alerted) / SAMPLED


def _rows(stem: str) -> list[dict[str, str]]:
    path = data() / "names" / "yente_fixtures" / f"{stem}.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _record(row: dict[str, str]) -> dict[str, object]:
    known = {"birthDate": [row["date_of_birth"]], "nationality": [_code(row["nationality"])]}
    said = {prop: values for prop, values in known.items() if values[0]}
    return {**record([row["full_name"]], "Person"), **said}


def _code(country: str) -> str:
    """As FollowTheMoney writes it; empty if unknown."""
    return (country_code(country) or "").lower()


def _whole(party: Listed) -> dict[str, object]:
    """With the birth dates that are dates, and countries as FollowTheMoney writes them."""
    return {
        **of_listed(party),
        "birthDate": [date for date in party.birth_dates if DATE.fullmatch(date)],
        "country": [country.lower() for country in party.countries],
    }


def _fixture(row: dict[str, str]) -> Query:
    return Query(
        query_id="x",
        names=(row["full_name"],),
        schema="Person",
        country=row["nationality"] or None,
        birth_date=row["date_of_birth"] or None,
    )
