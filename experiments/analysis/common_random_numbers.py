"""What common random numbers are worth: two policies under shared seeds, against the same two under seeds of their own.

Each seed runs both policies. The spread of their difference under one seed is measured directly; under seeds of their
own it is Var(one) + Var(other), estimated from the same runs of each side and not from one arbitrary pairing. Their
quotient says how many times fewer runs give the same precision.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis.study_results import StudyResults
from experiments.store.sharing import load_cells
from experiments.study.ready_made import COMMON_RANDOM_NUMBERS, FEWEST_SEEDS
from simulation.errors import InputError

if TYPE_CHECKING:
    import pandas

    from simulation.port.outcomes import Outcome

DAYS = (30, 90, 180, 365)
RESAMPLES = 10_000
MANY = 100  # variance ratios beyond are not worth their digits
SIDES = ("one", "other")


@dataclass(frozen=True)
class Pairs:
    """Both sides of every seed, day by day: {outcome: float64 (pairs, days + 1)}; flows are added up from the start.

    A seed that lacks a side is left out on both. `outcomes`: the daily columns, with their words.
    """

    study: StudyResults
    outcomes: dict[str, Outcome]
    one: dict[str, np.ndarray]
    other: dict[str, np.ndarray]

    @classmethod
    def read(cls, folder: str | Path) -> Pairs:
        """InputError if the folder holds no study of two sides, or too few pairs of runs have finished."""
        study = StudyResults.read(folder)
        if study.card.get("analysis") != COMMON_RANDOM_NUMBERS:
            hint = "Make one with: katye common-random-numbers"
            raise InputError("it is no study of two sides under shared seeds", f"study in {folder}", hint)
        curves = load_cells(folder, "curves").sort_values(["replicate", "day"])
        days = curves["day"].nunique()
        whole = curves.groupby("replicate")["arm"].nunique() == len(SIDES)
        curves = curves[curves["replicate"].isin(whole.index[whole])]
        found = {name: outcome for name, outcome in study.family.curve_columns.items() if name in curves}
        sides = [
            {name: curves.loc[curves["arm"] == side, name].to_numpy(float).reshape(-1, days) for name in found}
            for side in SIDES
        ]
        if whole.sum() < FEWEST_SEEDS:
            hint = "Add runs with: katye resume --replicates"
            raise InputError(f"{whole.sum()} pairs of runs are too few to see a spread", f"study in {folder}", hint)
        return cls(study, found, *sides)

    @property
    def days(self) -> int:
        return next(iter(self.one.values())).shape[1] - 1

    @property
    def number(self) -> int:
        return next(iter(self.one.values())).shape[0]


def compare(one: np.ndarray, other: np.ndarray, resamples: int = RESAMPLES) -> dict[str, float]:
    """What sharing luck does to the difference of two sides, (pairs,) each, seed by seed.

    variance_ratio: (Var(one) + Var(other)) / Var(one - other), the factor by which fewer runs do; NaN when nothing
    varies, infinite when only the difference does not. low, high: 95 % percentile bootstrap over seeds, both sides of
    a seed drawn together, always with the same resamples.
    """
    shared, apart = _variances(one, other)
    drawn = np.random.default_rng(1).integers(one.size, size=(resamples, one.size))
    ratios = _ratio(*_variances(one[drawn], other[drawn]))
    known = ratios[~np.isnan(ratios)]
    low, high = np.quantile(known, (0.025, 0.975), method="nearest") if known.size else (np.nan, np.nan)
    return {
        "pairs": one.size,
        "mean_one": float(one.mean()),
        "mean_other": float(other.mean()),
        "mean_difference": float((one - other).mean()),
        "sd_shared": float(np.sqrt(shared)),
        "sd_independent": float(np.sqrt(apart)),
        "correlation": float(correlation(one, other)),
        "variance_ratio": float(_ratio(shared, apart)),
        "low": float(low),
        "high": float(high),
    }


def _variances(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Variance of the difference with shared and with independent luck, over the last axis."""
    difference, one, other = (_shifted(values) for values in (one - other, one, other))
    return difference.var(axis=-1, ddof=1), one.var(axis=-1, ddof=1) + other.var(axis=-1, ddof=1)


def _shifted(values: np.ndarray) -> np.ndarray:
    """Values less the first of them: where all are equal, their variance is then 0 and not what rounding makes of it."""
    return values - values[..., :1]


def _ratio(shared: np.ndarray, apart: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.divide(apart, shared)


def correlation(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Correlation of both sides over the last axis; NaN where a side does not vary."""
    a, b = (side - side.mean(axis=-1, keepdims=True) for side in (_shifted(one), _shifted(other)))
    with np.errstate(divide="ignore", invalid="ignore"):
        return (a * b).sum(axis=-1) / np.sqrt((a * a).sum(axis=-1) * (b * b).sum(axis=-1))


def saving_table(pairs: Pairs) -> pandas.DataFrame:
    """A row an outcome and day (30, 90, 180, 365 as far as the runs go, and the last): `compare` and the unit."""
    import pandas

    days = sorted({day for day in DAYS if day < pairs.days} | {pairs.days})
    rows = [
        {"outcome": name, "unit": outcome.unit, "day": day}
        | compare(pairs.one[name][:, day], pairs.other[name][:, day])
        for name, outcome in pairs.outcomes.items()
        for day in days
    ]
    return pandas.DataFrame(rows)


def saving(ratio: float, low: float, high: float) -> str:
    """A variance ratio in words, by its interval: how many runs shared luck saves."""
    if np.isnan(ratio):
        return "the runs do not differ"
    if np.isinf(ratio):
        return "both sides are the same in every pair"
    if low > MANY:
        return f"over {MANY} times fewer runs"
    if high < 1:
        return f"{1 / ratio:.2g} times more runs"
    return f"{ratio:.2g} times fewer runs" if low > 1 else "no saving shown"
