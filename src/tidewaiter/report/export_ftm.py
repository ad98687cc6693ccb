"""Entities in FollowTheMoney's JSON lines, every value checked by its library.

What its model cannot say of a schema, or what its types refuse, is said in words in the
entity's notes, so that the file holds it, too. The same parts give the same bytes, in
whatever order they come. The library is imported here alone, because it takes 1.5 s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from tidewaiter.report.ftm_lists import knowledge
from tidewaiter.report.ftm_parts import BARE, Part, safe_id
from tidewaiter.report.ftm_rows import CALLED, WORDS

if TYPE_CHECKING:
    from followthemoney.proxy import EntityProxy
    from followthemoney.schema import Schema

FIRST, LAST = ("first_seen",), ("last_seen", "last_change")
CAPTIONS = ("name", "alias", "weakAlias", "previousName")


class Writer:
    """Makes one line of each entity; ``unsaid`` counts what it could not hold."""

    def __init__(self) -> None:
        from followthemoney import model

        self.model = model
        self.unsaid: Counter[str] = Counter()
        self.entities: Counter[str] = Counter()

    def line(self, parts: Iterable[Part]) -> bytes | None:
        """The entity that all parts of one id are together; ``None`` for unknown schemata."""
        every = list(parts)
        schema = self._schema(every)
        if schema is None:
            self.unsaid[f"of schema {every[0].schema}"] += 1
            return None
        proxy = self.model.make_entity(schema)
        proxy.id = every[0].id
        words = self._fill(proxy, _merged(every))
        self._say(proxy, words)
        self.entities[schema.name] += 1
        content = {
            "id": proxy.id,
            "caption": _caption(every, proxy),
            "schema": schema.name,
            "properties": {name: sorted(proxy.get(name)) for name in sorted(_names(proxy))},
            **_own(every),
        }
        return msgspec.json.encode(content) + b"\n"

    def _schema(self, parts: list[Part]) -> Schema | None:
        """The narrowest schema that the parts tell; of two that differ, the first by name."""
        names = sorted({name for each in parts for name in each.schema.split("|")})
        known = [found for name in names if (found := self.model.get(name))]
        told = [each for each in known if each.name != BARE] or known
        told = [s for s in told if not any(o is not s and o.is_a(s) for o in told)]
        if len(told) > 1:
            self.unsaid[f"schema {told[1].name} beside {told[0].name}"] += 1
        made = told[0] if told else None
        return None if made is None or made.abstract else made

    def _fill(self, proxy: EntityProxy, said: dict[str, list[str]]) -> list[str]:
        """Add what the schema takes; what it does not take comes back in words."""
        words = said.pop(WORDS, [])
        known = {*said.get("name", ()), *said.get("alias", ())}
        called = [each for each in said.pop(CALLED, []) if each not in known]
        said["alias"] = [*said.get("alias", ()), *called]
        for name, values in said.items():
            named = name if name in proxy.schema.properties else knowledge().instead.get(name, name)
            prop = proxy.schema.get(named)
            for value in values:
                cleaned = self._cleaned(proxy, prop, value) if prop else None
                if prop is not None and cleaned is not None:
                    proxy.unsafe_add(prop, cleaned, cleaned=True)
                if cleaned is None or named != name:
                    words.append(f"{name}: {value}")
        return words

    @staticmethod
    def _cleaned(proxy: EntityProxy, prop: Any, value: str) -> str | None:  # noqa: ANN401
        """The value as the property's type takes it; ``None`` where it does not."""
        from followthemoney.exc import InvalidData
        from followthemoney.types import registry

        if prop.stub:
            return None
        text = safe_id(value) if prop.type is registry.entity else value
        try:
            cleaned = prop.type.clean(text, format=prop.format, proxy=proxy)
            again = prop.type.clean(cleaned, format=prop.format, proxy=proxy)
        except InvalidData:
            return None
        # A value that its own type would read otherwise the next time is left in words.
        return cleaned if cleaned and cleaned == again else None

    def _say(self, proxy: EntityProxy, words: list[str]) -> None:
        from followthemoney.util import sanitize_text

        home = next((n for n in knowledge().words if n in proxy.schema.properties), None)
        for text in words:
            clean = sanitize_text(text)
            if home and clean:
                proxy.unsafe_add(proxy.schema.properties[home], clean, cleaned=True)
            elif clean:
                self.unsaid[f"words of schema {proxy.schema.name}"] += 1


def _names(proxy: EntityProxy) -> list[str]:
    return [prop.name for prop in proxy.iterprops()]


def _merged(parts: Iterable[Part]) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for each in parts:
        for name, values in each.properties.items():
            found.setdefault(name, set()).update(values)
    return {name: sorted(found[name]) for name in sorted(found)}


def _told(parts: Iterable[Part], key: str) -> list[str]:
    return sorted({value for each in parts for value in each.own.get(key, ())})


def _caption(parts: Iterable[Part], proxy: EntityProxy) -> str:
    """What a source shows the thing as, else its first name by the alphabet."""
    named = [name for prop in CAPTIONS for name in sorted(proxy.get(prop, quiet=True))]
    other = [text for prop in proxy.schema.caption for text in sorted(proxy.get(prop, quiet=True))]
    candidates = (*_told(parts, "caption"), *named, *other, proxy.schema.label)
    return candidates[0]


def _own(parts: list[Part]) -> dict[str, object]:
    """What is said of the record; times that nobody told are left out."""
    made: dict[str, object] = {key: _told(parts, key) for key in ("referents", "datasets")}
    for key in (*FIRST, *LAST):
        if times := _told(parts, key):
            made[key] = times[0] if key in FIRST else times[-1]
    if target := _told(parts, "target"):
        made["target"] = "true" in target
    return made
