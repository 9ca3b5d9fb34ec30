"""Outlines of places from a GeoJSON file: polygons and multipolygons in degrees, each checked before anybody draws it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from simulation.errors import InputError
from simulation.files.json_file import read_json

SHAPE = {"features": [{"properties": dict, "geometry": {"type": str, "coordinates": list}}]}


def read_polygons(path: Path) -> list[tuple[dict[str, Any], list[np.ndarray]]]:
    """Properties and rings (outer ones and holes) of every feature, in their order; a ring is (N, 2) longitude and latitude.

    InputError naming the file: gone, no JSON, no polygon, a ring of fewer than three points or outside the globe.
    """
    found = []
    for number, feature in enumerate(read_json(Path(path), SHAPE, "It is to be GeoJSON with polygons")["features"], 1):
        where = f"{path}, feature {number}"
        geometry, properties = feature.get("geometry"), feature.get("properties")
        if geometry is None:
            raise InputError("there is no geometry", where, "A map needs polygons")
        found.append((properties or {}, _rings(geometry, where)))
    return found


def _rings(geometry: Mapping[str, Any], where: str) -> list[np.ndarray]:
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon"):
        raise InputError(f"a map needs polygons, not {kind}", where)
    try:
        polygons = [coordinates] if kind == "Polygon" else list(coordinates)
        rings = [np.array(ring, dtype=np.float64)[:, :2] for polygon in polygons for ring in polygon]
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise InputError(f"its coordinates are no rings of points ({error})", where) from None
    for ring in rings:
        if len(ring) < 3 or ring.shape[1] != 2 or not (np.abs(ring) <= (180.0, 90.0)).all():
            raise InputError("a ring is to be three points or more, in degrees of longitude and latitude", where)
    if not rings:
        raise InputError("there is no ring", where, "A map needs polygons")
    return rings
