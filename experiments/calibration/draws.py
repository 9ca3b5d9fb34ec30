"""The posterior of a calibration: points of the last space weighted by how likely they make the figures, and drawn anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.calibration.implausibility import Wave
from experiments.calibration.plan import quantiles
from simulation.port.posterior import DRAW, FILE, WEIGHT, Posterior, register, write_posterior

if TYPE_CHECKING:
    import pandas as pd

    from experiments.calibration.waves import Setting
    from simulation.parameters import Row

DRAWS = 200
TOGETHER = 0.4  # rank correlation from which two parameters are said to be known only together
UNLEARNT = 0.1  # shrinkage below which nothing was learnt
UNIFORM_SD = 12.0**-0.5
INTERVALS = {"in50": (0.25, 0.75), "in90": (0.05, 0.95)}


Said = tuple[np.ndarray, np.ndarray]
"""What a wave says of the points that it was fitted to: `Wave.expected`, two of float64 (points, targets)."""


def weigh(wave: Wave, said: Said, runs: np.ndarray, proposed: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights of points that were drawn from a density, and their effective number.

    wave: the emulators that were fitted to these points. runs: float64 (points, seeds, targets) on the scale of targets, NaN
    where one failed. proposed: log of the density that points were drawn from, (points,).

    How likely a point makes the figures is told by the emulators and not by its own few runs, whose luck would choose among
    points: of the city, log weights by the one and by the other of two runs correlated by .32, by emulators of one and of the
    other half of the points by .76. What no emulator can tell is told by the runs. Points without any run weigh nothing.
    """
    found = wave.likely(range(len(wave.targets)), *said) - proposed
    found[~np.isfinite(runs).any(axis=(1, 2))] = -np.inf
    return _shares(found)


def _shares(found: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights of which the logarithms are known up to a constant, and the number of even draws that they are worth."""
    weights = np.exp(found - found.max())
    weights /= weights.sum()
    return weights, even_draws(weights)


def even_draws(weights: np.ndarray) -> float:
    """How many even draws weights that sum to one are worth."""
    return float(1.0 / (weights**2).sum())


def check_weights(
    wave: Wave, said: Said, unit: np.ndarray, runs: np.ndarray, rng: np.random.Generator, count: int
) -> pd.DataFrame:
    """Whether intervals of weights hold what is known: runs of the points are taken for the figures in their turn.

    A row a run and free direction: `point`, `position` of the true value in the weighted points (0 to 1), `in50` and `in90`,
    whether the interval holds it, and `effective`. Runs get the errors that figures have, and discrepancy. The points stand
    for the prior, and so each weighs as its likelihood; the own one not at all (simulation-based calibration, Talts et al.
    2018, arXiv:1804.06788). It sees emulators, likelihood and luck at full size, and neither walkers nor earlier waves.
    """
    import pandas as pd

    targets, rows = wave.targets, []
    means, variances = said
    series = [target.item.series for target in targets]
    own, shared = (np.array([getattr(t, name) for t in targets]) for name in ("own_variance", "shared_sd"))
    whole = np.flatnonzero(np.isfinite(runs[:, 0]).all(axis=1))
    for point in rng.permutation(whole)[:count].tolist():
        common = {name: rng.standard_normal() for name in series}
        error = np.sqrt(own) * rng.standard_normal(len(own)) + shared * [common[name] for name in series]
        moved = runs[point, 0] + error - [target.observed for target in targets]
        found = wave.likely(range(len(targets)), means - moved, variances)
        found[point] = -np.inf
        weights, effective = _shares(found)
        position = weights @ (unit < unit[point])
        table = {"point": point, "free": np.arange(unit.shape[1]), "position": position, "effective": effective}
        rows.append(pd.DataFrame(table))
    if not rows:
        return pd.DataFrame(columns=["point", "free", "position", "effective", *INTERVALS])
    table = pd.concat(rows, ignore_index=True)
    return table.assign(**{name: table["position"].between(*ends) for name, ends in INTERVALS.items()})


def resample(weights: np.ndarray, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Which points to keep, and how often each was drawn: systematic resampling, the fairest for its size."""
    at = (rng.random() + np.arange(count)) / count
    drawn = np.searchsorted(np.cumsum(weights) / weights.sum(), at, side="right").clip(max=len(weights) - 1)
    return np.unique(drawn, return_counts=True)


def write_draws(
    setting: Setting, unit: np.ndarray, weights: np.ndarray, folder: Path, about: Mapping[str, Any], count: int = DRAWS
) -> Path:
    """`posterior.parquet` in a folder: weighted draws of all free parameters, and where they come from."""
    import pandas as pd

    kept, times = resample(weights, count, setting.rng("resample"))
    columns = setting.plan.settings(unit[kept], setting.rows)
    draws = pd.DataFrame({DRAW: kept, WEIGHT: times / times.sum(), **columns})
    told = {
        "model": setting.plan.model,
        "version": version("katye"),
        "register": register(setting.family.parameters()),
        "free": [[one.name, list(one.parameters), sorted(one.opposite), one.why] for one in setting.plan.free],
        "seed": setting.seed,
        "scenario": setting.plan.scenario,
        "start": str(setting.start),
        "days": setting.days,
        "weight": setting.plan.weight,
        "cutoff": str(setting.cutoff) if setting.cutoff else None,
        "observations": setting.digest,
        "figures": [target.name for target in setting.targets],
        "points": len(unit),
        "seeds": setting.plan.seeds,
        **about,
    }
    return write_posterior(folder / FILE, draws, told)


@dataclass(frozen=True)
class Learnt:
    """Prior against posterior of a parameter: 5 %, 50 %, 95 %. shrinkage: 1 - spread after / before, on the quantiles.

    unlearnt: so little that so few draws could show it by chance.
    """

    name: str
    prior: tuple[float, float, float]
    posterior: tuple[float, float, float]
    shrinkage: float
    unlearnt: bool


def learnt(posterior: Posterior, rows: Mapping[str, Row]) -> list[Learnt]:
    """A line a parameter: 5 %, 50 % and 95 % of its prior and of its posterior."""
    found, least = [], max(UNLEARNT, 2.0 / np.sqrt(2.0 * effective(posterior)))
    for name, column in zip(posterior.names, posterior.values.T, strict=True):
        row = rows[name]
        before = tuple(float(row.draw(u)) for u in (0.05, 0.5, 0.95))
        after = tuple(weighted_quantile(column, posterior.weights, u) for u in (0.05, 0.5, 0.95))
        unit = quantiles(row, column)
        spread = float(np.sqrt(posterior.weights @ (unit - posterior.weights @ unit) ** 2))
        shrinkage = 1.0 - spread / UNIFORM_SD
        found.append(Learnt(name, before, after, shrinkage, shrinkage < least))
    return found


def together(posterior: Posterior, rows: Mapping[str, Row]) -> list[tuple[str, str, float]]:
    """Pairs whose quantiles go together beyond chance, and by how much; of a group that moved as one, its first."""
    firsts = [group[0] for _, group, *_ in posterior.about["free"]]
    names = [name for name in posterior.names if name in firsts]
    unit = np.column_stack([quantiles(rows[n], posterior.values[:, posterior.names.index(n)]) for n in names])
    centred = unit - posterior.weights @ unit
    covariance = (posterior.weights[:, None] * centred).T @ centred
    spread = np.sqrt(np.diag(covariance))
    least = max(TOGETHER, 3.0 / np.sqrt(effective(posterior)))  # what chance alone hardly gives
    found = []
    for i, one in enumerate(names):
        for j in range(i + 1, len(names)):
            r = covariance[i, j] / (spread[i] * spread[j]) if spread[i] > 0 and spread[j] > 0 else 0.0
            if abs(r) >= least:
                found.append((one, names[j], float(r)))
    return sorted(found, key=lambda pair: -abs(pair[2]))


def central(posterior: Posterior) -> dict[str, float]:
    """The draw that has the least weighted distance to all others, each parameter in its own spread."""
    mean = posterior.weights @ posterior.values
    spread = np.sqrt(posterior.weights @ (posterior.values - mean) ** 2)
    scaled = (posterior.values - mean) / np.where(spread > 0, spread, 1.0)
    apart = np.sqrt(((scaled[:, None, :] - scaled[None, :, :]) ** 2).sum(axis=2)) @ posterior.weights
    return dict(zip(posterior.names, posterior.values[int(apart.argmin())].tolist(), strict=True))


def effective(posterior: Posterior) -> float:
    """How many even draws it is worth: as its runs' weights were, and never more than its own are."""
    own = even_draws(posterior.weights)
    told = posterior.about.get("effective")
    return max(1.0, min(own, float(told)) if isinstance(told, int | float) else own)


def weighted_quantile(values: np.ndarray, weights: np.ndarray, u: float) -> float:
    """The value below which a share `u` of the weight lies, by straight lines between the middles of the weights."""
    order = np.argsort(values, kind="stable")
    values, weights = values[order], weights[order]
    middles = (np.cumsum(weights) - 0.5 * weights) / weights.sum()
    return float(np.interp(u, middles, values))
