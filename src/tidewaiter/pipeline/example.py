"""Where the demonstration case lies: in the wheel, or beside the source tree."""

from __future__ import annotations

from pathlib import Path

import tidewaiter
from tidewaiter.errors import MissingError

FOLDER = "demo_case"


def case_folder() -> Path:
    """The folder of the invented case that ``tidewaiter demo`` loads."""
    package = Path(tidewaiter.__file__).parent
    for place in (package / FOLDER, package.parents[1] / "examples" / FOLDER):
        if place.is_dir():
            return place
    raise MissingError(
        "the demonstration case is not installed",
        where=str(package / FOLDER),
        next_step="install Tidewaiter from its wheel, or run from a checkout",
    )
