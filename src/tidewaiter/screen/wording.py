"""What was found about a pair, in sentences, with both spellings side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tidewaiter.screen.agreement import Agreement, Pair
from tidewaiter.screen.identifiers import NumbersMet, title
from tidewaiter.screen.listings import Status, status
from tidewaiter.screen.records import Listing
from tidewaiter.screen.weighing import Weighed
from tidewaiter.text import Term

CEILINGS = {
    "acronym_alone": "the only own word that agrees is an acronym, which many firms share",
    "shared_words_alone": "only words that many firms share agree",
    "word_goes_on": "one name's own word goes on where the other's ends: two names, not a misprint",
    "another_letter": "a single letter stands in one name only, and letters tell firms apart",
    "another_number": "a number stands in one name only, and numbers tell firms apart",
    "another_patronymic": "the patronymics differ: the fathers have different names",
    "one_name_of_a_person": "fewer than two names of a person agree",
    "ship_not_exact": "ships' names differ, and ships are known by number",
    "ship_by_name": "only the ship's name agrees, and ships share and change names",
}
BIRTH_DATES = {
    "date_agrees": "birth date agrees",
    "year_agrees": "birth year agrees",
    "date_near": "birth date differs a little (a digit, day and month, or a year)",
    "date_conflicts": "birth date conflicts",
}
FIELDS = ("identifiers", "country", "address", "birth date")
TELLING = 0.7  # log-odds: from here what a feature takes away is told
MOST_TOLD = 2
PARTIAL = (
    "only a file of aliases, addresses or remarks names this party: the list's own entry, with "
    "its type, programmes and numbers, is not loaded"
)
MEASURE_WORDS = {"other": "a measure that the file does not name"}


def explanations(weighed: Weighed, found: Agreement | None, day: str | None) -> tuple[str, ...]:
    """What agrees, what conflicts, what could not be compared, what would decide; the listings."""
    return (
        *number_explanations(weighed.numbers),
        *(_names(weighed, found) if found else ()),
        *_around(weighed),
        *_open(weighed),
        *listed_as(weighed.entry.listed.listings, day),
        *([PARTIAL] if weighed.entry.listed.partial else []),
    )


def name_explanations(found: Agreement, ceilings: Iterable[str] = ()) -> tuple[str, ...]:
    """The same for two names without anything else."""
    return (
        *_words(found),
        *(CEILINGS[name] for name in ceilings if name in CEILINGS),
        *_against(found),
    )


def listed_as(listings: Sequence[Listing], day: str | None) -> Iterable[str]:
    """Each listing: the list, the measure, since when, and whether it is in force."""
    yield from dict.fromkeys(_listing(each, day) for each in listings)


def _listing(listing: Listing, day: str | None) -> str:
    measure = MEASURE_WORDS.get(listing.measure, listing.measure.replace("_", " "))
    since = f"since {listing.listed_on}" if listing.listed_on else "the list gives no date"
    programme = f", {listing.programme}" if listing.programme else ""
    ended: dict[Status, str] = {
        "former": f"; ended {listing.delisted_on}: a former listing",
        "future": "; not in force yet on that day",
        "in_force": f"; in force until {listing.delisted_on}" if listing.delisted_on else "",
    }
    return f"listed: {listing.list_id}, {measure}{programme}, {since}{ended[status(listing, day)]}"


def completeness(weighed: Weighed) -> float:
    """The share of fields that could be compared (0-1, two places); the name is one."""
    fields = _fields(weighed)
    return round((1 + sum(fields.values())) / (1 + len(fields)), 2)


def _fields(weighed: Weighed) -> dict[str, bool]:
    """Which fields besides the name could be compared."""
    around = weighed.around
    fields = {
        "identifiers": weighed.numbers.any_met,
        "country": around.country != "unknown",
        "address": around.address != "unknown" or weighed.place != "unknown",
    }
    if weighed.entry.kind == "person":
        fields["birth date"] = around.birth_date != "unknown"
    return fields


def number_explanations(
    found: NumbersMet, sides: tuple[str, str] = ("was asked for", "is listed")
) -> Iterable[str]:
    """The number that decides or supports, and those that conflict, each with its side."""
    if found.equal:
        scheme, number = found.equal
        lowers = ", though another number conflicts" if found.conflicts else ""
        yield f"{title(scheme)} {number} is equal: an equal identifier decides{lowers}"
    if found.supporting:
        yield (
            f"the number {found.supporting} is equal, but its register is not known of both: "
            "it supports and does not decide"
        )
    for scheme, ours, theirs in found.conflicts:
        yield f"{title(scheme)} conflicts: {ours} {sides[0]}, {theirs} {sides[1]}"


def _names(weighed: Weighed, found: Agreement) -> Iterable[str]:
    yield f"names compared: “{found.left}” and “{found.right}”"
    yield from _words(found)
    pair = weighed.names
    if pair is not None and pair.split.place:
        says = {
            "agrees": "agrees with the listed address or country",
            "conflicts": "is not in the listed address or country",
            "unknown": "could not be compared: the list gives no address",
        }[weighed.place]
        yield f"“{pair.split.place}” was read as a place; it {says}"
    if weighed.ceiling in CEILINGS:
        yield CEILINGS[weighed.ceiling]
    yield from _against(found)


def _against(found: Agreement) -> Iterable[str]:
    """The features that take most away, by the sentence that describes each."""
    for added, feature in found.added[:MOST_TOLD]:
        if added <= -TELLING:
            yield f"speaks against: {feature.sentence}"


def _words(found: Agreement) -> Iterable[str]:
    if found.pairs:
        yield "words that agree: " + "; ".join(map(_pair, found.pairs))
    if found.left_only:
        yield "only in the first name: " + _quoted(found.left_only)
    if found.right_only:
        yield "only in the second name: " + _quoted(found.right_only)
    ours, theirs = found.forms
    if ours and theirs and not set(ours) & set(theirs):
        yield f"legal forms differ: {', '.join(ours)} and {', '.join(theirs)}"
    yield from found.notes


def _pair(pair: Pair) -> str:
    left, right = pair.left, pair.right
    if pair.is_initial:
        return f"“{left.text}” and “{right.text}” (an initial)"
    if pair.is_in_part:
        return f"“{left.text}” and “{right.text}” (in part)"
    if pair.is_near:
        return f"“{left.text}” ≈ “{right.text}”"
    if left.kind and left.key == right.key:
        meaning = left.key.removeprefix("~").removeprefix("place_").replace("_", " ")
        return f"“{left.text}” = “{right.text}” ({meaning})"
    return f"“{left.text}” = “{right.text}”"


def _quoted(terms: Iterable[Term]) -> str:
    return ", ".join(f"“{term.text}”" for term in terms)


def _around(weighed: Weighed) -> Iterable[str]:
    around, listed = weighed.around, weighed.entry.listed
    if around.country != "unknown":
        known = ", ".join(sorted(weighed.entry.place.known_countries()))
        yield f"country {around.country}: {known} is listed"
    if around.address == "agrees":
        yield f"the address agrees with “{around.address_listed}”"
    if around.dates != "unknown":
        yield f"{BIRTH_DATES[around.dates]}: {', '.join(listed.birth_dates)} is listed"
    if weighed.ceiling == "other_kind":
        yield f"another kind of party is asked for: the entry is a {listed.schema}"


def _open(weighed: Weighed) -> Iterable[str]:
    if weighed.numbers.equal:
        return
    fields = _fields(weighed)
    unknown = [name for name in FIELDS if not fields.get(name, True)]
    if unknown:
        yield "could not be compared: " + ", ".join(unknown)
    yield "would decide: " + _decides(weighed)


def _decides(weighed: Weighed) -> str:
    if weighed.numbers.conflicts:
        return "an extract from the register for both numbers"
    return {
        "body": "the tax or registration number of the party asked for",
        "person": "the full date of birth or a passport number",
        "ship": "the IMO number",
    }[weighed.entry.kind]
