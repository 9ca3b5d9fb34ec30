"""Trafficking: who holds ports and roads out of the city earns on drugs and arms in transit (M46)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from models.haiti.passes.money import live_off
from models.haiti.world.gang_affairs import TRAFFICKING, ground
from simulation.mechanism import Mechanism
from simulation.parameters import loguniform, parameter


@dataclass(frozen=True)
class TraffickingParameters:
    daily: float = parameter(
        60_000.0, "USD/day", "income if gangs held every port and road out and nothing were seized", bounds=(0, 1e7),
        prior=loguniform(20_000, 180_000), source="about a tenth of revenue, a guess; routes: unodc2023",
    )  # fmt: skip


class Trafficking(Mechanism):
    """Income by ways in and out under gangs, less what the border stops."""

    name = "trafficking"
    covers = ("M46",)
    shown_by = ("gang_revenue_trafficking_usd",)
    neutral = "No income from goods in transit."
    objection = "Air strips and coasts outside the map matter as much as the city's own ports."
    equations = (
        "affairs.revenue of the owner = Σ trafficking.daily · (1 - arms.interdiction) / ways · grip over the ways held",
        "ways: ports, the airport and the gateways of the map, each place once; grip as in `extortion`",
    )
    reads = ("influence", "owner", "visibility")
    writes = ("affairs.revenue",)
    derived = ("_ways",)

    def __init__(self, model):
        super().__init__(model)
        ways = model.city.has_port | model.city.has_airport
        ways[[way.neighbourhood for way in model.city.gateways]] = True
        self._ways = ways / max(1, int(ways.sum()))

    def step(self) -> None:
        model, rules = self.model, self.model.parameters
        passed = rules.trafficking.daily * (1.0 - rules.arms.interdiction)
        live_off(*ground(model), passed, self._ways, math.inf, model.affairs.revenue[TRAFFICKING])
