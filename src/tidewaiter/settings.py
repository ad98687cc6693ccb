"""Settings: flag over environment over ``tidewaiter.toml`` over default, then hashed.

``threads``, ``memory``, ``wait`` and ``proxy`` say how a result is come by; every other
setting says what it is, and only those enter the hash that a run names.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from tidewaiter.errors import UsageError

ENVIRONMENT_PREFIX = "TIDEWAITER_"
FILE_NAME = "tidewaiter.toml"
MEMORY = r"([0-9]+(?:\.[0-9]+)?) ?([KMGT])i?B"
MEMORY_RANGE = (64e6, 1e15)  # bytes: 64MB to 1000TB, whichever of the two units is meant
UNITS = {"K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
RANGES = {  # least and greatest value of each figure
    "threads": (0, 256),
    "wait": (0, 86_400),
    "max_rejects": (0, 100),
    "max_shrink": (0, 100),
    "match_threshold": (0.01, 1),
    "horizon_days": (0, 36_525),
    "min_score": (0, 100),
}
PROXY = r"|environment|https?://[^\s/]+/?"
NOT_HASHED = frozenset({"threads", "memory", "wait", "proxy"})


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every setting, its unit and its default.

    - ``threads``: how many the engine may use; 0 takes all cores.
    - ``memory``: what the engine may hold before it spills to the workspace, as ``2GB``.
    - ``wait``: seconds to wait for another writer before giving up (exit code 6).
    - ``proxy``: the address of the proxy that ``fetch`` goes through, as
      ``http://HOST:PORT``; ``environment`` takes the one that HTTPS_PROXY names. Empty:
      none, whatever the environment says.
    - ``max_rejects``: per cent of a file's rows that may be rejected before the load
      fails.
    - ``max_shrink``: per cent of a list's entities that a new version may lack before
      it is refused.
    - ``match_threshold``: score (0-1) from which a name counts as a match.
    - ``horizon_days``: age in days up to which an import may feed an export.
    - ``min_score``: leads below this score (0-100) are left out.
    - ``flags``: limits of single flags instead of the published ones, in tidewaiter.toml
      as ``[flags.NEW-01]`` and ``age_months = 12``; docs/reference/flags.md has them all.
    """

    threads: int = 0
    memory: str = "2GB"
    wait: float = 0.0
    proxy: str = ""
    max_rejects: float = 1.0
    max_shrink: float = 10.0
    match_threshold: float = 0.5
    horizon_days: int = 180
    min_score: int = 20
    flags: dict[str, dict[str, float]] = {}

    def result_hash(self) -> str:
        """SHA-256 over the settings that a result depends on, 16 hex digits."""
        fields = msgspec.to_builtins(self)
        relevant = {k: v for k, v in sorted(fields.items()) if k not in NOT_HASHED}
        return hashlib.sha256(msgspec.json.encode(relevant)).hexdigest()[:16]


def resolve(workspace: Path | None, flags: dict[str, Any] | None = None) -> Settings:
    """The settings in force for ``workspace``; ``None`` flags are not given ones."""
    given: dict[str, Any] = {}
    given |= _from_file(workspace / FILE_NAME) if workspace else {}
    given |= _from_environment()
    given |= {k: v for k, v in (flags or {}).items() if v is not None}
    try:
        settings = msgspec.convert(given, Settings, strict=False)
    except msgspec.ValidationError as problem:
        raise UsageError(
            f"a setting cannot be used: {problem}",
            where=f"flags, {ENVIRONMENT_PREFIX}* variables or {FILE_NAME}",
            next_step=f"known settings: {', '.join(Settings.__struct_fields__)}",
        ) from problem
    return _checked(settings)


def _checked(settings: Settings) -> Settings:
    """Refuse figures that parse but cannot be meant."""
    for name, (least, most) in RANGES.items():
        if not least <= getattr(settings, name) <= most:
            raise _refused(name, getattr(settings, name), f"{least:g} to {most:g}")
    amount = re.fullmatch(MEMORY, settings.memory)
    few, many = MEMORY_RANGE
    if not amount or not few <= float(amount[1]) * UNITS[amount[2]] <= many:
        raise _refused("memory", settings.memory, "an amount such as 2GB, 64MB to 1000TB")
    for flag, limits in settings.flags.items():
        for name, limit in limits.items():
            if not math.isfinite(limit):
                raise _refused(f"flags.{flag}.{name}", limit, "a number")
    if not re.fullmatch(PROXY, settings.proxy):
        raise _refused("proxy", settings.proxy, "http://HOST:PORT, or environment, or nothing")
    return settings


def _refused(name: str, given: object, wanted: str) -> UsageError:
    return UsageError(
        f"the setting {name} = {given} is out of its range",
        where=f"flags, {ENVIRONMENT_PREFIX}{name.upper()} or {FILE_NAME}",
        next_step=f"{name} takes {wanted}",
    )


def _from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as problem:  # ValueError: TOML, UTF-8, endless numbers
        raise UsageError(
            f"the settings file is not TOML: {problem}",
            where=str(path),
            next_step="mend the line, or delete the file to return to the defaults",
        ) from problem


def _from_environment() -> dict[str, str]:
    names = {ENVIRONMENT_PREFIX + f.upper(): f for f in Settings.__struct_fields__}
    return {field: os.environ[name] for name, field in names.items() if name in os.environ}
