"""Kidnapping: people are taken, held and let go for a ransom (I3, M25, M57).

Labelled addition. Only numbers and money: who is taken, and what is done to them, is not simulated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.haiti.passes.money import expose_to_capture, release_held
from models.haiti.world.gang_affairs import KIDNAPPING, ground
from simulation.mechanism import Mechanism
from simulation.parameters import lognormal, loguniform, parameter, uniform
from simulation.serialise.limits import Limits, wholes


@dataclass(frozen=True)
class KidnappingParameters:
    rate: float = parameter(
        0.09, "people/(100,000 person day)", "people taken at full gang influence without patrols", bounds=(0, 100),
        prior=loguniform(0.045, 0.18), source="81 to 216 a quarter in the capital, half of the national figure: binuh2024q4",
    )  # fmt: skip
    spells: float = parameter(
        0.75, "-", "power with which kidnapping follows offensives and lulls", bounds=(0, 5), prior=uniform(0.25, 1),
        source="438, 428, 170, 431 and 161 people a quarter from January 2024 on: binuh2024q1 to binuh2025q1",
    )  # fmt: skip
    ransom: float = parameter(
        6000.0, "USD", "median ransom of a person", bounds=(0, 1e6), prior=lognormal(6000, 0.5),
        source="about $25M a year: nycaribgitoc2024",
    )  # fmt: skip
    ransom_spread: float = parameter(
        1.2, "log-sd", "differences between ransoms", bounds=(0, 3), prior=uniform(0.8, 1.5),
        source="assumed: two ransoms in three within a factor of 2.2 to 4.5 of the median",
    )  # fmt: skip
    days_held: float = parameter(
        10.0, "days", "mean time held", bounds=(1, 365), prior=uniform(4, 25), source="assumed: from days to nearly a month"
    )  # fmt: skip
    alarm: float = parameter(
        0.02, "captures", "alarm of residents when somebody is taken, in captures", bounds=(0, 1), prior=loguniform(0.005, 0.1),
        source="assumed: ten to two hundred people taken alarm as one capture does",
    )  # fmt: skip


class Kidnapping(Mechanism):
    """People taken today by place; those held are let go at a constant daily chance, and paid for then."""

    name = "kidnapping"
    covers = ("M25", "M57")
    shown_by = ("gang_revenue_kidnapping_usd", "people_held_for_ransom", "kidnapped_people")
    neutral = "Nobody is taken and no ransom is paid."
    objection = "Gangs do not choose between kidnapping and other trades, and the rich are not sought out."
    equations = (
        "taken ~ Poisson(kidnapping.rate / 100,000 · affairs.tempo^kidnapping.spells · Σ present · grip)",
        "the place is drawn by present · grip",
        "let go ~ Binomial(held, 1 / kidnapping.days_held), by gang; grip as in `extortion`",
        "affairs.revenue = Σ kidnapping.ransom · exp(kidnapping.ransom_spread · Normal(0, 1)) over those let go",
        "alarm ← alarm + flight.takeover · kidnapping.alarm for everybody who is taken",
    )
    reads = ("influence", "owner", "present", "visibility", "affairs.tempo")
    writes = ("alarm_today", "affairs.held", "affairs.revenue", "ledger.kidnapped_people")
    limits = Limits({"held_by": wholes(np.int64, "gangs", high=1_000_000)})

    def __init__(self, model):
        super().__init__(model)
        self.held_by = np.zeros(model.state.members.shape[0], np.int64)

    def step(self) -> None:
        model, state, rules = self.model, self.model.state, self.model.parameters.kidnapping
        luck = self.roll()
        exposed = np.empty(model.n)
        people = expose_to_capture(*ground(model), state.present, exposed)
        let_go, income = self.roll(part="release").state, model.affairs.revenue[KIDNAPPING]
        release_held(let_go, self.held_by, 1.0 / rules.days_held, rules.ransom, rules.ransom_spread, income)
        rate = rules.rate * model.affairs.tempo**rules.spells
        for _ in range(luck.poisson(rate * 1e-5 * people)):
            place = luck.choice(exposed)
            self.held_by[state.owner[place]] += 1
            model.ledger.add("kidnapped_people", place, 1)
            model.alarm_today[place] += model.parameters.flight.takeover * rules.alarm
        model.affairs.held = int(self.held_by.sum())
