"""Who owns and controls a company, and what follows under whose rule on which day.

``regimes`` reads the rules (``regimes.yml``); ``stakes`` turns dated rows into one graph of a
day; ``reach`` holds the compiled fixpoint; ``verdict`` gives each company its verdict with the
stakes that it rests on. Names, lists and registers are not known here: a party is an id.
"""

from tidewaiter.ownership.regimes import Regime, Rule, regimes
from tidewaiter.ownership.stakes import Graph, Layer, Remark, graph
from tidewaiter.ownership.verdict import Contribution, Listed, Outcome, Verdict, verdicts

__all__ = [
    "Contribution",
    "Graph",
    "Layer",
    "Listed",
    "Outcome",
    "Regime",
    "Remark",
    "Rule",
    "Verdict",
    "graph",
    "regimes",
    "verdicts",
]
