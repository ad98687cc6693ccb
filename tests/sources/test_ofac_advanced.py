"""OFAC's advanced XML, on a sample made by hand: dates, scripts, relations, what is forged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from tidewaiter.errors import BadDataError
from tidewaiter.sources.lists.ofac_advanced import OfacAdvancedReader, card, measure_of
from tidewaiter.sources.reader import HEAD_BYTES, FileHead
from tidewaiter.sources.registry import READERS

Read = Callable[..., Any]
SAMPLE = Path(__file__).parent / "samples" / "ofac_advanced.xml"
OLD = "http://www.un.org/sanctions/1.0"
NEW = "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/ADVANCED_XML"


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads the sample with some of its text replaced."""

    def run(*changes: tuple[str, str], name: str = "sdn_advanced.xml") -> Any:
        text = SAMPLE.read_text("utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return outcome(OfacAdvancedReader(), path)

    return run


def said(done: Any, prop: str, entity: str) -> list[tuple[str, str | None]]:
    """(value, what was printed) of a property of an entity."""
    rows = done.rows("statements")
    return [
        (r["value"], r["original_value"])
        for r in rows
        if r["prop"] == prop and r["entity_id"] == f"ofac:{entity}"
    ]


def test_the_sample_is_read_whole(load: Read) -> None:
    """Nothing unknown, nothing refused; a feature without a rule is a note, and counted."""
    done = load()
    assert (done.kept, done.tally.entities, done.rejects) == (3, 3, [])
    assert (done.tally.part, done.tally.published_on) == ("sdn_advanced", "2026-08-20")
    assert done.tally.unused == ()
    assert done.tally.unread == {"Favourite Colour": 1}
    assert said(done, "notes", "103") == [("Favourite Colour: blue", None)]


def test_a_person_has_names_in_every_script(load: Read) -> None:
    """In the order of speech where the script is Latin; parts and weak aliases apart."""
    done = load()
    assert said(done, "name", "102") == [("Oqil BERDIYEV", "BERDIYEV Oqil"), ("БЕРДИЕВ Окил", None)]
    assert said(done, "lastName", "102") == [("BERDIYEV", None)]
    assert said(done, "weakAlias", "102") == [("Oka", None)]
    assert said(done, "birthDate", "102") == [("1970", "Birthdate 1970")]
    assert said(done, "birthPlace", "102") == [("Tiraspol", "Place of Birth Tiraspol")]
    assert said(done, "nationality", "102") == [("MD", "Nationality Country Moldova")]
    assert said(done, "gender", "102") == [("male", "Gender Male")]
    assert {r["schema"] for r in done.rows("statements") if r["prop"] == "birthDate"} == {"Person"}


def test_documents_are_numbers_unless_they_are_forged(load: Read) -> None:
    """A forged passport identifies nobody: it is a note."""
    done = load()
    assert said(done, "passportNumber", "102") == [
        ("750123456", "Passport 750123456 (Russia) expires 2028-05-20")
    ]
    assert said(done, "notes", "102") == [("Passport 000000001: fraudulent", None)]
    assert said(done, "innCode", "101") == [("7707083893", "Tax ID No. 7707083893 (Russia)")]
    assert said(done, "imoNumber", "103")[0][0] == "IMO9074729"


def test_each_list_entry_is_known_from_its_own_day(load: Read) -> None:
    """What was sectoral in 2014 was not blocked before 2022."""
    rows = [r for r in load().rows("statements") if r["entity_id"] == "ofac:101"]
    known = {r["value"]: r["first_seen"] for r in rows if r["prop"] in {"listId", "measure"}}
    assert known == {
        "us_ofac_ssi": "2014-07-16", "sectoral": "2014-07-16",
        "us_ofac_sdn": "2022-04-06", "asset_freeze": "2022-04-06",
    }  # fmt: skip
    assert {r["first_seen"] for r in rows if r["prop"] == "name"} == {"2014-07-16"}
    assert len({r["record_id"] for r in rows}) == 2
    dates = {(r["prop"], r["value"]) for r in rows if r["prop"] in {"listingDate", "modifiedAt"}}
    assert dates == {
        ("listingDate", "2014-07-16"), ("listingDate", "2022-04-06"), ("modifiedAt", "2023-07-20"),
    }  # fmt: skip
    assert {r["value"] for r in rows if r["prop"] == "program"} == {
        "UKRAINE-EO13662", "RUSSIA-EO14024",
    }  # fmt: skip
    assert {r["value"] for r in rows if r["prop"] == "reason"} == {"Executive Order 14024 (Russia)"}


def test_both_formats_speak_of_one_entity_and_this_one_wins(load: Read) -> None:
    """The same id and aspect as the delimited file of parties, a higher rank."""
    rows = load().rows("statements")
    assert {(r["aspect"], r["act_rank"], r["dataset"]) for r in rows} == {("whole", 1, "ofac")}
    other = [("SDN List</List>", "CAPTA List</List>")]
    done = load(*other, name="cons_advanced.xml")
    assert done.tally.part == "consolidated_advanced"
    assert {r["aspect"] for r in done.rows("statements")} == {"consolidated"}


def test_places_and_relations_are_resolved(load: Read) -> None:
    """An address in the order of an address; an owner by entity id."""
    done = load()
    assert said(done, "address", "101") == [("12 Zavodskaya Street, Kazan, Russia", None)]
    assert said(done, "flag", "103") == [("PA", "Vessel Flag Panama")]
    assert said(done, "type", "103") == [("Tug", "VESSEL TYPE Tug")]
    assert said(done, "parent", "103") == [("ofac:101", "Owned or Controlled By")]
    assert said(done, "previousName", "101") == [("VARENKOV ZAVOD", None)]
    assert said(done, "incorporationDate", "101")[0][0] == "1998-02-16"
    locators = {r["locator"] for r in done.rows("statements")}
    assert "/Sanctions/DistinctParties/DistinctParty[2]" in locators


@pytest.mark.parametrize(
    ("old", "new", "row", "why"),
    [
        ('DistinctParty FixedRef="102"', 'DistinctParty FixedRef="x"', 2, "FixedRef: not a number"),
        ('DistinctParty FixedRef="102"', "DistinctParty", 2, "FixedRef: not a number"),
        ('DistinctParty FixedRef="102"', 'DistinctParty FixedRef="101"', 2, "FixedRef: the number"),
    ],
)  # fmt: skip
def test_a_party_that_cannot_be_kept_says_why(
    load: Read, old: str, new: str, row: int, why: str
) -> None:
    """So does an entry whose party is not there; the others are kept."""
    done = load((old, new))
    reasons = [f"{each.column}: {each.reason}" for each in done.rejects]
    assert reasons[0].startswith(why)
    assert done.rejects[0].row == row
    assert reasons[1] == "ProfileID: entry 102 lists a party that the file does not hold"
    assert done.kept == 2


def test_a_party_without_an_entry_is_listed_all_the_same(load: Read) -> None:
    """On a list that is not named, with the narrowest measure; it is counted."""
    done = load(('ID="103" ProfileID="103" ListID="1550"', 'ID="103" ProfileID="101" ListID="9"'))
    assert said(done, "listId", "103") == [("us_ofac_nonsdn", None)]
    assert said(done, "measure", "103") == [("other", None)]
    assert done.tally.unread["SanctionsEntry"] == 1


def test_unknown_names_are_told(load: Read) -> None:
    """An element, an attribute and a section that no version had."""
    done = load(
        ("<VersionLocation LocationID=", "<Colour/><VersionLocation Shade='1' LocationID="),
        ("<SanctionsEntryLinks/>", "<Annexes/>"),
    )
    assert done.tally.unused == ("Annexes", "Colour", "Shade")


def test_recognised_by_root_and_namespace() -> None:
    """The new and the old one; by this reader alone."""
    start = SAMPLE.read_bytes()[:HEAD_BYTES]
    for content in (start, start.replace(NEW.encode(), OLD.encode())):
        head = FileHead("any.bin", content)
        assert [each.name for each in READERS if each.recognises(head)] == ["ofac_advanced"]
    for text in (f'<sdnList xmlns="{NEW}"/>', '<Sanctions xmlns="urn:x"/>', "<Sanctions/>", "x"):
        assert not OfacAdvancedReader().recognises(FileHead("sdn_advanced.xml", text.encode()))


def test_every_measure_is_cited() -> None:
    """A type without a rule says nothing; its list does."""
    assert (measure_of("Block"), measure_of("Reject"), measure_of("New")) == (
        "asset_freeze", "other", "",
    )  # fmt: skip
    assert all(rule.cite for rule in card().measures)
    assert set(card().lists) - {"Consolidated List"} <= {r.printed for r in card().measures}


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_files_end_in_a_count_or_a_clear_error(
    data: st.DataObject, outcome: Read, tmp_path: Path
) -> None:
    """Elements dropped, doubled, moved and emptied, attributes changed, the file cut."""
    root = etree.parse(str(SAMPLE)).getroot()
    for _ in range(data.draw(st.integers(1, 6))):
        _damage(data, list(root.iter(etree.Element)))
    content = etree.tostring(root, encoding=data.draw(st.sampled_from(["utf-8", "utf-16"])))
    path = tmp_path / "sdn_advanced.xml"
    whole = data.draw(st.booleans())
    path.write_bytes(content if whole else content[: data.draw(st.integers(0, len(content)))])
    assert OfacAdvancedReader().recognises(FileHead("a", content[:HEAD_BYTES])) in {True, False}
    try:
        outcome(OfacAdvancedReader(), path)
    except BadDataError as problem:
        told = (problem.where, problem.next_step)
    else:
        return
    assert all(told)


def _damage(data: st.DataObject, elements: list[Any]) -> None:
    """One damage to one element."""
    element, other = (data.draw(st.sampled_from(elements)) for _ in range(2))
    above = element.getparent()
    way = data.draw(st.sampled_from(["drop", "text", "attribute", "clear", "move"]))
    odd = data.draw(st.sampled_from(["", "0", "-1", "99999", "٣", "x" * 5000, "2024-02-31"]))
    if way == "drop" and above is not None:
        above.remove(element)
    elif way == "text":
        element.text = odd
    elif way == "attribute" and element.attrib:
        element.set(data.draw(st.sampled_from(list(element.attrib))), odd)
    elif way == "clear":
        element.clear()
    elif way == "move" and above is not None and other not in set(element.iter()):
        other.append(element)
