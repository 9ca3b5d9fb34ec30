"""After flight: onward from sites, and home again once home has been safe for long enough (O5, O6)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.haiti.kernels import HOME, HOST, PROVINCE, SITE, chances_of_return, days_of_patience
from models.haiti.passes.people import homecoming_of
from models.haiti.people.columns import GROUPS, STRATA
from simulation.mechanism import Mechanism
from simulation.parameters import lognormal, loguniform, parameter, uniform


@dataclass(frozen=True)
class DisplacedParameters:
    onward: float = parameter(
        0.003, "1/day", "people in sites who move on to a host family or the provinces", bounds=(0, 1),
        prior=loguniform(0.001, 0.02),
        source="assumed: a third left sites after a year or nearly all did; fits shelter in ocha2024sep",
    )  # fmt: skip
    return_rate: float = parameter(
        0.004, "1/day",
        "displaced people who go home once home is safe, at the trust of the first day, without fear, all others there",
        bounds=(0, 1), prior=lognormal(0.004, 0.7),
        source="dtm2023r3: a third home in two quarters, .0018-.003 a day of all; Mosul 2017: about .004 of all. With the fear "
        "and the empty streets of June 2024 it gives .0021 if every home were safe",
    )  # fmt: skip
    neighbours: float = parameter(
        0.5, "share", "part of the will to return that hangs on neighbours who are at home", bounds=(0, 1),
        prior=uniform(0.2, 0.8), source="assumed: from a fifth to four fifths, as people ask who else is back",
    )  # fmt: skip
    services: float = parameter(
        0.3, "share", "part of it that hangs on the state being there with as many guards as the place needs", bounds=(0, 1),
        prior=uniform(0, 0.6), source="assumed: none to three fifths, as schools and clinics open where police are",
    )  # fmt: skip
    settling: float = parameter(
        0.0004, "1/day", "displaced people outside sites who make their home elsewhere for good", bounds=(0, 1),
        prior=loguniform(0.0001, 0.0015), source="assumed: one in seven in a year, from one in thirty to two in five",
    )  # fmt: skip
    return_threshold: float = parameter(
        0.35, "influence", "home counts as safe below this gang influence", bounds=(0, 0.65), prior=uniform(0.2, 0.4),
        source="assumed: from well inside state rule to just beyond its edge",
    )  # fmt: skip
    return_days: int = parameter(
        60, "days", "time for which home must have been safe", bounds=(0, 1000), prior=uniform(30, 180),
        source="assumed: one to six months",
    )  # fmt: skip
    site_push: float = parameter(
        0.5, "ratio", "how much faster people return from sites than from elsewhere", bounds=(0, 10), prior=uniform(0, 2),
        source="assumed: from no push to three times as fast",
    )  # fmt: skip
    destroyed_prob: float = parameter(
        0.2, "probability", "homes destroyed behind those who flee a capture", bounds=(0, 1), prior=uniform(0.05, 0.5),
        source="assumed: from one home in twenty to half",
    )  # fmt: skip
    destroyed: float = parameter(
        0.2, "ratio", "how fast those return whose home is destroyed, against others", bounds=(0, 1), prior=uniform(0, 0.5),
        source="assumed: none to half, as they build anew, rent, or move in with others",
    )  # fmt: skip


class Onward(Mechanism):
    """People in sites move on to host families, to the provinces or abroad."""

    name = "onward"
    covers = ("M32",)
    shown_by = ("onward_moves",)
    neutral = "Nobody moves on from a site by themselves."
    objection = "Sites are closed by owners and authorities; people do not leave at a constant rate."
    equations = (
        "a household in a site moves on with chance displaced.onward a day",
        "it goes to a host family in the capital or to the provinces, as in `relocation`",
    )
    reads = ("population",)
    uses = ("relocation",)

    def step(self) -> None:
        model, households = self.model, self.model.population
        bounds = np.zeros(model.n * GROUPS)
        bounds[STRATA::GROUPS] = model.parameters.displaced.onward
        rows, _, _ = households.present.candidates(model.dice, self.name, model.day, bounds)
        model.candidates += rows.size
        model.relocation.send(rows, self.name, shelters=(HOST, PROVINCE))


class Returning(Mechanism):
    """Displaced people of places that have been safe for long go home, the less afraid and more trusting first.

    Faster where neighbours are at home and the state is there; not at all once they have settled elsewhere.
    """

    name = "returning"
    covers = ("M32",)
    shown_by = ("returns",)
    neutral = "Nobody goes home."
    objection = (
        "Families send somebody ahead, keep two homes, and are told to leave sites; a daily chance knows none of it."
    )
    equations = (
        "home is safe after displaced.return_days in a row with influence < displaced.return_threshold",
        "chance to go home = displaced.return_rate · (1 + displaced.site_push · [in a site]) · (1 - fear) · house · eager",
        "house = displaced.destroyed where it is destroyed, else 1",
        "eager = (0.5 + 0.5 · trust) / (0.5 + 0.5 · trust.initial_mission) · welcome",
        "welcome = (1 - displaced.neighbours · (1 - back)) · (1 - displaced.services · (1 - guarded))",
        "back = min(1, at_home / people before); guarded = min(1, state_presence / (hold.requirement · present / 1000))",
        "settled elsewhere, and never back: outside sites, and displaced.settling · days there > Exponential(1), drawn once",
    )
    reads = ("safe_days", "state_presence")
    writes = ("at_home", "away", "in_sites", "population", "present", "with_hosts", "ledger.returns", "population.fear")
    uses = ("trust",)
    derived = ("_stay",)

    def __init__(self, model):
        super().__init__(model)
        self._stay: np.ndarray | None = None  # as `stay`, 0 where nobody has asked yet

    def step(self) -> None:
        model, households, rules = self.model, self.model.population, self.model.parameters.displaced
        state, most = model.state, rules.return_rate * (1.0 + rules.site_push)
        home = state.at_home, model.city.population, state.state_presence, state.present
        weighs = model.parameters.hold.requirement, rules.neighbours, rules.services, most
        trust, days = model.trust.homecoming(), max(rules.return_days, 1)
        eager, bounds, any_safe = homecoming_of(state.safe_days, days, trust, *home, *weighs)
        if not any_safe:
            return
        rows, groups, luck = households.displaced.candidates(model.dice, self.name, model.day, bounds)
        if not rows.size:
            return
        model.candidates += rows.size
        columns = households.status, households.destroyed, households.place, households.wealth
        rates = rules.return_rate, rules.site_push, rules.destroyed
        chances = chances_of_return(rows, groups, eager, *columns, *households.fear.arrays(), *rates)
        highest = bounds[groups]
        self.check_bound(chances, highest, groups, model.city.ids)
        home = rows[luck * highest < chances]
        if home.size:
            self._go_home(home[~self.settled(home)])

    def _go_home(self, home: np.ndarray) -> None:
        """Rows are at home again."""
        model, households = self.model, self.model.population
        place = households.home[home]
        model.ledger.add("returns", place, households.people[home])
        households.diary.moved(model.day, "returned", home, place, HOME)
        households.move(home, place, np.full(home.size, HOME, np.int8), model.day, model.state)

    def reset(self) -> None:
        self._stay = None

    def settled(self, rows: np.ndarray) -> np.ndarray:
        """Whether rows have made their home elsewhere, bool: after a time of their own, and not in sites."""
        model, households = self.model, self.model.population
        status = households.status[rows]
        outside = (status != SITE) & (status != HOME)
        return outside & (self.stay(rows) <= model.day - households.since[rows])

    def stay(self, rows: np.ndarray) -> np.ndarray:
        """Days after which rows have settled if they are guests that long, int32 (rows,): drawn once, when first asked for."""
        if self._stay is None:
            self._stay = np.zeros(self.model.population.count, np.int32)
        new = rows[self._stay[rows] == 0]
        if new.size:
            luck = self.model.dice.each("returning.settled", 0, new)
            self._stay[new] = days_of_patience(luck, self.model.parameters.displaced.settling)
        return self._stay[rows]


def return_chance(
    in_site: np.ndarray, fear: np.ndarray, destroyed: np.ndarray, rules: DisplacedParameters
) -> np.ndarray:
    """Daily chance to go home when home is safe: lower with fear, and where the house is gone."""
    rate = rules.return_rate * (1.0 + rules.site_push * in_site)
    return rate * (1.0 - np.clip(fear, 0.0, 1.0)) * np.where(destroyed, rules.destroyed, 1.0)
