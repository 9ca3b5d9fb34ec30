"""Donors: they promise at a date, and pay what is left of the promise a little every day (half-lives)."""

from __future__ import annotations

import datetime

from models.haiti.agents.agent import Agent
from simulation.clock import MOST_DAYS
from simulation.serialise.kept import kept
from simulation.serialise.limits import AGENT, MONEY, TEXT, Limits, Text, maybe, whole

BEFORE_MISSION = datetime.date(2023, 10, 2)  # resolution 2699: pledges dated earlier start to pay here
CHANNELS = ("trust_fund", "bilateral_in_kind", "bilateral_cash", "assessed")


def daily_fraction(half_life: float) -> float:
    """The part of the undisbursed stock paid in a day, so that half is out after `half_life` days."""
    return 1.0 - 2.0 ** (-1.0 / half_life)


def cash_flow(people: float, per_year: float) -> float:
    """USD a day for people paid `per_year` each."""
    return people * per_year / 365.0


@kept
class Donor(Agent):
    """One pledge, or a steady promise. `undisbursed`: USD promised, expected and not yet paid."""

    limits = Limits(
        {
            **AGENT,
            "donor": TEXT,
            "channel": Text(CHANNELS),
            "pledge": MONEY,
            "pledge_day": maybe(whole(-MOST_DAYS, 2 * MOST_DAYS)),
            **dict.fromkeys(("daily_promise", "undisbursed", "promised", "disbursed"), MONEY),
        }
    )

    def __init__(self, model, donor: str, channel: str):
        super().__init__(model)
        self.donor, self.channel = donor, channel
        self.pledge, self.pledge_day = 0.0, None
        self.daily_promise = 0.0
        self.undisbursed = self.promised = self.disbursed = 0.0

    @classmethod
    def pledged(cls, model, record, share: float) -> Donor:
        """A published pledge, of which `share` will be paid; whatever fell due before the start is paid already."""
        donor = cls(model, record.donor, record.channel)
        donor.pledge = record.amount_usd * share
        donor.pledge_day = model.clock.day(max(record.date, BEFORE_MISSION))
        if donor.pledge_day <= 0:
            donor.promised = donor.pledge
            donor.undisbursed = donor.pledge * 2.0 ** (donor.pledge_day / donor.normal_half_life)
            donor.disbursed = donor.promised - donor.undisbursed
        return donor

    @classmethod
    def steady(cls, model, channel: str, daily: float) -> Donor:
        """A donor whose payments start at `daily` USD and stay there while its half-life keeps its first value."""
        donor = cls(model, "steady donors", channel)
        donor.daily_promise = daily
        donor.undisbursed = donor.promised = daily / daily_fraction(donor.normal_half_life) - daily
        return donor

    @property
    def is_cash(self) -> bool:
        return self.channel not in ("bilateral_in_kind", "assessed")

    @property
    def voluntary(self) -> bool:
        """Whether a government pays because it wants to, and not because it is assessed."""
        return self.channel != "assessed"

    @property
    def normal_half_life(self) -> float:
        funding = self.model.parameters.funding
        if self.channel == "assessed":
            return self.model.parameters.support.half_life
        return funding.half_life_trust_fund if self.is_cash else funding.half_life_bilateral

    def half_life(self) -> float:
        return self.normal_half_life * (
            2.0 if self.voluntary and self.model.parameters.funding.reliability == "slow" else 1.0
        )

    def will(self) -> float:
        """Political will to pay today: 1 without shocks, or 1.5 and 0 in turn when donors stop and go (1 on average)."""
        funding, factor = self.model.parameters.funding, self.model.political_will.of(self)
        if funding.reliability != "stop_go" or not self.voluntary:
            return factor
        return factor * 1.5 if self.model.day % (1.5 * funding.stop_go_days) < funding.stop_go_days else 0.0

    def decide(self) -> float:
        """Pay for today, USD of the donor's channel."""
        if self.model.day == self.pledge_day:
            self.undisbursed = self.promised = self.pledge
        self.undisbursed += self.daily_promise
        self.promised += self.daily_promise
        paid = min(self.undisbursed, self.will() * daily_fraction(self.half_life()) * self.undisbursed)
        self.undisbursed -= paid
        self.disbursed += paid
        return paid
