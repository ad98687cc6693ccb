"""Ids before numbers before names; judgements before all of them; the order of rows never."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewaiter.errors import IntegrityError
from tidewaiter.resolve import judgement
from tidewaiter.resolve.clusters import clusters
from tidewaiter.resolve.judgement import Answer, Judgement, Judgements
from tidewaiter.resolve.parties import NUMBERS, Resolution, own_id, resolve


def mention(
    name: str | None, country: str | None = "UZ", given: str | None = None
) -> dict[str, Any]:
    """One mention of a declaration of dataset ``case``."""
    key = "|".join((given or "", name or "", country or ""))
    return {"mention": key, "dataset": "case", "id": given, "name": name, "country": country}


def company(
    given: str,
    *names: str,
    country: str | None = "UZ",
    tax: str | None = None,
) -> dict[str, Any]:
    """One row of the register."""
    return {
        "record_id": f"case:{given}",
        "name": list(names),
        "country": country,
        "address": None,
        "tax_number": tax,
        "registration_number": None,
        "lei": None,
    }


def party(found: Resolution, row: dict[str, Any]) -> str:
    """The party of a mention."""
    return found.mentions[row["mention"]]


NONE = Judgements({})


def test_an_id_joins_spellings_and_a_company() -> None:
    """The same id is the same party, whatever the name says."""
    rows = [mention("Oqdaryo Optik", given="C1"), mention("ООО Окдарё Оптик", given="C1")]
    found = resolve(rows, [company("C1", "Oqdaryo Optik MChJ")], NONE)
    assert {party(found, row) for row in rows} == {"case:C1"}
    assert found.parties[0].caption == "Oqdaryo Optik MChJ"


def test_a_tax_number_given_as_id_finds_the_company() -> None:
    """Spaces and dashes in a number do not matter; another number is another party."""
    register = [company("C1", "Oqdaryo Optik MChJ", tax="305 000-033")]
    near = mention("Oqdaryo Optik", given="305000034")
    found = resolve([mention("X", given="305000033"), near], register, NONE)
    assert party(found, mention("X", given="305000033")) == "case:C1"
    assert party(found, near) == "case:305000034"


def test_a_number_that_two_companies_share_picks_neither() -> None:
    """Ambiguity is not guessed away."""
    register = [company("C1", "Alfa", tax="305"), company("C2", "Beta", tax="305")]
    row = mention("Gamma", given="305")
    assert party(resolve([row], register, NONE), row) == "case:305"


@pytest.mark.parametrize("field", NUMBERS)
def test_every_kind_of_number_finds_its_company(field: str) -> None:
    """Tax number, registration number and LEI alike."""
    register = [company("C1", "Oqdaryo Optik MChJ") | {field: "5299000J2N45DDNE4Y28"}]
    row = mention("X", given="5299000J2N45DDNE4Y28")
    assert party(resolve([row], register, NONE), row) == "case:C1"


def test_unsure_joins_nothing() -> None:
    """Only a yes joins."""
    one, two = mention("Alfa", given="A"), mention("Beta", given="B")
    apart = resolve([one, two], [], Judgements({("case:A", "case:B"): "unsure"}))
    assert party(apart, one) != party(apart, two)


def test_a_name_without_id_needs_the_same_country() -> None:
    """The legal form does not matter, the country does."""
    register = [company("C1", "Oqdaryo Optik MChJ")]
    here, there = mention("OQDARYO OPTIK"), mention("OQDARYO OPTIK", "KZ")
    found = resolve([here, there], register, NONE)
    assert party(found, here) == "case:C1"
    assert party(found, there).startswith("case:name:")


def test_a_country_that_a_register_leaves_out_is_not_lost() -> None:
    """What the declaration says of it stays, and unknown is not the same as unknown."""
    row = mention("Oqdaryo Optik", given="C1")
    found = resolve([row], [company("C1", "Oqdaryo Optik MChJ", country=None)], NONE)
    assert [each.country for each in found.parties] == ["UZ"]
    nameless = mention("Oqdaryo Optik MChJ") | {"country": None}
    apart = resolve([nameless], [company("C1", "Oqdaryo Optik MChJ", country=None)], NONE)
    assert party(apart, nameless) != "case:C1"


def test_a_name_that_two_companies_share_stays_a_party_of_its_own() -> None:
    """Ambiguity is not guessed away."""
    register = [company("C1", "Oqdaryo Optik MChJ"), company("C2", "Oqdaryo Optik QK")]
    row = mention("Oqdaryo Optik")
    assert party(resolve([row], register, NONE), row).startswith("case:name:")


def test_one_more_letter_is_another_party() -> None:
    """A near name is not the same name."""
    register = [company("C1", "Bahmal Agro MChJ")]
    row = mention("Bahmala Agro MChJ")
    assert party(resolve([row], register, NONE), row).startswith("case:name:")


def test_judgements_join_and_part() -> None:
    """Yes joins two parties under the smaller id; no keeps a name from a company."""
    one, two = mention("Alfa", given="A"), mention("Beta", given="B")
    joined = resolve([one, two], [], Judgements({("case:A", "case:B"): "yes"}))
    assert party(joined, one) == party(joined, two) == "case:A"
    assert joined.parties[0].basis == ("id", "judgement")
    register, row = [company("C1", "Oqdaryo Optik MChJ")], mention("Oqdaryo Optik")
    own = party(resolve([row], [], NONE), row)
    apart = resolve([row], register, Judgements({("case:C1", own): "no"}))
    assert party(apart, row) == own


def test_a_judgement_joins_a_name_to_a_company_and_keeps_what_is_known_of_it() -> None:
    """The company need not be named anywhere; its numbers come along."""
    row = mention("Something Else")
    own = party(resolve([row], [], NONE), row)
    register = [company("C1", "Oqdaryo Optik MChJ", tax="305000033")]
    found = resolve([row], register, Judgements({("case:C1", own): "yes"}))
    assert party(found, row) == "case:C1"
    assert "305000033" in found.parties[0].identifiers


def test_the_order_of_rows_does_not_matter() -> None:
    """Shuffled mentions and companies give the same parties."""
    rows = [mention(f"Firm {i % 7}", given=f"C{i % 5}" if i % 3 else None) for i in range(40)]
    register = [company(f"C{i}", f"Firm {i}", tax=str(i)) for i in range(5)]
    first = resolve(rows, register, NONE)
    for seed in range(5):
        random.Random(seed).shuffle(rows)
        random.Random(seed).shuffle(register)
        assert resolve(rows, register, NONE) == first


def test_judgements_are_kept_in_order_and_the_newest_holds(tmp_path: Path) -> None:
    """Append-only: both lines stay; a torn line is passed over and then cut off."""
    for answer in ("yes", "no"):
        made = Judgement(left="b", right="a", answer=answer, by="A. Analyst", at="2024-01-01")
        judgement.append(tmp_path, made)
    path = tmp_path / judgement.FILE_NAME
    path.write_bytes(path.read_bytes() + b'{"left":')
    assert [each.answer for each in judgement.read(tmp_path)] == ["yes", "no"]
    assert judgement.in_force(tmp_path).answer("a", "b") == "no"
    judgement.append(tmp_path, Judgement(left="a", right="b", answer="unsure", by="B", at="t"))
    assert [each.answer for each in judgement.read(tmp_path)] == ["yes", "no", "unsure"]


def test_a_damaged_judgement_is_named(tmp_path: Path) -> None:
    """A line that is no judgement is an integrity error with its number."""
    (tmp_path / judgement.FILE_NAME).write_bytes(b"nonsense\n")
    with pytest.raises(IntegrityError, match="judgement"):
        judgement.read(tmp_path)


def registered(key: str, name: str, country: str = "UZ") -> dict[str, object]:
    """A row of the register without numbers."""
    return {
        "record_id": f"case:{key}",
        "name": [name],
        "country": country,
        "address": None,
        "tax_number": None,
        "registration_number": None,
        "lei": None,
    }


def mentioned(name: str, country: str = "UZ") -> dict[str, object]:
    """A name without an id."""
    return {
        "mention": f"case\x1f\x1f{name}\x1f{country}",
        "dataset": "case",
        "id": None,
        "name": name,
        "country": country,
    }


REGISTER = [registered("1", "Elektrovelkon Savdo"), registered("2", "Omdrel Logistika")]


@pytest.mark.parametrize(
    ("name", "country", "joined"),
    [
        ("Elektrovelkom Savdo MChJ", "UZ", True),  # a misprint of a long word
        ("Elektrovelkom Savdo MChJ", "KZ", False),  # the same abroad
        ("Elektrovelkon Savdo 2", "UZ", False),  # a number of its own
        ("Dimtarsel Savdo", "UZ", False),  # only the shared word agrees
    ],
)
def test_nearly_equal_names_are_joined_with_care(name: str, country: str, joined: bool) -> None:  # noqa: FBT001
    """A misprint of one registered name, of the same country, is that company; nothing else is."""
    found = resolve([mentioned(name, country)], REGISTER, Judgements({}))
    (party,) = found.mentions.values()
    assert (party == "case:1") is joined
    if joined:
        assert found.parties[0].basis == ("alike",)
        assert found.suggestions[0].joined


def test_two_companies_that_are_alike_leave_the_name_alone() -> None:
    """Where two companies come near, both are suggestions, and a person decides."""
    twins = [*REGISTER, registered("3", "Elektrovelkan Savdo")]
    found = resolve([mentioned("Elektrovelkom Savdo")], twins, Judgements({}))
    assert {each.right for each in found.suggestions} == {"case:1", "case:3"}
    assert not any(each.joined for each in found.suggestions)
    (party,) = found.mentions.values()
    assert party not in {"case:1", "case:3"}


def test_a_judgement_parts_names_that_are_alike() -> None:
    """What a person judged apart is neither joined nor suggested again."""
    row = mentioned("Elektrovelkom Savdo")
    own = own_id(row)
    apart = Judgements({(min(own, "case:1"), max(own, "case:1")): "no"})
    found = resolve([row], REGISTER, apart)
    assert found.mentions[str(row["mention"])] == own
    assert found.suggestions == ()


def judged(**answers: Answer) -> Judgements:
    """Judgements on pairs written ``A_B``."""
    return Judgements({(f"case:{k[0]}", f"case:{k[-1]}"): v for k, v in answers.items()})


def test_a_no_is_not_overridden_by_a_chain_of_yes() -> None:
    """A is B and B is C do not make A C where somebody said that it is not."""
    rows = [mention(name, given=name) for name in "ABC"]
    found = resolve(rows, [], judged(A_B="yes", B_C="yes", A_C="no"))
    parties = [party(found, row) for row in rows]
    assert parties[0] != parties[2]
    assert parties[0] == parties[1]  # what contradicts nothing still holds


@pytest.mark.parametrize("answer", ["no", "unsure"])
def test_what_people_did_not_join_no_number_joins(answer: Answer) -> None:
    """An equal number or name gives way to a no, and to somebody who was unsure."""
    register = [company("C1", "Oqdaryo Optik", tax="302000001")]
    numbered, named = mention("Boshqa", given="302000001"), mention("Oqdaryo Optik")
    for row, own in ((numbered, "case:302000001"), (named, own_id(named))):
        assert party(resolve([row], register, NONE), row) == "case:C1"
        pair = (min("case:C1", own), max("case:C1", own))
        assert party(resolve([row], register, Judgements({pair: answer})), row) == own


def test_what_people_joined_no_equal_name_takes_away() -> None:
    """A name that a company has belongs to the other one that somebody said."""
    register = [company("C1", "Oqdaryo Optik"), company("C2", "Butunlay Boshqa")]
    row = mention("Oqdaryo Optik")
    own = own_id(row)
    found = resolve(
        [row], register, Judgements({(min("case:C2", own), max("case:C2", own)): "yes"})
    )
    (one,) = found.parties
    assert "case:C2" in one.members
    assert "case:C1" not in one.members


def test_what_people_joined_no_likeness_takes_away() -> None:
    """A name that is nearly a company's belongs to the one that somebody said."""
    row = mentioned("Elektrovelkom Savdo MChJ")
    own = own_id(row)
    assert party(resolve([row], REGISTER, NONE), row) != own  # it would be taken otherwise
    other = registered("9", "Butunlay Boshqa MChJ")
    theirs = str(other["record_id"])
    pair = (min(own, theirs), max(own, theirs))
    found = resolve([row], [*REGISTER, other], Judgements({pair: "yes"}))
    assert set(pair) <= set(next(iter(found.parties)).members)


def test_a_judgement_on_any_record_of_a_party_holds_for_it() -> None:
    """Whatever record comes to stand for the others; a no is told before a yes."""
    rows = [mention(name, given=name) for name in "ABC"]
    found = resolve(rows, [], judged(A_B="yes", B_C="yes"))
    (one,) = found.parties
    assert one.members == ("case:A", "case:B", "case:C")
    assert judged(C_L="yes").of_any(one.members, "case:L") == "yes"
    assert judged(C_L="yes", A_L="no").of_any(one.members, "case:L") == "no"
    assert judged(C_M="yes").of_any(one.members, "case:L") is None


@pytest.mark.parametrize(
    ("known", "new", "apart"),
    [
        ({"A_B": "yes", "A_C": "no"}, ("B", "C", "yes"), ("case:A", "case:C")),
        ({"A_B": "yes", "B_C": "yes"}, ("A", "C", "no"), ("case:A", "case:C")),
        ({"A_B": "yes", "A_C": "no"}, ("A", "C", "yes"), None),  # a change of mind
        ({"A_B": "yes"}, ("A", "B", "no"), None),
        ({"A_B": "yes", "B_C": "yes"}, ("A", "C", "unsure"), None),
        ({"A_B": "yes", "B_C": "yes", "A_C": "no"}, ("X", "Y", "yes"), None),  # of others
    ],
)
def test_a_contradiction_is_seen_when_it_is_made(
    known: dict[str, Answer], new: tuple[str, str, Answer], apart: tuple[str, str] | None
) -> None:
    """Whoever judges is told which pair a chain of others speaks against."""
    left, right, answer = new
    made = Judgement(left=f"case:{left}", right=f"case:{right}", answer=answer, by="A", at="t")
    assert judged(**known).contradicted(made) == apart


def test_a_mention_without_id_and_name_is_a_party_of_its_own() -> None:
    """An empty cell is nobody in particular, and stops nothing."""
    row = mention(None, given="")
    assert party(resolve([row], [company("C1", "Oqdaryo")], NONE), row) == own_id(row)


def test_clusters_hold_every_id_that_a_pair_names() -> None:
    """Also one that is alone, by itself or because its only pair is refused."""
    assert clusters([("a", "a"), ("b", "c")]) == [["a"], ["b", "c"]]
    assert clusters([("b", "c")], [("c", "b")]) == [["b"], ["c"]]


def test_clusters_grow_from_either_side_and_stay_apart() -> None:
    """A pair that is refused once is refused for all that has joined either of its ids."""
    chain = [("a", "b"), ("c", "d"), ("b", "d"), ("d", "e")]
    assert clusters(chain, [("a", "c")]) == [["a", "b"], ["c", "d", "e"]]
    assert clusters(chain) == [["a", "b", "c", "d", "e"]]


PAIRS = st.lists(st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg")), max_size=12)


@given(PAIRS, PAIRS)
def test_nobody_apart_is_joined_and_nothing_else_is_refused(
    pairs: list[tuple[str, str]], apart: list[tuple[str, str]]
) -> None:
    """No group holds two ids that are apart, and a pair is refused only if its groups do."""
    apart = [(one, other) for one, other in apart if one != other]
    groups = {each: set(group) for group in clusters(pairs, apart) for each in group}
    assert not [pair for pair in apart if set(pair) <= groups.get(pair[0], set())]
    for one, other in pairs:
        together = groups[one] | groups[other]
        assert groups[one] == groups[other] or any(together.issuperset(pair) for pair in apart)
