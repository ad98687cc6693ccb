"""An index that is kept: opened as it was, and computed again when it is not whole."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import pytest

from tidewaiter.screen import Listed, ListIndex, Query, screen
from tidewaiter.screen.facts import facts
from tidewaiter.screen.index_file import HEAD, Built, kept, opened, reading_version
from tidewaiter.screen.near import find_names, near_terms

STEPS = (near_terms, find_names, facts)
NAMES = ["Zavod Velkon", "Завод Велконд", "Elektrovelkon NPO", "Qumtor Trading", "Ünsal Elektronik"]
LIST = [
    Listed(
        entity_id=f"x:{n}",
        caption=name,
        schema="Company",
        names=(name, f"{name} LLC"),
        identifiers=(f"id:77000000{n}",),
    )
    for n, name in enumerate(NAMES)
]
QUESTIONS = ("Velkon Plant", "Велконд", "77000000", "770000003", "Qumtor", "Unsal Electronics")


def built() -> Built:
    """The index over the list, in a random order."""
    return ListIndex(random.Random(3).sample(LIST, len(LIST))), {"made of": "a list"}


def answers(index: ListIndex) -> bytes:
    """What an index says, as bytes."""
    queries = [Query(query_id=name, names=(name,)) for name in QUESTIONS]
    return msgspec.json.encode([screen(each, index) for each in queries])


def test_a_kept_index_answers_alike(tmp_path: Path) -> None:
    """What was written is opened, with its facts, and is not built again."""
    folder = tmp_path / "lists"
    first, facts = opened(folder, built)

    def never() -> Built:
        raise AssertionError

    second, again = opened(folder, never)
    assert answers(first) == answers(second) == answers(ListIndex(LIST))
    assert facts == again == {"made of": "a list"}
    assert [p.name for p in tmp_path.iterdir()] == ["lists"]


@pytest.mark.parametrize("damage", ["head", "cut", "gone", "garbage", "one byte"])
def test_a_damaged_index_is_built_again(tmp_path: Path, damage: str) -> None:
    """A head, a file or bytes that are missing or wrong cost time and nothing else."""
    folder = tmp_path / "lists"
    expected = answers(opened(folder, built)[0])
    entries = folder / "entries.npy"
    if damage == "head":
        (folder / HEAD).write_bytes(b"{")
    elif damage == "cut":
        entries.write_bytes(entries.read_bytes()[:-9])
    elif damage == "one byte":
        content = bytearray(entries.read_bytes())
        content[-2] ^= 1
        entries.write_bytes(content)
    elif damage == "gone":
        entries.unlink()
    else:
        entries.write_bytes(b"x" * entries.stat().st_size)
    assert kept(folder) is None
    assert answers(opened(folder, built)[0]) == expected
    assert kept(folder) is not None


def test_the_index_works_where_nothing_can_be_written(tmp_path: Path) -> None:
    """A place that cannot be written to only means that nothing is kept."""
    blocked = tmp_path / "file"
    blocked.write_text("a file where a folder should be")
    assert answers(opened(blocked / "lists", built)[0]) == answers(ListIndex(LIST))


def test_each_step_is_compiled_once(tmp_path: Path) -> None:
    """An index in memory and a mapped one run the same compiled code: compiling takes long."""
    opened(tmp_path / "lists", built)
    for index in (built()[0], *(each[0] for each in [kept(tmp_path / "lists")] if each)):
        answers(index)
    assert {step.py_func.__name__: len(step.signatures) for step in STEPS} == {
        step.py_func.__name__: 1 for step in STEPS
    }


def test_the_version_of_reading_is_stable() -> None:
    """The same code has the same version, whenever it is asked."""
    assert reading_version() == reading_version()
    assert len(reading_version()) >= 16
