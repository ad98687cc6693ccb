"""XML as a stream of records: each element whole, with its place, and nothing fetched.

A document type declaration is refused, and with it every entity, so that neither a
billion laughs nor a file of this machine can be read through it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from tidewaiter.errors import BadDataError
from tidewaiter.model.dates import DAY, iso_date
from tidewaiter.sources.reader import FileHead

_Element = Any  # lxml has no types of its own, and is loaded only where XML is read

DEEPEST = 64  # elements inside one another; publishers need about a dozen
DOCTYPE = r"<!DOCTYPE[^\[<>]*+(?:\[.*?\]\s*+)?>"  # seen here, so that ``_check`` can refuse it
ROOT = re.compile(  # atomic groups: a thousand comments are looked at once each
    rf"(?>\s*(?><!--.*?-->|<\?.*?\?>|{DOCTYPE}))*+"
    r"\s*<(?:[\w.-]+:)?(?P<name>[\w.-]+)(?P<rest>[^>]*)",
    re.DOTALL,
)
NAMESPACE = re.compile(r"""xmlns(?::[\w.-]+)?\s*=\s*["']([^"']*)["']""")


class Root(msgspec.Struct, frozen=True):
    """The first element of a file: its local name and the namespaces it names."""

    name: str
    namespaces: tuple[str, ...] = ()


class Node(msgspec.Struct, frozen=True):
    """One record: its element, its number among those asked for (from 1), its line.

    The element is emptied when the next one is asked for. ``locator`` is an XPath.
    """

    element: _Element
    number: int
    line: int
    locator: str

    @property
    def tag(self) -> str:
        """The element's name without its namespace."""
        return local(self.element)

    def text(self, *path: str) -> str:
        """The text at ``path`` (local names), its white space folded; empty if none."""
        found = next(iter(children(self.element, *path)), None)
        return content(found) if found is not None else ""

    def texts(self, *path: str) -> list[str]:
        """The texts at ``path`` that are not empty, in order."""
        return [text for each in children(self.element, *path) if (text := content(each))]


def root_of(head: FileHead) -> Root | None:
    """The root of an XML file, from its first bytes; ``None`` where it is no XML."""
    found = ROOT.match(text_of(head))
    if found is None:
        return None
    return Root(found["name"], tuple(NAMESPACE.findall(found["rest"])))


def root_attribute(head: FileHead, name: str) -> str:
    """What the root says in its attribute ``name``; empty where it says nothing."""
    root = ROOT.match(text_of(head))
    said = root and re.search(rf"""\s{name}\s*=\s*(["'])(.*?)\1""", root["rest"], re.DOTALL)
    return said[2] if said else ""


def root_day(head: FileHead, name: str) -> str | None:
    """The day with which an attribute of the root begins, as the moment a file was made."""
    start = root_attribute(head, name)[:DAY]
    return iso_date(start) if len(start.strip()) == DAY else None


def text_of(head: FileHead) -> str:
    """The first bytes of a file as text, by their byte order mark."""
    if head.start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return head.start.decode("utf-16", "replace")
    return head.start.decode("utf-8-sig", "replace")


def records(path: Path, name: str, tags: tuple[str, ...]) -> Iterator[Node]:
    """Every element called one of ``tags``, in any namespace, as soon as it is whole.

    Raises ``BadDataError`` where the file is no well-formed XML: what was read before
    must not be kept, because a file that is cut off looks like a shorter list.
    """
    from lxml import etree

    numbers = dict.fromkeys(tags, 0)
    depth = 0
    try:
        with path.open("rb") as handle:
            for event, element in _walk(handle):
                if event == "start":
                    depth += 1
                    _check(element, depth, name)
                    continue
                depth -= 1
                tag = local(element)
                if tag in numbers:
                    numbers[tag] += 1
                    place = _xpath(element, numbers)
                    yield Node(element, numbers[tag], element.sourceline or 0, place)
                    _forget(element)
    except etree.XMLSyntaxError as problem:
        raise BadDataError(
            f"the file is not well-formed XML: {problem.msg}",
            where=f"{name}, line {problem.lineno or 1}",
            next_step="fetch the file again: it may be cut off, or a page with an error message",
        ) from problem


def _walk(handle: BinaryIO) -> Iterator[tuple[str, _Element]]:
    """Starts and ends of elements. Records may be large; their number has no limit."""
    from lxml import etree

    return iter(
        etree.iterparse(
            handle, events=("start", "end"), resolve_entities=False, no_network=True,
            load_dtd=False, remove_comments=True, remove_pis=True, huge_tree=True,
        )
    )  # fmt: skip


def local(element: _Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: _Element, *path: str) -> Iterator[_Element]:
    """The descendants along ``path``, level by level, whatever their namespace."""
    if not path:
        yield element
        return
    for child in element:
        if isinstance(child.tag, str) and local(child) == path[0]:
            yield from children(child, *path[1:])


def content(element: _Element) -> str:
    """All text of an element, its white space folded."""
    return " ".join("".join(str(part) for part in element.itertext()).split())


def _check(element: _Element, depth: int, name: str) -> None:
    """Refuse what no publisher of lists writes."""
    if depth == 1 and element.getroottree().docinfo.doctype:
        raise BadDataError(
            "the XML has a document type declaration, which may hide other files",
            where=f"{name}, line 1",
            next_step="official lists have none: fetch the file from its publisher",
        )
    if depth > DEEPEST:
        raise BadDataError(
            f"elements lie more than {DEEPEST} deep in one another",
            where=f"{name}, line {element.sourceline}",
            next_step="official lists are flat: fetch the file from its publisher",
        )


def _xpath(element: _Element, numbers: dict[str, int]) -> str:
    """The path of an element; its position counts the elements of that name in the file.

    lxml's own path was rejected: read elements are removed, which shifts its positions.
    """
    above = [local(each) for each in element.iterancestors()]
    tag = local(element)
    return "/" + "/".join([*reversed(above), f"{tag}[{numbers[tag]}]"])


def _forget(element: _Element) -> None:
    """Free an element and what came before it, except what encloses it."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
