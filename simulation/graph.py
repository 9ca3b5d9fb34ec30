"""Places joined by roads, borders and boats, as the arrays that kernels and routes need."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import networkx as nx
import numpy as np

from simulation.compiled import compiled
from simulation.errors import InputError, unknown_name
from simulation.serialise.kept import kept

KINDS = ("adjacent", "road", "sea")


@kept
class PlaceGraph:
    """A graph of places and the arrays made from it; it knows no country.

    Built from an undirected `networkx.Graph` whose edges carry `kind` ('road', 'adjacent' or 'sea'),
    `distance_km` (above 0), and optionally `barrier` (true where passage on foot or wheels is slow) and
    `closed`. Places are numbered in the sorted order of their ids.

    Arrays over places (n) and over slots (two per edge, grouped by place, sorted by neighbour within one):

    - `ids`: tuple of n texts; `index`: id -> number
    - `starts` (int32, n+1), `neighbours` (int32): the neighbours of i are `neighbours[starts[i]:starts[i+1]]`
    - `distance_km` (float64), `kinds` (int8, a position in `KINDS`), `barrier`, `closed` (bool): one per slot
    - `land_starts`, `land_neighbours`, `land_weights` (float64, each row sums to 1): who can contest whom by
      land. A closed road keeps its place here: neighbours stay neighbours.

    `version` grows whenever a road closes or opens, so that callers know when to throw away what they cached.
    """

    derived = ("graph", "version", "_routes")

    def __init__(self, graph: nx.Graph):
        self.graph = graph
        self.ids: tuple[str, ...] = tuple(sorted(graph.nodes))
        self.index: dict[str, int] = {place: number for number, place in enumerate(self.ids)}
        self.version = 0
        self._routes: dict[tuple, tuple[np.ndarray, np.ndarray]] = {}
        ends = [(self.index[a], self.index[b], attributes) for a, b, attributes in graph.edges(data=True)]
        slots = sorted([(a, b, e) for a, b, e in ends] + [(b, a, e) for a, b, e in ends], key=lambda slot: slot[:2])
        for a, b, edge in slots:
            self._check_edge(a, b, edge)
        self.neighbours = np.array([b for _, b, _ in slots], dtype=np.int32)
        self.starts = self._row_starts(np.array([a for a, _, _ in slots], dtype=np.int64))
        self.distance_km = np.array([edge["distance_km"] for _, _, edge in slots], dtype=np.float64)
        self.kinds = np.array([KINDS.index(edge["kind"]) for _, _, edge in slots], dtype=np.int8)
        self.barrier = np.array([bool(edge.get("barrier")) for _, _, edge in slots], dtype=bool)
        self.closed = np.array([bool(edge.get("closed")) for _, _, edge in slots], dtype=bool)
        self._set_land()

    def __len__(self) -> int:
        return len(self.ids)

    def copy(self) -> PlaceGraph:
        """An independent copy, whose roads close and open without touching this one."""
        twin = copy.copy(self)
        for name, value in vars(self).items():
            if isinstance(value, (nx.Graph, np.ndarray, dict)):
                setattr(twin, name, value.copy())
        return twin

    def close(self, a: str, b: str) -> None:
        """Close the edge between two ids to passage; it stays an edge. Raises InputError if there is none."""
        self._set_closed(a, b, True)

    def open(self, a: str, b: str) -> None:
        """Open the edge between two ids again. Raises InputError if there is none."""
        self._set_closed(a, b, False)

    def hours(
        self,
        speed_km_h: Mapping[str, float],
        barrier_factor: float = 1.0,
        fee_hours: np.ndarray | None = None,
    ) -> np.ndarray:
        """Least travel time between all pairs, (n, n) float64 hours; inf where nobody can pass.

        `speed_km_h` gives a speed per kind of edge; a kind left out (or at speed 0) cannot be travelled.
        `barrier_factor` multiplies the hours of land edges with a barrier. `fee_hours` (n) is lost at every
        place entered, destination included (checkpoints), so that the matrix need not be symmetric. Closed
        edges are never used. The result is cached and read-only.
        """
        return self._route(speed_km_h, barrier_factor, fee_hours)[0]

    def path(
        self,
        a: int,
        b: int,
        speed_km_h: Mapping[str, float],
        barrier_factor: float = 1.0,
        fee_hours: np.ndarray | None = None,
    ) -> list[int]:
        """The fastest way from place number `a` to `b`, both ends included; empty if nobody can pass."""
        hours, previous = self._route(speed_km_h, barrier_factor, fee_hours)
        if not np.isfinite(hours[a, b]):
            return []
        way = [int(b)]
        while way[-1] != a:
            way.append(int(previous[a, way[-1]]))
        return way[::-1]

    def _check_edge(self, a: int, b: int, edge: dict) -> None:
        where = f"edge {self.ids[a]} - {self.ids[b]}"
        if a == b:
            raise InputError("a place cannot be its own neighbour", where)
        if edge.get("kind") not in KINDS:
            raise unknown_name("kind of edge", edge.get("kind"), KINDS, where)
        if not 0 < edge.get("distance_km", 0) < np.inf:
            raise InputError(f"distance_km must be above 0, not {edge.get('distance_km')}", where)

    def _row_starts(self, rows: np.ndarray) -> np.ndarray:
        return np.searchsorted(rows, np.arange(len(self) + 1)).astype(np.int32)

    def _set_land(self) -> None:
        rows = np.repeat(np.arange(len(self)), np.diff(self.starts))
        land = self.kinds != KINDS.index("sea")
        self.land_starts = self._row_starts(rows[land])
        self.land_neighbours = self.neighbours[land]
        degree = np.diff(self.land_starts)
        self.land_weights = 1.0 / degree[rows[land]].astype(np.float64)

    def _set_closed(self, a: str, b: str, closed: bool) -> None:
        for place in (a, b):
            if place not in self.index:
                raise unknown_name("place", place, self.ids)
        if not self.graph.has_edge(a, b):
            near = ", ".join(sorted(self.graph.neighbors(a)))
            raise InputError(f"no edge joins {a} and {b}", hint=f"{a} is joined to {near}" if near else "")
        if self.graph.edges[a, b].get("closed", False) == closed:
            return
        self.graph.edges[a, b]["closed"] = closed
        for here, there in ((self.index[a], self.index[b]), (self.index[b], self.index[a])):
            first, last = self.starts[here], self.starts[here + 1]
            self.closed[first + np.searchsorted(self.neighbours[first:last], there)] = closed
        self.version += 1
        self._routes.clear()

    def _route(
        self, speed_km_h: Mapping[str, float], barrier_factor: float, fee_hours: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Hours and predecessors of all pairs; kept until a road closes or opens."""
        fee = None if fee_hours is None else np.ascontiguousarray(fee_hours, dtype=np.float64)
        key = (
            tuple(sorted(speed_km_h.items())),
            float(barrier_factor),
            None if fee is None else fee.tobytes(),
        )
        if key not in self._routes:
            if len(self._routes) >= 16:
                # Fees follow who holds what, so old keys seldom come back: keep memory flat in long runs.
                self._routes.clear()
            passage = self._passage_hours(speed_km_h, barrier_factor, fee)
            hours, previous = least_costs(self.starts, self.neighbours, passage, np.arange(len(self)))
            hours.setflags(write=False)
            self._routes[key] = hours, previous
        return self._routes[key]

    def _passage_hours(
        self, speed_km_h: Mapping[str, float], barrier_factor: float, fee: np.ndarray | None
    ) -> np.ndarray:
        """Hours to pass each slot towards its neighbour; inf where closed or where no speed is given."""
        for kind, speed in speed_km_h.items():
            if kind not in KINDS:
                raise unknown_name("kind of edge", kind, KINDS, "speed_km_h")
            if not 0 <= speed < np.inf:
                raise InputError(f"the speed must be 0 or more, not {speed}", f"speed_km_h, {kind}")
        if not 1 <= barrier_factor < np.inf:
            raise InputError(f"the factor must be 1 or more, not {barrier_factor}", "barrier_factor")
        if fee is not None and (fee.shape != (len(self),) or not (fee >= 0).all()):
            raise InputError(f"one fee of 0 or more for each of the {len(self)} places is needed", "fee_hours")
        speed = np.array([speed_km_h.get(kind, 0.0) for kind in KINDS], dtype=np.float64)[self.kinds]
        factor = np.where(self.barrier & (self.kinds != KINDS.index("sea")), barrier_factor, 1.0)
        hours = np.full(len(speed), np.inf)
        passable = (speed > 0) & ~self.closed
        hours[passable] = self.distance_km[passable] / speed[passable] * factor[passable]
        return hours if fee is None else hours + fee[self.neighbours]


@compiled
def least_costs(starts, neighbours, costs, sources):
    """Least cost of a way from each of `sources` to every place, float64 (sources, n), and the place before it on that way.

    Costs are inf where there is no way; the places before (int32, same shape) are -1 there and at the source itself.

    The neighbours of place i are `neighbours[starts[i]:starts[i + 1]]`, `costs` (same length, 0 or more, inf: no passage) is
    what the step there costs. Dijkstra's algorithm with a binary heap; from a few sources it takes a fraction of scipy's time.
    """
    n = starts.size - 1
    found = np.full((sources.size, n), np.inf)
    before = np.full((sources.size, n), np.int32(-1))
    heap_cost, heap_place = np.empty(neighbours.size + 1), np.empty(neighbours.size + 1, np.int64)
    for row in range(sources.size):
        best = found[row]
        best[sources[row]] = 0.0
        heap_cost[0], heap_place[0], size = 0.0, sources[row], 1
        while size > 0:
            cost, place = heap_cost[0], heap_place[0]
            size -= 1
            last_cost, last_place, hole = heap_cost[size], heap_place[size], 0
            while 2 * hole + 1 < size:
                child = 2 * hole + 1
                if child + 1 < size and heap_cost[child + 1] < heap_cost[child]:
                    child += 1
                if heap_cost[child] >= last_cost:
                    break
                heap_cost[hole], heap_place[hole] = heap_cost[child], heap_place[child]
                hole = child
            heap_cost[hole], heap_place[hole] = last_cost, last_place
            if cost > best[place]:
                continue
            for slot in range(starts[place], starts[place + 1]):
                there, through = neighbours[slot], cost + costs[slot]
                if through < best[there]:
                    best[there] = through
                    before[row, there] = place
                    hole, size = size, size + 1
                    while hole > 0 and heap_cost[(hole - 1) // 2] > through:
                        heap_cost[hole] = heap_cost[(hole - 1) // 2]
                        heap_place[hole] = heap_place[(hole - 1) // 2]
                        hole = (hole - 1) // 2
                    heap_cost[hole], heap_place[hole] = through, there
    return found, before


@compiled
def joined_places(starts, neighbours, passable):
    """Number of the group of places that each place can reach, int64 (n,), groups counted from 0.

    Slots as in `least_costs`; passable: bool, one per slot and the same both ways.
    """
    n = starts.size - 1
    group, stack, groups = np.full(n, -1, np.int64), np.empty(n, np.int64), 0
    for first in range(n):
        if group[first] >= 0:
            continue
        group[first], stack[0], size = groups, first, 1
        while size > 0:
            size -= 1
            place = stack[size]
            for slot in range(starts[place], starts[place + 1]):
                there = neighbours[slot]
                if passable[slot] and group[there] < 0:
                    group[there] = groups
                    stack[size] = there
                    size += 1
        groups += 1
    return group
