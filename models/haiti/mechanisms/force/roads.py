"""Roads: where gangs hold the ends of a stretch they stop people, and what that does to movement and income (M28, M44).

Every stretch is open, tolled or blocked, by who rules its ends. Passage costs time, fees and risk; what a place earns follows
how much of the city it can reach at that cost, and how much of its trade gangs spoil. The mission's corridor task opens
the busiest tolled stretches. Fees here are what residents lose; what gangs take from lorries is `tolls`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from models.haiti.world.state import FORCES, GANG, TASKS
from simulation.graph import KINDS, joined_places, least_costs
from simulation.mechanism import Mechanism
from simulation.parameters import loguniform, parameter, uniform
from simulation.same_bits import exp, log, power, weighted_rows
from simulation.serialise.kept import kept
from simulation.serialise.limits import Limits, amount, flags, floats, positions, share, whole

OPEN, TOLLED, BLOCKED = range(3)
ROAD_WORDS = ("open", "tolled", "blocked")
CORRIDOR = TASKS.index("corridor")
MARKETS = 40  # neighbourhoods with most people, where the others sell and earn
WEEK, MONTH = 7, 28  # days between two looks at who can pass, and at what people reach and earn


@dataclass(frozen=True)
class RoadParameters:
    time_value: float = parameter(
        0.5, "USD/hour", "worth of an hour on the way", bounds=(0, 100), prior=uniform(0.2, 1.5),
        source="over 60 % of people under $4 a day: unicef2024",
    )  # fmt: skip
    fee: float = parameter(
        0.5, "USD", "fee and lost time at a gang checkpoint", bounds=(0, 500), prior=loguniform(0.1, 3),
        source="assumed: from a few gourdes to most of a day's income",
    )  # fmt: skip
    risk: float = parameter(
        0.3, "USD", "expected loss to robbery or worse on a stretch under full gang influence", bounds=(0, 500),
        prior=loguniform(0.05, 2), source="assumed: from five cents to two dollars",
    )  # fmt: skip
    blocked_cost: float = parameter(
        5.0, "USD", "added cost of a blocked stretch, passed on foot and by detours", bounds=(0, 500), prior=uniform(2, 10),
        source="assumed: one to five days of income of the poor",
    )  # fmt: skip
    truce: float = parameter(
        0.5, "cohesion", "cohesion of gangs from which a line between two of them can be passed", bounds=(0, 1),
        prior=uniform(0.3, 0.7), source="lines opened under the pact of 2024: nycaribgitoc2024",
    )  # fmt: skip
    fighting_days: int = parameter(
        3, "days", "time for which a capture or clearing blocks the stretches around", bounds=(0, 60), prior=uniform(1, 7),
        source="assumed: one day to a week",
    )  # fmt: skip
    guards: float = parameter(
        10.0, "person-equivalents", "corridor guards on shift that keep one stretch open", bounds=(0.1, 1000),
        prior=uniform(5, 25),
        source="assumed: 50 to 250 police on the books for a stretch, a tenth of a person-equivalent each",
    )  # fmt: skip
    access_elasticity: float = parameter(
        0.3, "-", "how income follows the people that can be reached", bounds=(0, 2), prior=uniform(0.1, 0.6),
        source="assumed: half of the buyers lost costs 7 to 34 % of income",
    )  # fmt: skip
    trade_loss: float = parameter(
        0.4, "share", "part of local income lost under full gang influence", bounds=(0, 1), prior=uniform(0.2, 0.7),
        source="assumed: from a fifth to seven tenths",
    )  # fmt: skip
    help_delay: float = parameter(
        2.0, "hours", "time to get help ready, at full coordination", bounds=(0, 48), prior=uniform(1, 6),
        source="assumed: one to six hours",
    )  # fmt: skip
    help_limit: float = parameter(
        8.0, "hours", "time in which help must arrive to count", bounds=(0.1, 72), prior=uniform(4, 12),
        source="assumed: from half a working day to half a day",
    )  # fmt: skip
    help_spread: float = parameter(
        0.5, "log-sd", "spread of the time to arrive", bounds=(0.01, 3), prior=uniform(0.2, 0.8),
        source="assumed: two arrivals in three within a factor of 1.2 to 2.2",
    )  # fmt: skip


@kept
@dataclass
class Passage:
    """Who can pass where. `stretches`: int8, one per slot of the place graph, a position in ROAD_WORDS.

    opened: stretches kept open by corridor guards. free_pairs, free_pairs_people: share of pairs of neighbourhoods, and of
    pairs of people who live there today, joined without a gang checkpoint. cost: mean cost of passage between a market and
    a resident elsewhere, USD. joined: bool (n,), places joined so to the base. income: float64 (n,), local income against
    the start. reach: float64 (n,), quick help against the mean of the start. response: hours, mean time to arrive where it can.
    """

    limits = Limits(
        {
            "stretches": positions(np.int8, len(ROAD_WORDS), "slots"),
            "joined": flags("n"),
            **dict.fromkeys(("income", "reach", "income_at_start"), floats("n", high=1e9)),
            "reach_at_start": amount(0, 1e9),
            "opened": whole(),
            **dict.fromkeys(("free_pairs", "free_pairs_people"), share()),
            "cost": amount(nan=True, endless=True),
            "response": amount(nan=True, endless=True),
        }
    )

    stretches: np.ndarray
    joined: np.ndarray
    income: np.ndarray
    reach: np.ndarray
    income_at_start: np.ndarray
    reach_at_start: float = 1.0
    opened: int = 0
    free_pairs: float = 1.0
    free_pairs_people: float = 1.0
    cost: float = 0.0
    response: float = 0.0

    @classmethod
    def free(cls, places) -> Passage:
        """Nobody stops anybody: what holds before the first look, and for effects when roads are switched off."""
        n = len(places)
        return cls(np.zeros(places.neighbours.size, np.int8), np.ones(n, bool), np.ones(n), np.ones(n), np.ones(n))


class Roads(Mechanism):
    """Checkpoints and help every week, reach and income every four weeks."""

    name = "roads"
    covers = ("M23", "M28", "M44")
    shown_by = ("free_pairs_share", "passage_cost_usd", "local_income_ratio", "help_hours")
    neutral = "Income stays as at the start, help comes everywhere alike, and movement stays as on the first day."
    objection = "Checkpoints change by the hour and by who asks; here they follow who rules the neighbourhood."
    equations = (
        "a stretch is tolled if gangs hold an end, else open, every 7 days",
        "the busiest roads of which gangs hold one end are opened, as many as corridor guards allow",
        "opened = whole part of Σ usable people · share of corridor / roads.guards",
        "blocked whatever else: within roads.fighting_days of a capture or clearing at an end",
        "blocked too: between two gangs while affairs.pact < roads.truce",
        "hours = km / speed · (travel.barrier at barriers, else 1)",
        "speed: travel.road_speed, travel.lane_speed or travel.boat_speed",
        "arrival = (roads.help_delay + least hours from the base without gang-held ground) · (2 - coordination)",
        "passage.reach = Φ(ln(roads.help_limit / arrival) / roads.help_spread) over its mean of the first day, every 7 days",
        "cost of a stretch = hours · roads.time_value + roads.risk · larger influence of its ends + fee",
        "fee = roads.fee where tolled, roads.fee + roads.blocked_cost where blocked, else 0",
        "access = max(1, Σ over the 40 largest places of present · exp(-least cost to it))",
        "passage.income = access^roads.access_elasticity · (1 - roads.trade_loss · influence), every 28 days",
        "over that of the first day",
        "passage.free_pairs = part of pairs of places joined by open stretches",
        "passage.cost = mean least cost between a market and a resident elsewhere",
    )
    reads = (
        "captured_day", "cleared_day", "influence", "label", "owner", "present", "terrain", "affairs.pact",
        "command.shares", "cooperation.learnt", "cooperation.liaison", "forces.units", "mission.equipment",
        "mission.suspended", "politics.coordination", "pool.arrears_days", "pool.supply",
    )  # fmt: skip
    writes = (
        "passage.cost", "passage.free_pairs", "passage.free_pairs_people", "passage.income", "passage.income_at_start",
        "passage.joined", "passage.opened", "passage.reach", "passage.reach_at_start", "passage.response",
        "passage.stretches",
    )  # fmt: skip
    uses = ("support",)
    derived = ("_from", "_to", "_pair", "_hours", "_busy", "_is_road", "_markets")

    def __init__(self, model):
        super().__init__(model)
        places = model.terrain.places
        self._from = np.repeat(np.arange(model.n), np.diff(places.starts))
        self._to = places.neighbours.astype(np.int64)
        self._pair = np.minimum(self._from, self._to) * model.n + np.maximum(self._from, self._to)
        self._busy = model.terrain.betweenness[self._from] + model.terrain.betweenness[self._to]
        self._is_road = places.kinds == KINDS.index("road")
        self._markets = np.argsort(-model.city.population, kind="stable")[:MARKETS]
        self.reset()
        self.inspect()

    def reset(self) -> None:
        """Hours on every stretch follow the speeds."""
        places, terrain = self.model.terrain.places, self.model.terrain
        speeds = np.array([terrain.speeds()[kind] for kind in KINDS])
        slow = np.where(
            places.barrier & (places.kinds != KINDS.index("sea")), self.model.parameters.travel.barrier, 1.0
        )
        with np.errstate(divide="ignore"):
            self._hours = places.distance_km / speeds[places.kinds] * slow

    def step(self) -> None:
        model, passage = self.model, self.model.passage
        if model.day == 1:
            self._begin()
        if model.day % WEEK == 0:
            self.inspect()
            passage.reach[:] = self._reach() / passage.reach_at_start
        if model.day % MONTH == 0:
            passage.income[:] = self._earn() / passage.income_at_start

    def _begin(self) -> None:
        """The first day is the measure: income is 1 everywhere, and help 1 on average where gangs do not rule."""
        model, passage = self.model, self.model.passage
        held, reach = model.state.label != GANG, self._reach()
        passage.reach_at_start = max(float(reach[held].mean()), 1e-6) if held.any() else 1.0
        passage.reach[:] = reach / passage.reach_at_start
        earned = self._earn()
        without = self._trade()  # the measure where gangs let nothing be earned: what would be, without them
        passage.income_at_start[:] = np.where(earned > 0.0, earned, without)

    def inspect(self) -> None:
        """State of every stretch, and who can pass without meeting a gang checkpoint."""
        model, state, passage = self.model, self.model.state, self.model.passage
        ruled = state.label == GANG
        passage.stretches[:] = np.where(ruled[self._from] | ruled[self._to], TOLLED, OPEN)
        self._open_corridors(ruled)
        passage.stretches[self._fought_over(ruled)] = BLOCKED
        places = model.terrain.places
        free = (passage.stretches == OPEN) & ~places.closed
        group = joined_places(places.starts, places.neighbours, free)
        passage.joined[:] = group == group[model.base]
        passage.free_pairs = pairs_within(group, np.ones(model.n))
        passage.free_pairs_people = pairs_within(group, state.present[: model.n])

    def _open_corridors(self, ruled: np.ndarray) -> None:
        """Corridor guards open the busiest tolled roads that start from ground which gangs do not hold."""
        model, passage = self.model, self.model.passage
        forces = model.forces
        guards = math.fsum(forces.usable(force) * float(forces.task_shares(force)[CORRIDOR]) for force in FORCES)
        number = int(guards / model.parameters.roads.guards)
        passage.opened = 0
        if number > 0:
            at_edge = self._is_road & (ruled[self._from] != ruled[self._to])
            pairs, first = np.unique(self._pair[at_edge], return_index=True)
            busiest = np.argsort(-self._busy[at_edge][first], kind="stable")[:number]
            passage.stretches[np.isin(self._pair, pairs[busiest])] = OPEN
            passage.opened = int(busiest.size)

    def _fought_over(self, ruled: np.ndarray) -> np.ndarray:
        """Slots between two gangs without a truce, or next to a place taken or cleared a few days ago."""
        model, state, rules = self.model, self.model.state, self.model.parameters.roads
        last = np.maximum(state.captured_day, state.cleared_day)
        fought = (last >= 0) & (model.day - last < rules.fighting_days)
        blocked = fought[self._from] | fought[self._to]
        if model.cohesion < rules.truce:
            rivals = state.owner[self._from] != state.owner[self._to]
            blocked |= ruled[self._from] & ruled[self._to] & rivals
        return blocked

    def _reach(self) -> np.ndarray:
        """Share of help that arrives in time at each place by ways that cross no gang-held ground, float64 (n,).

        Vehicles are left out: they weigh in the strength of the mobile force already.
        """
        model, rules, places = self.model, self.model.parameters.roads, self.model.terrain.places
        passable = (model.state.label[self._from] != GANG) & ~places.closed
        hours = np.where(passable, self._hours, np.inf)
        start = model.base if model.state.label[model.base] != GANG else model.forces.refuge(model.base)
        hours = least_costs(places.starts, places.neighbours, hours, np.array([start]))[0][0]
        hours = (rules.help_delay + hours) * (2.0 - model.coordination())
        can = np.isfinite(hours)
        model.passage.response = float(hours[can].mean())
        in_time = np.full(model.n, -np.inf)
        in_time[can] = log(rules.help_limit / np.maximum(hours[can], 1e-6))
        return ndtr(in_time / rules.help_spread)

    def _earn(self) -> np.ndarray:
        """Local income in arbitrary units: what trade brings, less what gangs spoil, float64 (n,)."""
        return self._trade() * (1.0 - self.model.parameters.roads.trade_loss * self.model.state.influence)

    def _trade(self) -> np.ndarray:
        """Trade in arbitrary units, above 0: markets in reach at the cost of passage, float64 (n,)."""
        model, rules, places = self.model, self.model.parameters.roads, self.model.terrain.places
        state = model.state
        worse = np.maximum(state.influence[self._from], state.influence[self._to])
        costs = self._hours * rules.time_value + rules.risk * worse
        costs += np.array([0.0, rules.fee, rules.fee + rules.blocked_cost])[model.passage.stretches]
        costs[places.closed] = np.inf
        costs, _ = least_costs(places.starts, places.neighbours, costs, self._markets)
        people = state.present[: model.n].astype(float)
        buyers = people[self._markets]
        met = exp(-costs)
        pairs = np.where(np.isfinite(costs), buyers[:, None] * people, 0.0)
        pairs[np.arange(self._markets.size), self._markets] = 0.0
        total = pairs.sum()
        costs[~np.isfinite(costs)] = 0.0
        model.passage.cost = float((pairs * costs).sum() / total) if total > 0 else 0.0
        access = np.maximum(weighted_rows(buyers, met), 1.0)
        return power(access, rules.access_elasticity)


def pairs_within(group: np.ndarray, weight: np.ndarray) -> float:
    """Share of unordered pairs of two different places, weighted by both their weights, that are in one group (0 to 1)."""
    weight = weight.astype(float)
    same = np.bincount(group, weight) ** 2
    alone = (weight**2).sum()
    total = weight.sum() ** 2 - alone
    return float((same.sum() - alone) / total) if total > 0 else 1.0
