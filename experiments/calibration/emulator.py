"""Emulators: what a run would give at any point of the free space, from some hundred real runs, and how far that is wrong.

A straight line in all coordinates, and on it a Gaussian process over those few coordinates that bend it most (the "active"
ones of history matching). Its hyperparameters are those of scikit-learn's `GaussianProcessRegressor` on what the line leaves;
line and process are then predicted together (universal kriging), so that the line's own error is in the variance, and leaving
out each point in turn has a closed form (Dubrule 1983, doi:10.1007/BF01033232).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from simulation.errors import InputError, installing

ACTIVE = 6  # coordinates over which the Gaussian process bends the line
MOST = 160  # points from which hyperparameters are taken: their cost grows with the cube
STEPS = 20  # of the search for hyperparameters
LEAST_R2 = 0.3  # below it a target is compared by runs alone
NEAREST = 0.25  # of the points, those nearest to the figure, in which luck is measured
JITTER = 1e-8
DIRECTIONS = 100  # at most, in which the points say something
PENALTIES = np.logspace(-3, 3, 13)  # on slopes
FREE = 1e-6  # on the level


@dataclass(frozen=True)
class Emulator:
    """What to expect of one target over the unit cube.

    r2: share of the points' variance that is predicted where each is left out; NaN where all points have one value. luck:
    variance of a single run around what its point gives on average. unknown: variance that coordinates which are not active
    leave, beside the line. Everything is on the scale of the target.
    """

    r2: float
    luck: float
    middle: float
    scale: float
    active: np.ndarray
    unknown: float = 0.0
    lengths: np.ndarray | None = None
    signal: float = 0.0
    points: np.ndarray | None = None
    weights: np.ndarray | None = None
    line: np.ndarray | None = None
    seen: np.ndarray | None = None
    lines_seen: np.ndarray | None = None
    lines_error: np.ndarray | None = None

    @property
    def usable(self) -> bool:
        """Whether it says enough to rule anything out."""
        return bool(self.r2 >= LEAST_R2)

    def predict(self, unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance of what points give on average, luck apart: unit float64 (m, free) -> two of (m,)."""
        known = self.signal * matern(unit[:, self.active] / self.lengths, self.points)
        line = _line(unit)
        mean = line @ self.line + known @ self.weights
        # what the points say takes from the process's own variance; what they do not say of the line is added
        from_line = line - known @ self.lines_seen
        variance = self.signal - ((known @ self.seen) ** 2).sum(axis=1)
        variance += ((from_line @ self.lines_error) ** 2).sum(axis=1)
        return self.middle + self.scale * mean, self.scale**2 * np.maximum(variance, 0.0) + self.unknown


def matern(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Correlations of a Matern process of smoothness 5/2 between points in units of its lengths: (m, n)."""
    square = (some**2).sum(axis=1)[:, None] + (others**2).sum(axis=1) - 2.0 * some @ others.T
    apart = np.sqrt(5.0 * np.maximum(square, 0.0))
    return (1.0 + apart + apart**2 / 3.0) * np.exp(-apart)


def check_installed() -> None:
    """InputError unless scikit-learn is there: only calibration needs it."""
    try:
        import sklearn  # noqa: F401
    except ImportError:
        hint = installing("katye[calibration]")
        raise InputError("scikit-learn is not installed, and emulators need it", hint=hint) from None


def fit(unit: np.ndarray, runs: np.ndarray, observed: float) -> Emulator:
    """The emulator of one target.

    unit: float64 (points, free) in the unit cube. runs: float64 (points, seeds) on the target's scale, NaN where a run has no
    value. observed: the figure on that scale.
    """
    runs = np.asarray(runs, float)
    there = np.isfinite(runs).any(axis=1)
    unit, runs = unit[there], runs[there]
    if len(runs) == 0:
        return Emulator(np.nan, np.nan, np.nan, 1.0, np.array([], int))
    means = np.nanmean(runs, axis=1)
    luck = luck_between(runs, means, observed)
    middle, scale = float(means.mean()), float(means.std())
    if scale <= 1e-12 * max(1.0, abs(middle)) or len(means) < 4:
        return Emulator(np.nan, 0.0 if np.isnan(luck) else luck, middle, 1.0, np.array([], int))
    y = (means - middle) / scale
    line = _line(unit)
    rest, slopes = _straight(line, y)
    active = _active(unit, y)
    lengths, signal, noise = _hyperparameters(unit[:, active], rest)
    points = unit[:, active] / lengths
    process = signal * matern(points, points)
    inverse = np.linalg.inv(process + (noise + JITTER) * np.eye(len(points)))
    lines_error = np.linalg.inv(line.T @ inverse @ line + np.diag(slopes))
    lines_seen = inverse @ line
    whole = inverse - lines_seen @ lines_error @ lines_seen.T
    left_out = (whole @ y) / np.diag(whole)
    r2 = float(1.0 - (left_out**2).sum() / ((y - y.mean()) ** 2).sum())
    beta = lines_error @ (lines_seen.T @ y)
    if np.isnan(luck):  # one run a point: what the process could not tell from noise is its luck
        luck = noise * scale**2
    unknown = max(noise * scale**2 - luck / float(np.isfinite(runs).sum(axis=1).mean()), 0.0)
    # where points that are left out are missed by more than it says, it says too little
    unknown += scale**2 * max(float((left_out**2).mean() - (1.0 / np.diag(whole)).mean()), 0.0)
    return Emulator(
        r2=r2,
        luck=luck,
        middle=middle,
        scale=scale,
        active=active,
        unknown=unknown,
        lengths=lengths,
        signal=signal,
        points=points,
        weights=inverse @ (y - line @ beta),
        line=beta,
        seen=_seen(process, noise + JITTER),
        lines_seen=lines_seen,
        lines_error=np.linalg.cholesky(lines_error),
    )


def _seen(process: np.ndarray, noise: float) -> np.ndarray:
    """A root of the inverse of the points' covariance, (points, directions), in the directions of which they say anything.

    The others, in which noise drowns the process, would take nothing from a variance; there are often four times as many.
    """
    size, directions = np.linalg.eigh(process)
    kept = np.argsort(size)[::-1][:DIRECTIONS]
    kept = kept[size[kept] > 1e-3 * noise]
    return directions[:, kept] / np.sqrt(size[kept] + noise)


def luck_between(runs: np.ndarray, means: np.ndarray, observed: float) -> float:
    """Variance between runs of one point, pooled over the points nearest to the figure; NaN where all have one run.

    Elsewhere in the space luck may be of another size, and where runs are far from the figure it decides nothing.
    """
    several = np.isfinite(runs).sum(axis=1) > 1
    if not several.any():
        return np.nan
    runs, means = runs[several], means[several]
    count = max(min(len(means), 10), int(NEAREST * len(means)))
    near = np.argsort(np.abs(means - observed), kind="stable")[:count]
    free = np.isfinite(runs[near]).sum(axis=1) - 1
    return float((np.nanvar(runs[near], axis=1) * (free + 1)).sum() / free.sum())


def luck_together(runs: np.ndarray) -> np.ndarray:
    """How luck goes together in targets: correlations between runs of one point, float64 (targets, targets).

    runs: float64 (points, seeds, targets). Of points whose runs have all values, with Ledoit and Wolf's shrinkage
    (doi:10.1016/S0047-259X(03)00096-4), as few points would else show ties of chance; none where all have one run.
    """
    from sklearn.covariance import ledoit_wolf

    _, seeds, targets = runs.shape
    runs = runs[np.isfinite(runs).all(axis=(1, 2))]
    if seeds < 2 or len(runs) < 2:
        return np.eye(targets)
    away = (runs - runs.mean(axis=1, keepdims=True)).reshape(-1, targets)
    spread = away.std(axis=0)
    found, _ = ledoit_wolf(away / np.where(spread > 0.0, spread, 1.0), assume_centered=True)
    size = np.sqrt(np.diag(found))
    return found / np.outer(size, size)


def _line(unit: np.ndarray) -> np.ndarray:
    """The columns of the straight line: one, and every coordinate from its middle."""
    return np.column_stack([np.ones(len(unit)), 2.0 * unit - 1.0])


def _straight(line: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the line leaves of the values, and how sure its slopes are before any is seen (a precision for every column).

    The slopes are drawn towards zero as far as makes the points best predicted where each is left out: with hardly more points
    than coordinates a free line would fit anything.
    """
    best = None
    for penalty in PENALTIES:
        weights = np.full(line.shape[1], penalty)
        weights[0] = FREE
        hat = line @ np.linalg.solve(line.T @ line + np.diag(weights), line.T)
        rest = y - hat @ y
        error = float(((rest / np.maximum(1.0 - np.diag(hat), 1e-9)) ** 2).mean())
        if best is None or error < best[0]:
            best = error, rest, weights
    error, rest, weights = best
    return rest, weights / max(error, 1e-9)


def _active(unit: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The coordinates that say most about a target, each by a cubic of its own; those may also act together."""
    power = np.stack([unit - 0.5, (unit - 0.5) ** 2, (unit - 0.5) ** 3], axis=2)
    said = []
    for column in range(unit.shape[1]):
        columns = np.column_stack([np.ones(len(unit)), power[:, column]])
        fitted = columns @ np.linalg.lstsq(columns, y, rcond=None)[0]
        said.append(float(((fitted - y.mean()) ** 2).sum()))
    return np.sort(np.argsort(said, kind="stable")[::-1][:ACTIVE])


def _hyperparameters(points: np.ndarray, rest: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Lengths, and the variances of process and noise, as scikit-learn finds them on at most `MOST` points."""
    from scipy.optimize import minimize
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

    def search(function, start, bounds):
        found = minimize(function, start, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": STEPS})
        return found.x, found.fun

    total = max(float(rest.var()), 1e-6)
    kernel = ConstantKernel(0.5 * total, (1e-3 * total, 1e2 * total)) * Matern(
        np.full(points.shape[1], 1.0), (0.15, 20.0), nu=2.5
    ) + WhiteKernel(0.5 * total, (1e-4 * total, 2.0 * total))
    some = np.linspace(0, len(points) - 1, min(len(points), MOST)).astype(int)
    process = GaussianProcessRegressor(kernel, optimizer=search)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # at a bound, or after its steps: as good as it has to be
        process.fit(points[some], rest[some])
    signal, lengths = process.kernel_.k1.k1.constant_value, process.kernel_.k1.k2.length_scale
    return np.atleast_1d(lengths), float(signal), float(process.kernel_.k2.noise_level)
