"""The parts of the player: short modules that say what they are, and words that are all there and all used."""

import re

from pages.room.player import PLAYER, digest

from simulation.replay.page import SHIPPED, player_words

LONGEST = 250  # lines of a module
MADE = ("ui.field.", "ui.keys.", "ui.languages.", "ui.look.", "ui.luck.", "ui.pair.")  # keys put together


def test_modules_are_short_and_say_what_they_are():
    for path in PLAYER.rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("// "), path.name
        assert text.count("\n") <= LONGEST, path.name


def test_every_word_of_the_page_is_there_and_used():
    known = {key for key in player_words()["en"]}
    source = "".join(path.read_text(encoding="utf-8") for path in PLAYER.rglob("*") if path.suffix in (".js", ".html"))
    used = set(re.findall(r"[\"'`](ui\.[\w.]+)", source))
    assert {key for key in used if not key.startswith(MADE) or key in known} <= known
    assert {key for key in known - used if not key.startswith(MADE)} == set()


def test_the_shipped_player_is_made_from_its_modules():
    assert digest() in SHIPPED.read_text(encoding="utf-8"), "run: make player"
