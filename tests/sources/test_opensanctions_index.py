"""Indexes: the publisher's checksums, by which a loaded file is checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources.lists.opensanctions_index import checksums, is_whole
from tidewaiter.sources.reader import FileHead
from tidewaiter.sources.registry import named, recognise

Read = Callable[..., Any]
READER = named("opensanctions_index")
BYTES = b'{"id":"a","schema":"Person","properties":{}}\n'
ENTITIES = {
    "name": "entities.ftm.json", "url": "https://data.example/entities.ftm.json",
    "checksum": hashlib.sha1(BYTES, usedforsecurity=False).hexdigest(), "size": len(BYTES),
    "mime_type": "application/json+ftm",
}  # fmt: skip
OTHER = ENTITIES | {"name": "names.txt", "checksum": "0" * 40, "size": 3}
INDEX = {
    "name": "us_ofac_sdn", "title": "A made list", "version": "20260801063010-abc",
    "updated_at": "2026-08-01T06:30:10", "resources": [ENTITIES, OTHER],
}  # fmt: skip


def written(path: Path, content: Any) -> Path:
    """A JSON file."""
    path.write_text(json.dumps(content, indent=1), "utf-8")
    return path


def test_a_loaded_file_is_checked_against_its_checksum(outcome: Read, tmp_path: Path) -> None:
    """The very bytes pass; a changed byte, or one more, does not."""
    found = outcome(READER, written(tmp_path / "index.json", INDEX))
    assert (found.kept, found.rejects) == (2, [])
    assert found.tally.part == "index/us_ofac_sdn"
    assert found.tally.published_on == "2026-08-01"
    known = checksums(found.tally.facts)
    entities = known["us_ofac_sdn", "entities.ftm.json"]
    assert entities.url == ENTITIES["url"]
    for content, whole in ((BYTES, True), (BYTES.upper(), False), (BYTES + b"\n", False)):
        (tmp_path / "file").write_bytes(content)
        assert is_whole(tmp_path / "file", entities) == whole
    assert found.tally.facts["index version"] == "20260801063010-abc"


def test_a_catalogue_keeps_what_can_be_read_here(outcome: Read, tmp_path: Path) -> None:
    """Each dataset's files that have a reader; a collection's names of members are no datasets."""
    catalogue = {
        "datasets": [INDEX, INDEX | {"name": "eu_fsf"}],
        "updated_at": "2026-08-02T00:00:00",
    }
    path = written(tmp_path / "index.json", catalogue)
    assert recognise(FileHead("x", path.read_bytes())) is READER
    found = outcome(READER, path)
    assert sorted(checksums(found.tally.facts)) == [
        ("eu_fsf", "entities.ftm.json"), ("us_ofac_sdn", "entities.ftm.json"),
    ]  # fmt: skip
    assert (found.kept, found.tally.published_on) == (4, "2026-08-02")
    collection = outcome(
        READER, written(tmp_path / "c.json", INDEX | {"datasets": ["a", "b"], "name": "sanctions"})
    )
    assert len(checksums(collection.tally.facts)) == 2


def test_files_without_a_checksum_are_refused(outcome: Read, tmp_path: Path) -> None:
    """Each with its reason."""
    bad = INDEX | {"resources": [ENTITIES, {"name": "a"}, {"checksum": "0" * 40}, 7]}
    found = outcome(READER, written(tmp_path / "index.json", bad))
    assert list(found.reasons.values()) == [
        "resources: no SHA-1 checksum", "resources: no file with a name",
        "resources: no file with a name",
    ]  # fmt: skip
    assert found.kept == 1


def test_only_indexes_are_recognised() -> None:
    """By the keys of a dataset, however it is laid out."""
    for indent in (None, 2):
        assert recognise(FileHead("x", json.dumps(INDEX, indent=indent).encode())) is READER
    for other in (b'{"name": "a", "title": "b"}', b'[{"name": "a"}]', b'{"datasets": []}'):
        assert not READER.recognises(FileHead("index.json", other))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["name", "title", "resources", "datasets", "checksum"]),
                      inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    content=st.dictionaries(st.sampled_from([*INDEX, "datasets", "delta_url"]), JSON, max_size=6)
)
def test_any_object_ends_in_a_count(content: Any, outcome: Read, tmp_path: Path) -> None:
    """Kept + rejected = files named, whatever the values."""
    try:
        outcome(READER, written(tmp_path / "index.json", INDEX | content))
    except BadDataError as problem:
        assert problem.next_step  # noqa: PT017  (an error is one of two good ends)
