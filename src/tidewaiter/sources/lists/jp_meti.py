"""Japan's lists of named end users in Russia, Belarus and third countries.

The ministry publishes them as PDF; read is the text of these files. An entry is a number,
a Japanese name, a name in Latin letters, its aliases and its addresses.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache

import msgspec

from tidewaiter.errors import BadDataError
from tidewaiter.model.source import Reject, SourceFile, rejected
from tidewaiter.sources import meti_entry, printed
from tidewaiter.sources.card import Card, resource
from tidewaiter.sources.listing import ListedParty, Parties, Value
from tidewaiter.sources.meti_entry import Entry, Party
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally

DAY = re.compile(
    r"(?P<what>指定日|最終更新日)\s*[::]\s*(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日"
)
NOTICE = re.compile(r"\((令和[^()]{1,8}年外務省告示第[^()]{1,12}号)\)")
HEADING = "heading"  # the aspect of what holds for every entry of a list
HEADING_LINES = 12
LARGEST = 64 * 1024 * 1024  # bytes; the longest list has a few hundred thousand
SPOILT = "\ufffd"  # what stands for bytes that are not UTF-8


class Section(msgspec.Struct, frozen=True):
    """One of the lists: words of its heading, its id, and the country of all its parties."""

    heading: str
    list: str
    country: str = ""


class MetiCard(Card, frozen=True, kw_only=True):
    """The card, with the lists."""

    sections: tuple[Section, ...]
    apart: frozenset[str] = frozenset()


@cache
def card() -> MetiCard:
    """``jp_meti.yml``."""
    return resource("lists/jp_meti", MetiCard)


class JpMetiReader(Official):
    """Text of the ministry's lists."""

    name = "jp_meti"
    dataset = "jp_meti"
    version = 3  # 3: every alias, whichever dash or page break stands before it; heading apart

    def recognises(self, head: FileHead) -> bool:
        """By the heading and the day of designation."""
        text = unicodedata.normalize("NFKC", head.start[:4096].decode("utf-8", "ignore"))
        return _section(text) is not None and DAY.search(text) is not None

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """Every numbered entry."""
        text = _text(source)
        heading = unicodedata.normalize("NFKC", "".join(text.split("\n")[:HEADING_LINES]))
        section = _section(heading)
        if section is None:
            raise BadDataError(
                "the heading names none of the lists",
                where=source.name,
                next_step="this is no list of the ministry as it prints them now",
            )
        facts = _facts(heading)
        updated = facts.get("updated_on") or facts.get("designated_on")
        kept, unread, last = Parties(), Counter[str](), 0
        for entry in meti_entry.entries(text):
            unread["number"] += entry.number - last - 1
            last = entry.number
            found = meti_entry.party(entry.text)
            fault = _fault(entry, found)
            if fault:
                yield kept.refuse(_reject(entry, source, fault))
            else:
                party = _party(entry, found, (section, updated), source)
                told = {each.value for each in party.about if each.prop == "country"}
                unread["country"] += not told and not section.country
                apart = section.country and section.country not in told
                yield from kept.add(party, *([_of_heading(party, section)] if apart else []))
        yield from kept.flush()
        yield Tally(
            rows_read=kept.read,
            entities=len(kept.entities),
            published_on=updated,
            unread={name: times for name, times in unread.items() if times},
            part=section.list,
            facts=facts,
        )


def _text(source: SourceFile) -> str:
    """The text of the file with plain line ends; bytes that are not UTF-8 are marked."""
    if source.path.stat().st_size > LARGEST:
        raise BadDataError(
            f"the file is larger than {LARGEST:,} bytes",
            where=source.name,
            next_step="this is no list of the ministry as it prints them now",
        )
    text = source.path.read_bytes().decode("utf-8-sig", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _section(heading: str) -> Section | None:
    flat = re.sub(r"\s", "", heading)
    return next((each for each in card().sections if each.heading in flat), None)


def _facts(heading: str) -> dict[str, str]:
    """The days and the notice that the heading names."""
    days = {"指定日": "designated_on", "最終更新日": "updated_on"}
    found = {
        days[each["what"]]: "-".join((each[2], each[3].zfill(2), each[4].zfill(2)))
        for each in DAY.finditer(heading)
    }
    facts = {name: text for name, text in found.items() if printed.day(text)}
    notice = NOTICE.search(heading)
    return facts | ({"notice": notice[1]} if notice else {})


def _fault(entry: Entry, found: Party) -> str:
    """Why an entry cannot be kept; empty where it can."""
    if SPOILT in entry.text:
        return "bytes that are not UTF-8"
    if entry.is_cut:
        return f"longer than {meti_entry.LONGEST:,} characters"
    if len(meti_entry.ADDRESS.findall(entry.text)) > 1:
        return "two addresses: the number of a second entry is not to be seen"
    return "" if found.latin or any(found.japanese) else "no name"


def _party(
    entry: Entry, found: Party, of: tuple[Section, str | None], source: SourceFile
) -> ListedParty:
    """An entry as a party of one of the lists, known from a day."""
    section, updated = of
    return ListedParty(
        entity_id=f"{JpMetiReader.dataset}:{section.list}:{entry.number}",
        schema="LegalEntity",
        dataset=source.dataset,
        source_id=source.source_id,
        locator=f"line {entry.line}",
        origin=section.list,
        act_rank=0,
        first_seen=updated,
        about=tuple(_about(found)),
        listing=(
            Value("listId", section.list),
            Value("measure", card().measures[0].kind, card().measures[0].printed),
            Value("recordId", str(entry.number)),
            Value("authority", card().publisher),
            Value("provisions", card().measures[0].cite),
            Value("sourceUrl", card().url),
        ),
    )


def _of_heading(party: ListedParty, section: Section) -> ListedParty:
    """The country that the list's heading gives to every party, cited from there."""
    return msgspec.structs.replace(
        party,
        locator="line 1",
        aspect=HEADING,
        about=(Value("country", section.country, section.heading),),
        listing=(),
    )


def _about(found: Party) -> Iterator[Value]:
    """The names, the Latin one first; addresses, and the countries at their ends."""
    latin = [Value("name", name, lang="eng") for name in found.latin[:1]]
    latin += [Value("alias", name) for name in found.latin[1:]]
    told = [("jpn", name) for name in found.japanese] + [("zho", name) for name in found.chinese]
    others = [
        Value("alias", meti_entry.comparable(name), name, lang if _is_told(name) else None)
        for lang, name in told
    ]
    if not latin and others:
        others[0] = msgspec.structs.replace(others[0], prop="name")
    yield from (*latin, *others)
    yield from (Value("notes", note) for note in found.notes)
    for address in found.addresses:
        yield Value("address", address)
        yield from (Value("country", code, address) for code in _countries(address))


def _is_told(name: str) -> bool:
    """Whether a name is in Japanese or Chinese letters, and not in Latin ones."""
    return meti_entry.JAPANESE.search(name) is not None


def _countries(address: str) -> list[str]:
    """The country at the end of an address; Hong Kong, China is Hong Kong."""
    *rest, before, last = ["", "", *(part.strip() for part in address.split(","))]
    apart = printed.countries(before) if rest and before in card().apart else []
    return apart or printed.countries(last.strip(" ."))


def _reject(entry: Entry, source: SourceFile, why: str) -> Reject:
    return rejected(
        source.name, (entry.line, entry.line), "name", " ".join(entry.text.split()), why
    )
