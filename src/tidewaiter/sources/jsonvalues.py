"""Values of a decoded JSON object, of the kind that is wanted or empty: never an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tidewaiter.model.dates import DAY, iso_date

Json = Mapping[str, Any]


def text(value: Json, key: str) -> str:
    """A text or number below ``key``, its white space folded."""
    found = value.get(key)
    if isinstance(found, bool) or found is None or isinstance(found, dict | list):
        return ""
    return " ".join(str(found).split())


def texts(value: Json, key: str) -> list[str]:
    """The texts of an array below ``key``; a text alone stands for an array of it."""
    found = value.get(key)
    listed = found if isinstance(found, list) else [found]
    kept = (" ".join(each.split()) for each in listed if isinstance(each, str))
    return [each for each in kept if each]


def mapping(value: Json, key: str) -> Json:
    """An object below ``key``."""
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def mappings(value: Json, key: str) -> list[Json]:
    """The objects of an array below ``key``."""
    found = value.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def day(value: Json, key: str) -> str:
    """The day of a date, which may have a time; what is no date stays as printed."""
    printed = text(value, key)
    return iso_date(printed[:DAY]) or printed


def filled(said: Mapping[str, str]) -> dict[str, str]:
    """What is said, without what is not."""
    return {name: each for name, each in said.items() if each}
