"""Arms: gangs buy weapons with what they put aside; border control makes them dear and scarce (K1-K3, M46)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulation.mechanism import Mechanism
from simulation.parameters import lognormal, loguniform, parameter, uniform

WEEK = 7


@dataclass(frozen=True)
class ArmsParameters:
    price: float = parameter(
        4000.0, "USD", "price of a weapon with its ammunition, without interdiction", bounds=(1, 1e6),
        prior=lognormal(4000, 0.5), source="$400-500 in the United States, up to $10,000 in Haiti: unodc2023",
    )  # fmt: skip
    price_elasticity: float = parameter(
        1.0, "-", "rise of the price with interdiction", bounds=(0, 20), prior=uniform(0.5, 3),
        source="assumed: a tenth stopped raises prices by 5 to 30 %",
    )  # fmt: skip
    interdiction: float = parameter(
        0.1, "share", "part of arms and drugs that is stopped at ports and borders", bounds=(0, 1),
        prior=uniform(0, 0.5), status="policy", source="lever of border control; start unknown, unodc2023",
    )  # fmt: skip
    supply: float = parameter(
        1200.0, "weapons/year", "weapons on offer to gangs of the capital, without interdiction", bounds=(0, 1e6),
        prior=loguniform(400, 4000), source="makes up for wear; the stock of 270,000-500,000 in unodc2023 is unreliable",
    )  # fmt: skip
    wear: float = parameter(
        0.3, "1/year", "weapons worn out, lost or seized in a year", bounds=(0, 10), prior=uniform(0.1, 0.6),
        source="assumed: weapons last two to ten years",
    )  # fmt: skip
    floor: float = parameter(
        0.3, "share", "worth of a member without a weapon", bounds=(0, 1), prior=uniform(0.1, 0.5),
        source="assumed: with blades and stones, a tenth to half of an armed member",
    )  # fmt: skip


def worth(arms: np.ndarray, members: np.ndarray, floor: float) -> np.ndarray:
    """Worth of a member, person-equivalents (gangs,): the floor without weapons, 1 with one for everybody."""
    return floor + (1.0 - floor) * np.minimum(1.0, arms / np.maximum(members, 1))


def stock_for(wanted: float, members: np.ndarray, floor: float) -> np.ndarray:
    """Weapons (gangs,) that make a member worth `wanted`, which is no less than the floor."""
    return (wanted - floor) / (1.0 - floor) * members if floor < 1.0 else np.zeros(members.size)


def purchases(
    budget: np.ndarray, price: float, offered: np.ndarray, arms: np.ndarray, members: np.ndarray
) -> np.ndarray:
    """Weapons bought (gangs,): what money and market allow, never more than one for each member."""
    return np.minimum(np.minimum(budget / price, offered), np.maximum(members - arms, 0.0))


class Arms(Mechanism):
    """Once a week: wear, purchases, and what a member is worth with the weapons at hand."""

    name = "arms"
    covers = ("M46",)
    shown_by = ("arms_per_member",)
    neutral = "A member stays worth `gang.arms`."
    objection = "Calibre and ammunition matter more than the number of weapons, and police arms leak."
    equations = (
        "every 7 days: affairs.arms ← affairs.arms · exp(-arms.wear · 7 / 365) + bought",
        "bought = min(affairs.arms_budget / price, offered, members - affairs.arms), not below 0",
        "price = arms.price · (1 + arms.price_elasticity · arms.interdiction)",
        "offered = arms.supply · (1 - arms.interdiction) · 7 / 365 · members / Σ members",
        "affairs.arms_worth = floor + (1 - floor) · min(1, affairs.arms / members), floor = min(arms.floor, gang.arms)",
        "affairs.arms on the first day = members · (gang.arms - floor) / (1 - floor)",
    )
    reads = ("members",)
    writes = ("affairs.arms", "affairs.arms_budget", "affairs.arms_worth", "affairs.spent_on_arms")

    def __init__(self, model):
        super().__init__(model)
        members = model.state.members.sum(axis=1)
        model.affairs.arms[:] = stock_for(model.parameters.gang.arms, members, self._floor())

    def _floor(self) -> float:
        """Worth without a weapon, never above what members are worth on the first day."""
        return min(self.model.parameters.arms.floor, self.model.parameters.gang.arms)

    def step(self) -> None:
        model, affairs, rules = self.model, self.model.affairs, self.model.parameters.arms
        if model.day % WEEK:
            return
        members = model.state.members.sum(axis=1)
        share = members / max(1, int(members.sum()))
        offered = rules.supply * (1.0 - rules.interdiction) * WEEK / 365.0 * share
        price = rules.price * (1.0 + rules.price_elasticity * rules.interdiction)
        affairs.arms *= math.exp(-rules.wear * WEEK / 365.0)
        bought = purchases(affairs.arms_budget, price, offered, affairs.arms, members)
        affairs.arms += bought
        affairs.arms_budget -= bought * price
        affairs.spent_on_arms += float(bought.sum()) * price
        affairs.arms_worth[:] = worth(affairs.arms, members, self._floor())
