"""Contests of force: who wins, how strong several forces are together, and how many are hit.

Success follows Tullock's ratio form (tullock1980, hirshleifer1989; axioms in skaperdas1996); hits follow Lanchester's law
with imperfect intelligence (deitchman1962, kress2009). Everything here is a pure function without chance.
"""

from __future__ import annotations

import math

import numpy as np

from simulation.same_bits import exp, power

LARGEST = 600.0  # exponent whose power of e can still be added up


def success(own: float | np.ndarray, other: float | np.ndarray, exponent: float) -> float | np.ndarray:
    """Chance (or share) of `own` against `other`: own^m / (own^m + other^m); 0 where both are 0."""
    own_power = power(own, exponent)
    total = own_power + power(other, exponent)
    return np.divide(own_power, total, out=np.zeros_like(np.asarray(total, float)), where=np.asarray(total) > 0)


def chance(own: float, other: float, exponent: float) -> float:
    """`success` for two plain numbers."""
    if own <= 0:
        return 0.0
    return 1.0 / (1.0 + (other / own) ** exponent)


def joint(strengths: np.ndarray, coordination: float) -> np.ndarray:
    """Strength of forces (rows) acting together: their sum at coordination 1, the best single one at 0."""
    return coordination * strengths.sum(axis=0) + (1.0 - coordination) * strengths.max(axis=0)


def sigmoid(x: float) -> float:
    """1 / (1 + e^-x) without overflow."""
    return 0.5 * (1.0 + math.tanh(0.5 * x))


def logit_weights(worth: np.ndarray) -> np.ndarray:
    """e to the power of each worth, all of them scaled down together where the highest would overflow."""
    return exp(worth - max(0.0, float(worth.max()) - LARGEST))


def force_needed(defence: float, probability: float, exponent: float) -> float:
    """The strength that wins against `defence` with this probability (the inverse of `success`)."""
    return defence * (probability / (1.0 - probability)) ** (1.0 / exponent)


def evading_share(ratio: float, slope: float, threshold: float) -> float:
    """Share of gang members who melt away before a force `ratio` times as strong as they are."""
    if ratio <= 0:
        return 0.0
    return sigmoid(slope * (math.log(ratio) - math.log(threshold)))


def hit_probabilities(identification: float, members: float, exposed: float, caution: float) -> tuple[float, float]:
    """Where aimed fire lands, per hit fired: on gang members and on residents.

    identification: chance that a target is known for what it is. The rest of the fire falls on whoever stands there:
    members with chance members / (members + exposed), residents otherwise, scaled by `caution` (1: as many as chance).
    """
    present = members + exposed
    among = members / present if present > 0 else 0.0
    stray = 1.0 - identification
    return identification + stray * among, stray * (1.0 - among) * caution


def expected_rate(hits: float, people: float) -> float:
    """The chance of each of `people` to be hit when `hits` are expected in all: 1 - exp(-rate), never above 1."""
    return -math.expm1(-hits / people) if people > 0 else 0.0
