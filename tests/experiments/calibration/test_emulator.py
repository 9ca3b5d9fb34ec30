"""Emulators, implausibility and walkers against what is known of them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import town

from experiments.calibration import emulator, walkers
from experiments.calibration.implausibility import FREEDOM, Space, Wave, by_runs, log_likelihood
from experiments.calibration.targets import Target
from experiments.calibration.walkers import narrow, rest, settle, spread, walk

pytest.importorskip("sklearn")


def bent(unit):
    """A function that bends, with an interaction and coordinates that do nothing."""
    return np.sin(3 * unit[:, 0]) + unit[:, 1] * unit[:, 2] + 2 * unit[:, 3]


def share(value, sd=0.1, series="a", discrepancy=0.0):
    return Target(town.figure(series, 1, 1, value, sd, "away_share", unit="share"), discrepancy)


def fitted(points=120, noise=0.1, seeds=2, free=8):
    rng = np.random.default_rng(3)
    unit = rng.random((points, free))
    return emulator.fit(unit, bent(unit)[:, None] + noise * rng.standard_normal((points, seeds)), 2.0)


def test_an_emulator_knows_a_bent_function_and_how_wrong_it_is():
    one = fitted()
    unit = np.random.default_rng(4).random((500, 8))
    mean, variance = one.predict(unit)
    off = (mean - bent(unit)) / np.sqrt(variance)
    assert one.r2 > 0.95
    assert np.corrcoef(mean, bent(unit))[0, 1] ** 2 > 0.97
    assert 0.4 < off.std() < 1.6
    assert np.sqrt(one.luck) == pytest.approx(0.1, rel=0.3)


def test_luck_of_single_runs_is_what_the_process_cannot_tell():
    assert np.sqrt(fitted(seeds=1, noise=0.3).luck) == pytest.approx(0.3, rel=0.5)


@pytest.mark.slow
def test_leaving_out_a_point_is_what_a_fit_without_it_says():
    """The closed form against the definition, hyperparameters fixed by a function without noise in one coordinate."""
    rng = np.random.default_rng(1)
    unit = rng.random((24, 1))
    y = 4 * unit[:, 0] + 0.2 * rng.standard_normal(24)
    whole = emulator.fit(unit, y[:, None], 0.0)
    away = []
    for n in range(24):
        keep = np.arange(24) != n
        away.append(y[n] - emulator.fit(unit[keep], y[keep][:, None], 0.0).predict(unit[[n]])[0][0])
    assert whole.r2 == pytest.approx(1 - np.square(away).sum() / np.square(y - y.mean()).sum(), abs=0.03)


@pytest.mark.parametrize("y", [np.zeros(20), np.full(20, np.nan), np.r_[1.0, 2.0, np.full(18, np.nan)]])
def test_what_never_changes_or_is_not_there_is_not_emulated(y):
    unit = np.random.default_rng(1).random((20, 3))
    assert not emulator.fit(unit, y[:, None], 0.0).usable


def test_noise_is_not_emulated():
    rng = np.random.default_rng(5)
    assert not emulator.fit(rng.random((80, 5)), rng.standard_normal((80, 2)), 0.0).usable


def test_implausibility_is_the_distance_over_all_four_errors():
    one, target = fitted(), share(0.5, 0.2, discrepancy=0.1)
    unit = np.full((1, 8), 0.5)
    mean, variance = one.predict(unit)
    expected = abs(0.5 - mean[0]) / np.sqrt(variance[0] + one.luck + 0.2**2 + 0.1**2)
    assert Wave([target], [one]).each(unit)[0, 0] == pytest.approx(expected)
    assert Wave([target], [one]).largest(unit)[0] == pytest.approx(expected)


def test_some_figures_may_be_missed():
    one = fitted()
    targets = [share(2.0), share(9.0, series="b"), share(30.0, series="c")]
    unit = np.random.default_rng(2).random((50, 8))
    each = np.sort(np.column_stack([Wave([t], [one]).largest(unit) for t in targets]), axis=1)
    for missed in (0, 1, 2):
        found = Wave(targets, [one] * 3, missed).largest(unit)
        np.testing.assert_allclose(found, each[:, 2 - missed])
        cut = Wave(targets, [one] * 3, missed).largest(unit, 3.0)
        np.testing.assert_array_equal(cut > 3.0, found > 3.0)


def test_runs_are_off_by_observation_and_luck_of_both():
    runs = np.array([[[0.8], [1.0]], [[np.nan], [np.nan]]])
    found = by_runs([share(0.5, 0.3)], runs, [0.16])
    assert found[0, 0] == pytest.approx(0.4 / np.sqrt(0.09 + 0.16 * 1.5))
    assert found[1, 0] == 6.0


def test_the_likelihood_of_a_series_is_students_t_with_what_it_shares():
    from scipy.stats import multivariate_t

    targets = [share(v, 0.2, discrepancy=0.3) for v in (0.1, 0.4, 0.2)]
    means = np.array([[0.2, 0.5, 0.1], [0.6, 0.6, 0.9]])
    common = np.array([t.shared_sd for t in targets])
    covariance = np.diag([t.own_variance + 0.05 for t in targets]) + np.outer(common, common)
    expected = multivariate_t.logpdf(means, [0.1, 0.4, 0.2], covariance, df=FREEDOM)
    found = log_likelihood(targets, means, np.full((2, 3), 0.02), 0.03 * np.eye(3))
    assert found[0] - found[1] == pytest.approx(expected[0] - expected[1])
    luck = 0.03 * np.array([[1.0, 0.6, 0.0], [0.6, 1.0, 0.3], [0.0, 0.3, 1.0]])
    expected = multivariate_t.logpdf(means, [0.1, 0.4, 0.2], covariance - 0.03 * np.eye(3) + luck, df=FREEDOM)
    found = log_likelihood(targets, means, np.full((2, 3), 0.02), luck)
    assert found[0] - found[1] == pytest.approx(expected[0] - expected[1])


def test_a_remainder_has_no_say_in_a_likelihood_and_still_rules_out():
    targets = [share(0.4, series="a"), dataclasses.replace(share(9.0, series="b"), remainder=True)]
    means, rest_of_all = np.array([[0.4, 0.1], [0.5, 9.0]]), (np.zeros((2, 2)), 0.01 * np.eye(2))
    one = log_likelihood(targets[:1], means[:, :1], np.zeros((2, 1)), 0.01 * np.eye(1))
    np.testing.assert_array_equal(log_likelihood(targets, means, *rest_of_all), one)
    emulators, unit = [fitted(), fitted()], np.random.default_rng(2).random((20, 8))
    assert (Wave(targets, emulators).largest(unit) > Wave(targets[:1], emulators[:1]).largest(unit)).any()


def test_luck_that_goes_together_is_seen_and_ties_of_chance_are_not():
    rng = np.random.default_rng(4)
    common, own = rng.standard_normal((400, 2, 1)), rng.standard_normal((400, 2, 3))
    runs = 5.0 * rng.random((400, 1, 3)) + np.concatenate(
        [0.9 * common + 0.3 * own[..., :2], 3.0 * own[..., 2:]], axis=2
    )
    found = emulator.luck_together(runs)
    assert found[0, 1] == pytest.approx(0.9, abs=0.05)
    np.testing.assert_allclose(found[2], [0.0, 0.0, 1.0], atol=0.1)
    np.testing.assert_array_equal(emulator.luck_together(runs[:, :1]), np.eye(3))
    np.testing.assert_array_equal(emulator.luck_together(runs * np.nan), np.eye(3))


def corner(unit, cut=np.inf):
    """3 at the border of a box of a thousandth of the cube."""
    return 3.0 * np.abs(unit[:, :3] - 0.3).max(axis=1) / 0.05


def test_the_space_left_is_found_measured_and_filled_evenly():
    shares = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        found = narrow(rng.random((2000, 6)), corner, 3.0, 400, rng)
        assert not found.empty
        assert (corner(found.unit) <= 3.0).all()
        shares.append(found.share)
    assert np.mean(shares) == pytest.approx(0.001, rel=0.3)
    np.testing.assert_allclose(found.unit[:, :3].mean(axis=0), 0.3, atol=0.005)
    np.testing.assert_allclose(found.unit[:, :3].std(axis=0), 0.1 * 12**-0.5, rtol=0.12)
    np.testing.assert_allclose(found.unit[:, 3:].std(axis=0), 12**-0.5, rtol=0.12)


def test_an_empty_space_is_told_with_how_near_one_comes():
    rng = np.random.default_rng(1)
    found = narrow(rng.random((500, 3)), lambda unit, cut: 5.0 + np.abs(unit[:, 0] - 0.3), 3.0, 100, rng)
    assert found.empty
    assert found.share == 0
    assert found.least == pytest.approx(5.0, abs=0.01)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 6), st.integers(4, 40), st.integers(0, 10**6), st.floats(0.01, 1.0))
def test_walkers_never_leave_the_cube_nor_the_space(free, count, seed, width):
    rng = np.random.default_rng(seed)
    asked = []

    def density(unit):
        asked.append(unit)
        return np.where(np.abs(unit[:, 0] - 0.9) <= width, 0.0, -np.inf)

    begin = rng.random((count, free))
    begin[:, 0] = 0.9
    found = walk(begin, density, rng, 10)
    assert ((found >= 0) & (found <= 1)).all()
    assert (np.abs(found[:, 0] - 0.9) <= width).all()
    assert all(((unit >= 0) & (unit <= 1)).all() for unit in asked)


def test_walkers_settle_in_a_density():
    rng = np.random.default_rng(2)
    found = settle(rng.random((400, 6)), lambda u: -0.5 * np.square((u - 0.5) / 0.04).sum(axis=1), 400, rng)
    assert found.rested
    np.testing.assert_allclose(found.unit.mean(axis=0), 0.5, atol=0.01)
    np.testing.assert_allclose(found.unit.std(axis=0), 0.04, rtol=0.15)


def test_walkers_that_start_too_close_together_move_until_they_spread_no_further():
    """In a narrow ridge in 20 directions, from a tenth of its width: twenty moves leave them far too narrow."""
    rng = np.random.default_rng(3)
    begin = 0.5 + 0.01 * rng.standard_normal((400, 20))

    def density(unit):
        return -0.5 * np.square((unit - 0.5) / 0.1).sum(axis=1)

    soon = walk(begin, density, np.random.default_rng(1), 20)
    found = rest(begin, density, np.random.default_rng(1))
    assert soon.std(axis=0).mean() < 0.05
    assert found.rested
    assert found.spreads[-1] == pytest.approx(0.1, rel=0.05)


def test_walkers_that_never_rest_are_told(monkeypatch):
    monkeypatch.setattr(walkers, "RESTED", -1.0)
    monkeypatch.setattr(walkers, "MOST", 200)
    found = rest(np.random.default_rng(1).random((20, 2)), lambda unit: np.zeros(len(unit)), np.random.default_rng(1))
    assert not found.rested
    assert len(found.spreads) == 10


def test_points_that_are_taken_are_different():
    sample = np.repeat(np.random.default_rng(1).random((10, 2)), 5, axis=0)
    assert len(np.unique(spread(sample, 8, np.random.default_rng(2)), axis=0)) == 8
    assert len(spread(sample, 30, np.random.default_rng(2))) == 10


def test_a_space_is_what_all_waves_leave():
    one, unit = fitted(), np.random.default_rng(2).random((30, 8))
    waves = [Wave([share(v)], [one]) for v in (1.0, 3.0)]
    expected = np.maximum(waves[0].largest(unit), waves[1].largest(unit))
    np.testing.assert_allclose(Space(waves).largest(unit), expected)
    np.testing.assert_array_equal(Space(waves).largest(unit, 3.0) > 3.0, expected > 3.0)
