"""One value of one property of one entity, with who said it, where and since when.

The columns are FollowTheMoney's, so that exports need no translation; ``source_id``
and ``locator`` are added, because a value without its place cannot be checked.
"""

from __future__ import annotations

import msgspec

# The aspect of a record that its publisher keeps under an id of its own begins so, before
# that id: the latest act on the id speaks, whichever entities its values stand on.
RECORD_ASPECT = "of:"
REMOVED = "Removed"  # schema of a statement that says: the entity is taken off


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table ``statements``; dates are ISO 8601, ``None`` where unknown.

    ``value`` is in comparable form and ``original_value`` as printed where that
    differs. ``first_seen`` is the first day on which it could be known.
    """

    entity_id: str
    schema: str
    prop: str
    value: str
    dataset: str
    record_id: str
    source_id: str
    locator: str
    lang: str | None = None
    original_value: str | None = None
    first_seen: str | None = None
    last_seen: str | None = None
    origin: str | None = None
    act_rank: int = 0
    aspect: str = "whole"
