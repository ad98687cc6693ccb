"""What a line of the manifest may say where it becomes a path or a count.

The types are checked while a line is decoded: a manifest that somebody wrote by hand must
not lead out of the workspace.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}\Z")]
Hex = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{1,64}\Z")]
BareName = Annotated[str, msgspec.Meta(pattern=r"^(?!\.\.?\Z)[^/\x00]+\Z")]
RawFolder = Annotated[str, msgspec.Meta(pattern=r"^raw(/(?!\.\.?(/|\Z))[^/\x00]+)+\Z")]
Count = Annotated[int, msgspec.Meta(ge=0)]
