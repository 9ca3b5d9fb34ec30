"""Tolls: cargo that passes ground under gangs pays for it (I2, M44, M57).

How much passes a place is taken from how often it lies on the shortest ways of the city (betweenness): no traffic is
counted. The state of single roads is no part of this rule.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.haiti.passes.money import live_off
from models.haiti.world.gang_affairs import TOLLS, ground
from simulation.mechanism import Mechanism
from simulation.parameters import parameter, uniform

MONTH = 365.0 / 12.0


@dataclass(frozen=True)
class TollParameters:
    container: float = parameter(
        2000.0, "USD", "toll on a container or truck all the way through", bounds=(0, 100_000),
        prior=uniform(1000, 3000), status="published", source="nycaribgitoc2024",
    )  # fmt: skip
    containers: float = parameter(
        3000.0, "1/month", "containers and trucks that pass", bounds=(0, 100_000), prior=uniform(1500, 4500),
        status="published", source="nycaribgitoc2024: $60-75M a year with the toll",
    )  # fmt: skip
    daily_most: float = parameter(
        8000.0, "USD/day", "most that one neighbourhood's checkpoints take", bounds=(0, 1e6),
        prior=uniform(4000, 12_000), status="published", source="large checkpoint: nycaribgitoc2024",
    )  # fmt: skip


class Tolls(Mechanism):
    """Income by traffic through ground under gangs, less where patrols are seen."""

    name = "tolls"
    covers = ("M44", "M57")
    shown_by = ("gang_revenue_tolls_usd",)
    neutral = "No income from roads; nobody pays to pass."
    objection = "Traffic does not avoid or dry up where tolls are high."
    equations = (
        "daily = tolls.container · tolls.containers · 12 / 365",
        "affairs.revenue of the owner = Σ min(daily · betweenness / Σ betweenness · grip, tolls.daily_most)",
        "grip as in `extortion`",
    )
    reads = ("influence", "owner", "visibility")
    writes = ("affairs.revenue",)
    derived = ("_traffic", "_total")

    def __init__(self, model):
        super().__init__(model)
        self._traffic = model.terrain.betweenness.copy()
        self._total = float(self._traffic.sum())

    def step(self) -> None:
        model, rules = self.model, self.model.parameters.tolls
        if self._total <= 0:
            return
        daily = rules.container * rules.containers / MONTH / self._total
        live_off(*ground(model), daily, self._traffic, rules.daily_most, model.affairs.revenue[TOLLS])
