"""The gold set: companies that two official lists name, joined by their numbers.

A query is what one list calls a company, asked of the whole other list by names alone. A
party found is right if it has the number; a false positive if it has not, unless its
comparable name is that of the query (a twin: counted apart). No group (``split``) with a
company of the asking list was fitted on. The threshold for a rate of false positives is fixed
on pairs of other lists (``FIXED_ON``), on companies neither fitted on nor reported.
Japan's list gives no numbers: its entries are joined through the EU's entry of the same
official name, where that is one, and asked of the other lists by Japan's own names.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence

import msgspec

from bench.screening import measures
from bench.screening.data import by_number, numbers, of_publisher, registered
from bench.screening.engines import (
    Answer,
    Pair,
    ask_ours,
    blocked,
    logic_v2,
    of_listed,
    record,
)
from bench.screening.run import Rows, Run, Wrong, shown, why
from bench.screening.split import GOLD
from tidewaiter.screen import Listed, ListIndex
from tidewaiter.screen.kinds import kind_of
from tidewaiter.screen.rules import rules
from tidewaiter.text import name_key

REPORTED = (("eu_833", "us"), ("eu_833", "eu_269"), ("eu_833", "ua"))
JAPAN = (("jp", "us"), ("jp", "eu_269"))  # by Latin names; Japan gives no Cyrillic ones
POOLED = ("us", "eu_269")  # asked as one set, too; what stands on Ukraine's list is told apart
FIXED_ON = (("ua", "us"), ("us", "ua"), ("uk", "us"))
RATES = (0.25, 0.10)
FOUND = 40  # parties looked at a query
FIRST = 100  # candidates
PADDING = 100_000  # names among which candidates are looked for
CYRILLIC = re.compile("[а-яіїєґўё]", re.IGNORECASE)
VIEWS = ("Latin primary name", "Cyrillic legal name", "all names")


class Asked(msgspec.Struct):
    """One query: its names, the ids it means, and what was found."""

    party: Listed
    names: tuple[str, ...]
    true: set[str]
    answer: Answer
    twins: set[str] = set()

    def best(self) -> float:
        """The score of the best right party, -1 if none was found."""
        return max((s for e, s in self.answer if e in self.true), default=-1.0)

    def others(self) -> Answer:
        """The parties that are neither right nor twins, with their scores."""
        return [(e, s) for e, s in self.answer if e not in self.true | self.twins]

    def false(self) -> list[float]:
        """The scores of parties that are neither right nor twins."""
        return [score for _, score in self.others()]


def view(party: Listed, which: str) -> tuple[str, ...]:
    """The names of a query."""
    latin = [name for name in party.names if not CYRILLIC.search(name)]
    cyrillic = [name for name in party.names if CYRILLIC.search(name)]
    if which == "all names":
        return party.names
    if which == "Latin primary name":
        return tuple(latin[:1])
    return (max(cyrillic, key=len),) if cyrillic else ()


def by_name(parties: Sequence[Listed], target: str) -> list[tuple[Listed, set[str]]]:
    """Japan's entries with the ids of the target's parties that the EU's namesake joins.

    An entry is left out if its Latin names lead to EU entries that share no number.
    """
    named: dict[str, list[Listed]] = defaultdict(list)
    for party in of_publisher(parties, GOLD):
        for key in {name_key(name) for name in party.names if not CYRILLIC.search(name)}:
            named[key].append(party)
    known = by_number(of_publisher(parties, target))
    found = []
    for party in of_publisher(parties, "jp"):
        keys = {name_key(name) for name in party.names if name.isascii()}
        mates = [mate for key in sorted(keys) for mate in named.get(key, ())]
        every = set().union(*map(numbers, mates))
        same = set().union(*(known.get(number, set()) for number in every))
        if same and all(numbers(mate) & numbers(mates[0]) for mate in mates):
            found.append((party, same))
    return found


def queries(parties: Sequence[Listed], source: str, target: str) -> list[tuple[Listed, set[str]]]:
    """Companies of one list with the ids of the other list's parties of an equal number."""
    known = by_number(of_publisher(parties, target))
    found = []
    for party in of_publisher(parties, source):
        same = set().union(*(known.get(n, set()) for n in numbers(party)))
        if same and kind_of(party.schema) == "body":
            found.append((party, same))
    return found


def asked(index: ListIndex, named: Sequence[tuple[Listed, set[str]]], which: str) -> list[Asked]:
    """Every query of a view, asked of ours."""
    every = []
    for party, true in named:
        names = view(party, which)
        if names:
            answer = ask_ours(index, names, "Company", FOUND)
            one = Asked(party, names, true, answer)
            keys = {name_key(name) for name in names}
            for entity, _ in answer[:10]:
                entry = index.by_id(entity)
                if entry and entity not in true and keys & set(map(name_key, entry.listed.names)):
                    one.twins.add(entity)
            every.append(one)
    return every


def again_by_logic_v2(every: Sequence[Asked], index: ListIndex, most: int = 15) -> list[Asked]:
    """The same queries, the parties found scored by logic-v2."""
    pairs: list[Pair] = []
    for each in every:
        for entity, _ in each.answer[:most]:
            entry = index.by_id(entity)
            assert entry is not None
            pairs.append((record(each.names, "Company"), of_listed(entry.listed)))
    scores = iter(logic_v2(pairs))
    again = []
    for each in every:
        answer = [(entity, next(scores)) for entity, _ in each.answer[:most]]
        again.append(Asked(each.party, each.names, each.true, answer, each.twins))
    return again


def figures(every: Sequence[Asked], thresholds: dict[float, float]) -> dict[str, float]:
    """Recall at the fixed thresholds, the rates these give, and recall among the first ten."""
    best = [each.best() for each in every]
    false = [score for each in every for score in each.false()]
    top = [
        any(e in each.true for e, _ in sorted(each.answer, key=lambda a: -a[1])[:10])
        for each in every
    ]
    found: dict[str, float] = {"queries": len(every), "recall@10": sum(top) / len(every)}
    for rate, cut in thresholds.items():
        found[f"recall at {rate}"] = measures.recall_above(best, cut)
        found[f"false positives a query at {rate}"] = sum(s > cut for s in false) / len(every)
        own = measures.threshold_at(false, len(every), rate)
        found[f"recall at {rate}, threshold of its own"] = measures.recall_above(best, own)
    found["twins a query"] = sum(len(each.twins) for each in every) / len(every)
    return found


class Fixing:
    """The thresholds of each engine, by the false positives on the pairs of other lists."""

    def __init__(self) -> None:
        self.false: dict[str, list[float]] = defaultdict(list)
        self.asked: dict[str, int] = defaultdict(int)

    def add(self, engine: str, found: Sequence[Asked]) -> None:
        """Queries of a pair of lists that is not reported."""
        self.false[engine] += [score for each in found for score in each.false()]
        self.asked[engine] += len(found)

    def thresholds(self, engine: str) -> dict[float, float]:
        """The threshold for each rate of false positives."""
        false, asked = self.false[engine], self.asked[engine]
        return {rate: measures.threshold_at(false, asked, rate) for rate in RATES}


def measure(run: Run) -> Rows:
    """The rows of this set, ours and logic-v2."""
    targets = {target for _, target in (*FIXED_ON, *REPORTED)}
    indexes = {name: ListIndex(of_publisher(run.parties, name)) for name in targets}
    rows: Rows = {}
    for which in VIEWS:
        fixing = Fixing()
        pooled: dict[str, dict[str, list[Asked]]] = defaultdict(lambda: defaultdict(list))
        for source, target in FIXED_ON:
            named = queries(run.parties, source, target)
            free = [(p, t) for p, t in named if not (run.split.in_gold(p) or run.split.fitted(p))]
            for engine, found in _answers(run, indexes[target], free, which).items():
                fixing.add(engine, found)
        rows[f"ours: {which}, queries that fix thresholds"] = {"queries": fixing.asked["ours"]}
        japan = JAPAN if which == VIEWS[0] else ()
        for source, target in (*REPORTED, *japan):
            join = by_name if source == "jp" else _by_number(source)
            named = join(run.parties, target)
            for engine, found in _answers(run, indexes[target], named, which).items():
                title = f"{engine}: {which}, {source} in {target}"
                rows[title] = _row(run, engine, found, fixing)
                if target in POOLED:
                    pooled[source][engine] += found
                if engine == "ours":
                    cut = fixing.thresholds(engine)[RATES[0]]
                    run.add("gold", _wrong(title, indexes[target], found, cut))
        for source, engines in pooled.items():
            for engine, found in engines.items():
                title = f"{engine}: {which}, {source} in us and eu_269 together"
                rows[title] = _row(run, engine, found, fixing)
    return rows


def _by_number(source: str) -> Callable[[Sequence[Listed], str], list[tuple[Listed, set[str]]]]:
    return lambda parties, target: queries(parties, source, target)


def _answers(
    run: Run, index: ListIndex, named: Sequence[tuple[Listed, set[str]]], which: str
) -> dict[str, list[Asked]]:
    """What each engine answers."""
    found = {"ours": asked(index, named, which)}
    if run.anchor:
        found["logic-v2"] = again_by_logic_v2(found["ours"], index)
    return found


def _row(run: Run, engine: str, found: Sequence[Asked], fixing: Fixing) -> dict[str, float]:
    cuts = fixing.thresholds(engine)
    row = figures(found, cuts)
    if engine == "ours":
        row |= _as_delivered(found)
        known = {p.entity_id: p for p in run.parties}
        false = [e for each in found for e, s in each.others() if s > cuts[RATES[0]]]
        fitted = sum(run.split.fitted(known[e]) for e in false)
        row["false positives whose party was fitted on"] = fitted / max(1, len(false))
    return row


def _as_delivered(every: Sequence[Asked]) -> dict[str, float]:
    """Recall and rate at the threshold that the product comes with."""
    cut = rules().threshold
    false = sum(score >= cut for each in every for score in each.false())
    return {
        "recall as delivered": sum(each.best() >= cut for each in every) / len(every),
        "false positives a query as delivered": false / len(every),
    }


def _wrong(title: str, index: ListIndex, every: Sequence[Asked], cut: float) -> list[Wrong]:
    """The right parties missed, and the wrong ones found, at a threshold."""
    found = []
    for each in every:
        query = "; ".join(each.names[:3])
        names = list(each.names)
        expected = "; ".join(shown(index, entity) for entity in sorted(each.true))
        if each.best() <= cut:
            first = shown(index, each.answer[0][0]) if each.answer else ""
            best = max(each.true, key=lambda e: (dict(each.answer).get(e, -1.0), e))
            reason = why(index, names, "Company", best, missed=True)
            found.append(Wrong(title, query, expected, first, each.best(), cut, reason))
        for entity, score in each.others():
            if score > cut:
                reason = why(index, names, "Company", entity, missed=False)
                got = shown(index, entity)
                found.append(Wrong(title, query, expected, got, score, cut, reason))
    return found


def candidates(run: Run) -> Rows:
    """Recall among the first hundred inside a hundred thousand names; logic-v2 by its index."""
    target = of_publisher(run.parties, "us")
    size = sum(len(p.names) for p in target)
    padding = [
        Listed(entity_id=f"padding:{n}", caption=name, schema="Company", names=(name,))
        for n, name in enumerate(registered(PADDING - size))
    ]
    index = ListIndex([*target, *padding])
    entities = [{"id": p.entity_id, **_whole(p)} for p in (*target, *padding)] if run.anchor else []
    rows: Rows = {}
    for which in VIEWS[:2]:
        named = [
            (view(p, which), true) for p, true in queries(run.parties, GOLD, "us") if view(p, which)
        ]
        found = {"ours": [_first_hundred(index, names) for names, _ in named]}
        if run.anchor:
            asked = [
                {"id": f"q{at}", **record(names, "Company")} for at, (names, _) in enumerate(named)
            ]
            found["logic-v2"] = blocked(entities, asked)
        for engine, ids in found.items():
            hits = [bool(one & true) for one, (_, true) in zip(ids, named, strict=True)]
            title = f"{engine}: found among {FIRST} in 100,000 names"
            rows.setdefault(title, {})[which] = sum(hits) / len(hits)
        for each, (names, true) in zip(found["ours"], named, strict=True):
            if not each & true:
                expected = "; ".join(shown(index, entity) for entity in sorted(true))
                run.add("candidates", [Wrong(which, names[0], expected, "", 0, 0, "not found")])
    run.add("candidates", ())
    return rows


def _whole(party: Listed) -> dict[str, object]:
    return {**of_listed(party), "name": list(party.names)}


def _first_hundred(index: ListIndex, names: Sequence[str]) -> set[str]:
    return {entity for entity, _ in ask_ours(index, names, "Company", FIRST)[:FIRST]}
