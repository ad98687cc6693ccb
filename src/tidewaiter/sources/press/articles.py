"""``reports/``: articles as kept files, one row each; their text is read elsewhere.

What a file is, is decided by its bytes; its name only says what it claims to be. The
side file ``NAME.toml`` beside it gives address, outlet, day, language and title.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import msgspec
import pyarrow as pa

from tidewaiter.model.dates import iso_date, last_day
from tidewaiter.model.ids import record_id
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources.reader import Batch, FileHead, Tally
from tidewaiter.store.tables import arrow_schema, table

FOLDER = "reports"
SUFFIXES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
}
TAG = re.compile(rb"<(!doctype|html|head|body|article|p|div|meta)\b", re.IGNORECASE)
PDF = b"%PDF-"
PDF_WITHIN = 1024  # bytes before the mark that readers of PDF tolerate
URL = re.compile(r"https?://\S+")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class Said(msgspec.Struct, frozen=True):
    """What the side file says, or why it cannot be used."""

    values: dict[str, str] = {}
    unused: tuple[str, ...] = ()
    column: str = ""
    value: str = ""
    reason: str = ""


class ArticleReader:
    """One article a file."""

    name = "reports"
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """A file of a known kind in a folder called ``reports``."""
        path = PurePosixPath(head.name)
        return FOLDER in path.parts[:-1] and path.suffix.lower() in SUFFIXES

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One row, or the reason why there is none."""
        content = source.path.read_bytes()
        claimed = SUFFIXES.get(PurePosixPath(source.name).suffix.lower(), "")
        said = _sidecar(source.sidecar)
        why = _contradiction(content, claimed)
        if why:
            said = Said(column="media_type", value=claimed, reason=why)
        if said.reason:
            yield Reject(
                file=source.name, row=1, line=1,
                column=said.column, value=said.value, reason=said.reason,
            )  # fmt: skip
        else:
            yield Batch(self.name, _row(source, claimed, said), 1)
        yield Tally(rows_read=1, published_on=said.values.get("published_on"), unused=said.unused)


def _contradiction(content: bytes, claimed: str) -> str:
    """Why the bytes are not what the name claims; empty where they may be."""
    if not content.strip():
        return "the file is empty"
    is_pdf = PDF in content[:PDF_WITHIN]
    if claimed == "application/pdf" or is_pdf:
        return "" if is_pdf and claimed == "application/pdf" else "name and content differ: PDF"
    if b"\0" in content:
        return "not a text: it holds NUL bytes"
    if claimed == "text/html":
        return "" if TAG.search(content) else "no HTML: there is no tag in it"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as problem:
        return f"not UTF-8: byte {problem.start}"
    return ""


def _sidecar(path: Path | None) -> Said:
    """The side file, each of its values checked."""
    if path is None:
        return Said()
    try:
        content = tomllib.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as problem:  # ValueError: TOML, UTF-8, endless numbers
        return Said(column="sidecar", reason=f"the side file is not TOML: {problem}")
    values: dict[str, str] = {}
    for key, read in KEYS.items():
        if key in content:
            value = read(content[key])
            if value is None:
                return Said(column=key, value=str(content[key]), reason=REASONS[key])
            values[key] = value
    return Said(values, tuple(sorted(set(content) - set(KEYS))))


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _url(value: object) -> str | None:
    text = _text(value)
    return text if text and URL.fullmatch(text) else None


def _language(value: object) -> str | None:
    text = _text(value)
    return text if text and LANGUAGE.fullmatch(text) else None


def _date(value: object) -> str | None:
    if type(value) is datetime.date:
        return value.isoformat()
    return iso_date(value) if isinstance(value, str) else None


KEYS: dict[str, Callable[[object], str | None]] = {
    "url": _url,
    "outlet": _text,
    "published_on": _date,
    "language": _language,
    "title": _text,
}
REASONS = {
    "url": "not an address that starts with http:// or https://",
    "outlet": "not a text",
    "published_on": "not a date such as 2023, 2023-04 or 2023-04-17",
    "language": "not a language code such as en or ru (ISO 639)",
    "title": "not a text",
}


def _row(source: SourceFile, media_type: str, said: Said) -> pa.Table:
    """The article as a row of the table ``reports``."""
    published = said.values.get("published_on")
    row = said.values | {
        "report_id": source.source_id,
        "file_name": source.name,
        "media_type": media_type,
        "published_on_day": last_day(published) if published else None,
        "record_id": record_id(source.dataset, source.source_id),
        "source_id": source.source_id,
        "locator": "file",
    }
    return pa.Table.from_pylist([row], arrow_schema(table("reports")))
