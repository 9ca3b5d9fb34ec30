"""Exposure and fear: violence and alarm of the last days, felt by everybody in a place according to wealth (section N)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from models.haiti.passes.people import feel_dose, remember_harm, spread_harm
from simulation.mechanism import Mechanism
from simulation.parameters import loguniform, parameter, uniform


@dataclass(frozen=True)
class ExposureParameters:
    decay: float = parameter(
        14.0, "days", "time in which the memory of harm falls to 1/e", bounds=(0.5, 365), prior=uniform(7, 21),
        source="assumed: one to three weeks, as bursts of displacement last (iom2024nov)",
    )  # fmt: skip
    alarm_decay: float = parameter(
        3.0, "days", "the same for alarm at a capture, raid or operation", bounds=(0.2, 365), prior=uniform(2, 6),
        source="assumed: two to six days, as most of a burst leaves within days (iom2024nov)",
    )  # fmt: skip
    neighbour: float = parameter(
        0.1, "share", "weight of the harm and of the people of each place next door", bounds=(0, 1), prior=uniform(0.02, 0.3),
        source="assumed: from a fiftieth to a third",
    )  # fmt: skip
    least_people: float = parameter(
        1.0, "share", "least number of people that harm is set against, in parts of those who lived there before displacement",
        bounds=(0.01, 1), prior=uniform(0.5, 1), source="assumed: from half to all of those who lived there",
    )  # fmt: skip
    rumour: float = parameter(
        0.3, "share", "weight of rumours, as far as they exceed those of the first day, times harm in the whole city",
        bounds=(0, 5), prior=uniform(0, 1), source="direction: greenhill2017",
    )  # fmt: skip
    gang_weight: float = parameter(
        0.3, "ratio", "weight of a gang member hit against a resident hit", bounds=(0, 2), prior=uniform(0.1, 0.6),
        source="assumed: from a tenth to three fifths of a resident",
    )  # fmt: skip


@dataclass(frozen=True)
class FearParameters:
    rate: float = parameter(
        0.1, "1/day", "how fast fear follows exposure", bounds=(0, 0.99), prior=uniform(0.03, 0.3),
        source="assumed: half of the way in two days to three weeks",
    )  # fmt: skip
    half_dose: float = parameter(
        5.0, "dose", "exposure at which fear settles at one half", bounds=(0.01, 1000), prior=loguniform(1, 20),
        source="assumed: 1 to 20 people hit in 10,000 lately",
    )  # fmt: skip
    shield: float = parameter(
        0.2, "share", "exposure that walls and guards keep from the better-off (half of it for the middle)", bounds=(0, 1),
        prior=uniform(0, 0.5), source="assumed: from nothing to half",
    )  # fmt: skip
    spread: float = parameter(
        0.1, "sd", "differences between households at the start", bounds=(0, 1), prior=uniform(0.02, 0.2),
        source="assumed: from hardly any to a fifth of the scale",
    )  # fmt: skip
    shock: float = parameter(
        0.3, "share", "rise of fear, of what is left to 1, when a household flees or loses someone", bounds=(0, 1),
        prior=uniform(0.1, 0.6), source="assumed: from a tenth to three fifths",
    )  # fmt: skip

    def shares(self) -> np.ndarray:
        """The part of a dose that each wealth class feels, (wealth,)."""
        return 1.0 - self.shield * WALLS


WALLS = np.array([0.0, 0.5, 1.0])  # by wealth, of `fear.shield`
HARM = ("residents_killed", "residents_injured", "gang_members_killed", "gang_members_injured")


class Exposure(Mechanism):
    """One day of violence, alarm, dose, and of the field of fear."""

    name = "exposure"
    burn_in = True
    covers = ("M32",)
    shown_by = ("new_displacements",)
    neutral = "Violence, alarm, dose and fear stay as on the first day."
    objection = "People fear what they hear of as much as what happens next door."
    equations = (
        "harm ← harm · exp(-1 / exposure.decay) + residents hit + exposure.gang_weight · members hit",
        "alarm ← alarm · exp(-1 / exposure.alarm_decay) + alarm of the day",
        "people = max(present, exposure.least_people · people before displacement)",
        "violence = 10,000 · around(harm) / around(people); around(x) = x + exposure.neighbour · its sum next door",
        "dose = violence + alarm + exposure.rumour · 10,000 · Σ harm / Σ people · max(0, misinformation - information.initial)",
        "felt(x) = x · (1 - fear.shield · (0 poor, 0.5 middle, 1 better off))",
        "fear ← (1 - fear.rate) · fear + fear.rate · felt(dose) / (felt(dose) + fear.half_dose), by place and wealth",
        "a household's own deviation from it ← (1 - fear.rate) · deviation",
    )
    reads = ("misinformation", "present", "ledger.harm")
    writes = ("alarm", "alarm_today", "dose", "harm", "violence", "population.fear")

    def step(self) -> None:
        model, state = self.model, self.model.state
        rules, fear = model.parameters.exposure, model.parameters.fear
        self._remember()
        state.violence[:], around = self.surroundings(state.harm)
        usual, rise = model.parameters.information.initial, np.empty(model.population.fear.field.shape)
        news = state.violence, state.alarm, state.misinformation, usual, rules.rumour * around
        feel_dose(*news, fear.shares(), fear.half_dose, fear.rate, state.dose, rise)
        model.population.fear.step(1.0 - fear.rate, rise)

    def _remember(self) -> None:
        """Today's people hit, and today's alarm, come on top of what is remembered."""
        model, state, rules = self.model, self.model.state, self.model.parameters.exposure
        today = tuple(model.ledger.today[name] for name in HARM)
        keep, keep_alarm = math.exp(-1.0 / rules.decay), math.exp(-1.0 / rules.alarm_decay)
        remember_harm(state.harm, state.alarm, today, model.alarm_today, keep, keep_alarm, rules.gang_weight)

    def surroundings(self, harm: np.ndarray) -> tuple[np.ndarray, float]:
        """Remembered people hit, (n,), per 10,000 people of each place and its surroundings, (n,), and of the whole city.

        Harm and people are added up before one is divided by the other, so a place that has emptied radiates no more than
        the few who are hit there, and how the map is cut into places changes nothing next door.
        """
        model, rules = self.model, self.model.parameters.exposure
        starts, neighbours, _ = model.terrain.land
        people = model.state.present, model.city.population, rules.least_people
        return spread_harm(harm, *people, rules.neighbour, starts, neighbours)
