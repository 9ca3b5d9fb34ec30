"""Statistics of paired runs: what two policies under shared luck differ by, how sure that is, and how many runs would tell.

Values come as float64 (pairs,), entry k of both sides from one seed. Intervals cover luck only: neither the model's
assumptions nor its parameters are in them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy  # whose `stats` takes a quarter of a second to load, and does so when it is first used

if TYPE_CHECKING:
    import pandas

LEVEL = 0.95
MOST_RUNS = 10**9  # beyond, a number of runs is as good as none
FEWEST_ALIKE = 6  # pairs that all differ by the same, from which on that is no chance: 2 / 2^6 < 5 %
ALIKE = 1e-9  # of their mean, what rounding leaves of differences that are all the same


def standard_error(values: np.ndarray) -> float:
    """Monte Carlo standard error of the mean; exactly 0 where all values are equal, NaN for fewer than two."""
    if values.size < 2:
        return math.nan
    return float(_spread(values) / math.sqrt(values.size))


def _spread(values: np.ndarray) -> float:
    """Standard deviation (n - 1). Taken from the first value, so that equal values give 0 and not what rounding leaves."""
    return float(np.std(values - values[0], ddof=1))


def t_interval(values: np.ndarray, level: float = LEVEL) -> tuple[float, float]:
    """Student's interval of the mean. Right for a normal spread, and nearly so for others from some ten values on."""
    half = standard_error(values) * float(scipy.stats.t.ppf((1 + level) / 2, max(values.size - 1, 1)))
    mean = float(values.mean())
    return mean - half, mean + half


def median_interval(values: np.ndarray, level: float = LEVEL) -> tuple[float, float]:
    """Interval of the median from the order of values alone: holds for every spread and any number of values.

    The sign test turned round (Thompson 1936): never covers less than `level`. From fewer than six values 95 % cannot
    be had, so it is then without end.
    """
    ordered = np.sort(values)
    # The most values that may be cut off at each end while each tail keeps at most (1 - level) / 2.
    cut = int(scipy.stats.binom.ppf((1 - level) / 2, values.size, 0.5))
    while cut > 0 and scipy.stats.binom.cdf(cut - 1, values.size, 0.5) > (1 - level) / 2:
        cut -= 1
    if cut < 1:
        return -math.inf, math.inf
    return float(ordered[cut - 1]), float(ordered[-cut])


def p_value(values: np.ndarray) -> float:
    """Two-sided p of 'the mean is 0' by the t test; 1 where all are 0.

    Where all are the same other number there is no spread to go by, and two runs of a count are easily alike: then it is
    that of the sign test, 2 / 2^n, below 0.05 from `FEWEST_ALIKE` values on.
    """
    error, mean = standard_error(values), float(values.mean())
    if math.isnan(error):
        return math.nan
    if error <= ALIKE * abs(mean):
        return 2.0 ** (1 - values.size) if mean else 1.0
    return float(2 * scipy.stats.t.sf(abs(mean) / error, values.size - 1))


def holm(p: Sequence[float]) -> list[float]:
    """p values adjusted by Holm (1979), so that the chance of any false claim among all stays below the level; NaN stays."""
    given = np.asarray(p, float)
    adjusted = np.full(given.size, np.nan)
    known = np.flatnonzero(~np.isnan(given))
    order = known[np.argsort(given[known], kind="stable")]
    steps = given[order] * np.arange(order.size, 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps)) if order.size else steps
    return adjusted.tolist()


def runs_needed(spread: float, half_width: float, level: float = LEVEL) -> float:
    """Fewest runs (or pairs) whose t interval is no wider than +- `half_width`, given their standard deviation.

    NaN where spread or width is unknown; infinite where the width is 0 and the spread is not.
    """
    if math.isnan(spread) or math.isnan(half_width):
        return math.nan
    if spread == 0:
        return 2.0
    if half_width <= 0:
        return math.inf
    runs = max(2, math.ceil((scipy.stats.norm.ppf((1 + level) / 2) * spread / half_width) ** 2))
    while runs < MOST_RUNS and scipy.stats.t.ppf((1 + level) / 2, runs - 1) * spread > half_width * math.sqrt(runs):
        runs += 1
    return float(runs) if runs < MOST_RUNS else math.inf


def variance_ratio(one: np.ndarray, other: np.ndarray) -> float:
    """Variance of the difference over that of unpaired runs, Var(one - other) / (Var one + Var other).

    Below 1 shared luck saves runs, by that factor. NaN where neither side varies.
    """
    if one.size < 2:
        return math.nan
    apart = _spread(one) ** 2 + _spread(other) ** 2
    return _spread(one - other) ** 2 / apart if apart > 0 else math.nan


def difference(one: np.ndarray, reference: np.ndarray, precision: float = math.nan) -> dict[str, float]:
    """One side less the reference, pair by pair: mean, median, their intervals, and what more runs would give.

    precision: half width wanted of the interval. pairs_to_exclude_zero: how many pairs make the interval leave 0 if the
    mean difference and its spread stay what they are; both are estimates.
    """
    gaps = one - reference
    low, high = t_interval(gaps)
    median_low, median_high = median_interval(gaps)
    spread, mean = (_spread(gaps) if gaps.size > 1 else math.nan), float(gaps.mean())
    return {
        "pairs": int(gaps.size),
        "mean_reference": float(reference.mean()),
        "error_reference": standard_error(reference),
        "mean": float(one.mean()),
        "error_mean": standard_error(one),
        "difference": mean,
        "error_difference": standard_error(gaps),
        "low": low,
        "high": high,
        "median_difference": float(np.median(gaps)),
        "median_low": median_low,
        "median_high": median_high,
        "p": p_value(gaps),
        "variance_ratio": variance_ratio(one, reference),
        "precision": precision,
        "pairs_for_precision": runs_needed(spread, precision),
        "pairs_to_exclude_zero": (runs_needed(spread, abs(mean)) if spread else FEWEST_ALIKE) if mean else math.nan,
    }


def alike(low: float, high: float) -> bool:
    """Whether an interval has no width, as all values are the same."""
    return math.isclose(low, high, rel_tol=ALIKE)


def excludes_zero(row: Mapping[str, Any]) -> bool:
    """Whether the interval of a `difference` leaves 0 out; no interval that has no width only because pairs are few does."""
    return bool(row["p"] < 1 - LEVEL)


def chance(one: np.ndarray, other: np.ndarray, direction: int) -> dict[str, float]:
    """Share of seeds under which one side beats the other, with Wilson's interval (1927). A tie is no win.

    direction: +1 where more is wanted, -1 where less is.
    """
    gaps = direction * (one - other)
    wins, pairs = int((gaps > 0).sum()), int(gaps.size)
    interval = scipy.stats.binomtest(wins, pairs).proportion_ci(LEVEL, method="wilson")
    counts = {"pairs": pairs, "wins": wins, "ties": int((gaps == 0).sum())}
    return counts | {"share": wins / pairs, "low": float(interval.low), "high": float(interval.high)}


def wilson(share: float, number: float, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's interval (1927) of a chance: `share` of `number` independent trials; not always a whole number."""
    z = float(scipy.stats.norm.ppf((1 + level) / 2))
    middle, whole = share + z**2 / (2 * number), 1 + z**2 / number
    half = z * math.sqrt(share * (1 - share) / number + (z / (2 * number)) ** 2)
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def grouped_error(values: np.ndarray, groups: np.ndarray) -> tuple[float, float]:
    """Standard error of the mean of pairs that come in groups, of one draw of parameters say, and its degrees of freedom.

    groups: a label a pair; groups alone are independent. Cluster-robust with the correction CR2; freedom of Bell and McCaffrey
    (2002), as if the group decided all: groups - 1 where all are of one size. Where every pair is a group of its own it is
    Student's. (NaN, 0) for one group.
    """
    label, sizes = np.unique(groups, return_inverse=True, return_counts=True)[1:]
    if sizes.size < 2:
        return math.nan, 0.0
    parts = sizes / values.size
    off = values - values[0]  # equal values leave 0 and not what rounding leaves
    sums = np.bincount(label, off - off.mean())
    error = math.sqrt(float((sums**2 / (1.0 - parts)).sum())) / values.size
    # A row a group: what each group's own deviation weighs in the sum of its residuals.
    ways = (np.diag(sizes.astype(float)) - np.outer(parts, sizes)) / np.sqrt(1.0 - parts)[:, None]
    inner = ways @ ways.T
    return error, float(np.trace(inner)) ** 2 / float((inner**2).sum())


def grouped_interval(values: np.ndarray, groups: np.ndarray, level: float = LEVEL) -> tuple[float, float]:
    """Student's interval of the mean of pairs that come in groups (`grouped_error`); without end for one group."""
    error, freedom = grouped_error(values, groups)
    if math.isnan(error):
        return -math.inf, math.inf
    mean, half = float(values.mean()), error * float(scipy.stats.t.ppf((1 + level) / 2, freedom))
    return mean - half, mean + half


def worth_of_groups(wins: np.ndarray, groups: np.ndarray) -> float:
    """How many independent pairs a share of `wins` in groups is worth: pairs over the design effect (Kish 1965).

    Between what groups would be worth if all pairs of one were alike, (sum of sizes)^2 / sum of squares, and the number of
    pairs; the first where all pairs won or none did, as nothing tells then how alike they are.
    """
    sizes = np.unique(groups, return_counts=True)[1]
    least, share = wins.size**2 / float((sizes**2).sum()), float(wins.mean())
    error = grouped_error(wins.astype(float), groups)[0] if 0 < share < 1 else math.nan
    found = least if math.isnan(error) else 1.0 + share * (1.0 - share) / error**2 if error else wins.size
    return float(min(max(found, least), wins.size))


def ranks(values: pandas.DataFrame, direction: int) -> pandas.DataFrame:
    """Ranks of scenarios in one outcome, 1 for the one that everybody would want. `values`: a row a seed, a column a scenario.

    Returns a row a scenario: rank (by the mean), mean_rank (over seeds; ties share their ranks) and first (share of
    seeds in which no other scenario is better).
    """
    import pandas

    by_seed = (-direction * values).rank(axis="columns", method="average")
    best = (-direction * values).min(axis="columns")
    return pandas.DataFrame(
        {
            "rank": (-direction * values.mean()).rank(method="min").astype(int),
            "mean_rank": by_seed.mean(),
            "first": (-direction * values).eq(best, axis="index").mean(),
        }
    )


def ratio_of_means(above: np.ndarray, below: np.ndarray, level: float = LEVEL) -> tuple[float, float, float]:
    """Mean of `above` over mean of `below` (pair by pair) and its interval by Fieller (1954).

    (NaN, -inf, inf) where the mean below is not positive, as a price of nothing has no meaning; the interval is also
    (-inf, inf) where the interval of the mean below does not exclude 0: no bound holds then.
    """
    top, bottom = float(above.mean()), float(below.mean())
    if not bottom > 0:
        return math.nan, -math.inf, math.inf
    ratio = top / bottom
    if above.size < 2:
        return ratio, -math.inf, math.inf
    factor = float(scipy.stats.t.ppf((1 + level) / 2, above.size - 1)) ** 2 / above.size
    cross = float(np.cov(above, below)[0, 1])
    square = bottom**2 - factor * _spread(below) ** 2
    if square <= 0:
        return ratio, -math.inf, math.inf
    middle = top * bottom - factor * cross
    root = math.sqrt(max(0.0, middle**2 - square * (top**2 - factor * _spread(above) ** 2)))
    return ratio, (middle - root) / square, (middle + root) / square
