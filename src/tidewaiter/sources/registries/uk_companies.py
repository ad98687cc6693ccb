"""Companies House: basic data of every live company of the United Kingdom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from tidewaiter.errors import BadDataError
from tidewaiter.model.dates import iso_date
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources.card import card
from tidewaiter.sources.csvfile import Sheet
from tidewaiter.sources.layout import header_of
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally
from tidewaiter.sources.rows import Place, Row, Rows
from tidewaiter.sources.tabular import Records

NEEDED = frozenset({"CompanyName", "CompanyNumber", "CompanyCategory", "IncorporationDate"})
NUMBER = re.compile(r"(?<=_)[0-9]+")
PART = re.compile(r"part([0-9]+)_[0-9]+", re.IGNORECASE)
PREVIOUS = 10  # most names before that the layout holds
SICS = 4  # most activities
ACTIVITY = re.compile(r"(?P<code>[0-9]{4,5})\s*-\s*(?P<words>.+)")
DATE = re.compile(r"(?P<day>[0-9]{2})/(?P<month>[0-9]{2})/(?P<year>[0-9]{4})")
CLASSIFICATION = {4: "uk_sic2003", 5: "uk_sic2007"}  # by the digits of a code
ADDRESS = (
    "RegAddress.CareOf", "RegAddress.POBox", "RegAddress.AddressLine1", "RegAddress.AddressLine2",
    "RegAddress.PostTown", "RegAddress.County", "RegAddress.PostCode", "RegAddress.Country",
)  # fmt: skip
EXTRA = {
    "CompanyStatus": "status",
    "Accounts.AccountCategory": "accounts",
    "Accounts.LastMadeUpDate": "accounts made up to",
    "ConfStmtLastMadeUpDate": "confirmed on",
    "URI": "uri",
}
Cells = dict[str, str]


class UkCompaniesReader(Official):
    """The whole file, or one of its parts."""

    name = "uk_companies"
    dataset = "uk_companies_house"
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By its columns."""
        return set(header_of(head)) >= NEEDED

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One company a row."""
        sheet, columns = _opened(source)
        rows = Rows(source, "companies", lenient=("companies.country",))
        for chunk in sheet.chunks():
            for reject in chunk.rejects:
                yield rows.pass_on(reject)
            for row, number, line in zip(chunk.rows, chunk.numbers, chunk.lines, strict=True):
                cells = {
                    name: cell.strip()
                    for name, cell in zip(columns, row, strict=True)
                    if cell and not cell.isspace()
                }
                place = Place(number, line, f"row {number}")
                yield from rows.add(place, _company(cells), *_renamings(cells))
        yield from rows.flush()
        names = {NUMBER.sub("n", name) for name in columns if name}
        yield Tally(
            rows_read=rows.read,
            entities=rows.read,
            published_on=rows.newest,
            unused=card(self.name).unknown(names),
            unread=dict(rows.unread),
            part=_part(source.name),
        )


def _opened(source: SourceFile) -> tuple[Sheet, tuple[str, ...]]:
    records = Records(source)
    if not set(records.columns) >= NEEDED:
        raise BadDataError(
            f"the header lacks {', '.join(sorted(NEEDED - set(records.columns)))}",
            where=source.name,
            next_step="fetch the free company data product of Companies House again",
        )
    return records.sheet, records.columns


def _part(name: str) -> str:
    """``basic``, or which of its parts."""
    found = PART.search(name)
    return f"basic/{found[1]}" if found else "basic"


def _company(cells: Cells) -> Row:
    codes, words, others = _activities(cells)
    extra = {here: cells[name] for name, here in EXTRA.items() if name in cells}
    if others:
        extra["activities"] = " | ".join(others)
    names = [cells.get("CompanyName", "")]
    if names[0]:
        names += [cells.get(f"PreviousName_{number}.CompanyName", "") for number in _places()]
    return Row(
        "companies",
        {
            "company_id": cells.get("CompanyNumber", ""),
            "registration_number": cells.get("CompanyNumber", ""),
            "name": list(dict.fromkeys(name for name in names if name)),
            "country": cells.get("CountryOfOrigin", ""),
            "legal_form": cells.get("CompanyCategory", ""),
            "incorporated_on": _day(cells.get("IncorporationDate", "")),
            "dissolved_on": _day(cells.get("DissolutionDate", "")),
            "activity_codes": codes,
            "registered_activity": "; ".join(words),
            "address": ", ".join(cells[name] for name in ADDRESS if name in cells),
        },
        extra,
    )


def _places() -> range:
    return range(1, PREVIOUS + 1)


def _activities(cells: Cells) -> tuple[list[str], list[str], list[str]]:
    """Codes with their classification, their words, and what is neither."""
    codes, words, others = [], [], []
    for number in range(1, SICS + 1):
        printed = cells.get(f"SICCode.SicText_{number}", "")
        found = ACTIVITY.fullmatch(printed)
        if found:
            codes.append(f"{CLASSIFICATION[len(found['code'])]}:{found['code']}")
            words.append(found["words"])
        elif printed:
            others.append(printed)
    return codes, words, others


def _renamings(cells: Cells) -> Iterator[Row]:
    """Every change of name, newest first: what it was, and what it became.

    A day that cannot be read leaves the change without a successor it could be told by.
    """
    changes: list[tuple[str, str]] = []
    for number in _places():
        name = cells.get(f"PreviousName_{number}.CompanyName", "")
        if name:
            changes.append((_day(cells.get(f"PreviousName_{number}.CONDATE", "")), name))
    dated = all(iso_date(when) for when, _ in changes)
    changes.sort(key=lambda change: change[0], reverse=True)
    became = cells.get("CompanyName", "")
    for when, name in changes:
        row = {"company_id": cells.get("CompanyNumber", ""), "field": "name", "changed_on": when}
        yield Row("name_history", row | {"old_value": name, "new_value": became if dated else ""})
        became = name


@lru_cache(maxsize=65_536)
def _day(text: str) -> str:
    """31/12/2015 as ISO 8601; anything else stays as printed."""
    found = DATE.fullmatch(text)
    return f"{found['year']}-{found['month']}-{found['day']}" if found else text
