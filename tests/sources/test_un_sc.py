"""The United Nations list: every record accounted for, measures by regime, nothing guessed."""

from __future__ import annotations

import contextlib
import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources.lists.un_sc import UnScReader, card, measures
from tidewaiter.sources.reader import HEAD_BYTES, FileHead
from tidewaiter.sources.registry import READERS

Read = Callable[..., Any]
TOP = '<?xml version="1.0" encoding="UTF-8"?><CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00Z">'
PERSON = (
    "<DATAID>1</DATAID><FIRST_NAME>OQIL</FIRST_NAME><THIRD_NAME>BERDIYEV</THIRD_NAME>"
    "<NAME_ORIGINAL_SCRIPT>Окил Бердыев</NAME_ORIGINAL_SCRIPT><UN_LIST_TYPE>Libya</UN_LIST_TYPE>"
    "<REFERENCE_NUMBER>LYi.999</REFERENCE_NUMBER><LISTED_ON>2011-02-26</LISTED_ON>"
    "<COMMENTS1>Listed pursuant to paragraphs 15 and 17 (Travel Ban, Asset Freeze).</COMMENTS1>"
    "<TITLE><VALUE>Colonel</VALUE></TITLE><DESIGNATION><VALUE>Chief</VALUE></DESIGNATION>"
    "<NATIONALITY><VALUE>Uzbekistan</VALUE></NATIONALITY>"
    "<LAST_DAY_UPDATED><VALUE>2012-01-02</VALUE><VALUE/></LAST_DAY_UPDATED>"
    "<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Oqa</ALIAS_NAME></INDIVIDUAL_ALIAS>"
    "<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Okil</ALIAS_NAME>"
    "<NOTE>original script: Окил</NOTE></INDIVIDUAL_ALIAS>"
    "<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Berdy</ALIAS_NAME>"
    "<NOTE>previously listed as</NOTE></INDIVIDUAL_ALIAS>"
    "<INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>"
    "<INDIVIDUAL_ADDRESS><COUNTRY>Uzbekistan</COUNTRY><NOTE>as of 2020</NOTE></INDIVIDUAL_ADDRESS>"
    "<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1970</FROM_YEAR>"
    "<TO_YEAR>1972</TO_YEAR></INDIVIDUAL_DATE_OF_BIRTH>"
    "<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><NOTE>Nov. 1973</NOTE>"
    "</INDIVIDUAL_DATE_OF_BIRTH>"
    "<INDIVIDUAL_PLACE_OF_BIRTH><CITY>Tashkent</CITY></INDIVIDUAL_PLACE_OF_BIRTH>"
    "<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT><NUMBER>AA1</NUMBER>"
    "<ISSUING_COUNTRY>Uzbekistan</ISSUING_COUNTRY></INDIVIDUAL_DOCUMENT>"
)
FIRM = (
    "<DATAID>{}</DATAID><FIRST_NAME>VARENKOV EXPORTS</FIRST_NAME><UN_LIST_TYPE>DPRK</UN_LIST_TYPE>"
    "<LISTED_ON>2009-07-16</LISTED_ON>"
)


def document(*persons: str, firms: tuple[str, ...] = ()) -> str:
    """A list of persons and firms."""
    people = "".join(f"<INDIVIDUAL>{each}</INDIVIDUAL>" for each in persons)
    bodies = "".join(f"<ENTITY>{each}</ENTITY>" for each in firms)
    return (
        f"{TOP}<INDIVIDUALS>{people}</INDIVIDUALS><ENTITIES>{bodies}</ENTITIES></CONSOLIDATED_LIST>"
    )


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads a document."""

    def run(text: str) -> Any:
        path = tmp_path / "consolidated.xml"
        path.write_text(text, "utf-8")
        return outcome(UnScReader(), path)

    return run


def said(done: Any, prop: str) -> list[str]:
    """The values of a property."""
    return [row["value"] for row in done.rows("statements") if row["prop"] == prop]


def real(shared_data: Path) -> Path:
    """The publisher's file."""
    (path,) = (shared_data / "lists" / "un").glob("UN_consolidated_*.xml")
    return path


def test_a_person_becomes_names_numbers_and_measures(load: Read) -> None:
    """Qualities decide between kinds of names; every year of a range is a year of birth."""
    done = load(document(PERSON))
    assert said(done, "name") == ["OQIL BERDIYEV"]
    assert said(done, "alias") == ["Окил Бердыев", "Okil", "Окил"]
    assert said(done, "weakAlias") == ["Oqa"]
    assert said(done, "previousName") == ["Berdy"]
    assert said(done, "birthDate") == ["1970", "1971", "1972", "1973-11"]
    assert said(done, "nationality") == ["UZ"]
    assert said(done, "country") == ["UZ"]
    assert said(done, "passportNumber") == ["AA1"]
    assert sorted(said(done, "measure")) == ["asset_freeze", "other"]
    assert said(done, "unscId") == ["LYi.999"]
    assert said(done, "address") == []
    first = done.rows("statements")[0]
    assert (first["entity_id"], first["schema"]) == ("un_sc:1", "Person")
    assert (first["first_seen"], first["act_rank"]) == ("2011-02-26", 0)
    assert first["locator"] == "/CONSOLIDATED_LIST/INDIVIDUALS/INDIVIDUAL[1]"
    assert done.tally.published_on == "2026-02-27"
    assert done.tally.part == "consolidated"
    assert done.tally.unread == {}


def test_a_travel_ban_alone_is_no_asset_freeze() -> None:
    """Guinea-Bissau has no freeze; in Libya the comments tell; Yemen's entity is embargoed."""
    assert measures("GB", "INDIVIDUAL", "") == [("other", "GB")]
    assert measures("Libya", "INDIVIDUAL", "para 15 (Travel Ban)") == [("other", "Travel Ban")]
    assert measures("Libya", "INDIVIDUAL", "( Asset Freeze)") == [("asset_freeze", "Asset Freeze")]
    both = [("asset_freeze", "Asset Freeze"), ("other", "Travel Ban")]
    assert measures("Libya", "INDIVIDUAL", "15 (Travel Ban). Later 17 (Asset Freeze).") == both
    assert measures("Libya", "ENTITY", "modified") == [("asset_freeze", "Libya")]
    assert measures("Yemen", "ENTITY", "") == [("export_restriction", "Yemen")]
    assert measures("Yemen", "INDIVIDUAL", "") == [("asset_freeze", "Yemen")]
    assert measures("Atlantis", "ENTITY", "") == [("other", "Atlantis")]


def test_a_record_that_cannot_be_kept_says_why(load: Read) -> None:
    """The record beside it is kept; a regime that is not known is counted."""
    done = load(
        document(
            PERSON.replace("<DATAID>1</DATAID>", ""),
            firms=(FIRM.format(7), FIRM.format(7), "<DATAID>8</DATAID>"),
        )
    )
    assert done.kept == 1
    assert done.reasons == {
        1: "DATAID: required, but empty",
        3: "DATAID: the number of /CONSOLIDATED_LIST/ENTITIES/ENTITY[1], too",
        4: "FIRST_NAME: no part of the name says anything",
    }
    strange = load(document(firms=(FIRM.format(9).replace("DPRK", "Atlantis"),)))
    assert strange.tally.unread == {"UN_LIST_TYPE": 1}
    assert said(strange, "measure") == ["other"]


def test_what_the_card_does_not_know_is_named(load: Read) -> None:
    """A new element is reported, a file that is cut off is an error."""
    assert load(document(f"{PERSON}<SEX>M</SEX>")).tally.unused == ("SEX",)
    with pytest.raises(BadDataError, match="well-formed"):
        load(document(PERSON)[:-40])
    with pytest.raises(BadDataError, match="root element"):
        load("<LIST/>")


def test_every_record_of_the_file_is_accounted_for(shared_data: Path, outcome: Read) -> None:
    """Counts by regime and kind are those of a plain parse; nothing is rejected."""
    path = real(shared_data)
    with path.open("rb") as handle:
        head = FileHead(path.name, handle.read(HEAD_BYTES))
    assert [each.name for each in READERS if each.recognises(head)] == ["un_sc"]
    done = outcome(UnScReader(), path)
    root = ET.parse(path).getroot()  # noqa: S314  (a kept official list)
    people, bodies = root.findall("*/INDIVIDUAL"), root.findall("*/ENTITY")
    assert (len(people), len(bodies)) == (730, 273)
    assert (done.kept, done.rejects, done.tally.entities) == (1003, [], 1003)
    assert done.tally.unused == ()
    assert done.tally.published_on == root.attrib["dateGenerated"][:10] == "2026-02-27"
    regimes = Counter(each.findtext("UN_LIST_TYPE") for each in [*people, *bodies])
    assert Counter(said(done, "program")) == regimes
    assert set(regimes) <= {each.framework for each in card().measures}
    kinds = Counter(said(done, "measure"))
    comments = [" ".join((e.findtext("COMMENTS1") or "").split()) for e in [*people, *bodies]]
    banned = sum("Travel Ban" in each and "Asset Freeze" not in each for each in comments)
    assert kinds["asset_freeze"] == 1003 - regimes["GB"] - banned - 1
    weak = [e for e in root.iter("INDIVIDUAL_ALIAS") if e.findtext("QUALITY") == "Low"]
    assert len(said(done, "weakAlias")) >= 0.95 * len(weak)
    for each in card().assertions:
        if each.count in {"rows", "entities"}:
            assert done.kept >= each.at_least
    assert sum(done.tally.unread.values()) < 10


def test_drawn_records_say_what_the_file_says(shared_data: Path, outcome: Read) -> None:
    """Of a hundred records: names, aliases, documents and days as a plain parse finds them."""
    path = real(shared_data)
    rows: dict[str, dict[str, set[str]]] = {}
    for row in outcome(UnScReader(), path).rows("statements"):
        rows.setdefault(row["entity_id"], {}).setdefault(row["prop"], set()).add(row["value"])
    root = ET.parse(path).getroot()  # noqa: S314
    records = [*root.iter("INDIVIDUAL"), *root.iter("ENTITY")]
    for record in random.Random(20261123).sample(records, 100):
        found = rows[f"un_sc:{record.findtext('DATAID')}"]
        texts = {each.tag: " ".join((each.text or "").split()) for each in record}
        name = [texts.get(f"{part}_NAME", "") for part in ("FIRST", "SECOND", "THIRD", "FOURTH")]
        assert found["name"] == {" ".join(filter(None, name))}
        assert found["unscId"] == {texts["REFERENCE_NUMBER"]}
        assert found["listingDate"] == {texts["LISTED_ON"][:10]}
        names = set().union(*(found.get(p, set()) for p in ("alias", "weakAlias", "previousName")))
        for alias in record.findall(f"{record.tag}_ALIAS/ALIAS_NAME"):
            assert not (alias.text or "").strip() or " ".join(str(alias.text).split()) in names
        numbers = found.get("passportNumber", set()) | found.get("idNumber", set())
        for number in record.findall("INDIVIDUAL_DOCUMENT/NUMBER"):
            plain = re.sub(r"[^0-9]", "", number.text or "")
            assert any(plain in re.sub(r"[^0-9]", "", each) for each in numbers)
        for born in record.findall("INDIVIDUAL_DATE_OF_BIRTH/DATE"):
            assert str(born.text).strip() in found["birthDate"]


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_lists_end_in_a_count_or_a_clear_error(
    data: st.DataObject, load: Read, damaged: Read
) -> None:
    """Rows read = kept + rejected, or ``BadDataError``."""
    whole = document(PERSON, firms=(FIRM.format(2),)).encode()
    broken = data.draw(damaged(whole, "xml")).decode("utf-8", "replace")
    with contextlib.suppress(BadDataError):
        load(broken)
