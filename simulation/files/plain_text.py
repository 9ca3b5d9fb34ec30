"""Text from elsewhere made harmless to show: letters that steer a terminal or turn the direction of writing stand as codes."""

from __future__ import annotations

import json
import re

_STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # among them ESC and CSI, with which a terminal is told what to do
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction of writing
    "\u2028\u2029\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"  # lines, marks of order, tags, halves of letters
)


def plain_text(text: object) -> str:
    r"""One line in which every such letter is a space (tab, line break) or its code, as \x1b or \u202e."""
    return _STEERING.sub(_code, str(text))


def plain_lines(text: object) -> str:
    """The same for text of several lines, which it keeps."""
    return "\n".join(map(plain_text, str(text).split("\n")))


def plain_json(text: str) -> str:
    """JSON in which every such letter within a text stands as its code, so that it still means the same."""
    return _STEERING.sub(lambda found: found[0] if found[0] == "\n" else json.dumps(found[0])[1:-1], text)


def _code(found: re.Match[str]) -> str:
    letter = found[0]
    if letter in "\t\n\r\v\f\x85\u2028\u2029":
        return " "
    return letter.encode("unicode_escape").decode()


def shortened(text: str, most: int) -> str:
    """The text, if it has too many letters without its middle."""
    return text if len(text) <= most else f"{text[: most * 2 // 3]} ... {text[-most // 4 :]}"
