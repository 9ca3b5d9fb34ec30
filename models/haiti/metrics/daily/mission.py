"""The mission: people authorised, deployed and usable, what binds, and the money."""

from __future__ import annotations

import math

from models.haiti.mechanisms.force.posture import PHASES
from models.haiti.mechanisms.mission.deployment import CEILINGS
from models.haiti.mechanisms.mission.funding import runway_days
from models.haiti.metrics.definition import Metric


def _ceiling(name: str) -> Metric:
    def value(model) -> float:
        ceiling = model.ceilings[name]
        return min(ceiling, 1e6) if math.isfinite(ceiling) else 1e6

    return Metric(f"ceiling_{name}", "people", f"people that the ceiling '{name}' would allow", value)


def _phase(index: int, name: str) -> Metric:
    return Metric(f"phase_{name}", "share", f"weight of the {name} phase", lambda model: model.command.weights[index])


METRICS = (
    Metric(
        "mandate_strength", "people", "strength authorised by the Council", lambda model: model.authorised(),
        before=("authorised_force_today",),
    ),
    Metric(
        "deployed_force", "people", "people of the mission in Haiti", lambda model: model.forces.deployed(),
        ("mean", "end"),
    ),
    Metric(
        "usable_force", "person-equivalents", "mission on shift, by quality, equipment, pay and supply",
        lambda model: model.forces.usable("mission"), ("mean",),
    ),
    Metric(
        "usable_police", "person-equivalents", "police and army on shift, by quality and equipment",
        lambda model: model.forces.usable("police") + model.forces.usable("army"), ("mean",),
    ),
    Metric("police_strength", "people", "police on the books", lambda model: model.forces.strength("police")),
    Metric(
        "mission_equipment", "share", "equipment factor of the mission", lambda model: model.mission.equipment,
        ("mean",),
    ),
    Metric(
        "vehicles_serviceable", "vehicles", "armoured vehicles that run", lambda model: model.mission.fleet.serviceable
    ),
    Metric(
        "funding_received_usd", "USD", "money and goods received since the start",
        lambda model: model.pool.received, ("total",), so_far=True,
    ),
    Metric(
        "funding_received_since_2023_usd", "USD", "the same with what had come in before the start, since October 2023",
        lambda model: model.pool.received_before + model.pool.received, ("end",), before=("funding_received_total_usd",),
    ),
    Metric(
        "funding_received_cash_usd", "USD", "trust-fund cash received since the start",
        lambda model: model.pool.received_cash, ("total",), so_far=True,
    ),
    Metric(
        "mission_cost_usd", "USD", "money and goods spent since the start", lambda model: model.pool.spent,
        ("total",), so_far=True,
    ),
    Metric("cash_usd", "USD", "cash at hand", lambda model: model.pool.cash),
    Metric("arrears_usd", "USD", "allowances owed", lambda model: model.pool.arrears, ("end",)),
    Metric(
        "runway_days", "days", "days for which cash pays today's people (at most 10,000)",
        lambda model: min(1e4, runway_days(model.pool, model.forces.deployed(), model.parameters.cost)),
    ),
    Metric("supply", "share", "part of the mission's need for supplies that was met", lambda model: model.pool.supply),
    Metric(
        "supply_crisis", "days", "1 while supplies have been short for a month or more",
        lambda model: int(model.mission.supply_crisis()), (("supply_crisis_days", "total"),),
    ),
    *(_ceiling(name) for name in CEILINGS),
    Metric(
        "binding_ceiling", "", "lowest ceiling on deployment", lambda model: model.binding_ceiling,
        tuple((f"binding_ceiling_days_{name}", f"days:{name}") for name in CEILINGS),
    ),
    *(_phase(index, name) for index, name in enumerate(PHASES)),
    Metric(
        "operations", "operations", "clearing operations launched that day",
        lambda model: int(model.ledger.sum("operations")), ("total",),
    ),
)  # fmt: skip
