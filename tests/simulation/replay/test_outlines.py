"""Outlines: few points, the same border on both sides, a point inside."""

import numpy as np
import pytest

from simulation.replay.outlines import holds, point_inside, simplified

WAVE = [
    (1 + 0.0001 * (number % 3), number / 50) for number in range(51)
]  # a border from (1, 0) to (1, 1) with small turns
LEFT = [(0, 0), *WAVE, (0, 1), (0, 0)]
RIGHT = [(2, 0), (2, 1), *WAVE[::-1], (2, 0)]


def edges(ring):
    return {frozenset(pair) for pair in zip(ring, ring[1:] + ring[:1])}


@pytest.mark.parametrize(("tolerance", "fewest", "most"), [(0.0, 30, 50), (0.00015, 15, 40), (0.01, 1, 1)])
def test_a_shared_border_stays_shared(tolerance, fewest, most):
    found = simplified({"left": [LEFT], "right": [RIGHT]}, tolerance)
    (left,), (right,) = found["left"], found["right"]
    shared = edges(left) & edges(right)
    along = [edge for edge in edges(left) if all(1 <= x <= 1.001 for x, _ in edge)]
    assert set(along) == shared
    assert fewest <= len(shared) <= most


def test_no_point_moves_further_than_it_may():
    (ring,) = simplified({"left": [LEFT]}, 0.01)["left"]
    points = np.array(ring)
    for x, y in LEFT:
        near = min(
            np.hypot(
                *(np.array((x, y)) - (a + np.clip(np.dot((x, y) - a, b - a) / np.dot(b - a, b - a), 0, 1) * (b - a)))
            )
            for a, b in zip(points, np.roll(points, -1, axis=0))
        )
        assert near <= 0.0101


def test_a_hole_is_left_out_and_an_island_stays():
    square = [(0, 0), (3, 0), (3, 3), (0, 3), (0, 0)]
    hole = [(1, 1), (2, 1), (2, 2), (1, 2), (1, 1)]
    island = [(5, 5), (6, 5), (6, 6), (5, 6), (5, 5)]
    found = simplified({"a": [square, hole, island]}, 0.001)["a"]
    assert [len(ring) for ring in found] == [4, 4]
    assert holds(found[1], (5.5, 5.5))


def test_a_point_is_inside():
    crescent = [(0, 0), (4, 0), (4, 1), (1, 1), (1, 3), (4, 3), (4, 4), (0, 4)]
    assert point_inside(crescent, (0.5, 2)) == (0.5, 2)
    found = point_inside(crescent, (3, 2))
    assert not holds(crescent, (3, 2))
    assert holds(crescent, found)
