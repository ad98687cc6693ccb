"""What a server says of a file and how it begins, against what the card expects."""

from __future__ import annotations

import base64
import binascii
import codecs
import datetime
import email.utils
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from urllib.parse import urlsplit

from tidewaiter.sources.card import Download
from tidewaiter.sources.part import Version

LOOKED_AT = 4096  # bytes of a file
PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
SAYS_NOTHING = frozenset(
    {
        "application/octet-stream", "binary/octet-stream", "application/x-download",
        "application/download", "application/force-download",
    }
)  # fmt: skip
BINARY = {
    ".zip": b"PK\x03\x04", ".xlsx": b"PK\x03\x04", ".7z": b"7z\xbc\xaf\x27\x1c", ".gz": b"\x1f\x8b",
}  # fmt: skip
TEXT = {".xml": "<", ".json": "{["}  # what the first letter may be
MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
GIVEN = {40: "sha1", 64: "sha256"}  # digits of a publisher's checksum: which it is
DIGESTS = {"sha-256": "sha256", "sha-512": "sha512", "sha": "sha1", "md5": "md5"}
RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)", re.ASCII)
LONGEST_NUMBER = 18  # digits
DEFAULT_PORTS = {"http": 80, "https": 443}


def host_of(url: str) -> str:
    """The host of an address, with its port where that is not the usual one."""
    parts = urlsplit(url)
    usual = parts.port in {None, DEFAULT_PORTS.get(parts.scheme)}
    return (parts.hostname or "") + ("" if usual else f":{parts.port}")


def coding(headers: Mapping[str, str]) -> str:
    """How a body is packed; empty where it is sent as it is."""
    said = headers.get("content-encoding", "").strip().lower()
    return "" if said == "identity" else said


def version(url: str, headers: Mapping[str, str]) -> Version:
    """Which version an answer is of; a packed one cannot be continued, so of none."""
    if coding(headers):
        return Version(url=url)
    return Version(
        url=url, etag=_noted(headers, "etag"), last_modified=_noted(headers, "last-modified")
    )


def _noted(headers: Mapping[str, str], name: str) -> str:
    """A header that will be sent back one day; nothing where it could not be."""
    value = headers.get(name, "")
    return value if value.isascii() and value.isprintable() else ""


def length(headers: Mapping[str, str]) -> int:
    """Bytes that an answer says to have; 0 where it does not say."""
    told = headers.get("content-length", "")
    return int(told) if told.isdecimal() and len(told) <= LONGEST_NUMBER else 0


def stretch(headers: Mapping[str, str]) -> tuple[int, int] | None:
    """Where a partial answer begins, and how long the whole file is."""
    found = RANGE.fullmatch(headers.get("content-range", ""))
    if found is None:
        return None
    return int(found[1]), int(found[2]) + 1 if found[3] == "*" else int(found[3])


def may_be(media: str, wanted: Download) -> bool:
    """Whether a content type is one of the card's, or says nothing."""
    kind = media.partition(";")[0].strip().lower()
    return not wanted.media or not kind or kind in SAYS_NOTHING or kind in wanted.media


def why_not(start: bytes, wanted: Download) -> str | None:
    """Why a file that begins so is not the one on the card; ``None`` where it may be."""
    if not start:
        return "an empty file"
    text = start.decode(MARKS.get(start[:2], "utf-8-sig"), "ignore").lstrip()
    if PAGE.match(text) and "text/html" not in wanted.media:
        return "a web page"
    suffix = PurePath(wanted.name).suffix.lower()
    if suffix in BINARY and not start.startswith(BINARY[suffix]):
        return f"something that is no {suffix} file"
    if suffix in TEXT and text[:1] not in TEXT[suffix]:
        return f"something that is no {suffix} file"
    return None


def promised(headers: Mapping[str, str], *, whole: bool) -> Iterator[tuple[str, str]]:
    """(algorithm, hex) of each checksum that an answer gives for the whole file.

    ``Digest`` and ``Repr-Digest`` are of the file; ``Content-Digest`` and ``Content-MD5``
    of what was sent, and count where that is ``whole``. What cannot be read is no promise.
    """
    names = ("repr-digest", "digest", *(("content-digest",) if whole else ()))
    for name in names:
        for entry in headers.get(name, "").split(","):
            kind, _, value = entry.partition("=")
            algorithm = DIGESTS.get(kind.strip().lower())
            if algorithm and (digest := _hex(value.strip().strip(":"))):
                yield algorithm, digest
    if whole and (digest := _hex(headers.get("content-md5", ""))):
        yield "md5", digest


def _hex(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).hex()
    except (binascii.Error, ValueError):
        return ""


def asked_pause(headers: Mapping[str, str]) -> float | None:
    """Seconds that ``Retry-After`` asks to wait; ``None`` where it says nothing usable."""
    said = headers.get("retry-after", "").strip()
    if said.isdecimal() and len(said) <= LONGEST_NUMBER:
        return float(said)
    try:
        moment = email.utils.parsedate_to_datetime(said)
    except (ValueError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        return None
    return max((moment - datetime.datetime.now(datetime.UTC)).total_seconds(), 0.0)
