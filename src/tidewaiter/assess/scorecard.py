"""How well a queue finds what is known to be there: a world's truth against its leads.

An alert is right where one of its firms takes part in a scheme knowingly. Firms are known
by id, and by any spelling of their name where a paper gives no id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from tidewaiter.model.finding import Lead
from tidewaiter.simulate.truth import CULPABLE, LookAlike, Truth

DEPTHS = (10, 20, 50, 100, 200)
RARE = (1e-3, 1e-4)  # shares of culpable firms to which precision is re-weighted
ACTING = frozenset({"sender", "intermediary"})
BINS = 10
PER_FIRMS, PER_CONSIGNMENTS = 1_000, 10_000


class Alert(msgspec.Struct, frozen=True):
    """Firms that a queue names together: their ids and names, and a probability or none."""

    firms: tuple[str, ...]
    names: tuple[str, ...]
    probability: float | None = None


class Scorecard(msgspec.Struct, frozen=True, kw_only=True):
    """The score of one queue in one view.

    Shares are 0-1, ``None`` where nothing can be counted. ``recall`` and ``precision`` are
    by depth of the queue, ``recall_by_kind`` by kind of scheme and depth,
    ``look_alikes`` and ``innocent`` how many of the first alerts name a look-alike, by kind,
    or any firm that takes part in nothing. ``rare`` is the precision over all
    alerts if culpable firms were as rare as its key. ``misattributed`` is the share of the
    diverted amount that was traced to no import or a wrong one. ``reliability`` pairs the
    mean probability with the share of right alerts in each of ten bins.
    """

    view: str
    queue: str
    seed: int
    alerts: int
    schemes: int
    average_precision: float | None
    precision: dict[int, float | None]
    recall: dict[int, float | None]
    recall_by_kind: dict[str, dict[int, float | None]]
    look_alikes: dict[int, dict[str, int]]
    innocent: dict[int, int]
    per_firms: float
    per_consignments: float
    rare: dict[str, float | None]
    misattributed: float | None
    brier: float | None
    reliability: tuple[tuple[float, float], ...]


class AlarmRate(msgspec.Struct, frozen=True, kw_only=True):
    """How many lawful firms a flag is raised on, of how many there are."""

    flag_id: str
    raised: int
    lawful: int


class Known(msgspec.Struct, frozen=True):
    """Which schemes and look-alikes each id and name of a world belongs to."""

    schemes: Mapping[str, frozenset[str]]
    look_alikes: Mapping[str, str]


def known(truth: Truth) -> Known:
    """The truth as look-ups."""
    schemes: dict[str, set[str]] = {}
    for scheme in truth.schemes:
        for member in scheme.members:
            if member.part in CULPABLE:
                for key in (member.company_id, *member.spellings):
                    schemes.setdefault(key, set()).add(scheme.scheme_id)
    alike = {
        key: each.kind
        for each in truth.look_alikes
        for member in each.members
        if _plays(each, member.part)
        for key in (member.company_id, *member.spellings)
    }
    return Known({key: frozenset(each) for key, each in schemes.items()}, alike)


def _plays(_each: LookAlike, part: str) -> bool:
    """Whether a member is what looks alike, and not its supplier or its customer's maker."""
    return part not in {"supplier", "receiver"}


def of_leads(leads: Iterable[Lead]) -> list[Alert]:
    """The queue of leads as alerts: the firms that act in each."""
    return [
        Alert(
            firms=tuple(s.entity_id.partition(":")[2] for s in lead.subjects if s.role in ACTING),
            names=tuple(s.caption for s in lead.subjects if s.role in ACTING),
            probability=lead.probability,
        )
        for lead in leads
    ]


def score(
    alerts: Sequence[Alert],
    truth: Truth,
    *,
    view: str,
    queue: str,
    rows: int,
    misattributed: float | None,
) -> Scorecard:
    """The scorecard of one queue. ``rows`` are the consignments that are in view."""
    facts = known(truth)
    named = [_schemes(alert, facts) for alert in alerts]
    firsts = _firsts(named)
    kinds = {scheme.scheme_id: scheme.kind for scheme in truth.schemes}
    return Scorecard(
        view=view,
        queue=queue,
        seed=truth.seed,
        alerts=len(alerts),
        schemes=len(truth.schemes),
        average_precision=_average_precision(named, firsts, len(truth.schemes)),
        precision={
            depth: _share(sum(map(bool, named[:depth])), len(named[:depth])) for depth in DEPTHS
        },
        recall={depth: _recall(firsts, kinds, depth, None) for depth in DEPTHS},
        recall_by_kind={
            kind: {depth: _recall(firsts, kinds, depth, kind) for depth in DEPTHS}
            for kind in sorted(set(kinds.values()))
        },
        look_alikes={depth: _look_alikes(alerts[:depth], named, facts) for depth in DEPTHS},
        innocent={depth: sum(not each for each in named[:depth]) for depth in DEPTHS},
        per_firms=PER_FIRMS * len(alerts) / truth.firms,
        per_consignments=PER_CONSIGNMENTS * len(alerts) / rows if rows else 0.0,
        rare=_rare(alerts, named, truth, facts),
        misattributed=misattributed,
        brier=_brier(alerts, named),
        reliability=_reliability(alerts, named),
    )


def misattribution(truth: Truth, traced: Mapping[tuple[str, str], float]) -> float | None:
    """The share of the diverted amount that ``traced`` (import row, export row) misses."""
    lots = [lot for scheme in truth.schemes for lot in scheme.lots if lot.came and lot.went]
    whole = sum(lot.quantity for lot in lots)
    right = sum(min(lot.quantity, traced.get((lot.came, lot.went), 0.0)) for lot in lots)
    return 1 - right / whole if whole else None


def _schemes(alert: Alert, facts: Known) -> frozenset[str]:
    """The schemes in which a firm of the alert takes part knowingly."""
    found: set[str] = set()
    for key in (*alert.firms, *alert.names):
        found |= facts.schemes.get(key, frozenset())
    return frozenset(found)


def _firsts(named: Sequence[frozenset[str]]) -> dict[str, int]:
    """The place, from 1, at which each scheme is first named."""
    firsts: dict[str, int] = {}
    for place, schemes in enumerate(named, start=1):
        for scheme in schemes:
            firsts.setdefault(scheme, place)
    return firsts


def _average_precision(
    named: Sequence[frozenset[str]], firsts: Mapping[str, int], schemes: int
) -> float | None:
    """Mean over schemes of the precision down to where each is first named; 0 if never."""
    if not schemes:
        return None
    right = [0]
    for each in named:
        right.append(right[-1] + bool(each))
    return sum(right[place] / place for place in firsts.values()) / schemes


def _recall(
    firsts: Mapping[str, int], kinds: Mapping[str, str], depth: int, kind: str | None
) -> float | None:
    wanted = [scheme for scheme, each in kinds.items() if kind in {None, each}]
    found = sum(firsts.get(scheme, depth + 1) <= depth for scheme in wanted)
    return _share(found, len(wanted))


def _look_alikes(
    alerts: Sequence[Alert], named: Sequence[frozenset[str]], facts: Known
) -> dict[str, int]:
    """How many alerts name a look-alike and no scheme, by kind."""
    found: Counter[str] = Counter()
    for alert, schemes in zip(alerts, named, strict=False):
        kinds = {
            facts.look_alikes[k] for k in (*alert.firms, *alert.names) if k in facts.look_alikes
        }
        found.update(kinds if not schemes else ())
    return dict(sorted(found.items()))


def _rare(
    alerts: Sequence[Alert], named: Sequence[frozenset[str]], truth: Truth, facts: Known
) -> dict[str, float | None]:
    """Precision over firms if culpable ones were rare: Bayes' rule on the two rates."""
    partakers = set(truth.culpable)
    caught = {k for alert in alerts for k in alert.firms if k in partakers}
    wrong = sum(not each for each in named)
    innocent = truth.firms - len(partakers)
    sensitivity = _share(len(caught), len(partakers))
    false_rate = _share(wrong, innocent)
    if sensitivity is None or false_rate is None or not facts.schemes:
        return {f"{share:g}": None for share in RARE}
    return {
        f"{share:g}": _share(sensitivity * share, sensitivity * share + false_rate * (1 - share))
        for share in RARE
    }


def _brier(alerts: Sequence[Alert], named: Sequence[frozenset[str]]) -> float | None:
    """Mean squared error of the probabilities that are given."""
    errors = [
        (alert.probability - bool(schemes)) ** 2
        for alert, schemes in zip(alerts, named, strict=True)
        if alert.probability is not None
    ]
    return _share(sum(errors), len(errors))


def _reliability(
    alerts: Sequence[Alert], named: Sequence[frozenset[str]]
) -> tuple[tuple[float, float], ...]:
    bins: dict[int, list[tuple[float, bool]]] = {}
    for alert, schemes in zip(alerts, named, strict=True):
        if alert.probability is not None:
            place = min(BINS - 1, int(alert.probability * BINS))
            bins.setdefault(place, []).append((alert.probability, bool(schemes)))
    return tuple(
        (
            sum(p for p, _ in each) / len(each),
            sum(right for _, right in each) / len(each),
        )
        for _, each in sorted(bins.items())
    )


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
