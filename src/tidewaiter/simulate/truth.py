"""What really happened in a world. Detection never reads it; only the scorer does."""

from __future__ import annotations

from pathlib import Path

import msgspec

FILE_NAME = "truth.json"
CULPABLE = frozenset({"trader", "forwarder", "assembler", "payer", "buffer"})


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A firm and its part. Culpable parts are those of :data:`CULPABLE`.

    A supplier may well be deceived, and the receiver is where the goods end.
    """

    company_id: str
    name: str
    spellings: tuple[str, ...]
    part: str


class Lot(msgspec.Struct, frozen=True, kw_only=True):
    """So much of what one row brought in left with another; ids of rows, in units."""

    came: str
    went: str
    quantity: float


class Scheme(msgspec.Struct, frozen=True, kw_only=True):
    """One diversion: who, with which rows, from when, and when somebody was listed for it."""

    scheme_id: str
    kind: str
    difficulty: str
    members: tuple[Member, ...]
    items: tuple[str, ...]
    lots: tuple[Lot, ...]
    first_event: str
    designated_on: str | None


class LookAlike(msgspec.Struct, frozen=True, kw_only=True):
    """Something lawful that looks like a scheme, and why it is lawful."""

    decoy_id: str
    kind: str
    like: str
    members: tuple[Member, ...]
    items: tuple[str, ...]
    why: str


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """The truth file of a world."""

    seed: int
    regime_date: str
    firms: int
    consignments: int
    hub: str
    exporter: str
    bank: str
    schemes: tuple[Scheme, ...]
    look_alikes: tuple[LookAlike, ...]

    @property
    def culpable(self) -> dict[str, str]:
        """The scheme of every company that takes part in one knowingly."""
        return {
            member.company_id: scheme.scheme_id
            for scheme in self.schemes
            for member in scheme.members
            if member.part in CULPABLE
        }


def read(path: Path) -> Truth:
    """The truth file at ``path``."""
    return msgspec.json.decode(path.read_bytes(), type=Truth)


def write(truth: Truth, path: Path) -> None:
    """Write the truth file."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(truth)) + b"\n")
