"""Letters before meaning: what a name looks like once spelling no longer matters.

``script`` repairs words that mix Latin and Cyrillic letters and says so; ``translit``
writes every alphabet in plain Latin; ``fold`` removes the differences that
transliteration systems leave; ``forms`` sets legal forms apart; ``glossary`` maps words
that mean the same in several languages to one concept; ``reading`` does all of it for one
name. Tables of letters, words and forms are YAML files beside the code, with reasons.
Nothing here knows of lists, parties or scores.
"""

from tidewaiter.text.fold import fold, readings
from tidewaiter.text.glossary import Concept, concepts
from tidewaiter.text.reading import Name, Term, name_key, read_name, read_person
from tidewaiter.text.script import Repair, dominant_script, repair
from tidewaiter.text.translit import to_latin

__all__ = [
    "Concept",
    "Name",
    "Repair",
    "Term",
    "concepts",
    "dominant_script",
    "fold",
    "name_key",
    "read_name",
    "read_person",
    "readings",
    "repair",
    "to_latin",
]
