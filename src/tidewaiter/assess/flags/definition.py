"""What is published about each flag, and its thresholds: ``flags.yml``."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import msgspec.yaml


@cache
def definitions() -> dict[str, dict[str, Any]]:
    """Name, family, source, data needed and thresholds of every flag, by its id."""
    text = resources.files(__package__).joinpath("flags.yml").read_text("utf-8")
    return msgspec.yaml.decode(text, type=dict[str, dict[str, Any]])
