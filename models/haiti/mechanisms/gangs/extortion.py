"""Extortion: gangs take a part of what passes through the neighbourhoods they rule (I1, M57).

Labelled addition: the seed note names extortion but no mechanics.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.haiti.passes.money import extort
from models.haiti.world.gang_affairs import EXTORTION, ground
from simulation.mechanism import Mechanism
from simulation.parameters import parameter, uniform


@dataclass(frozen=True)
class EconomyParameters:
    activity: float = parameter(
        2.0, "USD/(person day)", "value that passes through a neighbourhood per resident", bounds=(0, 100),
        prior=uniform(1, 4), source="over 60 % of people under $4 a day: unicef2024",
    )  # fmt: skip
    extortion_rate: float = parameter(
        0.03, "share", "part of it that gangs take at full influence", bounds=(0, 1), prior=uniform(0.01, 0.15),
        source="assumed: 1 to 15 % of trade, beside tolls, which are counted apart",
    )  # fmt: skip
    coalition_markup: float = parameter(
        0.17, "share", "how much more is taken under a pact between gangs", bounds=(0, 2), prior=uniform(0.1, 0.25),
        status="published", source="brown2021, El Salvador",
    )  # fmt: skip
    gang_wage: float = parameter(
        4.7, "USD/day", "pay of a member", bounds=(0, 100), prior=uniform(2, 10), source="$33 a week: unicef2024",
    )  # fmt: skip


class Extortion(Mechanism):
    """Revenue by territory, dearer under a pact, less where patrols are seen."""

    name = "extortion"
    covers = ("M57",)
    shown_by = ("gang_revenue_extortion_usd", "gang_revenue_usd")
    neutral = "No income from local rackets."
    objection = "The rate is the same everywhere; real rackets differ by gang, trade and habit."
    equations = (
        "grip = influence · exp(-patrol.suppression · visibility) where a gang owns the place, else 0",
        "earned = economy.activity · passage.income · facilities.trade · present",
        "affairs.revenue of the owner = Σ economy.extortion_rate · dearer · earned · grip",
        "dearer = 1 + economy.coalition_markup · affairs.pact",
    )
    reads = (
        "influence", "owner", "present", "visibility", "affairs.pact", "facilities.trade", "passage.income",
    )  # fmt: skip
    writes = ("affairs.revenue",)

    def step(self) -> None:
        model, rules = self.model, self.model.parameters.economy
        rate = rules.extortion_rate * (1.0 + rules.coalition_markup * model.cohesion)
        earned = rules.activity, model.passage.income, model.facilities.trade, model.state.present
        extort(*ground(model), rate, *earned, model.affairs.revenue[EXTORTION])
