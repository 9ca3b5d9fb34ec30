"""Control: gang influence in a place follows the contest between gangs, the state and the community (M43).

Influence is read as a share of a Tullock contest and moves towards it slowly; labels (state, contested, gang-held) have
hysteresis, a coarse form of Kalyvas's zones of control (kalyvas2006).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from models.haiti.passes.places import age_places, contest_places, label_places, measure_places, opposed_places
from models.haiti.world.state import CONTESTED, GANG, LABELS, STATE
from simulation.mechanism import Mechanism
from simulation.parameters import loguniform, parameter, uniform
from simulation.same_bits import power
from simulation.serialise.limits import Limits, positions


@dataclass(frozen=True)
class ControlParameters:
    exponent: float = parameter(
        1.0, "-", "decisiveness of strength in a contest", bounds=(0.05, 10), prior=uniform(0.5, 2.5),
        source="range of the theory: hirshleifer1989, skaperdas1996",
    )  # fmt: skip
    spill: float = parameter(
        0.15, "share", "strength that neighbours project into a place", bounds=(0, 1), prior=uniform(0.05, 0.4),
        source="assumed: from a twentieth to two fifths",
    )  # fmt: skip
    rate: float = parameter(
        0.05, "1/day", "how fast influence follows the contest", bounds=(0, 1), prior=uniform(0.017, 0.1),
        source="assumed: ten days to two months (1/e); ganthier2024 has a return within a day",
    )  # fmt: skip
    local_bound: float = parameter(
        8.0, "ratio", "most that what the model does not know of a place may favour one side there", bounds=(1, 100),
        prior=loguniform(4, 16),
        source="assumed: a factor of 4 to 16, as wide as strengths themselves are uncertain; see `Control.settle`",
    )  # fmt: skip
    local_days: float = parameter(
        90.0, "days", "time in which that is lost (1/e) in a place that has changed hands", bounds=(1, 36_500),
        prior=uniform(30, 365), source="assumed: a month to a year until old deals and friends are gone",
    )  # fmt: skip
    community: float = parameter(
        0.15, "person-equivalents per 1,000", "what residents themselves oppose to gangs", bounds=(0, 10),
        prior=loguniform(0.02, 0.5), source="assumed: from next to nothing to a quarter of what holding takes",
    )  # fmt: skip
    gang_threshold: float = parameter(
        0.65, "influence", "a place is gang-held from here", bounds=(0.5, 1), status="derived",
        source="coarse form of kalyvas2006",
    )  # fmt: skip
    state_threshold: float = parameter(
        0.35, "influence", "a place is state-held up to here", bounds=(0, 0.5), status="derived",
        source="coarse form of kalyvas2006",
    )  # fmt: skip
    hysteresis: float = parameter(
        0.05, "influence", "how far beyond a threshold influence must go back before a label falls", bounds=(0, 0.15),
        prior=uniform(0, 0.1), source="assumed: from none to a third of the contested band",
    )  # fmt: skip
    initial_gang: float = parameter(
        0.85, "influence", "influence at the start in places mapped as gang-held", bounds=(0.65, 1), prior=uniform(0.75, 0.95),
        source="assumed: well inside the gang-held band, as initial_control.csv gives the class only",
    )  # fmt: skip
    initial_contested: float = parameter(
        0.5, "influence", "the same in contested places", bounds=(0.36, 0.64), prior=uniform(0.42, 0.6),
        source="assumed: about the middle of the contested band, as initial_control.csv gives the class only",
    )  # fmt: skip
    initial_state: float = parameter(
        0.15, "influence", "the same in state-held places", bounds=(0, 0.35), prior=uniform(0.05, 0.3),
        source="assumed: well inside the state-held band, as initial_control.csv gives the class only",
    )  # fmt: skip


class Control(Mechanism):
    """One day of the contest for influence, then labels and owners."""

    name = "control"
    burn_in = True
    covers = ("M24", "M43")
    shown_by = ("gang_control_population_share", "gang_influence")
    neutral = "Influence and labels change by captures and clearings only."
    objection = "Control is layered: a place may have a mayor, a gang and a police post at once."
    equations = (
        "s = members · gang.available · affairs.arms_worth · affairs.coordination, by gang",
        "gang_strength = largest s + affairs.pact · (Σ s - largest s)",
        "gang_presence = gang_strength + control.spill · its mean next door",
        "state_presence = state_strength + control.spill · its mean next door",
        "enough = min(1, state_presence / (hold.requirement · present / 1000))^hold.thinness",
        "opposed = state_presence · enough + community",
        "share = (local · gang_presence)^m / ((local · gang_presence)^m + opposed^m), m = control.exponent; 0 where both are 0",
        "influence ← influence + control.rate · (share - influence)",
        "gang-held from control.gang_threshold on, state-held up to control.state_threshold, else contested",
        "a place that is so already stays so within control.hysteresis of the threshold",
        "local ← local^exp(-1 / control.local_days) where the label is not that of the first day",
        "local on the first day: such that share = influence where gangs hold or contest, else 1",
        "local stays within 1 / control.local_bound to control.local_bound",
        "influence on the first day: control.initial_gang, control.initial_contested or control.initial_state",
        "safe_days ← safe_days + 1 while influence < displaced.return_threshold, else 0; ruled_days alike while gang-held",
    )
    reads = (
        "community", "members", "present", "state_strength", "affairs.arms_worth", "affairs.coordination", "affairs.pact",
    )  # fmt: skip
    writes = (
        "gang_presence", "gang_strength", "influence", "label", "local", "owner", "ruled_days", "safe_days",
        "state_presence",
    )  # fmt: skip
    limits = Limits({"first": positions(np.int8, len(LABELS), "n")})

    def __init__(self, model):
        super().__init__(model)
        self.first = np.zeros(model.n, np.int8)

    def step(self) -> None:
        state, rules = self.model.state, self.model.parameters.control
        self.measure()
        contest_places(state.influence, state.local, state.gang_presence, self.opposed(), rules.exponent, rules.rate)
        self.relabel()
        keep, threshold = math.exp(-1.0 / rules.local_days), self.model.parameters.displaced.return_threshold
        age_places(
            state.label, self.first, state.influence, keep, threshold, state.local, state.safe_days, state.ruled_days
        )

    def opposed(self, presence: np.ndarray | None = None) -> np.ndarray:
        """What stands against gangs in each place, person-equivalents (n,): guards as far as they are enough, and residents.

        Guards who are fewer than the place needs (`hold.requirement`) hold less than their part of it. presence: (n,), of
        the state; that of today if None.
        """
        model, state = self.model, self.model.state
        presence = state.state_presence if presence is None else presence
        hold = model.parameters.hold
        return opposed_places(presence, state.present, state.community, hold.requirement, hold.thinness)

    def settle(self, guards: np.ndarray) -> None:
        """Make the first day a rest: what the model does not know of a place is what keeps it as it is.

        The published map says who held what, and not why. In places that gangs hold or contest, a factor on their strength
        (walls, deals, a mayor, friends) makes up the difference between the contest and the map, within `local_bound`; it
        is lost where a place changes hands. Where gangs are not at home there is nothing to explain. guards: (n,), those of
        the days for which the map stands.
        """
        state, rules = self.model.state, self.model.parameters.control
        self.measure()
        opposed = self.opposed(guards + rules.spill * self.model.terrain.neighbours_mean(guards))
        known = (state.label != STATE) & (state.gang_presence > 0)
        odds = state.influence[known] / np.maximum(1.0 - state.influence[known], 1e-9)
        wanted = power(odds, 1.0 / rules.exponent) * opposed[known] / state.gang_presence[known]
        state.local[known] = np.clip(wanted, 1.0 / rules.local_bound, rules.local_bound)
        self.first[:] = state.label

    def measure(self) -> None:
        """Gang strength by place, and what both sides amount to there with what neighbours project."""
        model, state = self.model, self.model.state
        spill, found = model.parameters.control.spill, (state.gang_strength, state.gang_presence, state.state_presence)
        measure_places(
            state.members, model.on_call(), model.cohesion, spill, state.state_strength, *model.terrain.land, *found
        )

    def relabel(self) -> None:
        """Labels from influence: up at a threshold, down only a little beyond it; the owner has most members."""
        state, rules = self.model.state, self.model.parameters.control
        before = state.label.copy()
        up, down, more = rules.gang_threshold, rules.state_threshold, rules.hysteresis
        edges = up, up - more, down, down + more
        label_places(state.influence, state.members, *edges, state.label, state.owner)
        if self.model.ledger.keep_incidents:
            self._tell(before)

    def _tell(self, before: np.ndarray) -> None:
        model, state = self.model, self.model.state
        words = {STATE: "is under state rule", CONTESTED: "is contested", GANG: "is under gang rule"}
        for place in np.flatnonzero(before != state.label):
            text = f"{model.city.names[place]} {words[int(state.label[place])]}"
            model.ledger.incident(model.day, "control", int(place), "", text)
