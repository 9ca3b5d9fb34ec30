"""Where people go: first what kind of shelter, then which place (nested logit; section O4).

Kinds: a site in the capital, a host family in the capital, the provinces, abroad. Sites draw where there are some and room is
left, the nearest first, beside the front or not; host families by where they have taken people in before, by people, safety
and crowding. Family ties draw to their department (lu2012).
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np

from models.haiti.kernels import ABROAD, HOST, PROVINCE, SITE, choose_shelters, count_departures
from models.haiti.passes.people import draw_of_shelters
from models.haiti.world.sites import Sites
from models.haiti.world.state import GANG
from simulation.mechanism import Mechanism
from simulation.parameters import parameter, uniform
from simulation.same_bits import exp
from simulation.serialise.limits import Later, Limits, a, floats, shares

KINDS = (SITE, HOST, PROVINCE, ABROAD)
LATELY = 60  # days after a capture in which homes are destroyed behind those who leave


@dataclass(frozen=True)
class DestinationParameters:
    safety: float = parameter(
        1.5, "utility", "weight of safety (1 - gang influence)", bounds=(0, 20), prior=uniform(0.5, 3),
        source="assumed: a third of the start to twice as much, in units of utility",
    )  # fmt: skip
    tie: float = parameter(
        1.5, "utility", "weight of family in a department", bounds=(0, 20), prior=uniform(0.5, 3), source="lu2012",
    )  # fmt: skip
    cost: float = parameter(
        4.0, "utility/hour", "weight of travel inside the capital area", bounds=(0, 20), prior=uniform(2, 7),
        source="iomett2023, flowminder2024: 40 % to all of those who fled stayed in the commune, as 3 and more give",
    )  # fmt: skip
    hosted_before: float = parameter(
        0.7, "share", "part of what draws to host families that follows where they have people by the first day", bounds=(0, 1),
        prior=uniform(0.4, 1),
        source="assumed: 40 % to all; counts by commune in displacement_stock.csv stand for who knows whom",
    )  # fmt: skip
    ruled: float = parameter(
        0.3, "share", "what is left of the draw of a place where gangs rule, beside what less safety takes", bounds=(0, 1),
        prior=uniform(0.1, 0.8),
        source="assumed: a tenth to four fifths; three communes under gangs took in .3 to .7 of their part by residents in "
        "rounds 3 to 7 (displacement_stock.csv), while sites of the others stand where gangs do not rule",
    )  # fmt: skip
    province_cost: float = parameter(
        0.1, "utility/hour", "weight of travel to the provinces", bounds=(0, 20), prior=uniform(0.02, 0.3),
        source="assumed: ten hours weigh .2 to 3 units of utility",
    )  # fmt: skip
    crowd: float = parameter(
        0.5, "utility", "weight of crowding (displaced per resident, tenfold)", bounds=(0, 20), prior=uniform(0, 1.5),
        source="assumed: from none to three times the start, in units of utility",
    )  # fmt: skip
    nest: float = parameter(
        0.6, "-", "how much the places of a kind weigh in the choice of kind (0 none, 1 fully)", bounds=(0, 1),
        prior=uniform(0.3, 1), source="assumed: from a third to fully",
    )  # fmt: skip
    site: float = parameter(
        2.75, "utility", "pull of a site in the capital, at first flight", bounds=(-20, 20), prior=uniform(2, 3.5),
        source="fits shelter in the capital: ocha2024sep, more than half in sites",
    )  # fmt: skip
    host: float = parameter(
        2.0, "utility", "pull of a host family in the capital", bounds=(-20, 20), prior=uniform(1.25, 2.75),
        source="as site: ocha2024sep",
    )  # fmt: skip
    province: float = parameter(
        0.7, "utility", "pull of the provinces", bounds=(-20, 20), prior=uniform(0, 1.5), source="as site: ocha2024sep"
    )  # fmt: skip
    abroad: float = parameter(
        -3.0, "utility", "pull of leaving the country", bounds=(-20, 20), prior=uniform(-4, -2),
        source="assumed: from hardly anybody to some in a hundred who leave the country; no direct evidence",
    )  # fmt: skip

    def under(self, label: np.ndarray) -> np.ndarray:
        """What the rule of gangs leaves of the draw of places, by their label, (n,): some shelter under gangs too."""
        return np.where(label == GANG, self.ruled, 1.0)


class Relocation(Mechanism):
    """Chooses a kind of shelter and a place for every household on the move, and moves it."""

    name = "relocation"
    switch = False
    covers = ("M32",)
    shown_by = ("displaced_people_in_sites", "displaced_people_provinces")
    neutral = "Not a switch of its own: flight and onward send people through it."
    objection = (
        "People go where a cousin, a church or a driver takes them; a logit of averages does not know who that is."
    )
    equations = (
        "hosts = draw · safe · exp(-destination.crowd · 10 · with_hosts / max(at_home, 100)) · ruled",
        "safe = exp(destination.safety · (1 - influence)); ruled = destination.ruled where gangs rule, else 1",
        "draw = destination.hosted_before · hosted on the first day + (1 - destination.hosted_before) · residents",
        "residents, and those hosted on the first day, as parts of the capital",
        "sites = (rooms + site.new · residents) / (1 + site.new) · min(1, 4 · (1 - in_sites / (site.most · people before)))",
        "rooms: open sites as part of all; open = ⌈in_sites / site.size⌉; sites · ruled as hosts",
        "weight of a place = sites or hosts there · exp(-destination.cost · hours), 0 at home",
        "weight of a department = family ties there · exp(-destination.province_cost · hours), · exp(destination.tie) if own",
        "kind drawn by exp(pull) · (Σ weights)^destination.nest, then the place by weight; abroad Σ weights is the way out",
        "pull: destination.site, destination.host, destination.province or destination.abroad",
        "fear of who moves ← fear + fear.shock · (1 - fear)",
        "a home left within 60 days of its capture is destroyed if U < displaced.destroyed_prob",
    )
    reads = ("captured_day", "influence", "label", "terrain")
    writes = (
        "at_home", "away", "in_sites", "population", "present", "with_hosts", "ledger.new_displacements",
        "ledger.onward_displacements", "ledger.onward_moves", "ledger.second_displacements", "population.fear",
    )  # fmt: skip
    derived = ("_version", "_near", "_far", "_pull", "_residents", "_people_share")
    limits = Limits({"_inside": Later(floats(2, "n", high=1e9)), "sites": a("Sites"), "before": shares("n")})

    def __init__(self, model):
        super().__init__(model)
        self._residents = model.city.population * model.city.metropolitan
        self._people_share = self._residents / max(1, model.city.population.sum())
        self.sites = Sites(model.n)
        self.before = self._people_share.copy()
        self.reset()

    def reset(self) -> None:
        self._version = -1
        rules = self.model.parameters.destination
        self._pull = exp(np.array([rules.site, rules.host, rules.province, rules.abroad]))

    def step(self) -> None:
        """Morning weights of places, shared by all who move today; (n,) for the capital, (external,) beyond."""
        model, state, rules = self.model, self.model.state, self.model.parameters.destination
        self.sites.look(state.in_sites, model.parameters.site.size)
        sites = self.sites.weights(state.in_sites, self._residents, model.parameters.site)
        here = state.with_hosts, state.at_home, state.influence, state.label
        self._inside = draw_of_shelters(sites, self.draw(), *here, rules.crowd, rules.safety, rules.ruled)
        if self._version != model.terrain.places.version:
            self._version = model.terrain.places.version
            self._near = _reach(rules.cost, model.terrain.hours)
            np.fill_diagonal(self._near, 0.0)  # nobody flees to where they are
            self._far = model.terrain.tie_share * _reach(rules.province_cost, model.terrain.province_hours)

    def settle(self) -> None:
        """Sites, and the places of host families, are those of the people displaced on the first day."""
        state = self.model.state
        self.sites.found(state.in_sites, self.model.parameters.site.size)
        total = float(state.with_hosts.sum())
        self.before[:] = state.with_hosts / total if total > 0 else self._people_share

    def draw(self) -> np.ndarray:
        """What draws to host families in each place but safety and crowding, (n,), sums to 1 in the capital."""
        known = self.model.parameters.destination.hosted_before
        return known * self.before + (1.0 - known) * self._people_share

    def send(self, rows: np.ndarray, reason: str, shelters: tuple[int, ...] = KINDS) -> None:
        """Move fleeing rows somewhere else; `shelters` limits the kinds offered. Who can reach nothing stays, trapped."""
        if not rows.size:
            return
        model, households = self.model, self.model.population
        origin = households.place[rows].astype(np.int64)
        place, status = self.choose(rows, origin, reason, shelters)
        if int(place.min()) < 0:
            free = place >= 0
            if reason == "flight":
                model.ledger.add("trapped_people", origin[~free], households.people[rows[~free]])
            rows, origin, place, status = rows[free], origin[free], place[free], status[free]
        again = "onward_moves" if reason == "onward" else "onward_displacements"
        counts = model.ledger.open_counts("new_displacements", "second_displacements", again)
        columns = households.status, households.people, households.moves
        captures = model.state.captured_day, model.day, LATELY
        first, behind = count_departures(rows, origin, *columns, *captures, *counts)
        households.diary.left(model.day, rows, first, reason, place, status)
        if behind.size:
            self._burn(behind)
        households.frighten(rows, model.parameters.fear.shock)
        households.move(rows, place, status, model.day, model.state)

    def choose(self, rows, origin, reason, shelters) -> tuple[np.ndarray, np.ndarray]:
        """Place (-1: none reachable) and status for each row, from its own luck of the day."""
        model, rules = self.model, self.model.parameters.destination
        luck = [model.dice.each(f"{reason}.{part}", model.day, rows) for part in ("kind", "place")]
        ways = self._inside, self._near, self._far, math.exp(rules.tie), model.terrain.exit_share
        kinds = self._pull, rules.nest, _offered(tuple(shelters))
        return choose_shelters(rows, origin, model.population.tie, *luck, *ways, *kinds, model.n, model.abroad)

    def _burn(self, rows: np.ndarray) -> None:
        """Homes left within two months of a capture may be destroyed behind their people."""
        model, households = self.model, self.model.population
        luck = model.dice.each("relocation.destroyed", model.day, rows)
        rows = rows[luck < model.parameters.displaced.destroyed_prob]
        households.destroyed[rows] = True
        households.diary.happened(model.day, "home destroyed", rows)


@functools.cache
def _offered(shelters: tuple[int, ...]) -> np.ndarray:
    """Whether each of `KINDS` is offered, bool (kinds,)."""
    return np.array([kind in shelters for kind in KINDS])


def _reach(cost: float, hours: np.ndarray) -> np.ndarray:
    """exp(-cost x hours), and 0 where no way is open whatever the cost."""
    return np.where(np.isfinite(hours), exp(-cost * np.where(np.isfinite(hours), hours, 0.0)), 0.0)
