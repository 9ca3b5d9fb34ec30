"""What common random numbers are worth: two policies under shared seeds, against the same two under seeds of their own.

Each seed runs both policies. The spread of their difference under one seed is measured directly; under seeds of their
own it is Var(one) + Var(other), estimated from the same runs of each side and not from one arbitrary pairing. Their
quotient says how many times fewer runs give the same precision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.run.sweep import available_workers, counted, plan
from experiments.run.task import Task
from experiments.study.study import Cell, Study, check_effects
from simulation.errors import InputError
from simulation.runs.runner import forget, run_tasks

if TYPE_CHECKING:
    import pandas

    from models.haiti.scenario.scenario import Case

OUTCOMES = {
    "gang_control_population_share": "Residents in gang-held areas",
    "gang_influence_mean": "Mean gang influence",
    "displaced_people": "People displaced",
    "new_displacements": "New displacements since the start",
    "residents_killed": "Residents killed since the start",
}
DAYS = (30, 90, 180, 365)
FEWEST = 3  # pairs of runs; of fewer a spread says nothing
RESAMPLES = 10_000
MANY = 100  # variance ratios beyond are not worth their digits
BOTH = {"deployment.forced": True}
ONE = {"deployment.authorised": 2500}
OTHER = {"deployment.authorised": 1000}


@dataclass(frozen=True)
class Pairs:
    """Both sides of every seed, day by day: {outcome: float64 (pairs, days + 1)}; counts are added up from the start.

    `failures`: error and command of each run that failed; its seed is left out on both sides.
    """

    study: Study
    one: dict[str, np.ndarray]
    other: dict[str, np.ndarray]
    failures: tuple[str, ...] = ()

    @property
    def days(self) -> int:
        return next(iter(self.one.values())).shape[1] - 1

    @property
    def number(self) -> int:
        return next(iter(self.one.values())).shape[0]


def luck_study(
    scenario: str = "baseline",
    both: Mapping[str, Any] | None = None,
    one: Mapping[str, Any] | None = None,
    other: Mapping[str, Any] | None = None,
    *,
    seeds: int = 40,
    days: int = 365,
    weight: int = 50,
) -> Study:
    """The two sides as a study with an arm each. Without any setting: 2,500 against 1,000 people forced into place.

    InputError for names and values that do not exist, for sides that are the same, for less than three seeds.
    """
    if not (both or one or other):
        both, one, other = BOTH, ONE, OTHER
    if seeds < FEWEST:
        raise InputError(f"{seeds} pairs of runs are too few to see a spread", "--seeds", f"Take {FEWEST} or more")
    study = Study(
        name="luck",
        title="Common random numbers",
        question="What is shared luck worth?",
        scenario=scenario,
        vary={},
        replicates=seeds,
        days=days,
        weight=weight,
        arms={"one": dict(one or {}), "other": dict(other or {})},
        fixed=dict(both or {}),
    )
    cases = [_case(study, cell) for cell in study.cells()]
    first, second = (case.parameters.changes() for case in cases)
    if first == second:
        hint = "For example --one deployment.authorised=1000"
        raise InputError("both sides have the same parameters", "--one, --other", hint)
    check_effects(
        study.family, [(cell.overrides, case) for cell, case in zip(study.cells(), cases)], "--set, --one, --other"
    )
    return study


def _case(study: Study, cell: Cell) -> Case:
    try:
        return study.case(cell)
    except InputError as error:
        raise InputError(str(error), f"side '{cell.arm}'") from None


def run_pairs(
    study: Study, workers: int | None = None, progress: Callable[[int, int, int], None] | None = None
) -> Pairs:
    """Both sides of a `luck_study` under every seed, as far as they end well."""
    tasks = plan(study)
    workers = available_workers() if workers is None else workers
    finished = run_tasks(follow, tasks, workers, counted(progress, len(tasks)))
    if finished.interrupted:
        raise KeyboardInterrupt
    histories = {item.index: item.value for item in finished.done}
    whole = [run for run in range(0, len(tasks), 2) if run in histories and run + 1 in histories]
    failures = tuple(f"{item.error} in: {_command(study, tasks[item.index])}" for item in finished.failures)
    sides = [{name: np.array([histories[run + k][name] for run in whole]) for name in OUTCOMES} for k in (0, 1)]
    return Pairs(study, *sides, failures)


def _command(study: Study, task: Task) -> str:
    return study.run_command(task.cell, task.replicate)


def follow(task: Task) -> dict[str, np.ndarray]:
    """One run, in whatever process this is: every outcome of every day, float64 (days + 1,)."""
    from models.haiti.metrics import DAILY
    from models.haiti.model import HaitiModel

    model = HaitiModel(task.case, run_seed=task.seed).run()
    values = {name: np.array(model.recorder.values[name], float) for name in OUTCOMES}
    forget(model)
    summed = {name for name in OUTCOMES if any(reduction == "total" for _, reduction in DAILY[name].outcomes)}
    return {name: days.cumsum() if name in summed else days for name, days in values.items()}


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


def luck_table(pairs: Pairs) -> pandas.DataFrame:
    """A row an outcome and day (30, 90, 180, 365 as far as the runs go, and the last): `compare` and the unit."""
    import pandas

    from models.haiti.metrics import DAILY

    days = sorted({day for day in DAYS if day < pairs.days} | {pairs.days})
    rows = [
        {"outcome": name, "unit": DAILY[name].unit, "day": day}
        | compare(pairs.one[name][:, day], pairs.other[name][:, day])
        for name in OUTCOMES
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
