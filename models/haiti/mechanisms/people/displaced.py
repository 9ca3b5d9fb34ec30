"""After flight: onward from sites, and home again once home has been safe for long enough (O5, O6)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.haiti.kernels import HOME, HOST, PROVINCE, SITE
from models.haiti.people.columns import GROUPS, STRATA
from simulation.mechanism import Mechanism
from simulation.parameters import loguniform, parameter, uniform


@dataclass(frozen=True)
class DisplacedParameters:
    onward: float = parameter(
        0.003, "1/day", "people in sites who move on to a host family or the provinces", bounds=(0, 1),
        prior=loguniform(0.001, 0.02), source="shelter shares of DTM 2024",
    )  # fmt: skip
    return_rate: float = parameter(
        0.0006, "1/day", "displaced people who go home once home is safe", bounds=(0, 1),
        prior=loguniform(0.0001, 0.005), source="dtm2023r3: 45,864 returnees",
    )  # fmt: skip
    return_threshold: float = parameter(
        0.35, "influence", "home counts as safe below this gang influence", bounds=(0, 0.65), prior=uniform(0.2, 0.4),
    )  # fmt: skip
    return_days: int = parameter(
        60, "days", "time for which home must have been safe", bounds=(0, 1000), prior=uniform(30, 180),
    )  # fmt: skip
    site_push: float = parameter(
        0.5, "ratio", "how much faster people return from sites than from elsewhere", bounds=(0, 10), prior=uniform(0, 2),
    )  # fmt: skip
    destroyed_prob: float = parameter(
        0.2, "probability", "homes destroyed behind those who flee a capture", bounds=(0, 1), prior=uniform(0.05, 0.5),
    )  # fmt: skip


class Onward(Mechanism):
    """People in sites move on to host families, to the provinces or abroad."""

    name = "onward"
    covers = ("M32",)
    shown_by = ("onward_moves",)
    neutral = "Nobody moves on from a site by themselves."
    objection = "Sites are closed by owners and authorities; people do not leave at a constant rate."
    reads = ("population",)
    uses = ("relocation",)

    def step(self) -> None:
        model, households = self.model, self.model.population
        bounds = np.zeros((model.n, GROUPS))
        bounds[:, STRATA] = model.parameters.displaced.onward
        rows, _, _ = households.present.candidates(model.dice, self.name, model.day, bounds.ravel())
        model.candidates += rows.size
        model.relocation.send(rows, self.name, shelters=(HOST, PROVINCE))


class Returning(Mechanism):
    """Displaced people of places that have been safe for long go home, the less afraid and more trusting first."""

    name = "returning"
    covers = ("M32",)
    shown_by = ("returns",)
    neutral = "Nobody goes home."
    objection = "Return depends on houses, schools and neighbours who came back, which the model does not know."
    reads = ("safe_days",)
    writes = ("at_home", "away", "in_sites", "population", "present", "with_hosts", "ledger.returns", "population.fear")
    uses = ("trust",)

    def step(self) -> None:
        model, households, rules = self.model, self.model.population, self.model.parameters.displaced
        safe = model.state.safe_days >= max(rules.return_days, 1)
        if not safe.any():
            return
        eager = model.trust.homecoming()
        bounds = np.where(safe, rules.return_rate * (1.0 + rules.site_push), 0.0) * eager
        rows, groups, luck = households.displaced.candidates(model.dice, self.name, model.day, bounds)
        model.candidates += rows.size
        p = return_chance(households.status[rows] == SITE, households.fear_of(rows), households.destroyed[rows], rules)
        p *= eager[groups]
        self.check_bound(p, bounds[groups], groups, model.city.ids)
        home = rows[luck * bounds[groups] < p]
        place = households.home[home]
        model.ledger.add("returns", place, households.people[home])
        households.diary.moved(model.day, "returned", home, place, HOME)
        households.move(home, place, np.full(home.size, HOME, np.int8), model.day, model.state)


def return_chance(
    in_site: np.ndarray, fear: np.ndarray, destroyed: np.ndarray, rules: DisplacedParameters
) -> np.ndarray:
    """Daily chance to go home when home is safe: lower with fear, none where the house is gone."""
    rate = rules.return_rate * (1.0 + rules.site_push * in_site)
    return rate * (1.0 - np.clip(fear, 0.0, 1.0)) * ~destroyed
