"""Known answers of contests, identification and joint strength."""

import numpy as np
import pytest
from support.laws.plain_places import combined

from models.haiti.world.contest import (
    chance,
    evading_share,
    expected_rate,
    force_needed,
    hit_probabilities,
    joint,
    success,
)


@pytest.mark.verifies("V-01")
def test_equal_efforts_share_evenly_at_any_exponent():
    for exponent in (0.1, 1.0, 2.5):
        assert chance(3.0, 3.0, exponent) == pytest.approx(0.5)


@pytest.mark.verifies("V-01")
def test_nobody_opposed_wins_and_nobody_at_all_does_not():
    assert chance(1.0, 0.0, 1.0) == 1.0
    assert chance(0.0, 1.0, 1.0) == 0.0
    assert success(np.array([0.0]), np.array([0.0]), 1.0)[0] == 0.0


@pytest.mark.verifies("V-01")
def test_shares_sum_to_one_and_do_not_depend_on_the_unit():
    a, b = np.array([0.1, 2.0, 30.0]), np.array([5.0, 1.0, 3.0])
    np.testing.assert_allclose(success(a, b, 1.7) + success(b, a, 1.7), 1.0)
    np.testing.assert_allclose(success(a, b, 1.7), success(10 * a, 10 * b, 1.7))


@pytest.mark.verifies("V-01")
def test_exponent_limits():
    assert chance(2.0, 1.0, 1e-9) == pytest.approx(0.5, abs=1e-6)
    assert chance(2.0, 1.0, 200.0) == pytest.approx(1.0)


def test_force_needed_inverts_the_contest():
    for wanted in (0.2, 0.55, 0.9):
        assert chance(force_needed(7.0, wanted, 1.3), 7.0, 1.3) == pytest.approx(wanted)


@pytest.mark.verifies("V-07")
def test_joint_strength_limits():
    forces = np.array([[3.0], [1.0], [2.0]])
    assert joint(forces, 1.0)[0] == pytest.approx(6.0)
    assert joint(forces, 0.0)[0] == pytest.approx(3.0)


def test_coalition_limits():
    gangs = np.array([[3.0], [1.0]])
    assert combined(gangs, 1.0)[0] == 4.0
    assert combined(gangs, 0.0)[0] == 3.0
    assert combined(np.zeros((0, 5)), 0.5).shape == (5,)


@pytest.mark.verifies("V-03")
def test_perfect_identification_hits_no_resident():
    on_gang, on_residents = hit_probabilities(1.0, 30, 500, 1.0)
    assert (on_gang, on_residents) == (1.0, 0.0)


@pytest.mark.verifies("V-03")
def test_blind_fire_hits_whoever_stands_there():
    on_gang, on_residents = hit_probabilities(0.0, 10, 990, 1.0)
    assert on_gang == pytest.approx(0.01)
    assert on_residents == pytest.approx(0.99)
    assert hit_probabilities(0.0, 0, 0, 1.0) == (0.0, 1.0)


def test_expected_hits_never_exceed_people():
    assert expected_rate(1e9, 10) <= 1.0
    assert expected_rate(5.0, 0) == 0.0
    assert expected_rate(0.1, 1000) == pytest.approx(1e-4, rel=1e-3)


def test_outgunned_gangs_melt_away():
    assert evading_share(0.0, 2.0, 2.0) == 0.0
    assert evading_share(2.0, 2.0, 2.0) == pytest.approx(0.5)
    assert evading_share(8.0, 2.0, 2.0) > 0.9
