"""What every gang has beyond people: money by stream, weapons, ties to the others, the state of its leadership."""

from __future__ import annotations

import numpy as np

from simulation.clock import MOST_DAYS
from simulation.serialise.kept import kept
from simulation.serialise.limits import FLAG, MONEY, Limits, amount, flags, floats, listed, share, whole, wholes

STREAMS = ("extortion", "tolls", "kidnapping", "patronage", "trafficking")
EXTORTION, TOLLS, KIDNAPPING, PATRONAGE, TRAFFICKING = range(len(STREAMS))


@kept
class GangAffairs:
    """Numbers of all gangs of a run side by side; mechanisms of gang economy, arms, pact and prosecution meet here.

    revenue: float64 (streams, gangs), USD taken today; `by_stream`: the same of all gangs. treasury, arms_budget:
    float64 (gangs,), USD. taken, paid_wages, spent_on_arms, payoffs: USD since the start (payoffs: to leaders and
    protectors). unpaid_days: int64 (gangs,). arms: float64 (gangs,), weapons. arms_worth: float64 (gangs,), worth of a
    member with them. allied: bool (gangs,), in the pact. cohesion: how far those in the pact act as one, `pact`: the
    same over all gangs, both 0 to 1. coordination, violence: float64 (gangs,), factors, 1 with a leadership in place.
    violent_until: int64 (gangs,), last such day. provoked: float64 (gangs,), operations against it lately, fading.
    offensive: whether the pact is on the offensive. tempo: what that does to attacks, 1 at the mean. losses: members killed
    lately in all gangs, fading. leaders_lost: leaders lost and not yet felt by the pact, a gang of
    average size counting 1. held: people held for ransom today.
    """

    limits = Limits(
        {
            "revenue": floats(len(STREAMS), "gangs", low=-1.0),
            "by_stream": listed(MONEY, len(STREAMS)),
            **dict.fromkeys(("treasury", "arms_budget", "arms"), floats("gangs", low=-1.0)),
            "unpaid_days": wholes(np.int64, "gangs", high=MOST_DAYS),
            **dict.fromkeys(("taken", "paid_wages", "spent_on_arms", "payoffs"), MONEY),
            **dict.fromkeys(("arms_worth", "coordination", "violence"), floats("gangs", high=1000.0)),
            "allied": flags("gangs"),
            **dict.fromkeys(("cohesion", "pact"), share()),
            "violent_until": wholes(np.int64, "gangs", low=-1, high=2 * MOST_DAYS),
            "provoked": floats("gangs", high=1e6),
            "offensive": FLAG,
            "tempo": amount(0, 1e4),
            "losses": amount(0, 1e8),
            "leaders_lost": amount(0, 1000),
            "held": whole(0, 1_000_000),
        }
    )

    def __init__(self, gangs: int, allied: np.ndarray, arms_worth: float, cohesion: float):
        self.revenue = np.zeros((len(STREAMS), gangs))
        self.by_stream = [0.0] * len(STREAMS)
        self.treasury = np.zeros(gangs)
        self.arms_budget = np.zeros(gangs)
        self.unpaid_days = np.zeros(gangs, np.int64)
        self.taken = self.paid_wages = self.spent_on_arms = self.payoffs = 0.0
        self.arms = np.zeros(gangs)
        self.arms_worth = np.full(gangs, arms_worth)
        self.allied = allied.copy()
        self.cohesion = self.pact = cohesion
        self.coordination = np.ones(gangs)
        self.violence = np.ones(gangs)
        self.violent_until = np.full(gangs, -1, np.int64)
        self.provoked = np.zeros(gangs)
        self.offensive = False
        self.tempo = 1.0
        self.losses = 0.0
        self.leaders_lost = 0.0
        self.held = 0

    def imbalance(self) -> float:
        """Taken less wages, payoffs, weapons and what is at hand, USD: 0 while wages are paid and no money leaks."""
        gone = self.paid_wages + self.payoffs + self.spent_on_arms
        return abs(self.taken - gone - float(self.treasury.sum() + self.arms_budget.sum()))


def ground(model) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """What decides how far gangs can live off each place, as passes take it: influence, visibility, owners, suppression."""
    state = model.state
    return state.influence, state.visibility, state.owner, model.parameters.patrol.suppression


def patron_level(model) -> float:
    """Patrons' money against that without sanctions, without a vote near, and under the government of the first day."""
    rules = model.parameters.patronage
    return (1.0 - rules.sanction_effect * rules.sanctions) * model.politics.patron_demand * model.politics.patrons
