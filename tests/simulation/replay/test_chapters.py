"""Chapters of a workshop: every text in every language, short enough, with no number that a run does not carry."""

from __future__ import annotations

import copy
import datetime
import re

import pytest

from models.epstein.replay import REPLAY, lattice
from simulation.errors import InputError
from simulation.port.plugins import NOTHING
from simulation.replay.chapters import SAY, TITLE, placed, read_chapters, written
from simulation.replay.page import player_words
from simulation.replay.words import joined, read_words

SERIES = [one.name for one in REPLAY.series]
START, DAYS = datetime.date(2000, 1, 1), 60
PLACES = lattice(NOTHING)["places"]
TEXTS = joined(player_words(), read_words(REPLAY.words))


def everywhere(text: str) -> dict[str, str]:
    return dict.fromkeys(("en", "fr", "ht"), text)


def chapter(at=10, see="map", say="Active: {active}, day {day}.", ask="Why 3?"):
    return {"at": at, "see": see, "say": everywhere(say), "ask": everywhere(ask)}


def shown(*chapters):
    return placed(read_chapters(list(chapters), "w.toml", SERIES), START, DAYS, REPLAY, PLACES, TEXTS, "w.toml")


def test_days_dates_places_and_lines_find_their_way():
    found = shown(chapter(0), chapter(datetime.date(2000, 1, 11), "B3"), chapter("2000-02-01", "jailed"), chapter(60))
    assert [one["at"] for one in found] == [0, 10, 31, 60]
    assert [one["look"] for one in found] == [{}, {"place": 17}, {"series": "jailed"}, {}]
    assert found[0]["see"]["fr"] == "la carte"
    assert found[1]["see"]["ht"] == "B3"


def broken(**parts):
    return [chapter() | parts]


@pytest.mark.parametrize(
    ("chapters", "told"),
    [
        ([], "w.toml: it has no chapter"),
        (broken(says=1), "chapter 1: unknown key 'says'. Did you mean say"),
        ([{"at": 1}], "chapter 1: it lacks see"),
        (broken(at=-1), "at: '-1' is no day of a run"),
        (broken(at="soon"), "'soon' is no date"),
        (broken(at=61), "at: 61 is no day of its runs. They last from day 0, 2000-01-01, to day 60, 2000-03-01"),
        (broken(at=datetime.date(1999, 1, 1)), "1999-01-01 is no day of its runs"),
        ([chapter(10), chapter(10)], "chapter 2, at: day 10 comes not after day 10"),
        (broken(see="Solino"), "see: unknown place or line 'Solino'"),
        (broken(see="jaild"), "Did you mean jailed"),
        (broken(say="One text"), "say: it is not said in every language"),
        (broken(say={"en": "a", "fr": "b"}), "say, ht: it is missing"),
        (broken(say=everywhere("a") | {"es": "a"}), "say: unknown language 'es'"),
        (broken(ask=everywhere(" ")), "ask, en: it is empty"),
        (broken(say=everywhere("a" * (SAY + 1))), f"say, en: it has {SAY + 1} letters, and {SAY} fit"),
        (broken(say=everywhere("a" * (SAY - 50) + "{active}")), f"letters, and {SAY} fit"),
        (broken(say=everywhere("{activ}")), "unknown slot 'activ'. Did you mean active"),
        (broken(say=everywhere("{active}") | {"fr": "{jailed}"}), "say, fr: it has other slots than in en (active)"),
        (broken(say=everywhere("It falls by 12,000.")), "say, en: it says the number 12,000. of its own"),
        (broken(say=everywhere("\x1b[2J")), "control characters"),
        (broken(say=everywhere("a\nb")), "say, en"),
    ],
)
def test_what_is_wrong_is_one_message(chapters, told):
    with pytest.raises(InputError, match=re.escape(told)):
        shown(*copy.deepcopy(chapters))


def test_markup_in_a_title_is_text_and_slots_have_no_place_there():
    assert written(everywhere("<b>What & if?</b>"), "title", TITLE)["fr"] == "<b>What & if?</b>"
    with pytest.raises(InputError, match="unknown slot 'day'"):
        written(everywhere("{day}"), "title", TITLE)
