"""Contributors' tolerance of casualties: above it their people are used with more care and may be called home (A6)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from simulation.mechanism import Mechanism
from simulation.parameters import parameter, uniform
from simulation.serialise.limits import Limits, amount, listed, table, whole

WEEK = 7
LARGEST = 1000  # people (Kenya's pledge): a larger contingent, as of peacekeepers, stands for several countries


@dataclass(frozen=True)
class ToleranceParameters:
    deaths: float = parameter(
        5.0, "deaths/year", "deaths of a contingent in a year above which its country hesitates", bounds=(0, 1000),
        prior=uniform(2, 20), source="assumed: from one ambush to one or two deaths every month",
    )  # fmt: skip
    caveat: float = parameter(
        0.1, "probability", "rise of the odds at which operations start, when all of the force is of such countries",
        bounds=(0, 0.5), prior=uniform(0, 0.2), source="assumed: from none to a fifth of the scale of odds",
    )  # fmt: skip
    hazard: float = parameter(
        0.25, "ratio", "daily chance of each of its companies to be called home, over that of unpaid ones", bounds=(0, 100),
        prior=uniform(0, 1), source="assumed: from never to as soon as unpaid companies",
    )  # fmt: skip


class CasualtyTolerance(Mechanism):
    """Once a week: deaths of every contingent over the last year (fading), who hesitates, who goes home.

    memory: deaths a year by contingent number. seen: deaths counted so far. caveat: what is added to `command.p_min`.
    """

    name = "casualty_tolerance"
    shown_by = ("casualty_caveat",)
    neutral = "No country changes its rules or calls people home because of deaths."
    objection = "Some countries leave after one attack and others never do; one tolerance stands for all."
    equations = (
        "every 7 days: memory ← memory · exp(-7 / 365) + new deaths, by contingent",
        "it hesitates if memory > tolerance.deaths · max(1, people / 1000)",
        "caveat = tolerance.caveat · people of those who hesitate / people of the mission · part",
        "part = share of the mission in the mobile force",
        "a company of those goes home if U < 1 - (1 - min(1, tolerance.hazard · arrears.withdraw_hazard))^7",
    )
    reads = ("command.mobile_shares",)
    writes = ("contingents", "forces.units", "ledger.mission_withdrawn")
    uses = ("mandate",)
    limits = Limits(
        {
            "memory": table(amount(0, 1e7), key=whole(0, 100_000)),
            "seen": table(whole(0, 10_000_000), key=whole(0, 100_000)),
            "hesitant": listed(whole(0, 100_000)),
            "caveat": amount(0, 10),
        }
    )

    def __init__(self, model):
        super().__init__(model)
        self.memory: dict[int, float] = {}
        self.seen: dict[int, int] = {}
        self.hesitant: list[int] = []
        self.caveat = 0.0

    def step(self) -> None:
        model, rules = self.model, self.model.parameters.tolerance
        if model.day % WEEK:
            return
        self._remember(rules.deaths)
        people = model.forces.deployed()
        worried = sum(one.strength for one in model.contingents if one.number in self.hesitant)
        share = worried / people if people else 0.0
        self.caveat = rules.caveat * share * float(model.command.mobile_shares[-1])
        if not model.parameters.deployment.forced and not model.mandate.leaving:
            self._call_home(min(1.0, rules.hazard * model.parameters.arrears.withdraw_hazard))

    def _remember(self, tolerance: float) -> None:
        fade = math.exp(-WEEK / 365.0)
        self.hesitant = []
        for contingent in self.model.contingents:
            if not contingent.landed:
                continue  # nobody of it can have died
            number, dead = contingent.number, contingent.deaths
            new = dead - self.seen.get(number, 0)
            self.seen[number] = dead
            self.memory[number] = self.memory.get(number, 0.0) * fade + new
            if self.memory[number] > tolerance * max(1.0, contingent.strength / LARGEST):
                self.hesitant.append(number)

    def _call_home(self, hazard: float) -> None:
        model = self.model
        weekly = 1.0 - (1.0 - hazard) ** WEEK
        for contingent in model.contingents:
            if contingent.number not in self.hesitant or not contingent.units:
                continue
            luck = self.roll(contingent.number, "home")
            leaving = [unit for unit in contingent.units if luck.uniform() < weekly]
            if leaving:
                people = contingent.withdraw(leaving)
                model.ledger.add("mission_withdrawn", model.base, people)
                text = f"{contingent.country} calls {people} people home after deaths in its contingent"
                model.ledger.incident(model.day, "withdrawal", model.base, contingent.country, text)
