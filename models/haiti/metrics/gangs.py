"""Gangs: how many people are in them, what they take, how often they strike."""

from __future__ import annotations

from models.haiti.metrics.definition import Metric

METRICS = (
    Metric(
        "gang_members", "people", "members of gangs", lambda model: int(model.state.members.sum()),
        (("gang_members", "end"),),
    ),
    Metric(
        "gang_recruits", "people", "people who joined gangs that day", lambda model: int(model.ledger.sum("gang_recruits")),
        (("gang_recruits", "total"),),
    ),
    Metric(
        "gang_revenue_usd", "USD", "money taken by extortion that day", lambda model: model.ledger.sum("gang_revenue"),
        (("gang_revenue_usd", "total"),),
    ),
    Metric(
        "assaults", "assaults", "assaults on neighbourhoods that day", lambda model: int(model.ledger.sum("assaults")),
        (("assaults", "total"),),
    ),
    Metric("raids", "raids", "raids that day", lambda model: int(model.ledger.sum("raids")), (("raids", "total"),)),
)  # fmt: skip
