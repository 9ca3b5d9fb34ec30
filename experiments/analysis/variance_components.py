"""Where the variance of an outcome comes from: parameters, luck, or both together, by the law of total variance.

The seed is a factor of its own: replicate k has the same seed at every point, so points and seeds are crossed, and
Var Y = Var E[Y | parameters] + Var E[Y | seed] + what only both together explain. The last two are the luck of a run
(aleatory). The first is what varies between points: parameters that are not known (epistemic), levers of policy that somebody
chooses, or both; where both vary and their levels are crossed, `crossed_parts` tells them apart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy  # whose `stats` takes a quarter of a second to load, and does so when it is first used

from experiments.analysis.paired import LEVEL

PARTS = ("parameters", "luck", "both")
FEW_SEEDS = 10  # below, the 95 % intervals held the true share of luck in 78 to 90 % of trials (3 to 4 seeds)


@dataclass(frozen=True)
class Split:
    """Variances of the parts, their shares of all variance, and half widths of 95 % intervals of the shares.

    NaN where it cannot be told: all of it with one seed, half widths with fewer than three. `clipped`: parts whose
    unbiased estimate was below 0 and counts as 0.
    """

    variances: dict[str, float]
    shares: dict[str, float]
    half_widths: dict[str, float]
    clipped: tuple[str, ...]
    blocks: int
    points: int
    replicates: int

    @property
    def total(self) -> float:
        return sum(self.variances.values())

    @property
    def luck_share(self) -> float:
        """All that depends on the seed: alone, and together with parameters."""
        return self.shares["luck"] + self.shares["both"]


def variance_split(values: np.ndarray) -> Split:
    """The split of float64 (blocks, points of a block, replicates) without NaN.

    Points of one block may hang together (a trajectory of Morris, the rows of one Sobol point); blocks must not.
    Intervals: jackknife over blocks and over seeds, added as for crossed samples (Owen 2007), each with Student's factor
    for its number. With few seeds they still hold the share of luck less often than they say: see `FEW_SEEDS`.
    """
    blocks, size, replicates = values.shape
    if blocks < 2 or replicates < 2:
        nothing = dict.fromkeys(PARTS, math.nan)
        return Split(nothing, nothing, nothing, (), blocks, blocks * size, replicates)
    values = values - values.mean()
    raw = _parts(values)
    scale = float(np.mean(values**2))
    clipped = tuple(name for name, value in raw.items() if value < -1e-9 * scale)
    variances = {name: max(value, 0.0) for name, value in raw.items()}
    half_widths = dict.fromkeys(PARTS, math.nan)
    if replicates > 2 and blocks > 2:
        half_widths = dict(zip(PARTS, _half_widths(values), strict=True))
    return Split(variances, _shares(variances), half_widths, clipped, blocks, blocks * size, replicates)


def crossed_parts(values: np.ndarray) -> dict[str, float] | None:
    """What part of the variance between points comes from policy alone, parameters alone, and only both together; sum 1.

    values: float64 (policies, parameter sets, seeds), every combination. Variances are those of the cell means of just these
    levels; what luck adds to each (the mean square of points x seeds) is taken off, and less than 0 is 0. None with one seed,
    or where nothing is left to split.
    """
    policies, sets, seeds = values.shape
    if seeds < 2:
        return None
    points = values.reshape(policies * sets, seeds)
    rest = points - points.mean(axis=1, keepdims=True) - points.mean(axis=0) + points.mean()
    luck = (rest**2).sum() / ((policies * sets - 1) * (seeds - 1)) / seeds  # variance of a cell mean
    means = values.mean(axis=2) - values.mean()
    rows, columns = means.mean(axis=1, keepdims=True), means.mean(axis=0, keepdims=True)
    size = policies * sets
    found = {
        "policy": (rows**2).mean() - luck * (policies - 1) / size,
        "parameters": (columns**2).mean() - luck * (sets - 1) / size,
        "together": ((means - rows - columns) ** 2).mean() - luck * (policies - 1) * (sets - 1) / size,
    }
    return as_parts(found)


def as_parts(found: dict[str, float]) -> dict[str, float] | None:
    """Estimates as parts of their sum, those below 0 as 0; None where that is 0."""
    kept = {name: max(float(value), 0.0) for name, value in found.items()}
    total = sum(kept.values())
    return {name: value / total for name, value in kept.items()} if total > 0 else None


def _parts(values: np.ndarray) -> dict[str, float]:
    """Unbiased variances of the parts: differences of mean products of runs that share point and seed, one, or neither."""
    blocks, size, replicates = values.shape
    by_point, by_block = values.sum(axis=2), values.sum(axis=1)  # (blocks, size), (blocks, replicates)
    squares, by_seed = (values**2).sum(), by_block.sum(axis=0)
    same = squares / values.size
    same_point = ((by_point**2).sum() - squares) / (values.size * (replicates - 1))
    apart = by_seed**2 - (by_block**2).sum(axis=0)  # products of runs of two blocks under one seed, by seed
    block_pairs = size**2 * blocks * (blocks - 1)
    same_seed = apart.sum() / (block_pairs * replicates)
    any_seed = by_seed.sum() ** 2 - (by_block.sum(axis=1) ** 2).sum()
    neither = (any_seed - apart.sum()) / (block_pairs * replicates * (replicates - 1))
    parts = (same_point - neither, same_seed - neither, same - same_point - same_seed + neither)
    return dict(zip(PARTS, map(float, parts), strict=True))


def _shares(variances: dict[str, float]) -> dict[str, float]:
    total = sum(variances.values())
    return {name: value / total if total > 0 else math.nan for name, value in variances.items()}


def _half_widths(values: np.ndarray) -> np.ndarray:
    """Half widths of the shares' intervals, in the order of `PARTS`."""
    square = np.zeros(len(PARTS))
    for axis in (0, 2):
        count = values.shape[axis]
        left_out = []
        for k in range(count):
            parts = _parts(np.delete(values, k, axis=axis))
            shares = _shares({name: max(value, 0.0) for name, value in parts.items()})
            left_out.append(list(shares.values()))
        spread = np.array(left_out) - np.mean(left_out, axis=0)
        factor = scipy.stats.t.ppf((1 + LEVEL) / 2, count - 1)
        square += factor**2 * (count - 1) / count * (spread**2).sum(axis=0)
    return np.sqrt(square)
