"""Listed entities as FollowTheMoney: the party, its listings as Sanctions, its links.

A record that came as FollowTheMoney goes out as it came. What other lists say of a party
becomes a party and one Sanction for each place that lists it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources

import msgspec

from tidewaiter.model.dates import last_day
from tidewaiter.model.ids import digest
from tidewaiter.model.statement import RECORD_ASPECT
from tidewaiter.report.ftm_parts import BARE, Part, part, safe_id

LISTING = "Sanction"
OWN, SPACE = "ftm:", "opensanctions:"
LIST, MEASURE, END = "listId", "measure", "endDate"
COLUMNS = (
    "entity_id", "schema", "prop", "value", "dataset", "first_seen", "aspect", "source_id",
    "locator",
)  # fmt: skip
LINK, ROLE = "UnknownLink", "role"
RECORDED = frozenset({"datasets", "referents", "caption", "target", "first_seen", "last_seen",
                      "last_change"})  # fmt: skip
PROVENANCE = frozenset({LIST, MEASURE})

Row = Mapping[str, str | None]


class Knowledge(msgspec.Struct, frozen=True):
    """``ftm_lists.yml``."""

    topics: dict[str, str]
    instead: dict[str, str]
    words: tuple[str, ...]


@cache
def knowledge() -> Knowledge:
    """Topics, and what says a thing where the exact property is missing."""
    import msgspec.yaml

    text = resources.files(__package__).joinpath("ftm_lists.yml").read_bytes()
    return msgspec.yaml.decode(text, type=Knowledge)


def bare_id(name: str) -> str:
    """An entity's id without the name space of what came as FollowTheMoney."""
    return name.removeprefix(SPACE)


def list_parts(rows: Sequence[Row], day: str) -> Iterator[Part]:
    """The entities that the statements of one speaker are, in ``COLUMNS``.

    ``day`` (ISO 8601) decides whether a listing has ended.
    """
    if str(rows[0]["aspect"]).startswith(RECORD_ASPECT):
        yield _record(rows)
    else:
        for found in _entity(rows, day):
            found.own["last_seen"] = [day]
            yield found


def _record(rows: Sequence[Row]) -> Part:
    """A FollowTheMoney record; lists and measures that were derived from it are left out."""
    name = bare_id(str(rows[0]["aspect"]).removeprefix(RECORD_ASPECT))
    about = [row for row in rows if row["schema"] != LISTING]
    found = part(name, _schema(about) if about else LISTING)
    for row in about or rows:
        prop, value = str(row["prop"]), str(row["value"])
        if prop.startswith(OWN):
            key = prop.removeprefix(OWN)
            if key in RECORDED:
                found.own[key] = [*found.own.get(key, []), value]
        elif about or prop not in PROVENANCE:
            found.add(prop, [value])
    if not about:
        parties = {bare_id(str(row["entity_id"])) for row in rows} - {name}
        found.add("entity", sorted(parties))
    return found


def _schema(rows: Iterable[Row]) -> str:
    """The schemata that the rows tell, joined; which is the narrowest, the model knows."""
    return "|".join(sorted({str(row["schema"]) for row in rows}))


def _entity(rows: Sequence[Row], day: str) -> Iterator[Part]:
    """A party as its list tells of it, its listings and its links to other parties."""
    name = bare_id(str(rows[0]["entity_id"]))
    about = [row for row in rows if row["schema"] != LISTING]
    listings = _listings([row for row in rows if row["schema"] == LISTING])
    found = part(name, _schema(about) or BARE)
    found.own["target"] = ["true" if listings else "false"]
    found.own["first_seen"] = _first_seen(rows)
    found.own["caption"] = sorted(str(r["value"]) for r in about if r["prop"] == "name")[:1]
    lists = sorted({v for each in listings for v in each.get(LIST, [])})
    found.own["datasets"] = lists or sorted({str(row["dataset"]) for row in rows})
    for row in about:
        prop, value = str(row["prop"]), str(row["value"])
        if value.startswith(f"{row['dataset']}:"):
            yield from _link(found, name, prop, value)
        else:
            found.add(prop, [value])
    for each in listings:
        found.add("topics", _topics(each, day))
        yield _sanction(found, name, each, rows)
    yield found


def _link(home: Part, name: str, prop: str, other: str) -> Iterator[Part]:
    """A relation to another entity of the list, named by its id."""
    link = part(f"{name}~{prop}~{other}", LINK)
    link.id = safe_id(f"link-{digest(name, prop, other)}")
    link.own = {"target": ["false"], "datasets": home.own["datasets"]}
    link.properties = {"subject": [name], "object": [bare_id(other)], ROLE: [prop]}
    yield link


def _listings(rows: Iterable[Row]) -> list[dict[str, list[str]]]:
    """What each place says of the listing; a place that only repeats a list is left out."""
    places: dict[tuple[str | None, ...], dict[str, list[str]]] = defaultdict(dict)
    for row in rows:
        place = places[row["aspect"], row["source_id"], row["locator"]]
        place.setdefault(str(row["prop"]), []).append(str(row["value"]))
    found = [places[key] for key in sorted(places, key=lambda k: tuple(map(str, k)))]
    bare = {LIST, MEASURE, "recordId", "authority"}
    told = {v for each in found if not each.keys() <= bare for v in each.get(LIST, [])}
    return [each for each in found if not (each.keys() <= bare and set(each.get(LIST, [])) <= told)]


def _sanction(home: Part, name: str, listing: dict[str, list[str]], rows: Sequence[Row]) -> Part:
    """One listing; its measure is said in the provisions, in this program's word."""
    said = sorted((prop, value) for prop, values in listing.items() for value in set(values))
    sanction = part(f"{name}~{digest(*(text for pair in said for text in pair))}", LISTING)
    sanction.id = safe_id(f"listing-{digest(name, *(text for pair in said for text in pair))}")
    sanction.own = {
        "target": ["false"],
        "first_seen": _first_seen(rows),
        "datasets": sorted(set(listing.get(LIST, []))) or home.own["datasets"],
    }
    for prop, value in said:
        if prop == MEASURE:
            sanction.add("provisions", [value])
        elif prop != LIST:
            sanction.add(prop, [value])
    sanction.add("entity", [name])
    return sanction


def _topics(listing: dict[str, list[str]], day: str) -> Iterator[str]:
    """What the listing makes of the party, as long as it has not ended."""
    ends = [end.isoformat() for text in listing.get(END, []) if (end := last_day(text))]
    if not any(end <= day for end in ends):
        topics = knowledge().topics
        yield from (topics[each] for each in listing.get(MEASURE, []) if each in topics)


def _first_seen(rows: Sequence[Row]) -> list[str]:
    known = [str(row["first_seen"]) for row in rows if row["first_seen"]]
    return [min(known)] if known else []
