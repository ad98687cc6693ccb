"""The report that a world's press tells: one source, one outlet, three languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

import msgspec.yaml

from tidewaiter.model.country import country_name
from tidewaiter.simulate import atlas
from tidewaiter.simulate.cast import SCHEME, Cast, Told
from tidewaiter.simulate.plan import iso

FOLDER = "reports"
CYRILLIC = re.compile(r"[а-яё]")
BEFORE = 20  # days before the first shipment: the report tells of a plan


@cache
def wording() -> dict[str, Any]:
    """Outlet and texts of ``reports.yml``."""
    text = resources.files(__package__).joinpath("reports.yml").read_text("utf-8")
    return msgspec.yaml.decode(text, type=dict[str, Any])


def reports(cast: Cast) -> Iterator[tuple[str, str]]:
    """Names and contents of the files: a text and what is known of it in each language."""
    told = _subject(cast)
    if told is None:
        return
    firm = cast.firms[
        next(k for k, part in told.members.items() if part in {"assembler", "trader"})
    ]
    plant = cast.firms[next(key for key, part in told.members.items() if part == "receiver")]
    code = atlas.countries()[firm.country].code
    latin = next((name for name in firm.names if name.isascii()), firm.names[0])
    russian = next(name for name in firm.names if CYRILLIC.search(name))
    filled = {
        "firm_en": latin,
        "firm_ru": russian,
        "plant_en": plant.names[1],
        "plant_ru": plant.names[0],
        "plant_uk": plant.names[2],
        **{
            f"country_{language}": country_name(code, language)
            for language in wording()["languages"]
        },
    }
    day = iso(min(cast.day(shipment) for shipment in told.shipments) - BEFORE)
    slug = f"{day}-{told.number}"
    for language, words in wording()["languages"].items():
        url = wording()["url"].format(slug=slug, language=language)
        head = {
            "url": url,
            "outlet": wording()["outlet"],
            "published_on": day,
            "language": language,
            "title": words["title"],
        }
        name = f"{FOLDER}/harbour_post_{language}"
        yield f"{name}.txt", f"{words['title']}\n\n{words['body'].format(**filled)}"
        yield f"{name}.toml", "".join(f"{key} = {_quoted(text)}\n" for key, text in head.items())


def _subject(cast: Cast) -> Told | None:
    """The scheme that is reported: one that ends at a plant, assembly before others."""
    schemes = [each for each in cast.told if each.role == SCHEME]
    fitting = [
        each
        for each in schemes
        if any(
            part == "receiver" and cast.firms[k].kind == "plant" for k, part in each.members.items()
        )
        and any(part in {"assembler", "trader"} for part in each.members.values())
    ]
    fitting.sort(key=lambda each: "assembler" not in each.members.values())
    return fitting[0] if fitting else None


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()
