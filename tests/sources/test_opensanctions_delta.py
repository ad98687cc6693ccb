"""Changes: they speak over the whole file before them, and the whole file after over them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.pipeline.changes import compared
from tidewaiter.pipeline.intake import Options, load
from tidewaiter.pipeline.world import world
from tidewaiter.settings import Settings
from tidewaiter.sources.reader import FileHead
from tidewaiter.sources.registry import named, recognise
from tidewaiter.store.workspace import Workspace

Read = Callable[..., Any]
Entity = dict[str, Any]
Entities = dict[str, Entity]
READER = named("opensanctions_delta")
FIRST, SECOND, THIRD = "2026-08-01T06:30:10", "2026-08-02T06:30:10", "2026-08-03T06:30:10"
VERSIONS = {FIRST: "20260801063010-aaa", SECOND: "20260802063010-bbb", THIRD: "20260803063010-ccc"}
PROVENANCE = {"source_id", "locator", "act_rank", "record_id", "extra", "last_seen",
              "last_seen_day", "known_day", "load_sequence"}  # fmt: skip
CLOCKS = ("ftm:last_seen", "ftm:last_change")


def written(path: Path, lines: Iterable[Any]) -> Path:
    """A file of JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), "utf-8")
    return path


def full(place: Path, entities: Entities, at: str) -> Path:
    """A whole file of one edition; its entities were seen at that time."""
    lines = [each | {"last_seen": at} for each in entities.values()]
    return written(place / "full" / VERSIONS[at] / "entities.ftm.json", lines)


def delta(place: Path, old: Entities, new: Entities, at: str) -> Path:
    """What the publisher writes between two editions: whole entities, or ids alone."""
    lines: list[Any] = []
    for name in sorted({*old, *new}, reverse=True):
        if name not in new:
            lines.append({"op": "DEL", "entity": {"id": name}})
        elif old.get(name) != new[name]:
            op = "MOD" if name in old else "ADD"
            lines.append({"op": op, "entity": new[name] | {"last_seen": at}})
    return written(place / "delta" / VERSIONS[at] / "entities.delta.json", lines)


def loaded(place: Path, *files: Path) -> Workspace:
    """A workspace with these files loaded one after the other, each under its version."""
    workspace = Workspace.create(place)
    for path in files:
        load(workspace, [path.parents[1]], Settings(), Options(accept_shrink=True))
    return workspace


def seen(workspace: Workspace) -> list[tuple[Any, ...]]:
    """Every visible statement, without where it stands and when it was last met."""
    with (
        workspace.reading() as state,
        tempfile.TemporaryDirectory() as spill,
        world(workspace, state, Settings(threads=1), Path(spill), None, ("statements",)) as view,
    ):
        rows = view.engine.fetch(view.rows("statements")).to_pylist()
    kept = [row for row in rows if row["prop"] not in CLOCKS]
    return sorted(tuple((k, v) for k, v in row.items() if k not in PROVENANCE) for row in kept)


NAMES = st.sampled_from(["Varenkov", "Tolmas", "Sarykol", "Qumtepa"])
IDS = ("a", "b", "c", "d")


@st.composite
def editions(draw: st.DrawFn) -> Entities:
    """A small list: parties, sanctions that name one or two of them, an ownership."""
    found: Entities = {}
    for name in IDS:
        if draw(st.booleans()):
            properties = {"name": draw(st.lists(NAMES, min_size=1, max_size=2, unique=True))}
            topics = draw(st.sampled_from([[], ["sanction"], ["sanction.linked"]]))
            found[name] = entity(name, draw(st.sampled_from(["Company", "Person"])),
                                 properties | {"topics": topics})  # fmt: skip
    for name in ("s1", "s2"):
        if draw(st.booleans()):
            parties = draw(st.lists(st.sampled_from(IDS), max_size=2, unique=True))
            properties = {"entity": parties, "program": [draw(NAMES)]}
            found[name] = entity(name, "Sanction", properties)
    if draw(st.booleans()):
        ends = {"owner": [draw(st.sampled_from(IDS))], "asset": [draw(st.sampled_from(IDS))]}
        found["o1"] = entity("o1", "Ownership", ends)
    return found


def entity(name: str, schema: str, properties: Entity) -> Entity:
    """An entity without the times at which it was met."""
    return {"id": name, "schema": schema, "properties": properties, "datasets": ["made_list"],
            "first_seen": "2026-07-01T00:00:00"}  # fmt: skip


ANCHOR = entity("anchor", "Company", {"name": ["Anchor"]})  # no edition is empty


@settings(  # each example is five workspaces: no time to look for a smaller one
    max_examples=10,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(first=editions(), second=editions(), third=editions())
def test_full_and_changes_show_what_the_next_full_shows(
    first: Entities, second: Entities, third: Entities
) -> None:
    """Full + changes = next full, over two editions, in whichever order they are loaded."""
    editions_ = [each | {"anchor": ANCHOR} for each in (first, second, third)]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        base = full(place / "1", editions_[0], FIRST)
        steps = [
            delta(place / "d2", editions_[0], editions_[1], SECOND),
            delta(place / "d3", editions_[1], editions_[2], THIRD),
        ]
        steps = [each for each in steps if each.stat().st_size]
        expected = seen(loaded(place / "w3", full(place / "3", editions_[2], THIRD)))
        assert seen(loaded(place / "in-order", base, *steps)) == expected
        assert seen(loaded(place / "reversed", *reversed(steps), base)) == expected
        last = full(place / "4", editions_[2], THIRD)
        assert seen(loaded(place / "all", base, *steps, last)) == expected
        if steps:
            assert seen(loaded(place / "late", last, *steps)) == expected


def test_the_next_full_is_the_same_as_the_changes_to_it(tmp_path: Path) -> None:
    """Loaded after the changes, the whole file changes no entity; without them it does."""
    one = {"a": entity("a", "Company", {"name": ["A"]}), "anchor": ANCHOR}
    two = {"b": entity("b", "Company", {"name": ["B"]}), "anchor": ANCHOR}
    base, after = full(tmp_path / "1", one, FIRST), full(tmp_path / "2", two, SECOND)
    with_changes = loaded(tmp_path / "w", base, delta(tmp_path / "d", one, two, SECOND), after)
    with compared(with_changes, Settings(threads=1), 3) as found:
        assert found.entities.num_rows == 0
    with compared(with_changes, Settings(threads=1), 2) as found:
        assert (found.ids("added"), found.ids("removed")) == (
            ["opensanctions:b"], ["opensanctions:a"],
        )  # fmt: skip


def test_an_entity_removed_between_two_whole_files_does_not_come_back(tmp_path: Path) -> None:
    """Added by changes and gone from the next whole file: the old changes are done with."""
    one = {"anchor": ANCHOR}
    two = one | {"b": entity("b", "Company", {"name": ["B"]})}
    workspace = loaded(
        tmp_path / "w",
        full(tmp_path / "1", one, FIRST),
        delta(tmp_path / "d", one, two, SECOND),
        full(tmp_path / "3", one, THIRD),
    )
    assert {dict(row)["entity_id"] for row in seen(workspace)} == {"opensanctions:anchor"}


def test_a_listing_that_is_removed_by_its_id_leaves_its_party(
    outcome: Read, tmp_path: Path
) -> None:
    """A removal names no party; the values on the party go, the party stays."""
    party = entity("a", "Company", {"name": ["A"]})
    listing = entity("s", "Sanction", {"entity": ["a"], "program": ["P"]})
    one, two = {"a": party, "s": listing}, {"a": party}
    changes = delta(tmp_path / "d", one, two, SECOND)
    workspace = loaded(tmp_path / "w", full(tmp_path / "1", one, FIRST), changes)
    assert {dict(row)["schema"] for row in seen(workspace)} == {"Company"}
    name = f"{changes.parent.name}/{changes.name}"
    (row,) = outcome(READER, changes, name).rows("statements")
    assert (row["schema"], row["prop"], row["value"]) == ("Removed", "removedOn", "2026-08-02")
    assert (row["first_seen"], row["act_rank"]) == ("2026-08-02", 20260802063010)


def test_the_version_comes_from_the_name_or_the_newest_time(outcome: Read, tmp_path: Path) -> None:
    """Removals alone, under no version, are refused: nobody could tell what they follow."""
    gone = {"op": "DEL", "entity": {"id": "a"}}
    given_ = {"op": "ADD", "entity": ANCHOR | {"last_seen": SECOND}}
    path = written(tmp_path / "changes.json", [gone, given_])
    found = outcome(READER, path, "entities.delta.json")
    assert {row["act_rank"] for row in found.rows("statements")} == {20260802063010}
    assert found.tally.part == "delta/made_list/20260802063010"
    assert found.tally.facts["changes DEL"] == "1"
    alone = written(tmp_path / "gone.json", [gone])
    with pytest.raises(BadDataError, match="version"):
        outcome(READER, alone, "entities.delta.json")
    assert outcome(READER, alone, "20260802063010-abc/entities.delta.json").kept == 1


def test_bad_changes_are_refused(outcome: Read, tmp_path: Path) -> None:
    """An unknown word, no entity, a removal without id, an addition without schema."""
    lines = [
        {"op": "ADD", "entity": ANCHOR | {"last_seen": FIRST}}, {"op": "PUT", "entity": ANCHOR},
        {"op": "MOD"}, {"op": "DEL", "entity": {"id": ""}}, {"op": "ADD", "entity": {"id": "x"}},
    ]  # fmt: skip
    found = outcome(READER, written(tmp_path / "a.json", lines))
    assert found.reasons == {
        2: "op: not one of ADD, MOD, DEL",
        3: "entity: no object",
        4: "id: required, but empty or no text",
        5: "schema: required, but empty or no text",
    }
    assert found.kept == 1


def test_the_index_of_changes_tells_their_addresses(outcome: Read, tmp_path: Path) -> None:
    """Versions and addresses as facts; nothing of it is a party."""
    index = {
        "versions": {VERSIONS[SECOND]: "https://d.example/2", VERSIONS[FIRST]: "https://d.example/1",
                     "today": "https://d.example/0"},
        "unstable": {"version_list": []},
    }  # fmt: skip
    path = tmp_path / "delta.json"
    path.write_text(json.dumps(index, indent=1), "utf-8")
    assert recognise(FileHead("x", path.read_bytes())) is READER
    found = outcome(READER, path)
    assert found.tally.facts == {
        "delta 20260801063010-aaa": "https://d.example/1",
        "delta 20260802063010-bbb": "https://d.example/2",
    }
    assert (found.kept, len(found.rejects), found.tally.published_on) == (2, 1, "2026-08-02")


def test_only_changes_are_recognised() -> None:
    """By the first line; an entity or another operation is none."""
    for op, known in (
        ("ADD", True),
        ("MOD", True),
        ("DEL", True),
        ("add", False),
        (["ADD"], False),
    ):
        line = json.dumps({"op": op, "entity": ANCHOR}).encode()
        assert READER.recognises(FileHead("x", line + b"\n" + line)) is known
    assert not READER.recognises(FileHead("delta.json", b'{"versions": {}}'))
