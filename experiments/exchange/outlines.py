"""Outlines of places as other programs want them: polygons with holes, in the order of turning that is theirs, and as WKB."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np

Polygon = list[np.ndarray]
"""An outer ring, then its holes; each an (N, 2) array of longitude and latitude, closed."""


def polygons_of(rings: Sequence[np.ndarray]) -> list[Polygon]:
    """Rings of one place as polygons: a ring inside another one is a hole in it, one inside a hole a polygon again.

    Outer rings turn against the clock and holes with it, as GeoJSON (RFC 7946) and GeoParquet have it.
    """
    from matplotlib.path import Path

    rings = [_closed(np.asarray(ring, float)) for ring in rings]
    paths = [Path(ring) for ring in rings]
    around = [
        [other for other in range(len(rings)) if other != one and paths[other].contains_point(_inside(rings[one]))]
        for one in range(len(rings))
    ]
    outer = {one: [_turned(rings[one], against=True)] for one in range(len(rings)) if len(around[one]) % 2 == 0}
    for one, others in enumerate(around):
        if one not in outer:
            holder = min((other for other in others if other in outer), key=lambda other: abs(_area(rings[other])))
            outer[holder].append(_turned(rings[one], against=False))
    return list(outer.values())


def _closed(ring: np.ndarray) -> np.ndarray:
    return ring if np.array_equal(ring[0], ring[-1]) else np.vstack([ring, ring[:1]])


def _inside(ring: np.ndarray) -> np.ndarray:
    """A point on a ring that no other ring of the same place touches, if outlines are sound: the middle of its first side."""
    return (ring[0] + ring[1]) / 2


def _area(ring: np.ndarray) -> float:
    """Twice the area, positive against the clock."""
    x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())


def _turned(ring: np.ndarray, against: bool) -> np.ndarray:
    return ring if (_area(ring) > 0) == against else ring[::-1]


def geojson(polygons: Sequence[Polygon]) -> dict:
    """A GeoJSON geometry."""
    parts = [[ring.tolist() for ring in polygon] for polygon in polygons]
    if len(parts) == 1:
        return {"type": "Polygon", "coordinates": parts[0]}
    return {"type": "MultiPolygon", "coordinates": parts}


def wkb(polygons: Sequence[Polygon]) -> bytes:
    """The geometry as well-known binary, little endian."""
    parts = [_polygon_wkb(polygon) for polygon in polygons]
    return parts[0] if len(parts) == 1 else struct.pack("<BII", 1, 6, len(parts)) + b"".join(parts)


def _polygon_wkb(polygon: Polygon) -> bytes:
    rings = b"".join(struct.pack("<I", len(ring)) + np.ascontiguousarray(ring, "<f8").tobytes() for ring in polygon)
    return struct.pack("<BII", 1, 3, len(polygon)) + rings
