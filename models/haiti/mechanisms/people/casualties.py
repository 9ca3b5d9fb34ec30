"""Deaths reach households: people who were killed where they were are taken from the households present there."""

from __future__ import annotations

import numpy as np

from simulation.mechanism import Mechanism


class Casualties(Mechanism):
    """Takes today's dead from the households present, each person as likely as another."""

    name = "casualties"
    covers = ("M29",)
    shown_by = ("residents_killed",)
    neutral = "Residents hit are counted but nobody dies in the households."
    objection = "Risk is not equal: young men, women traders and drivers die more often than others."
    equations = (
        "residents killed in a place are people of households present there, each person as likely as another",
        "fear of those households ← fear + fear.shock · (1 - fear)",
    )
    reads = ("ledger.harm",)
    writes = (
        "at_home", "away", "in_sites", "population", "present", "with_hosts", "ledger.deaths_of_residents",
        "population.fear",
    )  # fmt: skip

    def step(self) -> None:
        model = self.model
        killed = model.ledger.today["residents_killed"]
        for place in np.flatnonzero(killed):
            number = int(killed[place])
            shock = model.parameters.fear.shock
            done = model.population.die(int(place), number, self.roll(int(place)), model.day, model.state, shock)
            model.ledger.add("deaths_of_residents", place, done)
