"""The Haitian police loses and trains people (C5)."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

from simulation.mechanism import Mechanism
from simulation.parameters import parameter, uniform


@dataclass(frozen=True)
class PoliceParameters:
    strength: int = parameter(
        4500, "people", "active police in the capital area at the start", bounds=(0, 50_000), prior=uniform(3000, 5500),
        source="5,000-10,000 active nationally (police.csv), about half in the capital",
    )  # fmt: skip
    company: int = parameter(
        75, "people", "size of a police unit", bounds=(5, 1000),
        source="assumed: 40 to 73 units of 3,000 to 5,500 people, one for two or three neighbourhoods",
    )  # fmt: skip
    attrition: float = parameter(
        0.12, "1/year", "police who leave in a year", bounds=(0, 1), prior=uniform(0.06, 0.18), status="published",
        source="1,663 of 13,196 in 2023 (police.csv)",
    )  # fmt: skip
    intake: int = parameter(
        400, "people/year", "new police posted to the capital each January", bounds=(0, 10_000), prior=uniform(0, 800),
        source="a class of 796 in 2023, about half to the capital (police.csv)",
    )  # fmt: skip


class Police(Mechanism):
    """Attrition every day, unit by unit in proportion; a class every January fills the weakest units."""

    name = "police"
    shown_by = ("police_strength",)
    neutral = "The police neither loses nor gains people, except those killed."
    objection = "Attrition follows pay, threats and visas to the United States, not a constant rate."
    equations = (
        "leaving ~ Binomial(police, min(1, police.attrition / 365 · politics.police_attrition)), by units in proportion",
        "on 15 January: police.intake people join, each the weakest unit",
    )
    reads = ("politics.police_attrition",)
    writes = ("forces.units", "ledger.police_joined", "ledger.police_left")

    def step(self) -> None:
        model, rules = self.model, self.model.parameters.police
        luck = self.roll()
        people = model.forces.strength("police")
        leaving = luck.binomial(people, min(1.0, rules.attrition / 365.0 * model.politics.police_attrition))
        model.ledger.add("police_left", model.base, leaving)
        model.harm.take_from(model.forces.units["police"], leaving, luck)
        date = model.clock.date(model.day)
        if date.month == 1 and date.day == 15 and model.forces.units["police"]:
            self._post(rules.intake)
            model.ledger.add("police_joined", model.base, rules.intake)

    def _post(self, people: int) -> None:
        """People join, each the unit that is weakest by then."""
        weakest = [(unit.strength, unit.unique_id, unit) for unit in self.model.forces.units["police"]]
        heapq.heapify(weakest)
        for _ in range(people):
            strength, number, unit = weakest[0]
            heapq.heapreplace(weakest, (strength + 1, number, unit))
        for strength, _, unit in weakest:
            unit.strength = strength
