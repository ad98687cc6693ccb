"""Consignments as columns: one entry is goods that go from one firm to another."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

NOBODY = -1
# What customs is told: import or export, re-export, transit that arrives, or never does.
ORDINARY, ONWARD, TRANSIT, LOST = 0, 1, 2, 3
ANY_ID, NO_ID, BOTH_IDS = -1, 0, 3  # which party ids are written: by chance, none, both
DEFAULTS: Mapping[str, float] = {
    "maker": NOBODY, "procedure": ORDINARY, "end_user": NOBODY, "seller_name": NOBODY,
    "buyer_name": NOBODY, "ids": ANY_ID, "text": NOBODY, "via": NOBODY, "cast": NOBODY,
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Consignments:
    """Equal-length arrays. Firms, products and countries are positions.

    ``day`` counts days since 1970-01-01, ``quantity`` units, ``value`` US dollars.
    ``text`` is the product whose words are declared where they differ from the code,
    ``seller_name`` and ``buyer_name`` the spelling that is used (-1: by chance), ``via``
    the country of a transit, ``cast`` the number of a part of a scheme or look-alike.
    """

    day: npt.NDArray[np.int64]
    seller: npt.NDArray[np.int64]
    buyer: npt.NDArray[np.int64]
    product: npt.NDArray[np.int64]
    quantity: npt.NDArray[np.float64]
    value: npt.NDArray[np.float64]
    maker: npt.NDArray[np.int64]
    procedure: npt.NDArray[np.int64]
    end_user: npt.NDArray[np.int64]
    seller_name: npt.NDArray[np.int64]
    buyer_name: npt.NDArray[np.int64]
    ids: npt.NDArray[np.int64]
    text: npt.NDArray[np.int64]
    via: npt.NDArray[np.int64]
    cast: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.day)

    def take(self, which: npt.NDArray[np.generic]) -> Consignments:
        """Those at positions, or where a mask is true."""
        return Consignments(*(getattr(self, f.name)[which] for f in dataclasses.fields(self)))


def columns(**given: npt.ArrayLike) -> Consignments:
    """Consignments from the columns that are not the default."""
    size = len(np.asarray(given["day"]))
    made: list[npt.NDArray[Any]] = []
    for field in dataclasses.fields(Consignments):
        kind = np.float64 if field.name in {"quantity", "value"} else np.int64
        if field.name in given:
            made.append(np.asarray(given[field.name]).astype(kind))
        else:
            made.append(np.full(size, DEFAULTS[field.name], kind))
    return Consignments(*made)


def joined(parts: Sequence[Consignments]) -> Consignments:
    """All of them, one after the other."""
    names = [field.name for field in dataclasses.fields(Consignments)]
    return Consignments(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))
