"""The index over the lists that are in view on a day, kept in the workspace between commands.

It is derived and lies in ``cache/``: prune takes it away, and the next question builds it
again. Its name says what it was made of, so that it is never asked about other lists.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec

from tidewaiter.errors import MissingError
from tidewaiter.model.ids import digest
from tidewaiter.pipeline.world import World, clock_of, world
from tidewaiter.screen import ListIndex, listed_parties
from tidewaiter.screen.index_file import kept, opened, reading_version
from tidewaiter.settings import Settings
from tidewaiter.store.manifest import State
from tidewaiter.store.workspace import Workspace

TABLE = "statements"
DAY, UNDATED = "as of", "undated rows"  # beside the lists' names in what is kept of an index
COLUMNS = (
    "entity_id", "schema", "prop", "value", "original_value", "source_id", "locator", "aspect",
)  # fmt: skip


class Lists(msgspec.Struct, frozen=True):
    """The lists of a workspace on ``as_of``, ready to be asked; a version for each list.

    ``undated`` counts rows of lists that carry no date and are left out on a named day.
    """

    index: ListIndex
    as_of: str
    versions: dict[str, str]
    undated: int = 0


def of_workspace(workspace: Workspace, settings: Settings, day: str | None) -> Lists:
    """The lists in view on ``day``. ``MissingError`` if no entry is."""
    with workspace.reading() as state:
        as_of = clock_of(state, day).day.isoformat() if state.current else ""

        def build() -> tuple[ListIndex, dict[str, str]]:
            with (
                tempfile.TemporaryDirectory() as spill,
                world(workspace, state, settings, Path(spill), day, (TABLE,)) as seen,
            ):
                return _built(seen)

        index, facts = opened(folder(workspace.path, state, day), build)
    undated = int(facts.get(UNDATED, 0))
    if not len(index):
        raise MissingError(
            f"no list entry is in view on {as_of}: {undated:,} rows of lists carry no date"
            if undated
            else "no list entry is in view",
            where=str(workspace.path),
            next_step="leave the day away: it leaves rows without a date out"
            if undated
            else "load a list with: tidewaiter load PATH, or name a later day",
        )
    return Lists(index, as_of, _lists(facts), undated)


def of_world(seen: World) -> Lists:
    """The lists in view in a world that is open already."""
    day = seen.day if seen.clock.named else None
    index, facts = opened(folder(seen.root, seen.state, day), lambda: _built(seen))
    return Lists(index, seen.day, _lists(facts), int(facts.get(UNDATED, 0)))


def kept_for(root: Path, versions: dict[str, str], as_of: str) -> Lists | None:
    """The kept index over these versions of the lists on that day, if it still lies there."""
    for each in sorted((root / "cache").glob("lists-*")):
        found = kept(each)
        if found is not None and (_lists(found[1]), found[1][DAY]) == (versions, as_of):
            return Lists(found[0], as_of, versions, int(found[1].get(UNDATED, 0)))
    return None


def folder(root: Path, state: State, day: str | None) -> Path:
    """Where an index is kept: its name is a hash of all that decides what is in it."""
    clock = clock_of(state, day) if state.current else None
    sources = [
        (s.snapshot_id, str(state.order(s)), s.uri) for s in state.current if s.tables.get(TABLE)
    ]
    made_of = (reading_version(), str(clock), *(part for each in sorted(sources) for part in each))
    return root / "cache" / f"lists-{digest(*made_of)[:24]}"


def _built(seen: World) -> tuple[ListIndex, dict[str, str]]:
    statements = seen.fetch(TABLE, *COLUMNS)
    facts = {DAY: seen.day, UNDATED: str(seen.left_out.get(TABLE, 0))}
    return ListIndex(listed_parties(statements, seen.uris)), _versions(seen) | facts


def _lists(facts: dict[str, str]) -> dict[str, str]:
    return {name: version for name, version in facts.items() if name not in {DAY, UNDATED}}


def _versions(seen: World) -> dict[str, str]:
    """Each list and a hash of the snapshots that speak for it."""
    parts: dict[str, list[str]] = {}
    for each in seen.sources(TABLE):
        parts.setdefault(each.dataset, []).append(each.snapshot_id)
    return {name: digest(*sorted(ids)) for name, ids in sorted(parts.items())}
