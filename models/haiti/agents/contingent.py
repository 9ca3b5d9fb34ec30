"""Contingents: what a country has offered, when its batches are ready, and who of them is in Haiti."""

from __future__ import annotations

import math
from dataclasses import dataclass

from models.haiti.agents.agent import Agent
from models.haiti.agents.unit import Unit
from simulation.clock import MOST_DAYS
from simulation.serialise.kept import kept
from simulation.serialise.limits import AGENT, FLAG, TEXT, Limits, a, listed, share, whole

NEVER = -MOST_DAYS


@kept
@dataclass
class Batch:
    """People who travel together. `ready_day`: trained, approved by courts and parliament, waiting for a bed."""

    limits = Limits({"people": whole(0, 1_000_000), "ready_day": whole(-MOST_DAYS, 2 * MOST_DAYS)})

    people: int
    ready_day: int


@kept
class Contingent(Agent):
    """One contributing country. Its clock starts at its offer, not at the Council's authorisation.

    Countries other than the lead nation send an advance party first. batches: those that are not in Haiti yet. landed, gone:
    people who have come to Haiti and gone home. landed_day: the last one on which people came (`NEVER`: none has). wariness: 0
    to 1, the lower the sooner it sends nobody into a crisis, or where nobody governs.
    """

    limits = Limits(
        {
            **AGENT,
            "country": TEXT,
            "offered": whole(0, 1_000_000),
            "lead": FLAG,
            "number": whole(0, 100_000),
            "offer_day": whole(-MOST_DAYS, MOST_DAYS),
            "units": listed(a("Unit")),
            "wariness": share(),
            "landed": whole(0, 10_000_000),
            "landed_day": whole(NEVER, MOST_DAYS),
            "gone": whole(0, 10_000_000),
            "batches": listed(a("Batch")),
        }
    )

    def __init__(self, model, country: str, offered: int, offer_day: int, lead: bool, number: int):
        super().__init__(model)
        self.country, self.offered, self.lead, self.number = country, offered, lead, number
        self.offer_day = offer_day
        self.units: list[Unit] = []
        self.landed = self.gone = 0
        self.landed_day = NEVER
        self.batches = self._plan(offered, offer_day)
        self.wariness = model.dice.roll("contributor.wary", 0, number).uniform()

    def _plan(self, offered: int, offer_day: int) -> list[Batch]:
        rules = self.model.parameters.contributor
        luck = self.model.dice.roll("contributor", 0, self.number)
        delay = rules.ready_delay * math.exp(rules.ready_delay_spread * luck.normal())
        size = rules.lead_batch if self.lead else rules.batch
        first = size if self.lead else min(size, rules.advance)
        batches, number = [], 0
        while offered > 0:
            people = min(size if number else first, offered)
            comes = luck.uniform() < rules.follow_through or self.lead
            if comes:
                batches.append(Batch(people, round(offer_day + delay + number * rules.batch_interval)))
            offered, number = offered - people, number + 1
        return batches

    @property
    def strength(self) -> int:
        """People in Haiti today."""
        return sum([unit.strength for unit in self.units])

    @property
    def deaths(self) -> int:
        """People of the contingent who have died in Haiti."""
        return self.landed - self.gone - self.strength

    def rested(self) -> bool:
        """Whether its last batch came long enough ago for the next one to be flown in."""
        return self.model.day - self.landed_day >= self.model.parameters.contributor.landing_days

    def arrive(self, people: int) -> None:
        """Land `people` at the base, in companies of at most the unit size."""
        size = self.model.parameters.deployment.company
        self.landed += people
        if people:
            self.landed_day = self.model.day
        while people > 0:
            strength = min(size, people)
            unit = Unit(self.model, "mission", strength, self.model.base, country=self.country)
            self.units.append(unit)
            self.model.forces.units["mission"].append(unit)
            people -= strength

    def present_from_start(self, people: int) -> None:
        """`people` of the offer are there already; the batches shrink by as many."""
        self.arrive(people)
        for batch in self.batches:
            here = min(people, batch.people)
            batch.people -= here
            people -= here
        self.batches = [batch for batch in self.batches if batch.people > 0]

    def withdraw(self, units: list[Unit]) -> int:
        """These companies go home for good; returns how many people that are."""
        people = sum(unit.strength for unit in units)
        self.gone += people
        for unit in units:
            self.units.remove(unit)
            self.model.forces.units["mission"].remove(unit)
            unit.remove()
        return people

    def go_home(self, people: int) -> int:
        """At most `people` leave, the last who came first, companies in part if need be; returns how many left."""
        left = 0
        for unit in reversed(list(self.units)):
            part = min(people - left, unit.strength)
            if part == unit.strength:
                self.withdraw([unit])
            else:
                unit.strength -= part
                self.gone += part
            left += part
            if left == people:
                break
        return left


Batches = list[tuple[Contingent, Batch]]


def ready_batches(model) -> Batches:
    """Batches of all countries that are ready to come, with their countries; none of those who are wary."""
    today = model.day
    ready = [(one, batch) for one in model.contingents for batch in one.batches if batch.ready_day <= today]
    least = caution(model) if ready else 0.0
    return [pair for pair in ready if pair[0].wariness >= least] if least > 0.0 else ready


def caution(model) -> float:
    """Wariness below which a country sends nobody today, 0 to 1: while supplies are in crisis or the host consents but in part.

    Some countries do, always the same ones of a run; without a host all of them.
    """
    crisis = model.parameters.shortage.wary if model.mission.supply_crisis() else 0.0
    return max(crisis, 1.0 - model.politics.consent)
