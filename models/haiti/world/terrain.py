"""Terrain: who borders whom, how long a way takes, and how the city is tied to the rest of the country."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import networkx as nx
import numpy as np

from simulation.kernels import sum_neighbours
from simulation.parameters import parameter, uniform
from simulation.serialise.kept import kept
from simulation.serialise.limits import TEXT, Limits, floats, given, row, share, table, whole

MOST_CLOSURES = 1_000_000  # of one road at once, more than any scenario holds


@dataclass(frozen=True)
class TravelParameters:
    road_speed: float = parameter(
        15.0, "km/h", "speed on main roads, checkpoints apart", bounds=(0.1, 120), prior=uniform(8, 25),
        source="assumed: from a crowded street to a free main road",
    )  # fmt: skip
    lane_speed: float = parameter(
        5.0, "km/h", "speed through lanes and stairs", bounds=(0.1, 60), prior=uniform(3, 8),
        source="assumed: from a slow walk to a motorcycle in lanes",
    )  # fmt: skip
    boat_speed: float = parameter(
        8.0, "km/h", "speed of small boats", bounds=(0.1, 60), prior=uniform(5, 12),
        source="assumed: from oars to a small engine",
    )  # fmt: skip
    barrier: float = parameter(
        2.0, "ratio", "how much longer steep or unbridged stretches take", bounds=(1, 20), prior=uniform(1.5, 4),
        source="assumed: from half as long again to four times",
    )  # fmt: skip


@kept
class Terrain:
    """Adjacency and travel of one run. Roads may close: this is the run's own copy of the graph.

    hours: float64 (n, n). province_hours: float64 (n, external). tie_share: float64 (external,), where families have
    relatives. exit_share: float64 (n,), ways abroad (0 to 1.5). land_to: int64, where every way by land ends.
    closures: {(place, place): how many hold the road closed}, of roads that were ever closed.
    """

    derived = (
        "places", "land_to", "_one_each", "external_ids", "tie_share", "_version", "hours", "province_hours",
        "_by_air", "_by_border",
    )  # fmt: skip
    limits = Limits(
        {
            "city": given("city"),
            "start": given("start"),
            "travel": given("parameters.travel"),
            "n": whole("n", "n"),
            "air": share(),
            "exit_share": floats("n", high=1.5),
            "closures": table(whole(0, MOST_CLOSURES), key=row(TEXT, TEXT, kind=tuple)),
        }
    )

    def __init__(self, city, start, travel: TravelParameters):
        self.city, self.start, self.travel = city, start, travel
        self.places = city.places.copy()
        self.n = len(city)
        self.land_to = self.places.land_neighbours.astype(np.int64)
        self._one_each = np.ones(self.land_to.size)
        self.external_ids = [place.id for place in city.external]
        share = np.array([start.displaced_by_department.get(name, 0) for name in self.external_ids], float)
        self.tie_share = share / share.sum() if share.sum() > 0 else np.full(share.size, 1.0 / share.size)
        self.air = 1.0
        self.closures: dict[tuple[str, str], int] = {}
        self._version = -1
        self.refresh()

    def refresh(self) -> None:
        """Recompute travel times after a road has closed or opened."""
        if self._version == self.places.version:
            return
        self._version = self.places.version
        self.hours = self.places.hours(self.speeds(), self.travel.barrier)
        self.province_hours = np.full((self.n, len(self.external_ids)), np.inf)
        for way in self.city.gateways:
            column = self.province_hours[:, way.external]
            np.minimum(column, self.hours[:, way.neighbourhood] + way.hours, out=column)
        abroad = np.isfinite(self.province_hours[:, self.external_ids.index("abroad")])
        border = np.isfinite(self.province_hours[:, self.external_ids.index("dominican_border")])
        self._by_air, self._by_border = 1.0 * abroad, 0.5 * border
        self.exit_share = self.air * self._by_air + self._by_border

    @property
    def land(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Land neighbours of every place as kernels take them: starts (n + 1,), neighbours, and weights that sum to 1."""
        return self.places.land_starts, self.land_to, self.places.land_weights

    @property
    def betweenness(self) -> np.ndarray:
        """How far each place lies on the shortest ways between others, float64 (n,), 1 for the first of them."""
        return _betweenness(self.city.graph, self.city.ids)

    def fly(self, share: float) -> None:
        """Let this part (0 to 1) of the ways abroad by air be open."""
        if share != self.air:
            self.air = share
            self.exit_share = self.air * self._by_air + self._by_border

    def speeds(self) -> dict[str, float]:
        return {
            "road": self.travel.road_speed,
            "adjacent": self.travel.lane_speed,
            "sea": self.travel.boat_speed,
        }

    def route(self, a: int, b: int) -> list[int]:
        """The fastest way between two neighbourhoods, both ends included; empty if none is open."""
        return self.places.path(a, b, self.speeds(), self.travel.barrier)

    def change_travel(self, travel: TravelParameters) -> None:
        """Other speeds from now on; the version grows, as when a road closes, so that nobody keeps old travel times."""
        self.travel = travel
        self.places.version += 1
        self.refresh()

    def close(self, a: str, b: str) -> None:
        """Close a road; whoever else closes it too has to open it too. InputError if there is none."""
        count = self._closed_by(a, b)
        self.places.close(a, b)
        self.closures[min(a, b), max(a, b)] = count + 1
        self.refresh()

    def open(self, a: str, b: str) -> None:
        """Take one closure back; the road opens when none is left. InputError if there is no road."""
        count = max(0, self._closed_by(a, b) - 1)
        if not count:
            self.places.open(a, b)
        self.closures[min(a, b), max(a, b)] = count
        self.refresh()

    def _closed_by(self, a: str, b: str) -> int:
        """How many hold a road closed; one that the map has closed counts as closed once."""
        edge = self.places.graph.get_edge_data(a, b, default={})
        return self.closures.get((min(a, b), max(a, b)), int(bool(edge.get("closed"))))

    def neighbours(self, place: int) -> np.ndarray:
        """Land neighbours of a place, int64."""
        first, last = self.places.land_starts[place : place + 2]
        return self.land_to[first:last]

    def neighbours_mean(self, values: np.ndarray) -> np.ndarray:
        """Mean of `values` over the land neighbours of each place, float64 (n,)."""
        return self._over_neighbours(self.places.land_weights, values[None, :])[0]

    def neighbours_sum(self, values: np.ndarray) -> np.ndarray:
        """Sum of each row of `values` over the land neighbours of each place, float64 (rows, n)."""
        return self._over_neighbours(self._one_each, values)

    def touches(self, mask: np.ndarray) -> np.ndarray:
        """Places with at least one land neighbour in `mask`, bool (n,)."""
        return self._over_neighbours(self._one_each, mask[None, :])[0] > 0

    def _over_neighbours(self, weights: np.ndarray, values: np.ndarray) -> np.ndarray:
        return sum_neighbours(self.places.land_starts, self.land_to, weights, np.asarray(values, float))


@functools.lru_cache(maxsize=4)
def _betweenness(graph: nx.Graph, ids: tuple[str, ...]) -> np.ndarray:
    """Computed once a map, as it takes longer than the rest of a founding. Closed roads do not change it."""
    between = nx.betweenness_centrality(graph, weight="distance_km")
    share = np.array([between[place] for place in ids])
    share /= max(share.max(), 1e-12)
    share.flags.writeable = False
    return share
