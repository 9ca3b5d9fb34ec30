"""Deployment: people arrive in batches under five ceilings, and which one binds is written down every day (M03, M08, M11).

Authorised strength, contributors' ready batches, beds, cash and the way in each set a ceiling; the lowest counts. Money alone
does not deploy anybody: dollars divided by cost would have put 1,667 people in Haiti in November 2024 instead of 400. Beds
come in phases of construction: none of a phase can be used before all of it stands, so the mission grows in steps.

A run knows on its first day what had been offered by then. Countries that offered people later are not known to it: later
offers come by chance. So the record is one course among those of a baseline, and not its middle.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from models.haiti.agents.contingent import Batch, Batches, Contingent, ready_batches
from simulation.mechanism import Mechanism
from simulation.parameters import lognormal, loguniform, parameter, uniform
from simulation.serialise.limits import Limits, amount, whole

CEILINGS = ("authorised", "contributors", "beds", "cash", "airport")


@dataclass(frozen=True)
class DeploymentParameters:
    authorised: int = parameter(
        2500, "people", "strength that the Council has authorised; 0 is no mission", bounds=(0, 30_000), status="policy",
        source="unsc2023r2699",
    )  # fmt: skip
    forced: bool = parameter(
        False, "", "put the authorised strength in place on the first day whatever the ceilings (companion experiments)",
        status="policy", source="study factor: force as given, to see what it does once it is there",
    )  # fmt: skip
    recorded: bool = parameter(
        False, "", "only those land whom a scenario's events land, on their day and whatever the ceilings", status="policy",
        source="for scenarios that retell",
    )  # fmt: skip
    at_start: int = parameter(
        -1, "people", "mission strength on the first day; -1 takes the published figure",
        bounds=(-1, 30_000), status="policy", source="deployments.csv",
    )  # fmt: skip
    reserve_days: float = parameter(
        90.0, "days", "allowances that must be in cash before more people come", bounds=(0, 720), prior=uniform(45, 120),
        source="assumed: a month and a half to four months; fits the staircase of deployments.csv",
    )  # fmt: skip
    cost_per_bed: float = parameter(
        100_000.0, "USD", "base building per person housed, in kind", bounds=(1, 5e6), prior=uniform(75_000, 300_000),
        source="assumed: from containers on prepared ground to a hardened base",
    )  # fmt: skip
    cost_spread: float = parameter(
        0.25, "log-sd", "spread of that price between phases of construction", bounds=(0, 2), prior=uniform(0, 0.5),
        source="assumed: from one price for all to two phases in three within a factor of 1.6",
    )  # fmt: skip
    bed_growth: float = parameter(
        6.0, "beds/day", "most beds that can be built in a day whatever the money", bounds=(0, 1000), prior=uniform(3, 10),
        source="mission_base.csv: 400 beds from the builders' arrival on 5 May to 16 July 2024",
    )  # fmt: skip
    bed_phase: int = parameter(
        600, "beds", "beds of a phase of construction, which opens when all of it stands", bounds=(1, 30_000),
        prior=uniform(300, 900),
        source="assumed: half to one and a half times the start; bedding for 1,300 was ordered, 400 beds came first "
        "(mission_base.csv)",
    )  # fmt: skip
    crowding: float = parameter(
        0.08, "share", "people beyond its beds whom a base puts up", bounds=(0, 1), prior=uniform(0, 0.15),
        source="430 people in October 2024 where 400 had come by July (deployments.csv)",
    )  # fmt: skip
    fund_days: float = parameter(
        180.0, "days", "pay of all who would then be there that must be in cash before it builds beds as goods in kind do",
        bounds=(0, 10_000), prior=uniform(90, 720),
        source="assumed: three months to two years; of a fund of $110M 97.4 were allocated by December 2024 (funding.csv)",
    )  # fmt: skip
    lead_support: float = parameter(
        0.3, "share", "backing by a lead nation with logistics of its own: 0 none, 1 as in East Timor 1999",
        bounds=(0, 1), prior=uniform(0, 1), source="seed2024 footnote 4",
    )  # fmt: skip
    bed_yield_floor: float = parameter(
        0.4, "share", "part of base money that becomes beds without any lead support (all of it with full support)",
        bounds=(0, 1), prior=uniform(0.2, 0.6), source="assumed: from one dollar in five to three in five that become beds",
    )  # fmt: skip
    company: int = parameter(
        100, "people", "largest unit that moves as one", bounds=(10, 1000), status="assumed",
        source="assumed: a company, as armies count",
    )  # fmt: skip
    forced_vehicles: float = parameter(
        0.07, "vehicles/person", "armoured vehicles that forced contingents bring along (companion experiments only)",
        bounds=(0, 1), status="policy", source="stands for half of a vehicle for seven people",
    )  # fmt: skip


@dataclass(frozen=True)
class ContributorParameters:
    ready_delay: float = parameter(
        150.0, "days", "median time from a country's offer to its first batch ready",
        bounds=(1, 2000), prior=lognormal(150, 0.6), source="order of contributors: lundgren2021",
    )  # fmt: skip
    ready_delay_spread: float = parameter(
        0.6, "log-sd", "spread of that time between countries", bounds=(0, 2), prior=uniform(0.3, 0.9),
        source="assumed: two countries in three within a factor of 1.3 to 2.5 of the median",
    )  # fmt: skip
    batch_interval: float = parameter(
        60.0, "days", "time between a country's batches", bounds=(1, 720), prior=uniform(30, 120),
        source="assumed: one to four months, for training and flights",
    )  # fmt: skip
    lead_batch: int = parameter(
        200, "people", "batch of the lead nation", bounds=(10, 2000), status="published", source="deployments.csv 2024",
    )  # fmt: skip
    batch: int = parameter(
        75, "people", "batch of other nations", bounds=(10, 2000), status="published", source="deployments.csv 2025",
    )  # fmt: skip
    advance: int = parameter(
        25, "people", "advance party that other nations send first", bounds=(1, 2000), prior=uniform(5, 40),
        source="deployments.csv: Jamaica 24, El Salvador 8, Belize 2",
    )  # fmt: skip
    landing_days: int = parameter(
        20, "days", "least time between two landings of a country", bounds=(0, 720), prior=uniform(7, 30),
        status="published", source="deployments.csv: Kenya 21 days in 2024, 19 in 2025",
    )  # fmt: skip
    follow_through: float = parameter(
        0.5, "share", "batches offered by others than the lead nation that ever become ready", bounds=(0, 1),
        prior=uniform(0.2, 0.8), source="assumed: from one batch in five to four in five",
    )  # fmt: skip
    unnumbered: int = parameter(
        50, "people", "offer of a country that named no number", bounds=(0, 2000), prior=uniform(0, 150),
        source="assumed: from a gesture to a company and a half",
    )  # fmt: skip
    offer_rate: float = parameter(
        2.0, "offers/year", "new countries offering while people here and batches to come are below the authorised strength",
        bounds=(0, 50), prior=uniform(0, 5), source="contributors.csv: 12 countries until March 2024, 2 in the year after",
    )  # fmt: skip
    offer_size: float = parameter(
        150.0, "people", "median size of such an offer", bounds=(1, 5000), prior=lognormal(150, 0.5),
        source="about the smaller offers with a number in contributors.csv",
    )  # fmt: skip


@dataclass(frozen=True)
class ArrearsParameters:
    tolerance: float = parameter(
        60.0, "days", "unpaid days after which availability falls and contingents may leave", bounds=(0, 720),
        prior=uniform(30, 120), source="assumed: one to four months without pay",
    )  # fmt: skip
    withdraw_hazard: float = parameter(
        0.002, "1/day", "daily chance of each company to be called home beyond the tolerance", bounds=(0, 1),
        prior=loguniform(0.0005, 0.005), source="assumed: one company in six to five in six gone after a year of it",
    )  # fmt: skip


class Deployment(Mechanism):
    """Builds beds, lets ready batches in under the lowest ceiling, lets unpaid contingents go.

    phase: beds of the phase of construction under way, 0 without one. built: beds of it that stand and cannot be used yet.
    phases: how many have begun. price: of a bed of this one, over that of `cost_per_bed`.
    """

    name = "deployment"
    covers = ("M03", "M08", "M11")
    shown_by = ("deployed_force", "binding_ceiling")
    neutral = "Nobody arrives or leaves; no beds are built."
    objection = (
        "Governments time contingents to their own elections and courts, which a random delay cannot show. The size of a phase "
        "is what was ordered before the start; who built what in the autumn of 2024, and from whose money, is not published. "
        "In the middle run the step of January 2025 comes two weeks late, and then fills the base more than the record does; "
        "where a phase is dear or money ends, its beds never open, and nobody opens a part of them."
    )
    equations = (
        "ceilings: authorised, contributors, beds, cash and airport; the lowest binds",
        "authorised = deployment.authorised until another strength is adopted",
        "contributors = people here + ready batches; airport = people here while closed, else none",
        "beds = ⌊mission.beds · (1 + deployment.crowding)⌋",
        "cash = pool.cash / (cost.cash_per_person · deployment.reserve_days / 365)",
        "a batch lands if it fits under authorised, beds and cash, contributor.landing_days after its country's last one",
        "batches: contributor.lead_batch of the lead nation; contributor.advance, then contributor.batch of others",
        "batch k is ready on offer + delay + k · contributor.batch_interval",
        "delay = contributor.ready_delay · exp(contributor.ready_delay_spread · Normal(0, 1))",
        "batch k comes if U < contributor.follow_through, always of the lead nation",
        "an offer without a number = contributor.unnumbered",
        "no batch of a country while supplies are in crisis and its U < shortage.wary, or while its U < 1 - politics.consent",
        "a new offer if U < 1 - exp(-contributor.offer_rate / 365 · (1, or 0.3 with arrears or a crisis of supplies))",
        "its size = contributor.offer_size · exp(0.5 · Normal(0, 1))",
        "new offers only while people here and in batches to come are fewer than authorised",
        "built ← built + min(deployment.bed_growth, phase - built, money / price)",
        "mission.beds ← mission.beds + phase once built = phase; until the first base stands, all goods go into it",
        "phase = min(deployment.bed_phase, authorised - mission.beds)",
        "a phase begins while min(authorised, contributors + 2 · deployment.company) > mission.beds",
        "price = deployment.cost_per_bed · exp(deployment.cost_spread · Normal(0, 1)) / yield",
        "yield = deployment.bed_yield_floor + (1 - deployment.bed_yield_floor) · backing",
        "backing = max(deployment.lead_support, building), building as in `support`",
        "money = pool.in_kind and pool.assessed beyond 30 days of need + pool.cash beyond reserve",
        "reserve = min(authorised, mission.beds + phase) · cost.cash_per_person · deployment.fund_days / 365",
        "pool.arrears_days > arrears.tolerance: a company goes home if U < arrears.withdraw_hazard",
        "deployment.forced: all are there on the first day, with deployment.forced_vehicles each, and nobody comes or goes",
        "deployment.recorded: only those land whom events land",
    )
    reads = ("label", "politics.consent", "pool.arrears_days", "pool.short_days")
    writes = (
        "binding_ceiling", "ceilings", "contingents", "forces.units", "ledger.mission_arrived",
        "ledger.mission_withdrawn", "mission.beds", "pool.assessed", "pool.assessed_beds", "pool.cash", "pool.in_kind",
        "pool.paid_beds", "pool.paid_beds_cash",
    )  # fmt: skip
    uses = ("calendar", "mandate", "support")
    limits = Limits(
        {**dict.fromkeys(("phase", "phases"), whole(0, 1_000_000)), "built": amount(0, 1e6), "price": amount(0, 1e9)}
    )

    def __init__(self, model):
        super().__init__(model)
        self.phase, self.built, self.phases, self.price = 0, 0.0, 0, 1.0

    def step(self) -> None:
        ready = ready_batches(self.model)
        self._build_beds(self.ready_people(ready))
        offers, left = self._new_offers(), self._withdrawals()
        if offers or left:
            ready = ready_batches(self.model)
        ceilings = self.ceilings(self.ready_people(ready))
        self.model.ceilings = ceilings
        self.model.binding_ceiling = self.binding(ceilings)
        if ready and not (self.model.parameters.deployment.forced or self.model.mandate.ramping):
            self._arrivals(ceilings, ready)

    @staticmethod
    def binding(ceilings: dict[str, float]) -> str:
        """The name of the lowest ceiling; of equal ones the first of `CEILINGS`."""
        return min(CEILINGS, key=ceilings.__getitem__)

    def ready_people(self, ready: Batches | None = None) -> int:
        """People of all countries who are in Haiti or ready to come. ready: batches that are, looked for if not given."""
        ready = ready_batches(self.model) if ready is None else ready
        return self.model.forces.deployed() + sum([batch.people for _, batch in ready])

    def ceilings(self, ready: int | None = None) -> dict[str, float]:
        """People that each ceiling would allow today. ready: people here or ready to come, counted if not given.

        A peacekeeping operation is built up by a curve that stands for contributors; its beds and its pay come with it.
        """
        model, rules = self.model, self.model.parameters.deployment
        if model.mandate.ramping:
            people = {"authorised": model.authorised(), "contributors": model.mandate.ramp_target()}
            if people["contributors"] - model.forces.deployed() >= rules.company:
                people["airport"] = math.inf if model.airport_open() else model.forces.deployed()
            return {name: float(people.get(name, math.inf)) for name in CEILINGS}
        per_person = model.parameters.cost.cash_per_person * rules.reserve_days / 365.0
        people = {
            "authorised": float(model.authorised()),
            "contributors": float(self.ready_people() if ready is None else ready),
            "beds": float(math.floor(model.mission.beds * (1.0 + rules.crowding))),
            "cash": model.pool.cash / per_person if per_person > 0 and not model.support.pays("pay") else math.inf,
            "airport": math.inf,
        }
        if not model.airport_open() and any(True for _ in self._next(people, ready_batches(self.model))):
            people["airport"] = float(model.forces.deployed())
        return people

    def _build_beds(self, ready: int) -> None:
        """Goods in kind beyond a month of sustainment become beds while more people could use them."""
        model, rules = self.model, self.model.parameters.deployment
        mission, pool = model.mission, model.pool
        authorised = model.authorised()
        if not authorised:
            return  # a base for nobody
        first_base = mission.base_beds()
        mission.beds = max(mission.beds, first_base)
        if first_base < mission.whole_base():
            pool.paid_beds += pool.in_kind  # the first base takes what comes
            pool.in_kind = 0.0
            return
        wanted = min(authorised, ready + 2 * rules.company)
        if not self.phase:
            if wanted <= mission.beds:
                return
            self.phase, self.built = max(1, min(rules.bed_phase, math.ceil(authorised - mission.beds))), 0.0
            self.phases += 1
            luck = model.dice.roll("deployment.phase", 0, self.phases)  # of the phase, whenever it begins
            self.price = math.exp(rules.cost_spread * luck.normal())
        then = min(authorised, mission.beds + self.phase)
        reserve = 0.0 if model.support.pays("pay") else then * model.parameters.cost.cash_per_person
        idle = max(0.0, pool.cash - reserve * rules.fund_days / 365.0)
        spare = max(0.0, pool.in_kind - mission.voluntary_sustainment())
        assessed = max(0.0, pool.assessed - mission.monthly_sustainment()) if model.support.pays("logistics") else 0.0
        backing = max(rules.lead_support, model.support.building)
        share = rules.bed_yield_floor + (1.0 - rules.bed_yield_floor) * backing
        if share <= 0.0:
            return  # nothing of the money becomes beds
        cost = rules.cost_per_bed / share * self.price
        built = min(rules.bed_growth, self.phase - self.built, (spare + assessed + idle) / cost)
        price = built * cost
        from_assessed = min(assessed, price)
        from_goods = min(spare, price - from_assessed)
        from_cash = min(idle, price - from_assessed - from_goods)
        pool.assessed -= from_assessed
        pool.assessed_beds += from_assessed
        pool.in_kind = max(0.0, pool.in_kind - from_goods)  # never below 0 by rounding
        pool.cash = max(0.0, pool.cash - from_cash)
        pool.paid_beds_cash += from_cash
        pool.paid_beds += from_assessed + from_goods + from_cash
        self.built += built
        if self.built >= self.phase - 1e-6:
            mission.beds += self.phase
            text = f"A phase of construction is finished; the base has {mission.beds:.0f} beds"
            model.ledger.incident(model.day, "base", model.base, "mission", text)
            self.phase, self.built = 0, 0.0

    def _new_offers(self) -> bool:
        """A country may offer people today; whether one has."""
        model, rules = self.model, self.model.parameters.contributor
        coming = model.forces.deployed() + sum([batch.people for one in model.contingents for batch in one.batches])
        rules_of = model.parameters.deployment
        if coming >= model.authorised() or rules_of.forced or rules_of.recorded:
            return False
        luck = self.roll(part="offer")
        paid_well = model.pool.arrears_days == 0 and not model.mission.supply_crisis()
        if luck.uniform() >= -math.expm1(-rules.offer_rate / 365.0 * (1.0 if paid_well else 0.3)):
            return False
        size = max(1, round(rules.offer_size * math.exp(0.5 * luck.normal())))
        number = len(model.contingents)
        model.contingents.append(Contingent(model, f"later offer {number}", size, model.day, False, number))
        return True

    def add_contingent(self, country: str, people: int, ready: int) -> None:
        """People of a country that will be ready `ready` days from today, in batches of at most the usual size."""
        model, rules = self.model, self.model.parameters.contributor
        contingent = self._contingent_of(country)
        contingent.offered += people
        while people > 0:
            size = min(people, rules.batch)
            contingent.batches.append(Batch(size, model.day + ready))
            people -= size

    def land(self, country: str, people: int) -> None:
        """People of a country land today, as the record says, with the beds they need; planned batches shrink by as many."""
        model = self.model
        contingent = self._contingent_of(country)
        contingent.offered = max(contingent.offered, contingent.landed + people)
        contingent.present_from_start(people)
        model.mission.beds = max(model.mission.beds, float(model.forces.deployed()))
        self._tell_arrival(country, people)

    def _contingent_of(self, country: str) -> Contingent:
        """The contingent of a country; one without an offer, founded today, if it has none."""
        model = self.model
        contingent = next((one for one in model.contingents if one.country == country), None)
        if contingent is None:
            contingent = Contingent(model, country, 0, model.day, False, len(model.contingents))
            model.contingents.append(contingent)
        return contingent

    def _tell_arrival(self, country: str, people: int) -> None:
        """Write down people who have landed."""
        model = self.model
        model.ledger.add("mission_arrived", model.base, people)
        text = f"{people} people from {country} arrive; the mission has {model.forces.deployed()}"
        model.ledger.incident(model.day, "arrival", model.base, country, text)

    def _withdrawals(self) -> bool:
        """Unpaid companies are called home; whether any has been."""
        model, rules = self.model, self.model.parameters.arrears
        if model.pool.arrears_days <= rules.tolerance or model.parameters.deployment.forced:
            return False
        before = model.forces.deployed()
        for contingent in [one for one in model.contingents if one.units]:
            luck = self.roll(contingent.number, "leave")
            leaving = [unit for unit in contingent.units if luck.uniform() < rules.withdraw_hazard]
            if leaving:
                people = contingent.withdraw(leaving)
                model.ledger.add("mission_withdrawn", model.base, people)
                text = f"{contingent.country} withdraws {people} people after {model.pool.arrears_days} unpaid days"
                model.ledger.incident(model.day, "withdrawal", model.base, contingent.country, text)
        return model.forces.deployed() != before

    def _next(self, ceilings: dict[str, float], ready: Batches) -> Iterator[tuple[Contingent, Batch, int]]:
        """Batches for whom there are seats, beds and pay, in the order in which they were ready, with how many of each come."""
        model = self.model
        here = model.forces.deployed()
        room = min(ceilings["authorised"], ceilings["beds"], ceilings["cash"]) - here
        seats = ceilings["authorised"] - here
        # who does not fit now never will today: room and seats shrink alike
        fit = [(one, batch) for one, batch in ready if min(batch.people, int(seats)) <= room]
        queue = [(batch.ready_day, one.number, one, batch) for one, batch in fit if one.rested()]
        came = set()
        for _, number, contingent, batch in sorted(queue, key=lambda item: item[:2]):
            people = min(batch.people, int(seats))  # the last batch may be cut to fit the mandate
            if 0 < people <= room and number not in came:
                came.add(number)
                room, seats = room - people, seats - people
                yield contingent, batch, people

    def _arrivals(self, ceilings: dict[str, float], ready: Batches) -> None:
        model = self.model
        if not model.airport_open() or model.parameters.deployment.recorded:
            return
        for contingent, batch, people in list(self._next(ceilings, ready)):
            contingent.arrive(people)
            contingent.batches.remove(batch)
            self._tell_arrival(contingent.country, people)
