"""The pace of an answer: a trickle is seen over each stretch, however fast it began."""

from __future__ import annotations

import pytest

from tidewaiter.sources.patience import Limits, Pace


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, as a list of one number that a test may change."""
    now = [0.0]
    monkeypatch.setattr("tidewaiter.sources.patience.time.monotonic", lambda: now[0])
    return now


def test_too_few_bytes_a_second_are_slow(clock: list[float]) -> None:
    """The pace is bytes a second, not bytes a stretch."""
    pace = Pace(Limits(patience=10, pace=100))
    clock[0] = 9.0
    assert not pace.is_slow(1)
    clock[0] = 11.0
    assert pace.is_slow(500)


def test_a_fast_start_excuses_no_later_trickle(clock: list[float]) -> None:
    """Each stretch is counted from nothing."""
    pace = Pace(Limits(patience=10, pace=100))
    clock[0] = 11.0
    assert not pace.is_slow(1_000_000)
    clock[0] = 22.0
    assert pace.is_slow(1)
