"""Chapters of a workshop: where a page stops, what it points at, and what is said and asked there, in every language.

A number that is said comes from the runs of the page: a text holds slots, which the page fills on the day of the chapter.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulation.clock import parse_date
from simulation.errors import InputError, unknown_name
from simulation.files.checked_text import check_line
from simulation.replay.recipe import Replay
from simulation.replay.words import LANGUAGES

Text = dict[str, str]
"""One text in every language."""
SAY, ASK, TITLE, SIDE = 160, 115, 70, 44
"""Letters that fit: two lines of what is said, one of what is asked, the line of the title, the head of a side."""
FILLED = {"day": 3, "month": 14, "pairs": 2, "a": 30, "b": 30}
"""Slots of every text, and the letters that they may take; beside them those of each line under the map, by its name."""
PARTS = {"": 52, ".name": 48, ".a": 8, ".b": 8, ".less": 2, ".more": 2}
"""Of a line NAME: {NAME} is the verdict over all pairs, .name what it is called, .a and .b the medians of the sides, .less and
.more counts of pairs."""
SLOT = re.compile(r"\{([^{}]*)\}")
KEYS = ("at", "see", "say", "ask")
MAP = "map"


@dataclass(frozen=True)
class Chapter:
    """`at`: day of the run, or date. `see`: the map, a line under it by its name, or a place by its id or name."""

    at: int | datetime.date
    see: str
    say: Text
    ask: Text


def written(value: Any, where: str, most: int, series: Iterable[str] | None = None) -> Text:
    """A text in every language. InputError for one that is missing, empty, too long for its line, or has unknown slots.

    series: names of lines whose slots it may have; None: it has none.
    """
    if not isinstance(value, Mapping):
        raise InputError(
            "it is not said in every language", where, f"Written {{ {', '.join(f'{tag} = ...' for tag in LANGUAGES)} }}"
        )
    for tag in value:
        if tag not in LANGUAGES:
            raise unknown_name("language", tag, LANGUAGES, where)
    known = {} if series is None else FILLED | {name + part: size for name in series for part, size in PARTS.items()}
    found: Text = {}
    for tag in LANGUAGES:
        text, here = value.get(tag), f"{where}, {tag}"
        if text is None:
            raise InputError("it is missing", here, "Every text is there in every language")
        check_line(text, "text", here)
        if not text.strip():
            raise InputError("it is empty", here)
        length = len(SLOT.sub("", text))
        for slot in SLOT.findall(text):
            if slot not in known:
                raise unknown_name("slot", slot, known, here)
            length += known[slot]
        if length > most:
            raise InputError(f"it has {length} letters, and {most} fit", here, "Say less; who wants more will ask")
        found[tag] = text
    slots = {tag: sorted(SLOT.findall(text)) for tag, text in found.items()}
    for tag in LANGUAGES[1:]:
        if slots[tag] != slots[LANGUAGES[0]]:
            wanted = ", ".join(slots[LANGUAGES[0]]) or "none"
            raise InputError(f"it has other slots than in {LANGUAGES[0]} ({wanted})", f"{where}, {tag}")
    return found


def read_chapters(entries: Any, where: str, series: Sequence[str]) -> list[Chapter]:
    """The chapters of a file, in order. InputError for what is missing, wrong, or claims a number that no run carries."""
    if not isinstance(entries, list) or not entries:
        raise InputError("it has no chapter", where, "Write [[chapter]] with at, see, say and ask")
    found = []
    for number, entry in enumerate(entries, start=1):
        here = f"{where}, chapter {number}"
        if not isinstance(entry, Mapping):
            raise InputError("it is no table", here, "Write [[chapter]]")
        for key in entry:
            if key not in KEYS:
                raise unknown_name("key", key, KEYS, here)
        for key in KEYS:
            if key not in entry:
                raise InputError(f"it lacks {key}", here, f"A chapter has {', '.join(KEYS)}")
        at = entry["at"]
        if isinstance(at, str):
            at = parse_date(at, f"{here}, at")
        if isinstance(at, bool) or not isinstance(at, int | datetime.date) or (isinstance(at, int) and at < 0):
            raise InputError(
                f"'{at}' is no day of a run", f"{here}, at", "A day from 0 up, or a date such as 2025-06-01"
            )
        check_line(entry["see"], "name", f"{here}, see")
        say = written(entry["say"], f"{here}, say", SAY, series)
        for tag, text in say.items():
            if digit := re.search(r"\d[\d., ]*", SLOT.sub("", text)):
                hint = f"Take a slot, which the runs fill: {{{series[0]}}}, {{{series[0]}.a}}, {{pairs}}, {{day}} ..."
                raise InputError(f"it says the number {digit[0].strip()} of its own", f"{here}, say, {tag}", hint)
        found.append(Chapter(at, entry["see"], say, written(entry["ask"], f"{here}, ask", ASK, series)))
    return found


def placed(
    chapters: Sequence[Chapter],
    start: datetime.date,
    days: int,
    replay: Replay,
    places: Sequence[Mapping[str, Any]],
    texts: Mapping[str, Mapping[str, str]],
    where: str,
) -> list[dict[str, Any]]:
    """The chapters as a page takes them, on days from 0. InputError for one after the end or before the last, and for a place
    or line that there is not. `places`: of the map; `texts`: words of the page."""
    names = {one["id"]: number for number, one in enumerate(places)} | {one["name"]: n for n, one in enumerate(places)}
    lines = [one.name for one in replay.series]
    found: list[dict[str, Any]] = []
    for number, chapter in enumerate(chapters, start=1):
        here, at = f"{where}, chapter {number}", chapter.at
        day = (at - start).days if isinstance(at, datetime.date) else at
        if not 0 <= day <= days:
            end = start + datetime.timedelta(days)
            raise InputError(
                f"{at} is no day of its runs", f"{here}, at", f"They last from day 0, {start}, to day {days}, {end}"
            )
        if found and day <= found[-1]["at"]:
            raise InputError(f"day {day} comes not after day {found[-1]['at']} of the chapter before", f"{here}, at")
        look: dict[str, Any] = {}
        if chapter.see == MAP:
            see = {tag: texts[tag]["ui.look.map"] for tag in LANGUAGES}
        elif chapter.see in lines:
            look["series"], see = chapter.see, {tag: texts[tag]["ui.look.line"] for tag in LANGUAGES}
        elif chapter.see in names:
            look["place"] = names[chapter.see]
            see = dict.fromkeys(LANGUAGES, places[look["place"]]["name"])
        else:
            raise unknown_name("place or line", chapter.see, [MAP, *lines, *names], f"{here}, see")
        found.append({"at": day, "say": chapter.say, "ask": chapter.ask, "see": see, "look": look})
    return found
