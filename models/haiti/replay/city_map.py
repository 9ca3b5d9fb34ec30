"""The map of a replay: outlines of neighbourhoods with shared borders, land, airport and port, and names that people say."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from models.haiti import brought
from models.haiti.world.city import City
from simulation.errors import InputError
from simulation.files.geojson import read_polygons
from simulation.port.plugins import Brought
from simulation.replay.outlines import DECIMALS, point_inside, simplified

TOLERANCE = 0.00015  # degrees: 16 metres
SAID = {
    "brooklyn": "Cité Soleil",
    "petion_ville": "Pétion-Ville",
    "bel_air": "Bel-Air",
    "martissant": "Martissant",
    "delmas_33": "Delmas",
    "mahotiere": "Carrefour",
    "solino": "Solino",
    "tabarre_centre": "Tabarre",
    "croix_des_bouquets": "Croix-des-Bouquets",
    "kenscoff": "Kenscoff",
}
"""Where the names that people say stand, the first of them first; those of a commune stand in its middle."""
LANDMARKS = ("airport", "port")
RURAL_DENSITY = 2000.0  # people a square kilometre, below which a place outside the core counts as country


def city_map(bring: Brought) -> dict[str, Any]:
    """The map of the city, or of that which was brought, as `docs/replay.md` says. InputError if a place has no outline."""
    return _of_city(brought.city(bring.data))


@functools.lru_cache(maxsize=2)
def _of_city(city: City) -> dict[str, Any]:
    shapes = simplified(city.polygons(), TOLERANCE)
    ranks = {place: rank for rank, place in enumerate((one for one in SAID if one in shapes), 1)}
    return {
        "places": [_place(city, number, place, shapes[place], ranks) for number, place in enumerate(city.ids)],
        "land": _land(city.folder / "land.geojson"),
        "landmarks": _landmarks(city),
        "roads": [],
    }


def _place(city: City, number: int, place: str, rings: list, ranks: dict[str, int]) -> dict[str, Any]:
    rings = [ring for ring in rings if len(ring) > 2]
    if not rings:
        raise InputError(f"{place} has no outline", str(city.folder / "neighbourhoods.geojson"))
    middle = (float(city.lon[number]), float(city.lat[number]))
    at = point_inside(max(rings, key=len), middle)
    found = {
        "id": place,
        "name": city.names[number],
        "commune": str(city.communes[number]),
        "rural": bool(_rural(city, number)),
        "rank": ranks.get(place),
        "at": [round(one, DECIMALS) for one in at],
        "rings": rings,
    }
    return found | ({"said": SAID[place]} if place in ranks else {})


def _rural(city: City, number: int) -> bool:
    return city.tier[number] > 2 or (city.tier[number] == 2 and city.density_per_km2[number] < RURAL_DENSITY)


def _land(path: Path) -> list:
    if not path.exists():
        return []
    shapes = {str(number): rings for number, (_, rings) in enumerate(read_polygons(path))}
    return [ring for rings in simplified(shapes, TOLERANCE).values() for ring in rings]


def _landmarks(city: City) -> list[dict[str, Any]]:
    """The airport and the port, in the neighbourhoods that have them."""
    found = []
    for key, there in zip(LANDMARKS, (city.has_airport, city.has_port), strict=True):
        if there.any():
            number = int(there.argmax())
            at = [round(float(one[number]), DECIMALS) for one in (city.lon, city.lat)]
            found.append({"key": key, "at": at})
    return found
