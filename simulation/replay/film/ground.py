"""The map of a film: outlines in pixels, and a ground of which a new day repaints only the places that changed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

COLOURS = {
    "sea": "#e9f1f4", "land": "#f7f6f1", "coast": "#6d8592", "line": "#ffffff", "ink": "#14212a", "page": "#ffffff",
    "soft": "#eef2f4", "edge": "#9fb0b9", "mark": "#ffd24a", "a": "#005a8c", "b": "#a8480a", "shown": "#c2188f",
    "head": "#14212a", "state": "#d3e3ec", "disputed": "#dd9a2f", "pale": "#fdeecb", "armed": "#5b3a5e",
}  # fmt: skip
"""Those of the page in light; they differ in lightness, for a photocopy and for eyes that see few colours."""
FINE = 3  # pixels of a mask to a pixel of the frame: edges are smooth
FEW_PEOPLE = 0.33  # of the ink, where few people live
CUT = 0.02  # of the dense places each way that may lie outside the view
Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


class View:
    """From degrees to pixels of a map that is `width` by `height`, in which these points stand with a margin."""

    def __init__(self, points: Sequence[Sequence[float]], narrow: float, width: int, height: int, margin: float):
        xs, ys = [point[0] for point in points], [point[1] for point in points]
        wide, high = (max(xs) - min(xs)) * narrow or 0.01, max(ys) - min(ys) or 0.01
        self.width, self.height, self.narrow = width, height, narrow
        self.scale = min((width - 2 * margin) / wide, (height - 2 * margin) / high)
        self.x, self.y = (min(xs) + max(xs)) / 2 * narrow, (min(ys) + max(ys)) / 2

    def __call__(self, point: Sequence[float]) -> Point:
        across = self.width / 2 + (point[0] * self.narrow - self.x) * self.scale
        return across, self.height / 2 - (point[1] - self.y) * self.scale

    def ring(self, points: Iterable[Sequence[float]], fine: int = 1) -> list[Point]:
        return [(fine * x, fine * y) for x, y in map(self, points)]


def narrowing(map_: Mapping[str, Any]) -> float:
    """Degrees of longitude are shorter than those of latitude."""
    return math.cos(math.radians(float(np.mean([place["at"][1] for place in map_["places"]]))))


def dense_points(places: Sequence[Mapping[str, Any]]) -> list[Sequence[float]]:
    """Corners of the dense city, without the few places furthest out; all points where there is no country."""
    dense = [place["at"] for place in places if not place["rural"]]
    if len(dense) == len(places) or not dense:
        return all_points(places)
    cut = int(len(dense) * CUT)
    xs, ys = (sorted(at[axis] for at in dense) for axis in (0, 1))
    return [(xs[cut], ys[cut]), (xs[-1 - cut], ys[-1 - cut])]


def all_points(places: Sequence[Mapping[str, Any]]) -> list[Sequence[float]]:
    return [point for place in places for ring in place["rings"] for point in ring]


def apart(one: Box, other: Box) -> bool:
    """Whether two boxes share nothing."""
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


class Ground:
    """A map without what moves on it. `update(classes)` repaints; `picture` is as it is now. `unit`: pixels of a 1080th."""

    def __init__(self, map_: Mapping[str, Any], view: View, unit: float):
        self.view, self.size = view, (view.width, view.height)
        self.picture = Image.new("RGB", self.size, COLOURS["sea"])
        self.land = self._mask(map_["land"], (0, 0, *self.size))
        self.picture.paste(COLOURS["land"], (0, 0), self.land)
        self.rings = [place["rings"] for place in map_["places"]]
        self.places = [self._place(place) for place in map_["places"]]
        self.rural = [bool(place["rural"]) for place in map_["places"]]
        self.lines = self._lines(map_, unit)
        self.now: list[int | None] = [None] * len(self.places)
        country = Image.new("RGB", self.size, COLOURS["land"])
        city = [Image.new("RGB", self.size, COLOURS[name]) for name in ("state", "pale", "armed")]
        city[1] = hatched(self.size, COLOURS["pale"], COLOURS["disputed"], max(4, round(12 * unit)))
        self.sheets = (city, [Image.blend(country, sheet, FEW_PEOPLE) for sheet in city])
        for found in self.places:
            if found:
                self.picture.paste(COLOURS["land"], found[0], found[1])
        self._draw_lines((0, 0, *self.size))

    def update(self, classes: Sequence[float]) -> Image.Image:
        """The ground with these classes: positions from 0, NaN for none."""
        for number, found in enumerate(self.places):
            wanted = None if math.isnan(classes[number]) else min(int(classes[number]), len(self.sheets[0]) - 1)
            if wanted is None or wanted == self.now[number] or found is None:
                continue
            box, mask = found
            self.now[number] = wanted
            self.picture.paste(self.sheets[self.rural[number]][wanted].crop(box), box, mask)
            self._draw_lines(box)
        return self.picture

    def inside(self, box: Box) -> bool:
        """Whether a line of text there stands on land."""
        left, top, right, bottom = box
        middle = int((top + bottom) / 2)
        return all(
            0 <= (x := int(left + share * (right - left))) < self.size[0]
            and 0 <= middle < self.size[1]
            and self.land.getpixel((x, middle)) > 127
            for share in (0.05, 0.35, 0.65, 0.95)
        )

    def outline(self, number: int, width: float) -> tuple[tuple[int, int], Image.Image] | None:
        """A mask of a place's border, and where its corner goes; None for a place out of the picture."""
        found = self.places[number]
        if found is None:
            return None
        more = math.ceil(width)
        left, top, right, bottom = found[0]
        left, top, right, bottom = left - more, top - more, right + more, bottom + more
        mask = Image.new("L", (FINE * (right - left), FINE * (bottom - top)))
        draw = ImageDraw.Draw(mask)
        for ring in self.rings[number]:
            points = [(x - FINE * left, y - FINE * top) for x, y in self.view.ring([*ring, ring[0]], FINE)]
            draw.line(points, fill=255, width=max(FINE, round(FINE * width)), joint="curve")
        return (left, top), mask.reduce(FINE)

    def _place(self, place: Mapping[str, Any]) -> tuple[tuple[int, int, int, int], Image.Image] | None:
        points = [point for ring in place["rings"] for point in self.view.ring(ring)]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        box = (
            max(0, math.floor(min(xs))),
            max(0, math.floor(min(ys))),
            min(self.size[0], math.ceil(max(xs)) + 1),
            min(self.size[1], math.ceil(max(ys)) + 1),
        )
        if box[0] >= box[2] or box[1] >= box[3]:
            return None
        return box, self._mask(place["rings"], box)

    def _mask(self, rings: Iterable[Iterable[Sequence[float]]], box: tuple[int, int, int, int]) -> Image.Image:
        left, top, right, bottom = box
        mask = Image.new("L", (FINE * (right - left), FINE * (bottom - top)))
        draw = ImageDraw.Draw(mask)
        for ring in rings:
            points = [(x - FINE * left, y - FINE * top) for x, y in self.view.ring(ring, FINE)]
            if len(points) > 2:
                draw.polygon(points, fill=255)
        return mask.reduce(FINE)

    def _draw_lines(self, box: tuple[int, int, int, int]) -> None:
        for colour, mask in self.lines:
            self.picture.paste(colour, box, mask.crop(box))

    def _lines(self, map_: Mapping[str, Any], unit: float) -> list[tuple[str, Image.Image]]:
        """Borders and coast: colours and masks."""
        fine, found = 2, []
        size = (fine * self.size[0], fine * self.size[1])
        for colour, wide, rings in (
            (COLOURS["line"], 1.6, [ring for place in map_["places"] for ring in place["rings"]]),
            (COLOURS["coast"], 1.4, map_["land"]),
        ):
            mask = Image.new("L", size)
            draw = ImageDraw.Draw(mask)
            for ring in rings:
                points = self.view.ring([*ring, ring[0]], fine)
                draw.line(points, fill=255, width=max(fine, round(fine * wide * unit)), joint="curve")
            found.append((colour, mask.reduce(fine)))
        return found


def hatched(size: tuple[int, int], ground: str, stripe: str, step: int) -> Image.Image:
    """A sheet of slanted stripes."""
    fine = FINE
    side = step * fine
    tile = Image.new("RGB", (side, side), ground)
    draw = ImageDraw.Draw(tile)
    for shift in (-side, 0, side):
        draw.line([(shift - side, 2 * side), (shift + 2 * side, -side)], fill=stripe, width=max(1, round(side * 0.3)))
    tile = tile.reduce(fine)
    sheet = Image.new("RGB", size)
    for left in range(0, size[0], step):
        for top in range(0, size[1], step):
            sheet.paste(tile, (left, top))
    return sheet
