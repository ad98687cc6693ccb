"""Text of others made safe to print: no control characters, no bidirectional tricks.

A name in a declaration is written by somebody who may not want to be read. Characters
that move the cursor or turn the direction of writing are shown by their code.
"""

from __future__ import annotations

import unicodedata

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def shown(text: str) -> str:
    """``text`` on one line, every invisible or direction-changing character spelled out."""
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character in "\t\n\r":
        return " "
    if unicodedata.category(character) in HIDDEN:
        return f"[U+{ord(character):04X}]"
    return character
