"""The page of a replay: the player's parts and a payload joined into one file that asks nobody for anything."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulation.errors import InputError, refusal
from simulation.files.atomic import write_whole

PLAYER = Path(__file__).with_name("player")
PARTS = ("css", "payload", "js")
"""Marks in page.html, each once as `<!-- katye:NAME -->`."""
CARRIER = '<script type="application/json" id="replay">'
ENTRY = "main.js"
IMPORT = re.compile(r"^import\s+(?:\{[^}]*\}\s*from\s*)?[\"']\./([\w-]+\.js)[\"'];?[ \t]*\n", re.MULTILINE)
EXPORT = re.compile(r"^export\s+(?=(?:async\s+)?(?:const|let|function|class)\b)", re.MULTILINE)
LEFT = re.compile(r"^\s*(?:import|export)\b(?!\s*[.(]).*$", re.MULTILINE)


def page_html(content: Mapping[str, Any], player: Path = PLAYER) -> str:
    """The whole page. InputError for a player whose parts do not fit together."""
    page = (player / "page.html").read_text(encoding="utf-8")
    parts = {
        "css": f"<style>\n{(player / 'player.css').read_text(encoding='utf-8')}</style>",
        "payload": f"{CARRIER}{script_json(content)}</script>",
        "js": f'<script type="module">\n{joined_modules(player)}</script>',
    }
    pieces = re.split(r"<!-- katye:(\w+) -->", page)
    if sorted(pieces[1::2]) != sorted(PARTS):
        raise InputError(f"it needs the marks {', '.join(PARTS)}, each once", str(player / "page.html"))
    return "".join(parts[piece] if number % 2 else piece for number, piece in enumerate(pieces))


def script_json(content: Any) -> str:
    """JSON that ends no script element and begins no comment, whatever texts are in it."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def joined_modules(player: Path = PLAYER) -> str:
    """All modules that `ENTRY` imports, each after those that it imports, without their lines of import and export."""
    texts: dict[str, str] = {}

    def add(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise InputError(f"{name} imports itself by {above[-1]}", str(player))
        if name in texts:
            return
        text = (player / name).read_text(encoding="utf-8")
        for found in IMPORT.findall(text):
            add(found, (*above, name))
        text = EXPORT.sub("", IMPORT.sub("", text))
        if left := LEFT.search(text):
            raise InputError(f"'{left[0].strip()}' cannot be joined", str(player / name), "Export where it is declared")
        if "</script" in text.lower() or "<!--" in text:
            raise InputError("it holds '</script' or '<!--', which would end the page's script", str(player / name))
        texts[name] = text

    add(ENTRY, ())
    return "\n".join(texts.values())


def check_target(path: Path) -> None:
    """InputError, before hours of runs, if a page cannot be written there, or would take the place of another file."""
    if path.is_dir():
        raise InputError("is a folder", str(path), "Name a file, page.html say")
    if not path.parent.is_dir():
        raise InputError("its folder does not exist", str(path), f"Make {path.parent} first")
    if path.exists():
        try:
            known = CARRIER in path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"is there and is no replay ({refusal(error)})", str(path), "Name another file") from None
        if not known:
            raise InputError("is there and is no replay", str(path), "Name another file")


def write_page(path: Path, content: Mapping[str, Any], player: Path = PLAYER) -> int:
    """Write a page at once or not at all; its size in bytes. InputError if it cannot be written."""
    page = page_html(content, player).encode("utf-8")
    write_whole(path, page)
    return len(page)
