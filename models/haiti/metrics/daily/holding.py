"""Holding and acting together: how long cleared places last, joint operations, liaison and mentoring, money per person."""

from __future__ import annotations

import numpy as np

from models.haiti.mechanisms.mission.funding import YEAR, yearly_need
from models.haiti.metrics.definition import Metric, RunMetric
from models.haiti.world.state import GANG, MISSION

JOINT = 0.1  # least part of the mobile force that both sides bring to a joint operation


def joint_operations(model) -> int:
    mission = float(model.command.mobile_shares[MISSION])
    return int(model.ledger.sum("operations")) if JOINT <= mission <= 1.0 - JOINT else 0


def deployed_share(model) -> float:
    authorised = model.authorised()
    return model.forces.deployed() / authorised if authorised else 0.0


def violence(model) -> float:
    """Residents hit today per 100,000 people present, as a yearly rate."""
    return per_resident(model, model.ledger.sum("residents_killed") + model.ledger.sum("residents_injured"))


def per_resident(model, hit: float) -> float:
    """People hit in a day per 100,000 people present, as a yearly rate."""
    return float(1e5 * YEAR * hit / max(int(model.state.present[: model.n].sum()), 1))


def people_outside_gang_control(model) -> int:
    free = model.city.population * model.city.metropolitan * (model.state.label != GANG)
    return int(free.sum())


def churn(model) -> float:
    """Clearings per cleared place still held at the end; NaN where none is."""
    held = int(model.held.still().size)
    return float(model.ledger.sum_total("places_cleared") / held) if held else float("nan")


def cost_per_person_year(model) -> float:
    years = sum(model.recorder.values["deployed_force"][1:]) / YEAR
    return float(model.pool.spent / years) if years > 0 else float("nan")


def funding_coverage(model) -> float:
    need = yearly_need(model.authorised(), model.parameters.cost) * model.recorder.days[-1] / YEAR
    return float(model.pool.received / need) if need > 0 else float("nan")


METRICS = (
    Metric(
        "joint_operations", "operations", "operations that day to which mission and Haitian forces both brought a tenth",
        joint_operations, ("total",),
    ),
    Metric(
        "coordination", "share", "how well police, army and mission act together",
        lambda model: model.coordination(), ("end",),
    ),
    Metric(
        "police_quality", "person-equivalents", "worth of a police officer against gangs, before equipment",
        lambda model: model.police_quality(), ("end",),
    ),
    Metric(
        "deployed_share", "share",
        "people of the mission in Haiti over those authorised; above 1 while a mandate that shrank waits for them to leave",
        deployed_share, ("mean",),
    ),
    Metric(
        "violence_per_resident", "hit per 100,000 a year",
        "residents killed or injured per person present that day, as a yearly rate", violence,
        ("mean", "last_90_days"),
    ),
    Metric(
        "people_outside_gang_control", "people",
        "people of the capital, counted where they lived before displacement, whose neighbourhood is not gang-held",
        people_outside_gang_control, ("mean",),
    ),
    Metric(
        "cleared_places_running", "places", "neighbourhoods cleared at some time and not gang-held since",
        lambda model: int(np.count_nonzero(model.held.since >= 0)),
    ),
    Metric("operations_raids", "operations", "operations that day that struck and left",
           lambda model: int(model.ledger.sum("operations_raids")), ("total",)),
    Metric("strikes", "strikes", "stand-off strikes that day (labelled addition)",
           lambda model: int(model.ledger.sum("strikes")), ("total",)),
    Metric(
        "self_defenders", "people", "members of self-defence groups (labelled addition)",
        lambda model: round(float(model.self_defenders.sum())), ("end",),
    ),
)  # fmt: skip

RUN_METRICS = (
    RunMetric(
        "held_median_days", "days",
        "days after which half of the cleared neighbourhoods are gang-held again (Kaplan-Meier; the longest time seen if "
        "more than half last; no number if none was cleared)", lambda model: model.held.median(),
    ),
    RunMetric(
        "held_survival_90", "share", "cleared neighbourhoods not gang-held again after 90 days (Kaplan-Meier)",
        lambda model: model.held.survival(90),
    ),
    RunMetric("held_place_days", "days", "days that cleared neighbourhoods were held, summed over neighbourhoods",
              lambda model: model.held.place_days),
    RunMetric("clearings_per_place_gained", "ratio", "clearings per cleared neighbourhood still held at the end", churn),
    RunMetric(
        "cost_per_deployed_person_year_usd", "USD", "money and goods spent per person of the mission and year in Haiti",
        cost_per_person_year,
    ),
    RunMetric(
        "funding_coverage", "share", "money and goods received over what the authorised strength needs in that time",
        funding_coverage,
    ),
)  # fmt: skip
