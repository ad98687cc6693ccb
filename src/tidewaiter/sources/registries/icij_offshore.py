"""ICIJ's Offshore Leaks database: nodes and relationships of five leaks, as CSV.

Whether an officer or intermediary is a person is not said, and not guessed: every node
but an address is kept as a company, and ``extra`` tells its kind. Nothing counts as known
before the release of its leak, which the card dates.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources

import prefixdate

from tidewaiter.errors import BadDataError
from tidewaiter.model.dates import iso_date
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources.card import Card
from tidewaiter.sources.jsonvalues import filled
from tidewaiter.sources.layout import header_of
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally
from tidewaiter.sources.rows import Row, Rows
from tidewaiter.sources.tabular import Cells, Records

FILE = "icij_offshore.yml"
COMMON = frozenset({"node_id", "countries", "country_codes", "sourceID", "valid_until"})
# Files by columns that others lack, the most particular first.
NODES = {
    "nodes-entities": frozenset({"name", "jurisdiction", "ibcRUC", "service_provider"}),
    "nodes-others": frozenset({"name", "type", "jurisdiction"}),
    "nodes-intermediaries": frozenset({"name", "status", "internal_id"}),
    "nodes-addresses": frozenset({"address"}),
    "nodes-officers": frozenset({"name"}),
}
RELATIONSHIPS = "relationships"
ENDS = frozenset({"node_id_start", "node_id_end", "rel_type", "sourceID"})
ADDRESSES, REGISTERED = "nodes-addresses", "registered_address"
DATE_FORMATS = ("%d-%b-%Y", "%b %d, %Y", "%d %b %Y", "%B %d, %Y", "%d/%b/%Y")
SAID = {
    "original_name": "original name",
    "former_name": "former name",
    "jurisdiction": "jurisdiction",
    "type": "type",
    "status": "status",
    "service_provider": "service provider",
    "internal_id": "internal id",
    "inactivation_date": "inactive from",
    "dorm_date": "dormant from",
    "closed_date": "closed on",
    "countries": "countries",
    "valid_until": "valid until",
    "note": "note",
    "sourceID": "source",
}


class OffshoreCard(Card, frozen=True, kw_only=True):
    """The card, with the release of each leak and what is owned by which link."""

    releases: dict[str, str]
    owned: dict[str, str]


@cache
def card() -> OffshoreCard:
    """The card of this format."""
    import msgspec.yaml

    text = resources.files(__package__).joinpath(FILE).read_bytes()
    return msgspec.yaml.decode(text, type=OffshoreCard)


class IcijOffshoreReader(Official):
    """Each of the six files of a publication."""

    name = "icij_offshore"
    dataset = "icij_offshore"
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By its columns."""
        return bool(kind_of(header_of(head)))

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One node or relationship a row."""
        records = Records(source)
        kind = kind_of(records.columns)
        if not kind:
            raise BadDataError(
                "the columns are of none of the files of the Offshore Leaks database",
                where=source.name,
                next_step="fetch the database again: nodes-*.csv and relationships.csv",
            )
        rows = Rows(source, "companies", lenient=("companies.country",))
        for each in records:
            if isinstance(each, Reject):
                yield rows.pass_on(each)
            else:
                place, cells = each
                yield from rows.add(place, _row(kind, cells))
        yield from rows.flush()
        yield Tally(
            rows_read=rows.read,
            entities=0 if kind == RELATIONSHIPS else rows.read,
            published_on=rows.newest,
            unused=card().unknown(records.columns),
            unread=dict(rows.unread),
            part=kind,
        )


def kind_of(columns: tuple[str, ...]) -> str:
    """Which of the files has these columns; empty if none."""
    names = set(columns)
    if names >= ENDS:
        return RELATIONSHIPS
    if not names >= COMMON:
        return ""
    return next((kind for kind, needed in NODES.items() if names >= needed), "")


@lru_cache(maxsize=1024)
def release(source: str) -> str:
    """When a leak was published, by the longest name that its own begins with."""
    found = [name for name in card().releases if source.startswith(name)]
    return card().releases[max(found, key=len)] if found else ""


@lru_cache(maxsize=65_536)
def day(text: str) -> str:
    """A printed date as ISO 8601; what is none stays as printed."""
    return iso_date(text) or iso_date(_parsed(text)) or text


def _parsed(text: str) -> str:
    return prefixdate.parse_formats(text, DATE_FORMATS).text or ""


def _row(kind: str, cells: Cells) -> Row:
    row = _made(kind, cells)
    known = release(cells.get("sourceID", ""))
    if known:
        return Row(row.table, {**row.cells, "known_from": known}, row.extra, row.tag)
    return _undated(row)


def _undated(row: Row) -> Row:
    """Without the dates a clock counts from: nothing may be known before its release."""
    dates = {name: row.cells.get(name, "") for name in ("start", "incorporated_on")}
    said = {f"{name}, release unknown": str(value) for name, value in dates.items()}
    kept = {name: value for name, value in row.cells.items() if name not in dates}
    return Row(row.table, kept, row.extra | filled(said), row.tag)


def _made(kind: str, cells: Cells) -> Row:
    if kind == RELATIONSHIPS:
        return _relationship(cells)
    extra = filled({said: cells.get(name, "") for name, said in SAID.items()}) | {"node": kind}
    if kind == ADDRESSES:
        return Row(
            "addresses",
            {
                "address_id": cells["node_id"],
                "address": cells.get("address", "") or cells.get("name", ""),
                "countries": cells.get("countries", ""),
            },
            extra,
        )
    names = [cells.get(name, "") for name in ("name", "original_name", "former_name")]
    return Row(
        "companies",
        {
            "company_id": cells["node_id"],
            "name": list(dict.fromkeys(name for name in names if name)) if names[0] else [],
            "country": cells.get("jurisdiction_description") or cells.get("jurisdiction", ""),
            "legal_form": cells.get("company_type", ""),
            "registration_number": cells.get("ibcRUC", ""),
            "address": cells.get("address", ""),
            "incorporated_on": day(cells.get("incorporation_date", "")),
            "dissolved_on": day(cells.get("struck_off_date", "")),
        },
        extra,
    )


def _relationship(cells: Cells) -> Row:
    """A stake where the link says what is owned, else a role; an address is a role's holder."""
    kind, link = cells["rel_type"], cells.get("link", "")
    first, second = cells["node_id_start"], cells["node_id_end"]
    extra = filled(
        {
            "relationship": kind,
            "link": link,
            "status": cells.get("status", ""),
            "source": cells["sourceID"],
        }
    )
    times = {
        "start": day(cells.get("start_date", "")),
        "end": day(cells.get("end_date", "")),
    }
    owned = card().owned.get(link.casefold())
    if owned:
        ends = {"owner_id": first, "company_id": second, "interest": owned}
        return Row("stakes", ends | times, extra, link)
    if kind == REGISTERED:
        first, second = second, first
    ends = {"person_id": first, "company_id": second, "role": link or kind}
    return Row("roles", ends | times, extra)
