"""Stand-off strikes: explosives from a distance on ground that gangs hold (labelled addition; Y2).

Not in the seed note, off unless `strike.active`. They hit whoever is there, as far as it is not known who is who, and hold no
ground: influence changes only through the people who are hit. Those killed are counted as people, on every side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.haiti.world.contest import expected_rate, hit_probabilities
from models.haiti.world.state import GANG
from simulation.mechanism import Mechanism
from simulation.parameters import loguniform, parameter, uniform


@dataclass(frozen=True)
class StrikeParameters:
    active: bool = parameter(
        False, "", "whether there are stand-off strikes", status="policy", source="labelled addition; study factor",
    )  # fmt: skip
    first_day: int = parameter(
        0, "day", "first day of strikes, counted from the start", bounds=(0, 10_000), status="policy",
        source="stands for March 2025, from which on they are reported, or any other day",
    )  # fmt: skip
    rate: float = parameter(
        0.3, "1/day", "strikes in the capital", bounds=(0, 100), prior=loguniform(0.05, 2),
        source="assumed: from one in three weeks to two a day",
    )  # fmt: skip
    hits: float = parameter(
        4.0, "hits/strike", "people hit if everybody who can be hit is known", bounds=(0, 200), prior=loguniform(1, 10),
        source="assumed: one to ten people",
    )  # fmt: skip
    identification: float = parameter(
        0.85, "probability", "chance that a target is known for what it is", bounds=(0, 1), prior=uniform(0.7, 0.95),
        source="assumed: from what forces know without residents to near certainty",
    )  # fmt: skip
    alarm: float = parameter(
        0.1, "captures", "alarm of residents at a strike, in captures", bounds=(0, 5), prior=uniform(0, 0.3),
        source="assumed: from none to that of an operation",
    )  # fmt: skip


class Strikes(Mechanism):
    """Draws the strikes of the day and whom they hit."""

    name = "strikes"
    shown_by = ("residents_killed_strikes",)
    neutral = "There are no strikes."
    objection = "Strikes also keep leaders hidden and set rumours going; neither is modelled."
    equations = (
        "strikes ~ Poisson(strike.rate) while strike.active, from strike.first_day on",
        "a strike hits a gang-held place drawn by gang_strength",
        "exposed = clearing.exposed_share · (density / its mean)^clearing.density_exponent · present",
        "among = members / (members + exposed); on_gang = strike.identification + (1 - strike.identification) · among",
        "on_residents = (1 - strike.identification) · (1 - among)",
        "members hit ~ Binomial(members, 1 - exp(-strike.hits · on_gang / members))",
        "residents hit ~ Binomial(present, 1 - exp(-strike.hits · on_residents / present))",
        "alarm ← alarm + flight.takeover · strike.alarm",
    )
    reads = ("gang_strength", "label", "present", "facilities.care")
    writes = ("alarm_today", "members", "ledger.harm", "ledger.strikes")

    def step(self) -> None:
        model, state, rules = self.model, self.model.state, self.model.parameters.strike
        if not rules.active or model.day < rules.first_day:
            return
        worth = np.where(state.label == GANG, state.gang_strength, 0.0)
        if worth.sum() <= 0:
            return
        luck = self.roll()
        for _ in range(luck.poisson(rules.rate)):
            self._strike(luck.choice(worth), luck)

    def _strike(self, place: int, luck) -> None:
        model, state, rules = self.model, self.model.state, self.model.parameters.strike
        members, residents = int(state.members[:, place].sum()), int(state.present[place])
        relative = model.city.density_per_km2[place] / model.mean_density
        known = model.parameters.clearing
        exposed = known.exposed_share * relative**known.density_exponent * residents
        on_gang, on_residents = hit_probabilities(rules.identification, members, exposed, 1.0)
        chances = expected_rate(rules.hits * on_gang, members), expected_rate(rules.hits * on_residents, residents)
        model.harm.shots(place, (members, residents), chances, self.name, luck)
        model.alarm_today[place] += model.parameters.flight.takeover * rules.alarm
        model.ledger.add("strikes", place, 1)
        model.ledger.incident(model.day, "strike", place, "security forces", f"A strike hits {model.city.names[place]}")
