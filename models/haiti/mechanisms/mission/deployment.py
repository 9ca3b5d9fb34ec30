"""Deployment: people arrive in batches under four ceilings, and which one binds is written down every day (M03, M08, M11).

Authorised strength, contributors' ready batches, beds and cash each set a ceiling; the lowest counts. Money alone does
not deploy anybody: dollars divided by cost would have put 1,667 people in Haiti in November 2024 instead of 400.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from models.haiti.agents.contingent import Batch, Contingent
from simulation.mechanism import Mechanism
from simulation.parameters import lognormal, loguniform, parameter, uniform

CEILINGS = ("authorised", "contributors", "beds", "cash")


@dataclass(frozen=True)
class DeploymentParameters:
    authorised: int = parameter(
        2500, "people", "strength that the Council has authorised; 0 is no mission",
        bounds=(0, 30_000), status="policy", source="resolution 2699 (2023)",
    )  # fmt: skip
    forced: bool = parameter(
        False, "", "put the authorised strength in place on the first day whatever the ceilings (companion experiments)",
        status="policy", source="study factor",
    )  # fmt: skip
    at_start: int = parameter(
        -1, "people", "mission strength on the first day; -1 takes the published figure",
        bounds=(-1, 30_000), status="policy", source="deployments.csv",
    )  # fmt: skip
    reserve_days: float = parameter(
        90.0, "days", "allowances that must be in cash before more people come",
        bounds=(0, 720), prior=uniform(45, 120), source="rule; fits the staircase of 2024",
    )  # fmt: skip
    cost_per_bed: float = parameter(
        100_000.0, "USD", "base building per person housed, in kind",
        bounds=(1, 5e6), prior=uniform(75_000, 300_000),
    )  # fmt: skip
    bed_growth: float = parameter(
        6.0, "beds/day", "most beds that can be built in a day whatever the money",
        bounds=(0, 1000), prior=uniform(3, 10),
    )  # fmt: skip
    lead_support: float = parameter(
        0.3, "share", "backing by a lead nation with logistics of its own: 0 none, 1 as in East Timor 1999",
        bounds=(0, 1), prior=uniform(0, 1), source="seed2024 footnote 4",
    )  # fmt: skip
    bed_yield_floor: float = parameter(
        0.4, "share", "part of base money that becomes beds without any lead support (all of it with full support)",
        bounds=(0, 1), prior=uniform(0.2, 0.6),
    )  # fmt: skip
    company: int = parameter(
        100, "people", "largest unit that moves as one", bounds=(10, 1000), status="assumed", source="a company",
    )  # fmt: skip
    forced_vehicles: float = parameter(
        0.07, "vehicles/person", "armoured vehicles that forced contingents bring along (companion experiments only)",
        bounds=(0, 1), status="policy", source="half of one for seven people",
    )  # fmt: skip


@dataclass(frozen=True)
class ContributorParameters:
    ready_delay: float = parameter(
        150.0, "days", "median time from a country's offer to its first batch ready",
        bounds=(1, 2000), prior=lognormal(150, 0.6), source="order of contributors: lundgren2021",
    )  # fmt: skip
    ready_delay_spread: float = parameter(
        0.6, "log-sd", "spread of that time between countries", bounds=(0, 2), prior=uniform(0.3, 0.9),
    )  # fmt: skip
    batch_interval: float = parameter(
        60.0, "days", "time between a country's batches", bounds=(1, 720), prior=uniform(30, 120),
    )  # fmt: skip
    lead_batch: int = parameter(
        200, "people", "batch of the lead nation", bounds=(10, 2000), status="published", source="deployments.csv 2024",
    )  # fmt: skip
    batch: int = parameter(
        75, "people", "batch of other nations", bounds=(10, 2000), status="published", source="deployments.csv 2025",
    )  # fmt: skip
    follow_through: float = parameter(
        0.5, "share", "batches offered by others than the lead nation that ever become ready",
        bounds=(0, 1), prior=uniform(0.2, 0.8),
    )  # fmt: skip
    unnumbered: int = parameter(
        50, "people", "offer of a country that named no number", bounds=(0, 2000), prior=uniform(0, 150),
    )  # fmt: skip
    offer_rate: float = parameter(
        2.0, "offers/year", "new countries offering while offers are below the authorised strength",
        bounds=(0, 50), prior=uniform(0, 5), source="contributors.csv: 14 countries in 14 months, few later",
    )  # fmt: skip
    offer_size: float = parameter(
        150.0, "people", "median size of such an offer", bounds=(1, 5000), prior=lognormal(150, 0.5),
    )  # fmt: skip


@dataclass(frozen=True)
class ArrearsParameters:
    tolerance: float = parameter(
        60.0, "days", "unpaid days after which availability falls and contingents may leave",
        bounds=(0, 720), prior=uniform(30, 120),
    )  # fmt: skip
    withdraw_hazard: float = parameter(
        0.002, "1/day", "daily chance of each company to be called home beyond the tolerance",
        bounds=(0, 1), prior=loguniform(0.0005, 0.005),
    )  # fmt: skip


class Deployment(Mechanism):
    """Builds beds, lets ready batches in under the lowest ceiling, lets unpaid contingents go."""

    name = "deployment"
    covers = ("M03", "M08", "M11")
    shown_by = ("deployed_force", "binding_ceiling")
    neutral = "Nobody arrives or leaves; no beds are built."
    objection = "Governments time contingents to their own elections and courts, which a random delay cannot show."
    reads = ("label", "pool.arrears_days", "pool.cash")
    writes = (
        "binding_ceiling", "ceilings", "contingents", "forces.units", "ledger.mission_arrived",
        "ledger.mission_withdrawn", "mission.beds", "pool.assessed", "pool.assessed_beds", "pool.in_kind",
        "pool.paid_beds",
    )  # fmt: skip
    uses = ("calendar", "mandate", "support")

    def step(self) -> None:
        self._build_beds()
        self._new_offers()
        self._withdrawals()
        ceilings = self.ceilings()
        self.model.ceilings = ceilings
        self.model.binding_ceiling = self.binding(ceilings)
        if not (self.model.parameters.deployment.forced or self.model.mandate.ramping):
            self._arrivals(ceilings)

    @staticmethod
    def binding(ceilings: dict[str, float]) -> str:
        """The name of the lowest ceiling; of equal ones the first of `CEILINGS`."""
        return min(CEILINGS, key=lambda name: (ceilings[name], CEILINGS.index(name)))

    def ceilings(self) -> dict[str, float]:
        """People that each ceiling would allow today.

        A peacekeeping operation is built up by a curve that stands for contributors; its beds and its pay come with it.
        """
        model, rules = self.model, self.model.parameters.deployment
        if model.mandate.ramping:
            people = {"authorised": model.authorised(), "contributors": model.mandate.ramp_target()}
            return {name: float(people.get(name, math.inf)) for name in CEILINGS}
        per_person = model.parameters.cost.cash_per_person * rules.reserve_days / 365.0
        return {
            "authorised": float(model.authorised()),
            "contributors": float(sum(contingent.ready_people() for contingent in model.contingents)),
            "beds": float(math.floor(model.mission.beds)),
            "cash": model.pool.cash / per_person if per_person > 0 and not model.support.pays("pay") else math.inf,
        }

    def _build_beds(self) -> None:
        """Goods in kind beyond a month of sustainment become beds while more people could use them."""
        model, rules = self.model, self.model.parameters.deployment
        mission, pool = model.mission, model.pool
        if not model.authorised():
            return  # a base for nobody
        mission.beds = max(mission.beds, mission.base_beds())
        if not mission.base_complete():
            pool.paid_beds += pool.in_kind  # the first base takes what comes
            pool.in_kind = 0.0
            return
        wanted = min(model.authorised(), sum(c.ready_people() for c in model.contingents) + 2 * rules.company)
        spare = max(0.0, pool.in_kind - mission.voluntary_sustainment())
        assessed = max(0.0, pool.assessed - mission.monthly_sustainment()) if model.support.pays("logistics") else 0.0
        backing = max(rules.lead_support, model.support.building)
        share = rules.bed_yield_floor + (1.0 - rules.bed_yield_floor) * backing
        if share <= 0.0:
            return  # nothing of the money becomes beds
        cost = rules.cost_per_bed / share
        built = min(rules.bed_growth, max(wanted - mission.beds, 0.0), (spare + assessed) / cost)
        mission.beds += built
        from_assessed = min(assessed, built * cost)
        pool.assessed -= from_assessed
        pool.assessed_beds += from_assessed
        pool.in_kind = max(0.0, pool.in_kind - (built * cost - from_assessed))  # never below 0 by rounding
        pool.paid_beds += built * cost

    def _new_offers(self) -> None:
        model, rules = self.model, self.model.parameters.contributor
        offered = sum(c.offered for c in model.contingents if c.offer_day <= model.day)
        if offered >= model.authorised() or model.parameters.deployment.forced:
            return
        luck = self.roll(part="offer")
        paid_well = model.pool.arrears_days == 0
        if luck.uniform() < -math.expm1(-rules.offer_rate / 365.0 * (1.0 if paid_well else 0.3)):
            size = max(1, round(rules.offer_size * math.exp(0.5 * luck.normal())))
            number = len(model.contingents)
            model.contingents.append(Contingent(model, f"later offer {number}", size, model.day, False, number))

    def add_contingent(self, country: str, people: int, ready: int) -> None:
        """People of a country that will be ready `ready` days from today, in batches of at most the usual size."""
        model, rules = self.model, self.model.parameters.contributor
        contingent = next((one for one in model.contingents if one.country == country), None)
        if contingent is None:
            contingent = Contingent(model, country, 0, model.day, False, len(model.contingents))
            model.contingents.append(contingent)
        contingent.offered += people
        while people > 0:
            size = min(people, rules.batch)
            contingent.batches.append(Batch(size, model.day + ready))
            people -= size

    def _withdrawals(self) -> None:
        model, rules = self.model, self.model.parameters.arrears
        if model.pool.arrears_days <= rules.tolerance or model.parameters.deployment.forced:
            return
        for contingent in model.contingents:
            luck = self.roll(contingent.number, "leave")
            leaving = [unit for unit in contingent.units if luck.uniform() < rules.withdraw_hazard]
            if leaving:
                people = contingent.withdraw(leaving)
                model.ledger.add("mission_withdrawn", model.base, people)
                text = f"{contingent.country} withdraws {people} people after {model.pool.arrears_days} unpaid days"
                model.ledger.incident(model.day, "withdrawal", model.base, contingent.country, text)

    def _arrivals(self, ceilings: dict[str, float]) -> None:
        model = self.model
        room = min(ceilings["authorised"], ceilings["beds"], ceilings["cash"]) - model.forces.deployed()
        seats = ceilings["authorised"] - model.forces.deployed()
        queue = [(b.ready_day, c.number, c, b) for c in model.contingents for b in c.waiting()]
        for _, _, contingent, batch in sorted(queue, key=lambda item: item[:2]):
            people = min(batch.people, int(seats))  # the last batch may be cut to fit the mandate
            if people <= 0 or people > room or not model.airport_open():
                continue
            contingent.arrive(people)
            contingent.batches.remove(batch)
            model.ledger.add("mission_arrived", model.base, people)
            room, seats = room - people, seats - people
            text = f"{people} people from {contingent.country} arrive; the mission has {model.forces.deployed()}"
            model.ledger.incident(model.day, "arrival", model.base, contingent.country, text)
