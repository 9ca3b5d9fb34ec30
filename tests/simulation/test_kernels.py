"""Kernels: members who flow are neither made nor lost, and victims are picked by the number of people."""

import numpy as np
import pytest
from scipy import stats

from simulation.dice import Dice
from simulation.kernels import flow_along_edges, pick_people

DAY = np.uint64(2**20)


def flow(members, want, allowed, edges, rate, day=0):
    starts, ends = ways(edges)
    seed, name = Dice(1).seed, Dice(1).name("flow")
    flow_along_edges(members, want, allowed, starts, ends, rate, seed, name, DAY + np.uint64(day))


def ways(edges):
    """Ends of edges, ordered by where they start, and where those of each of six places begin."""
    begins, ends = np.array(sorted(edges)).T
    return np.searchsorted(begins, np.arange(7)), ends


RING = [(i, (i + step) % 6) for i in range(6) for step in (1, 5)]


@pytest.mark.parametrize("seed", range(20))
def test_members_are_conserved_and_never_negative(seed):
    generator = np.random.default_rng(seed)
    members = generator.integers(0, 50, (4, 6))
    members[3] = 0
    want = generator.random((4, 6)) * (generator.random((4, 6)) < 0.6)
    allowed = generator.random((4, 6)) < 0.7
    before = members.copy()
    for day in range(30):
        morning = members.copy()
        flow(members, want, allowed, RING, 0.9, day)
        assert members.min() >= 0
        assert np.array_equal(members.sum(axis=1), before.sum(axis=1))
        assert np.all((members <= morning)[~allowed])
    assert np.array_equal(members[want.sum(axis=1) == 0], before[want.sum(axis=1) == 0])


@pytest.mark.parametrize(("want", "rate"), [(np.nan, 0.1), (np.inf, 0.1), (-1.0, 0.1), (1.0, np.nan), (1.0, -0.1)])
def test_a_flow_by_what_is_no_number_is_refused(want, rate):
    with pytest.raises(FloatingPointError, match="a flow by wants or at a rate"):
        flow(np.array([[60, 0, 0, 0, 0, 0]]), np.full((1, 6), want), np.ones((1, 6), bool), RING, rate)


def test_members_move_towards_what_is_wanted_whatever_its_scale():
    want = np.array([[1.0, 1.0, 1.0, 1.0, 1.0, 5.0]])
    ends = []
    for scale in (1.0, 7.0):
        members = np.array([[600, 0, 0, 0, 0, 0]])
        for day in range(200):
            flow(members, scale * want, np.ones((1, 6), bool), RING, 0.1, day)
        ends.append(members)
    assert np.array_equal(*ends)
    assert abs(ends[0] - [60, 60, 60, 60, 60, 300]).max() < 40


@pytest.mark.slow
def test_the_expected_part_of_the_difference_moves():
    """One edge, surplus 60 against -60: rate 0.1 moves a Poisson number with mean 12."""
    moved = []
    for day in range(4000):
        members = np.array([[120, 0]])
        flow(members, np.ones((1, 2)), np.ones((1, 2), bool), [(0, 1), (1, 0)], 0.1, day)
        moved.append(int(members[0, 1]))
    seen = np.bincount(np.clip(moved, 4, 22), minlength=23)[4:]
    chance = stats.poisson.pmf(np.arange(4, 23), 12.0)
    chance[0], chance[-1] = stats.poisson.cdf(4, 12.0), stats.poisson.sf(21, 12.0)
    assert stats.chisquare(seen, 4000 * chance).pvalue > 1e-5


# Victims


def pick(number, people, day=0, counts=(3, 0, 2)):
    """Pick from three groups of a roster with gaps: rows 0 to 4 in mixed order; row 5 is in none of them."""
    slots = np.array([4, 1, 0, -1, -1, -1, 2, 3, -1], np.int32)
    starts = np.array([0, 4, 6])
    luck = Dice(1).roll("victims", day)
    return pick_people(luck.state, number, starts, np.array(counts), slots, people, int(people.max()))


@pytest.mark.slow
def test_people_are_picked_in_proportion_to_people():
    people, counts = np.array([1, 2, 3, 4, 10, 50], np.int32), np.zeros(6)
    for day in range(20_000):
        counts[pick(1, people.copy(), day)] += 1
    assert counts[5] == 0
    assert stats.chisquare(counts[:5], 20_000 * people[:5] / 20.0).pvalue > 1e-5


def test_picking_is_without_replacement_and_takes_people_down():
    """The number taken from a row is hypergeometric, as with names in a hat."""
    taken = []
    for day in range(5000):
        people = np.array([1, 2, 3, 4, 10, 50], np.int32)
        picked = pick(8, people, day)
        lost = np.array([1, 2, 3, 4, 10, 50]) - people
        assert np.array_equal(np.bincount(picked, minlength=6), lost)
        assert people.min() >= 0
        taken.append(lost[4])
    seen = np.bincount(np.clip(taken, 1, 7), minlength=8)[1:]
    law = stats.hypergeom(20, 10, 8)
    chance = np.append(law.cdf(1), np.append(law.pmf(np.arange(2, 7)), law.sf(6)))
    assert stats.chisquare(seen, 5000 * chance).pvalue > 1e-5


def test_picking_ends_when_nobody_is_left():
    people = np.array([1, 2, 3, 4, 10, 50], np.int32)
    assert pick(100, people).size == 20
    assert people.tolist() == [0, 0, 0, 0, 0, 50]
    assert pick(3, people).size == 0
    assert pick(3, people, counts=(0, 0, 0)).size == 0


def test_the_compiled_loops_on_disk_are_today_s():
    """Numba's cache forgets that loops depend on other files: delete it after a change of the dice."""
    ends, (starts, targets) = [], ways(RING)
    for kernel in (flow_along_edges, flow_along_edges.py_func):
        members = np.array([[900, 0, 0, 40, 0, 0]])
        want, everywhere = np.ones((1, 6)), np.ones((1, 6), bool)
        kernel(members, want, everywhere, starts, targets, 0.4, np.uint64(5), np.uint64(6), DAY)
        ends.append(members.tolist())
    assert ends[0] == ends[1]
    picks = []
    for kernel in (pick_people, pick_people.py_func):
        luck = Dice(3).roll("victims", 1)
        one = (np.array([0]), np.array([3]), np.arange(3, dtype=np.int32), np.array([5, 1, 9], np.int32), 9)
        picks.append(kernel(luck.state, 6, *one).tolist())
    assert picks[0] == picks[1]
