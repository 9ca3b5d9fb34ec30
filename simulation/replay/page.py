"""The page of a replay: the player and a payload in one file that asks nobody for anything."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulation.errors import InputError, refusal
from simulation.files.atomic import write_whole
from simulation.files.json_file import NUMBER, json_of
from simulation.files.plain_text import plain_text
from simulation.replay.words import read_words

WORDS = Path(__file__).with_name("player") / "words"
SHIPPED = Path(__file__).with_name("player.html")
"""The player as it is shipped: `make player` makes it from the folder `player`."""
MARK = "<!-- katye:payload -->"
FORMAT = 1
TEXT = {str: str}
SHAPE = {
    "format": int, "start": str, "frames": int, "branch": int, "languages": [str], "texts": {str: TEXT}, "title": TEXT,
    "map": {"places": [{"name": str, "rural": bool, "at": [NUMBER], "rings": [[[NUMBER]]]}], "land": [[[NUMBER]]],
            "landmarks": [dict]},
    "classes": [str], "fields": [{"name": str, "kind": str}], "series": [{"name": str, "unit": str}],
    "chapters": [{"at": int, "say": TEXT, "ask": TEXT, "see": TEXT, "look": dict}],
    "arms": [{"title": TEXT, "runs": [{"series": {str: dict}, "places": {str: dict}, "events": [list]}]}],
    "shown": int, "drawn": bool, "source": TEXT,
}  # fmt: skip
CARRIER = '<script type="application/json" id="replay">'


def player_words() -> dict[str, dict[str, str]]:
    """The words of the player itself, in every language."""
    return read_words(WORDS)


def page_html(content: Mapping[str, Any]) -> str:
    """The whole page."""
    before, after = SHIPPED.read_text(encoding="utf-8").split(MARK)
    return f"{before}{CARRIER}{script_json(harmless(content))}</script>{after}"


def embedded(content: Mapping[str, Any], title: str) -> str:
    """A whole page as a part of another one, which neither can disturb: a frame that holds its text. `title`: its name."""
    text = page_html(content).replace("&", "&amp;").replace("'", "&#39;")
    return f'<iframe class="replay" title="{html.escape(title)}" allow="fullscreen" srcdoc=\'{text}\'></iframe>'


def harmless(content: Any) -> Any:
    """Content whose texts neither turn nor hide what stands beside them."""
    if isinstance(content, Mapping):
        return {key: harmless(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [harmless(value) for value in content]
    return plain_text(content) if isinstance(content, str) else content


def script_json(content: Any) -> str:
    """JSON that ends no script element and begins no comment, whatever texts are in it."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def read_page(path: Path) -> dict[str, Any]:
    """The payload of a page, which may come from a stranger. InputError if it is no page of a replay, or damaged."""
    where, hint = str(path), "Make the page again"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read ({refusal(error)})", where) from None
    _, carrier, after = text.partition(CARRIER)
    if not carrier:
        raise InputError("it is no page of a replay", where, "katye replay and katye workshop write such pages")
    content = json_of(after.partition("</script>")[0], SHAPE, where, hint)
    if content["format"] != FORMAT:
        raise InputError(f"its format is {content['format']}, and this reads {FORMAT}", where, hint)
    if not 1 <= len(content["arms"]) <= 2 or not all(arm["runs"] for arm in content["arms"]):
        raise InputError("is damaged: it has no runs", where, hint)
    return content


def check_target(path: Path, mark: str = CARRIER, kind: str = "replay") -> None:
    """InputError, before hours of runs, if a page cannot be written there, or would take the place of another file.

    mark: what every page of that kind has in it.
    """
    if path.is_dir():
        raise InputError("is a folder", str(path), "Name a file, page.html say")
    if not path.parent.is_dir():
        raise InputError("its folder does not exist", str(path), f"Make {path.parent} first")
    if path.exists():
        try:
            known = mark in path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"is there and is no {kind} ({refusal(error)})", str(path), "Name another file") from None
        if not known:
            raise InputError(f"is there and is no {kind}", str(path), "Name another file")


def write_page(path: Path, content: Mapping[str, Any]) -> int:
    """Write a page at once or not at all; its size in bytes. InputError if it cannot be written."""
    page = page_html(content).encode("utf-8")
    write_whole(path, page)
    return len(page)
