"""Patronage: politicians and businesses pay gangs; sanctions lower it, a coming vote raises it (I4, M3, M42)."""

from __future__ import annotations

from dataclasses import dataclass

from models.haiti.passes.money import share_by_members
from models.haiti.world.gang_affairs import PATRONAGE, patron_level
from simulation.mechanism import Mechanism
from simulation.parameters import loguniform, parameter, uniform


@dataclass(frozen=True)
class PatronageParameters:
    daily: float = parameter(
        65_000.0, "USD/day", "money from patrons to all gangs, without sanctions", bounds=(0, 1e7),
        prior=loguniform(15_000, 200_000), source="a small and falling part of revenue: nycaribgitoc2024",
    )  # fmt: skip
    sanctions: float = parameter(
        0.0, "share", "patrons who are under effective sanctions or prosecution", bounds=(0, 1), status="policy",
        source="stands for sanctions and trials that stop money; 0 as if none had",
    )  # fmt: skip
    sanction_effect: float = parameter(
        0.6, "share", "part of a sanctioned patron's money that stops", bounds=(0, 1), prior=uniform(0.2, 0.9),
        source="assumed: from a fifth to nearly all",
    )  # fmt: skip
    protection: float = parameter(
        0.3, "share", "how far patrons keep leaders of gangs from arrest, at the money of the first day", bounds=(0, 1),
        prior=uniform(0, 0.7), source="assumed: from none to seven arrests in ten",
    )  # fmt: skip


class Patronage(Mechanism):
    """Today's money of patrons, shared out by the members of gangs."""

    name = "patronage"
    covers = ("M42",)
    shown_by = ("gang_revenue_patronage_usd",)
    neutral = "No money from patrons."
    objection = "Who pays which gang is known in parts and left out; every member counts the same here."
    equations = (
        "level = (1 - patronage.sanction_effect · patronage.sanctions) · politics.patron_demand · politics.patrons",
        "affairs.revenue = patronage.daily · level · members / Σ members",
    )
    reads = ("members", "politics.patron_demand", "politics.patrons")
    writes = ("affairs.revenue",)

    def step(self) -> None:
        model, rules = self.model, self.model.parameters.patronage
        share_by_members(model.state.members, rules.daily * patron_level(model), model.affairs.revenue[PATRONAGE])
