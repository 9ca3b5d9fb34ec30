"""The player's script is joined without what only its readers need, and does the same."""

import re

import pytest

from simulation.replay.lean import lean_script, lean_style
from simulation.replay.page import PLAYER
from simulation.replay.words import read_words

LONGEST = 250  # lines of a module
MADE = ("ui.field.", "ui.keys.", "ui.languages.", "ui.luck.", "ui.pair.")  # keys that the script puts together


@pytest.mark.parametrize(
    ("text", "lean"),
    [
        ("// why\nlet a = 1; // one\n", "let a=1;\n"),
        ("/** What.\n * @param {x} y */\nfunction f(y) {\n  return y + 1;\n}\n", "function f(y){return y+1;}\n"),
        ('say("a  //  b", x  ||  "\\"  {");\n', 'say("a  //  b",x||"\\"  {");\n'),
        (
            "const t = `a  ${b ? `  c  ` : { d }}  // e`;\nf( t );\n",
            "const t=`a  ${b ? `  c  ` : { d }}  // e`;f(t);\n",
        ),
        ('x.replace( /[/ "]  {2}/gu, y );\n', 'x.replace(/[/ "]  {2}/gu,y);\n'),
        ("half = a / b / c; // d / e\n", "half=a/b/c;\n"),
        ("let c = a - -b + +d;\n", "let c=a - -b + +d;\n"),
        ("go()\nstop()\n", "go()\nstop()\n"),
    ],
)
def test_a_script_keeps_its_meaning(text, lean):
    assert lean_script(text) == lean


def test_a_style_sheet_keeps_its_meaning():
    text = (
        "/* why */\na > b:hover, c { width: calc(1px + 2%); margin: 0 1px; }\n@media (min-width: 3px) { d { e: f; } }\n"
    )
    assert lean_style(text) == "a > b:hover,c{width:calc(1px + 2%);margin:0 1px}@media (min-width: 3px){d{e:f}}\n"


def test_modules_are_short_and_say_what_they_are():
    for path in PLAYER.rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("// "), path.name
        assert text.count("\n") <= LONGEST, path.name


def test_every_word_of_the_page_is_there_and_used():
    known = {key for key in read_words(PLAYER / "words")["en"]}
    source = "".join(path.read_text(encoding="utf-8") for path in PLAYER.rglob("*") if path.suffix in (".js", ".html"))
    used = set(re.findall(r"[\"'`](ui\.[\w.]+)", source))
    assert {key for key in used if not key.startswith(MADE) or key in known} <= known
    assert {key for key in known - used if not key.startswith(MADE)} == set()
