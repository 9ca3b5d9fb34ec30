"""Outcomes: each defined once, with unit and meaning, as a function of the model; and the fields of places."""

from __future__ import annotations

from typing import Any

from models.haiti.metrics import (
    access,
    council,
    fields,
    gangs,
    harm,
    holding,
    mission,
    people,
    politics,
    regions,
    territory,
    trust,
)
from models.haiti.metrics.definition import Metric, Outcome, RunMetric, outcomes_of, reduce_daily
from models.haiti.metrics.sentence import verdict

DAILY: dict[str, Metric] = {
    metric.name: metric
    for group in (territory, people, harm, mission, council, gangs, politics, trust, access, holding, regions)
    for metric in group.METRICS
}
FIELDS = fields.FIELDS
RUN: dict[str, RunMetric] = {metric.name: metric for metric in holding.RUN_METRICS}
OUTCOMES: dict[str, Outcome] = outcomes_of(DAILY.values()) | {
    name: Outcome(name, metric.unit, metric.meaning) for name, metric in RUN.items()
}


def summarise(model) -> dict[str, Any]:
    """One value for each outcome, from the days recorded so far."""
    whole = {name: metric.value(model) for name, metric in RUN.items()}
    return reduce_daily(model.recorder.values, DAILY.values()) | whole


__all__ = ["DAILY", "FIELDS", "OUTCOMES", "Metric", "Outcome", "RunMetric", "summarise", "verdict"]
