"""Scores of probabilistic statements against what was observed: the continuous ranked probability score.

It is the integral of (F(x) - 1[x >= observed])^2 over x, in the unit of the observation; 0 is perfect, lower is better,
and it rewards saying what one believes (gneiting2007). Of a point it is the
absolute error. Pure functions; SciPy has none of them.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from simulation.same_bits import exp

ROOT_PI = np.sqrt(np.pi)


def crps_normal(observed: float | np.ndarray, mean: float | np.ndarray, sd: float | np.ndarray) -> float | np.ndarray:
    """Score of normal distributions; all broadcast. sd: 0 or more (0 is a point). Section 4.2 of the source, as a loss.

    Raises ValueError for a negative sd.
    """
    observed, mean, sd = np.broadcast_arrays(*(np.asarray(value, float) for value in (observed, mean, sd)))
    if np.any(sd < 0):
        raise ValueError("a standard deviation is negative")
    off = observed - mean
    z = np.divide(off, sd, out=np.zeros(off.shape), where=sd > 0)
    density = exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi)
    score = sd * (z * (2.0 * ndtr(z) - 1.0) + 2.0 * density - 1.0 / ROOT_PI)
    return np.where(sd > 0, score, np.abs(off))[()]


def crps_ensemble(observed: float | np.ndarray, members: np.ndarray) -> float | np.ndarray:
    """Score of the empirical distribution of runs: mean |x - observed| less half the mean |x - x'| over all pairs.

    observed: (...); members: (..., m), m > 0 runs along the last axis, in the same unit.
    Raises ValueError if there is no member.
    """
    members = np.sort(np.asarray(members, float), axis=-1)
    count = members.shape[-1]
    if count == 0:
        raise ValueError("an ensemble without members has no score")
    error = np.abs(members - np.asarray(observed, float)[..., None]).mean(axis=-1)
    # of sorted values the sum of x_j - x_i over i < j is that of (2 k + 1 - m) x_k
    rank = 2.0 * np.arange(count) + 1.0 - count
    return (error - (members * rank).sum(axis=-1) / count**2)[()]
