"""The two-list gold set: companies that two official lists name, joined by their numbers.

A query is what one list calls a company, asked of the whole other list by names alone. A
party found is right if it has the number; a false positive if it has not, unless its
comparable name is that of the query (a twin: counted apart). The threshold for a rate of
false positives is fixed on other lists (``FIXED_ON``) among companies that are on none of
the reported ones, and the rate that it then gives on the reported lists is told.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

import msgspec

from bench.screening import measures
from bench.screening.data import by_number, numbers, of_publisher, registered
from bench.screening.engines import Answer, Pair, ask_ours, logic_v2, of_listed, record
from tidewaiter.screen import Listed, ListIndex
from tidewaiter.screen.kinds import kind_of
from tidewaiter.screen.rules import rules
from tidewaiter.text import name_key

REPORTED = (("eu_833", "us"), ("eu_833", "eu_269"), ("eu_833", "ua"))
POOLED = ("us", "eu_269")  # asked as one set, too; what stands on Ukraine's list is told apart
FIXED_ON = (("ua", "us"), ("us", "ua"), ("uk", "us"))
RATES = (0.25, 0.10)
MOST = 200  # companies a pair of lists that the threshold is fixed on
FOUND = 40  # parties looked at a query
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

    def false(self) -> list[float]:
        """The scores of parties that are neither right nor twins."""
        return [s for e, s in self.answer if e not in self.true | self.twins]


def view(party: Listed, which: str) -> tuple[str, ...]:
    """The names of a query."""
    latin = [name for name in party.names if not CYRILLIC.search(name)]
    cyrillic = [name for name in party.names if CYRILLIC.search(name)]
    if which == "all names":
        return party.names
    if which == "Latin primary name":
        return tuple(latin[:1])
    return (max(cyrillic, key=len),) if cyrillic else ()


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


def measure(
    parties: Sequence[Listed], anchor: bool, errors: list[dict[str, object]]
) -> dict[str, dict[str, float]]:
    """The rows of this set, ours and logic-v2."""
    reported = set().union(*(numbers(p) for p in of_publisher(parties, "eu_833")))
    indexes: dict[str, ListIndex] = {}
    rows: dict[str, dict[str, float]] = {}
    for which in VIEWS:
        false: dict[str, list[float]] = defaultdict(list)
        asked_for: Counter[str] = Counter()
        pooled: dict[str, list[Asked]] = defaultdict(list)
        for source, target in (*FIXED_ON, *REPORTED):
            if target not in indexes:
                indexes[target] = ListIndex(of_publisher(parties, target))
            named = queries(parties, source, target)
            fixing = (source, target) in FIXED_ON
            if fixing:
                named = [(p, t) for p, t in named if not numbers(p) & reported][:MOST]
            every = asked(indexes[target], named, which)
            answers = {"ours": every}
            if anchor:
                answers["logic-v2"] = again_by_logic_v2(every, indexes[target])
            for engine, found in answers.items():
                if fixing:
                    false[engine] += [score for each in found for score in each.false()]
                    asked_for[engine] += len(found)
                    continue
                cuts = _thresholds(false[engine], asked_for[engine])
                pooled[engine] += found if target in POOLED else []
                rows[f"{engine}: {which}, {source} in {target}"] = figures(found, cuts)
                if engine == "ours":
                    rows[f"ours: {which}, {source} in {target}"] |= _as_delivered(found)
                    errors += _missed(every, which, cuts[RATES[0]])
        for engine, found in pooled.items():
            title = f"{engine}: {which}, eu_833 in us and eu_269 together"
            rows[title] = figures(found, _thresholds(false[engine], asked_for[engine]))
            rows[title] |= _as_delivered(found) if engine == "ours" else {}
    return rows


def _thresholds(false: Sequence[float], queries: int) -> dict[float, float]:
    """The threshold for each rate of false positives."""
    return {rate: measures.threshold_at(false, queries, rate) for rate in RATES}


def _as_delivered(every: Sequence[Asked]) -> dict[str, float]:
    """Recall and rate at the threshold that the product comes with."""
    cut = rules().threshold
    false = sum(score >= cut for each in every for score in each.false())
    return {
        "recall as delivered": sum(each.best() >= cut for each in every) / len(every),
        "false positives a query as delivered": false / len(every),
    }


def _missed(every: Sequence[Asked], which: str, cut: float) -> list[dict[str, object]]:
    return [
        {
            "row": which,
            "asked": "; ".join(each.names[:3]),
            "expected": ", ".join(sorted(each.true)),
            "found": each.answer[0][0] if each.answer else "",
            "score of the expected": round(each.best(), 4),
            "threshold": round(cut, 4),
        }
        for each in every
        if each.best() <= cut
    ]


def candidates(parties: Sequence[Listed]) -> dict[str, float]:
    """Recall among the first hundred inside a hundred thousand names."""
    target = of_publisher(parties, "us")
    size = sum(len(p.names) for p in target)
    padding = [
        Listed(entity_id=f"padding:{n}", caption=name, schema="Company", names=(name,))
        for n, name in enumerate(registered(PADDING - size))
    ]
    index = ListIndex([*target, *padding])
    found: dict[str, float] = {}
    for which in VIEWS[:2]:
        hits = []
        for party, true in queries(parties, "eu_833", "us"):
            names = view(party, which)
            if names:
                answer = ask_ours(index, names, "Company", 100)
                hits.append(any(entity in true for entity, _ in answer[:100]))
        found[which] = sum(hits) / len(hits)
    return found
