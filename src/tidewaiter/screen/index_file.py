"""An index kept as a folder of arrays, mapped back into memory as they are.

What is not there byte for byte, or was written by another version of the reading of names, is
not an error: the index is computed again, for it holds nothing that the lists do not.
"""

from __future__ import annotations

import gc
import shutil
import zlib
from collections.abc import Callable
from functools import cache
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unicodedata import unidata_version

import msgspec
import numpy as np
import numpy.typing as npt

from tidewaiter.model.ids import digest
from tidewaiter.screen.index import Arrays, ListIndex
from tidewaiter.screen.kinds import KINDS, Kind
from tidewaiter.screen.name_table import NameTable
from tidewaiter.store import atomic

FORMAT = 5  # raised whenever the arrays mean something else
HEAD = "index.json"
SMALL = 4096  # bytes: not worth a mapping
BLOCK = 1 << 20
WHOLE = ("entries", "entry_offsets", "numbers", "number_entries")
TABLE = tuple(
    field.name
    for field in msgspec.structs.fields(NameTable)
    if field.name not in {"concepts", "forms"}
)
READING = ("tidewaiter.text", "tidewaiter.screen")  # packages whose files decide what is kept


class Head(msgspec.Struct, frozen=True):
    """What is not an array: format, checksum of every file, names of concepts and forms.

    ``facts`` are the keeper's own: what the index was made of. A damaged array would not only
    answer wrongly: compiled code would read beyond it. CRC-32 finds damage, at a gigabyte a
    second; against malice the workspace as a whole is to be guarded.
    """

    format: int
    checksums: dict[str, int]
    concepts: dict[Kind, tuple[str, ...]]
    forms: dict[Kind, tuple[str, ...]]
    facts: dict[str, str]


@cache
def reading_version() -> str:
    """A hash of what names are read with, code, tables and libraries: an index is good for one."""
    parts = [str(FORMAT), unidata_version, version("rigour"), version("python-stdnum")]
    for package in READING:
        for item in sorted(resources.files(package).iterdir(), key=lambda item: item.name):
            if item.is_file() and item.name.endswith((".py", ".yml", ".csv")):
                parts += [item.name, item.read_text("utf-8")]
    return digest(*parts)


Built = tuple[ListIndex, dict[str, str]]


def opened(folder: Path, build: Callable[[], Built]) -> Built:
    """The index kept in ``folder`` and its facts; built and kept there if none is whole."""
    found = kept(folder)
    if found is None:
        found = build()
        _write(found[0].arrays, found[1], folder)
    # An index is asked as long as the process lives, and so is what is loaded by now. Looking
    # through all of it for garbage again and again takes a quarter of the time of a query.
    gc.freeze()
    return found


def _checksum(path: Path) -> int:
    found = 0
    with path.open("rb") as handle:
        while block := handle.read(BLOCK):
            found = zlib.crc32(block, found)
    return found


def kept(folder: Path) -> Built | None:
    """The index kept in ``folder`` and its facts; ``None`` if none is whole."""
    found = _read(folder)
    return None if found is None else (ListIndex.of(found[0]), found[1])


def _write(arrays: Arrays, facts: dict[str, str], folder: Path) -> None:
    """Write aside, then publish: who opens it finds all or nothing."""
    try:
        with atomic.folder_aside(folder.parent) as aside:
            checksums = {}
            for name, array in _named(arrays).items():
                np.save(aside / name, array, allow_pickle=False)
                checksums[name] = _checksum(aside / name)
            head = Head(
                format=FORMAT,
                checksums=checksums,
                concepts={kind: each.concepts for kind, each in arrays.tables.items()},
                forms={kind: each.forms for kind, each in arrays.tables.items()},
                facts=facts,
            )
            (aside / HEAD).write_bytes(msgspec.json.encode(head))
            shutil.rmtree(folder, ignore_errors=True)  # damaged, or it would have been opened
            atomic.publish_folder(aside, folder)
    except OSError:
        return  # the disk is full, or nothing may be written here: the index in memory serves


def _named(arrays: Arrays) -> dict[str, Any]:
    """Every array by the name of its file."""
    found = {f"{name}.npy": getattr(arrays, name) for name in WHOLE}
    for kind, each in arrays.tables.items():
        found |= {f"{kind}-{name}.npy": getattr(each, name) for name in TABLE}
    return found


def _read(folder: Path) -> tuple[Arrays, dict[str, str]] | None:
    """The arrays of a folder, mapped; ``None`` if it is absent, cut short or of another format."""
    try:
        head = msgspec.json.decode((folder / HEAD).read_bytes(), type=Head)
        if head.format != FORMAT:
            return None
        if any(_checksum(folder / name) != known for name, known in head.checksums.items()):
            return None
        tables = {kind: _table(folder, kind, head) for kind in KINDS}
        whole = {name: _mapped(folder / f"{name}.npy") for name in WHOLE}
    except (OSError, ValueError, KeyError, msgspec.DecodeError):
        return None
    return Arrays(**whole, tables=tables), head.facts


def _table(folder: Path, kind: Kind, head: Head) -> NameTable:
    return NameTable(
        **{name: _mapped(folder / f"{kind}-{name}.npy") for name in TABLE},
        concepts=head.concepts[kind],
        forms=head.forms[kind],
    )


def _mapped(path: Path) -> npt.NDArray[Any]:
    """An array as it lies on disk; an empty one cannot be mapped and is read."""
    mapped = np.load(
        path, mmap_mode=None if path.stat().st_size < SMALL else "r", allow_pickle=False
    )
    return np.asarray(mapped)
