"""The parts of the player: short modules that say what they are, and words that are all there and all used."""

import re

import numpy as np
from pages.room.player import PLAYER, digest
from support.colours import DEUTERANOPIA, lightness

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


def test_less_and_more_differ_for_people_who_do_not_tell_red_from_green():
    """Also where a difference is no more than three tenths of the strongest, in light and in dark."""
    style = (PLAYER / "player.css").read_text(encoding="utf-8")
    light, dark = (
        {name: np.array([int(code[at : at + 2], 16) for at in (0, 2, 4)]) / 255 for name, code in found}
        for found in (
            re.findall(r"--(even|fewer|more): #(\w{6})", part) for part in style.split('[data-theme="dark"]')[:2]
        )
    )
    for theme in (light, dark):
        mixed = [0.7 * theme["even"] + 0.3 * theme[way] for way in ("fewer", "more")]
        for see in (None, DEUTERANOPIA):
            less, more = lightness(np.array(mixed), see)
            assert np.linalg.norm(less - more) > 20
