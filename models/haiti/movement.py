"""The city for programs about flight: neighbourhoods, places beyond, roads and borders, and when there are no flights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.haiti.world.city import DATA, load_city
from simulation.port.movement import ABROAD, BEYOND, WITHIN, Movement, Stop, Way

if TYPE_CHECKING:
    import pandas

COUNTRY, NO_COUNTRY = "Haiti", "abroad"
FLIGHT = "flight"
"""What the register of ways out calls a way by air."""


def movement() -> Movement:
    """Places, ways and columns. A way out has hours alone; flights are shut on days on which the airport is."""
    city = load_city(DATA)
    stops = [
        Stop(one, str(city.communes[i]), COUNTRY, WITHIN, round(float(city.lat[i]), 5), round(float(city.lon[i]), 5))
        for i, one in enumerate(city.ids)
    ]
    for place in city.external:
        inside = place.department is not None
        kind, country = (BEYOND, COUNTRY) if inside else (ABROAD, NO_COUNTRY)
        stops.append(Stop(place.id, place.department or place.name, country, kind, people=place.population))
    ways = [Way(one, other, float(about["distance_km"])) for one, other, about in city.graph.edges(data=True)]
    out = [(city.ids[way.neighbourhood], city.external[way.external].id, way) for way in city.gateways]
    ways += [Way(one, other, None, way.hours) for one, other, way in out]
    flights = [(one, other) for one, other, way in out if FLIGHT in way.road]
    return Movement(
        stops,
        ways,
        present="residents",
        killed="residents_killed_today",
        fled="new_displacements_today",
        closed=lambda daily: [(*way, *days) for way in flights for days in _shut(daily)],
    )


def _shut(daily: pandas.DataFrame) -> list[tuple[int, int]]:
    """First and last day of every time in which the airport is closed."""
    found: list[tuple[int, int]] = []
    for day, state in zip(daily["day"], daily["airport_state"]):
        if state == "open":
            continue
        if found and found[-1][1] == day - 1:
            found[-1] = (found[-1][0], int(day))
        else:
            found.append((int(day), int(day)))
    return found
