"""Scorecards for a terminal of eighty columns: nothing is cut."""

from __future__ import annotations

from rich.console import Console, RenderableType

from tidewaiter.assess.scorecard import DEPTHS, AlarmRate, Scorecard
from tidewaiter.assess.why_not import Answer, WhyNot
from tidewaiter.report import scores
from tidewaiter.simulate.truth import LookAlike


def printed(what: RenderableType) -> str:
    """The text on eighty columns."""
    console = Console(width=80, record=True, file=None, quiet=False)
    with console.capture() as caught:
        console.print(what)
    return caught.get()


def card(view: str, queue: str) -> Scorecard:
    """A scorecard with the widest figures."""
    return Scorecard(
        view=view,
        queue=queue,
        seed=1,
        alerts=123_456,
        schemes=42,
        average_precision=0.875,
        precision=dict.fromkeys(DEPTHS, 0.5),
        recall=dict.fromkeys(DEPTHS, None),
        recall_by_kind={"third_party_payment": dict.fromkeys(DEPTHS, 0.25)},
        look_alikes={depth: {"namesake": 3} for depth in DEPTHS},
        innocent=dict.fromkeys(DEPTHS, 7),
        per_firms=591.2,
        per_consignments=3_076.9,
        rare={"0.001": 0.0123, "0.0001": 0.00056},
        misattributed=0.91,
        brier=None,
        reliability=(),
    )


def test_every_view_has_its_line_and_nothing_is_cut() -> None:
    """Figures whole, the unknown as a dash, the baseline beside the leads."""
    text = printed(scores.scorecards([card("exporter", "leads"), card("exporter", "baseline")]))
    assert "…" not in text
    for figure in ("123456", "0.88", "0.50", "–", "0.0006", "3077", "0.91", "baseline"):
        assert figure in text
    assert text.count("exporter") == 2


def test_kinds_and_alarms_are_tables() -> None:
    """In words, with shares."""
    assert "third party payment" in printed(scores.by_kind(card("full", "leads")))
    rate = AlarmRate(flag_id="NEW-01", raised=1, lawful=800)
    assert "0.12%" in printed(scores.alarms([rate]))


def test_a_look_alike_is_told_with_its_reason() -> None:
    """What it is, that it is on no queue, and what each flag said."""
    alike = LookAlike(
        decoy_id="d", kind="namesake", like="pivot", members=(), items=(), why="Another firm."
    )
    answers = (
        Answer(flag_id="NEW-01", state="not seen", observed="an old firm", threshold="", lacks=""),
        Answer(flag_id="NOM-04", state="not computable", observed="", threshold="", lacks="owners"),
    )
    party = {"party_id": "case:C1", "caption": "[bold]Oqdaryo", "country": "UZ", "lead_id": None}
    found = WhyNot(rank=None, score=0, answers=answers, **party)  # type: ignore[arg-type]
    text = printed(scores.look_alikes([(alike, [found])]))
    for words in (
        "Another firm.",
        "[bold]Oqdaryo",
        "not on the queue",
        "an old firm",
        "lacks owners",
    ):
        assert words in text
    bare = WhyNot(rank=None, score=0, answers=(), **party)  # type: ignore[arg-type]
    assert "No flag was computed" in printed(scores.reasons([bare]))
    led = WhyNot(rank=2, score=80, answers=(), **party)  # type: ignore[arg-type]
    assert "lead 2, score 80" in printed(scores.reasons([led]))
