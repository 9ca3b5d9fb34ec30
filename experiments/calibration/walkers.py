"""Walkers: many points that move through the unit cube until they are a fair sample of a part of it, or of a density on it.

A walker moves along the difference of two others of the other half (differential evolution: ter Braak 2006,
doi:10.1007/s11222-006-8769-1), which finds the shape of a narrow part by itself. A step is as likely as its way back, and one
that leaves the cube is not taken, so the sample is uniform where no density is given, and inside the cube always.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

KEPT = 0.1  # of the walkers, at least, that each narrower level keeps
STEPS = 8  # moves at every level
LAST = 20  # moves at the last
BLOCK = 20  # moves between two looks at how far the walkers are spread
RESTED = 0.005  # of their spread, which may be left of its growth
MOST = 2000  # moves, after which walkers count as restless
PATIENCE = 3  # levels that bring the walkers hardly nearer, until the rest counts as empty
NEARER = 0.99
KEEP = 0.5  # of the walkers that count when a density is raised to a higher power


@dataclass(frozen=True)
class Found:
    """What a search left: unit float64 (walkers, free); share of the sample it began with; the least implausibility reached.

    empty: nobody came below the cut.
    """

    unit: np.ndarray
    share: float
    least: float
    empty: bool


def walk(
    unit: np.ndarray, density: Callable[[np.ndarray], np.ndarray], rng: np.random.Generator, steps: int
) -> np.ndarray:
    """Walkers after so many moves: float64 (walkers, free), four or more of them.

    density: log of it at points (m, free) -> (m,), -inf where nobody may be; asked only of points inside the cube.
    """
    unit = unit.copy()
    here = density(unit)
    count, free = unit.shape
    for step in range(steps):
        order = rng.permutation(count)
        for mine, others in ((order[: count // 2], order[count // 2 :]), (order[count // 2 :], order[: count // 2])):
            # two of the others; now and then a whole difference, which leads from one hill to another
            first, second = _pairs(len(others), len(mine), rng)
            reach = 1.0 if step % 10 == 9 else 2.38 / np.sqrt(2.0 * free) * rng.uniform(0.4, 1.2, (len(mine), 1))
            jump = reach * (unit[others[first]] - unit[others[second]])
            asked = unit[mine] + jump + 1e-4 * rng.standard_normal(jump.shape)
            inside = ((asked >= 0.0) & (asked <= 1.0)).all(axis=1)
            there = np.full(len(mine), -np.inf)
            if inside.any():
                there[inside] = density(asked[inside])
            taken = np.log(rng.random(len(mine))) < there - np.where(np.isneginf(here[mine]), -np.inf, here[mine])
            taken &= there > -np.inf
            unit[mine[taken]], here[mine[taken]] = asked[taken], there[taken]
    return unit


def _pairs(count: int, wanted: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two different numbers below `count`, so many times."""
    first = rng.integers(count, size=wanted)
    return first, (first + rng.integers(1, count, size=wanted)) % count


def narrow(
    unit: np.ndarray,
    implausible: Callable[[np.ndarray, float], np.ndarray],
    cut: float,
    walkers: int,
    rng: np.random.Generator,
) -> Found:
    """A fair sample of those points of a sample that lie below the cut, found level by level.

    unit: float64 (any, free), a fair sample of the space so far. implausible(points, cut): (m,), exact up to the cut. Each
    level keeps a tenth or more, whose walkers then spread out below it; the product of what levels keep is the share left.
    """
    share, level, stuck = 1.0, np.inf, 0
    found = implausible(unit, np.inf)
    while True:
        following = max(cut, float(np.quantile(found, KEPT)))
        stuck = stuck + 1 if following > NEARER * level else 0
        if stuck >= PATIENCE:
            best = found <= level
            return Found(unit[best], 0.0, float(found.min()), True)
        level = min(following, level)
        keep = found <= level
        share *= float(keep.mean())
        unit = _many(unit[keep], walkers, rng)
        limit = level
        steps = LAST if level <= cut else STEPS
        unit = walk(unit, lambda points, limit=limit: _uniform(implausible(points, limit), limit), rng, steps)
        if level <= cut:
            return Found(unit, share, float(found.min()), False)
        found = implausible(unit, np.inf)


@dataclass(frozen=True)
class Rested:
    """Walkers that moved until they spread no further, float64 (walkers, free), or gave up before they `rested`.

    spreads: the mean standard deviation of a coordinate after every `BLOCK` of moves.
    """

    unit: np.ndarray
    rested: bool
    spreads: Sequence[float]


def rest(unit: np.ndarray, density: Callable[[np.ndarray], np.ndarray], rng: np.random.Generator) -> Rested:
    """Walkers that move in a density until the last third of their way shows them spread no further than the third before it.

    Walkers that start too close together know their density only when their spread has stopped growing, and it grows slowly:
    stopping earlier leaves a sample that is narrower than what it is said to be drawn from.
    """
    spreads: list[float] = []
    while len(spreads) * BLOCK < MOST:
        unit = walk(unit, density, rng, BLOCK)
        spreads.append(float(unit.std(axis=0).mean()))
        third = len(spreads) // 3
        if third >= 3:
            before, after = np.mean(spreads[-2 * third : -third]), np.mean(spreads[-third:])
            if after <= (1.0 + RESTED) * before:
                return Rested(unit, True, spreads)
    return Rested(unit, False, spreads)


def settle(
    unit: np.ndarray, density: Callable[[np.ndarray], np.ndarray], walkers: int, rng: np.random.Generator
) -> Rested:
    """A sample of a density from a fair sample of its space.

    The density is raised to powers that rise to one, each as far as half of the walkers still count (sequential Monte Carlo);
    at one they move until they rest.
    """
    unit, power = _many(unit, walkers, rng), 0.0
    here = density(unit)
    while power < 1.0 - 1e-9:
        step = _step(here, 1.0 - power)
        weights = np.exp(step * (here - here.max()))
        at = (rng.random() + np.arange(walkers)) / walkers
        unit = unit[np.searchsorted(np.cumsum(weights) / weights.sum(), at).clip(max=walkers - 1)]
        power += step
        if power < 1.0 - 1e-9:
            unit = walk(unit, lambda points, power=power: power * density(points), rng, STEPS)
            here = density(unit)
    return rest(unit, density, rng)


def _step(here: np.ndarray, most: float) -> float:
    """The largest rise of the power, up to `most`, at which the weights are worth half of the walkers."""

    def worth(step: float) -> float:
        weights = np.exp(step * (here - here.max()))
        return float(weights.sum() ** 2 / (weights**2).sum())

    low, high = 0.0, most
    if worth(high) >= KEEP * len(here):
        return high
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if worth(middle) >= KEEP * len(here) else (low, middle)
    return max(low, 1e-4 * most)


def _uniform(found: np.ndarray, level: float) -> np.ndarray:
    return np.where(found <= level, 0.0, -np.inf)


def _many(unit: np.ndarray, walkers: int, rng: np.random.Generator) -> np.ndarray:
    """So many of them: each once before any is there twice."""
    order = [rng.permutation(len(unit)) for _ in range(-(-walkers // len(unit)))]
    return unit[np.concatenate(order)[:walkers]]


def spread(unit: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """So many different points of a sample, or all that it has."""
    single = np.unique(unit, axis=0)
    return single[rng.permutation(len(single))[:count]]
