"""Households: one row a household in typed columns, built so that neighbourhoods sum exactly to their population."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.haiti.kernels import (
    ABROAD,
    GONE,
    HOME,
    PROVINCE,
    count_dead,
    count_people,
    frighten_rows,
    roster_groups,
    settle_rows,
)
from models.haiti.people.lives import Lives
from models.haiti.world.state import CityState
from simulation.dice import Dice
from simulation.kernels import pick_people
from simulation.memory import LazyField
from simulation.parameters import parameter, uniform
from simulation.rosters import NOWHERE, Roster, blocks
from simulation.serialise.kept import kept
from simulation.serialise.limits import Limits, a, amount, flags, floats, positions, whole, wholes

if TYPE_CHECKING:
    from simulation.serialise.checking import Look


STATUS_WORDS = ("at home", "in a site", "with a host family", "in the provinces", "abroad", "no survivors")
POOR, MIDDLE, BETTER_OFF = range(3)
WEALTH_WORDS = ("poor", "middle", "better off")
STRATA = 4
GROUPS = STRATA + 1  # housed people by threshold stratum, then people in sites
NO_TIE = -1
FADED = 100.0  # how far the logarithm of what is left of a household's own fear may be above 0; it began in the weeks before


@dataclass(frozen=True)
class HouseholdParameters:
    size: float = parameter(
        4.6, "people", "mean household", bounds=(1, 12), status="published", prior=uniform(4.4, 4.9),
        source="dtm2023r3 and rounds of 2024: 4.5-4.9",
    )  # fmt: skip
    poor: float = parameter(
        0.6, "share", "households under $4 a person and day", bounds=(0, 1), prior=uniform(0.5, 0.75),
        source="unicef2024: over 60 % of people",
    )  # fmt: skip
    better_off: float = parameter(
        0.1, "share", "households with savings and a vehicle", bounds=(0, 1), prior=uniform(0.05, 0.2),
        source="assumed: from one in twenty to one in five",
    )  # fmt: skip
    tied: float = parameter(
        0.7, "share", "households with family in a department outside the capital", bounds=(0, 1),
        prior=uniform(0.4, 0.9), source="lu2012: movements of 2010 followed family ties",
    )  # fmt: skip
    in_sites: float = parameter(
        0.66, "share", "displaced people in the capital who live in sites at the start", bounds=(0, 1),
        prior=uniform(0.55, 0.75), status="published", source="dtm2024r7: two thirds",
    )  # fmt: skip


@kept
class Households:
    """Columns over households, their rosters and their memory of fear.

    home, place: int16, neighbourhood of origin and place today (external places follow the neighbourhoods).
    people: int32, people alive. wealth, status, moves: int8. tie: int16, external place or -1. threshold: float64,
    log of the own half dose of flight against the city's. since: int32, day of the last change of status.
    destroyed: bool, home destroyed. by_wealth: int64 (2, wealth), people alive, and those of them displaced. A row stands
    for `weight` households. Rows are never deleted or reordered. moves_told: whoever records moves, called with where rows
    are, where they go and how many people they are; nobody unless somebody asks, and nobody in a file.
    """

    derived = ("moves_told",)
    moves_told: Callable[[np.ndarray, np.ndarray, np.ndarray], object] | None = None
    limits = Limits(
        {
            "count": whole("rows", "rows"),
            "n": whole("n", "n"),
            "places": whole("places", "places"),
            "weight": whole(1),
            "home": positions(np.int16, "n", "rows"),
            "place": positions(np.int16, "places", "rows"),
            "people": wholes(np.int32, "rows"),
            "wealth": positions(np.int8, len(WEALTH_WORDS), "rows"),
            "status": positions(np.int8, len(STATUS_WORDS), "rows"),
            "moves": wholes(np.int8, "rows", high=100),
            "tie": positions(np.int16, "places", "rows", none=True),
            "threshold": floats("rows", low=-1000.0, high=1000.0),
            "since": wholes(np.int32, "rows", high="day"),
            "destroyed": flags("rows"),
            "stratum_edges": floats(GROUPS, low=-1e4, high=1e4),
            "previous_effect": amount(-100.0, 100.0),
            "_largest": whole(),
            "by_wealth": wholes(np.int64, 2, len(WEALTH_WORDS)),
            "fear": a("LazyField"),
            "diary": a("Lives"),
            "present": a("Roster"),
            "displaced": a("Roster"),
        }
    )

    def __init__(self, home: np.ndarray, people: np.ndarray, neighbourhoods: int, places: int, weight: int):
        count = home.size
        self.count, self.n, self.places, self.weight = count, neighbourhoods, places, weight
        self.home = home.astype(np.int16)
        self.place = self.home.copy()
        self.people = people.astype(np.int32)
        self.wealth = np.zeros(count, np.int8)
        self.status = np.zeros(count, np.int8)
        self.moves = np.zeros(count, np.int8)
        self.tie = np.full(count, NO_TIE, np.int16)
        self.threshold = np.zeros(count)
        self.since = np.zeros(count, np.int32)
        self.destroyed = np.zeros(count, bool)
        self.stratum_edges = np.zeros(GROUPS)
        self.previous_effect = 0.0
        self._largest = int(people.max()) if count else 0  # nobody's row ever grows
        self.by_wealth = np.zeros((2, len(WEALTH_WORDS)), np.int64)
        self.fear = LazyField(places, 3, count)
        self.diary = Lives(self, keep=False)

    def found(self) -> None:
        """Lay out the rosters: `present` by neighbourhood and stratum, `displaced` by home."""
        everybody = np.arange(self.count, dtype=np.int32)
        self.present = Roster(self._groups(everybody), self.n * GROUPS)
        away = (self.status != HOME) & (self.status != GONE)
        self.displaced = Roster(np.where(away, self.home, NOWHERE), self.n)

    def set_strata(self, previous_effect: float) -> None:
        """Split households into strata of their threshold; the first edge covers whoever moved before.

        The strata of the easily moved are small: they give most flights, and there a tight bound saves most questions.
        """
        self.previous_effect = previous_effect
        edges = np.quantile(self.threshold.copy(), [0, 0.04, 0.2, 0.5], overwrite_input=True)  # one copy, not two
        lowest = min(self.threshold.min(), self.threshold.min() - previous_effect)
        self.stratum_edges = np.array([lowest, edges[1], edges[2], edges[3], lowest])

    def own_threshold(self, rows: np.ndarray) -> np.ndarray:
        """Log of the rows' half dose against the city's, lower for whoever fled before (gamma of the register)."""
        return self.threshold[rows] - self.previous_effect * (self.moves[rows] > 0)

    def _groups(self, rows: np.ndarray) -> np.ndarray:
        """Roster group of rows by place, shelter and stratum; -1 outside the neighbourhoods."""
        strata = self.threshold, self.previous_effect, self.stratum_edges
        return roster_groups(rows, self.place, self.status, self.moves, *strata, self.n)

    def move(self, rows: np.ndarray, place: np.ndarray, status: np.ndarray, day: int, state: CityState) -> None:
        """Move rows to places with a new status; columns, rosters, fear and the city's counts follow."""
        if rows.size == 0:
            return
        if self.moves_told is not None:
            self.moves_told(self.place[rows], place, self.people[rows])
        columns = self.home, self.place, self.status, self.since, self.wealth, self.people, self.moves
        strata = self.threshold, self.previous_effect, self.stratum_edges, self.n
        groups, homes = settle_rows(
            rows, place, status, day, *columns, *strata, *self.fear.arrays(), *self._counts(state)
        )
        self.present.move(rows, groups)
        self.displaced.move(rows, homes)

    def count_in(self, rows: np.ndarray, state: CityState, sign: int) -> None:
        """Add (or take) the rows' people to the city's counts of people."""
        for part in blocks(rows.size):
            self._count(rows[part], state, sign * self.people[rows[part]].astype(np.int64))

    def _count(self, rows: np.ndarray, state: CityState, people: np.ndarray) -> None:
        count_people(rows, people, self.home, self.place, self.status, self.wealth, *self._counts(state))

    def _counts(self, state: CityState) -> tuple[np.ndarray, ...]:
        """People by where they are, how they live, and by wealth."""
        return state.present, state.at_home, state.in_sites, state.with_hosts, state.away, self.by_wealth

    def fear_of(self, rows: np.ndarray) -> np.ndarray:
        """Today's fear of rows, 0 to 1."""
        return self.fear.read(rows, self.place[rows], self.wealth[rows])

    def frighten(self, rows: np.ndarray, shock: float) -> None:
        """Something happened to these rows themselves: fear rises by `shock` of what is left to 1."""
        frighten_rows(*self.fear.arrays(), rows, self.place, self.wealth, shock)

    def die(self, place: int, number: int, luck, day: int, state: CityState, shock: float) -> int:
        """`number` people present at a place die, each resident as likely as another; returns how many did."""
        groups = slice(place * GROUPS, (place + 1) * GROUPS)
        roster = self.present
        picked = pick_people(
            luck.state,
            number,
            roster.starts[groups],
            roster.counts[groups],
            roster.slots,
            self.people,
            self._largest,
        )
        if picked.size:
            self.diary.died(day, picked)
            columns = self.people, self.home, self.place, self.status, self.wealth
            if count_dead(picked, *columns, *self._counts(state)):
                gone = np.unique(picked[self.people[picked] == 0])
                self.move(gone, self.place[gone], np.full(gone.size, GONE, np.int8), day, state)
            self.frighten(picked, shock)
        return int(picked.size)

    def check_kept(self, look: Look) -> None:
        """Rosters are those of the columns, nobody is counted twice, and fear can be read."""
        everybody = np.arange(self.count, dtype=np.int32)
        if self.diary.households is not self or (self.count and self._largest < int(self.people.max())):
            raise ValueError("Households has another diary, or a row larger than its largest")
        for name, size in (("present", self.n * GROUPS), ("displaced", self.n)):
            if getattr(self, name).size != size:
                raise ValueError(f"Households.{name} has {getattr(self, name).size} groups, not {size}")
        away = np.where((self.status != HOME) & (self.status != GONE), self.home, NOWHERE)
        if (self.displaced.group != away).any() or (self.present.group != self._groups(everybody)).any():
            raise ValueError("Households has rows in a roster in which they do not belong")
        inside = (self.status != PROVINCE) & (self.status != ABROAD) & (self.status != GONE)
        if (self.place[inside] >= self.n).any() or (
            self.place[self.status == HOME] != self.home[self.status == HOME]
        ).any():
            raise ValueError("Households has rows that live where they cannot")
        if ((self.tie != NO_TIE) & (self.tie < self.n)).any():
            raise ValueError("Households has ties within the city")
        faded = self.fear.fading[self.place, self.wealth] - self.fear.mark
        if self.count and float(faded.max()) > FADED:
            raise ValueError("Households has fear that grows of itself")


def build_households(city, weight: int, parameters, dice: Dice, external_weights: np.ndarray) -> Households:
    """All households of the city at home, before any displacement.

    Sizes follow a Poisson distribution without zero around the mean (times `weight`), trimmed by single people so that
    neighbourhoods sum exactly. external_weights: float64 (external places,), where families have ties.
    """
    rules = parameters.household
    rows = np.maximum(1, np.rint(city.population / (rules.size * weight))).astype(np.int64)
    rows = np.where(city.population > 0, rows, 0)
    home = np.repeat(np.arange(rows.size, dtype=np.int16), rows)
    generator = np.random.Generator(np.random.Philox(key=[int(dice.seed), int(dice.name("households"))]))
    people = _sizes(generator, home, rows, city.population, weight)
    households = Households(home, people, rows.size, rows.size + external_weights.size, weight)
    ladder, external = np.cumsum(external_weights / external_weights.sum()), external_weights.size
    tied = np.empty(home.size, bool)
    for part in blocks(home.size):
        u = generator.random(tied[part].size)
        households.wealth[part] = np.where(u < rules.poor, POOR, np.where(u < 1 - rules.better_off, MIDDLE, BETTER_OFF))
    for part in blocks(home.size):
        tied[part] = generator.random(tied[part].size) < rules.tied
    for part in blocks(home.size):
        chosen = np.minimum(np.searchsorted(ladder, generator.random(tied[part].size)), external - 1)
        households.tie[part] = np.where(tied[part], rows.size + chosen, NO_TIE)
    draw_character(households, parameters, generator)
    return households


def draw_character(households: Households, parameters, generator, given: np.ndarray | None = None) -> None:
    """Draw what households are like, by wealth and ties: own thresholds of flight (unless `given`, not NaN) and fear."""
    flight, threshold, deviation = parameters.flight, households.threshold, households.fear.deviation
    for part in blocks(households.count):
        own = np.clip(generator.standard_normal(threshold[part].size), -2.5, 2.5) * flight.threshold_spread
        tied = households.tie[part] != NO_TIE
        threshold[part] = own + flight.poor * (households.wealth[part] == POOR) - flight.tie * tied
    if given is not None:
        threshold[:] = np.where(np.isnan(given), threshold, given)
    households.set_strata(flight.previous)
    for part in blocks(households.count):
        deviation[part] = generator.normal(0.0, parameters.fear.spread, deviation[part].size)


def _sizes(generator, home: np.ndarray, rows: np.ndarray, population: np.ndarray, weight: int) -> np.ndarray:
    """People of each row: at least one, close to Poisson, summing exactly to the population of each neighbourhood."""
    mean = np.divide(population, rows, out=np.zeros(rows.size), where=rows > 0)
    rate = mean if weight > 1 else np.array([_zero_truncated_rate(value) for value in mean])
    people = np.empty(home.size, np.int32)
    for part in blocks(home.size):
        people[part] = np.maximum(1, generator.poisson(rate[home[part]]))
    ends = np.cumsum(rows)
    for place in range(rows.size):
        chunk = people[ends[place] - rows[place] : ends[place]]
        difference = int(population[place] - chunk.sum())
        many = int(difference / max(chunk.size, 1))  # towards zero
        if many and chunk.min() + many >= 1:  # rows of many people: first the same for all of them
            chunk += many
            difference -= many * chunk.size
        while difference != 0 and chunk.size:
            eligible = np.flatnonzero(chunk > 1) if difference < 0 else np.arange(chunk.size)
            picked = generator.choice(eligible, min(abs(difference), eligible.size), replace=False)
            one = 1 if difference > 0 else -1
            chunk[picked] += one
            difference -= one * picked.size
    return people


def _zero_truncated_rate(mean: float) -> float:
    """Rate of the Poisson distribution whose values above zero have this mean (fixed-point iteration)."""
    rate = mean
    for _ in range(50):
        rate = mean * -math.expm1(-rate)
    return max(rate, 1e-9)
