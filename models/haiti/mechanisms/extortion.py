"""Extortion, wages and recruitment: gangs live off territory, pay members, and win and lose them (M48, M57).

Labelled addition: the seed note names extortion but no mechanics.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from models.haiti.contest import sigmoid
from models.haiti.state import GANG, NOBODY
from simulation.mechanism import Mechanism
from simulation.parameters import loguniform, parameter, uniform


@dataclass(frozen=True)
class EconomyParameters:
    activity: float = parameter(
        2.0, "USD/(person day)", "value that passes through a neighbourhood per resident", bounds=(0, 100),
        prior=uniform(1, 4), source="over 60 % of people under $4 a day: unicef2024",
    )  # fmt: skip
    extortion_rate: float = parameter(
        0.05, "share", "part of it that gangs take at full influence", bounds=(0, 1), prior=uniform(0.01, 0.15),
        source="fits $60-75M of tolls a year with local rackets: nycaribgitoc2024",
    )  # fmt: skip
    coalition_markup: float = parameter(
        0.17, "share", "how much more is taken under a pact between gangs", bounds=(0, 2), prior=uniform(0.1, 0.25),
        status="published", source="brown2021, El Salvador",
    )  # fmt: skip
    gang_wage: float = parameter(
        4.7, "USD/day", "pay of a member", bounds=(0, 100), prior=uniform(2, 10), source="$33 a week: unicef2024",
    )  # fmt: skip


@dataclass(frozen=True)
class RecruitmentParameters:
    rate: float = parameter(
        0.00015, "1/(pool person day)", "recruits from workless young people under gangs", bounds=(0, 1),
        prior=loguniform(3e-5, 6e-4), source="turnover arithmetic: about 8 a day replace losses",
    )  # fmt: skip
    pool: float = parameter(
        0.084, "share", "workless 15-29-year-olds among residents", bounds=(0, 1), prior=uniform(0.05, 0.12),
        source="14 % of people, 60 % of them workless",
    )  # fmt: skip
    outside_wage: float = parameter(
        3.0, "USD/day", "what the pool can earn otherwise", bounds=(0.1, 100), prior=uniform(1.5, 5), source="unicef2024",
    )  # fmt: skip
    wage_slope: float = parameter(
        1.0, "-", "weight of the pay gap in joining", bounds=(0, 10), prior=uniform(0.3, 2),
    )  # fmt: skip
    desertion: float = parameter(
        0.01, "1/day", "members who leave an unpaid gang", bounds=(0, 1), prior=loguniform(0.003, 0.03),
    )  # fmt: skip


class Extortion(Mechanism):
    """Revenue by territory and patrols, wages, desertion of the unpaid."""

    name = "extortion"
    reads = ("influence", "present", "visibility", "owner", "label")
    writes = ("members",)

    def step(self) -> None:
        model, state, rules = self.model, self.model.state, self.model.parameters
        pact = 1.0 + rules.economy.coalition_markup * model.cohesion
        watched = np.exp(-rules.patrol.suppression * state.visibility)
        taken = rules.economy.extortion_rate * rules.economy.activity * pact * state.present[: model.n]
        taken = taken * state.influence * watched * (state.owner != NOBODY)
        taken *= model.passage.income * model.facilities.trade
        model.ledger.today["gang_revenue"] += taken
        wage = rules.economy.gang_wage
        members = state.members.sum(axis=1)
        owned = np.flatnonzero(state.owner != NOBODY)
        revenue = np.bincount(state.owner[owned], taken[owned], minlength=members.size)
        for gang in model.gangs:
            gang.revenue_today = float(revenue[gang.index])
            due = int(members[gang.index]) * wage
            paid = min(due, max(gang.treasury + gang.revenue_today, 0.0))
            gang.treasury += gang.revenue_today - paid
            gang.unpaid_days = gang.unpaid_days + 1 if paid < due else 0
            if paid < due:
                self._desert(gang, rules.recruitment.desertion * (1.0 - paid / due))

    def _desert(self, gang, rate: float) -> None:
        model, luck = self.model, self.roll(gang.index, "desert")
        for place in np.flatnonzero(model.state.members[gang.index]):
            model.harm.leave_gang(
                gang.index, int(place), luck.binomial(int(model.state.members[gang.index, place]), rate)
            )


class Recruitment(Mechanism):
    """Who joins and who leaves, gang by gang (structure of Prieto-Curiel et al. 2023)."""

    name = "recruitment"
    reads = ("influence", "present", "owner", "label")
    writes = ("members",)

    def step(self) -> None:
        model, state, rules = self.model, self.model.state, self.model.parameters
        pay = math.log(max(rules.economy.gang_wage, 0.01) / rules.recruitment.outside_wage)
        appeal = sigmoid(rules.recruitment.wage_slope * pay)
        pool = rules.recruitment.pool * state.present[: model.n] * state.influence * (state.label == GANG)
        members = state.members.sum(axis=1)
        owned = np.flatnonzero((pool > 0) & (state.owner != NOBODY))
        pools = np.bincount(state.owner[owned], pool[owned], minlength=members.size)
        rate, saturation = rules.recruitment.rate * appeal, rules.gang.saturation
        for gang, (own_members, own_pool) in enumerate(zip(members.tolist(), pools.tolist(), strict=True)):
            if own_members == 0:
                continue
            luck = self.roll(gang)
            if own_pool > 0:
                room = max(0.0, 1.0 - own_members / (saturation * own_pool))
                recruits = luck.poisson(rate * own_pool * room)
                own = pool * (state.owner == gang) if recruits else pool
                for _ in range(recruits):
                    place = luck.choice(own)
                    state.members[gang, place] += 1
                    model.ledger.add("gang_recruits", place, 1)
            for _ in range(luck.binomial(own_members, rules.gang.exit)):
                place = luck.choice(state.members[gang].astype(float))
                model.harm.leave_gang(gang, place, 1)
