"""Targets: published figures on the scale on which runs are held against them, with every error they have.

A count is held on the scale log(x + a tenth of the figure, at least its error), as its luck and its errors grow with it;
a share as it is. The error of a figure has a part of its own (how it was counted) and a part that its series shares (which
part of the country's count falls to what the model simulates); the model's discrepancy is half the one and half the other.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulation.errors import InputError, unknown_name
from simulation.port.record import Observation

HALF = 0.5  # of a discrepancy's variance is common to a series
SMALL = 1e-9


@dataclass(frozen=True)
class Target:
    """A figure and the model's discrepancy in it: a part of a count, points of a share.

    remainder: others say it already, as parts that sum to one do, so it has no say in a likelihood.
    """

    item: Observation
    discrepancy: float = 0.0
    remainder: bool = False

    @property
    def name(self) -> str:
        """Series and the last day of its window."""
        return f"{self.item.series} {self.item.end}"

    @property
    def counted(self) -> bool:
        return self.item.format != "share"

    @cached_property
    def offset(self) -> float:
        """What is added to a count before its logarithm is taken."""
        return max(self.item.own_sd + self.item.shared_sd, 0.1 * self.item.value, SMALL)

    def scaled(self, values: np.ndarray | float) -> np.ndarray:
        """Values of runs on the scale of comparison."""
        return np.log(np.asarray(values, float) + self.offset) if self.counted else np.asarray(values, float)

    @cached_property
    def observed(self) -> float:
        """The figure on that scale."""
        return float(self.scaled(self.item.value))

    @property
    def _slope(self) -> float:
        return 1.0 / (self.item.value + self.offset) if self.counted else 1.0

    @property
    def _missed(self) -> float:
        """The discrepancy on the scale, a standard deviation."""
        return self.discrepancy * (self.item.value * self._slope if self.counted else 1.0)

    @cached_property
    def own_variance(self) -> float:
        """Variance of the errors that no other figure has, on the scale."""
        return (self.item.own_sd * self._slope) ** 2 + (1.0 - HALF) * self._missed**2

    @cached_property
    def shared_sd(self) -> float:
        """Standard deviation of the errors that the series has together, on the scale."""
        return float(np.sqrt((self.item.shared_sd * self._slope) ** 2 + HALF * self._missed**2))

    @property
    def variance(self) -> float:
        """All of it: observation and discrepancy."""
        return self.own_variance + self.shared_sd**2


def choose_targets(
    record: Sequence[Observation],
    discrepancies: Mapping[str, float],
    start: datetime.date,
    days: int,
    cutoff: datetime.date | None = None,
    remainders: Collection[str] = (),
) -> list[Target]:
    """The figures of these series within the days of runs, and published up to the cut-off. remainders: series that are such.

    InputError: a series that the record has not; a cut-off after the data or before all of them; nothing within the days.
    """
    series = {item.series for item in record}
    for name in discrepancies:
        if name not in series:
            raise unknown_name("series", name, series, "calibration, [targets]")
    released = [item.released or item.end for item in record]
    if cutoff is not None and cutoff > max(released):
        what = f"{cutoff} is after the data, of which the last were published on {max(released)}"
        raise InputError(what, "--cutoff", "Leave it out to take all of them")
    found = [
        Target(item, discrepancies[item.series], item.series in remainders)
        for item, day in zip(record, released, strict=True)
        if item.series in discrepancies and item.within(start, days) and (cutoff is None or day <= cutoff)
    ]
    if not found:
        end = start + datetime.timedelta(days=days)
        until = f" and was published by {cutoff}" if cutoff else ""
        what = f"no figure lies within its days ({start} to {end}){until}"
        raise InputError(what, "calibration", "Make the runs longer, or the cut-off later")
    return found


def synthetic(targets: Sequence[Target], values: np.ndarray, rng: np.random.Generator) -> list[Target]:
    """The same figures as they would have been published had a run been the world: its values, with errors of their kind.

    values: float64 (targets,), in the unit of the figures. No discrepancy, as the model is right there by construction.
    """
    made = []
    for target, value in zip(targets, values, strict=True):
        item = target.item
        sd = float(np.hypot(item.own_sd, item.shared_sd))
        if target.counted and item.value:  # errors of counts are of the size of what is counted
            sd *= max(value / item.value, 0.1)
        seen = float(np.clip(value + sd * rng.standard_normal(), 0.0, np.inf if target.counted else 1.0))
        changes = {"published": seen, "published_sd": sd, "published_low": None, "published_high": None}
        alone = {"share": 1.0, "share_low": None, "share_high": None, "reporting": 1.0}
        made.append(Target(dataclasses.replace(item, **changes, **alone), remainder=target.remainder))
    return made
