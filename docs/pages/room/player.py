"""The player as it is shipped: page, style sheets and modules of a folder joined into one file, small."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from pages.markdown import ROOT
from simulation.errors import InputError
from simulation.replay.page import MARK, SHIPPED

PLAYER = ROOT / "simulation/replay/player"
PAGE, ENTRY = "page.html", "main.js"
"""The page with its marks, and the module that starts it; anywhere in the player's folder, as are style sheets."""
PARTS = ("css", "payload", "js")
"""Marks of the page, each once as `<!-- katye:NAME -->`."""
IMPORT = re.compile(r"^import\s+(\{[^}]*\})\s*from\s*[\"'](\.[\w./-]+\.js)[\"'];?[ \t]*$", re.MULTILINE)
EXPORT = re.compile(r"^export\s+(?=(?:async\s+)?(?:const|function\*?|class)\s+([\w$]+))", re.MULTILINE)
LEFT = re.compile(r"^\s*(?:import|export)\b(?!\s*[.(]).*$", re.MULTILINE)
Smaller = Callable[[str, str], str]


def smaller(kind: str, text: str) -> str:
    """A script or style sheet that does the same. `kind`: its media type."""
    import minify  # tdewolff-minify of the extra `test`: it has no wheel for every machine, so nothing at run time needs it

    return minify.string(kind, text)


def plain(kind: str, text: str) -> str:
    """As it was written."""
    return text


def player_html(player: Path = PLAYER, smaller: Smaller = smaller) -> str:
    """The whole player, with a mark where the payload goes. InputError for parts that do not fit together."""
    page = _only(player, PAGE)
    styles = "".join(path.read_text(encoding="utf-8") for path in sorted(player.rglob("*.css")))
    parts = {
        "css": f"<style>{smaller('text/css', styles)}</style>",
        "payload": MARK,
        "js": f'<script type="module">{smaller("application/javascript", joined_modules(player))}</script>',
    }
    pieces = re.split(r"<!-- katye:(\w+) -->", page.read_text(encoding="utf-8"))
    if sorted(pieces[1::2]) != sorted(PARTS):
        raise InputError(f"it needs the marks {', '.join(PARTS)}, each once", str(page))
    if "</script" in parts["js"][:-9].lower() or "<!--" in parts["js"]:
        raise InputError(
            "what was made smaller holds '</script' or '<!--', which would end the page's script", str(page)
        )
    text = "".join(parts[piece] if number % 2 else piece for number, piece in enumerate(pieces))
    return text.replace("<html", f"<!-- {digest(player)} -->\n<html", 1)


def digest(player: Path = PLAYER) -> str:
    """Which sources a shipped player was made from."""
    found = hashlib.sha256()
    for path in sorted(path for path in player.rglob("*") if path.suffix in (".js", ".css", ".html")):
        found.update(f"{path.relative_to(player).as_posix()}\0".encode() + path.read_bytes())
    return f"make player, {found.hexdigest()[:16]}"


def write_player() -> Path:
    """The shipped file, anew."""
    SHIPPED.write_text(player_html(), encoding="utf-8")
    return SHIPPED


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
