"""The map of a model's first day as SVG for paper: with its classes, or blank for a room that corrects it."""

from __future__ import annotations

import datetime
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from experiments.report.brief import HIGH, WIDE, Names, Rings
from simulation.port.family import ModelFamily
from simulation.port.plugins import NOTHING
from simulation.replay.content import texts_of
from simulation.replay.film.ground import COLOURS
from simulation.replay.recipe import replay_of

WEIGHT = 2000  # households that a simulated one stands for: the classes of the first day do not hang on it
SCENARIO = "baseline"
SHADES = (COLOURS["state"], "url(#disputed)", COLOURS["armed"])
STRIPES = (
    '<pattern id="disputed" width="24" height="24" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="24" height="24" fill="{COLOURS["pale"]}"/><rect width="8" height="24" '
    f'fill="{COLOURS["disputed"]}"/></pattern>'
)


@dataclass(frozen=True)
class FirstDay:
    """A map, the class of every place on the first day (positions from 0), and the words of the map by language."""

    start: datetime.date
    map: Mapping[str, Any]
    classes: Sequence[int]
    texts: Mapping[str, Mapping[str, str]]

    def svg(self, language: str, *, shaded: bool) -> str:
        """The dense city with the names that people say; `shaded`: with the classes of the first day."""
        rings = Rings(self.map)
        names = Names(rings, self.map, self.texts[language])
        places = "".join(
            f'<path d="{drawn}" fill="{SHADES[min(kind, 2)] if shaded else "none"}" stroke="#6d8592" stroke-width="3"/>'
            for place, kind in zip(self.map["places"], self.classes)
            if (drawn := rings.path(place["rings"]))
        )
        written = "".join(
            f'<text x="{x:.0f}" y="{y:.0f}" dy="11" {LETTERS} {look}>{html.escape(text)}</text>'
            for x, y, text in names.spots
            for look in ('fill="none" stroke="#fff" stroke-width="9" stroke-linejoin="round"', 'fill="#1d2a30"')
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE * 10} {HIGH * 10}"><defs>{STRIPES}</defs>'
            f'{places}<path d="{rings.path(self.map["land"])}" fill="none" stroke="#14212a" stroke-width="7"/>{written}</svg>'
        )


LETTERS = 'text-anchor="middle" font-family="Libertinus Serif" font-size="34" font-weight="700"'


def first_day(family: ModelFamily) -> FirstDay:
    """The first day of a model's baseline, from a run that is founded and not lived. InputError for a model without replay."""
    replay = replay_of(family)
    case = family.load_case(SCENARIO, days=1, weight=WEIGHT)
    model = family.create(case, 1)
    field = next(one for one in replay.fields if one.kind == "class")
    classes = [int(kind) for kind in field.value(model)]
    return FirstDay(case.start, replay.map(NOTHING), classes, texts_of(replay))
