"""Words of the Harmonized System: the six-digit nomenclature as open data, and short lists."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import jsonfile
from tidewaiter.sources.jsonfile import Start
from tidewaiter.sources.layout import header_of
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally
from tidewaiter.sources.rows import Place, Row, Rows
from tidewaiter.sources.tabular import Records

COLUMNS = ("section", "hscode", "description", "parent", "level")
KEYS = frozenset({"desc", "chapter"})
CODE = re.compile(r"[0-9]{2}|[0-9]{4}|[0-9]{6}")
EDITION = re.compile(r"hs[-_ ]?(?P<year>1988|1992|1996|2002|2007|2012|2017|2022)", re.IGNORECASE)
UNKNOWN_EDITION = "HS"


class HsCodesReader(Official):
    """CSV with section, hscode, description, parent, level; or JSON of code: desc, chapter."""

    name = "hs_codes"
    dataset = "hs"
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By the columns, or by codes as keys of objects with a description."""
        return header_of(head) == COLUMNS or _is_dictionary(jsonfile.start_of(head))

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One row a code."""
        rows = Rows(source)
        found = EDITION.search(source.name)
        edition = f"HS{found['year']}" if found else UNKNOWN_EDITION
        start = FileHead.of(source.path, source.name).start
        is_json = start.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{"
        unused: tuple[str, ...] = ()
        if is_json:
            yield from _from_json(source, rows, edition)
        else:
            records = Records(source)
            unused = records.unused(*COLUMNS)
            yield from _from_csv(records, rows, edition)
        yield from rows.flush()
        yield Tally(rows_read=rows.read, unused=unused, unread=dict(rows.unread), part=source.name)


def _is_dictionary(start: Start | None) -> bool:
    """Whether every key that is seen is a code."""
    return (
        start is not None
        and start.kind == "object"
        and len(start.keys) > 0
        and all(CODE.fullmatch(key) for key in start.keys)
    )


def _from_csv(records: Records, rows: Rows, edition: str) -> Iterator[Batch | Reject]:
    for each in records:
        if isinstance(each, Reject):
            yield rows.pass_on(each)
            continue
        place, cells = each
        said = {
            "edition": edition,
            "code": cells.get("hscode", ""),
            "level": cells.get("level", ""),
            "parent": cells.get("parent", ""),
            "section": cells.get("section", ""),
            "description": cells.get("description", ""),
        }
        yield from rows.add(place, Row("hs_codes", said))


def _from_json(source: SourceFile, rows: Rows, edition: str) -> Iterator[Batch | Reject]:
    for number, (code, said) in enumerate(jsonfile.members(source.path, source.name), start=1):
        place = Place(number, 0, f"/{code}")
        if not isinstance(said, dict) or not isinstance(said.get("desc"), str):
            yield rows.refuse(place, "desc", str(said), "no description")
            continue
        extra = {key: str(value) for key, value in said.items() if key != "desc"}
        cells = {"edition": edition, "code": code, "description": said["desc"]}
        yield from rows.add(place, Row("hs_codes", {**cells, "level": str(len(code))}, extra))
