"""Entries of Japan's lists of named end users, from the text of the ministry's PDF files.

An entry is a number with a Japanese name, a name in Latin letters, further names in either
script, and addresses. The text of a page runs into that of the next without a line break,
so that names, bullets and even entries stand glued together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

import msgspec

LETTERS = r"\u3040-\u30fa\u30fc-\u30ff\u3400-\u9fff\uff66-\uff9f"
JAPANESE = re.compile(f"[{LETTERS}]")
KANA = re.compile(r"[\u3040-\u30fa\u30fc-\u30ff\uff66-\uff9f]")
LATIN = re.compile(r"[^\W\d_]{2}")
STARTS = re.compile(r"[A-ZÀ-Þ“]")  # a name that is glued to a Japanese one
PUNCTUATION = str.maketrans("（）：；，．､　－", "():;,.、 -")
# "…, Russia.560 …": the address of one entry, then the number of the next.
GLUED = re.compile(rf"(?<=[A-Za-zÀ-ɏ.;,)])(?=\d{{1,4}} \S{{0,12}}[{LETTERS}])")
HEAD = re.compile(rf"\s*(?P<number>\d{{1,4}}) +(?P<rest>.*[{LETTERS}].*)")
LONGEST = 30_000  # characters of an entry; real ones have up to 5,000
LONGEST_GAP = 3  # numbers that may be missing before the next entry
ADDRESS = re.compile(r"所\s*在\s*地\s*:")
OTHER_NAMES = re.compile(r"(?:^|\n)\s*別\s*[称名]\s*:")
ASIDE = re.compile(r"別\s*[称名]\s*[、:]?\s*")
MARK = re.compile(
    r",?\s*a\.\s*k\.\s*a\.?\s*,?\s*(?:(?:the\s*)?follow(?:ing)?\s*(?P<said>[a-z-]+?)(?:\s*alias(?:es)?)?\s*:"
    r"|(?:the\s*)?follow(?:ing)?\s*(?P<told>[a-z-]+?)\s*alias(?:es)?)?\s*:?"
    r"|,?\s*the\s*follow(?:ing)?\s*(?P<named>[a-z-]+?)\s*alias(?:es)?\s*:?",
    re.IGNORECASE,
)
BULLET = re.compile(r"(?:^|\n|(?<=[;:.])|(?<=\band))\s*[-—–]\s*")
PARTED = re.compile(r"(?:^|(?<=[;:.])|(?<=\band))\s*[-—–]\s*")  # not at every line's beginning
BETWEEN = re.compile(r";\s*(?:and\b\s*)?")
TAIL = re.compile(r"[\s;,]*(?:\band)?[\s;,]*$")
LISTED = re.compile(r"[、;]|及び")
INCLUDING = ", including "  # what a ministry's name goes on with: explanation, no name
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
           "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
           "eighteen", "nineteen", "twenty")  # fmt: skip
GLUED_WORDS, GLUED_LENGTH = 2, 12  # a Latin name that stands glued to a Japanese one has so many

Span = tuple[int, int]


class Entry(msgspec.Struct):
    """One numbered entry: the line it begins on, and its lines, up to a length.

    ``is_cut`` tells that there was more: then a number was not found, or it is no entry.
    """

    number: int
    line: int
    pieces: list[str]
    length: int = 0
    is_cut: bool = False

    @property
    def text(self) -> str:
        """Its lines, with line breaks."""
        return "\n".join(self.pieces)

    def add(self, piece: str) -> None:
        """Take a further line."""
        self.length += len(piece)
        if self.length > LONGEST:
            self.is_cut = True
        else:
            self.pieces.append(piece)


class Party(msgspec.Struct, frozen=True):
    """What an entry says: names in Latin letters and in Japanese and Chinese, addresses, notes."""

    latin: tuple[str, ...]
    japanese: tuple[str, ...]
    chinese: tuple[str, ...]
    addresses: tuple[str, ...]
    notes: tuple[str, ...] = ()


def entries(text: str) -> Iterator[Entry]:
    """Every numbered entry, in order.

    A number counts where it goes on from the last one; numbers that lie inside an address
    or a name do not.
    """
    entry: Entry | None = None
    for number, line in enumerate(text.translate(PUNCTUATION).split("\n"), start=1):
        for piece in GLUED.split(line):
            found = HEAD.fullmatch(piece)
            last = entry.number if entry else 0
            if found and last < int(found["number"]) <= last + 1 + LONGEST_GAP * bool(last):
                if entry:
                    yield entry
                entry = Entry(int(found["number"]), number, [])
                entry.add(found["rest"])
            elif entry:
                entry.add(piece)
    if entry:
        yield entry


def party(text: str) -> Party:
    """The parts of an entry's text."""
    before, *addresses = ADDRESS.split(text)
    names, *others = OTHER_NAMES.split(before)
    japanese, latin = halves(names)
    told, notes, chinese = _japanese(japanese)
    own, more = _latin(latin)
    chinese += more
    if own and INCLUDING in own[0]:
        notes = (*notes, own[0])
        own = (own[0].partition(INCLUDING)[0], *own[1:])
    for other in others:
        first, second = halves(other)
        told += tuple(_tidy(part) for part in LISTED.split(_run(first)))
        own += tuple(_name(part) for part in BETWEEN.split(second))
    return Party(
        latin=_distinct(own),
        japanese=_distinct(told),
        chinese=_distinct(chinese),
        addresses=_distinct(part for each in addresses for part in _addresses(each)),
        notes=_distinct(notes),
    )


def halves(text: str) -> tuple[str, str]:
    """The Japanese part and the Latin one after it.

    The border is the last Japanese letter outside brackets, or the end of the brackets that
    hold further names. What follows on its line belongs to the Japanese name, as "DMCC"
    may, unless it is the Latin name itself, which the end of a page has glued to it.
    """
    hidden = _hidden(text)
    ends_of_japanese = [
        *(each.end() for each in JAPANESE.finditer(text) if not hidden[each.start()]),
        *(last + 1 for first, last in brackets(text) if ASIDE.match(text, first + 1)),
    ]
    if not ends_of_japanese:
        return "", text
    border = _with_groups(text, max(ends_of_japanese))
    ends = (at for at in range(border, len(text)) if text[at] == "\n" and not hidden[at])
    end = next(ends, len(text))
    if text[end:].strip() and not _is_latin_name(text[border:end]):
        border = end
    return text[:border], text[border:]


def brackets(text: str) -> list[Span]:
    """The outermost pairs of brackets, in order; one that is never closed opens nothing."""
    pairs: list[Span] = []
    open_at: list[int] = []
    for at, character in enumerate(text):
        if character == "(":
            open_at.append(at)
        elif character == ")" and open_at:
            pairs.append((open_at.pop(), at))
    outer: list[Span] = []
    for pair in sorted(pairs):
        if not outer or pair[0] > outer[-1][1]:
            outer.append(pair)
    return outer


def _hidden(text: str) -> bytearray:
    """1 for every character inside brackets."""
    hidden = bytearray(len(text))
    for first, last in brackets(text):
        hidden[first:last] = b"\1" * (last - first)
    return hidden


def _with_groups(text: str, at: int) -> int:
    """The place after the quotation marks and Japanese brackets that follow ``at``."""
    lasts = dict(brackets(text))
    while at < len(text):
        place = at + len(text[at:]) - len(text[at:].lstrip())
        last = lasts.get(place)
        if text[at] in "」』。.、":
            at += 1
        elif last is not None and JAPANESE.search(text, place, last):
            at = last + 1
        else:
            break
    return at


def _is_latin_name(line: str) -> bool:
    """Whether what follows a Japanese name on its line is the name in Latin letters."""
    if MARK.search(line):
        return True
    name = line.partition("(")[0]
    glued = STARTS.match(name) is not None
    return glued and len(name.split()) >= GLUED_WORDS and len(name) > GLUED_LENGTH


def _japanese(text: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Names, notes and Chinese names of a Japanese part."""
    kept, aliases, chinese = "", "", []
    at = 0
    for first, last in brackets(text):
        inside = text[first + 1 : last]
        kept += text[at:first]
        at = last + 1
        if ASIDE.match(inside):
            aliases += "、" + ASIDE.sub("", inside, count=1)
        elif JAPANESE.search(inside) and not KANA.search(inside):
            chinese += LISTED.split(_run(inside))
        else:
            kept += text[first:at]
    kept = _tidy(_run(kept + text[at:]))
    notes = (kept,) if "。" in kept else ()
    name = re.split(r"[(。]", kept)[0] if notes else kept
    return (name, *_apart(_run(aliases))), notes, tuple(chinese)


def _apart(text: str) -> Iterator[str]:
    """The names of a Japanese enumeration; commas inside brackets are part of a name."""
    hidden = _hidden(text)
    at = 0
    for each in LISTED.finditer(text):
        if not hidden[each.start()]:
            yield _tidy(text[at : each.start()])
            at = each.end()
    yield _tidy(text[at:])


def _latin(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Name and aliases of a Latin part, and Chinese names that stand in its brackets."""
    chinese: list[str] = []
    for first, last in reversed(brackets(text)):
        if JAPANESE.search(text[first:last]):
            chinese = [*LISTED.split(_run(text[first + 1 : last])), *chinese]
            text = text[:first] + text[last + 1 :]
    mark = MARK.search(text)
    if mark is None:
        own, *others = (_name(part) for each in BULLET.split(text) for part in BETWEEN.split(each))
        return (own, *others), tuple(chinese)
    aliases = _aliases(text[mark.end() :], mark["said"] or mark["told"] or mark["named"] or "")
    return (_name(text[: mark.start()]), *aliases), tuple(chinese)


def _aliases(text: str, stated: str) -> list[str]:
    """The names after "a.k.a.", as many as the text itself says.

    A dash at the beginning of a line stands before a name, or inside one that goes on from
    the line above: the number that is stated decides.
    """
    readings = [
        [name for each in dash.split(text) for part in BETWEEN.split(each) if (name := _name(part))]
        for dash in (BULLET, PARTED)
    ]
    fitting = [each for each in readings if stated in NUMBERS[len(each) : len(each) + 1]]
    return (fitting or readings)[0]


def _name(text: str) -> str:
    """A Latin name on one line, without what parts it from the next."""
    name = TAIL.sub("", _line(text)).strip()
    return name.removesuffix(".") if LATIN.search(name) else ""


def _addresses(text: str) -> Iterator[str]:
    for part in BETWEEN.split(text):
        yield TAIL.sub("", _line(part)).strip(" .")


def _line(text: str) -> str:
    """Lines of Latin text as one; a word parted by a hyphen is whole again."""
    return " ".join(re.sub(r"(?<=\S)-\n\s*|\n-(?=\S)", "-", text).split())


def _run(text: str) -> str:
    """Lines of Japanese text as one, without spaces at the breaks between Japanese letters."""
    parts = [part.strip() for part in text.split("\n") if part.strip()]
    joined = ""
    for part in parts:
        latin = joined[-1:].isascii() and joined[-1:].isalnum() and part[0].isascii()
        joined += f" {part}" if latin and part[0].isalnum() else part
    return joined


def _tidy(text: str) -> str:
    return " ".join(text.split()).strip(" 、;,")


def _distinct(texts: Iterator[str] | Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def comparable(text: str) -> str:
    """A Japanese name with its wide Latin letters and narrow kana as usual."""
    return unicodedata.normalize("NFKC", text)
