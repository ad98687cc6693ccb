"""XML as a stream: whole elements with their places, nothing fetched, nothing half-read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources import xmlfile
from tidewaiter.sources.reader import FileHead

Write = Callable[[str | bytes], Path]
LIST = (
    '<?xml version="1.0" encoding="UTF-8"?><!-- made by hand --><list xmlns="urn:x:list">'
    "<people><person id='1'><name> Ada\n  Varenkova </name><alias>A. V.</alias><alias/>"
    "</person><person id='2'><name>Oqil Berdiyev</name></person></people>"
    "<firms><firm><name>Qumtepa MChJ</name></firm></firms></list>"
)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file and gives its path."""

    def run(content: str | bytes) -> Path:
        path = tmp_path / "list.xml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return run


def test_elements_come_with_text_and_place(write: Write) -> None:
    """Namespaces do not matter, white space is folded, empty texts are left out."""
    met = [
        (node.tag, node.text("name"), node.texts("alias"), node.locator, node.number)
        for node in xmlfile.records(write(LIST), "list.xml", ("person", "firm"))
    ]
    assert met == [
        ("person", "Ada Varenkova", ["A. V."], "/list/people/person[1]", 1),
        ("person", "Oqil Berdiyev", [], "/list/people/person[2]", 2),
        ("firm", "Qumtepa MChJ", [], "/list/firms/firm[1]", 1),
    ]


def test_a_text_that_is_not_there_is_empty(write: Write) -> None:
    """Asking for a missing path is no error."""
    node = next(xmlfile.records(write(LIST), "list.xml", ("firm",)))
    assert node.text("alias", "part") == ""
    assert node.texts("alias") == []


@pytest.mark.parametrize("cut", [20, 60, 150, len(LIST) - 3])
def test_a_file_that_is_cut_off_is_refused(write: Write, cut: int) -> None:
    """A shorter file must not pass for a shorter list."""
    with pytest.raises(BadDataError, match="not well-formed"):
        list(xmlfile.records(write(LIST[:cut]), "list.xml", ("person",)))


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE list [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE list SYSTEM "http://lists.example/list.dtd">',
        '<!DOCTYPE list [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>',
        "<!DOCTYPE list>",
    ],
)
def test_document_types_are_refused(write: Write, declared: str) -> None:
    """No entity is ever read, neither from here nor from elsewhere."""
    content = f'<?xml version="1.0"?>{declared}<list><person><name>&f;</name></person></list>'
    with pytest.raises(BadDataError, match=r"document type|well-formed"):
        list(xmlfile.records(write(content), "list.xml", ("person",)))


def test_elements_too_deep_are_refused(write: Write) -> None:
    """Nesting has an end."""
    deep = "<a>" * 500 + "</a>" * 500
    with pytest.raises(BadDataError, match="deep"):
        list(xmlfile.records(write(deep), "list.xml", ("b",)))


def test_read_elements_are_let_go(write: Write) -> None:
    """Memory is that of one block: what was read is emptied, what encloses it stays."""
    people = "".join(f"<person><name>N{n}</name></person>" for n in range(20_000))
    path = write(f"<list><people>{people}</people></list>")
    siblings = [
        len(node.element.getparent()) for node in xmlfile.records(path, "list.xml", ("person",))
    ]
    assert len(siblings) == 20_000
    assert max(siblings) < 5_000  # what one block of the file holds


@pytest.mark.parametrize(
    ("start", "name", "namespaces"),
    [
        (LIST.encode(), "list", ("urn:x:list",)),
        (b"\xef\xbb\xbf" + LIST.encode(), "list", ("urn:x:list",)),
        (LIST.replace("UTF-8", "UTF-16").encode("utf-16"), "list", ("urn:x:list",)),
        (b'<ns:export xmlns:ns="urn:e" a="b">', "export", ("urn:e",)),
        (b"\n <!-- one --> <?style x?> <a/>", "a", ()),
    ],
)
def test_the_root_is_seen_in_the_first_bytes(
    start: bytes, name: str, namespaces: tuple[str, ...]
) -> None:
    """Whatever the encoding and what stands before it."""
    root = xmlfile.root_of(FileHead("x", start))
    assert root == xmlfile.Root(name, namespaces)


@given(st.binary(max_size=200))
def test_looking_for_a_root_is_total(start: bytes) -> None:
    """Any bytes give a root or none."""
    root = xmlfile.root_of(FileHead("x", start))
    assert root is None or root.name


def test_many_comments_before_the_root_cost_no_time() -> None:
    """Recognition is linear in what it looks at."""
    assert xmlfile.root_of(FileHead("x", b"<!--" + b"-" * 60_000)) is None
    assert xmlfile.root_of(FileHead("x", b"<!-- a -->" * 6_000)) is None


@pytest.mark.parametrize(
    "declared",
    [
        "<!DOCTYPE list>", '<!DOCTYPE list SYSTEM "list.dtd">', "<!-- a --><!DOCTYPE list>\n<?b?>",
        '<!DOCTYPE list [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>',
    ],
)  # fmt: skip
def test_the_root_is_seen_behind_a_document_type(declared: str) -> None:
    """So that a list with one is refused for it, and not called unknown."""
    start = f'<?xml version="1.0"?>{declared}<list made="2024-01-02">'.encode()
    assert xmlfile.root_of(FileHead("x", start)) == xmlfile.Root("list")


def test_many_document_types_cost_no_time() -> None:
    """Whatever they hold."""
    for piece in (
        b"<!DOCTYPE a [",
        b"<!DOCTYPE a [] ",
        b"<!DOCTYPE a>",
        b"<!DOCTYPE a []>",
        b"]  ",
    ):
        start = b"<!DOCTYPE a [" + piece * (60_000 // len(piece))
        assert xmlfile.root_of(FileHead("x", start)) is None
        assert xmlfile.root_of(FileHead("x", piece * (60_000 // len(piece)))) is None


@pytest.mark.parametrize(
    ("root", "value", "day"),
    [
        ('<a made="2024-01-02T10:00">', "2024-01-02T10:00", "2024-01-02"),
        ("<a b='made' made = '2024-01-02'>", "2024-01-02", "2024-01-02"),
        ('<a remade="x" made="2024-02-31">', "2024-02-31", None),
        ('<a made="2024">', "2024", None), ('<a made="">', "", None), ("<a>", "", None),
        ('<a><b made="2024-01-02"/>', "", None), ('<!-- made="2024-01-02" --><a>', "", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_attribute_of_the_root_in_any_encoding(
    root: str, value: str, day: str | None, encoding: str
) -> None:
    """And of nothing else; a day is a whole day of the calendar."""
    head = FileHead("x", root.encode(encoding))
    assert xmlfile.root_attribute(head, "made") == value
    assert xmlfile.root_day(head, "made") == day
