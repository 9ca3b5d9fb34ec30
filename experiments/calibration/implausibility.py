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
    """What one wave's runs say: its emulators, one a target, and how luck goes together in them.

    together: correlations of luck between targets, float64 (targets, targets), as `luck_together` gives; None is none.
    """

    targets: Sequence[Target]
    emulators: Sequence[Emulator]
    missed: int = 0
    together: np.ndarray | None = None

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
        # what has no say is not asked at every move
        telling = [number for number in self.usable if not self.targets[number].remainder]
        if not telling:
            return np.zeros(len(unit))
        said = [self.emulators[n].predict(unit) for n in telling]
        means, variances = (np.column_stack(part) for part in zip(*said, strict=True))
        return self.likely(telling, means, variances)

    def likely(self, numbers: Sequence[int], means: np.ndarray, variances: np.ndarray) -> np.ndarray:
        """How likely these targets are where points give this on average, luck apart: two of float64 (m, numbers) -> (m,)."""
        luck = np.sqrt([np.nan_to_num(self.emulators[n].luck) for n in numbers])
        together = np.eye(len(numbers)) if self.together is None else self.together[np.ix_(numbers, numbers)]
        targets = [self.targets[n] for n in numbers]
        return log_likelihood(targets, means, variances, np.outer(luck, luck) * together)

    def expected(self, unit: np.ndarray, runs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What points give on average by the emulators of all targets, usable or not, and its variance: (m, targets) both.

        runs: float64 (m, seeds, targets) of the points, which tell it where an emulator has nothing to say.
        """
        means, seeds = _means(runs)
        variances = np.nan_to_num([one.luck for one in self.emulators]) / seeds
        for number, one in enumerate(self.emulators):
            if one.points is not None:
                means[:, number], variances[:, number] = one.predict(unit)
        return means, variances


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


def log_likelihood(targets: Sequence[Target], means: np.ndarray, variances: np.ndarray, luck: np.ndarray) -> np.ndarray:
    """Log of the chance of the figures at every point, up to a constant: Student's t, the figures of a series together.

    means, variances: what points give, float64 (m, targets), and its variance beside those of the target and of luck; NaN
    means count as `FAR` standard deviations off. luck: its covariance, (targets, targets). Within a series errors and luck
    have a part in common; between series none counts. A series that is the remainder of others has no say.
    """
    total = np.zeros(len(means))
    for series in dict.fromkeys(target.item.series for target in targets if not target.remainder):
        mine = [n for n, target in enumerate(targets) if target.item.series == series]
        common = np.array([targets[n].shared_sd for n in mine])
        fixed = np.diag([targets[n].own_variance for n in mine]) + np.outer(common, common) + luck[np.ix_(mine, mine)]
        covariance = fixed + variances[:, mine, None] * np.eye(len(mine))
        off = means[:, mine] - [targets[n].observed for n in mine]
        off = np.where(np.isnan(off), FAR * np.sqrt(np.einsum("mii->mi", covariance)), off)
        root = np.linalg.cholesky(covariance)
        distance = (np.linalg.solve(root, off[..., None])[..., 0] ** 2).sum(axis=1)
        size = 2.0 * np.log(np.einsum("mii->mi", root)).sum(axis=1)
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
