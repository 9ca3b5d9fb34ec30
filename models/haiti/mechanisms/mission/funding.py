"""Money: pledges disburse slowly through two channels, cash pays people, goods in kind sustain and build (M04-M10).

Trust-fund cash pays allowances; bilateral support in kind feeds the mission, keeps vehicles running and builds beds. The
two cannot replace one another: $400M received is not $400M of people. Under a package of the United Nations member states
are assessed for what it covers: a third channel, used before the voluntary ones. A month of supplies below need is a crisis
that everybody sees: donors, contributing countries, and whoever watches over a plan for it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from models.haiti.agents.donor import Donor, cash_flow
from simulation.clock import MOST_DAYS
from simulation.mechanism import Mechanism
from simulation.parameters import beta, lognormal, parameter, uniform
from simulation.serialise.kept import kept
from simulation.serialise.limits import MONEY, Limits, Text, amount, share, whole

RELIABILITIES = ("steady", "slow", "stop_go")

YEAR = 365.0


@dataclass(frozen=True)
class FundingParameters:
    source: str = parameter(
        "pledges", "", "where money comes from: the published pledges, or a steady level of need",
        choices=("pledges", "level"), status="policy", source="study factor",
    )  # fmt: skip
    level: float = parameter(
        1.0, "share of need", "receipts a year over need at the authorised force, when the source is 'level'",
        bounds=(0, 5), status="policy", source="study factor",
    )  # fmt: skip
    cash_share: float = parameter(
        0.34, "share", "part of the level that comes as trust-fund cash (the historic split is 85 of 400)",
        bounds=(0, 1), status="policy", source="study factor; historic .21 from seed2024",
    )  # fmt: skip
    reliability: str = parameter(
        "steady", "", "how regularly money comes: steady, slow (late in its year; of pledges: half-lives doubled), or stop_go",
        choices=RELIABILITIES, status="policy", source="study factor",
    )  # fmt: skip
    half_life_trust_fund: float = parameter(
        120.0, "days", "time in which half of what will be paid of a trust-fund pledge has been paid",
        bounds=(1, 2000), prior=lognormal(120, 0.5), source="direction: ose2012",
    )  # fmt: skip
    half_life_bilateral: float = parameter(
        90.0, "days", "the same for bilateral support in kind", bounds=(1, 2000), prior=lognormal(90, 0.5),
        source="seed2024: chosen for about $400M received by October 2024",
    )  # fmt: skip
    fulfilment: float = parameter(
        0.85, "share", "part of an open pledge that is ever paid",
        bounds=(0, 1), prior=beta(8, 2), source="ose2012: 45-53 % of Haiti pledges paid after two years",
    )  # fmt: skip
    stop_go_days: int = parameter(
        120, "days", "length of the paying spell in stop_go, followed by half as long without; the year's sum stays the same",
        bounds=(2, 720), prior=uniform(60, 240), source="assumed: spells of two to eight months",
    )  # fmt: skip


@dataclass(frozen=True)
class ShortageParameters:
    supply: float = parameter(
        0.95, "share", "part of the daily need below which supplies are short", bounds=(0, 1), prior=uniform(0.7, 1),
        source="assumed: from a third of need missing to any want",
    )  # fmt: skip
    days: int = parameter(
        30, "days", "short days in a row that make a crisis which everybody sees", bounds=(1, 720), prior=uniform(14, 60),
        source="assumed: from a late delivery, two weeks, to two months",
    )  # fmt: skip
    wary: float = parameter(
        0.7, "share", "contributing countries that send nobody while a crisis lasts", bounds=(0, 1), prior=uniform(0.3, 1),
        source="assumed: from a third of the countries to all",
    )  # fmt: skip


@dataclass(frozen=True)
class CostParameters:
    cash_per_person: float = parameter(
        80_000.0, "USD/person-year", "allowances, paid in cash",
        bounds=(0, 400_000), prior=uniform(50_000, 110_000), source="lower bound amisomfin2017",
    )  # fmt: skip
    logistics_per_person: float = parameter(
        120_000.0, "USD/person-year", "food, fuel, rotation and care, paid in kind",
        bounds=(0, 400_000), status="derived", source="so that 2,500 people cost $600M a year (seed2024)",
    )  # fmt: skip
    fixed: float = parameter(
        100e6, "USD/year", "base, command and air support whatever the strength, paid in kind", bounds=(0, 1e9),
        prior=uniform(60e6, 140e6), source="constrained by $600M a year at 2,500 people: seed2024",
    )  # fmt: skip


def yearly_need(people: float, cost: CostParameters) -> float:
    """What `people` cost a year, USD: $600M at 2,500 with the default costs. Nothing for a mission of nobody."""
    return people * (cost.cash_per_person + cost.logistics_per_person) + (cost.fixed if people > 0 else 0.0)


@kept
class FundingPool:
    """The mission's money in USD: stocks, and what has come in and gone out since the start."""

    limits = Limits(
        {
            **dict.fromkeys(
                ("received_before", "opening_cash", "opening_in_kind", "cash", "in_kind", "arrears", "received_cash"),
                MONEY,
            ),
            **dict.fromkeys(("received_in_kind", "received_assessed", "assessed", "assessed_allowances"), MONEY),
            **dict.fromkeys(("assessed_logistics", "assessed_beds", "assessed_vehicles"), MONEY),
            **dict.fromkeys(("paid_allowances", "paid_logistics", "paid_beds", "paid_vehicles"), MONEY),
            "arrears_days": whole(0, MOST_DAYS),
            "paid_beds_cash": MONEY,
            "short_days": whole(0, MOST_DAYS),
            "supply": amount(0, 1000),
        }
    )

    def __init__(self, cash: float, in_kind: float, received_before: float = 0.0):
        self.received_before = received_before
        self.opening_cash, self.opening_in_kind = cash, in_kind
        self.cash, self.in_kind, self.arrears = cash, in_kind, 0.0
        self.arrears_days = 0
        self.received_cash = self.received_in_kind = self.received_assessed = 0.0
        self.assessed = 0.0
        self.assessed_allowances = self.assessed_logistics = self.assessed_beds = self.assessed_vehicles = 0.0
        self.paid_allowances = self.paid_logistics = 0.0
        self.paid_beds = self.paid_vehicles = self.paid_beds_cash = 0.0
        self.supply, self.short_days = 1.0, 0

    @property
    def received(self) -> float:
        return self.received_cash + self.received_in_kind + self.received_assessed

    @property
    def spent(self) -> float:
        return self.paid_allowances + self.paid_logistics + self.paid_beds + self.paid_vehicles

    def imbalance(self) -> float:
        """Opening + receipts - payments - closing over the three channels, USD: 0 when no money leaks."""
        sustained = self.assessed_logistics + self.assessed_beds + self.assessed_vehicles
        goods = self.paid_logistics + self.paid_beds - self.paid_beds_cash + self.paid_vehicles - sustained
        paid = self.paid_allowances - self.assessed_allowances + self.paid_beds_cash
        cash = self.opening_cash + self.received_cash - paid - self.cash
        in_kind = self.opening_in_kind + self.received_in_kind - goods - self.in_kind
        assessed = self.received_assessed - sustained - self.assessed_allowances - self.assessed
        return abs(cash) + abs(in_kind) + abs(assessed)


class Funding(Mechanism):
    """Donors disburse; allowances and arrears are paid from cash, sustainment from goods in kind.

    way: how regularly money comes today. began: day before the first of it, from which its years and spells are counted.
    phase: where in a spell of payments and its gap that was, 0 to 1; the same in all arms of a comparison.
    """

    name = "funding"
    covers = ("M04", "M05", "M06", "M08")
    shown_by = ("funding_received_usd", "arrears_usd", "runway_days", "supply_crisis")
    neutral = "No donor pays, nobody is paid or supplied: stocks stay as on the first day."
    objection = (
        "Pledges are paid by politics and calendar years, not at a steady rate; half-lives hide both. Money of published "
        "pledges is known to the run before it was made, so what it buys is no forecast."
    )
    equations = (
        "pledge: paid = min(1, will · (1 - 2^(-1 / half-life))) · undisbursed; will as in `political_will`",
        "half-life: funding.half_life_trust_fund (cash), funding.half_life_bilateral (goods) or support.half_life (assessed)",
        "promised of a pledge = its sum · max(funding.fulfilment, part that the records show as received)",
        "level (funding.source): promised a day = funding.level · need / 365, funding.cash_share of it in cash",
        "need = deployment.authorised · (cost.cash_per_person + cost.logistics_per_person) + cost.fixed (0 for nobody)",
        "level: scheduled ← scheduled + promised - due, due = min(1, will · (1 - 2^(-1 / half-life))) · scheduled",
        "level: paid = min(undisbursed, due · timing + what is behind); behind: what the undisbursed did not allow",
        "timing as funding.reliability says: 1 if steady, and 1 on average over a year",
        "slow: half-lives of pledges are doubled, and timing = 1 - 2^(-(day + 0.5) / (2 · half-life)) over its mean of a year",
        "stop_go: funding.stop_go_days of payments, then half as many without",
        "stop_go while paying: will · 1.5 for pledges, timing = 365 / days paid in the year for a level; else 0",
        "pool.arrears ← pool.arrears + people · cost.cash_per_person / 365 - what pool.assessed (pay) and pool.cash allow",
        "pool.arrears_days ← pool.arrears_days + 1 while pool.arrears > 1, else 0",
        "wanted = (people · cost.logistics_per_person + cost.fixed) / 365",
        "pool.supply = (assessed + min(pool.in_kind, wanted - assessed)) / wanted; 1 where nothing is wanted",
        "pool.short_days ← pool.short_days + 1 while people are here and pool.supply < shortage.supply, else 0",
        "a crisis of supplies from shortage.days on",
    )
    reads = ("forces.units",)
    writes = (
        "donors", "pool.arrears", "pool.arrears_days", "pool.assessed", "pool.assessed_allowances",
        "pool.assessed_logistics", "pool.cash", "pool.in_kind", "pool.paid_allowances", "pool.paid_logistics",
        "pool.received_assessed", "pool.received_cash", "pool.received_in_kind", "pool.short_days", "pool.supply",
    )  # fmt: skip
    uses = ("political_will", "support")
    limits = Limits({"way": Text(RELIABILITIES), "began": whole(0, MOST_DAYS), "phase": share()})

    def __init__(self, model):
        super().__init__(model)
        self.way, self.began = model.parameters.funding.reliability, 0
        self.phase = model.dice.roll("funding.spells", 0, 0).uniform()

    def step(self) -> None:
        model, pool = self.model, self.model.pool
        if self.way != model.parameters.funding.reliability:
            self.way, self.began = model.parameters.funding.reliability, model.day - 1
        self._look_at_supplies()
        for donor in model.donors:
            paid = donor.decide()
            if not paid:
                continue
            if donor.is_cash:
                pool.cash += paid
                pool.received_cash += paid
            elif donor.channel == "assessed":
                pool.assessed += paid
                pool.received_assessed += paid
            else:
                pool.in_kind += paid
                pool.received_in_kind += paid
        people = model.forces.deployed()
        self._pay_allowances(people)
        self._sustain(people)

    def _look_at_supplies(self) -> None:
        """Counts days on which yesterday's supplies were short; a month of them is an incident, and so is its end."""
        model, pool, rules = self.model, self.model.pool, self.model.parameters.shortage
        was = model.mission.supply_crisis()
        short = model.forces.deployed() > 0 and pool.supply < rules.supply
        pool.short_days = pool.short_days + 1 if short else 0
        if model.mission.supply_crisis() and not was:
            text = f"Supplies of the mission have been short for {pool.short_days} days and cover {pool.supply:.0%} of need"
            model.ledger.incident(model.day, "supply_crisis", model.base, "mission", text)
        elif was and not short:
            model.ledger.incident(
                model.day, "supply_crisis", model.base, "mission", "Supplies of the mission cover its need again"
            )

    def _pay_allowances(self, people: int) -> None:
        pool, cost = self.model.pool, self.model.parameters.cost
        pool.arrears += people * cost.cash_per_person / YEAR
        assessed = min(pool.assessed, pool.arrears) if self.model.support.pays("pay") else 0.0
        pool.assessed -= assessed
        pool.assessed_allowances += assessed
        pool.paid_allowances += assessed
        pool.arrears -= assessed
        paid = min(pool.cash, pool.arrears)
        pool.cash -= paid
        pool.arrears -= paid
        pool.paid_allowances += paid
        pool.arrears_days = pool.arrears_days + 1 if pool.arrears > 1.0 else 0

    def _sustain(self, people: int) -> None:
        """Food, fuel and base first; `supply` is the part of the need that could be met today."""
        pool, cost = self.model.pool, self.model.parameters.cost
        need = (people * cost.logistics_per_person + (cost.fixed if people > 0 else 0.0)) / YEAR
        assessed = min(pool.assessed, need) if self.model.support.pays("logistics") else 0.0
        paid = min(pool.in_kind, need - assessed)
        pool.assessed -= assessed
        pool.assessed_logistics += assessed
        pool.in_kind -= paid
        pool.paid_logistics += assessed + paid
        pool.supply = (assessed + paid) / need if need > 0 else 1.0


def pledged_donors(model) -> list[Donor]:
    """A donor for each published pledge (rows that may repeat another are left out)."""
    pledged, received = defaultdict(float), defaultdict(float)
    for record in model.start.pledges:
        pledged[record.donor, record.channel] += 0.0 if record.overlap else record.amount_usd
    for record in model.start.receipts:
        received[record.donor, record.channel] += record.amount_usd
    fulfilled = {key: min(1.0, received[key] / amount) for key, amount in pledged.items() if amount > 0}
    open_share = model.parameters.funding.fulfilment
    return [
        Donor.pledged(model, record, max(open_share, fulfilled[record.donor, record.channel]))
        for record in model.start.pledges
        if not record.overlap
    ]


def choose_donors(model, pledged: list[Donor]) -> list[Donor]:
    """The donors of the run: those of the published pledges, or two that pay a steady level of the need."""
    if model.parameters.funding.source == "pledges":
        return pledged
    for donor in pledged:
        donor.remove()
    return [Donor.steady(model, channel, daily) for channel, daily in steady_promises(model.parameters).items()]


def steady_promises(parameters) -> dict[str, float]:
    """USD a day by channel when money comes at a steady level of the need; channels without any are left out."""
    rules = parameters.funding
    yearly = rules.level * yearly_need(parameters.deployment.authorised, parameters.cost)
    parts = (("trust_fund", rules.cash_share), ("bilateral_in_kind", 1.0 - rules.cash_share))
    return {channel: yearly * share / YEAR for channel, share in parts if yearly * share > 0}


def redirect(model, before) -> None:
    """Donors of a run whose parameters were `before` until today.

    At a steady level, promises follow the new level from today on; what was promised is still paid, by half-lives. From
    pledges to a level, the donors are replaced: what they have pledged and not paid is lost.
    """
    if model.parameters.funding.source == "pledges":
        return
    if before.funding.source == "pledges":
        model.donors = choose_donors(model, model.donors)
        return
    promises = steady_promises(model.parameters)
    if promises == steady_promises(before):
        return
    for donor in model.donors:
        if not donor.daily_promise:
            donor.scheduled = donor.undisbursed
        donor.daily_promise = promises.pop(donor.channel, 0.0)
    for channel, daily in promises.items():
        donor = Donor(model, "steady donors", channel)
        donor.daily_promise = daily
        model.donors.append(donor)


def runway_days(pool: FundingPool, people: int, cost: CostParameters) -> float:
    """Days for which today's cash pays today's people; infinite without people."""
    burn = cash_flow(people, cost.cash_per_person)
    return pool.cash / burn if burn > 0 else float("inf")
