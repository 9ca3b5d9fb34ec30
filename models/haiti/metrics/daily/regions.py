"""The regions outside the 138 neighbourhoods, each one number: gangs, influence, people who flee there."""

from __future__ import annotations

from models.haiti.metrics.definition import Metric

METRICS = (
    Metric(
        "regions_gang_influence", "share", "gang influence outside the 138 neighbourhoods, averaged over people (weekly)",
        lambda model: model.beyond.average_influence(), ("end",),
    ),
    Metric(
        "regions_gang_members", "people", "members of gangs outside the 138 neighbourhoods (weekly)",
        lambda model: int(model.beyond.members.sum() + model.beyond.diverted.sum()), ("end",),
    ),
    Metric(
        "gang_members_diverted", "people", "those of them who moved out of the capital (weekly)",
        lambda model: int(model.beyond.diverted.sum()), ("end",),
    ),
    Metric(
        "displaced_people_regions", "people",
        "people displaced within the regions since the start: a number, not households, and not in displaced_people",
        lambda model: round(float(model.beyond.displaced.sum())), ("total",), so_far=True,
    ),
)  # fmt: skip
