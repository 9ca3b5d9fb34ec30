"""What a metric is, and how a run's days become one number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.port import naming
from simulation.port.outcomes import Outcome

LAST = 90  # days of the closing mean

REDUCTIONS: dict[str, tuple[str, Callable[[list], Any]]] = {
    "total": ("sum over the run", lambda values: float(np.sum(values))),
    "end": ("on the last day", lambda values: values[-1]),
    "mean": ("mean over the run", lambda values: float(np.mean(values[1:] or values))),
    "last_90_days": ("mean over the last 90 days", lambda values: float(np.mean(values[1:][-LAST:] or values))),
}
"""How a run's days become one number: in words, and as a function. The word itself stands at the end of the column's name."""
INDICES = (
    "-", "index", "probability", "ratio", "security", "weapons", "hours", "stretches", "roads",
    "events/(1,000 person-months)",
)  # fmt: skip
"""Units of outcomes that are no counts: of these one decimal may hide all that there is."""
CLOSING = ("end", "last_90_days")
"""The value on the last day, and the mean of the last 90 days beside it."""


@dataclass(frozen=True)
class Metric:
    """A daily figure. `name`: what is measured, without a word for the days; the names of columns follow from it.

    `outcomes`: what becomes of its days in the table of runs, words of `REDUCTIONS`. A count of days has a name of its own:
    (name with `days` in it, "total" or "days:WORD"). What has a total is of one day, so its daily column ends in `_today`.
    `so_far`: it is a sum since the start already, so it is called `_total` in every table. `before`: names that it had once.
    How it is called on pages stands in `words.py`.
    """

    name: str
    unit: str
    meaning: str
    value: Callable[[Any], Any]
    outcomes: tuple[str | tuple[str, str], ...] = ()
    so_far: bool = False
    before: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_name(self.name)
        for item in self.outcomes:
            if isinstance(item, str):
                if item not in REDUCTIONS:
                    raise ValueError(f"{self.name}: its days become {' or '.join(REDUCTIONS)}, and not {item!r}")
            elif item[1] in REDUCTIONS and "days" not in item[0].split("_"):
                raise ValueError(f"{self.name}: say {item[1]!r} instead of {item!r}, and the column is called by it")
        if self.so_far and self.outcomes != ("total",):
            raise ValueError(f"{self.name} is a sum already: its outcomes are ('total',)")

    @property
    def named(self) -> dict[str, str]:
        """The columns of the table of runs: {name: how it comes from the days}."""
        pairs = ((f"{self.name}_{item}", item) if isinstance(item, str) else item for item in self.outcomes)
        return dict(pairs)

    @property
    def flow(self) -> bool:
        """Whether it is of one day, so that days add up."""
        return not self.so_far and "total" in self.named.values()

    @property
    def column(self) -> str:
        """The column of the daily table."""
        return self.name + (naming.TOTAL if self.so_far else naming.TODAY if self.flow else "")


@dataclass(frozen=True)
class RunMetric:
    """A figure that only a whole run has: computed once, from the model at the end."""

    name: str
    unit: str
    meaning: str
    value: Callable[[Any], Any]
    before: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_name(self.name)

    @property
    def named(self) -> dict[str, str]:
        """Its column of the table of runs."""
        return {self.name: ""}


def _check_name(name: str) -> None:
    """ValueError for a name that ends in a word which says what was done with days."""
    if naming.stem(name) != name:
        raise ValueError(f"{name}: no metric's name ends in {naming.ending(name) or name[len(naming.stem(name)) :]}")


def format_of(unit: str) -> str:
    """How values of a unit are written (`simulation.port.outcomes.FORMATS`)."""
    return {"share": "share", "USD": "usd"}.get(unit, "number" if unit in INDICES else "count")


def outcomes_of(metrics: Iterable[Metric | RunMetric], words: Callable[[str], Any]) -> dict[str, Outcome]:
    """The run-level outcomes of some metrics. `words(name)`: what readers see of one (`models.haiti.metrics.words.Words`)."""
    found = {}
    for metric in metrics:
        for name, reduction in metric.named.items():
            unit, meaning, how = metric.unit, metric.meaning, "of the whole run"
            if reduction.startswith("days:"):
                unit, how = "days", f"days with '{reduction[5:]}'"
                meaning = f"{metric.meaning}: {how}"
            elif reduction:
                how = "on the last day" if getattr(metric, "so_far", False) else REDUCTIONS[reduction][0]
                meaning = f"{metric.meaning}, {how}"
            more = {"reduction": how, "value": metric.value, "before": _before(metric, reduction)}
            found[name] = outcome(name, unit, meaning, words(name), **more)
    return found


def _before(metric: Metric | RunMetric, reduction: str) -> tuple[str, ...]:
    """Former names of a column: those of the metric as they were, and with the word for its days."""
    return tuple(name for old in metric.before for name in dict.fromkeys((old, f"{old}_{reduction}".rstrip("_"))))


def daily_of(metrics: Iterable[Metric], words: Callable[[str], Any]) -> dict[str, Outcome]:
    """The daily columns of some metrics as outcomes; flows are those that add up. `words(column)`: what readers see."""
    found = {}
    for metric in metrics:
        more = {"summed": metric.flow, "value": metric.value, "before": metric.before}
        unit = metric.unit or "name"
        found[metric.column] = outcome(metric.column, unit, metric.meaning, words(metric.column), **more)
    return found


def outcome(name: str, unit: str, meaning: str, words: Any, **more: Any) -> Outcome:
    """An `Outcome` with its words."""
    told = {key: getattr(words, key) for key in ("title", "plain", "direction", "part", "never_aim", "titles")}
    return Outcome(name, unit, meaning, format=format_of(unit), **told, **more)


def reduce_daily(values: Mapping[str, list], metrics: Iterable[Metric]) -> dict[str, Any]:
    """Run-level values from the recorded days (day 0 is the start)."""
    row: dict[str, Any] = {}
    for metric in metrics:
        days = values[metric.column]
        for name, reduction in metric.named.items():
            if reduction.startswith("days:"):
                row[name] = sum(value == reduction[5:] for value in days[1:])
            else:
                row[name] = days[-1] if metric.so_far else REDUCTIONS[reduction][1](days)
    return row
