"""Runs in the environment of nomenklatura: the path of a file in, a line of results a line out.

A file of pairs gives a score for each; a file of entities and of queries (``block``) the ids
that nomenklatura's own index finds for each query, best first.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

FOUND = 100  # candidates a query


def main() -> None:
    """Score every pair of the file that standard input names, or block it."""
    path = Path(sys.stdin.read())
    if sys.argv[1:] == ["block"]:
        block(path)
        return
    from followthemoney import model
    from nomenklatura.matching import LogicV2

    config = LogicV2.default_config()
    for number, line in enumerate(path.read_text("utf-8").splitlines()):
        sides: list[object] = []
        for side in json.loads(line):
            schema = side.pop("schema")
            content = {"id": f"{number}-{len(sides)}", "schema": schema, "properties": side}
            sides.append(model.get_proxy(content))
        print(LogicV2.compare(*sides, config).score)


def block(path: Path) -> None:
    """Ids found for each query, with the defaults of its index but for their number."""
    from followthemoney import Dataset, StatementEntity
    from nomenklatura.blocker.index import Index
    from nomenklatura.resolver import Linker
    from nomenklatura.store import load_entity_file_store

    asked = json.loads(path.read_text("utf-8"))
    dataset = Dataset.make({"name": "queries", "title": "queries"})

    def entity(known: dict[str, Any]) -> dict[str, Any]:
        names = {"name": known["name"]}
        return {"id": known["id"], "schema": known["schema"], "properties": names}

    with tempfile.TemporaryDirectory() as folder:
        entities = Path(folder) / "entities.json"
        lines = (json.dumps({**entity(each), "datasets": ["lists"]}) for each in asked["entities"])
        entities.write_text("\n".join(lines), "utf-8")
        store = load_entity_file_store(entities, Linker({}))
        index = Index(store.default_view(), Path(folder) / "index", {"max_candidates": FOUND})
        index.build()
        queries = [StatementEntity.from_data(dataset, entity(each)) for each in asked["queries"]]
        found = {str(q): [str(e) for e, _ in ids] for q, ids in index.match_entities(queries)}
    for each in asked["queries"]:
        print(json.dumps(found.get(each["id"], [])))


if __name__ == "__main__":
    main()
