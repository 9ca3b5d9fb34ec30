"""Outcomes: each defined once, with unit and meaning, as a function of the model; and the fields of places."""

from __future__ import annotations

from typing import Any

from models.haiti.metrics import council, fields, gangs, harm, mission, people, politics, territory, trust
from models.haiti.metrics.definition import Metric, Outcome, outcomes_of, reduce_daily
from models.haiti.metrics.sentence import verdict

DAILY: dict[str, Metric] = {
    metric.name: metric
    for group in (territory, people, harm, mission, council, gangs, politics, trust)
    for metric in group.METRICS
}
FIELDS = fields.FIELDS
OUTCOMES: dict[str, Outcome] = outcomes_of(DAILY.values())


def summarise(model) -> dict[str, Any]:
    """One value for each outcome, from the days recorded so far."""
    return reduce_daily(model.recorder.values, DAILY.values())


__all__ = ["DAILY", "FIELDS", "OUTCOMES", "Metric", "Outcome", "summarise", "verdict"]
