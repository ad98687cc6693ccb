"""Countries, goods and activities of the invented world, read from data files."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal, TypeVar

import msgspec
import msgspec.yaml
import numpy as np
import numpy.typing as npt

TARGET = "RU"
T = TypeVar("T")


class Country(msgspec.Struct, frozen=True, kw_only=True):
    """A country and its part in the world; ``weight`` is its share of firms."""

    code: str
    part: Literal["maker", "hub", "target", "other"]
    weight: float
    union: bool
    coalition: bool
    script: Literal["latin", "cyrillic", "turkic"]
    forms: tuple[str, ...]
    currency: str
    number: tuple[str, int]
    towns: tuple[str, ...]


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """A subheading with words in three languages; price in USD and mass in kg a unit."""

    hs: str
    en: str
    ru: str
    tr: str
    unit: str
    price: float
    spread: float
    kg: float


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """What firms do: goods by group with weights, and the share they send on abroad."""

    name: str
    nace: str
    share: float
    goods: dict[str, float]
    onward: float
    words: dict[str, str]


@cache
def countries() -> tuple[Country, ...]:
    """Every country, in the order of the file."""
    return _read("countries.yml", tuple[Country, ...])


@cache
def activities() -> tuple[Activity, ...]:
    """Every activity, in the order of the file."""
    return _read("activities.yml", tuple[Activity, ...])


@cache
def groups() -> dict[str, tuple[Product, ...]]:
    """The products by group."""
    return _read("goods.yml", dict[str, tuple[Product, ...]])


@cache
def products() -> tuple[Product, ...]:
    """Every product, in the order of the file."""
    return tuple(product for group in groups().values() for product in group)


@cache
def product(hs: str) -> int:
    """The position of a subheading among :func:`products`."""
    return [each.hs for each in products()].index(hs)


@cache
def country(code: str) -> int:
    """The position of a country among :func:`countries`."""
    return [each.code for each in countries()].index(code)


@cache
def activity(name: str) -> int:
    """The position of an activity among :func:`activities`."""
    return [each.name for each in activities()].index(name)


@cache
def mixes() -> npt.NDArray[np.float64]:
    """Cumulated product shares of each activity: activities x products, the last is 1."""
    table = np.zeros((len(activities()), len(products())))
    for row, each in enumerate(activities()):
        for group, weight in each.goods.items():
            members = groups()[group]
            # The first goods of a group are its staple: shares fall as in a Zipf law.
            for rank, member in enumerate(members, start=1):
                table[row, product(member.hs)] += weight / rank**0.7
    totals = table.cumsum(axis=1)
    cumulated: npt.NDArray[np.float64] = totals / totals[:, -1:]
    return cumulated


def _read(name: str, kind: type[T]) -> T:
    text = resources.files(__package__).joinpath(name).read_text("utf-8")
    return msgspec.yaml.decode(text, type=kind)
