"""The first step for any text: one Unicode form, one case, no invisible characters."""

from __future__ import annotations

import re
import unicodedata

INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
LONE_HALVES = re.compile(r"[\ud800-\udfff]")  # not text: encoders and ICU refuse them
APOSTROPHES = "'’‘ʼʻʹ`´ʾʿ′"
INNER_APOSTROPHE = re.compile(rf"(?<=\w)[{APOSTROPHES}](?=\w)")
# Before NFKC, which makes "No" of the sign: "№31" would become the word "no31". In "No. 31" only a
# number after it says that the word is no word.
NUMBER_SIGN = re.compile(r"№|\b(?:no|nr)(?:\.\s*|\s+)(?=\d)", re.IGNORECASE)
WORD = re.compile(r"[^\W_]+")


def clean(text: str) -> str:
    """``text`` in NFKC and lower case; apostrophes and accents inside words are dropped.

    A mark that is not between two letters is a quotation mark and parts words. Accents
    go by NFKD later, in ``translit``, because some of them change a letter's reading.
    """
    text = LONE_HALVES.sub(" ", text)
    text = NUMBER_SIGN.sub(" ", INVISIBLE.sub("", text))
    text = unicodedata.normalize("NFKC", text)
    # Case folding may leave decomposed letters (İ), and composing may leave capitals.
    folded = unicodedata.normalize("NFKC", text.casefold()).casefold()
    return INNER_APOSTROPHE.sub("", folded)


def words(cleaned: str) -> list[str]:
    """Runs of letters, digits and their combining marks, in order."""
    return WORD.findall(_marks_kept(cleaned))


def _marks_kept(cleaned: str) -> str:
    """Drop combining marks that have no composed form: they would part a word."""
    if cleaned.isascii():
        return cleaned
    return "".join(c for c in cleaned if unicodedata.category(c) != "Mn" or c.isalnum())
