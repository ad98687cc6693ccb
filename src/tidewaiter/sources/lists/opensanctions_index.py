"""Indexes of OpenSanctions: which files a dataset or a catalogue has, with their checksums.

They are about files, not parties: what they say becomes facts of the loaded index, by
which a file that was loaded is checked against the publisher's own SHA-1.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources.card import card
from tidewaiter.sources.jsonfile import SHOWN, members, start_of
from tidewaiter.sources.listing import as_rows
from tidewaiter.sources.opensanctions import DATASET, SLUG, Survey, stamp, version_in
from tidewaiter.sources.reader import HEAD_BYTES, Batch, FileHead, Official, Tally

PREFIX = "file "
SHA1 = re.compile(r"[0-9a-f]{40}")
NAMED = frozenset({"name", "title", "resources"})
READ_HERE = frozenset({"entities.ftm.json", "targets.simple.csv", "statements.csv"})
BLOCK = 1 << 20


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a dataset, as its index describes it; ``sha1`` in hex digits."""

    dataset: str
    name: str
    sha1: str
    size: int | None = None
    url: str = ""
    mime_type: str = ""


class OpenSanctionsIndexReader(Official):
    """``index.json``; see ``opensanctions_index.yml`` for what it holds."""

    name = "opensanctions_index"
    dataset = DATASET
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By the keys of a dataset, or of a catalogue of such datasets."""
        start = start_of(head)
        if start is None or start.kind != "object":
            return False
        keys, content = frozenset(start.keys), head.start[:HEAD_BYTES]
        if "datasets" in keys and "resources" not in keys and "name" not in keys:
            return all(f'"{name}"'.encode() in content for name in (*NAMED, "checksum"))
        return (
            keys >= {"name", "title"}
            and {"resources", "index_url"} & keys != set()
            and ({"updated_at", "version", "last_export"} & keys != set())
        )

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """Every file that the index names, as a fact or a reject, then the tally."""
        yield from _Index(source).items()


def checksums(facts: Mapping[str, str]) -> dict[tuple[str, str], Resource]:
    """The files of a loaded index, by dataset and name, from the facts of its snapshot."""
    kept = [text for key, text in facts.items() if key.startswith(PREFIX)]
    found = (msgspec.json.decode(text, type=Resource) for text in kept)
    return {(each.dataset, each.name): each for each in found}


def is_whole(path: Path, resource: Resource) -> bool:
    """Whether the bytes at ``path`` are those that the publisher describes."""
    if resource.size is not None and path.stat().st_size != resource.size:
        return False
    hasher = hashlib.sha1(usedforsecurity=False)  # what the publisher gives
    with path.open("rb") as handle:
        while block := handle.read(BLOCK):
            hasher.update(block)
    return hasher.hexdigest() == resource.sha1


class _Index:
    """One index; a catalogue's datasets are read one after the other."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.read = 0
        self.facts: dict[str, str] = {}
        self.top: dict[str, Any] = {}
        self.met: set[str] = set()

    def items(self) -> Iterator[Batch | Reject | Tally]:
        """Rejects, one batch without rows, then the tally."""
        rejects: list[Reject] = []
        catalogue: list[Any] = []
        for key, value in members(self.source.path, self.source.name):
            if key == "datasets" and isinstance(value, list) and _objects(value):
                catalogue = value
            else:
                self.top[key] = value
        datasets = catalogue or [self.top]
        self.met.update(self.top, *(each for each in catalogue if isinstance(each, dict)))
        for each in datasets:
            rejects += self._dataset(each, single=not catalogue)
        yield from rejects
        yield Batch("statements", as_rows(()), self.read - len(rejects))
        yield self._tally(single=not catalogue)

    def _dataset(self, value: Any, *, single: bool) -> Iterator[Reject]:  # noqa: ANN401
        if not isinstance(value, dict) or not isinstance(value.get("name"), str):
            self.read += 1
            yield self._reject("datasets", value, "no dataset with a name")
            return
        name = value["name"]
        for key in ("version", "updated_at", "last_export"):
            if single and isinstance(value.get(key), str):
                self.facts[f"index {key}"] = value[key]
        resources = value.get("resources")
        for each in resources if isinstance(resources, list) else ():
            self.read += 1
            fault = _fault(each)
            if fault:
                yield self._reject("resources", each, fault)
            elif single or each["name"] in READ_HERE:
                found = _resource(name, each)
                kept = msgspec.json.encode(found).decode()
                self.facts[f"{PREFIX}{name}/{found.name}"] = kept

    def _tally(self, *, single: bool) -> Tally:
        name = self.top.get("name")
        known = single and isinstance(name, str) and SLUG.fullmatch(name)
        return Tally(
            rows_read=self.read,
            published_on=self._day(),
            unused=card(OpenSanctionsIndexReader.name).unknown(self.met),
            part=f"index/{name}" if known else None,
            facts=self.facts,
        )

    def _day(self) -> str | None:
        times = [self.top.get(key) for key in ("updated_at", "last_export")]
        newest = max((stamp(t) for t in times if isinstance(t, str)), default=0)
        version = self.top.get("version")
        said = version_in(version) if isinstance(version, str) else 0
        return Survey(max(newest, said), frozenset()).day

    def _reject(self, column: str, value: Any, why: str) -> Reject:  # noqa: ANN401
        shown = msgspec.json.encode(value, enc_hook=str).decode()[:SHOWN]
        return Reject(
            file=self.source.name, row=self.read, line=0, column=column, value=shown, reason=why
        )


def _objects(values: list[Any]) -> bool:
    """A catalogue's datasets are objects; a collection names its members."""
    return any(isinstance(each, dict) for each in values)


def _fault(each: Any) -> str | None:  # noqa: ANN401
    if not isinstance(each, dict) or not isinstance(each.get("name"), str):
        return "no file with a name"
    sha1 = each.get("checksum")
    if not isinstance(sha1, str) or not SHA1.fullmatch(sha1):
        return "no SHA-1 checksum"
    return None


def _resource(dataset: str, each: Mapping[str, Any]) -> Resource:
    size, url, mime = each.get("size"), each.get("url"), each.get("mime_type")
    return Resource(
        dataset=dataset,
        name=each["name"],
        sha1=each["checksum"],
        size=size if isinstance(size, int) and not isinstance(size, bool) else None,
        url=url if isinstance(url, str) else "",
        mime_type=mime if isinstance(mime, str) else "",
    )
