"""Political will of donors, appeals when cash runs out, and a package that is ready for a crisis (M07, M10, M13, M14).

A government freezes, cuts or raises what it pays of its pledges, trust-fund cash and goods in kind apart. When cash lasts for
less than three months the mission appeals; every appeal finds less (section 7.6). A contingency plan brings the United
Nations' logistics in when cash stays below a threshold for two weeks (equation A8).
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
        90.0, "days", "days of pay in cash below which the mission appeals to donors", bounds=(0, 1000),
        prior=uniform(60, 120),
    )  # fmt: skip
    days: int = parameter(
        60, "days", "time for which an appeal brings pledges", bounds=(1, 1000), prior=uniform(30, 90)
    )
    rate: float = parameter(
        0.02, "pledges/day", "pledges that the first appeal brings", bounds=(0, 1), prior=uniform(0.005, 0.05),
        source="counts in pledges.csv: star2025",
    )  # fmt: skip
    size: float = parameter(
        8e6, "USD", "median pledge of an appeal, into the trust fund", bounds=(0, 1e9), prior=lognormal(8e6, 1.0),
        source="star2025",
    )  # fmt: skip
    fatigue: float = parameter(
        0.9, "ratio", "what an appeal finds over the one before it", bounds=(0, 1), prior=uniform(0.7, 1),
    )  # fmt: skip


@dataclass(frozen=True)
class ContingencyParameters:
    in_place: bool = parameter(
        False, "", "whether a support package has been agreed for the case that money runs out", status="policy",
        source="seed2024",
    )  # fmt: skip
    runway: float = parameter(
        60.0, "days", "days of pay in cash below which the package is called", bounds=(0, 1000), prior=uniform(30, 120),
    )  # fmt: skip
    patience: int = parameter(14, "days", "days in a row below it before the call", bounds=(1, 365))
    lag: float = parameter(
        30.0, "days", "time from the call to the start of the package", bounds=(0, 1000), prior=uniform(14, 90),
    )  # fmt: skip


class PoliticalWill(Mechanism):
    """Shocks under way, appeals, and the contingency plan.

    shocks: lists [event number, donor, factor on cash, factor on goods]. lost: donors that pay nothing more. low_days: days in
    a row below the contingency threshold. called: day on which the package was called, -1 never. owed: USD expected of each
    donor, looked up once a week.
    """

    name = "political_will"
    covers = ("M07", "M10", "M13", "M14")
    shown_by = ("donor_concentration", "value_at_risk_usd", "appeals", "funding_received_usd")
    neutral = "Every donor pays its pledges by their half-lives, nobody appeals, and no plan exists."
    objection = "Donors react to the mission's results and to one another; here only dates and cash move them."
    reads = ("forces.units", "pool.cash")
    writes = ("donors",)
    uses = ("mandate", "support")
    limits = Limits(
        {
            "shocks": listed(row(position("events"), TEXT, amount(0, 100), amount(0, 100))),
            "lost": listed(TEXT),
            **dict.fromkeys(("appeals", "low_days"), whole(0, MOST_DAYS)),
            **dict.fromkeys(("appeal_until", "called"), whole(-1, 2 * MOST_DAYS)),
            "_shares": table(table(share()), ("cash", "goods")),
            "owed": table(MONEY),
        }
    )

    def __init__(self, model):
        super().__init__(model)
        self.shocks: list[list[Any]] = []
        self.lost: list[str] = []
        self.appeals = 0
        self.appeal_until = -1
        self.low_days = 0
        self.called = -1
        self._shares = published_shares(model)
        self.owed = self.expected()

    def of(self, donor: Donor) -> float:
        """Factor on what a donor pays today, by channel. Donors who pay a level stand for those of the published pledges."""
        if not (self.shocks or self.lost) or not self.on or donor.channel == "assessed":
            return 1.0
        factor = 0.0 if donor.donor in self.lost else 1.0
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
        self._appeal(runway)
        self._watch(runway)

    def _appeal(self, runway: float) -> None:
        model, rules = self.model, self.model.parameters.appeal
        if model.parameters.funding.source != "pledges":
            return
        if runway < rules.runway and model.day > self.appeal_until:
            self.appeals += 1
            self.appeal_until = model.day + rules.days
        if model.day > self.appeal_until or not self.appeals:
            return
        luck = self.roll(part="pledge")
        for number in range(luck.poisson(rules.rate * rules.fatigue ** (self.appeals - 1))):
            donor = Donor(model, f"appeal {self.appeals}, day {model.day}, {number + 1}", "trust_fund")
            donor.pledge = rules.size * math.exp(luck.normal()) * model.parameters.funding.fulfilment
            donor.pledge_day = model.day + 1
            model.donors.append(donor)

    def _watch(self, runway: float) -> None:
        model, rules = self.model, self.model.parameters.contingency
        if not rules.in_place or self.called >= 0 or model.mandate.option != "mss":
            return
        self.low_days = self.low_days + 1 if runway < rules.runway else 0
        if self.low_days >= rules.patience:
            self.called = model.day
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
