"""Japan's lists of named end users in Russia, Belarus and third countries.

The ministry publishes them as PDF; read is the text of these files. An entry is a number,
a Japanese name, a name in Latin letters, its aliases and its addresses.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib import resources

import msgspec

from tidewaiter.errors import BadDataError
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import printed
from tidewaiter.sources.card import Card
from tidewaiter.sources.listing import ListedParty, Parties, Value
from tidewaiter.sources.reader import Batch, FileHead, Tally

JAPANESE = r"\u3040-\u30ff\u3400-\u9fff"
ENTRY = re.compile(rf"^\s*(?P<number>\d{{1,4}})[ \u3000]+(?P<rest>\S*[{JAPANESE}A-Z(「].*)$")
# "…, Russia.560 …" are two entries, "…「…」JSC …" is a Japanese name and a Latin one.
GLUED = re.compile(
    rf"(?<=[A-Za-z.])(?=\d{{1,4}} \S{{0,12}}[{JAPANESE}])"
    rf"|(?<=[{JAPANESE}」)])(?=[A-Z][A-Za-z.]+ [^{JAPANESE}]+$)"
)
ADDRESS = re.compile(r"所\s*在\s*地\s*[::]")
OTHER_NAMES = re.compile(r"^別称\s*[::]")
DAY = re.compile(
    r"(?P<what>指定日|最終更新日)\s*[::]\s*(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日"
)
ASIDE = re.compile(r"\((?:別称|別名)、?(?P<names>.*)\)")
ALIASES = re.compile(r",?\s*a\.k\.a\.,?.*$", re.IGNORECASE | re.DOTALL)
LATIN = re.compile(r"[A-Za-z]{2}")
RUN = re.compile(r"[A-Z][A-Za-z0-9][A-Za-z0-9 .,&'-]{4,}")  # a Latin name between Japanese words
TAIL = re.compile(r"[;,.]?\s*(?:\band\b)?\s*[;,.]?$")
BETWEEN = re.compile(r";\s*(?:and\s+)?")
HEADING_LINES = 12


class Section(msgspec.Struct, frozen=True):
    """One of the lists: words of its heading, and its id."""

    heading: str
    list: str


class MetiCard(Card, frozen=True, kw_only=True):
    """The card, with the lists."""

    sections: tuple[Section, ...]


class Entry(msgspec.Struct):
    """One numbered entry: the line it begins on, and its lines."""

    number: int
    line: int
    lines: list[str]


@cache
def card() -> MetiCard:
    """``jp_meti.yml``."""
    import msgspec.yaml

    text = resources.files(__package__).joinpath("jp_meti.yml").read_bytes()
    return msgspec.yaml.decode(text, type=MetiCard)


class JpMetiReader:
    """Text of the ministry's lists."""

    name = "jp_meti"
    dataset = "jp_meti"
    version = 1

    @property
    def licence(self) -> str:
        """Of the ministry's site."""
        return card().licence

    def recognises(self, head: FileHead) -> bool:
        """By the heading and the day of designation."""
        text = unicodedata.normalize("NFKC", head.start[:4096].decode("utf-8", "ignore"))
        return _section(text) is not None and DAY.search(text) is not None

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """Every numbered entry."""
        lines = _lines(source)
        heading = "".join(lines[:HEADING_LINES])
        section = _section(heading)
        if section is None:
            raise BadDataError(
                "the heading names none of the lists",
                where=source.name,
                next_step="this is no list of the ministry as it prints them now",
            )
        days = {
            f["what"]: "-".join((f[2], f[3].zfill(2), f[4].zfill(2))) for f in DAY.finditer(heading)
        }
        updated = days.get("最終更新日") or days.get("指定日")
        kept = Parties()
        for entry in _entries(lines):
            party = _party(entry, section, updated, source)
            if party:
                yield from kept.add(party)
            else:
                yield kept.refuse(_reject(entry, source))
        yield from kept.flush()
        facts = {"designated_on": days["指定日"]} if "指定日" in days else {}
        yield Tally(
            rows_read=kept.read,
            entities=len(kept.entities),
            published_on=updated,
            part=section.list,
            facts=facts,
        )


def _lines(source: SourceFile) -> list[str]:
    """The lines of the file, full-width digits and letters made plain."""
    text = source.path.read_bytes().decode("utf-8-sig", "replace")
    return unicodedata.normalize("NFKC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _section(heading: str) -> Section | None:
    flat = re.sub(r"\s", "", heading)
    return next((each for each in card().sections if each.heading in flat), None)


def _entries(lines: list[str]) -> Iterator[Entry]:
    """The numbered entries; a number counts only where it follows the last one."""
    entry: Entry | None = None
    for number, line in enumerate(lines, start=1):
        for piece in GLUED.split(line):
            found = ENTRY.match(piece)
            follows = entry.number + 1 if entry else 1
            if found and int(found["number"]) == follows:
                if entry:
                    yield entry
                entry = Entry(follows, number, [found["rest"]])
            elif entry:
                entry.lines.append(piece)
    if entry:
        yield entry


def _party(
    entry: Entry, section: Section, updated: str | None, source: SourceFile
) -> ListedParty | None:
    """An entry as a party; ``None`` where it has no name in Latin letters."""
    japanese, latin, addresses = _split(entry.lines)
    names = list(_latin_names(latin)) or [run[0].strip() for run in RUN.finditer(japanese)]
    if not names:
        return None
    return ListedParty(
        entity_id=f"{JpMetiReader.dataset}:{section.list}:{entry.number}",
        schema="LegalEntity",
        dataset=source.dataset,
        source_id=source.source_id,
        locator=f"line {entry.line}",
        origin=section.list,
        act_rank=0,
        first_seen=updated,
        about=(
            Value("name", names[0], lang="eng"),
            *(Value("alias", name) for name in names[1:]),
            *(Value("alias", name, lang="jpn") for name in _japanese_names(japanese)),
            *(Value("address", each) for each in addresses),
            *_countries(addresses),
        ),
        listing=(
            Value("listId", section.list),
            Value("measure", card().measures[0].kind, card().measures[0].printed),
            Value("recordId", str(entry.number)),
            Value("authority", card().publisher),
            Value("provisions", card().measures[0].cite),
            Value("sourceUrl", card().url),
        ),
    )


def _split(lines: list[str]) -> tuple[str, list[str], list[str]]:
    """Japanese name, lines in Latin letters, addresses of an entry."""
    body, _, address = _joined(lines)
    japanese: list[str] = []
    latin: list[str] = []
    for line in body:
        is_latin = bool(LATIN.search(line)) and not re.search(f"[{JAPANESE}]", line)
        if is_latin and not (japanese and _is_open("".join(japanese))):
            latin.append(line)
        elif not latin or OTHER_NAMES.match(line):
            japanese.append(
                OTHER_NAMES.sub("(別称、", line) + (")" if OTHER_NAMES.match(line) else "")
            )
        else:
            latin.append(line)
    return "".join(japanese), latin, [a for a in BETWEEN.split(address) if a]


def _joined(lines: list[str]) -> tuple[list[str], bool, str]:
    """Lines before the address, whether there is one, and the address as one text."""
    before: list[str] = []
    address: list[str] = []
    found = False
    for line in lines:
        text = line.strip()
        where = None if found else ADDRESS.search(text)
        if where:
            found = True
            before.append(text[: where.start()].strip())
            address.append(text[where.end() :].strip())
        elif found:
            address.append(text)
        else:
            before.append(text)
    joined = re.sub(r"-\s(?=[a-z])", "-", " ".join(part for part in address if part))
    return [line for line in before if line], found, joined.strip(" .;")


def _is_open(text: str) -> bool:
    """Whether a bracket of the Japanese name is still open."""
    return text.count("(") > text.count(")")


def _latin_names(lines: list[str]) -> Iterator[str]:
    """The name, then its aliases: one a dash, or several after a semicolon."""
    own: list[str] = []
    aliases: list[str] = []
    for line in lines:
        if line.startswith(("-", "–", "・")):
            aliases.append(line[1:].strip())
        elif aliases:
            aliases[-1] += f" {line}"
        else:
            own.append(line)
    name = ALIASES.sub("", " ".join(own)).strip(" ,;")
    first, *further = BETWEEN.split(name)
    for found in (first, *further, *aliases):
        tidy = TAIL.sub("", found.strip()).strip()
        if LATIN.search(tidy):
            yield tidy


def _japanese_names(text: str) -> Iterator[str]:
    aside = ASIDE.search(text)
    yield ASIDE.sub("", text).strip()
    if aside:
        yield from (part.strip() for part in re.split(r"、|及び|;", aside["names"]) if part.strip())


def _countries(addresses: list[str]) -> Iterator[Value]:
    """The country at the end of an address, if it is one."""
    for address in addresses:
        last = address.rpartition(",")[2].strip(" .")
        yield from (Value("country", code, last) for code in printed.countries(last))


def _reject(entry: Entry, source: SourceFile) -> Reject:
    return Reject(
        file=source.name, row=entry.line, line=entry.line, column="name",
        value=" ".join(entry.lines)[:200], reason="no name in Latin letters",
    )  # fmt: skip
