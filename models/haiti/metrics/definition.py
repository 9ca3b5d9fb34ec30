"""What a metric is, and how a run's days become one number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

LAST = 90  # days of the closing mean

REDUCTIONS: dict[str, tuple[str, Callable[[list], Any]]] = {
    "end": ("on the last day", lambda values: values[-1]),
    "mean": ("mean over the run", lambda values: float(np.mean(values[1:] or values))),
    "last90": ("mean over the last 90 days", lambda values: float(np.mean(values[1:][-LAST:] or values))),
    "total": ("sum over the run", lambda values: float(np.sum(values))),
}


@dataclass(frozen=True)
class Metric:
    """A daily figure. `outcomes`: names of run-level columns and how each comes from the days (`REDUCTIONS`)."""

    name: str
    unit: str
    meaning: str
    value: Callable[[Any], Any]
    outcomes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class RunMetric:
    """A figure that only a whole run has: computed once, from the model at the end."""

    name: str
    unit: str
    meaning: str
    value: Callable[[Any], Any]


@dataclass(frozen=True)
class Outcome:
    """A run-level figure, a column of runs.parquet."""

    name: str
    unit: str
    meaning: str


def closing(name: str) -> tuple[tuple[str, str], ...]:
    """The value on the last day under the metric's own name, and the mean of the last 90 days beside it."""
    return ((name, "end"), (f"{name}_last90", "last90"))


def outcomes_of(metrics: Iterable[Metric]) -> dict[str, Outcome]:
    found = {}
    for metric in metrics:
        for name, reduction in metric.outcomes:
            if reduction.startswith("days:"):
                meaning = f"{metric.meaning}: days with '{reduction[5:]}'"
                found[name] = Outcome(name, "days", meaning)
            else:
                found[name] = Outcome(name, metric.unit, f"{metric.meaning}, {REDUCTIONS[reduction][0]}")
    return found


def reduce_daily(values: Mapping[str, list], metrics: Iterable[Metric]) -> dict[str, Any]:
    """Run-level values from the recorded days (day 0 is the start)."""
    row: dict[str, Any] = {}
    for metric in metrics:
        for name, reduction in metric.outcomes:
            if reduction.startswith("days:"):
                row[name] = sum(value == reduction[5:] for value in values[metric.name][1:])
            else:
                row[name] = REDUCTIONS[reduction][1](values[metric.name])
    return row
