"""Statistics of paired runs: known answers, by hand and from SciPy, and intervals that cover as often as they say."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from experiments.analysis import paired

A = np.array([3.0, 5.0, 4.0, 8.0, 10.0, 6.0])
B = np.array([1.0, 4.0, 4.0, 5.0, 9.0, 1.0])


def test_t_interval_and_p_value_are_those_of_scipy():
    test = stats.ttest_rel(A, B)
    found = paired.difference(A, B)
    assert found["difference"] == pytest.approx(2.0)
    assert found["p"] == pytest.approx(test.pvalue)
    assert (found["low"], found["high"]) == pytest.approx(tuple(test.confidence_interval(0.95)))
    assert found["error_difference"] == pytest.approx(stats.sem(A - B))
    assert found["error_mean"] == pytest.approx(stats.sem(A))
    assert found["error_reference"] == pytest.approx(stats.sem(B))


@pytest.mark.parametrize("number", [6, 7, 10, 20, 33])
def test_median_interval_is_that_of_the_sign_test(number):
    values = np.random.default_rng(number).standard_normal(number)
    low, high = paired.median_interval(values)
    inside = np.sum((np.sort(values) >= low) & (np.sort(values) <= high))
    cut = (number - inside) // 2
    assert 2 * stats.binom.cdf(cut, number, 0.5) <= 0.05 < 2 * stats.binom.cdf(cut + 1, number, 0.5)


def test_median_interval_of_twenty_is_the_sixth_and_fifteenth_of_the_books():
    assert paired.median_interval(np.arange(1.0, 21.0)) == (6.0, 15.0)


def test_five_pairs_have_no_interval_without_an_assumption():
    assert paired.median_interval(np.arange(5.0)) == (-math.inf, math.inf)
    assert paired.median_interval(np.arange(6.0)) == (0.0, 5.0)


def test_sides_that_are_the_same_differ_by_exactly_nothing():
    found = paired.difference(A / 3, A / 3)
    assert [found[name] for name in ("difference", "low", "high", "error_difference", "median_low")] == [0.0] * 5
    assert found["p"] == 1.0
    assert found["variance_ratio"] == 0.0
    assert math.isnan(found["pairs_to_exclude_zero"])
    assert not paired.excludes_zero(found)


@pytest.mark.parametrize("pairs", [2, 5, 6, 20])
def test_a_shift_without_spread_is_told_from_chance_by_the_sign_test(pairs):
    """Two runs of a count easily differ by the same as two others: no spread is no certainty."""
    still = np.full(pairs, 0.1)
    found = paired.difference(still + 0.25, still)
    assert (found["low"], found["high"]) == pytest.approx((0.25, 0.25))
    assert found["p"] == pytest.approx(stats.binomtest(pairs, pairs).pvalue)
    assert paired.excludes_zero(found) == (pairs >= paired.FEWEST_ALIKE) == (found["pairs_to_exclude_zero"] <= pairs)
    assert math.isnan(found["variance_ratio"])
    assert paired.difference(still, still)["p"] == 1.0


def test_variance_ratio_by_hand():
    """Var A = 6.8, Var B = 8.8, gaps 2 1 0 3 1 5 with variance 3.2: pairing leaves 3.2 / 15.6."""
    assert paired.variance_ratio(A, B) == pytest.approx(3.2 / 15.6)


def test_runs_needed_is_the_first_number_that_is_enough():
    needed = int(paired.runs_needed(10.0, 2.0))
    assert needed == 99  # 98 by the normal distribution's 1.96
    assert stats.t.ppf(0.975, needed - 1) * 10 / math.sqrt(needed) <= 2.0
    assert stats.t.ppf(0.975, needed - 2) * 10 / math.sqrt(needed - 1) > 2.0
    assert paired.runs_needed(0.0, 1.0) == 2.0
    assert paired.runs_needed(1.0, 0.0) == math.inf
    assert math.isnan(paired.runs_needed(math.nan, 1.0))


def test_chance_is_wilsons_and_ties_are_no_wins():
    found = paired.chance(A, B, -1)
    assert (found["wins"], found["ties"], found["pairs"]) == (0, 1, 6)
    found = paired.chance(A, B, +1)
    assert (found["wins"], found["share"]) == (5, pytest.approx(5 / 6))
    z, n, p = stats.norm.ppf(0.975), 6, 5 / 6
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    expected = [(p + z * z / (2 * n) + sign * half) / (1 + z * z / n) for sign in (-1, 1)]
    assert [found["low"], found["high"]] == pytest.approx(expected)


@pytest.mark.parametrize(("hits", "number"), [(0, 5), (3, 7), (10, 10), (27, 30)])
def test_wilson_is_that_of_scipy(hits, number):
    interval = stats.binomtest(hits, number).proportion_ci(0.95, method="wilson")
    assert paired.wilson(hits / number, number) == pytest.approx((interval.low, interval.high), abs=1e-12)


# Pairs in groups, of one draw of parameters say

ALONE = np.arange(40)
GAPS = np.random.default_rng(5).normal(0.3, 1.0, 40)


def test_pairs_of_draws_of_their_own_are_as_good_as_students_and_wilsons():
    assert paired.grouped_interval(GAPS, ALONE) == pytest.approx(paired.t_interval(GAPS))
    assert paired.worth_of_groups(GAPS < 0, ALONE) == pytest.approx(40)


@pytest.mark.parametrize("times", [2, 3, 10])
def test_pairs_that_repeat_their_draw_are_worth_the_draws(times):
    values, groups = np.tile(GAPS, times), np.tile(ALONE, times)
    assert paired.grouped_interval(values, groups) == pytest.approx(paired.t_interval(GAPS))
    assert paired.worth_of_groups(values < 0, groups) == pytest.approx(40)
    assert paired.worth_of_groups(values < 99, groups) == pytest.approx(40)  # all of them won, which tells nothing more


def test_groups_of_unlike_sizes_count_by_their_sizes_where_nothing_else_is_known():
    groups = np.repeat([0, 1, 2], [6, 1, 1])
    assert paired.worth_of_groups(np.full(8, True), groups) == pytest.approx(64 / 38)
    assert paired.worth_of_groups(groups == 0, groups) >= 64 / 38
    assert paired.grouped_interval(np.ones(8), np.zeros(8)) == (-np.inf, np.inf)
    assert paired.worth_of_groups(np.arange(8) < 3, np.zeros(8)) == 1


def test_ranks_by_hand():
    values = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [2.0, 2.0, 1.0], "z": [9.0, 9.0, 9.0]})
    found = paired.ranks(values, -1)
    assert found["rank"].to_dict() == {"x": 2, "y": 1, "z": 3}
    assert found["mean_rank"].to_dict() == pytest.approx({"x": (1 + 1.5 + 2) / 3, "y": (2 + 1.5 + 1) / 3, "z": 3.0})
    assert found["first"].to_dict() == pytest.approx({"x": 2 / 3, "y": 2 / 3, "z": 0.0})
    assert paired.ranks(values, +1)["rank"].to_dict() == {"x": 2, "y": 3, "z": 1}


def test_holm_by_hand():
    assert paired.holm([0.01, 0.04, 0.03, math.nan]) == pytest.approx([0.03, 0.06, 0.06, math.nan], nan_ok=True)
    assert paired.holm([]) == []


def test_ratio_of_means_and_a_price_of_nothing():
    ratio, low, high = paired.ratio_of_means(np.array([10.0, 12.0, 11.0, 13.0]), np.array([2.0, 2.2, 1.9, 2.1]))
    assert ratio == pytest.approx(46 / 8.2)
    assert low < ratio < high
    constant = paired.ratio_of_means(np.full(4, 6.0), np.full(4, 2.0))
    assert constant == pytest.approx((3.0, 3.0, 3.0))
    ratio, low, high = paired.ratio_of_means(np.ones(4), np.array([-5.0, 1.0, 0.5, 2.0]))
    assert math.isnan(ratio)
    assert (low, high) == (-math.inf, math.inf)
    ratio, low, high = paired.ratio_of_means(np.ones(4), np.array([-1.0, 1.0, 1.5, 2.0]))
    assert ratio == pytest.approx(4 / 3.5)
    assert (low, high) == (-math.inf, math.inf)


# Coverage: 2,000 experiments; a true 95 % shows between 93.5 and 96.5 % but once in ten thousand times.


def coverage(draw, interval, truth, experiments=2000):
    rng = np.random.default_rng(20240601)
    hits = 0
    for _ in range(experiments):
        low, high = interval(*draw(rng))
        hits += low <= truth <= high
    return hits / experiments


@pytest.mark.parametrize("pairs", [3, 8, 20])
def test_t_interval_covers_the_mean_of_normal_differences(pairs):
    assert 0.935 < coverage(lambda rng: (rng.normal(2.0, 3.0, pairs),), paired.t_interval, 2.0) < 0.965


@pytest.mark.parametrize("pairs", [8, 20])
def test_median_interval_covers_however_skew_the_differences_are(pairs):
    found = coverage(lambda rng: (rng.lognormal(0.0, 2.0, pairs),), paired.median_interval, 1.0)
    exact = 1 - 2 * stats.binom.cdf({8: 0, 20: 5}[pairs], pairs, 0.5)
    assert found == pytest.approx(exact, abs=0.015)
    assert found > 0.935


def test_t_interval_of_few_very_skew_differences_covers_less_than_it_says():
    """Why the other interval is shown too: the mean of this spread is e^2, and eight values rarely show its tail."""
    assert coverage(lambda rng: (rng.lognormal(0.0, 2.0, 8),), paired.t_interval, math.exp(2)) < 0.85


def test_fiellers_interval_covers_the_ratio():
    def draw(rng):
        shared = rng.normal(size=12)
        return 30 + 4 * shared + rng.normal(size=12), 10 + 2 * shared + rng.normal(size=12)

    assert 0.935 < coverage(draw, lambda *sides: paired.ratio_of_means(*sides)[1:], 3.0) < 0.965


def test_interval_of_groups_covers_where_that_of_pairs_does_not():
    """30 draws of unlike sizes, as 60 pairs of a posterior have them, that decide most of a difference."""
    sizes = [6, 6, 6, 6, 4, 3, 3, 2, 2, 2, *[1] * 20]
    groups = np.repeat(np.arange(30), sizes)

    def draw(rng):
        return (rng.normal(1.0, 1.0, 30)[groups] + 0.5 * rng.normal(size=60),)

    def by_draws(values):
        return paired.grouped_interval(values, groups)

    assert coverage(draw, by_draws, 1.0) == pytest.approx(0.95, abs=0.015)
    assert coverage(draw, paired.t_interval, 1.0) < 0.8
