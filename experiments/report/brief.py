"""A workshop's brief: two pages of paper for whoever leads it, with what its runs say, and a blank map to be corrected."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from experiments.report.html import WORDS, render
from experiments.study.workshop import Workshop
from simulation.errors import InputError
from simulation.replay.film.ground import Box, View, apart, dense_points, narrowing
from simulation.replay.told import Told
from simulation.replay.words import read_words

MARK = '<meta name="generator" content="katye brief">'
WIDE, HIGH = 186, 150  # millimetres of the map
SIZES = {5: 10.8, 7: 9.6, 9: 8.4}  # points of the type of the first page, for so many chapters
LETTER, LINE = 19, 38  # tenths of a millimetre that a name takes
SETTINGS = 4  # that a side names


def brief_html(content: Mapping[str, Any], language: str, settings: Mapping[str, Any] | None = None) -> str:
    """The brief of a workshop's payload. settings: what each side sets, by its letter.

    InputError for a page without chapters or with more than fit on paper, and for a language that it does not speak.
    """
    told = Told(content, language)
    told.words = {**read_words(WORDS)[language], **told.words}
    chapters = content["chapters"]
    if not chapters or len(told.arms) != 2:
        raise InputError("a brief is of two sides with chapters", "--brief", "katye workshop --list names workshops")
    most = max(SIZES)
    if len(chapters) > most:
        raise InputError(f"it has {len(chapters)} chapters, and {most} fit on two pages", "--brief", "Leave some out")
    word = told.word
    branch = content["branch"]
    kinds = [word(f"class.{name}") for name in content["classes"]]
    letters = initials(kinds)
    return render(
        "brief.html",
        mark=MARK,
        language=language,
        word=word,
        told=told,
        size=next(size for count, size in SIZES.items() if len(chapters) <= count),
        title=told.own(content["title"]),
        setting=word("brief.setting", pairs=told.number(told.pairs), days=told.number(told.last), month=told.month(0)),
        together=word("brief.parts", day=told.number(branch)) if branch else "",
        sides=[(letter, told.own(arm["title"]), _set(told, settings, letter)) for letter, arm in zip("AB", told.arms)],
        chapters=[
            (told.day(one["at"]), told.month(one["at"]), told.chapter(one, "say"), told.chapter(one, "ask"))
            for one in chapters
        ],
        unknown=word("model.unknown").split("|") if told.knows("model.unknown") else [],
        rules=word("brief.rules").split("|"),
        draw=word("brief.draw", letters=", ".join(letters)),
        letters=[word("brief.letter", letter=letter, kind=kind) for letter, kind in zip(letters, kinds)],
        credit=word("model.credit") if told.knows("model.credit") else "",
        map=map_svg(content["map"], told),
        made=word("brief.made", **{key: content["source"].get(key, "") for key in ("version", "command")}),
    )


def settings_of(workshop: Workshop) -> dict[str, Mapping[str, Any]]:
    """What each side of a workshop's file sets, by its letter."""
    return {letter: side.changes for letter, side in zip("AB", (workshop.a, workshop.b))}


def initials(words: list[str]) -> list[str]:
    """A letter for each word, the first of its own that no other has."""
    found: list[str] = []
    for text in words:
        own = [letter.upper() for letter in text if letter.isalpha()]
        found.append(next((letter for letter in own if letter not in found), str(len(found) + 1)))
    return found


class Rings:
    """Outlines of the dense city as paths of an SVG that is `WIDE` by `HIGH` millimetres, in tenths of them."""

    unit = 10  # whole numbers are fine enough

    def __init__(self, map_: Mapping[str, Any]):
        unit = self.unit
        self.view = View(dense_points(map_["places"]), narrowing(map_), WIDE * unit, HIGH * unit, 4 * unit)

    def path(self, rings: Any) -> str:
        """Those rings that reach into the picture."""
        pieces, unit = [], self.unit
        for ring in rings:
            points = [(round(x), round(y)) for x, y in self.view.ring(ring)]
            if any(-unit < x < WIDE * unit + unit and -unit < y < HIGH * unit + unit for x, y in points):
                pieces.append(f"M{' '.join(f'{x},{y}' for x, y in points)}z")
        return "".join(pieces)


class Names:
    """Names on a map where no other one stands: `spots` has x, y (tenths of a millimetre) and text of each that fits."""

    def __init__(self, rings: Rings, map_: Mapping[str, Any], words: Mapping[str, str]):
        self.spots: list[tuple[float, float, str]] = []
        self._taken: list[Box] = []
        ranked = sorted((place for place in map_["places"] if place["rank"]), key=lambda place: place["rank"])
        for place in ranked:
            self._put(rings.view(place["at"]), place.get("said") or place["name"], rings.unit)
        for one in map_["landmarks"]:
            self._put(rings.view(one["at"]), words.get(f"landmark.{one['key']}", one["key"]), rings.unit)

    def _put(self, at: tuple[float, float], text: str, unit: int) -> None:
        x, y = at
        half = LETTER * len(text) / 2
        x = min(max(x, half + unit), WIDE * unit - half - unit) if 0 < x < WIDE * unit else x
        for shift in (0, -LINE, LINE):
            box = (x - half, y + shift - LINE / 2, x + half, y + shift + LINE / 2)
            if (
                box[0] > 0
                and box[2] < WIDE * unit
                and 0 < y < HIGH * unit
                and all(apart(box, one) for one in self._taken)
            ):
                self._taken.append(box)
                self.spots.append((x, y + shift, text))
                return


def map_svg(map_: Mapping[str, Any], told: Told) -> str:
    """Outlines of the dense city with the names that people say, and nothing in them."""
    rings = Rings(map_)
    places = "".join(f'<path d="{drawn}"/>' for place in map_["places"] if (drawn := rings.path(place["rings"])))
    spots = Names(rings, map_, told.words).spots
    names = "".join(f'<text x="{x:.0f}" y="{y:.0f}">{html.escape(text)}</text>' for x, y, text in spots)
    box = f"0 0 {WIDE * rings.unit} {HIGH * rings.unit}"
    return (
        f'<svg viewBox="{box}" role="img" aria-label="{html.escape(told.word("brief.map"))}">'
        f'<path class="land" d="{rings.path(map_["land"])}"/><g class="places">{places}</g><g class="names">{names}</g></svg>'
    )


def _set(told: Told, settings: Mapping[str, Any] | None, letter: str) -> str:
    """What a side sets, as a file would say it."""
    own = (settings or {}).get(letter) or {}
    shown = [f"{name} = {value}" for name, value in list(own.items())[:SETTINGS]] + ["…"] * (len(own) > SETTINGS)
    return told.word("brief.sets", settings=", ".join(shown)) if shown else ""
