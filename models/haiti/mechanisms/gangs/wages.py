"""Wages: gangs pay members first, keep a reserve, put some aside for weapons; leaders and protectors take the rest (I5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.haiti.passes.money import pay_members
from simulation.mechanism import Mechanism
from simulation.parameters import loguniform, parameter, uniform


@dataclass(frozen=True)
class WagesParameters:
    reserve: float = parameter(
        45.0, "days", "wages that a gang keeps in its purse; what comes on top is paid off", bounds=(0, 3650),
        prior=uniform(10, 120), source="assumed: from ten days to four months",
    )  # fmt: skip
    arms_share: float = parameter(
        0.03, "share", "part of income beyond wages that is put aside for weapons", bounds=(0, 1), prior=loguniform(0.01, 0.1),
        source="assumed: 1 to 10 %; it keeps about .43 weapons a member at the start",
    )  # fmt: skip


class Wages(Mechanism):
    """Pay day, every day: income in, wages out, deserters where they fall short."""

    name = "wages"
    covers = ("M57",)
    shown_by = ("gang_members", "gang_revenue_usd")
    neutral = "Money is neither kept nor spent, and nobody deserts for want of pay."
    objection = "Many members are paid in kind, in loot or not at all."
    equations = (
        "due = members · economy.gang_wage",
        "paid = min(due, affairs.treasury + income), income = Σ affairs.revenue over streams",
        "aside = wages.arms_share · max(0, income - paid); affairs.arms_budget ← affairs.arms_budget + aside",
        "affairs.treasury ← min(affairs.treasury + income - paid - aside, wages.reserve · due); what is over is paid off",
        "affairs.unpaid_days ← affairs.unpaid_days + 1 where paid < due, else 0",
        "deserters ~ Binomial(members, recruitment.desertion · (1 - paid / due)), by place",
    )
    reads = ("affairs.revenue",)
    writes = (
        "members", "affairs.arms_budget", "affairs.paid_wages", "affairs.payoffs", "affairs.treasury",
        "affairs.unpaid_days", "ledger.gang_exits",
    )  # fmt: skip

    def step(self) -> None:
        model, affairs, rules = self.model, self.model.affairs, self.model.parameters.wages
        missing = np.empty(affairs.treasury.size)
        terms = model.parameters.economy.gang_wage, rules.reserve, rules.arms_share
        purses = affairs.treasury, affairs.arms_budget, affairs.unpaid_days
        paid, off, short = pay_members(model.state.members, affairs.revenue, *terms, *purses, missing)
        affairs.paid_wages += paid
        affairs.payoffs += off
        for gang in np.flatnonzero(missing).tolist() if short else ():
            self._desert(gang, model.parameters.recruitment.desertion * float(missing[gang]))

    def _desert(self, gang: int, rate: float) -> None:
        model, luck = self.model, self.roll(gang)
        for place in np.flatnonzero(model.state.members[gang]).tolist():
            model.harm.leave_gang(gang, place, luck.binomial(int(model.state.members[gang, place]), rate))
