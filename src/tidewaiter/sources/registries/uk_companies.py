"""Companies House, basic company data: one row a live company, with its former names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import printed
from tidewaiter.sources.card import card
from tidewaiter.sources.layout import header_of
from tidewaiter.sources.reader import Batch, FileHead, Tally
from tidewaiter.sources.records import Cells, Records
from tidewaiter.sources.rows import Row, Rows

REQUIRED = frozenset({"CompanyName", "CompanyNumber", "CompanyCategory", "IncorporationDate"})
ADDRESS = (
    "CareOf",
    "POBox",
    "AddressLine1",
    "AddressLine2",
    "PostTown",
    "County",
    "Country",
    "PostCode",
)
FORMER = 10  # former names a row has room for
NO_CODE = frozenset({"none supplied", ""})
EXTRA = re.compile(
    r"Accounts\.|Returns\.|Mortgages\.|LimitedPartnerships\.|ConfStmt|CompanyStatus|URI|CountryOfOrigin"
)
COUNTRY = "GB"


class UkCompaniesReader:
    """BasicCompanyDataAsOneFile, or a part of it."""

    name = "uk_companies"
    dataset = "uk_companies_house"
    version = 1

    @property
    def licence(self) -> str:
        """Of Companies House."""
        return card(self.name).licence

    def recognises(self, head: FileHead) -> bool:
        """By its columns, of which some begin with a space."""
        return set(header_of(head)) >= REQUIRED

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One company a row; each former name is a row of its own beside it."""
        rows = Rows(source, "companies")
        records = Records(source)
        companies = 0
        for each in records:
            if isinstance(each, Reject):
                rows.read += 1
                yield each
            else:
                place, cells = each
                companies += bool(cells.get("CompanyNumber") and cells.get("CompanyName"))
                yield from rows.add(place, _company(cells), *_former(cells))
        yield from rows.flush()
        yield Tally(
            rows_read=rows.read,
            entities=companies,
            published_on=rows.newest,
            unused=tuple(name for name in records.columns if not _is_known(name)),
            unread=dict(rows.unread),
            part="company-data",
        )


def _is_known(name: str) -> bool:
    return bool(
        name in REQUIRED
        or name == "DissolutionDate"
        or name.startswith(("RegAddress.", "SICCode.", "PreviousName_"))
        or EXTRA.match(name)
    )


def _company(cells: Cells) -> Row:
    names = [cells.get("CompanyName", ""), *(each["old_value"] for each in _names(cells))]
    kept = {
        "company_id": cells.get("CompanyNumber", ""),
        "name": [name for name in dict.fromkeys(names) if name],
        "country": COUNTRY,
        "legal_form": cells.get("CompanyCategory", ""),
        "incorporated_on": _day(cells.get("IncorporationDate", "")),
        "dissolved_on": _day(cells.get("DissolutionDate", "")),
        "activity_codes": [f"uksic:{code}" for code in _codes(cells)],
        "registered_activity": "; ".join(_activities(cells)),
        "address": ", ".join(v for part in ADDRESS if (v := cells.get(f"RegAddress.{part}", ""))),
        "registration_number": cells.get("CompanyNumber", ""),
    }
    extra = {name: value for name, value in cells.items() if value and EXTRA.match(name)}
    return Row("companies", kept, extra)


def _activities(cells: Cells) -> list[str]:
    said = (cells.get(f"SICCode.SicText_{at}", "") for at in range(1, 5))
    return [text for text in said if text.casefold() not in NO_CODE]


def _codes(cells: Cells) -> Iterator[str]:
    """The five digits before the words of an activity."""
    for text in _activities(cells):
        if found := re.match(r"\d{4,5}", text):
            yield found[0]


def _names(cells: Cells) -> Iterator[dict[str, str]]:
    """Former names, the latest first; each was given up on its day, for the one before."""
    newer = cells.get("CompanyName", "")
    for at in range(1, FORMER + 1):
        old = cells.get(f"PreviousName_{at}.CompanyName", "")
        if old:
            day = _day(cells.get(f"PreviousName_{at}.CONDATE", ""))
            yield {"old_value": old, "new_value": newer, "changed_on": day}
            newer = old


def _former(cells: Cells) -> Iterator[Row]:
    number = cells.get("CompanyNumber", "")
    for change in _names(cells):
        yield Row("name_history", {"company_id": number, "field": "name", **change})


def _day(text: str) -> str:
    """ISO 8601 of a day as printed, 01/05/2015; anything else as it is."""
    return printed.day(text.replace("/", ".")) or text
