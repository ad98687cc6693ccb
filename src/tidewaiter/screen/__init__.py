"""Whether a name belongs to a listed party.

Identifiers first: an equal one decides, a different one of the same scheme is shown and
lowers. Then names, word by word: words that are a party's own must agree, words that
thousands share weigh little, and how rare a word is, the lists themselves say. A match
is a reason to look, with both spellings side by side and what could not be compared.

``records`` are what goes in and out; ``rules`` and ``identifiers`` the figures with their
reasons; ``name_table``, ``index`` and ``index_file`` are the lists as they are kept; ``search``,
``near`` and ``likeness`` find names, ``facts``, ``features`` and ``model`` measure them;
``corroborate`` and ``places`` compare what else is known; ``weighing`` puts one pair together,
``asking`` a whole answer, ``wording`` its sentences.
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
