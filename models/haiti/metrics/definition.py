"""What a metric is, and how a run's days become one number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.port.outcomes import Outcome

LAST = 90  # days of the closing mean

REDUCTIONS: dict[str, tuple[str, Callable[[list], Any]]] = {
    "end": ("on the last day", lambda values: values[-1]),
    "mean": ("mean over the run", lambda values: float(np.mean(values[1:] or values))),
    "last90": ("mean over the last 90 days", lambda values: float(np.mean(values[1:][-LAST:] or values))),
    "total": ("sum over the run", lambda values: float(np.sum(values))),
}
INDICES = (
    "-", "index", "probability", "ratio", "security", "weapons", "hours", "stretches", "roads",
    "events/(1,000 person-months)",
)  # fmt: skip
"""Units of outcomes that are no counts: of these one decimal may hide all that there is."""


@dataclass(frozen=True)
class Metric:
    """A daily figure. `outcomes`: names of run-level columns and how each comes from the days (`REDUCTIONS`).

    How it is called on pages stands in `words.py`.
    """

    name: str
    unit: str
    meaning: str
    value: Callable[[Any], Any]
    outcomes: tuple[tuple[str, str], ...] = ()

    @property
    def flow(self) -> bool:
        """Whether it is of one day, so that days add up."""
        return any(reduction == "total" for _, reduction in self.outcomes)


@dataclass(frozen=True)
class RunMetric:
    """A figure that only a whole run has: computed once, from the model at the end."""

    name: str
    unit: str
    meaning: str
    value: Callable[[Any], Any]


def closing(name: str) -> tuple[tuple[str, str], ...]:
    """The value on the last day under the metric's own name, and the mean of the last 90 days beside it."""
    return ((name, "end"), (f"{name}_last90", "last90"))


def format_of(unit: str) -> str:
    """How values of a unit are written (`simulation.port.outcomes.FORMATS`)."""
    return {"share": "share", "USD": "usd"}.get(unit, "number" if unit in INDICES else "count")


def outcomes_of(metrics: Iterable[Metric | RunMetric], words: Callable[[str], Any]) -> dict[str, Outcome]:
    """The run-level outcomes of some metrics. `words(name)`: what readers see of one (`models.haiti.metrics.words.Words`)."""
    found = {}
    for metric in metrics:
        for name, reduction in getattr(metric, "outcomes", ((metric.name, ""),)):
            unit, how = metric.unit, REDUCTIONS[reduction][0] if reduction in REDUCTIONS else "of the whole run"
            meaning = f"{metric.meaning}, {how}" if reduction in REDUCTIONS else metric.meaning
            if reduction.startswith("days:"):
                unit, how = "days", f"days with '{reduction[5:]}'"
                meaning = f"{metric.meaning}: {how}"
            found[name] = outcome(name, unit, meaning, words(name), reduction=how, value=metric.value)
    return found


def daily_of(metrics: Iterable[Metric], words: Mapping[str, Any]) -> dict[str, Outcome]:
    """The daily columns of some metrics as outcomes; flows are those that add up."""
    found = {}
    for metric in metrics:
        shown = words.get(metric.name)
        found[metric.name] = outcome(
            metric.name, metric.unit or "name", metric.meaning, shown, summed=metric.flow, value=metric.value
        )
    return found


def outcome(name: str, unit: str, meaning: str, words: Any, **more: Any) -> Outcome:
    """An `Outcome` with its words, if it has any."""
    told = (
        {}
        if words is None
        else {key: getattr(words, key) for key in ("title", "plain", "direction", "part", "never_aim")}
    )
    return Outcome(name, unit, meaning, format=format_of(unit), **told, **more)


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
