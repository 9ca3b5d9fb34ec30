"""The rest of the country: gangs under pressure in the capital move out, gain ground there, and people flee (M24, M58; V1).

Departments are one number each: people, members of gangs, influence, people displaced. Influence follows the same contest as
in a neighbourhood. Nobody is killed, joins or leaves a gang there; members who moved come back when pressure falls.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.haiti.world.contest import success
from simulation.mechanism import Mechanism
from simulation.parameters import loguniform, parameter, uniform
from simulation.same_bits import power, weighted_rows, weighted_sum
from simulation.serialise.kept import kept
from simulation.serialise.limits import Limits, amount, floats, shares, whole, wholes

if TYPE_CHECKING:
    from simulation.serialise.checking import Look


WEEK = 7
MOST = 0.2  # most members who move in a week
GANGS_THERE = {"artibonite_bas": 0.45, "ouest_rest": 0.25, "centre": 0.2, "artibonite_haut": 0.1}
"""Members outside the capital by place, assumed: where reports of 2024 put gangs. The diverted go to the same places."""


@dataclass(frozen=True)
class RegionParameters:
    members: int = parameter(
        1500, "people", "gang members outside the capital at the start", bounds=(0, 50_000), prior=uniform(500, 4000),
        source="5,500-12,000 nationally is quoted and soft (gangs.csv)",
    )  # fmt: skip
    influence: float = parameter(
        0.35, "influence", "gang influence at the start where most of them are, less elsewhere in proportion",
        bounds=(0, 0.95), prior=uniform(0.2, 0.6), source="Artibonite deteriorates: seed2024",
    )  # fmt: skip
    police: int = parameter(
        4500, "people", "active police outside the capital at the start", bounds=(0, 50_000), prior=uniform(2500, 5500),
        source="5,000-10,000 active nationally (police.csv), about half outside the capital",
    )  # fmt: skip
    quota: float = parameter(
        0.0, "share", "part of the capital's police posted outside it from the first day", bounds=(0, 1), status="policy",
        source="study factor: police outside the capital whatever happens in it",
    )  # fmt: skip
    diversion: float = parameter(
        0.7, "-", "how moving out grows with pressure: (pressure / pressure at the start) to this power, less one",
        bounds=(0, 10), prior=uniform(0, 2), source="direction: dell2015",
    )  # fmt: skip
    mobility: float = parameter(
        0.0003, "1/day", "members who move out when that term is one", bounds=(0, 0.1), prior=loguniform(0.0001, 0.001),
        source="assumed: 4 to 31 % of members in a year of that",
    )  # fmt: skip
    outflow: float = parameter(
        0.1, "1/year", "people who flee within the regions in a year of full gang influence", bounds=(0, 5),
        prior=loguniform(0.02, 0.4), source="displacement_stock.csv: order of Artibonite in 2024, which tripled to 84,000",
    )  # fmt: skip
    flight: float = parameter(
        0.2, "share", "people who flee where influence rises from none to full", bounds=(0, 1), prior=uniform(0.05, 0.5),
        source="assumed: from one in twenty to half",
    )  # fmt: skip


@kept
@dataclass
class Beyond:
    """The regions today. members: int64 (r,), those who were there. diverted: int64 (gangs, r), from the capital.

    influence: float64 (r,). displaced: float64 (r,), people who fled there since the start, no households. community:
    float64 (r,), person-equivalents that keep the first day at rest. police: people. pressure: of the first day.
    """

    limits = Limits(
        {
            "members": wholes(np.int64, "regions"),
            "diverted": wholes(np.int64, None, "regions"),
            "influence": shares("regions"),
            **dict.fromkeys(("displaced", "community", "population"), floats("regions", high=1e9)),
            "police": whole(0, 10_000_000),
            "pressure": amount(0, 1e6),
        }
    )

    members: np.ndarray
    diverted: np.ndarray
    influence: np.ndarray
    displaced: np.ndarray
    community: np.ndarray
    population: np.ndarray
    police: int = 0
    pressure: float = 0.0

    @classmethod
    def empty(cls, city, gangs: int) -> Beyond:
        """Regions without gangs. External places without a population (border, abroad) are no regions."""
        people = np.array([place.population for place in city.external if place.population], float)
        blank = [np.zeros(people.size) for _ in range(3)]
        diverted = np.zeros((gangs, people.size), np.int64)
        return cls(np.zeros(people.size, np.int64), diverted, *blank, people)

    def average_influence(self) -> float:
        """Influence averaged over people, 0 to 1."""
        total = self.population.sum()
        return weighted_sum(self.influence, self.population) / total if total > 0 else 0.0

    def check_kept(self, look: Look) -> None:
        """Those from the capital are of its gangs."""
        if len(self.diverted) > look.sizes["gangs"]:
            raise ValueError("Beyond has members of more gangs than there are")


class Regions(Mechanism):
    """Once a week: who moves out or back, who rules, who flees."""

    name = "regions"
    covers = ("M24", "M58")
    shown_by = ("regions_gang_influence", "gang_members_diverted", "displaced_people_regions")
    neutral = "Nobody moves out of the capital, and nothing is said of the regions (all zero)."
    objection = "Gangs of Artibonite and Centre have their own leaders and wars; they are no reserve of the capital's."
    equations = (
        "pressure = Σ (members · state_presence / (state_presence + gang_presence)) / Σ members; beyond.pressure: on day 1",
        "drive = (pressure / beyond.pressure)^region.diversion",
        "every 7 days: moved out ~ Binomial(Σ members, min(0.2, 7 · region.mobility · max(0, drive - 1)))",
        "moved back ~ Binomial(beyond.diverted, min(0.2, 7 · region.mobility · max(0, 1 / drive - 1)))",
        "share = gangs^m / (gangs^m + (police + beyond.community)^m), m = control.exponent, in person-equivalents",
        "rise = (1 - (1 - control.rate)^7) · (share - beyond.influence); beyond.influence ← beyond.influence + rise",
        "fled = -ln(1 - region.outflow) · 7 / 365 · beyond.influence + region.flight · max(0, rise), cut to 0 to 1",
        "beyond.displaced ← beyond.displaced + fled · (people - beyond.displaced)",
        "first day: region.members by place, region.influence where most of them are, less elsewhere in proportion",
        "first day: region.police and region.quota of every police unit of the capital",
        "beyond.community: such that beyond.influence rests on the first day, but for the quota",
        "beyond.community where no gang is = control.community · people / 1000",
    )
    reads = (
        "gang_presence", "state_presence", "affairs.arms_worth", "affairs.coordination", "beyond.community",
        "beyond.members", "beyond.police", "cooperation.learnt",
    )  # fmt: skip
    writes = (
        "members", "beyond.displaced", "beyond.diverted", "beyond.influence", "beyond.pressure",
        "ledger.gang_members_moved_back", "ledger.gang_members_moved_out",
    )  # fmt: skip
    derived = ("_pull",)
    limits = Limits({"_sent": whole(0, 1_000_000)})

    def __init__(self, model):
        super().__init__(model)
        here = model.beyond
        names = [place.id for place in model.city.external if place.population]
        self._pull = np.array([GANGS_THERE.get(name, 0.0) for name in names])
        if self._pull.sum() <= 0:
            self._pull = here.population / max(here.population.sum(), 1.0)
        self._sent = 0

    def found(self) -> None:
        rules, here = self.model.parameters.region, self.model.beyond
        if not self.on:
            return
        here.members[:] = np.round(rules.members * self._pull)
        here.influence[:] = rules.influence * self._pull / max(self._pull.max(), 1e-9) * (here.members > 0)
        self._post_police(rules)
        self._rest()

    def _post_police(self, rules: RegionParameters) -> None:
        """Police outside: those who were there and the quota of every unit of the capital."""
        sent = 0
        for unit in self.model.forces.units["police"]:
            leaving = round(unit.strength * rules.quota)
            unit.strength -= leaving
            sent += leaving
        self._sent, self.model.beyond.police = sent, rules.police

    def _rest(self) -> None:
        """Set what communities oppose to gangs so that influence rests on the first day; then add the posted police."""
        here, exponent = self.model.beyond, self.model.parameters.control.exponent
        odds = (1.0 - here.influence) / np.maximum(here.influence, 1e-9)
        opposed = self._gangs() * power(odds, 1.0 / exponent)
        floor = self.model.parameters.control.community * here.population / 1000.0
        here.community[:] = np.where(here.members > 0, np.maximum(opposed - self._police(), 0.0), floor)
        here.police += self._sent

    def _gangs(self) -> np.ndarray:
        """Strength of gangs in each region, person-equivalents; those who were there are armed as gangs are on average."""
        here, worth = self.model.beyond, self.model.arms_factor()
        usual = float(worth.mean()) if worth.size else self.model.parameters.gang.arms
        return here.members * usual + weighted_rows(worth[: here.diverted.shape[0]], here.diverted)

    def _police(self) -> np.ndarray:
        here = self.model.beyond
        worth = here.police * self.model.forces.person_equivalent("police")
        return worth * here.population / max(here.population.sum(), 1.0)

    def step(self) -> None:
        if self.model.day == 1:
            self.model.beyond.pressure = self.pressure()
        if self.model.day % WEEK == 0 and self.model.state.members.size:
            self._move()
            self._contest()

    def pressure(self) -> float:
        """Share of what counts around an average gang member in the capital that is the state's, 0 to 1."""
        state = self.model.state
        both = state.state_presence + state.gang_presence
        share = state.state_presence / np.maximum(both, 1e-9)
        members = state.members.sum(axis=0)
        return weighted_sum(members, share) / max(int(members.sum()), 1)

    def _move(self) -> None:
        here, rules = self.model.beyond, self.model.parameters.region
        if here.pressure <= 0.0:
            return
        drive = max(self.pressure() / here.pressure, 1e-6) ** rules.diversion
        out = min(MOST, WEEK * rules.mobility * max(drive - 1.0, 0.0))
        back = min(MOST, WEEK * rules.mobility * max(1.0 / drive - 1.0, 0.0))
        missing = self.model.state.members.shape[0] - here.diverted.shape[0]
        if missing > 0:  # gangs that split since the start
            here.diverted = np.vstack([here.diverted, np.zeros((missing, here.members.size), np.int64)])
        if out > 0:
            self._leave(out)
        elif back > 0:
            self._return(back)

    def _leave(self, chance: float) -> None:
        """Members leave from where the state is strongest around them."""
        model, state, luck = self.model, self.model.state, self.roll(part="out")
        risk = state.state_presence / np.maximum(state.state_presence + state.gang_presence, 1e-9)
        number = luck.binomial(int(state.members.sum()), chance)
        weights = (state.members * risk).ravel()
        if number == 0 or weights.sum() <= 0:
            return
        leaving = np.minimum(luck.share(number, weights).reshape(state.members.shape), state.members)
        state.members -= leaving
        model.ledger.today["gang_members_moved_out"] += leaving.sum(axis=0)
        for gang, people in enumerate(leaving.sum(axis=1).tolist()):
            if people:
                model.beyond.diverted[gang] += luck.share(people, self._pull)

    def _return(self, chance: float) -> None:
        """Members come back to where their gang is; those of a gang that is gone stay away."""
        model, state, here, luck = self.model, self.model.state, self.model.beyond, self.roll(part="back")
        for gang in np.flatnonzero(here.diverted.sum(axis=1)).tolist():
            base = state.members[gang].astype(float)
            if base.sum() <= 0:
                continue
            leaving = np.array([luck.binomial(people, chance) for people in here.diverted[gang].tolist()])
            arriving = luck.share(int(leaving.sum()), base)
            here.diverted[gang] -= leaving
            state.members[gang] += arriving
            model.ledger.today["gang_members_moved_back"] += arriving

    def _contest(self) -> None:
        here, rules, control = self.model.beyond, self.model.parameters.region, self.model.parameters.control
        share = success(self._gangs(), self._police() + here.community, control.exponent)
        rise = (1.0 - (1.0 - control.rate) ** WEEK) * (share - here.influence)
        here.influence += rise
        hazard = -math.log1p(-min(rules.outflow, 0.999)) * WEEK / 365.0 * here.influence
        fleeing = np.clip(hazard + rules.flight * np.maximum(rise, 0.0), 0.0, 1.0)
        here.displaced += fleeing * (here.population - here.displaced)
