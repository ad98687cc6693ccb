"""What was found about a pair, in sentences, with both spellings side by side."""

from __future__ import annotations

from collections.abc import Iterable

from tidewaiter.screen.score import Agreement, is_acronym
from tidewaiter.screen.weighing import NamePair, Weighed
from tidewaiter.text import Term

CEILINGS = {
    "words_on_both_sides": "each name has a word of its own that the other lacks",
    "words_on_one_side": "one name has a word of its own that the other lacks",
    "other_shared_word": "the names say different things of what the party is or does",
    "trade_on_one_side": "only one name says what the party deals in",
    "nothing_of_its_own": "only words that many firms share agree",
    "only_shared_words": "all words agree, but all of them are words that many firms share",
    "few_shared_words": "all words agree, but there are few and many firms share them",
    "acronym_alone": "the only own word that agrees is an acronym, which many firms share",
    "one_word_person": "fewer than two names of a person agree",
    "ship_not_exact": "ships' names differ, and ships are known by number",
    "ship_by_name": "only the ship's name agrees, and ships share and change names",
}
FIELDS = ("identifiers", "country", "address", "birth date")


def explanations(weighed: Weighed) -> tuple[str, ...]:
    """What agrees, what conflicts, what could not be compared, what would decide."""
    return (
        *_numbers(weighed),
        *(_names(weighed.names) if weighed.names else ()),
        *_around(weighed),
        *_open(weighed),
    )


def name_explanations(found: Agreement) -> tuple[str, ...]:
    """The same for two names without anything else."""
    return tuple(_words(found))


def completeness(weighed: Weighed) -> float:
    """The share of fields that could be compared (0-1, two places); the name is one."""
    fields = _fields(weighed)
    return round((1 + sum(fields.values())) / (1 + len(fields)), 2)


def _fields(weighed: Weighed) -> dict[str, bool]:
    """Which fields besides the name could be compared."""
    around = weighed.around
    fields = {
        "identifiers": bool(weighed.equal or weighed.conflicts),
        "country": around.country != "unknown",
        "address": around.address != "unknown" or _place_compared(weighed),
    }
    if weighed.entry.kind == "person":
        fields["birth date"] = around.birth_date != "unknown"
    return fields


def _place_compared(weighed: Weighed) -> bool:
    return weighed.names is not None and weighed.names.verdict != "unknown"


def _numbers(weighed: Weighed) -> Iterable[str]:
    if weighed.equal:
        scheme, number = weighed.equal
        label = "identifier" if scheme == "id" else scheme.upper()
        yield f"{label} {number} is equal: an equal identifier decides"
    for scheme, ours, theirs in weighed.conflicts:
        yield f"{scheme.upper()} conflicts: {ours} was asked for, {theirs} is listed"


def _names(pair: NamePair) -> Iterable[str]:
    yield f"names compared: “{pair.asked}” and “{pair.listed}”"
    yield from _words(pair.found)
    if pair.place:
        says = {
            "agrees": "agrees with the listed address or country",
            "conflicts": "is not in the listed address or country",
            "unknown": "could not be compared: the list gives no address",
        }[pair.verdict]
        yield f"“{pair.place}” was read as a place; it {says}"


def _words(found: Agreement) -> Iterable[str]:
    if found.pairs:
        yield "words that agree: " + "; ".join(_pair(*pair) for pair in found.pairs)
    if found.left_only:
        yield "only in the first name: " + _quoted(found.left_only)
    if found.right_only:
        yield "only in the second name: " + _quoted(found.right_only)
    ours, theirs = found.forms
    if ours and theirs and not set(ours) & set(theirs):
        yield f"legal forms differ: {', '.join(ours)} and {', '.join(theirs)}"
    yield from found.notes
    if found.ceiling:
        yield CEILINGS[found.ceiling]


def _pair(left: Term, right: Term, likeness: float) -> str:
    if left.kind:
        meaning = left.key.removeprefix("~").replace("_", " ")
        return f"“{left.text}” = “{right.text}” ({meaning})"
    sign = "=" if likeness == 1 else "≈"
    note = " (acronym)" if is_acronym(left.key) and len(left.key) > 1 else ""
    return f"“{left.text}” {sign} “{right.text}”{note}"


def _quoted(terms: Iterable[Term]) -> str:
    return ", ".join(f"“{term.text}”" for term in terms)


def _around(weighed: Weighed) -> Iterable[str]:
    around, listed = weighed.around, weighed.entry.listed
    if around.country != "unknown":
        known = ", ".join(sorted(weighed.entry.place.known_countries()))
        yield f"country {around.country}: {known} is listed"
    if around.address == "agrees":
        yield f"the address agrees with “{listed.addresses[0]}”"
    if around.birth_date != "unknown":
        yield f"birth date {around.birth_date}: {', '.join(listed.birth_dates)} is listed"
    if weighed.other_kind:
        yield f"another kind of party is asked for: the entry is a {listed.schema}"


def _open(weighed: Weighed) -> Iterable[str]:
    if weighed.equal:
        return
    fields = _fields(weighed)
    unknown = [name for name in FIELDS if not fields.get(name, True)]
    if unknown:
        yield "could not be compared: " + ", ".join(unknown)
    yield "would decide: " + _decides(weighed)


def _decides(weighed: Weighed) -> str:
    if weighed.conflicts:
        return "an extract from the register for both numbers"
    return {
        "body": "the tax or registration number of the party asked for",
        "person": "the full date of birth or a passport number",
        "ship": "the IMO number",
    }[weighed.entry.kind]
