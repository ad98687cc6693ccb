"""Every official reader against damaged files: no crash, no hang, no silent drop.

``samples/`` holds one small valid file of invented parties for each format, called after
its reader. What is damaged is drawn by the structure of the file (``mutate.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources.reader import HEAD_BYTES, FileHead
from tidewaiter.sources.registry import READERS, named

SAMPLES = Path(__file__).parent / "samples"
FILES = sorted(path for path in SAMPLES.rglob("*") if path.is_file())
LONGEST_SECONDS = 20
Read = Callable[..., Any]


def reader_name(path: Path) -> str:
    """``gleif_lei.xml`` and ``gleif_lei/anything.csv`` are read by ``gleif_lei``."""
    return path.relative_to(SAMPLES).parts[0].partition(".")[0]


each_sample = pytest.mark.parametrize(
    "path", FILES, ids=[path.relative_to(SAMPLES).as_posix() for path in FILES]
)


def test_every_official_reader_has_a_sample() -> None:
    """A format without a sample would not be fuzzed."""
    official = {each.name for each in READERS if hasattr(each, "dataset")}
    assert official - {reader_name(path) for path in FILES} == set()


@each_sample
def test_samples_are_recognised_and_read_whole(path: Path, outcome: Read) -> None:
    """By their own reader alone, without a reject or an unknown column."""
    head = FileHead(path.name, path.read_bytes()[:HEAD_BYTES], path)
    assert [each.name for each in READERS if each.recognises(head)] == [reader_name(path)]
    found = outcome(named(reader_name(path)), path)
    assert found.rejects == []
    assert found.kept > 0
    assert found.tally.unused == ()


@each_sample
@pytest.mark.timeout(120)
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_files_end_in_a_count_or_a_clear_error(
    path: Path, data: st.DataObject, outcome: Read, damaged: Read, tmp_path: Path
) -> None:
    """Rows read = kept + rejected, or ``BadDataError``; recognition says yes or no."""
    content = data.draw(damaged(path.read_bytes(), path.suffix.lstrip(".")))
    broken = tmp_path / path.name
    broken.write_bytes(content)
    reader = named(reader_name(path))
    assert reader.recognises(FileHead(path.name, content[:HEAD_BYTES])) in {True, False}
    try:
        outcome(reader, broken)
    except BadDataError as problem:
        said = problem
    else:
        return
    assert said.where
    assert said.next_step
