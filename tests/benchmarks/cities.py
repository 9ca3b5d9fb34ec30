"""Synthetic cities for the benchmark: the real one with more neighbourhoods, more gangs or more people.

They measure how cost grows and stand for no real place. Each keeps everything it is not meant to change.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import networkx as nx
import numpy as np

from models.haiti.start.starting_point import GangRecord, StartingPoint
from models.haiti.world.city import City
from models.haiti.world.gateways import Gateway
from simulation.graph import PlaceGraph

JOINS = 3  # roads between one copy of the map and the next
JOIN_KM = 5.0


def with_copies(city: City, start: StartingPoint, number: int) -> tuple[City, StartingPoint]:
    """The map `number` times side by side, joined by a few roads, with the same people, area and gangs in total.

    Place i of copy k is number `k * len(city) + i`. A gang holds in every copy what it holds in the real city. There
    are no outlines of the copies: `polygons()` raises InputError.
    """
    n = len(city)
    people = np.concatenate([(city.population + copy) // number for copy in range(number)])
    width = float(np.ptp(city.lon)) + 0.01
    arrays = {name: np.tile(value, number) for name, value in vars(city).items() if isinstance(value, np.ndarray)}
    arrays |= {"population": people, "area_km2": arrays["area_km2"] / number}
    arrays["density_per_km2"] = people / arrays["area_km2"]
    arrays["lon"] = arrays["lon"] + width * np.repeat(np.arange(number), n)
    ids = tuple(f"{copy:02d}_{name}" for copy in range(number) for name in city.ids)
    names = tuple(f"{name} {copy + 1}" for copy in range(number) for name in city.names)
    spellings = {text: frozenset(_everywhere(found, number, n)) for text, found in city.spellings.items()}
    gateways = tuple(_gateway(way, copy * n) for copy in range(number) for way in city.gateways)
    large = _city(city, _graph(city, number), arrays, ids=ids, names=names, gateways=gateways, spellings=spellings)
    records = tuple(replace(gang, homes=tuple(_everywhere(gang.homes, number, n))) for gang in start.gangs)
    held = {name: np.tile(getattr(start, name), number) for name in ("holder", "control_class", "confidence")}
    return large, replace(start, gangs=records, **held)


def with_more_gangs(start: StartingPoint, parts: int) -> StartingPoint:
    """Every gang in `parts`: what it holds, its homes and its published strength are shared out among them.

    Part k of gang g is number `g * parts + k`. A gang with fewer homes than parts leaves all of them to each.
    """
    records, holder = [], np.full_like(start.holder, -1)
    for number, gang in enumerate(start.gangs):
        places = np.flatnonzero(start.holder == number)
        holder[places] = number * parts + np.arange(places.size) % parts
        records += [_part(gang, part, parts) for part in range(parts)]
    return replace(start, gangs=tuple(records), holder=holder)


def with_more_people(city: City, start: StartingPoint, factor: int) -> tuple[City, StartingPoint]:
    """`factor` times the people in every neighbourhood, and as many times the displaced; density grows as well."""
    people = city.population * factor
    arrays = {"population": people, "density_per_km2": people / city.area_km2}
    displaced: dict[str, Any] = {
        name: {where: number * factor for where, number in getattr(start, name).items()}
        for name in ("displaced_in_ouest", "displaced_by_department")
    }
    for name in ("displaced_total_from_ouest", "displaced_in_provinces"):
        displaced[name] = getattr(start, name) * factor
    return _city(city, city.graph.copy(), arrays), replace(start, **displaced)


def _everywhere(places, number: int, n: int) -> list[int]:
    """These places in every copy of the map."""
    return [copy * n + place for copy in range(number) for place in places]


def _gateway(way: Gateway, shift: int) -> Gateway:
    return replace(way, neighbourhood=way.neighbourhood + shift)


def _graph(city: City, number: int) -> nx.Graph:
    """Copies of the graph; roads join the same few ways out of the city in one copy and the next."""
    graph = nx.Graph()
    for copy in range(number):
        graph.update(nx.relabel_nodes(city.graph, {name: f"{copy:02d}_{name}" for name in city.graph}))
    ends = sorted({way.neighbourhood for way in city.gateways})[:JOINS]
    road = {"kind": "road", "distance_km": JOIN_KM, "road": "", "barrier": False, "barrier_name": "", "closed": False}
    for copy in range(number - 1):
        for place in ends:
            graph.add_edge(f"{copy:02d}_{city.ids[place]}", f"{copy + 1:02d}_{city.ids[place]}", **road)
    return graph


def _city(city: City, graph: nx.Graph, arrays: dict[str, np.ndarray], **changes: Any) -> City:
    """The city with another graph and arrays; nodes carry the same facts as the arrays, which are locked."""
    for array in arrays.values():
        array.setflags(write=False)
    for number, node in enumerate(sorted(graph)):
        facts = {name: arrays[name][number].item() for name in ("population", "area_km2", "lon") if name in arrays}
        facts |= {"name": changes["names"][number]} if "names" in changes else {}
        graph.nodes[node].update(facts)
    return replace(city, graph=graph, places=PlaceGraph(graph), **arrays, **changes)


def _part(gang: GangRecord, part: int, parts: int) -> GangRecord:
    homes = gang.homes[part::parts] if len(gang.homes) >= parts else gang.homes
    low, high = (
        None if people is None else (people + part) // parts for people in (gang.strength_low, gang.strength_high)
    )
    return replace(gang, name=f"{gang.name} {part + 1}", homes=homes, strength_low=low, strength_high=high)
