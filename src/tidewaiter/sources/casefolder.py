"""``case.toml``: whose eyes a case is seen through, and what that lets them know when.

It holds no rows. What it says becomes facts of its snapshot: ``view``, ``visibility``
(JSON, days by policy), ``regime_date``, ``jurisdictions`` (JSON) and ``name``.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from tidewaiter.errors import BadDataError
from tidewaiter.model.country import country_code
from tidewaiter.model.dates import iso_date
from tidewaiter.model.source import SourceFile
from tidewaiter.sources.reader import FileHead, Tally

FILE_NAME = "case.toml"
VIEWS = ("exporter", "bank", "open")
OFFICE = "customs"
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
LONGEST_DELAY = 36_525  # days: a century


class CaseReader:
    """The file that says who is looking."""

    name = "case"
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By its name, which is its format."""
        return PurePosixPath(head.name).name.lower() == FILE_NAME

    def read(self, source: SourceFile) -> Iterator[Tally]:
        """One tally, with the facts; no rows."""
        content = parse(source.path, source.name)
        facts = {
            key: read(content[key], f"{source.name}, {key}")
            for key, read in KEYS.items()
            if key in content
        }
        unused = tuple(sorted(set(content) - set(KEYS)))
        yield Tally(rows_read=0, facts=facts, unused=unused)


def parse(path: Path, name: str) -> dict[str, Any]:
    """The file's keys; an error where it is no TOML."""
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as problem:  # ValueError: TOML, UTF-8, endless numbers
        raise BadDataError(
            f"the case file is not TOML: {problem}",
            where=name,
            next_step='mend the line; a text stands in quotes, as view = "bank"',
        ) from problem


def _view(value: object, where: str) -> str:
    """``exporter``, ``bank``, ``open`` or ``customs:`` and a country."""
    if value in VIEWS:
        return str(value)
    office, _, place = str(value).partition(":")
    country = country_code(place)
    if office != OFFICE or country is None:
        raise _bad(value, where, f"write {', '.join(VIEWS)} or customs:KZ (any country)")
    return f"{OFFICE}:{country}"


def _visibility(value: object, where: str) -> str:
    """Days by policy, for the policies that there are."""
    from tidewaiter.store.visibility import default_policies

    known = default_policies()
    wanted = f"a table of whole days, 0 to {LONGEST_DELAY}, for {', '.join(known)}"
    if not isinstance(value, dict) or not set(value) <= set(known):
        raise _bad(value, where, wanted)
    for days in value.values():
        if type(days) is not int or not 0 <= days <= LONGEST_DELAY:
            raise _bad(days, where, wanted)
    return msgspec.json.encode(dict(sorted(value.items()))).decode()


def _date(value: object, where: str) -> str:
    """A date, written as TOML's own or as a text."""
    text = value.isoformat() if type(value) is datetime.date else value
    if not isinstance(text, str) or iso_date(text) is None:
        raise _bad(value, where, "write a date such as 2023, 2023-04 or 2023-04-17")
    return text.strip()


def _jurisdictions(value: object, where: str) -> str:
    """Countries, as a list of names or codes."""
    codes = [country_code(str(each)) for each in value] if isinstance(value, list) else [None]
    if None in codes:
        raise _bad(value, where, 'write a list of countries, as ["EU", "KZ"]')
    return msgspec.json.encode(codes).decode()


def _name(value: object, where: str) -> str:
    """The name space of the case: it is also the name of a folder."""
    if not isinstance(value, str) or not SLUG.fullmatch(value):
        raise _bad(value, where, "use lower-case letters, digits, - and _, as case-2024_1")
    return value


def _bad(value: object, where: str, wanted: str) -> BadDataError:
    return BadDataError(f"{value!r:.80} cannot be used here", where=where, next_step=wanted)


KEYS: dict[str, Callable[[object, str], str]] = {
    "name": _name,
    "view": _view,
    "regime_date": _date,
    "jurisdictions": _jurisdictions,
    "visibility": _visibility,
}


def case_name(path: Path) -> str | None:
    """The name space that the case file at ``path`` gives, if it gives one."""
    content = parse(path, path.name)
    return _name(content["name"], f"{path.name}, name") if "name" in content else None
