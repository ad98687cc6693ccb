"""What every test has: the same examples everywhere, and public data where it lies.

Sockets are blocked by ``--disable-socket`` in ``pyproject.toml``. The order of tests is
random; pytest prints the seed, and ``--randomly-seed=N`` repeats it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]

# Property tests draw the same examples everywhere: a build that fails on one machine
# fails on the next. Random examples with a stored database were rejected for that;
# `pytest --hypothesis-profile default` searches at random.
settings.register_profile("house", derandomize=True, deadline=None, database=None)
settings.load_profile("house")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real public lists, kept beside the checkout and not in it.

    ``TIDEWAITER_TEST_DATA`` names it, otherwise it is looked for at ``../shared/data``.
    Where it is absent the test is skipped, with this reason in the summary.
    """
    named = os.environ.get("TIDEWAITER_TEST_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no public data at {folder}: set TIDEWAITER_TEST_DATA to test with it")
    return folder.resolve()
