"""Donors: they promise at a date, and pay what is left of the promise a little every day (half-lives).

How much comes and when are two things. A level is the same money in every year however regularly it is paid: steadily, late
in the year, or in spells. A pledge is one sum: it is paid steadily, by a half-life twice as long, or in spells.
"""

from __future__ import annotations

import datetime

import numpy as np

from models.haiti.agents.agent import Agent
from simulation.clock import MOST_DAYS
from simulation.serialise.kept import kept
from simulation.serialise.limits import AGENT, MONEY, TEXT, Limits, Text, maybe, whole

BEFORE_MISSION = datetime.date(2023, 10, 2)  # resolution 2699: pledges dated earlier start to pay here
YEAR = 365
GAP = 0.5  # days without payment after a spell of payments, over the length of the spell
CHANNELS = ("trust_fund", "bilateral_in_kind", "bilateral_cash", "assessed")


def daily_fraction(half_life: float) -> float:
    """The part of the undisbursed stock paid in a day, so that half is out after `half_life` days."""
    return 1.0 - 2.0 ** (-1.0 / half_life)


def cash_flow(people: float, per_year: float) -> float:
    """USD a day for people paid `per_year` each."""
    return people * per_year / 365.0


def lateness(day: int, half_life: float) -> float:
    """Payment on a day of the funding year (0 to 364) over a steady one, when donors are slow: 1 on average over the year.

    What a year brings starts at nothing and comes nearer to its rate by twice the half-life.
    """
    left = 2.0 ** (-0.5 / half_life)  # after a day
    year = YEAR - left**0.5 * (1.0 - left**YEAR) / (1.0 - left)
    return (1.0 - left ** (day + 0.5)) * YEAR / year


def spell(day: float | np.ndarray, length: int, phase: float) -> bool | np.ndarray:
    """Whether donors pay on a day: `length` days of payments, then half as many without. phase: 0 to 1, where it began."""
    cycle = (1.0 + GAP) * length
    return (day + phase * cycle) % cycle < length


def spells(day: int, length: int, phase: float) -> float:
    """Payment on a day since spells began over a steady one: 0 in a gap, else what brings the year's sum to the same."""
    first = day - day % YEAR
    paying = spell(np.arange(first, first + YEAR), length, phase)
    return YEAR / int(paying.sum()) if paying[day - first] else 0.0


@kept
class Donor(Agent):
    """One pledge, or a steady promise. `undisbursed`: USD promised, expected and not yet paid.

    Of a steady promise, `scheduled` is what would be undisbursed if it were paid steadily, and `behind` what should have been
    paid by now and could not be (USD).
    """

    limits = Limits(
        {
            **AGENT,
            "donor": TEXT,
            "channel": Text(CHANNELS),
            "pledge": MONEY,
            "pledge_day": maybe(whole(-MOST_DAYS, 2 * MOST_DAYS)),
            **dict.fromkeys(("daily_promise", "undisbursed", "promised", "disbursed", "scheduled", "behind"), MONEY),
        }
    )

    def __init__(self, model, donor: str, channel: str):
        super().__init__(model)
        self.donor, self.channel = donor, channel
        self.pledge, self.pledge_day = 0.0, None
        self.daily_promise = 0.0
        self.undisbursed = self.promised = self.disbursed = 0.0
        self.scheduled = self.behind = 0.0

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
        donor.scheduled = donor.undisbursed
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

    def timing(self) -> float:
        """Payment of a steady promise today over that of a donor who pays every day the same; 1 on average over a year."""
        funding, luck = self.model.parameters.funding, self.model.funding
        day = self.model.day - luck.began
        if funding.reliability == "slow":
            return lateness(day % YEAR, self.normal_half_life)
        return spells(day, funding.stop_go_days, luck.phase) if funding.reliability == "stop_go" else 1.0

    def decide(self) -> float:
        """Pay for today, USD of the donor's channel."""
        model = self.model
        if model.day == self.pledge_day:
            self.undisbursed = self.promised = self.pledge
        if self.daily_promise:
            self.undisbursed += self.daily_promise
            self.promised += self.daily_promise
        elif not self.undisbursed:
            return 0.0  # not promised yet, or paid
        will = model.political_will.of(self)
        paid = self._of_level(will) if self.daily_promise and self.voluntary else self._of_pledge(will)
        self.undisbursed -= paid
        self.disbursed += paid
        return paid

    def _of_level(self, will: float) -> float:
        """What is due by half-life, at the time at which it comes. What the purse does not allow comes as soon as it can."""
        self.scheduled += self.daily_promise
        due = min(1.0, will * daily_fraction(self.normal_half_life)) * self.scheduled
        self.scheduled -= due
        wanted = due * self.timing() + (self.behind if will > 0 else 0.0)
        paid = min(self.undisbursed, wanted)
        self.behind = max(0.0, self.behind + due * self.timing() - paid)
        return paid

    def _of_pledge(self, will: float) -> float:
        """A part of what is left; the whole of it comes in the end, slowly, in spells or steadily."""
        funding, luck = self.model.parameters.funding, self.model.funding
        half_life = self.normal_half_life
        if self.voluntary and funding.reliability == "slow":
            half_life *= 2.0
        if self.voluntary and funding.reliability == "stop_go":
            paying = spell(self.model.day - luck.began, funding.stop_go_days, luck.phase)
            will *= 1.0 + GAP if paying else 0.0
        return min(self.undisbursed, will * daily_fraction(half_life) * self.undisbursed)
