"""Consignments as the papers that customs services, banks and sellers keep of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tidewaiter.goods.rates import bundled
from tidewaiter.simulate import atlas
from tidewaiter.simulate.cast import Payment
from tidewaiter.simulate.consignments import (
    ANY_ID,
    BOTH_IDS,
    LOST,
    ONWARD,
    TRANSIT,
    Consignments,
)
from tidewaiter.simulate.firms import Firm
from tidewaiter.simulate.plan import iso
from tidewaiter.simulate.registers import Ids
from tidewaiter.simulate.spelling import VARIANTS

SPELLED = (0.78, 0.14, 0.08)  # how often a party is written in each of its spellings
OWN_ID, OTHER_ID = 0.95, 0.6  # how often the declaring, and the foreign, party's id is known
PAID, PAPERED, STATED = 0.4, 0.25, 0.5  # share of consignments with payment, invoice, statement
BY_LETTER = 0.08  # share of payments by letter of credit
AT_SIGHT, PRESENTED = 4, 20  # days from shipment to a payment by letter: least, and spread
DOLLARS = 0.7  # share of consignments invoiced in US dollars
KINDS = np.array(["e_invoice", "vat_application", "rail_note", "cmr"])
BANKS = "ABC"
STRANGE = ("electronics", "aviation")

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Papers:
    """Turns blocks of consignments into tables; row numbers run on from block to block."""

    def __init__(self, firms: Sequence[Firm], ids: Ids, seed: int) -> None:
        self.random = np.random.default_rng([seed, 13])
        self.ids = ids
        self.country = np.array([firm.country for firm in firms])
        self.names = pa.array([name for firm in firms for name in firm.names])
        self.keys = pa.array(ids.firms)
        self.parts = pa.array([_part_number(firm) for firm in firms])
        lands = atlas.countries()
        self.codes = pa.array([land.code for land in lands])
        self.target = np.array([land.code == atlas.TARGET for land in lands])
        self.union = np.array([land.union for land in lands])
        self.hub = np.array([land.part == "hub" for land in lands])
        self.coalition = np.array([land.coalition for land in lands])
        self.tongue = np.array([("latin", "cyrillic", "turkic").index(x.script) for x in lands])
        self.currency = np.array([land.currency for land in lands])
        self.declared = 0
        self.moved = 0
        self.paid = 0
        self.paid_otherwise: list[int] = []  # shipments whose payment a scheme tells of
        self.written: dict[int, tuple[str, str]] = {}

    @cached_property
    def strange(self) -> Bools:
        """Which products have part numbers."""
        held = {each.hs for group in STRANGE for each in atlas.groups()[group]}
        return np.array([each.hs in held for each in atlas.products()])

    def tables(self, block: Consignments) -> dict[str, pa.Table]:
        """The plain tables of a block, in order of date."""
        block = block.take(np.lexsort((self.random.random(len(block)), block.day)))
        export, transit, arriving, inner = self._crossings(block)
        sheet = _Sheet(self, block)
        rows = [
            sheet.declarations(export, "export"),
            sheet.declarations(transit, "transit"),
            sheet.declarations(arriving, "import"),
        ]
        made = pa.concat_tables(rows)
        order = np.argsort(
            np.concatenate([np.flatnonzero(m) for m in (export, transit, arriving)]), kind="stable"
        )
        made, refs = self._numbered(made.take(pa.array(order)), order, (export, transit, arriving))
        movements, numbers = sheet.movements(inner)
        self._note(block, refs, numbers)
        return {
            "declarations": made,
            "movements": movements,
            "payments": sheet.payments(refs),
            "documents": sheet.documents(refs),
        }

    def _numbered(
        self, made: pa.Table, order: Ints, masks: tuple[Bools, ...]
    ) -> tuple[pa.Table, Ints]:
        """Number the rows; gives the row of each consignment's export, transit and import."""
        numbers = np.arange(len(order)) + self.declared + 1
        self.declared += len(order)
        inverse = np.empty(len(order), dtype=np.int64)
        inverse[order] = numbers
        refs = np.zeros((3, len(masks[0])), dtype=np.int64)
        first = 0
        for place, mask in enumerate(masks):
            size = int(mask.sum())
            refs[place, mask] = inverse[first : first + size]
            first += size
        column = _ids("D", numbers)
        return made.add_column(0, "declaration_id", column), refs

    def _note(self, block: Consignments, refs: Ints, moved: Ints) -> None:
        """Which rows a told shipment came to: where it left and where it arrived."""
        for at in np.flatnonzero(block.cast >= 0):
            left, arrived = (f"D{n:010d}" if n else "" for n in (refs[0, at], refs[2, at]))
            if moved[at]:
                left = arrived = f"M{moved[at]:010d}"
            self.written[int(block.cast[at])] = (left, arrived)

    def rows_of(self, block: Consignments) -> int:
        """How many customs rows a block comes to."""
        export, transit, arriving, _ = self._crossings(block)
        return int(export.sum() + transit.sum() + arriving.sum())

    def _crossings(self, block: Consignments) -> tuple[Bools, Bools, Bools, Bools]:
        """Which consignments leave an export, a transit and an import row, or a movement.

        The target's customs shares nothing, and inside the union there is none.
        """
        one, other = self.country[block.seller], self.country[block.buyer]
        inner = self.union[one] & self.union[other] & (one != other)
        crossing = (one != other) & ~inner
        export = crossing & ~self.target[one]
        transit = np.isin(block.procedure, (TRANSIT, LOST))
        arriving = crossing & ~self.target[other] & (block.procedure != LOST)
        return export, transit, arriving, inner

    def told_payments(self, told: Sequence[Payment], firms: Sequence[Firm]) -> pa.Table | None:
        """Payments that a scheme or look-alike tells of."""
        if not told:
            return None
        rows = []
        for number, each in enumerate(told):
            refs = self.written.get(each.shipment, ("", ""))
            rows.append(
                {
                    "payment_id": f"F{self.paid + number + 1:010d}",
                    "date": iso(each.day),
                    **_party("payer", firms[each.payer], self.ids),
                    **_party("payee", firms[each.payee], self.ids),
                    "amount": each.usd,
                    "currency": "USD",
                    "medium": "wire",
                    "narrative": each.narrative,
                    "declaration_ids": refs[1] or refs[0],
                }
            )
        return pa.Table.from_pylist(rows)


class _Sheet:
    """One block while it is written."""

    def __init__(self, papers: Papers, block: Consignments) -> None:
        self.papers = papers
        self.block = block
        self.one = papers.country[block.seller]
        self.other = papers.country[block.buyer]
        random, size = papers.random, len(block)
        self.luck = random.random((6, size))
        spelled = random.choice(VARIANTS, size=(2, size), p=SPELLED)
        self.seller_name = np.where(block.seller_name < 0, spelled[0], block.seller_name)
        self.buyer_name = np.where(block.buyer_name < 0, spelled[1], block.buyer_name)
        self.dates = _dates(block.day)
        paid = (self.luck[3] < PAID) & ~np.isin(block.cast, papers.paid_otherwise)
        self.paid = paid
        self.by_letter = paid & (self.luck[4] < BY_LETTER)
        self.money, self.amounts = self._priced()

    def _priced(self) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.float64]]:
        """The invoice currency and the value in it."""
        years = (self.block.day.astype("datetime64[D]").astype("datetime64[Y]").astype(int)) + 1970
        wanted = np.where(self.luck[0] < DOLLARS, "USD", self.papers.currency[self.one])
        value = self.block.value.copy()
        known = bundled()
        for currency in np.unique(wanted):
            for year in np.unique(years):
                here = (wanted == currency) & (years == year)
                rate = known.get((str(currency), str(year)))
                if currency == "USD":
                    continue
                if rate is None:
                    wanted[here] = "USD"
                else:
                    value[here] /= float(rate)
        return wanted, np.maximum(np.round(value, 2), 0.01)

    def declarations(self, mask: Bools, procedure: str) -> pa.Table:
        """Rows of one procedure, still without numbers."""
        at = np.flatnonzero(mask)
        block, papers = self.block, self.papers
        lands = {"export": self.one, "import": self.other, "transit": np.maximum(block.via, 0)}
        where = lands[procedure][at]
        kind = np.full(len(at), procedure, dtype=object)
        if procedure == "export":
            kind[block.procedure[at] == ONWARD] = "re-export"
        codes = np.array([each.hs for each in atlas.products()])[block.product[at]]
        long_codes = np.char.add(codes, np.where(papers.hub[where], "0000", ""))
        end_user = pa.array(np.maximum(block.end_user[at], 0) * VARIANTS)
        stated = papers.names.take(end_user)
        return pa.table(
            {
                "item_no": pa.array(np.ones(len(at), dtype=np.int64)),
                "date": self.dates.take(pa.array(at)),
                "procedure": pa.array(kind, pa.string()),
                **self._parties(at, where),
                "dispatch_country": papers.codes.take(pa.array(self.one[at])),
                "destination_country": papers.codes.take(pa.array(self.other[at])),
                "origin_country": papers.codes.take(pa.array(papers.country[block.maker[at]])),
                "via_countries": _where(
                    block.via[at] >= 0, papers.codes.take(pa.array(np.maximum(block.via[at], 0)))
                ),
                "hs_code": pa.array(long_codes),
                "description": self._words(at, where),
                **self._amount(at),
                "part_numbers": _where(
                    papers.strange[block.product[at]], papers.parts.take(pa.array(block.maker[at]))
                ),
                "manufacturer": papers.names.take(pa.array(block.maker[at] * VARIANTS)),
                "end_user_name": _where(block.end_user[at] >= 0, stated),
            }
        )

    def movements(self, mask: Bools) -> tuple[pa.Table, Ints]:
        """Rows of goods that move inside the union, and each consignment's number (0: none)."""
        at = np.flatnonzero(mask)
        block, papers = self.block, self.papers
        numbers = np.arange(len(at)) + papers.moved + 1
        papers.moved += len(at)
        kinds = KINDS[(self.luck[5][at] * len(KINDS)).astype(int)]
        placed = np.zeros(len(block), dtype=np.int64)
        placed[at] = numbers
        made = pa.table(
            {
                "movement_id": _ids("M", numbers),
                "item_no": pa.array(np.ones(len(at), dtype=np.int64)),
                "date": self.dates.take(pa.array(at)),
                "kind": pa.array(kinds),
                **self._parties(at, self.one[at]),
                "from_country": papers.codes.take(pa.array(self.one[at])),
                "to_country": papers.codes.take(pa.array(self.other[at])),
                "hs_code": pa.array(np.array([e.hs for e in atlas.products()])[block.product[at]]),
                "description": self._words(at, self.one[at]),
                **self._amount(at),
            }
        )
        return made, placed

    def payments(self, refs: Ints) -> pa.Table:
        """Payments of buyers to sellers for a share of the consignments."""
        block, papers = self.block, self.papers
        at = np.flatnonzero(self.paid & (refs.max(axis=0) > 0))
        number = _paid_for(refs)[at]
        numbers = np.arange(len(at)) + papers.paid + 1
        papers.paid += len(at)
        late = (self.luck[4][at] * 60).astype(int) - 20
        # A bank pays a letter of credit when it is shown that the goods have left.
        sight = AT_SIGHT + (self.luck[5][at] * PRESENTED).astype(int)
        late = np.where(self.by_letter[at], sight, late)
        return pa.table(
            {
                "payment_id": _ids("F", numbers),
                "date": _dates(block.day[at] + late),
                **self._paying("payer", block.buyer[at]),
                **self._paying("payee", block.seller[at]),
                "amount": pa.array(self.amounts[at]),
                "currency": pa.array(self.money[at]),
                "medium": pa.array(np.where(self.by_letter[at], "letter_of_credit", "wire")),
                "narrative": pa.array(["goods by contract"] * len(at)),
                "declaration_ids": _ids("D", number),
                "payer_bank_bic": self._bank(block.buyer[at]),
                "payee_bank_bic": self._bank(block.seller[at]),
            }
        )

    def documents(self, refs: Ints) -> pa.Table:
        """Invoices, and end-user statements where the seller's law asks for them."""
        block, papers = self.block, self.papers
        known = refs.max(axis=0) > 0
        stated = papers.coalition[self.one] & papers.strange[block.product]
        made = []
        for kind, mask, lead in (
            ("order", known & (self.luck[4] < PAPERED), 25),
            ("invoice", known & (self.luck[4] < PAPERED), 2),
            ("letter_of_credit", known & self.by_letter, 15),
            ("end_user_statement", known & stated & (self.luck[2] < STATED), 20),
        ):
            at = np.flatnonzero(mask)
            letter = kind == "letter_of_credit"
            number = _paid_for(refs) if letter else np.where(refs[0] > 0, refs[0], refs[2])
            issuer, partner = (
                (block.seller, block.buyer) if kind == "invoice" else (block.buyer, block.seller)
            )
            names = papers.names.take(pa.array(block.buyer[at] * VARIANTS))
            said = kind == "end_user_statement"
            made.append(
                pa.table(
                    {
                        "document_id": _ids(kind[0].upper(), number[at]),
                        "kind": pa.array([kind] * len(at), pa.string()),
                        "date": _dates(block.day[at] - lead),
                        "issuer_name": self._bank(block.buyer[at])
                        if letter
                        else papers.names.take(pa.array(issuer[at] * VARIANTS)),
                        "counterparty_name": papers.names.take(pa.array(partner[at] * VARIANTS)),
                        "end_user_name": names if said else pa.nulls(len(at), pa.string()),
                        "end_use": pa.array(
                            ["own production or sale at home" if said else None] * len(at),
                            pa.string(),
                        ),
                        "hs_code": pa.array(
                            np.array([e.hs for e in atlas.products()])[block.product[at]]
                        ),
                        "quantity": pa.array(block.quantity[at]),
                        "value": pa.array(self.amounts[at]),
                        "currency": pa.array(self.money[at]),
                        "reference_ids": _ids("D", number[at]),
                    }
                )
            )
        return pa.concat_tables(made)

    def _parties(self, at: Ints, where: Ints) -> dict[str, pa.Array]:
        """Consignor and consignee: id where it is known, name as spelled, country."""
        block, papers = self.block, self.papers
        made: dict[str, pa.Array] = {}
        for role, firm, name, luck in (
            ("consignor", block.seller, self.seller_name, self.luck[1]),
            ("consignee", block.buyer, self.buyer_name, self.luck[2]),
        ):
            own = papers.country[firm[at]] == where
            chance = luck[at] < np.where(own, OWN_ID, OTHER_ID)
            told = block.ids[at]
            shown = np.where(told == ANY_ID, chance, (told == BOTH_IDS) | own)
            made |= {
                f"{role}_id": _where(shown, papers.keys.take(pa.array(firm[at]))),
                f"{role}_name": papers.names.take(pa.array(firm[at] * VARIANTS + name[at])),
                f"{role}_country": papers.codes.take(pa.array(papers.country[firm[at]])),
            }
        return made

    def _amount(self, at: Ints) -> dict[str, pa.Array]:
        block = self.block
        kilos = np.array([each.kg for each in atlas.products()])[block.product[at]]
        mass = np.maximum(np.round(block.quantity[at] * kilos, 3), 0.001)
        units = np.array([each.unit for each in atlas.products()])[block.product[at]]
        return {
            "quantity": pa.array(block.quantity[at]),
            "unit": pa.array(units),
            "net_kg": pa.array(mass),
            "value": pa.array(self.amounts[at]),
            "currency": pa.array(self.money[at]),
        }

    def _words(self, at: Ints, where: Ints) -> pa.Array:
        """The goods in the language of the customs service that writes."""
        block = self.block
        product = np.where(block.text[at] >= 0, block.text[at], block.product[at])
        words = pa.array([w for each in atlas.products() for w in (each.en, each.ru, each.tr)])
        return words.take(pa.array(product * 3 + self.papers.tongue[where]))

    def _paying(self, role: str, firm: Ints) -> dict[str, pa.Array]:
        papers = self.papers
        return {
            f"{role}_id": papers.keys.take(pa.array(firm)),
            f"{role}_name": papers.names.take(pa.array(firm * VARIANTS)),
            f"{role}_country": papers.codes.take(pa.array(papers.country[firm])),
        }

    def _bank(self, firm: Ints) -> pa.Array:
        lands = [land.code for land in atlas.countries()]
        banks = pa.array([bank(code, number) for code in lands for number in range(len(BANKS))])
        return banks.take(pa.array(self.papers.country[firm] * len(BANKS) + firm % len(BANKS)))


def bank(country: str, number: int) -> str:
    """The BIC (ISO 9362) of an invented bank: one of three in each country."""
    return f"XSB{BANKS[number]}{country}2X"


def _paid_for(refs: Ints) -> Ints:
    """The row that a payment names: the buyer's, or else the seller's."""
    number: Ints = np.where(refs[2] > 0, refs[2], refs[0])
    return number


def _party(role: str, firm: Firm, ids: Ids) -> dict[str, str]:
    code = atlas.countries()[firm.country].code
    return {
        f"{role}_id": ids.of(firm.key),
        f"{role}_name": firm.names[0],
        f"{role}_country": code,
        f"{role}_bank_bic": bank(code, firm.key % len(BANKS)),
    }


def _part_number(firm: Firm) -> str:
    letters = "".join(c for c in firm.names[-1].upper() if c.isascii() and c.isalpha())[:3]
    return f"{letters or 'XQ'}{firm.key * 37 % 9000 + 1000}"


def _ids(letter: str, numbers: Ints) -> pa.Array:
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), 10, "0")
    return pc.binary_join_element_wise(pa.scalar(letter), digits, "")


def _dates(days: Ints) -> pa.Array:
    return pa.array(days.astype("datetime64[D]")).cast(pa.string())


def _where(mask: Bools, values: pa.Array) -> pa.Array:
    """The values where the mask holds, null elsewhere."""
    return pc.if_else(pa.array(mask), values, pa.scalar(None, pa.string()))
