"""Rosters: moves keep everybody in exactly one place, and thinning hits each member with the right chance."""

import numpy as np
import pytest
from scipy import stats

from simulation.dice import Dice, day_key
from simulation.kernels import failing, hit_candidates, skip, uniform
from simulation.rosters import NOWHERE, Roster


def check(roster, group):
    """The roster agrees with plain lists: who is in which group, where each stands; reserves hold."""
    assert roster.group.tolist() == list(group)
    for g in range(roster.size):
        members = roster.members(g).tolist()
        assert sorted(members) == [member for member, own in enumerate(group) if own == g]
        assert roster.counts[g] == len(members) <= roster.capacity[g]
        for number, member in enumerate(members):
            assert roster.position[member] == roster.starts[g] + number
    blocks = np.argsort(roster.starts)
    ends = (roster.starts + roster.capacity)[blocks]
    assert np.all(ends[:-1] <= roster.starts[blocks][1:])
    assert ends[-1] == roster.used <= roster.slots.size


@pytest.mark.parametrize("seed", range(8))
def test_random_moves_against_plain_lists(seed):
    generator = np.random.default_rng(seed)
    size = int(generator.integers(1, 7))
    group = generator.integers(NOWHERE, size, int(generator.integers(1, 1500)))
    roster, plain = Roster(group, size), group.tolist()
    check(roster, plain)
    for _ in range(25):
        number = int(generator.integers(0, len(plain) + 1))
        members = generator.permutation(len(plain))[:number].astype(np.int32)
        targets = generator.integers(NOWHERE, size, number)
        if generator.random() < 0.3:
            targets[:] = generator.integers(NOWHERE, size)  # a rush on one group outgrows its reserve
        roster.move(members, targets.astype(np.int32))
        for member, target in zip(members, targets):
            plain[member] = int(target)
        check(roster, plain)


def test_growth_keeps_the_order_of_those_inside():
    roster = Roster(np.array([0] * 5 + [1] * 400), 2)
    roster.move(np.array([1], np.int32), np.array([NOWHERE], np.int32))
    before = roster.members(0).tolist()
    roster.move(np.arange(5, 405, dtype=np.int32), np.zeros(400, np.int32))
    assert roster.members(0).tolist() == before + list(range(5, 405))
    assert roster.counts.tolist() == [404, 0]


def test_nobody_and_no_move_change_nothing():
    roster = Roster(np.array([1, 0, 1]), 3)
    roster.move(np.empty(0, np.int32), np.empty(0, np.int32))
    roster.move(np.array([0, 1], np.int32), np.array([1, 0], np.int32))
    check(roster, [1, 0, 1])


# Thinning


def days_hit(roster, bounds, days, accept=None):
    """How often each member is hit in `days` days; `accept`: each one's own chance."""
    dice, hit = Dice(5), np.zeros(roster.group.size, np.int64)
    for day in range(days):
        members, groups, luck = roster.candidates(dice, "thinning", day, bounds)
        assert np.array_equal(roster.group[members], groups)
        assert np.unique(members).size == members.size
        if accept is not None:
            members = members[luck * bounds[groups] < accept[members]]
        hit[members] += 1
    return hit


def test_each_member_is_hit_with_its_own_chance():
    generator = np.random.default_rng(1)
    bounds, days = np.array([0.3, 0.02, 1.0, 0.0]), 20_000
    group = np.repeat([0, 1, 2, 3, NOWHERE], 40)
    chance = np.where(group >= 0, bounds[group] * generator.random(group.size), 0.0)
    hit = days_hit(Roster(group, 4), bounds, days, chance)
    assert hit[chance == 0].sum() == 0
    asked = chance > 0
    z = (hit - days * chance)[asked] / np.sqrt(days * chance * (1 - chance))[asked]
    assert abs(z).max() < 5.0
    assert stats.chi2.sf((z**2).sum(), asked.sum()) > 1e-5


def test_members_are_hit_independently():
    """The number hit in a day is binomial, and a bound of one hits everybody."""
    roster, dice = Roster(np.repeat([0, 1], [50, 30]), 2), Dice(2)
    bounds = np.array([0.1, 1.0])
    groups = [roster.candidates(dice, "x", day, bounds)[1] for day in range(20_000)]
    counts = np.array([np.bincount(one, minlength=2) for one in groups])
    assert np.all(counts[:, 1] == 30)
    seen = np.bincount(np.minimum(counts[:, 0], 12), minlength=13)
    expected = 20_000 * np.append(stats.binom.pmf(np.arange(12), 50, 0.1), stats.binom.sf(11, 50, 0.1))
    assert stats.chisquare(seen, expected).pvalue > 1e-5


def test_tiny_chances_jump_past_everybody():
    roster, dice = Roster(np.zeros(1000, int), 1), Dice(1)
    for bound in (1e-9, 1e-19, 1e-300, 5e-324):
        assert roster.candidates(dice, "x", 1, np.array([bound]))[0].size == 0


def test_many_candidates_outgrow_the_first_buffer():
    roster = Roster(np.zeros(5000, int), 1)
    members, _, luck = roster.candidates(Dice(1), "x", 1, np.array([0.9]))
    assert 4300 < members.size < 4700
    assert stats.kstest(luck, "uniform").pvalue > 1e-5


def test_a_group_has_its_own_luck_whatever_the_others_ask():
    roster = Roster(np.repeat([0, 1], 500), 2)
    alone = roster.candidates(Dice(4), "x", 9, np.array([0.0, 0.1]))
    both = roster.candidates(Dice(4), "x", 9, np.array([0.7, 0.1]))
    assert alone[0].tolist() == both[0][both[1] == 1].tolist()
    assert alone[2].tolist() == both[2][both[1] == 1].tolist()


def test_the_compiled_loop_on_disk_is_today_s():
    """Numba's cache forgets that loops depend on other files: delete it after a change of the dice."""
    roster, dice = Roster(np.repeat([0, 1], 300), 2), Dice(8)
    bounds = np.array([0.05, 1e-300])
    given = (dice.seed, dice.name("x"), day_key(1), bounds, roster.starts, roster.counts, roster.slots)
    for compiled, interpreted in zip(hit_candidates(*given), hit_candidates.py_func(*given)):
        assert compiled.tolist() == interpreted.tolist()


def test_groups_are_passed_without_a_logarithm_only_where_nobody_is_hit():
    """The candidates are those of jumping through every group, one skip after the other."""
    generator = np.random.default_rng(6)
    roster, dice = Roster(np.repeat(np.arange(400), generator.integers(0, 60, 400)), 400), Dice(3)
    for day, scale in enumerate((1.0, 0.1, 1e-3, 1e-6, 1e-300)):
        bounds = scale * generator.random(400)
        bounds[:20] = 1.0
        members, groups, luck = roster.candidates(dice, "x", day, bounds)
        found = []
        for g in range(400):
            state, failure = dice.roll("x", day, g).state, failing(bounds[g])
            at = skip(state, failure)
            while at < roster.counts[g]:
                found.append((roster.members(g)[int(at)], g, uniform(state)))
                at += 1.0 + skip(state, failure)
        assert list(zip(members, groups, luck, strict=True)) == found
