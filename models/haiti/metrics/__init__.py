"""Outcomes: each defined once, with unit and meaning, as a function of the model; and the fields of places."""

from __future__ import annotations

import dataclasses
from typing import Any

from models.haiti.metrics import fields
from models.haiti.metrics import words as shown
from models.haiti.metrics.daily import (
    access,
    council,
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
from models.haiti.metrics.definition import Metric, RunMetric, daily_of, outcomes_of, reduce_daily
from models.haiti.metrics.sentence import verdict
from simulation.port.outcomes import Outcome
from simulation.port.registers import Registers

DAILY: dict[str, Metric] = {
    metric.column: metric
    for group in (territory, people, harm, mission, council, gangs, politics, trust, access, holding, regions)
    for metric in group.METRICS
}
FIELDS = fields.FIELDS
RUN: dict[str, RunMetric] = {metric.name: metric for metric in (*holding.RUN_METRICS, *people.RUN_METRICS)}
ALL_OUTCOMES = outcomes_of((*DAILY.values(), *RUN.values()), shown.words_of)
OUTCOMES: dict[str, Outcome] = {
    **{name: dataclasses.replace(ALL_OUTCOMES[name], headline=True) for name in shown.HEADLINES},
    **{name: outcome for name, outcome in ALL_OUTCOMES.items() if name not in shown.HEADLINES},
}
"""Columns of the table of runs, the headlines first in their order."""
COLUMNS: dict[str, Outcome] = daily_of(DAILY.values(), shown.daily_words)
"""Columns of the daily table."""
PLACE_COLUMNS: dict[str, Outcome] = {outcome.name: outcome for outcome in fields.COLUMNS}
"""Columns of the table of neighbourhoods."""

ADDED = Registers(
    {
        "metric": DAILY,
        "metric of whole runs": RUN,
        "outcome": OUTCOMES,
        "daily column": COLUMNS,
        "field of places": FIELDS,
        "column of places": PLACE_COLUMNS,
    }
)


def summarise(model) -> dict[str, Any]:
    """One value for each outcome, from the days recorded so far."""
    whole = {name: metric.value(model) for name, metric in model.run_metrics.items()}
    return reduce_daily(model.recorder.values, model.daily_metrics.values()) | whole


__all__ = [
    "COLUMNS", "DAILY", "FIELDS", "OUTCOMES", "PLACE_COLUMNS", "Metric", "Outcome", "RunMetric", "summarise", "verdict",
]  # fmt: skip
