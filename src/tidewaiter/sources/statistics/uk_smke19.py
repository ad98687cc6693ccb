"""HM Revenue and Customs: bulk files of trade with countries outside the Union.

SMKE19 (exports) and SMKI19 (imports) have a first record that names them, records of
fixed fields between bars, and a last record with sums.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, partial

import pyarrow as pa
import pyarrow.compute as pc

from tidewaiter.errors import BadDataError
from tidewaiter.model.money import MONEY_PLACES, QUANTITY_PLACES
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources.bulk import Bulk, Chunk, first_cells, split
from tidewaiter.sources.card import Card, resource
from tidewaiter.sources.columns import (
    Cells,
    ColumnRows,
    commodity,
    constant,
    encode,
    joined,
    mapped,
    numbers,
    places,
    remainder,
    said,
)
from tidewaiter.sources.doubles import Doubles
from tidewaiter.sources.editions import edition_in
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally

BAR = "|"
FIRST, LAST = "000000000", "999999999"
PUBLISHER, KIND = "HMCUSTOMS MONTHLY DATA", re.compile(r"(?:NON-EU )?(EXPORT|IMPORT)S")
PERIOD = re.compile(
    r"(?P<m>0[1-9]|1[0-2])/(?P<y>[12][0-9]{3})|0?(?P<y2>[12][0-9]{3})(?P<m2>0[1-9]|1[0-2])"
)
HEADER_CELLS = 7
CN = 8  # digits of the Combined Nomenclature; the ninth is 0 but for pseudo codes
MEASURED = ("VALUE", "QUANTITY-1", "QUANTITY-2")
UNTOLD = frozenset({*MEASURED, "SITC"})  # fields that tell no two records apart


class SmkeCard(Card, frozen=True, kw_only=True):
    """The card, with the fields of either file in their order, and the codes of partners."""

    exports: tuple[str, ...]
    imports: tuple[str, ...]
    series: tuple[str, ...]
    places: dict[str, str]
    editions: dict[int, str]


@cache
def smke_card() -> SmkeCard:
    """``uk_smke19.yml``."""
    return resource("statistics/uk_smke19", SmkeCard)


class UkSmke19Reader(Official):
    """Both files, as unpacked from the published ZIP."""

    name = "uk_smke19"
    dataset = "uk_smke19"
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By its first record."""
        return bool(_direction(first_cells(head, BAR)))

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One flow a record between the first and the last."""
        direction = _direction(split(Bulk(source, BAR, ("first",)).first, BAR))
        names = smke_card().imports if direction == "import" else smke_card().exports
        bulk = Bulk(source, BAR, names, ends=lambda line: line.startswith(LAST + BAR))
        if not direction:
            raise bulk.unreadable("its first record does not name exports or imports")
        rows = ColumnRows(source, "flows")
        doubles = Doubles(bulk, [name for name in names if name not in UNTOLD], names)
        for chunk in bulk.chunks(names):
            fresh = doubles.without(chunk)
            yield from rows.batch(fresh, flows(fresh, direction))
        if not bulk.closing:
            raise _cut_off(source)
        yield Tally(
            rows_read=bulk.rows_read,
            published_on=rows.newest,
            unread=dict(rows.unread),
            part=f"{direction}s/{_file_month(bulk.first)}",
            facts=_facts(bulk),
        )


def flows(chunk: Chunk, direction: str) -> dict[str, Cells]:
    """The columns of the table."""
    card, size, inward = smke_card(), len(chunk), direction == "import"
    printed = {name: chunk.text(name) for name in (card.imports if inward else card.exports)}
    product = encode(printed["COMCODE"])
    period = mapped(printed["ACCOUNT-DATE"], _period)
    partner = _partner(printed["COO-ALPHA" if inward else "COD-ALPHA"], printed["RECORD-TYPE"])
    place = places(card.places)
    second = printed["COD-ALPHA"] if inward else constant("", size)
    value, net, amount = (_unsigned(printed[name]) for name in MEASURED)
    counted = pc.if_else(pc.equal(amount, "0"), "", amount)
    return {
        "period": Cells(period, printed["ACCOUNT-DATE"]),
        "reporter": Cells(constant("GB", size)),
        "partner": Cells(mapped(partner, place), partner),
        "direction": Cells(constant(direction, size)),
        "hs_code": Cells(mapped(product, _code), printed["COMCODE"]),
        "hs_edition": Cells(mapped(period.fill_null(""), partial(edition_in, card.editions))),
        "value": Cells(numbers(value, MONEY_PLACES), value),
        "currency": Cells(constant("GBP", size)),
        "net_kg": Cells(numbers(net, QUANTITY_PLACES), net),
        "quantity": Cells(numbers(counted, QUANTITY_PLACES), counted),
        "valuation": Cells(constant("cif" if inward else "fob", size)),
        "partner_basis": Cells(constant("origin" if inward else "last_known_destination", size)),
        "procedure": Cells(said(printed["PROCEDURE-CODE"])),
        "transport_mode": Cells(said(printed["MODE-OF-TRANSPORT"])),
        "second_partner": Cells(mapped(second, place), second),
        "series": Cells(
            joined(
                *(said(printed[name]).fill_null("-") for name in card.series if name in printed),
                mapped(product, _pseudo),
            )
        ),
        "extent": Cells(mapped(product, remainder)),
    }


def _partner(alpha: pa.Array, record_type: pa.Array) -> pa.Array:
    """The code of the partner; where a record is suppressed and names none, the code for that."""
    withheld = pc.and_(
        pc.equal(alpha, ""), pc.invert(pc.is_in(record_type, pa.array(["000", "0"])))
    )
    return pc.if_else(withheld, "QX", alpha)


def _unsigned(texts: pa.Array) -> pa.Array:
    """``+000017`` as ``17``. A minus stays: corrections that lower a month are no flows."""
    bare = pc.replace_substring_regex(texts, r"^\+?0*([0-9])", r"\1")
    return pc.replace_substring_regex(bare, r"^-0*([0-9])", r"-\1")


def _code(text: str) -> str | None:
    """Eight digits where the ninth says nothing."""
    return commodity(text[:CN] if len(text) == CN + 1 and text.endswith("0") else text)


def _pseudo(text: str) -> str | None:
    """The whole code where its ninth digit says something."""
    return None if len(text) == CN + 1 and text.endswith("0") else text


def _period(text: str) -> str | None:
    found = PERIOD.fullmatch(text)
    return f"{found['y'] or found['y2']}-{found['m'] or found['m2']}" if found else None


def _direction(cells: list[str]) -> str:
    """``export`` or ``import``, from the first record; nothing where it is another file."""
    if len(cells) != HEADER_CELLS or cells[0] != FIRST or cells[3] != PUBLISHER:
        return ""
    kind = KIND.fullmatch(cells[-1])
    return kind[1].lower() if kind else ""


def _file_month(first: str) -> str:
    month, year = split(first, BAR)[4:6]
    return f"{year}-{month}".lower()


def _facts(bulk: Bulk) -> dict[str, str]:
    """What the last record says: how many records and pounds the publisher counted."""
    told = split(bulk.closing[-1], BAR)
    names = {1: "records_by_trailer", 5: "value_by_trailer"}
    return {name: told[at].lstrip("+0") or "0" for at, name in names.items() if at < len(told)} | {
        "month": _file_month(bulk.first)
    }


def _cut_off(source: SourceFile) -> BadDataError:
    return BadDataError(
        f"the last record, which begins with {LAST}, is missing",
        where=source.name,
        next_step="fetch the file again: it is cut off",
    )
