"""The page of a replay: the player's parts and a payload joined into one file that asks nobody for anything."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulation.errors import InputError, refusal
from simulation.files.atomic import write_whole
from simulation.files.plain_text import plain_text
from simulation.replay.words import read_words

PLAYER = Path(__file__).with_name("player")
PAGE, ENTRY = "page.html", "main.js"
"""The page with its marks, and the module that starts it; anywhere in the player's folder, as are style sheets."""
PARTS = ("css", "payload", "js")
"""Marks of the page, each once as `<!-- katye:NAME -->`."""
CARRIER = '<script type="application/json" id="replay">'
IMPORT = re.compile(r"^import\s+(\{[^}]*\})\s*from\s*[\"'](\.[\w./-]+\.js)[\"'];?[ \t]*$", re.MULTILINE)
EXPORT = re.compile(r"^export\s+(?=(?:async\s+)?(?:const|function\*?|class)\s+([\w$]+))", re.MULTILINE)
LEFT = re.compile(r"^\s*(?:import|export)\b(?!\s*[.(]).*$", re.MULTILINE)


def player_words() -> dict[str, dict[str, str]]:
    """The words of the player itself, in every language."""
    return read_words(PLAYER / "words")


def page_html(content: Mapping[str, Any], player: Path | None = None) -> str:
    """The whole page. InputError for a player whose parts do not fit together."""
    import rcssmin
    import rjsmin

    player = player or PLAYER
    page = _only(player, PAGE)
    styles = "".join(path.read_text(encoding="utf-8") for path in sorted(player.rglob("*.css")))
    parts = {
        "css": f"<style>\n{rcssmin.cssmin(styles)}</style>",
        "payload": f"{CARRIER}{script_json(harmless(content))}</script>",
        "js": f'<script type="module">\n{rjsmin.jsmin(joined_modules(player))}</script>',
    }
    pieces = re.split(r"<!-- katye:(\w+) -->", page.read_text(encoding="utf-8"))
    if sorted(pieces[1::2]) != sorted(PARTS):
        raise InputError(f"it needs the marks {', '.join(PARTS)}, each once", str(page))
    return "".join(parts[piece] if number % 2 else piece for number, piece in enumerate(pieces))


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


def joined_modules(player: Path) -> str:
    """All modules that the entry imports as one, each a function after those that it imports, so that names do not meet.

    InputError for what cannot be joined so: circles, lines of import and export of other kinds.
    """
    found: dict[Path, str] = {}
    names: dict[Path, str] = {}

    def add(path: Path, above: tuple[Path, ...]) -> None:
        if path in above:
            raise InputError(f"{path.name} imports itself by {above[-1].name}", str(path))
        if path in found:
            return
        text = path.read_text(encoding="utf-8")
        for _, other in IMPORT.findall(text):
            add((path.parent / other).resolve(), (*above, path))
        names[path] = f"module{len(found)}"
        text = IMPORT.sub(lambda line: f"const {line[1]} = {names[(path.parent / line[2]).resolve()]};", text)
        offered = EXPORT.findall(text)
        text = EXPORT.sub("", text)
        if left := LEFT.search(text):
            hint = "Import names in braces, export where a function, class or constant is declared"
            raise InputError(f"'{left[0].strip()}' cannot be joined", str(path), hint)
        if "</script" in text.lower() or "<!--" in text:
            raise InputError("it holds '</script' or '<!--', which would end the page's script", str(path))
        found[path] = (
            f"const {names[path]} = (() => {{\n{text}\nreturn {{ {', '.join(offered)} }};\n}})();\n" if above else text
        )

    add(_only(player, ENTRY).resolve(), ())
    return "".join(found.values())


def _only(player: Path, name: str) -> Path:
    paths = list(player.rglob(name))
    if len(paths) != 1:
        raise InputError(f"it holds {len(paths)} files {name}, and one is wanted", str(player))
    return paths[0]


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


def write_page(path: Path, content: Mapping[str, Any], player: Path | None = None) -> int:
    """Write a page at once or not at all; its size in bytes. InputError if it cannot be written."""
    page = page_html(content, player).encode("utf-8")
    write_whole(path, page)
    return len(page)
