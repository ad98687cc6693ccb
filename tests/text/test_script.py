"""Words of two alphabets are repaired and told."""

from __future__ import annotations

import pytest

from tidewaiter.text import dominant_script, repair


@pytest.mark.parametrize(
    ("mixed", "meant"),
    [
        ("cтратон", "стратон"),  # Latin c
        ("aкционерное", "акционерное"),  # Latin a
        ("vеlkon", "velkon"),  # Cyrillic е
        ("cтратон-tex", "стратон-тех"),  # neighbour of look-alikes only
    ],
)
def test_look_alikes_are_put_back(mixed: str, meant: str) -> None:
    """A disguised word is read as the one it passes for, with a note."""
    found = repair(mixed)
    assert found.text == meant
    assert found.notes
    assert mixed.partition("-")[0] in found.notes[0]


@pytest.mark.parametrize("text", ["ооо tex", "завод velkon", "velkonжд", "velkon", ""])
def test_two_honest_alphabets_stay(text: str) -> None:
    """A Latin brand among Cyrillic words is no disguise."""
    assert repair(text).text == text
    assert repair(text).notes == ()


def test_dominant_script() -> None:
    """The script of most letters, none where there is none."""
    assert dominant_script("Завод ABC") == "Cyrillic"
    assert dominant_script("Plant аб") == "Latin"
    assert dominant_script("12 – 34") is None
