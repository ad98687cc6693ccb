"""Runs in the environment of nomenklatura: the path of a file of pairs in, a score a line out."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main() -> None:
    """Score every pair of the file that standard input names."""
    from followthemoney import model
    from nomenklatura.matching import LogicV2

    config = LogicV2.default_config()
    for number, line in enumerate(Path(sys.stdin.read()).read_text("utf-8").splitlines()):
        sides: list[object] = []
        for side in json.loads(line):
            schema = side.pop("schema")
            content = {"id": f"{number}-{len(sides)}", "schema": schema, "properties": side}
            sides.append(model.get_proxy(content))
        print(LogicV2.compare(*sides, config).score)


if __name__ == "__main__":
    main()
