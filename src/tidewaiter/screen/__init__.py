"""Whether a name belongs to a listed party.

Identifiers first: an equal one decides, a different one of the same scheme is shown and
lowers. Then names, word by word: words that are a party's own must agree, words that
thousands share weigh little, and how rare a word is, the lists themselves say. A match
is a reason to look, with both spellings side by side and what could not be compared.

``records`` are what goes in and out; ``rules`` the figures with their reasons;
``identifiers``, ``places``, ``align``, ``score`` and ``corroborate`` compare one pair;
``vocabulary`` and ``index`` find whom to compare; ``asking`` puts them together.
"""

from tidewaiter.screen.asking import compare, screen
from tidewaiter.screen.gather import listed_parties
from tidewaiter.screen.index import ListIndex
from tidewaiter.screen.records import (
    Comparison,
    Listed,
    Listing,
    Match,
    Query,
    Screened,
)

__all__ = [
    "Comparison",
    "ListIndex",
    "Listed",
    "Listing",
    "Match",
    "Query",
    "Screened",
    "compare",
    "listed_parties",
    "screen",
]
