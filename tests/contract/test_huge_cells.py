"""A cell of ten megabytes in every official format of text: a count or a clear error."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tidewaiter.errors import BadDataError
from tidewaiter.sources.registry import named

SAMPLES = Path(__file__).parent / "samples"
HUGE = b"x" * (10 << 20)
PLACES = {  # where the value of a cell stands, so that the file's structure stays
    ".csv": re.compile(rb"(?<=[,;\t\n\"])[^,;\t\n\"]{3,}(?=[,;\t\n\"])"),
    ".txt": re.compile(rb"(?<=[|\n])[^|\n]{3,}(?=[|\n])"),
    ".json": re.compile(rb'(?<=[:,\[] ")[^"\\]{3,}(?=")|(?<=[:,\[]")[^"\\]{3,}(?=")'),
    ".jsonl": re.compile(rb'(?<=: ")[^"\\]{3,}(?=")|(?<=:")[^"\\]{3,}(?=")'),
    ".xml": re.compile(rb"(?<=>)[^<>\s][^<>]{2,}(?=</)"),
}
FILES = sorted(p for p in SAMPLES.rglob("*") if p.is_file() and p.suffix in PLACES)
Read = Callable[..., Any]


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "path", FILES, ids=[path.relative_to(SAMPLES).as_posix() for path in FILES]
)
def test_a_cell_of_ten_megabytes_loses_nothing(path: Path, outcome: Read, tmp_path: Path) -> None:
    """Whatever it hits: rows read are rows kept and rejected, or the file is refused."""
    content = path.read_bytes()
    places = list(PLACES[path.suffix].finditer(content))
    assert places, "the sample has no value that could be blown up"
    reader = named(path.relative_to(SAMPLES).parts[0].partition(".")[0])
    for place in {len(places) // 2, len(places) - 1}:
        first, last = places[place].span()
        broken = tmp_path / path.name
        broken.write_bytes(content[:first] + HUGE + content[last:])
        try:
            outcome(reader, broken)  # compares the counts itself
        except BadDataError as problem:
            said = problem
        else:
            continue
        assert said.where
        assert said.next_step
