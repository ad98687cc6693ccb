"""Stata files (.dta) of published research as rows of texts."""

from __future__ import annotations

import datetime
import struct
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from tidewaiter.errors import BadDataError
from tidewaiter.sources.reader import FileHead

MARK = b"<stata_dta>"
EPOCH = datetime.date(1960, 1, 1)  # Stata counts days from here


def is_stata(head: FileHead) -> bool:
    """Whether a file is of Stata's format, from version 117 on."""
    return head.start.startswith(MARK)


def columns_of(head: FileHead) -> tuple[str, ...]:
    """The variables of a Stata file; nothing where it is none."""
    if head.path is None or not is_stata(head):
        return ()
    return _columns(head.path, head.path.stat().st_mtime_ns)


def rows(path: Path, name: str) -> Iterator[dict[str, str]]:
    """Every observation by variable; a missing value is empty."""
    data = _read(path, name)
    for at in range(len(next(iter(data.values()), []))):
        yield {column: _text(values[at]) for column, values in data.items()}


def day(number: str) -> str:
    """A Stata day, as an ISO 8601 date; empty where it is none."""
    if not number.removeprefix("-").isdigit():
        return ""
    try:
        return (EPOCH + datetime.timedelta(days=int(number))).isoformat()
    except OverflowError:
        return ""


@lru_cache(maxsize=2)
def _columns(path: Path, _changed: int) -> tuple[str, ...]:
    import pyreadstat

    try:
        _, facts = pyreadstat.read_dta(str(path), metadataonly=True, output_format="dict")
    except (pyreadstat.ReadstatError, OSError, ValueError, struct.error):
        return ()
    return tuple(facts.column_names)


def _read(path: Path, name: str) -> dict[str, Sequence[Any]]:
    import pyreadstat

    try:
        data, _ = pyreadstat.read_dta(
            str(path), output_format="dict", disable_datetime_conversion=True
        )
    except (pyreadstat.ReadstatError, OSError, ValueError, struct.error) as problem:
        raise BadDataError(
            f"the Stata file cannot be read: {problem}",
            where=name,
            next_step="fetch the file again: it may be cut off",
        ) from problem
    return dict(data)


def _text(value: object) -> str:
    """As it would be typed; missing numbers are NaN there."""
    if value is None or value != value:  # noqa: PLR0124  (NaN differs from itself)
        return ""
    number = float(value) if isinstance(value, int | float) else None
    if number is not None and number.is_integer():
        return str(int(number))
    return str(value).strip()
