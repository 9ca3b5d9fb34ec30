"""Chance: named, independent random streams, one for each mechanism, day and place.

A stream is a SplitMix64 generator (Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195) whose starting state is a
hash of (seed, mechanism, day, place). Adding an agent, a mechanism or a place shifts nobody else's luck, so two policies
run under one seed share theirs (common random numbers). Counts are drawn by inverting their distribution function with
one uniform number, so that a slightly different mean gives the same or a neighbouring count.
"""

from __future__ import annotations

import hashlib
import math

import numpy as np
from numba import njit

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S11, _S27, _S30, _S31 = np.uint64(11), np.uint64(27), np.uint64(30), np.uint64(31)
_DAY_ZERO = 1 << 20  # keeps the days of the spin-up positive in keys
_CHUNK = 400.0  # inversion starts at P(0) = exp(-mean), which underflows for means above about 700


@njit(cache=True)
def _mix(z):
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return z ^ (z >> _S31)


@njit(cache=True)
def stream(seed, mechanism, day, place):
    """State of the stream for this key: a uint64 array of shape (1,), changed by every draw."""
    key = _mix(np.uint64(seed) + _GOLDEN)
    key = _mix((key ^ np.uint64(mechanism)) + _GOLDEN)
    key = _mix((key ^ np.uint64(day)) + _GOLDEN)
    key = _mix((key ^ np.uint64(place)) + _GOLDEN)
    state = np.empty(1, np.uint64)
    state[0] = key
    return state


@njit(cache=True)
def uniform(state):
    """One number in [0, 1) with 53 random bits."""
    state[0] += _GOLDEN
    return (_mix(state[0]) >> _S11) * (1.0 / 9007199254740992.0)


@njit(cache=True)
def normal(state):
    """One standard normal number (Box and Muller)."""
    radius = math.sqrt(-2.0 * math.log(1.0 - uniform(state)))
    return radius * math.cos(2.0 * math.pi * uniform(state))


@njit(cache=True)
def poisson(state, mean):
    """A Poisson count with this mean (0 for a mean of 0 or less)."""
    count = 0
    while mean > 0.0:
        part = min(mean, _CHUNK)
        mean -= part
        u = uniform(state)
        k, term = 0, math.exp(-part)
        total = term
        while u >= total and term > 1e-300:
            k += 1
            term *= part / k
            total += term
        count += k
    return count


@njit(cache=True)
def binomial(state, n, p):
    """A binomial count: how many of `n` independent trials succeed with probability `p` each."""
    if n <= 0 or p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    if p > 0.5:
        return n - binomial_low(state, n, 1.0 - p)
    return binomial_low(state, n, p)


@njit(cache=True)
def binomial_low(state, n, p):
    """`binomial` for 0 < p <= 1/2, in blocks small enough for P(0) not to underflow."""
    block = n if n * p <= _CHUNK else int(_CHUNK / p)  # the quotient overflows an integer when p is tiny
    ratio = p / (1.0 - p)
    count = 0
    while n > 0:
        m = min(n, block)
        n -= m
        u = uniform(state)
        k, term = 0, math.exp(m * math.log1p(-p))
        total = term
        while u >= total and k < m:
            term *= ratio * (m - k) / (k + 1.0)
            k += 1
            total += term
        count += k
    return count


@njit(cache=True)
def skip(state, p):
    """How many trials fail before the next success, as a float (it may exceed any integer when p is tiny)."""
    if p >= 1.0:
        return 0.0
    # not math.floor: compiled, it gives an int64, which overflows for p below about 1e-18
    return np.floor(math.log(1.0 - uniform(state)) / math.log1p(-p))


@njit(cache=True)
def _each(seed, mechanism, day, members):
    numbers = np.empty(members.size)
    for k in range(members.size):
        numbers[k] = uniform(stream(seed, mechanism, day, np.uint64(members[k])))
    return numbers


class Stream:
    """One stream for code outside kernels: `uniform()`, `normal()`, `poisson(mean)`, `binomial(n, p)`, `choice(weights)`."""

    __slots__ = ("state",)

    def __init__(self, state: np.ndarray):
        self.state = state

    def uniform(self) -> float:
        return uniform(self.state)

    def normal(self) -> float:
        return normal(self.state)

    def poisson(self, mean: float) -> int:
        return poisson(self.state, float(mean))

    def binomial(self, n: int, p: float) -> int:
        return binomial(self.state, int(n), float(p))

    def overdispersed(self, mean: float) -> int:
        """A negative binomial count with shape 1/2: a Poisson count whose mean is `mean` times a squared normal."""
        return self.poisson(mean * self.normal() ** 2)

    def choice(self, weights: np.ndarray) -> int:
        """An index with probability proportional to its weight (weights >= 0, at least one above 0)."""
        cumulative = np.cumsum(weights)
        return int(np.searchsorted(cumulative, self.uniform() * cumulative[-1], side="right"))

    def share(self, total: int, weights: np.ndarray) -> np.ndarray:
        """A multinomial split of `total` over weights; int64, sums to `total`."""
        counts = np.zeros(len(weights), np.int64)
        rest = float(np.sum(weights))
        for index, weight in enumerate(weights):
            if total <= 0 or rest <= 0:
                break
            counts[index] = self.binomial(total, min(1.0, weight / rest))
            total -= counts[index]
            rest -= weight
        counts[-1] += max(total, 0)
        return counts


class Dice:
    """All the luck of one run. `roll("flight", day, place)` is the stream for that key, always the same one."""

    def __init__(self, seed: int):
        self.seed = np.uint64(seed)
        self._names: dict[str, np.uint64] = {}

    def name(self, mechanism: str) -> np.uint64:
        """The 64-bit number that stands for a mechanism's name in keys (the same on every machine)."""
        number = self._names.get(mechanism)
        if number is None:
            digest = hashlib.blake2b(mechanism.encode(), digest_size=8).digest()
            number = self._names[mechanism] = np.uint64(int.from_bytes(digest, "little"))
        return number

    def roll(self, mechanism: str, day: int, place: int = 0) -> Stream:
        return Stream(stream(self.seed, self.name(mechanism), day_key(day), np.uint64(place)))

    def each(self, mechanism: str, day: int, members: np.ndarray) -> np.ndarray:
        """One number in [0, 1) for each member (agents' own luck today), float64."""
        return _each(self.seed, self.name(mechanism), day_key(day), members)


def day_key(day: int) -> np.uint64:
    """A day as part of a key; days before the start (spin-up) are negative."""
    return np.uint64(day + _DAY_ZERO)
