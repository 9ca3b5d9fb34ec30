"""Flows, the lines that are told, and pairs: what a recording makes of what it sees, in any model."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.replay.recipe import Happened
from simulation.replay.recording import (
    ALWAYS,
    MOST_FLOWS,
    QUIET,
    SMALLEST_FLOW,
    Flows,
    largest,
    tallied,
    thinned,
)

PLACES = 6
MOVE = st.tuples(st.integers(0, PLACES + 2), st.integers(0, PLACES + 2), st.integers(0, 300))


@given(st.lists(MOVE, min_size=1, max_size=60))
@settings(max_examples=100, deadline=None)
def test_a_tally_keeps_everybody(moves):
    origin, target, people = np.array(moves, np.int64).T
    tally = tallied(origin, target, people, PLACES)
    before, after = np.minimum(origin, PLACES), np.minimum(target, PLACES)
    change = np.bincount(after, people, PLACES + 1) - np.bincount(before, people, PLACES + 1)
    np.testing.assert_array_equal(tally.sum(axis=0) - tally.sum(axis=1), change)
    assert not tally.diagonal().any()


def test_the_largest_flows_are_told_and_small_ones_are_not():
    wide = MOST_FLOWS + 5
    tally = np.zeros((wide + 1, wide + 1), np.int64)
    tally[0, 1 : wide + 1] = np.arange(wide) + SMALLEST_FLOW - 1  # one too small; the last is out of the map
    found = largest(tally)
    assert len(found) == MOST_FLOWS
    assert found[0] == [0, -1, wide + SMALLEST_FLOW - 2]
    assert [one[2] for one in found] == sorted((one[2] for one in found), reverse=True)
    tally[:] = 0
    tally[wide, 3], tally[2, 3] = SMALLEST_FLOW, SMALLEST_FLOW - 1
    assert largest(tally) == [[-1, 3, SMALLEST_FLOW]]


def test_flows_are_of_their_week_and_the_last_days_count_too():
    flows = Flows()
    flows.look(0, 3)
    for day in range(1, 10):
        flows.tell(np.array([0]), np.array([day % 2 + 1]), np.array([40 + 10 * (day == 9)]))
        flows.look(day, 3)
    assert flows.so_far() == flows.so_far() == [[0, 0, 2, 160], [0, 0, 1, 120], [1, 0, 2, 50]]


EVENTS = st.lists(
    st.builds(Happened, st.integers(0, 90), st.sampled_from("ab"), st.integers(-1, 3), weight=st.integers(0, 9)),
    max_size=60,
)


@given(EVENTS)
@settings(max_examples=100, deadline=None)
def test_lines_are_about_a_week_apart_and_what_always_is_told_stays(events):
    found = thinned(events)
    assert [one.day for one in found] == sorted(one.day for one in found)
    assert sum(one.weight >= ALWAYS for one in found) == sum(one.weight >= ALWAYS for one in events)
    days = [one.day for one in found if 0 < one.weight < ALWAYS]
    assert all(later - day > QUIET for day, later in itertools.pairwise(days))
    assert sum(one.place >= 0 for one in found) == sum(one.place >= 0 for one in events), "stories of places are whole"
    assert all(one.place >= 0 for one in found if one.weight == 0)


def test_the_heaviest_of_near_lines_is_told():
    light, heavy = Happened(10, "a", weight=3), Happened(12, "b", weight=6)
    assert thinned([light, heavy]) == [heavy]
    far = Happened(20, "c", weight=1)
    assert thinned([light, heavy, far]) == [heavy, far]
    story = Happened(11, "d", 2, weight=5)
    assert thinned([heavy, story]) == [story._replace(weight=0), heavy]
