"""Statements become parties, whatever their order."""

from __future__ import annotations

import random

import pyarrow as pa

from tidewaiter.screen import listed_parties

ROWS = [
    ("x:1", "Company", "name", "Velkon JSC"),
    ("x:1", "Company", "alias", "АО «Велкон»"),
    ("x:1", "Company", "weakAlias", "VK"),
    ("x:1", "Company", "weakAlias", "Velkon Old Plant"),
    ("x:1", "Company", "innCode", "7700000016"),
    ("x:1", "Company", "registrationNumber", "12345678"),
    ("x:1", "Company", "kppCode", "770101001"),
    ("x:1", "Company", "jurisdiction", "RU"),
    ("x:1", "Company", "address", "Omsk"),
    ("x:1", "Sanction", "listId", "eu_833_annex_iv"),
    ("x:1", "Sanction", "measure", "export_restriction"),
    ("x:1", "Sanction", "program", "EU-UKR"),
    ("x:1", "Sanction", "authorityId", "IV"),
    ("x:1", "Sanction", "recordId", "7"),
    ("x:1", "Sanction", "listingDate", "2023-01-02"),
    ("x:0", "Person", "name", "Velkonov Ivan"),
    ("x:0", "Person", "birthDate", "1970"),
    ("x:0", "Sanction", "listId", "x"),
    ("x:2", "Person", "name", "Velkonova Anna"),
]


def table(rows: list[tuple[str, str, str, str]], aspect: str = "whole") -> pa.Table:
    """Statements, all of one row of one source."""
    names = ("entity_id", "schema", "prop", "value")
    columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    place = {"source_id": "s", "locator": "row 2", "aspect": aspect}
    return pa.table(columns | {name: [value] * len(rows) for name, value in place.items()})


def test_a_party_and_its_listing() -> None:
    """Names, numbers with their scheme, place and listing; no shared tax-office code."""
    person, plant = listed_parties(table(ROWS), {"s": "sources/s"})
    assert plant.caption == "Velkon JSC"
    assert plant.schema == "Company"
    assert plant.names == ("Velkon JSC", "АО «Велкон»", "Velkon Old Plant")
    assert plant.identifiers == ("id:12345678", "inn:7700000016")
    assert (plant.countries, plant.addresses) == (("RU",), ("Omsk",))
    (listing,) = plant.listings
    assert (listing.list_id, listing.measure) == ("eu_833_annex_iv", "export_restriction")
    assert (listing.listed_on, listing.uri) == ("2023-01-02", "sources/s")
    assert listing.excerpt.startswith("IV 7; Velkon JSC")
    assert (person.schema, person.birth_dates) == ("Person", ("1970",))
    assert [each.list_id for each in person.listings] == ["x"]


def test_what_only_names_a_list_again_is_no_further_listing() -> None:
    """A place without date or programme is dropped beside one that tells of the same list."""
    rows = table(ROWS[:15])
    again = table([("x:1", "Sanction", "listId", name) for name in ("eu_833_annex_iv", "other")])
    places = pa.array(["row 3", "row 4"])
    again = again.set_column(again.schema.get_field_index("locator"), "locator", places)
    (plant,) = listed_parties(pa.concat_tables([rows, again]), {})
    assert [each.list_id for each in plant.listings] == ["eu_833_annex_iv", "other"]


def test_order_of_statements_makes_no_difference() -> None:
    """Shuffled statements give the same parties."""
    expected = listed_parties(table(ROWS), {})
    for seed in range(5):
        rows = random.Random(seed).sample(ROWS, len(ROWS))
        assert listed_parties(table(rows), {}) == expected


def companion(aspect: str, locator: str) -> pa.Table:
    """A row of a companion file: a name, and that the other list has the party."""
    said = [
        ("x:9", "LegalEntity", "alias", "Velkon Trading"),
        ("x:9", "Sanction", "listId", "other_list"),
        ("x:9", "Sanction", "measure", "other"),
    ]
    rows = table(said, aspect)
    place = rows.schema.get_field_index("locator")
    return rows.set_column(place, "locator", pa.array([locator] * len(said)))


def entry(aspect: str) -> pa.Table:
    """The entry itself, with its list, measure and programme."""
    return table(
        [
            ("x:9", "Company", "name", "Velkon"),
            ("x:9", "Sanction", "listId", "sectoral_list"),
            ("x:9", "Sanction", "measure", "sectoral"),
            ("x:9", "Sanction", "program", "P"),
        ],
        aspect,
    )


def test_a_companion_file_adds_no_list_where_the_entry_is_loaded() -> None:
    """Its rows print no programme, so that which of the publisher's lists they mean is not told."""
    rows = [entry("consolidated"), companion("consolidated_aliases", "row 3")]
    (party,) = listed_parties(pa.concat_tables(rows), {})
    assert [(each.list_id, each.measure) for each in party.listings] == [
        ("sectoral_list", "sectoral")
    ]
    assert party.names == ("Velkon", "Velkon Trading")
    assert not party.partial


def test_a_party_of_a_companion_file_alone_is_kept_and_marked() -> None:
    """An alias without its entry is a listed name still; another list has an entry of its own."""
    (alone,) = listed_parties(companion("consolidated_addresses", "row 3"), {})
    assert alone.partial
    assert [each.list_id for each in alone.listings] == ["other_list"]
    rows = [entry("whole"), companion("consolidated_aliases", "row 3")]
    (both,) = listed_parties(pa.concat_tables(rows), {})
    assert [each.list_id for each in both.listings] == ["sectoral_list", "other_list"]
    assert not both.partial
