"""Places and routes: arrays agree with the graph, closed roads let nobody pass."""

import networkx as nx
import numpy as np
import pytest

from simulation.errors import InputError, UnknownNameError
from simulation.graph import PlaceGraph

SPEED = {"road": 20.0, "adjacent": 4.0, "sea": 10.0}


@pytest.fixture
def graph():
    """d - a - b - c along a road, a - c over the hills, d - c by boat, e alone."""
    graph = nx.Graph()
    graph.add_nodes_from("edcba")
    graph.add_edge("d", "a", kind="road", distance_km=10.0)
    graph.add_edge("b", "a", kind="road", distance_km=20.0)
    graph.add_edge("b", "c", kind="road", distance_km=20.0)
    graph.add_edge("c", "a", kind="adjacent", distance_km=10.0, barrier=True)
    graph.add_edge("c", "d", kind="sea", distance_km=5.0, barrier=True)
    return graph


@pytest.fixture
def places(graph):
    return PlaceGraph(graph)


def neighbours(places, one):
    i = places.index[one]
    return [places.ids[j] for j in places.neighbours[places.starts[i] : places.starts[i + 1]]]


def test_places_are_sorted_and_rows_list_the_neighbours_in_order(places):
    assert places.ids == tuple("abcde")
    assert [neighbours(places, one) for one in "abcde"] == [
        list("bcd"),
        list("ac"),
        list("abd"),
        list("ac"),
        [],
    ]
    assert places.starts.dtype == places.neighbours.dtype == np.int32
    assert places.distance_km.tolist()[:3] == [20.0, 10.0, 10.0]


def test_the_order_in_which_a_graph_was_built_changes_nothing(graph, places):
    turned = nx.Graph()
    turned.add_nodes_from(sorted(graph))
    turned.add_edges_from((b, a, attributes) for a, b, attributes in reversed(list(graph.edges(data=True))))
    other = PlaceGraph(turned)
    for name in ("starts", "neighbours", "distance_km", "kinds", "barrier", "land_weights"):
        assert np.array_equal(getattr(other, name), getattr(places, name))


def test_land_weights_leave_out_the_sea_and_sum_to_one(places):
    d = places.index["d"]
    land = places.land_neighbours[places.land_starts[d] : places.land_starts[d + 1]]
    assert [places.ids[j] for j in land] == ["a"]
    rows = np.repeat(np.arange(5), np.diff(places.land_starts))
    assert np.bincount(rows, places.land_weights, minlength=5) == pytest.approx([1, 1, 1, 1, 0])


def test_hours_take_the_fastest_way(places):
    hours = places.hours(SPEED)
    a, b, c, d, e = range(5)
    assert hours[d, b] == pytest.approx(1.5)
    assert hours[a, c] == pytest.approx(1.0)
    assert np.isinf(hours[a, e])
    assert (np.diag(hours) == 0).all()
    assert [places.ids[i] for i in places.path(a, c, SPEED)] == ["a", "d", "c"]


def test_a_barrier_slows_on_land_only(places):
    a, c, d = (places.index[one] for one in "acd")
    walk = {"adjacent": 4.0}
    assert places.hours(walk, barrier_factor=2.0)[a, c] == pytest.approx(2 * places.hours(walk)[a, c])
    boat = {"sea": 10.0}
    assert places.hours(boat, barrier_factor=2.0)[c, d] == pytest.approx(places.hours(boat)[c, d])


def test_a_kind_without_speed_cannot_be_travelled(places):
    a, _, c, d, _ = range(5)
    assert np.isinf(places.hours({"sea": 10.0})[a, c])
    assert places.path(a, c, {"sea": 10.0, "road": 0.0}) == []
    assert np.isfinite(places.hours({"sea": 10.0})[c, d])


def test_a_fee_is_paid_on_entering(places):
    fee = np.array([0, 0, 5.0, 0, 0])
    free, paid = places.hours(SPEED), places.hours(SPEED, fee_hours=fee)
    a, b, c, d = range(4)
    assert paid[a, c] == pytest.approx(free[a, c] + 5)
    assert paid[c, a] == pytest.approx(free[c, a])
    assert paid[d, b] == pytest.approx(free[d, b])


def test_a_closed_road_stays_an_edge_but_nobody_uses_it(places):
    before, version = places.hours(SPEED).copy(), places.version
    places.close("d", "a")
    a, c, d = (places.index[one] for one in "acd")
    assert places.version == version + 1
    assert places.graph.has_edge("a", "d")
    assert places.graph.edges["a", "d"]["closed"]
    assert places.hours(SPEED)[a, d] == pytest.approx(2.0 + before[c, d])
    assert [places.ids[i] for i in places.path(a, d, SPEED)] == ["a", "b", "c", "d"]
    places.open("a", "d")
    assert np.array_equal(places.hours(SPEED), before)


def test_with_all_roads_closed_nobody_passes(places):
    for a, b in list(places.graph.edges):
        places.close(a, b)
    hours = places.hours(SPEED)
    assert np.isinf(hours[~np.eye(5, dtype=bool)]).all()
    assert all(places.path(0, other, SPEED) == [] for other in range(1, 5))
    assert places.path(0, 0, SPEED) == [0]
    # Contest is about who lives next to whom, whatever happens to the road.
    assert len(places.land_neighbours) == 8


def test_closing_twice_is_closing_once(places):
    places.close("a", "b")
    places.close("b", "a")
    assert places.version == 1


def test_an_edge_closed_from_the_start_is_respected(graph):
    graph.edges["a", "b"]["closed"] = True
    places = PlaceGraph(graph)
    assert places.hours({"road": 20.0})[0, 1] == np.inf


def test_a_copy_has_roads_of_its_own(places):
    twin = places.copy()
    twin.close("a", "b")
    assert not places.closed.any()
    assert not places.graph.edges["a", "b"].get("closed")


def test_wrong_names_and_values_are_refused(places, graph):
    with pytest.raises(UnknownNameError, match="unknown place 'z'"):
        places.close("a", "z")
    with pytest.raises(InputError, match="no edge joins b and d"):
        places.close("b", "d")
    with pytest.raises(UnknownNameError, match="Did you mean road"):
        places.hours({"roads": 20.0})
    with pytest.raises(InputError, match="1 or more"):
        places.hours(SPEED, barrier_factor=0.5)
    with pytest.raises(InputError, match="5 places"):
        places.hours(SPEED, fee_hours=np.zeros(4))
    graph.add_edge("a", "e", kind="tunnel", distance_km=1.0)
    with pytest.raises(UnknownNameError, match="edge a - e"):
        PlaceGraph(graph)
