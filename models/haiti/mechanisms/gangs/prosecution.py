"""Prosecution: leaders of gangs are arrested or fall, and what follows is open (M1-M3, M47).

A leader is a role, never a person. Members are conserved: a gang may split in two, by territory, if a row for a
breakaway group is free. Whether violence rises or falls afterwards is a parameter with both signs in its prior.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from models.haiti.world.gang_affairs import patron_level
from simulation.mechanism import Mechanism
from simulation.parameters import parameter, uniform

WEEK, MONTH = 7, 30


@dataclass(frozen=True)
class ProsecutionParameters:
    removal: float = parameter(
        0.0, "1/(gang day)", "removals of a leader at full information, police as on the first day, no protection",
        bounds=(0, 1), prior=uniform(0, 1 / 300), status="policy", source="lever; 0 as observed in 2024",
    )  # fmt: skip
    split: float = parameter(
        0.4, "probability", "a gang without its leader splits in two", bounds=(0, 1), prior=uniform(0.1, 0.8),
        source="assumed: from one in ten to four in five",
    )  # fmt: skip
    coordination_loss: float = parameter(
        0.3, "share", "strength that a gang loses with its leader", bounds=(0, 1), prior=uniform(0.1, 0.6),
        source="assumed: from a tenth to over half",
    )  # fmt: skip
    recovery: float = parameter(
        90.0, "days", "time in which that loss falls to 1/e", bounds=(1, 3650), prior=uniform(30, 180),
        source="assumed: one to six months",
    )  # fmt: skip
    violence: float = parameter(
        0.2, "share", "change of assaults and raids of such a gang; the sign is open", bounds=(-0.9, 5),
        prior=uniform(-0.2, 0.6), source="+36.5 % in six months in Mexico: calderon2015",
    )  # fmt: skip
    violence_days: int = parameter(
        180, "days", "time for which it lasts", bounds=(0, 3650), prior=uniform(90, 270), source="calderon2015",
    )  # fmt: skip


class Prosecution(Mechanism):
    """Once a month: whose leader is removed. Once a week: how those gangs recover."""

    name = "prosecution"
    covers = ("M47", "M42")
    shown_by = ("leaders_removed",)
    neutral = "No leader is removed."
    objection = "Courts, prisons and the choice of whom to charge decide more than police and tips."
    equations = (
        "every 30 days: a leader is removed if U < 1 - exp(-30 · hazard)",
        "hazard = prosecution.removal · capacity · information · max(0, 1 - patronage.protection · min(1, level))",
        "level as in `patronage`",
        "capacity = politics.prosecution · police / politics.police_at_start",
        "removed: affairs.coordination ← affairs.coordination · (1 - prosecution.coordination_loss)",
        "every 7 days: affairs.coordination ← 1 - (1 - affairs.coordination) · exp(-7 / prosecution.recovery)",
        "affairs.violence = 1 + prosecution.violence for prosecution.violence_days, then 1",
        "affairs.leaders_lost ← affairs.leaders_lost + members · number of gangs / Σ members",
        "the gang splits if U < prosecution.split: each of its places leaves with chance 1/2, money and weapons by members",
    )
    reads = (
        "influence", "forces.units", "politics.patron_demand", "politics.patrons", "politics.police_at_start",
        "politics.prosecution", "population.fear",
    )  # fmt: skip
    writes = (
        "members", "owner", "affairs.allied", "affairs.arms", "affairs.arms_budget", "affairs.arms_worth",
        "affairs.coordination", "affairs.leaders_lost", "affairs.provoked", "affairs.treasury", "affairs.violence",
        "affairs.violent_until", "ledger.leaders_removed",
    )  # fmt: skip
    uses = ("control", "trust")

    def step(self) -> None:
        model, affairs = self.model, self.model.affairs
        if model.day % WEEK == 0:
            fade = math.exp(-WEEK / model.parameters.prosecution.recovery)
            affairs.coordination[:] = 1.0 - (1.0 - affairs.coordination) * fade
            affairs.violence[model.day > affairs.violent_until] = 1.0
        if model.day % MONTH == 0 and model.parameters.prosecution.removal > 0:
            for gang in np.flatnonzero(model.state.members.sum(axis=1)).tolist():
                self._pursue(gang)

    def _pursue(self, gang: int) -> None:
        """The chance grows with capacity and with what residents tell; patrons' protection lowers it."""
        model, rules = self.model, self.model.parameters
        place = int(model.state.members[gang].argmax())
        politics = model.politics
        capacity = politics.prosecution * model.forces.strength("police") / max(1, politics.police_at_start)
        shielded = max(0.0, 1.0 - rules.patronage.protection * min(1.0, patron_level(model)))
        hazard = rules.prosecution.removal * capacity * model.information(place) * shielded
        luck = self.roll(gang)
        if luck.uniform() < -math.expm1(-MONTH * hazard):
            self.remove_leader(gang, place, luck)

    def remove_leader(self, gang: int, place: int, luck) -> None:
        """Strength falls for a time, violence changes, the pact loosens, the gang may split."""
        model, affairs, rules = self.model, self.model.affairs, self.model.parameters.prosecution
        affairs.coordination[gang] *= 1.0 - rules.coordination_loss
        affairs.violence[gang] = 1.0 + rules.violence
        affairs.violent_until[gang] = model.day + rules.violence_days
        model.ledger.add("leaders_removed", place, 1)
        name = model.gangs[gang].name
        model.ledger.incident(model.day, "leader removed", place, name, f"{name} loses its leadership")
        members = model.state.members.sum(axis=1)
        affairs.leaders_lost += float(members[gang]) * int((members > 0).sum()) / max(1, int(members.sum()))
        if luck.uniform() < rules.split:
            self._split(gang, luck)

    def _split(self, gang: int, luck) -> None:
        """Each place goes with the old gang or with a breakaway group; money and weapons follow the members."""
        model, state, affairs = self.model, self.model.state, self.model.affairs
        places = np.flatnonzero(state.members[gang])
        first = len(model.start.gangs)
        free = [row for row in range(first, len(model.gangs)) if not state.members[row].any()]
        leaving = [place for place in places.tolist() if luck.uniform() < 0.5]
        if not free or not leaving or len(leaving) == places.size:
            return
        new, before = free[0], int(state.members[gang].sum())
        state.members[new, leaving] = state.members[gang, leaving]
        state.members[gang, leaving] = 0
        state.owner[leaving] = np.where(state.owner[leaving] == gang, new, state.owner[leaving])
        part = int(state.members[new].sum()) / before
        for stock in (affairs.treasury, affairs.arms_budget, affairs.arms):
            moved = part * stock[gang]
            stock[new] += moved  # on top of what a group that died out in this row left behind
            stock[gang] -= moved
        for factor in (
            affairs.arms_worth,
            affairs.coordination,
            affairs.violence,
            affairs.violent_until,
            affairs.provoked,
        ):
            factor[new] = factor[gang]
        affairs.allied[new] = False
        model.control.relabel()
        name = model.gangs[gang].name
        text = f"A group breaks away from {name}"
        model.ledger.incident(model.day, "gang split", int(leaving[0]), name, text)
