"""Gangs: armed groups with a home, a territory and a purse, which look at the morning's city and decide."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from models.haiti.agents.agent import Agent
from models.haiti.passes.luck import Prospects, look_for_prospects
from models.haiti.world.contest import sigmoid
from models.haiti.world.state import GANG
from simulation.serialise.kept import kept
from simulation.serialise.limits import AGENT, TEXT, Limits, flags, position, several


@dataclass(frozen=True)
class Assault:
    """An intention to take a neighbourhood."""

    gang: int
    target: int


@dataclass(frozen=True)
class Raid:
    """An intention to strike a neighbourhood and leave."""

    gang: int
    target: int


@kept
class Gang(Agent):
    """One armed group. To change how gangs think, override `decide` and give the class to the model.

    index: row in `state.members`. homes: neighbourhoods it comes from. A third to a half of the members
    of real gangs are minors; the model does not tell them apart.
    """

    limits = Limits(
        {
            **AGENT,
            "index": position("gangs"),
            "name": TEXT,
            "coalition": TEXT,
            "homes": several(position("n")),
            "_is_home": flags("n"),
        }
    )

    def __init__(self, model, index: int, name: str, coalition: str, homes: tuple[int, ...]):
        super().__init__(model)
        self.index, self.name, self.coalition, self.homes = index, name, coalition, homes
        self._is_home = np.isin(np.arange(model.n), homes)

    @property
    def members(self) -> int:
        return int(self.model.state.members[self.index].sum())

    @property
    def treasury(self) -> float:
        """USD at hand."""
        return float(self.model.affairs.treasury[self.index])

    @property
    def revenue_today(self) -> float:
        """USD taken today, all streams."""
        return float(self.model.affairs.revenue[:, self.index].sum())

    @property
    def unpaid_days(self) -> int:
        """Days in a row on which members were not paid in full."""
        return int(self.model.affairs.unpaid_days[self.index])

    @property
    def territory(self) -> np.ndarray:
        """Neighbourhoods it holds: where it owns and the label says gang."""
        state = self.model.state
        return np.flatnonzero((state.owner == self.index) & (state.label == GANG))

    def _said(self) -> str:
        named = f"{self.name}, of {self.coalition}" if self.coalition else self.name
        many = "" if self.territory.size == 1 else "s"
        return f"{named}: {self.members:,} members, rules {self.territory.size} neighbourhood{many}"

    def _repr_html_(self) -> str:
        from models.haiti.pictures import gang_picture, thing_html

        rows = [
            ("members (a third to a half of such are minors)", f"{self.members:,}"),
            ("coalition", self.coalition or "none"),
            ("neighbourhoods it rules", self.territory.size),
            ("money at hand, US$", f"{self.treasury:,.0f}"),
            ("taken today, US$", f"{self.revenue_today:,.0f}"),
            ("days in a row without full pay", self.unpaid_days),
        ]
        return thing_html(self, gang_picture(self), rows)

    def decide(self) -> list[Assault | Raid]:
        """Today's intentions, from the morning's state. How often it looks grows with its members, not with its name.

        Each opportunity is one place next to its people, and is taken by what the attack is expected to win and to lose.
        """
        rules, luck = self.model.parameters.gang, self.model.dice.roll("gang", self.model.day, self.index)
        affairs = self.model.affairs
        stirred = float(affairs.violence[self.index]) * self.model.politics.aggression * affairs.tempo
        thousands = float(self.model.gang_sizes[self.index]) / 1000.0 * stirred
        revenge = 1.0 + rules.retaliation * float(affairs.provoked[self.index])
        assaults = luck.uniform() < -math.expm1(-rules.act_rate * thousands)
        raids = luck.uniform() < -math.expm1(-rules.raid_rate * revenge * thousands)
        return self.weigh(assaults, raids, luck)

    def weigh(self, assaults: bool, raids: bool, luck) -> list[Assault | Raid]:
        """What comes of its opportunities of today, by the luck that gave them."""
        intentions: list[Assault | Raid] = []
        if assaults or raids:
            places, value, near = self.prospects(luck)
            if assaults and places.size:
                chosen = luck.choice(near)
                if luck.uniform() < sigmoid(float(value[chosen]) / self.model.parameters.gang.choice_scale):
                    intentions.append(Assault(self.index, int(places[chosen])))
            if raids and places.size:
                exposed = self.model.state.present[places] + 1.0
                intentions.append(Raid(self.index, int(places[luck.choice(exposed)])))
        return intentions

    def prospects(self, luck) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Neighbourhoods it could attack, what each seems worth (0 is staying at home), and its members next to each."""
        model, state, rules = self.model, self.model.state, self.model.parameters.gang
        strength, defence = model.assaults.odds()
        weighed = Prospects(
            model.cohesion,
            rules.belief_error,
            model.parameters.clearing.defender_advantage,
            max(rules.allocation, 1e-9),
            model.command.mobile,
            rules.foresight,
            rules.gain,
            rules.loss_aversion,
            rules.home_bonus,
        )
        ground = state.members, state.label, state.owner, state.cleared_from, self._is_home, model.city.population
        odds = state.present, strength[self.index], defence, model.passage.reach
        starts, neighbours, _ = model.terrain.land
        # allies are left alone as far as the coalition holds together
        return look_for_prospects(luck.state, self.index, *ground, *odds, weighed, starts, neighbours)


AS_WRITTEN = Gang.decide
"""What is asked only where luck gives an opportunity; a method that somebody puts in its place is asked every day."""
