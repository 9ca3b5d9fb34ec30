"""The city: neighbourhoods of metropolitan Port-au-Prince, what joins them, and what they are called."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd

from models.haiti.world.gateways import ExternalPlace, Gateway, read_external, read_gateways
from simulation.errors import InputError, unknown_name
from simulation.files.geojson import read_polygons
from simulation.files.tables import check_known, place, read_table
from simulation.graph import PlaceGraph
from simulation.serialise.kept import kept

DATA = Path(__file__).parents[1] / "data"

METROPOLITAN_COMMUNES = (
    "Port-au-Prince",
    "Delmas",
    "Cité Soleil",
    "Tabarre",
    "Pétion-Ville",
    "Carrefour",
    "Kenscoff",
    "Gressier",
    "Croix-des-Bouquets",
)
"""The nine communes that every figure 'of the capital' counts."""
MOST_PEOPLE = 50_000_000  # of a city; twice the largest city of the world and more

# A bridge is a place to block, not a place where everybody slows down.
SLOW_BARRIERS = ("mountain_paths", "steep_slope", "river_without_bridge")


@kept
@dataclass(frozen=True, eq=False)
class City:
    """The map. Arrays have one entry per neighbourhood, in the sorted order of `ids`; they are read-only.

    `population` (int64, people before any displacement), `area_km2` and `density_per_km2` (float64),
    `metropolitan` (bool: in the nine communes), `tier` (int8: 1 core, 2 peri-urban, 3 rural or gateway),
    `density_class` (text: D1 sparse to D6 dense, N1 to N3 hardly lived in), `lon` and `lat` (degrees),
    `has_airport`, `has_port`, `has_hospital`, `has_station` (bool, police station). `graph` carries the same
    facts as attributes of its nodes, with the names of landmarks; `places` is its arrays and routes. Roads
    close and open on `places` and `graph`: a model that does so works on `places.copy()`.
    Sources: README.md in the data folder.
    """

    derived = ("folder", "graph", "spellings")

    folder: Path
    graph: nx.Graph
    places: PlaceGraph
    ids: tuple[str, ...]
    names: tuple[str, ...]
    communes: np.ndarray
    zones: np.ndarray
    population: np.ndarray
    area_km2: np.ndarray
    density_per_km2: np.ndarray
    metropolitan: np.ndarray
    tier: np.ndarray
    density_class: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    has_airport: np.ndarray
    has_port: np.ndarray
    has_hospital: np.ndarray
    has_station: np.ndarray
    external: tuple[ExternalPlace, ...]
    gateways: tuple[Gateway, ...]
    spellings: Mapping[str, frozenset[int]] = field(repr=False)

    def __len__(self) -> int:
        return len(self.ids)

    def resolve(self, text: str) -> int:
        """The number of the neighbourhood with this id, name or alias; accents and case do not count.

        An id as it is written in the data always means its own neighbourhood. Raises UnknownNameError with
        the nearest names, or InputError if two neighbourhoods answer to the text.
        """
        if text in self.places.index:
            return self.places.index[text]
        found = sorted(self.spellings.get(_plain(text), ()))
        if not found:
            raise unknown_name("neighbourhood", text, {*self.ids, *self.names})
        if len(found) > 1:
            both = " or ".join(f"{self.ids[i]} ({self.names[i]}, {self.communes[i]})" for i in found)
            raise InputError(f"'{text}' is the name of {len(found)} neighbourhoods", hint=f"Say {both}")
        return found[0]

    def polygons(self) -> dict[str, list[np.ndarray]]:
        """Outlines for maps: id -> rings, each (points, 2) of longitude and latitude. Read on first use."""
        return read_outlines(self.folder / "neighbourhoods.geojson", self.ids)


def load_city(folder: Path | None = None) -> City:
    """Read the city from a data folder (the shipped one if None).

    Raises InputError naming file, row and column, also where a file names an unknown neighbourhood.
    """
    folder = DATA if folder is None else Path(folder)
    path = folder / "neighbourhoods.csv"
    table = read_table(path, NEIGHBOURHOOD_COLUMNS, key="id", ranges=NEIGHBOURHOOD_RANGES).sort_values("id")
    _check_neighbourhoods(path, table)
    ids = tuple(table.id)
    landmarks = _read_landmarks(folder, ids)
    if "airport" not in set(landmarks.type):
        raise InputError(
            "there is no airport", str(folder / "landmarks.csv"), "The mission's base and flights need one"
        )
    graph = _build_graph(folder, table, landmarks)
    external = read_external(folder)
    population = table.population.to_numpy(np.int64)
    area = table.area_km2.to_numpy(np.float64)
    arrays = {
        "communes": table.commune.to_numpy(str),
        "zones": table.zone.to_numpy(str),
        "population": population,
        "area_km2": area,
        "density_per_km2": population / area,
        "metropolitan": table.commune.isin(METROPOLITAN_COMMUNES).to_numpy(bool),
        "tier": table.tier.to_numpy(np.int8),
        "density_class": table.density_class.to_numpy(str),
        "lon": table.lon.to_numpy(np.float64),
        "lat": table.lat.to_numpy(np.float64),
    }
    for column, kind in (("airport",) * 2, ("port",) * 2, ("hospital",) * 2, ("station", "police")):
        held = set(landmarks.neighbourhood[landmarks.type == kind])
        arrays[f"has_{column}"] = np.array([place_id in held for place_id in ids])
    for name, array in arrays.items():
        # A frame hands out views that may be read-only or shared: keep an own copy, then lock it.
        arrays[name] = array = array.copy()
        array.setflags(write=False)
    names = tuple(table.name)
    return City(
        folder=folder,
        graph=graph,
        places=PlaceGraph(graph),
        ids=ids,
        names=names,
        external=external,
        gateways=read_gateways(folder, ids, external),
        spellings=_read_spellings(folder, ids, names),
        **arrays,
    )


NEIGHBOURHOOD_COLUMNS = {
    "id": "text",
    "name": "text",
    "commune": "text",
    "zone": "text",
    "population": "integer",
    "area_km2": "number",
    "tier": "integer",
    "density_class": "text",
    "lon": "number",
    "lat": "number",
}
NEIGHBOURHOOD_RANGES = {
    "population": (0, MOST_PEOPLE),
    "area_km2": (1e-6, 1e6),
    "tier": (1, 3),
    "lon": (-180, 180),
    "lat": (-90, 90),
}


@functools.lru_cache(maxsize=4)
def read_outlines(path: Path, ids: tuple[str, ...]) -> dict[str, list[np.ndarray]]:
    """Rings of every neighbourhood in a GeoJSON file; raises InputError if one of `ids` has none."""
    rings: dict[str, list[np.ndarray]] = {}
    for number, (properties, outline) in enumerate(read_polygons(path), 1):
        name = properties.get("id")
        if name in ids and name in rings:
            raise InputError(f"'{name}' has an outline already", f"{path}, feature {number}")
        rings[str(name)] = outline
    for place_id in ids:
        if place_id not in rings:
            raise InputError(f"no polygon for the neighbourhood '{place_id}'", str(path))
    return {place_id: rings[place_id] for place_id in ids}


def _check_neighbourhoods(path: Path, table: pd.DataFrame) -> None:
    people = int(table.population[table.commune.isin(METROPOLITAN_COMMUNES)].sum()), int(table.population.sum())
    if not people[0] or people[1] > MOST_PEOPLE:
        hint = f"It can be 1 to {MOST_PEOPLE:,}, somebody in one of {', '.join(METROPOLITAN_COMMUNES)}"
        raise InputError(f"{people[1]:,} people, {people[0]:,} of the capital, are no city", str(path), hint)


def _build_graph(folder: Path, table: pd.DataFrame, landmarks: pd.DataFrame) -> nx.Graph:
    graph = nx.Graph()
    named = landmarks.groupby("neighbourhood").name.agg(tuple).to_dict()
    for record in table.to_dict("records"):
        place_id = record.pop("id")
        inside = record["commune"] in METROPOLITAN_COMMUNES
        graph.add_node(place_id, **record, metropolitan=inside, landmarks=named.get(place_id, ()))
    path = folder / "edges.csv"
    columns = {
        "a": "text",
        "b": "text",
        "kind": "text",
        "distance_km": "number",
        "road": "text",
        "barrier": "text",
    }
    ranges = {"distance_km": (0.001, 20_000)}
    edges = read_table(path, columns, key=("a", "b"), optional=("road", "barrier"), ranges=ranges)
    for column in ("a", "b"):
        check_known(path, edges[column], "neighbourhood", tuple(graph))
    check_known(path, edges.kind, "kind of edge", ("adjacent", "road", "sea"))
    check_known(path, edges.barrier, "barrier", (*SLOW_BARRIERS, "river_with_bridge"))
    for edge in edges.itertuples():
        if edge.a == edge.b or graph.has_edge(edge.a, edge.b):
            raise InputError(f"the pair {edge.a} - {edge.b} is given twice", place(path, edge.Index, "a, b"))
        graph.add_edge(
            edge.a,
            edge.b,
            kind=edge.kind,
            distance_km=edge.distance_km,
            road=edge.road or "",
            barrier=edge.barrier in SLOW_BARRIERS,
            barrier_name=edge.barrier or "",
            closed=False,
        )
    return graph


def _read_landmarks(folder: Path, ids: Collection[str]) -> pd.DataFrame:
    path = folder / "landmarks.csv"
    columns = {"id": "text", "name": "text", "type": "text", "neighbourhood": "text"}
    landmarks = read_table(path, columns, key="id")
    check_known(path, landmarks.neighbourhood, "neighbourhood", ids)
    return landmarks


def _plain(text: str) -> str:
    """Lower case, without accents, and with single spaces for everything that is not a letter or digit."""
    letters = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return re.sub(r"[\W_]+", " ", letters.casefold()).strip()


def _read_spellings(folder: Path, ids: tuple[str, ...], names: Iterable[str]) -> dict[str, frozenset[int]]:
    path = folder / "aliases.csv"
    aliases = read_table(path, {"alias": "text", "neighbourhood": "text"}, key=("alias", "neighbourhood"))
    check_known(path, aliases.neighbourhood, "neighbourhood", ids)
    numbers = {place_id: number for number, place_id in enumerate(ids)}
    told = [*zip(ids, ids), *zip(names, ids), *zip(aliases.alias, aliases.neighbourhood)]
    spellings: dict[str, set[int]] = {}
    for text, place_id in told:
        spellings.setdefault(_plain(text), set()).add(numbers[place_id])
    return {text: frozenset(found) for text, found in spellings.items()}
