"""Outlines of places for a page: few points, and neighbours that still share their border point by point."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

Point = tuple[float, float]
Ring = list[Point]
DECIMALS = 4  # of degrees: 11 metres


def simplified(shapes: Mapping[str, Sequence[Iterable]], tolerance: float) -> dict[str, list[Ring]]:
    """Outer rings of every place, rounded to `DECIMALS`, no point further than `tolerance` degrees from where it was.

    A border is cut where three places meet, and each piece is simplified once, whoever it belongs to.
    """
    rounded = {place: [_rounded(ring) for ring in _outer(rings)] for place, rings in shapes.items()}
    rounded = {place: [ring for ring in rings if len(ring) > 2] for place, rings in rounded.items()}
    near: dict[Point, set[Point]] = defaultdict(set)
    for ring in (ring for rings in rounded.values() for ring in rings):
        for one, other in zip(ring, ring[1:] + ring[:1]):
            near[one].add(other)
            near[other].add(one)
    corners = {point for point, others in near.items() if len(others) != 2}
    return {place: [_ring(ring, corners, tolerance) for ring in rings] for place, rings in rounded.items()}


def holds(ring: Sequence[Point], point: Point) -> bool:
    """Whether a ring goes around a point (rays to the east that cross it an odd number of times)."""
    x, y = point
    inside = False
    for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]]):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
            inside = not inside
    return inside


def point_inside(ring: Sequence[Point], wanted: Point) -> Point:
    """The point wanted if the ring holds it, else the middle of the longest way through it from west to east."""
    if holds(ring, wanted):
        return wanted
    best, longest = ring[0], 0.0
    heights = sorted({y for _, y in ring})
    for y in ((low + high) / 2 for low, high in itertools.pairwise(heights)):
        crossed = sorted(
            x0 + (y - y0) / (y1 - y0) * (x1 - x0)
            for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]])
            if (y0 > y) != (y1 > y)
        )
        for west, east in zip(crossed[::2], crossed[1::2]):
            if east - west > longest:
                best, longest = ((west + east) / 2, y), east - west
    return best


def _outer(rings: Sequence[Iterable]) -> list[list[Point]]:
    """Rings that lie in no other: a place with a hole is drawn whole, under what lies in the hole."""
    found = [[(float(x), float(y)) for x, y in ring] for ring in rings]
    return [
        ring
        for number, ring in enumerate(found)
        if not any(holds(other, ring[0]) for place, other in enumerate(found) if place != number)
    ]


def _rounded(ring: Sequence[Point]) -> Ring:
    """Points without repetition, the first not again at the end."""
    points = [(round(x, DECIMALS), round(y, DECIMALS)) for x, y in ring]
    return [point for point, before in zip(points, points[-1:] + points[:-1]) if point != before]


def _ring(ring: Ring, corners: set[Point], tolerance: float) -> Ring:
    ends = [place for place, point in enumerate(ring) if point in corners]
    if len(ends) < 2:  # an island: two points far apart stand for corners
        first = min(range(len(ring)), key=ring.__getitem__) if not ends else ends[0]
        ends = sorted({first, max(range(len(ring)), key=lambda place: _distance(ring[first], ring[place]))})
    found: Ring = []
    for start, end in zip(ends, [*ends[1:], ends[0] + len(ring)]):
        piece = [ring[place % len(ring)] for place in range(start, end + 1)]
        found += _piece(piece, tolerance)[:-1]
    return found


def _piece(piece: Ring, tolerance: float) -> Ring:
    """One piece of border, the same for both sides: looked at in one direction."""
    if piece > piece[::-1]:
        return _thinned(piece[::-1], tolerance)[::-1]
    return _thinned(piece, tolerance)


def _thinned(piece: Ring, tolerance: float) -> Ring:
    """Douglas and Peucker: the point furthest from the line between two that are kept is kept, until none is far."""
    points = np.array(piece)
    keep = np.zeros(len(piece), bool)
    keep[[0, -1]] = True
    open_ = [(0, len(piece) - 1)]
    while open_:
        first, last = open_.pop()
        if last - first < 2:
            continue
        (x, y), (across, up) = (points[last] - points[first]).tolist(), (points[first + 1 : last] - points[first]).T
        length = math.sqrt(x * x + y * y)
        off = np.abs(up * x - across * y) / length if length else np.sqrt(across * across + up * up)
        far = int(off.argmax())
        if off[far] > tolerance:
            keep[first + 1 + far] = True
            open_ += [(first, first + 1 + far), (first + 1 + far, last)]
    return [point for point, kept in zip(piece, keep) if kept]


def _distance(one: Point, other: Point) -> float:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2
