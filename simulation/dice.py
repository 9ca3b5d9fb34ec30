"""Chance: named, independent random streams, one for each mechanism, day and place.

A stream is a SplitMix64 generator (Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195) whose starting state is a
hash of (seed, mechanism, day, place). Adding an agent, a mechanism or a place shifts nobody else's luck, so two policies
run under one seed share theirs (common random numbers). Counts are drawn by inverting their distribution function with
one uniform number, so that a slightly different mean gives the same or a neighbouring count.
"""

from __future__ import annotations

import hashlib

import numpy as np

from simulation.errors import DrawError
from simulation.kernels import binomial, choose, each, normal, poisson, share, stream, uniform

_DAY_ZERO = 1 << 20  # keeps the days before the start positive in keys


class Stream:
    """One stream for code outside kernels: `uniform()`, `normal()`, `poisson(mean)`, `binomial(n, p)`, `choice(weights)`.

    key: its name, day and place. A count asked of what is no number, or no chance, is a DrawError that names them.
    """

    __slots__ = ("key", "state")

    def __init__(self, state: np.ndarray, key: tuple[str, int, int] = ("no name", 0, 0)):
        self.state = state
        self.key = key

    def uniform(self) -> float:
        return uniform(self.state)

    def normal(self) -> float:
        return normal(self.state)

    def poisson(self, mean: float) -> int:
        return self._drawn(poisson, float(mean))

    def binomial(self, n: int, p: float) -> int:
        return self._drawn(binomial, int(n), float(p))

    def overdispersed(self, mean: float) -> int:
        """A negative binomial count with shape 1/2: a Poisson count whose mean is `mean` times a squared normal."""
        return self.poisson(mean * self.normal() ** 2)

    def choice(self, weights: np.ndarray) -> int:
        """An index with probability proportional to its weight (weights >= 0, at least one above 0)."""
        return self._drawn(choose, weights)

    def share(self, total: int, weights: np.ndarray) -> np.ndarray:
        """A multinomial split of `total` over weights; int64, sums to `total`."""
        return self._drawn(share, int(total), weights)

    def through(self, work, *given):
        """What a compiled pass `work(state, *given)` makes of many draws; its DrawError names the stream as well."""
        try:
            return work(self.state, *given)
        except FloatingPointError as error:
            raise self._refused(error) from None

    def _drawn(self, kernel, *given):
        try:
            return kernel(self.state, *given)
        except FloatingPointError as error:
            raise self._refused(error, f" ({', '.join(_short(value) for value in given)})") from None

    def _refused(self, error: FloatingPointError, asked: str = "") -> DrawError:
        return refused(*self.key, error, asked)


class Dice:
    """All the luck of one run. `roll("flight", day, place)` is the stream for that key, always the same one."""

    def __init__(self, seed: int):
        self.seed = np.uint64(seed)
        self._names: dict[str, np.uint64] = {}
        self._places = [np.uint64(place) for place in range(512)]
        self._today = (-1, day_key(-1))

    def name(self, mechanism: str) -> np.uint64:
        """The 64-bit number that stands for a mechanism's name in keys (the same on every machine)."""
        number = self._names.get(mechanism)
        if number is None:
            digest = hashlib.blake2b(mechanism.encode(), digest_size=8).digest()
            number = self._names[mechanism] = np.uint64(int.from_bytes(digest, "little"))
        return number

    def roll(self, mechanism: str, day: int, place: int = 0) -> Stream:
        if day != self._today[0]:
            self._today = (day, day_key(day))
        number = self._names.get(mechanism) or self.name(mechanism)
        where = self._places[place] if 0 <= place < 512 else np.uint64(place)
        return Stream(stream(self.seed, number, self._today[1], where), (mechanism, day, place))

    def each(self, mechanism: str, day: int, members: np.ndarray) -> np.ndarray:
        """One number in [0, 1) for each member (agents' own luck today), float64."""
        return each(self.seed, self.name(mechanism), day_key(day), members)


def refused(name: str, day: int, place: int, error: FloatingPointError, asked: str = "") -> DrawError:
    """What was wrong with a draw, and of which stream it was."""
    return DrawError(f"draw '{name}' of day {day}, place {place}: {error}{asked}")


def _short(value) -> str:
    """What was given to a draw, in a few words."""
    return f"{value:g}" if np.ndim(value) == 0 else np.array2string(np.asarray(value), threshold=6, precision=4)


def day_key(day: int) -> np.uint64:
    """A day as part of a key; days before the start are negative."""
    return np.uint64(day + _DAY_ZERO)
