"""Writing so that a crash at any moment leaves the old state or the new, never half.

Write aside, fsync, rename, fsync the folder: the rename is the only moment that counts.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Make renames inside ``folder`` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Make the content of ``path`` durable."""
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def write_file(path: Path, content: bytes) -> None:
    """Replace ``path`` by ``content``, all or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with aside.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    aside.replace(path)
    sync_folder(path.parent)


@contextmanager
def folder_aside(parent: Path) -> Iterator[Path]:
    """A new folder under ``parent`` to build something in; gone again afterwards."""
    folder = parent / secrets.token_hex(8)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish_folder(built: Path, target: Path) -> None:
    """Move a finished folder to its place; an equal one that is there already stays."""
    for path in sorted(built.rglob("*")):
        sync_folder(path) if path.is_dir() else sync_file(path)
    sync_folder(built)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():  # content-addressed: the same name is the same content
        return
    built.rename(target)
    sync_folder(target.parent)


def publish_file(built: Path, target: Path) -> None:
    """Move a finished file to its place; an equal one that is there already stays."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():  # content-addressed: the same name is the same content
        return
    sync_file(built)
    built.rename(target)
    sync_folder(target.parent)


def point_link(link: Path, target: Path) -> None:
    """Let ``link`` point to ``target`` from one moment to the next."""
    aside = link.with_name(f".{link.name}.{secrets.token_hex(4)}")
    aside.symlink_to(os.path.relpath(target, link.parent))
    aside.replace(link)
    sync_folder(link.parent)
