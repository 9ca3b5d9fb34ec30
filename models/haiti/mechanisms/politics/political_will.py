"""Political will of donors, appeals when cash runs out, and a package that is ready for a crisis (M07, M10, M13, M14).

A government freezes, cuts or raises what it pays of its pledges, trust-fund cash and goods in kind apart. When cash lasts for
less than three months the mission appeals for cash, and when supplies are in crisis for goods; every appeal finds less
(section 7.6). A contingency plan watches cash, supplies, vehicles, and what the force can do against its best days. It brings
the United Nations' logistics in when one of them stays below its threshold for two weeks (equation A8 knows cash only).
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from models.haiti.agents.donor import Donor
from simulation.clock import MOST_DAYS
from simulation.mechanism import Mechanism
from simulation.parameters import lognormal, parameter, uniform
from simulation.serialise.limits import MONEY, TEXT, Limits, amount, listed, position, row, share, table, whole


@dataclass(frozen=True)
class AppealParameters:
    runway: float = parameter(
        90.0, "days", "days of pay in cash below which the mission appeals to donors", bounds=(0, 1000), prior=uniform(60, 120),
        source="assumed: two to four months, the time that money needs to come",
    )  # fmt: skip
    days: int = parameter(
        60, "days", "time for which an appeal brings pledges", bounds=(1, 1000), prior=uniform(30, 90),
        source="assumed: one to three months of attention",
    )  # fmt: skip
    rate: float = parameter(
        0.02, "pledges/day", "pledges that the first appeal brings", bounds=(0, 1), prior=uniform(0.005, 0.05),
        source="counts in pledges.csv: star2025",
    )  # fmt: skip
    size: float = parameter(
        8e6, "USD", "median pledge of an appeal, into the trust fund", bounds=(0, 1e9), prior=lognormal(8e6, 1.0),
        source="star2025",
    )  # fmt: skip
    goods: float = parameter(
        25e6, "USD", "median pledge of goods in kind when supplies are in crisis", bounds=(0, 1e9), prior=lognormal(25e6, 0.7),
        source="assumed: half to twice the start; in pledges.csv goods of 29M (all but one donor, together) to 200M (United "
        "States)",
    )  # fmt: skip
    fatigue: float = parameter(
        0.9, "ratio", "what an appeal finds over the one before it", bounds=(0, 1), prior=uniform(0.7, 1),
        source="assumed: from a third less at every appeal to no fatigue",
    )  # fmt: skip


@dataclass(frozen=True)
class ContingencyParameters:
    in_place: bool = parameter(
        False, "", "whether a support package has been agreed for the case that the mission runs down", status="policy",
        source="seed2024",
    )  # fmt: skip
    runway: float = parameter(
        60.0, "days", "days of pay in cash below which the package is called", bounds=(0, 1000), prior=uniform(30, 120),
        source="assumed: one month, the lag of the package, to four",
    )  # fmt: skip
    supply: float = parameter(
        0.8, "share", "part of the need for supplies below which it is called", bounds=(0, 1), prior=uniform(0.5, 0.95),
        source="assumed: from half of need to hardly any want",
    )  # fmt: skip
    vehicles: float = parameter(
        0.4, "share", "vehicles that run, of all there are, below which it is called", bounds=(0, 1), prior=uniform(0.3, 0.6),
        source="assumed: a third to over half; 14 of 34 ran in March 2025 (funding.csv)",
    )  # fmt: skip
    usable: float = parameter(
        0.5, "share", "usable force over that of its best month below which it is called", bounds=(0, 1),
        prior=uniform(0.3, 0.8), source="assumed: from a third to four fifths of the best month",
    )  # fmt: skip
    patience: int = parameter(
        14, "days", "days in a row below one of them before the call", bounds=(1, 365),
        source="assumed: two weeks, so that a late delivery calls nobody",
    )  # fmt: skip
    lag: float = parameter(
        30.0, "days", "time from the call to the start of the package", bounds=(0, 1000), prior=uniform(14, 90),
        source="assumed: two weeks if stocks are near, three months if they must be bought",
    )  # fmt: skip


MONTH = 30.0
WATCHED = {
    "cash": "pay for fewer days than it takes to bring help",
    "supplies": "supplies far below need",
    "vehicles": "too few vehicles that run",
    "force": "far less usable force than in its best month",
}
"""What the contingency plan looks at, and how its call is told."""


class PoliticalWill(Mechanism):
    """Shocks under way, appeals, and the contingency plan.

    shocks: lists [event number, donor, factor on cash, factor on goods]. lost: donors that pay nothing more. appeals: for cash
    and for goods. appeal_until, goods_until: last day of the appeal under way. usable, best: force on shift, a mean over about
    a month, and the highest that it has been (person-equivalents). low_days: days in a row below each threshold of the plan.
    called: day on which the package was called, -1 never. owed: USD expected of each donor, looked up once a week.
    """

    name = "political_will"
    covers = ("M07", "M10", "M13", "M14")
    shown_by = ("donor_concentration", "value_at_risk_usd", "appeals", "funding_received_usd")
    neutral = "Every donor pays its pledges by their half-lives, nobody appeals, and no plan exists."
    objection = (
        "Donors react to the mission's results and to one another; here dates, cash, supplies and the host move them."
    )
    equations = (
        "will of a pledge = politics.donors · Π factors of shocks on its donor or on all, 0 if it is lost",
        "a level is what a study sets, whoever governs",
        "will of a level = Π (1 + share of the donor in pledges · (factor - 1)), factor 0 for a donor that is lost",
        "runway = pool.cash / (people · cost.cash_per_person / 365), ∞ where pay is assessed",
        "an appeal lasts appeal.days: for pay when runway < appeal.runway, for goods when supplies are in crisis",
        "appeals only with funding.source 'pledges'",
        "pledges of an appeal ~ Poisson(appeal.rate · appeal.fatigue^(appeals - 1) · politics.donors) a day",
        "a pledge = (appeal.size or appeal.goods) · exp(Normal(0, 1)) · funding.fulfilment",
        "usable ← usable + (usable force of the mission - usable) / 30, at once while best is 0; best = max(best, usable)",
        "low: runway < contingency.runway; pool.supply < contingency.supply; usable < contingency.usable · best",
        "low too: serviceable < contingency.vehicles · (serviceable + broken); all but the first only while people are here",
        "with contingency.in_place and option mss, contingency.patience days low in a row call un_logistics, once",
        "it takes over contingency.lag days later",
    )
    reads = (
        "forces.units", "mission.equipment", "mission.fleet", "mission.suspended", "politics.donors", "pool.arrears_days",
        "pool.cash", "pool.short_days", "pool.supply",
    )  # fmt: skip
    writes = ("donors",)
    uses = ("mandate", "support")
    limits = Limits(
        {
            "shocks": listed(row(position("events"), TEXT, amount(0, 100), amount(0, 100))),
            "lost": listed(TEXT),
            "appeals": whole(0, MOST_DAYS),
            "low_days": table(whole(0, MOST_DAYS), tuple(WATCHED)),
            **dict.fromkeys(("usable", "best"), amount(0, 1e7)),
            **dict.fromkeys(("appeal_until", "goods_until", "called"), whole(-1, 2 * MOST_DAYS)),
            "_shares": table(table(share()), ("cash", "goods")),
            "owed": table(MONEY),
        }
    )

    def __init__(self, model):
        super().__init__(model)
        self.shocks: list[list[Any]] = []
        self.lost: list[str] = []
        self.appeals = 0
        self.appeal_until = self.goods_until = -1
        self.usable = self.best = 0.0
        self.low_days = dict.fromkeys(WATCHED, 0)
        self.called = -1
        self._shares = published_shares(model)
        self.owed = self.expected()

    def of(self, donor: Donor) -> float:
        """Factor on what a donor pays today, by channel. Donors who pay a level stand for those of the published pledges.

        A level is set by whoever asks what it does, so only events move it; who pays a pledge looks at the government too.
        """
        if not self.on or not donor.voluntary:
            return 1.0
        factor = 0.0 if donor.donor in self.lost else 1.0
        if not donor.daily_promise:
            factor *= self.model.politics.donors
        for name in self.lost if donor.daily_promise else ():
            factor *= 1.0 - self._share(donor, name)
        for _, name, cash, goods in self.shocks:
            change = cash if donor.is_cash else goods
            if name in ("all", donor.donor):
                factor *= change
            elif donor.daily_promise:
                factor *= 1.0 + self._share(donor, name) * (change - 1.0)
        return factor

    def _share(self, donor: Donor, name: str) -> float:
        return self._shares["cash" if donor.is_cash else "goods"].get(name, 0.0)

    def lose(self, name: str) -> None:
        """A donor pays nothing more; 'largest' is the one from whom most is still expected."""
        if name == "largest":
            name = max(self.expected(), key=self.expected().get, default="")
        if name and name not in self.lost:
            self.lost.append(name)

    def expected(self) -> dict[str, float]:
        """USD promised, expected and unpaid, by donor in alphabetical order."""
        total: dict[str, float] = defaultdict(float)
        for donor in self.model.donors:
            total[donor.donor] += donor.undisbursed
        return dict(sorted(total.items()))

    def step(self) -> None:
        model = self.model
        if model.day % 7 == 1:
            self.owed = self.expected()
        people, cost = model.forces.deployed(), model.parameters.cost
        voluntary = people > 0 and not model.support.pays("pay")
        burn = people * cost.cash_per_person / 365.0
        runway = model.pool.cash / burn if voluntary and burn > 0 else math.inf
        if model.parameters.funding.source == "pledges":
            self._appeal(runway)
            self._appeal_for_goods()
        today = model.forces.usable("mission")
        self.usable += (today - self.usable) / (MONTH if self.best else 1.0)
        self.best = max(self.best, self.usable)
        self._watch(runway)

    def _appeal(self, runway: float) -> None:
        model, rules = self.model, self.model.parameters.appeal
        if runway < rules.runway and model.day > self.appeal_until:
            self.appeals += 1
            self.appeal_until = model.day + rules.days
            self._tell("appeals to donors for pay", "appeal")
        if model.day <= self.appeal_until:
            self._pledges("trust_fund", rules.size, "pledge")

    def _appeal_for_goods(self) -> None:
        model, rules = self.model, self.model.parameters.appeal
        if model.mission.supply_crisis() and model.day > self.goods_until:
            self.appeals += 1
            self.goods_until = model.day + rules.days
            self._tell("appeals to donors for supplies", "appeal")
        if model.day <= self.goods_until:
            self._pledges("bilateral_in_kind", rules.goods, "goods")

    def _pledges(self, channel: str, size: float, part: str) -> None:
        """What an appeal under way brings today."""
        model, rules = self.model, self.model.parameters.appeal
        luck = self.roll(part=part)
        rate = rules.rate * rules.fatigue ** (self.appeals - 1) * model.politics.donors
        for number in range(luck.poisson(rate)):
            donor = Donor(model, f"appeal {self.appeals}, day {model.day}, {part} {number + 1}", channel)
            donor.pledge = size * math.exp(luck.normal()) * model.parameters.funding.fulfilment
            donor.pledge_day = model.day + 1
            model.donors.append(donor)

    def _tell(self, what: str, kind: str) -> None:
        self.model.ledger.incident(self.model.day, kind, self.model.base, "mission", f"The mission {what}")

    def _low(self, runway: float) -> dict[str, bool]:
        """What the plan watches, and whether it is below its threshold today. Nothing is watched where there is nobody."""
        model, rules = self.model, self.model.parameters.contingency
        fleet, here = model.mission.fleet, model.forces.deployed() > 0
        vehicles = fleet.serviceable + fleet.broken
        return {
            "cash": runway < rules.runway,
            "supplies": here and model.pool.supply < rules.supply,
            "vehicles": here and fleet.serviceable < rules.vehicles * vehicles,
            "force": here and self.usable < rules.usable * self.best,
        }

    def _watch(self, runway: float) -> None:
        model, rules = self.model, self.model.parameters.contingency
        if not rules.in_place or self.called >= 0 or model.mandate.option != "mss" or model.mandate.leaving:
            return
        for name, low in self._low(runway).items():
            self.low_days[name] = self.low_days[name] + 1 if low else 0
        why = [WATCHED[name] for name, days in self.low_days.items() if days >= rules.patience]
        if why:
            self.called = model.day
            self._tell(f"calls the package agreed for a crisis: {', '.join(why)}", "contingency")
            model.mandate.propose("un_logistics", -1, probability=1.0, lag=rules.lag)


def published_shares(model) -> dict[str, dict[str, float]]:
    """Share of each donor in the published pledges of 'cash' and of 'goods'."""
    shares: dict[str, dict[str, float]] = {}
    for kind in ("cash", "goods"):
        total: dict[str, float] = defaultdict(float)
        for record in model.start.pledges:
            if not record.overlap and (record.channel != "bilateral_in_kind") == (kind == "cash"):
                total[record.donor] += record.amount_usd
        everything = math.fsum(total.values())
        shares[kind] = {name: amount / everything for name, amount in sorted(total.items())} if everything else {}
    return shares
