"""One way to write an invented listing."""

from __future__ import annotations

from tidewaiter.screen import Listing


def listing(
    name: str = "x",
    measure: str = "asset_freeze",
    since: str | None = "2023-01-01",
    until: str | None = None,
    locator: str = "row 2",
) -> Listing:
    """A listing on list ``name``, since and until days in ISO 8601."""
    return Listing(
        list_id=name,
        measure=measure,
        programme=None,
        listed_on=since,
        delisted_on=until,
        source_id="0" * 64,
        uri="sources/x",
        locator=locator,
        excerpt="",
    )
