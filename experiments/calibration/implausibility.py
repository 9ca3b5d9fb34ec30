"""Implausibility: how many standard deviations a point of the free space is from the published figures, by its emulators.

For one figure it is |observed - mean| / sqrt(emulator + luck + observation + discrepancy), all four as variances. A point is
implausible where the largest over all figures is beyond the cut; some few may be left out of the maximum, as one figure that
is wrong would else empty the space (Vernon, Goldstein and Bower 2010, doi:10.1214/10-BA524).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from experiments.calibration.emulator import Emulator
from experiments.calibration.targets import Target

CUT = 3.0
FAR = 6.0  # standard deviations off, for a run that has no value where the figure has one
FREEDOM = 5.0  # degrees of freedom of the likelihood: one figure that is far off does not decide alone


@dataclass(frozen=True)
class Wave:
    """What one wave's runs say: its emulators, one a target."""

    targets: Sequence[Target]
    emulators: Sequence[Emulator]
    missed: int = 0

    @cached_property
    def usable(self) -> list[int]:
        """Targets whose emulators say enough, those first that rule out most: whose spread is large against their errors."""

        def spread(number: int) -> float:
            one, target = self.emulators[number], self.targets[number]
            away = one.scale**2 + (one.middle - target.observed) ** 2
            return -one.r2 * away / (one.luck + one.unknown + target.variance)

        return sorted((n for n, emulator in enumerate(self.emulators) if emulator.usable), key=spread)

    def each(self, unit: np.ndarray) -> np.ndarray:
        """Implausibility by every usable target, in the order of `usable`: float64 (m, targets)."""
        found = [self._one(number, unit) for number in self.usable]
        return np.column_stack(found) if found else np.zeros((len(unit), 0))

    def _one(self, number: int, unit: np.ndarray) -> np.ndarray:
        target = self.targets[number]
        mean, variance = self.emulators[number].predict(unit)
        return np.abs(target.observed - mean) / np.sqrt(variance + self.emulators[number].luck + target.variance)

    def largest(self, unit: np.ndarray, cut: float = np.inf) -> np.ndarray:
        """The largest but `missed` for every point, float64 (m,); where it is beyond the cut, only that much is known."""
        top = np.zeros((len(unit), self.missed + 1))  # the largest so far, in falling order
        left = np.arange(len(unit))
        for number in self.usable:
            if not len(left):
                break
            one = self._one(number, unit[left])
            top[left] = np.sort(np.column_stack([top[left], one]), axis=1)[:, :0:-1]
            left = left[top[left, -1] <= cut]
        return top[:, -1]

    def log_likelihood(self, unit: np.ndarray) -> np.ndarray:
        """How likely the figures are by the emulators, float64 (m,)."""
        return (
            log_likelihood(*zip(*[(self.targets[n], *self._said(n, unit)) for n in self.usable], strict=True))
            if self.usable
            else np.zeros(len(unit))
        )

    def expected(self, unit: np.ndarray, runs: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """What points give by the emulators of all targets, usable or not, and its variance with luck: a (m,) each a target.

        runs: float64 (m, seeds, targets) of the points, which tell it where an emulator has nothing to say.
        """
        own, seeds = _means(runs)
        means, variances = [], []
        for number, one in enumerate(self.emulators):
            if one.points is None:
                said = own[:, number], np.nan_to_num(one.luck) * (1.0 + 1.0 / seeds[:, number])
            else:
                said = self._said(number, unit)
            means.append(said[0])
            variances.append(said[1])
        return means, variances

    def _said(self, number: int, unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mean, variance = self.emulators[number].predict(unit)
        return mean, variance + self.emulators[number].luck


@dataclass(frozen=True)
class Space:
    """What no wave so far found implausible."""

    waves: Sequence[Wave]
    cut: float = CUT

    def largest(self, unit: np.ndarray, cut: float = np.inf) -> np.ndarray:
        """The largest implausibility of any wave, the last wave first; where it is beyond the cut, only that much is known."""
        found = np.zeros(len(unit))
        for wave in reversed(self.waves):
            left = np.flatnonzero(found <= cut)
            if not len(left):
                break
            found[left] = np.maximum(found[left], wave.largest(unit[left], cut))
        return found


def log_likelihood(
    targets: Sequence[Target], means: Sequence[np.ndarray], variances: Sequence[np.ndarray | float]
) -> np.ndarray:
    """Log of the chance of the figures at every point, up to a constant: Student's t, the figures of a series together.

    means, variances: for each target what points give, (m,), and its variance beside those of the target; NaN means count as
    `FAR` standard deviations off. Within a series errors have a part in common, between series none.
    """
    total = np.zeros(len(means[0]))
    for series in dict.fromkeys(target.item.series for target in targets):
        mine = [n for n, target in enumerate(targets) if target.item.series == series]
        own = np.column_stack([np.broadcast_to(variances[n] + targets[n].own_variance, total.shape) for n in mine])
        common = np.array([targets[n].shared_sd for n in mine])
        off = np.column_stack([np.asarray(means[n], float) - targets[n].observed for n in mine])
        off = np.where(np.isnan(off), FAR * np.sqrt(own + common**2), off)
        # the covariance is diag(own) + common common', whose inverse and determinant are short (Sherman and Morrison)
        inner = 1.0 + (common**2 / own).sum(axis=1)
        distance = (off**2 / own).sum(axis=1) - (off * common / own).sum(axis=1) ** 2 / inner
        size = np.log(own).sum(axis=1) + np.log(inner)
        total -= 0.5 * size + 0.5 * (FREEDOM + len(mine)) * np.log1p(distance / FREEDOM)
    return total


def by_runs(targets: Sequence[Target], runs: np.ndarray, lucks: Sequence[float]) -> np.ndarray:
    """Implausibility of real runs, float64 (points, targets): runs float64 (points, seeds, targets) on the scale of targets."""
    means, seeds = _means(runs)
    variance = np.array([t.variance for t in targets]) + np.nan_to_num(np.asarray(lucks, float)) * (1.0 + 1.0 / seeds)
    off = np.abs(means - np.array([t.observed for t in targets])) / np.sqrt(variance)
    return np.where(np.isnan(off), FAR, off)


def _means(runs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means over the runs of points, NaN where there is none, and how many each is of, one at least: (points, targets) both."""
    there = np.isfinite(runs)
    seeds = np.maximum(there.sum(axis=1), 1)
    return np.where(there.any(axis=1), np.nansum(runs, axis=1) / seeds, np.nan), seeds
