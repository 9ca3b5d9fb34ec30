"""Recruitment: who joins gangs and who leaves them, and what work, pay and force have to do with it (J1-J4, M48).

Four terms as in prieto2023: recruitment, losses, conflict, saturation. Part of those who join are made
to. A third to a half of members are minors; they are not told apart here, only counted as a share.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from models.haiti.passes.luck import join_and_leave, streams
from models.haiti.world.contest import sigmoid
from simulation.dice import day_key, refused
from simulation.mechanism import Mechanism
from simulation.parameters import loguniform, parameter, uniform


@dataclass(frozen=True)
class RecruitmentParameters:
    rate: float = parameter(
        0.0008, "1/(pool person day)", "recruits from workless young people under gangs", bounds=(0, 1),
        prior=loguniform(0.0004, 0.0016),
        source="turnover: about 2,500 killed and 900 who leave in a year (binuh2025q1, `exit`) take 8 to 9 recruits a day",
    )  # fmt: skip
    youth: float = parameter(
        0.14, "share", "residents of 15 to 29 whom gangs look to", bounds=(0, 1), prior=uniform(0.1, 0.18),
        source="assumed: a third to two thirds of those of 15 to 29, who are about 28 % of people",
    )  # fmt: skip
    unemployment: float = parameter(
        0.6, "share", "of them without work", bounds=(0, 1), prior=uniform(0.45, 0.75),
        source="assumed: from under half to three quarters",
    )  # fmt: skip
    outside_wage: float = parameter(
        4.0, "USD/day", "mean earnings outside gangs", bounds=(0.1, 100), prior=uniform(2, 6.5), source="unicef2024",
    )  # fmt: skip
    inequality: float = parameter(
        0.25, "share", "what the poor of the pool earn less than that", bounds=(0, 0.95), prior=uniform(0.1, 0.5),
        source="assumed: from a tenth to half",
    )  # fmt: skip
    wage_slope: float = parameter(
        1.0, "-", "weight of the pay gap in joining", bounds=(0, 10), prior=uniform(0.3, 2),
        source="assumed: twice the pay multiplies the odds of joining by 1.2 to 4",
    )  # fmt: skip
    desertion: float = parameter(
        0.01, "1/day", "members who leave an unpaid gang", bounds=(0, 1), prior=loguniform(0.003, 0.03),
        source="assumed: a month without pay costs a gang 9 to 59 % of members",
    )  # fmt: skip
    forced_share: float = parameter(
        0.2, "share", "recruits who are made to join while a gang has its founding size", bounds=(0, 1),
        prior=uniform(0.05, 0.5), source="direction: unicef2024",
    )  # fmt: skip
    forced_alarm: float = parameter(
        0.03, "captures", "alarm of residents when somebody is made to join, in captures", bounds=(0, 1),
        prior=loguniform(0.005, 0.1), source="assumed: ten to two hundred people forced alarm as one capture does",
    )  # fmt: skip
    minors: float = parameter(
        0.4, "share", "members who are minors, for reporting only", bounds=(0, 1), prior=uniform(0.3, 0.5),
        status="published", source="unicef2024",
    )  # fmt: skip


@dataclass(frozen=True)
class LivelihoodsParameters:
    coverage: float = parameter(
        0.0, "share", "workless young people whom a programme of jobs reaches", bounds=(0, 1), status="policy",
        source="stands for a programme of jobs; 0 is none",
    )  # fmt: skip
    effect: float = parameter(
        0.15, "share", "how much less those reached join", bounds=(0, 1), prior=uniform(0, 0.25),
        source="blattman2016, Liberia: hours shift while incentives last",
    )  # fmt: skip
    stipend: float = parameter(
        0.0, "USD/day", "what the programme pays those whom it reaches", bounds=(0, 50), status="policy",
        source="stands for what that programme pays; 0 is training alone",
    )  # fmt: skip


def outside_option(rules: RecruitmentParameters, livelihoods: LivelihoodsParameters) -> float:
    """What the pool can earn outside gangs, USD a day: earnings less inequality, and stipends."""
    return rules.outside_wage * (1.0 - rules.inequality) + livelihoods.stipend * livelihoods.coverage


class Recruitment(Mechanism):
    """Recruits, forced recruits and leavers of the day, gang by gang."""

    name = "recruitment"
    covers = ("M48", "M31")
    shown_by = ("gang_recruits", "gang_members")
    neutral = "Nobody joins or leaves a gang."
    objection = "Young people join for protection, status and family as much as for pay."
    equations = (
        "outside = recruitment.outside_wage · (1 - recruitment.inequality) + livelihoods.stipend · livelihoods.coverage",
        "join = 1 / (1 + (outside / economy.gang_wage)^recruitment.wage_slope)",
        "rate = recruitment.rate · join · (1 - livelihoods.coverage · livelihoods.effect) · youth_factor",
        "pool = recruitment.youth · recruitment.unemployment · present · influence where gangs rule, by owner",
        "recruits ~ Poisson(rate · pool · max(0, 1 - members / (gang.saturation · pool))), a place drawn by pool",
        "forced if U < min(1, recruitment.forced_share · (1 + max(0, 1 - members / members of the first day)))",
        "alarm ← alarm + flight.takeover · recruitment.forced_alarm for everybody who is forced",
        "leavers ~ Binomial(members, gang.exit); minors among members: recruitment.minors, for reporting only",
    )
    reads = ("influence", "label", "owner", "present", "youth_factor")
    writes = ("alarm_today", "members", "ledger.gang_exits", "ledger.gang_recruits", "ledger.gang_recruits_forced")

    def step(self) -> None:
        model, state, rules = self.model, self.model.state, self.model.parameters
        own, livelihoods = rules.recruitment, rules.livelihoods
        pay = math.log(max(rules.economy.gang_wage, 0.01) / outside_option(own, livelihoods))
        rate = own.rate * sigmoid(own.wage_slope * pay)
        rate *= (1.0 - livelihoods.coverage * livelihoods.effect) * model.youth_factor
        dice, gangs = model.dice, np.arange(len(model.gangs))
        names = dice.name(self.name), dice.name(f"{self.name}.forced")
        luck = [streams(dice.seed, name, day_key(model.day), gangs) for name in names]
        who = state.members, model.founding_sizes, state.present, state.influence, state.label, state.owner
        rates = own.youth * own.unemployment, rate, rules.gang.saturation, own.forced_share, rules.gang.exit
        alarm = rules.flight.takeover * own.forced_alarm, model.alarm_today
        counts = model.ledger.open_counts("gang_recruits", "gang_recruits_forced", "gang_exits")
        asked = np.zeros(1, np.int64)
        try:
            join_and_leave(*luck, *who, *rates, *alarm, tuple(counts), asked)
        except FloatingPointError as error:
            raise refused(self.name, model.day, int(asked[0]), error) from None
