"""Errors put into names, mixed alphabets, aliases left out, and the UN fixtures.

Every suite asks the damaged name of the whole list and counts the party at the one threshold
that gives 0.1 false positives a query on names that are not listed: equal for both engines.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable, Sequence

import msgspec

from bench.screening import measures
from bench.screening.data import data, hashed, of_publisher, registered
from bench.screening.engines import Pair, ask_ours, logic_v2, matches, of_listed, record
from tidewaiter.screen import Listed, ListIndex, Query
from tidewaiter.screen.kinds import kind_of
from tidewaiter.text import read_name
from tidewaiter.text.glossary import glossary
from tidewaiter.text.script import dominant_script, lookalikes, repair

RATE = 0.10
ASKED = 300  # names a suite
UNLISTED = 1_000
ALIKE = {"o": "0", "l": "1", "i": "1", "s": "5", "b": "8", "m": "rn", "e": "c", "g": "q", "u": "ii"}
FORMS = ("LLC", "JSC", "Ltd", "GmbH", "OOO", "AO")
MIXED = re.compile(r"[a-z]+[а-яё]|[а-яё]+[a-z]", re.IGNORECASE)

Damage = Callable[[str, random.Random], str]


def homoglyph(name: str, rng: random.Random) -> str:
    """Letters of the other alphabet that look alike, for half of those that have one."""
    known = lookalikes()
    cyrillic = dominant_script(name) == "Cyrillic"
    table = known.to_latin() if cyrillic else known.to_cyrillic()
    return "".join(c.translate(table) if rng.random() < 0.5 else c for c in name.lower())


def typo(name: str, rng: random.Random) -> str:
    """One letter wrong, missing or too many."""
    at = rng.randrange(1, max(2, len(name)))
    return name[:at] + rng.choice(["", "e", "n", "a"]) + name[at + rng.choice([0, 1]) :]


def scanned(name: str, rng: random.Random) -> str:
    """Two letters read wrong by a scanner."""
    letters = list(name)
    places = [at for at, letter in enumerate(letters) if letter.lower() in ALIKE]
    for at in rng.sample(places, min(2, len(places))):
        letters[at] = ALIKE[letters[at].lower()]
    return "".join(letters)


def transposed(name: str, rng: random.Random) -> str:
    """Two neighbouring letters exchanged."""
    at = rng.randrange(max(1, len(name) - 1))
    return name[:at] + name[at : at + 2][::-1] + name[at + 2 :]


def reordered(name: str, rng: random.Random) -> str:
    """Words in another order."""
    words = name.split()
    rng.shuffle(words)
    return " ".join(words)


def with_affix(name: str, rng: random.Random) -> str:
    """A word added that firms add."""
    return f"{name} {rng.choice(['Group', 'Company', 'Holding', 'Co', 'Corporation'])}"


def other_form(name: str, rng: random.Random) -> str:
    """Another legal form, or one added."""
    words = [word for word in name.split() if word.upper().strip(".,") not in FORMS]
    return " ".join([*words, rng.choice(FORMS)])


def truncated(name: str, rng: random.Random) -> str:
    """The last third cut off."""
    return name[: max(6, len(name) * 2 // 3)]


def without_vowels(name: str, rng: random.Random) -> str:
    """Every vowel but a leading one left out."""
    return re.sub(r"(?<=\w)[aeiouаеиоуыэюя]", "", name, flags=re.IGNORECASE)


def translated(name: str, rng: random.Random) -> str:
    """Words of the glossary put into Russian, or into English where they are Russian."""
    into = "en" if dominant_script(name) == "Cyrillic" else "ru"
    by_id = {concept.id: concept for concept in glossary().concepts}
    words = []
    for term in read_name(name).terms:
        concept = by_id.get(term.key.removeprefix("~")) if term.kind else None
        options = [t for t in concept.terms.get(into, ()) if "*" not in t] if concept else []
        words.append(options[0] if options else term.text)
    return " ".join(words)


def initials(name: str, rng: random.Random) -> str:
    """All given names of a person as initials; the family name is taken to come first or last."""
    words = [word.strip(",") for word in name.split()]
    family = words[-1] if words[-1].isupper() or "," not in name else words[0]
    return " ".join(word if word == family else f"{word[:1]}." for word in words)


SUITES: dict[str, tuple[str, Damage]] = {
    "typo": ("body", typo),
    "scanned": ("body", scanned),
    "transposed": ("body", transposed),
    "order": ("body", reordered),
    "affix added": ("body", with_affix),
    "other legal form": ("body", other_form),
    "truncated": ("body", truncated),
    "vowels dropped": ("body", without_vowels),
    "homoglyphs": ("body", homoglyph),
    "translated": ("body", translated),
    "initials": ("person", initials),
}


def errors(parties: Sequence[Listed], anchor: bool) -> dict[str, dict[str, float]]:
    """Recall of each suite at equal false positives."""
    index = ListIndex(of_publisher(parties, "us"))
    rows: dict[str, dict[str, float]] = {}
    cuts = {kind: _cuts(index, kind, anchor) for kind in ("body", "person")}
    for title, (kind, damage) in SUITES.items():
        asked = []
        for party in _some(of_publisher(parties, "us"), kind):
            rng = random.Random(hashed(party.entity_id))
            name = next((n for n in party.names if n.isascii()), party.names[0])
            asked.append((party, damage(name, rng)))
        for engine, cut in cuts[kind].items():
            best = _best(index, asked, kind, engine)
            recall = measures.recall_above(best, cut)
            rows.setdefault(f"{engine}: errors in names", {})[title] = recall
    return rows


def _some(parties: Sequence[Listed], kind: str) -> list[Listed]:
    whole = [p for p in parties if kind_of(p.schema) == kind and p.names and not p.partial]
    if kind == "body":
        whole = [p for p in whole if any(len(n.split()) > 1 for n in p.names)]
    return sorted(whole, key=lambda p: hashed(p.entity_id))[:ASKED]


def _cuts(index: ListIndex, kind: str, anchor: bool) -> dict[str, float]:
    """The thresholds that give ``RATE`` on names that no list has."""
    names = registered(UNLISTED) if kind == "body" else _invented(UNLISTED)
    schema = "Company" if kind == "body" else "Person"
    answers = [(name, ask_ours(index, [name], schema, 10)) for name in names]
    ours = [score for _, answer in answers for _, score in answer]
    cuts = {"ours": measures.threshold_at(ours, len(names), RATE)}
    if anchor:
        pairs: list[Pair] = []
        for name, answer in answers:
            for entity, _ in answer[:5]:
                entry = index.by_id(entity)
                assert entry is not None
                pairs.append((record([name], schema), of_listed(entry.listed)))
        cuts["logic-v2"] = measures.threshold_at(logic_v2(pairs), len(names), RATE)
    return cuts


def _best(
    index: ListIndex, asked: Sequence[tuple[Listed, str]], kind: str, engine: str
) -> list[float]:
    """The score of the right party for each damaged name."""
    schema = "Company" if kind == "body" else "Person"
    if engine == "ours":
        found = []
        for party, name in asked:
            scores = dict(ask_ours(index, [name], schema, 20))
            found.append(scores.get(party.entity_id, 0.0))
        return found
    # Told which party is meant: its own candidates cannot be missed.
    return logic_v2([(record([name], schema), of_listed(party)) for party, name in asked])


def _invented(limit: int) -> list[str]:
    path = data() / "names" / "yente_fixtures" / "negatives_us.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        names = [row["full_name"] for row in csv.DictReader(handle)]
    return sorted(dict.fromkeys(names), key=hashed)[:limit]


def left_out(parties: Sequence[Listed]) -> dict[str, dict[str, float]]:
    """Each alias in turn asked of a list that has the party under its other names only."""
    rows = {}
    for name in ("us", "eu_833"):
        whole = [p for p in of_publisher(parties, name) if len(p.names) > 2]
        some = {p.entity_id: p for p in _some(whole, "body")}
        kept = [
            msgspec.structs.replace(p, names=p.names[:-1]) if p.entity_id in some else p
            for p in of_publisher(parties, name)
        ]
        index = ListIndex(kept)
        cut = _cuts(index, "body", anchor=False)["ours"]
        best = _best(index, [(p, p.names[-1]) for p in some.values()], "body", "ours")
        rows[f"ours: one alias left out, {name}"] = {
            "queries": len(best),
            "recall": measures.recall_above(best, cut),
        }
    return rows


def mixed_letters(parties: Sequence[Listed]) -> dict[str, dict[str, float]]:
    """Official names that mix alphabets inside a word, asked for in their repaired form."""
    rows = [(p, n) for p in parties for n in p.names if MIXED.search(n)]
    index = ListIndex({p.entity_id: p for p, _ in rows}.values())
    missed = shown = 0
    for party, name in rows:
        fixed = repair(name.lower()).text
        found = matches(index, Query(query_id="x", names=(fixed,), schema=party.schema))
        missed += party.entity_id not in found
        shown += bool(repair(name.lower()).notes)
    return {"ours: names of mixed letters": {"rows": len(rows), "missed": missed, "shown": shown}}


def un_fixtures(parties: Sequence[Listed]) -> dict[str, dict[str, float]]:
    """The UN positives, as they are and with treated birth dates, and the alert rate."""
    index = ListIndex(of_publisher(parties, "un"))
    folder = data() / "names" / "yente_fixtures"
    figures: dict[str, float] = {}
    for path in sorted(folder.glob("positives_un_*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        hits = [bool(matches(index, _fixture(row))) for row in rows]
        figures[f"recall, {path.stem}"] = sum(hits) / len(hits)
    for path in sorted(folder.glob("negatives_*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            rows = sorted(csv.DictReader(handle), key=lambda r: hashed(str(r)))[:5_000]
        alerts = sum(bool(matches(index, _fixture(row))) for row in rows)
        figures[f"alert rate, {path.stem} (5,000)"] = alerts / len(rows)
    return {"ours: UN fixtures": figures}


def _fixture(row: dict[str, str]) -> Query:
    return Query(
        query_id="x",
        names=(row["full_name"],),
        schema="Person",
        country=row["nationality"] or None,
        birth_date=row["date_of_birth"] or None,
    )
