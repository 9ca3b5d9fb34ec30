"""The Council and the donors: option in force, days under mandate, security vacuum, support, concentration of money."""

from __future__ import annotations

import math

from models.haiti.mechanisms.politics.mandate import OPTIONS
from models.haiti.metrics.definition import Metric


def concentration(amounts: dict[str, float]) -> float:
    """Herfindahl-Hirschman index of donors by what is expected of them: 1 for a single one, 0 when nothing is."""
    total = math.fsum(amounts.values())
    return math.fsum((amount / total) ** 2 for amount in amounts.values()) if total > 0 else 0.0


METRICS = (
    Metric(
        "council_option", "", "option of the Council in force", lambda model: model.mandate.option,
        tuple((f"option_days_{name}", f"days:{name}") for name in OPTIONS),
    ),
    Metric(
        "under_mandate", "days", "1 while a mission is authorised", lambda model: int(model.authorised() > 0),
        (("days_under_mandate", "total"),),
    ),
    Metric(
        "security_vacuum", "days", "1 when a mission that was there has left and the police are alone",
        lambda model: int(model.mandate.had_mission and model.forces.deployed() == 0), (("security_vacuum_days", "total"),),
    ),
    Metric(
        "logistics_quality", "share", "quality of the logistics behind the mission", lambda model: model.support.quality,
        ("mean",),
    ),
    Metric(
        "funding_received_assessed_usd", "USD", "assessed contributions received since the start",
        lambda model: model.pool.received_assessed, ("total",), so_far=True,
    ),
    Metric("assessed_usd", "USD", "assessed contributions at hand", lambda model: model.pool.assessed),
    Metric(
        "donor_concentration", "-", "Herfindahl-Hirschman index of donors by what is still expected of them (1: a single one)",
        lambda model: concentration(model.political_will.owed), ("mean",),
    ),
    Metric(
        "value_at_risk_usd", "USD", "what is still expected of the donor who owes most",
        lambda model: max(model.political_will.owed.values(), default=0.0), ("mean",),
    ),
    Metric("appeals", "appeals", "appeals to donors since the start", lambda model: model.political_will.appeals,
           ("total",), so_far=True),
    Metric(
        "casualty_caveat", "probability", "what contributors' fear of casualties adds to the odds at which operations start",
        lambda model: model.casualty_tolerance.caveat, ("mean",),
    ),
)  # fmt: skip
