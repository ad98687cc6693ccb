"""Raw bytes as they were read, kept by name and checksum.

``raw/<dataset>/<name>/<sha256><suffix>``: the folder is the ``uri`` that evidence
cites, because it stays the same when the bytes change; the checksum picks the version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from tidewaiter.errors import MissingError, UsageError
from tidewaiter.store.atomic import publish_file
from tidewaiter.store.snapshot import HASH_BLOCK, checksum


def stage(original: Path, folder: Path) -> tuple[Path, str]:
    """Copy ``original`` into ``folder``; the copy and the SHA-256 of what was copied.

    The copy is hashed while it is read, so that a file that changes meanwhile is kept
    as it was seen.
    """
    hasher = hashlib.sha256()
    aside = folder / f"staged{original.suffix}"
    try:
        with aside.open("wb") as target:
            for block in _blocks(original):
                hasher.update(block)
                target.write(block)
        staged = aside.rename(folder / f"{hasher.hexdigest()}{original.suffix}")
    except OSError as problem:
        raise _not_kept(original.name, folder, problem) from problem
    return staged, hasher.hexdigest()


def _blocks(original: Path) -> Iterator[bytes]:
    """The bytes of a file; what is wrong with reading it is not what is wrong with writing."""
    try:
        with original.open("rb") as source:
            while block := source.read(HASH_BLOCK):
                yield block
    except OSError as problem:
        raise MissingError(
            f"the file cannot be read: {problem.strerror}",
            where=str(original),
            next_step="check the path and its permissions",
        ) from problem


def _not_kept(name: str, folder: Path, problem: OSError) -> UsageError:
    """What this machine cannot do, whatever the file is."""
    return UsageError(
        f"the bytes of {name} cannot be kept: {problem.strerror}",
        where=f"the workspace, {folder}",
        next_step="make room in the workspace, or check that you may write there",
    )


def uri(dataset: str, name: str) -> str:
    """The folder, relative to the workspace, that keeps every version of ``name``."""
    parts = PurePosixPath(dataset, name.lstrip("/")).parts
    return "/".join(("raw", *(part for part in parts if part not in {"/", "..", "."})))


def kept_path(uri: str, source_id: str) -> str:
    """Where one version lies, relative to the workspace."""
    return f"{uri}/{source_id}{PurePosixPath(uri).suffix}"


def keep(staged: Path, workspace: Path, uri: str, source_id: str) -> None:
    """Move staged bytes to their place in the workspace."""
    target = workspace / kept_path(uri, source_id)
    try:
        if target.is_file() and checksum(target) != source_id:
            target.unlink()  # damaged: what was read now is what it should be
        publish_file(staged, target)
    except OSError as problem:
        raise _not_kept(PurePosixPath(uri).name, workspace, problem) from problem
