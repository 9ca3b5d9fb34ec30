"""One side's map in a frame: ground, rings of people who shelter, what changed, names, the whole region in small, the mark."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from simulation.replay.film.ground import COLOURS, Box, Ground, View, all_points, apart, dense_points, narrowing
from simulation.replay.film.letters import SMALLEST, fitted, font, write
from simulation.replay.told import WEEK, Told

NAMES = 10  # of places, at most
LARGEST = 0.05  # of the map's height: the radius of the fullest place ever
INSET = 0.34  # of the map's height
IN_THE_WAY = 6  # places of the dense city that the small map may hide


class CityPicture:
    """Draws a side of the shown pair, day by day. `unit`: pixels of a 1080th of the frame."""

    def __init__(self, told: Told, arm: int, size: tuple[int, int], unit: float, most: float):
        self.told, self.arm, self.unit, self.most = told, arm, unit, most
        self.map = told.content["map"]
        narrow = narrowing(self.map)
        view = View(dense_points(self.map["places"]), narrow, *size, margin=34 * unit)
        self.ground, self.size = Ground(self.map, view, unit), size
        self.at = [view(place["at"]) for place in self.map["places"]]
        self.classes, self.sheltering = told.field(arm, "class"), told.field(arm, "sheltering")
        self.title = self._title()
        self.inset, self.corner = self._inset(narrow)
        self.names = self._names()
        self._outlines: dict[tuple[int, float], Any] = {}

    def draw(self, day: int, pointed: int | None = None) -> Image.Image:
        """The map on a day; `pointed`: a place that is framed."""
        picture = self.ground.update(self._classes(day)).copy()
        for number in self._fresh(day):
            self._frame(picture, number, COLOURS["ink"], 3.5 * self.unit)
        if self.sheltering is not None:
            for number, people in enumerate(self.sheltering[day].tolist()):
                radius = self.radius(people)
                if radius > 2.5 * self.unit:
                    x, y = self.at[number]
                    sprite = ring(round(radius), max(1, round(2 * self.unit)))
                    picture.paste(sprite, (round(x - sprite.width / 2), round(y - sprite.height / 2)), sprite)
        if pointed is not None:
            self._frame(picture, pointed, COLOURS["shown"], 8 * self.unit)
        picture.paste(self.names, (0, 0), self.names)
        if self.inset:
            self._draw_inset(picture, day)
        self._mark(picture, day)
        return picture

    def radius(self, people: float) -> float:
        """Areas are in proportion; `most` people have the largest ring."""
        return LARGEST * self.size[1] * math.sqrt(max(0.0, people) / self.most) if people == people else 0.0

    def _classes(self, day: int) -> Sequence[float]:
        return self.classes[day].tolist() if self.classes is not None else [math.nan] * len(self.at)

    def _fresh(self, day: int) -> list[int]:
        """Places whose class is another one than a week ago."""
        if self.classes is None or not day:
            return []
        changed = self.classes[day] != self.classes[max(0, day - WEEK)]
        return [number for number in np.flatnonzero(changed).tolist() if not self.ground.rural[number]]

    def _frame(self, picture: Image.Image, number: int, colour: str, width: float) -> None:
        key = (number, width)
        if key not in self._outlines:
            self._outlines[key] = self.ground.outline(number, width)
        found = self._outlines[key]
        if found is not None:
            picture.paste(colour, *found)

    def _title(self) -> Image.Image:
        text, unit = self.told.side(self.arm), self.unit
        sizes = [max(8, round(size * unit)) for size in (30, 28, 26, SMALLEST)]
        lines, letters, size = fitted(text, self.size[0] * 0.62, 2, sizes, bold=True)
        wide = round(max(map(letters.getlength, lines)) + size)
        box = Image.new("RGB", (wide, round(size * (0.5 + 1.25 * len(lines)))), COLOURS["ab"[self.arm]])
        draw = ImageDraw.Draw(box)
        for row, line in enumerate(lines):
            write(draw, (size * 0.5, size * (1.12 + 1.25 * row)), line, letters, COLOURS["page"])
        return box

    def _inset(self, narrow: float) -> tuple[Ground | None, tuple[int, int]]:
        """The region in small, in the corner where it hides fewest places of the dense city, if that is few."""
        places, gap = self.map["places"], round(10 * self.unit)
        height = round(INSET * self.size[1])
        points = all_points(places)
        wide = (max(x for x, _ in points) - min(x for x, _ in points)) * narrow
        high = max(y for _, y in points) - min(y for _, y in points)
        width = min(round(height * wide / (high or 0.01)), round(0.42 * self.size[0]))
        below = self.title.height + gap
        corners = [
            (gap, below),
            (self.size[0] - width - gap, gap),
            (gap, self.size[1] - height - round(60 * self.unit)),
        ]

        def hidden(corner: tuple[int, int]) -> int:
            left, top = corner
            return sum(
                left < x < left + width and top < y < top + height and not place["rural"]
                for (x, y), place in zip(self.at, places)
            )

        best = min(corners, key=hidden)
        if hidden(best) > IN_THE_WAY or len(dense_points(places)) > 2:
            return None, (0, 0)
        return Ground(self.map, View(points, narrow, width, height, 4 * self.unit), self.unit * 0.5), best

    def _draw_inset(self, picture: Image.Image, day: int) -> None:
        small, (left, top) = self.inset, self.corner
        picture.paste(small.update(self._classes(day)), (left, top))
        draw, wide = ImageDraw.Draw(picture), max(1, round(2 * self.unit))
        draw.rectangle((left, top, left + small.size[0], top + small.size[1]), outline=COLOURS["ink"], width=wide)
        view, whole = self.ground.view, small.view
        west, north = (whole.width / 2 + ((view.x - whole.x) - view.width / 2 / view.scale) * whole.scale,
                       whole.height / 2 - ((view.y - whole.y) + view.height / 2 / view.scale) * whole.scale)  # fmt: skip
        east, south = (
            west + view.width / view.scale * whole.scale,
            north + view.height / view.scale * whole.scale,
        )
        box = (max(0, west), max(0, north), min(small.size[0], east), min(small.size[1], south))
        draw.rectangle((left + box[0], top + box[1], left + box[2], top + box[3]), outline=COLOURS["ink"], width=wide)

    def _names(self) -> Image.Image:
        """Landmarks, and places by what people call them, on land and never one over another."""
        picture = Image.new("RGBA", self.size, (255, 255, 255, 0))
        picture.paste(self.title, (0, 0))
        draw, unit = ImageDraw.Draw(picture), self.unit
        size = max(8, round(SMALLEST * unit))
        letters = font(size, bold=True)
        taken: list[Box] = [
            (0, 0, *self.title.size),
            (0, self.size[1] - 50 * unit, 420 * unit, self.size[1]),
        ]
        if self.inset:
            left, top = self.corner
            taken.append((left, top, left + self.inset.size[0], top + self.inset.size[1]))
        named = []
        for one in self.map["landmarks"]:
            x, y = self.ground.view(one["at"])
            side = size * 0.42
            taken.append((x - side, y - side, x + side, y + side))
            draw.rounded_rectangle(taken[-1], side * 0.4, fill=COLOURS["ink"])
            draw.ellipse((x - side / 3, y - side / 3, x + side / 3, y + side / 3), fill=COLOURS["page"])
            text = self.told.word(f"landmark.{one['key']}")
            beside = 0.5 + side / (letters.getlength(text) + size * 0.5)
            named.append((text, x, y, ((beside, 0), (-beside, 0), (0, -0.9), (0, 0.9), (beside, 0.7), (beside, -0.7))))
        ranked = sorted((place["rank"], number) for number, place in enumerate(self.map["places"]) if place["rank"])
        around = ((0, 0), (0, -0.9), (0, 0.9), (0.5, 0), (-0.5, 0), (0.4, -0.9), (-0.4, -0.9), (0.4, 0.9), (-0.4, 0.9))
        for _, number in ranked:
            place = self.map["places"][number]
            named.append((place.get("said") or place["name"], *self.at[number], around))
        for text, x, y, tries in named[: NAMES + len(self.map["landmarks"])]:
            wide, high = letters.getlength(text) + size * 0.5, size * 1.25
            for across, down in tries:
                left, top = x - wide / 2 + across * wide, y - high / 2 + down * high
                box = (left, top, left + wide, top + high)
                inside = box[0] > 0 and box[1] > 0 and box[2] < self.size[0] and box[3] < self.size[1]
                if inside and all(map(lambda other: apart(box, other), taken)) and self.ground.inside(box):
                    halo = (max(1, round(3 * unit)), COLOURS["page"])
                    middle = (left + size * 0.25, top + high / 2)
                    write(draw, middle, text, letters, COLOURS["ink"], "lm", halo)
                    taken.append(box)
                    break
        return picture

    def _mark(self, picture: Image.Image, day: int) -> None:
        """Part of the map, so that a picture that somebody cuts out carries it."""
        draw, unit = ImageDraw.Draw(picture), self.unit
        size, high = max(8, round(26 * unit)), round(42 * unit)
        letters, left, top = font(size, bold=True), 0.0, self.size[1] - high
        for text, ground, ink in (
            (self.told.word("ui.mark"), COLOURS["mark"], COLOURS["ink"]),
            (self.told.day(day), COLOURS["ink"], COLOURS["page"]),
        ):
            right = left + letters.getlength(text) + size
            draw.rectangle((left, top, right, self.size[1]), fill=ground)
            write(draw, (left + size / 2, top + high / 2), text, letters, ink, "lm")
            left = right


@functools.lru_cache(maxsize=256)
def ring(radius: int, wide: int) -> Image.Image:
    """A ring that the map shines through, with smooth edges."""
    fine = 4
    side = fine * (2 * radius + 2 * wide)
    whole, inner = (Image.new("L", (side, side)) for _ in range(2))
    ImageDraw.Draw(whole).ellipse((0, 0, side - 1, side - 1), fill=255)
    ImageDraw.Draw(inner).ellipse((fine * wide, fine * wide, side - 1 - fine * wide, side - 1 - fine * wide), fill=255)
    whole, inner = whole.reduce(fine), inner.reduce(fine)
    found = Image.new("RGBA", whole.size, COLOURS["ink"])
    found.paste(COLOURS["page"], (0, 0), inner)
    alpha = Image.composite(inner.point(lambda value: round(value * 0.7)), whole, inner)
    found.putalpha(alpha)
    return found


def shared_most(told: Told) -> float:
    """Most people who ever shelter in one place of the shown runs: the scale of all rings."""
    fields = [told.field(arm, "sheltering") for arm in range(len(told.arms))]
    known = [float(np.nanmax(field)) for field in fields if field is not None and not np.isnan(field).all()]
    return max([1.0, *known])
