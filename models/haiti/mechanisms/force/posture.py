"""Posture: four overlapping phases set what people do, and units are counted where they are (M16-M19, M25-M27).

The phases of the seed note (deployment, decisive operations, stabilisation, transition) are weights that add up to one,
not a switch. Readiness raises a weight; each phase has its own mix of tasks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, make_dataclass

import numpy as np

from models.haiti.agents.unit import AS_WRITTEN, Unit
from models.haiti.passes.units import GOAL, count_forces, missing_guards, mix_tasks, send_units, weigh_places
from models.haiti.world.contest import force_needed, sigmoid
from models.haiti.world.state import FORCES, GANG, TASKS
from simulation.mechanism import Mechanism
from simulation.parameters import loguniform, parameter, uniform
from simulation.serialise.kept import kept
from simulation.serialise.limits import Limits, amount, floats, shares

PHASES = ("deployment", "decisive", "stabilisation", "transition")
_MIX = {
    "deployment": (0.50, 0.10, 0.15, 0.10, 0.05, 0.05, 0.05),
    "decisive": (0.20, 0.20, 0.15, 0.30, 0.10, 0.03, 0.02),
    "stabilisation": (0.15, 0.35, 0.25, 0.05, 0.08, 0.07, 0.05),
    "transition": (0.10, 0.20, 0.25, 0.02, 0.08, 0.25, 0.10),
}
UNKNOWN_MIX = "assumed: no publication tells the mix; set by what the phases of seed2024 and the forces are for"
_HOME_MIX = (0.35, 0.25, 0.20, 0.20, 0.0, 0.0, 0.0)


def _mix_group(title: str, whose: str, shares: tuple[float, ...]) -> type:
    """A parameter group with one share of the people on shift for each task."""
    items = []
    for task, share in zip(TASKS, shares, strict=True):
        meaning = f"part of the people on shift on the task '{task}' {whose} (normalised to one over tasks)"
        item = parameter(share, "share", meaning, bounds=(0, 1), source=UNKNOWN_MIX)
        items.append((task, float, item))
    # said outright: before Python 3.12 such a class would belong to no file
    return make_dataclass(title, items, frozen=True, namespace={"__module__": __name__})


PhaseMixes = {phase: _mix_group(f"Phase{phase.title()}", f"in the {phase} phase", _MIX[phase]) for phase in PHASES}
HomeMix = _mix_group("HomeMix", "of police and army", _HOME_MIX)
# Under the names of their classes too, so that a case is sent to a worker without its code.
globals().update({group.__name__: group for group in PhaseMixes.values()})


@dataclass(frozen=True)
class PhaseParameters:
    sequencing: float = parameter(
        0.0, "share", "0: phases overlap as observed; 1: a phase waits until the one before is complete",
        bounds=(0, 1), status="policy", source="seed2024: the first two proceed together",
    )  # fmt: skip
    held_scale: float = parameter(
        3.0, "places", "cleared places held at which stabilisation is about two thirds ready", bounds=(0.1, 100),
        prior=uniform(1, 6), source="assumed: from one cleared place to half a dozen",
    )  # fmt: skip
    steepness: float = parameter(
        0.25, "ratio", "how fast readiness for decisive operations grows around having enough mobile force", bounds=(0.01, 5),
        prior=uniform(0.1, 0.5), source="assumed: from nearly a step to a gradual change",
    )  # fmt: skip


@dataclass(frozen=True)
class ForceParameters:
    on_shift: float = parameter(
        0.33, "share", "people on duty at an hour (three shifts, leave, staff)", bounds=(0.01, 1), prior=uniform(0.2, 0.4),
        source="assumed: three shifts, less leave and staff (a fifth), to two in five",
    )  # fmt: skip
    quality_police: float = parameter(
        0.6, "person-equivalents", "worth of a police officer on shift, before equipment; with `equipment_police` and "
        "`gang.arms` an officer on shift counts half a gang member at hand", bounds=(0, 5), prior=uniform(0.3, 1.2),
        source="assumed: a third of a member of the mission to a little more than one; no source compares them",
    )  # fmt: skip
    quality_army: float = parameter(
        0.6, "person-equivalents", "worth of a soldier of the Haitian army", bounds=(0, 5), prior=uniform(0.3, 1.2),
        source="assumed: as quality_police; no source compares them",
    )  # fmt: skip
    quality_mission: float = parameter(
        1.0, "person-equivalents", "worth of a member of the mission", bounds=(0, 5), prior=loguniform(0.3, 2),
        source="assumed: deliberately wide, a third to twice the start; control did not improve while it grew from 400 to "
        "1,000",
    )  # fmt: skip
    equipment_police: float = parameter(
        0.5, "share", "equipment factor of the police", bounds=(0, 1), prior=uniform(0.3, 0.7),
        source="assumed: from rifles and few vests to patrol vehicles for most",
    )  # fmt: skip
    equipment_army: float = parameter(
        0.4, "share", "equipment factor of the army", bounds=(0, 1), prior=uniform(0.3, 0.6),
        source="assumed: a little below the police, as it has fewer vehicles",
    )  # fmt: skip
    coordination: float = parameter(
        0.5, "share", "how well police, army and mission act together: 0 as the best one alone, 1 as the sum", bounds=(0, 1),
        prior=uniform(0.3, 0.9), source="assumed: from forces that hardly talk to nearly one command",
    )  # fmt: skip
    travel_hours: float = parameter(
        6.0, "hours/day", "time a unit can spend on the road in a day", bounds=(0.1, 24), prior=uniform(3, 10),
        source="assumed: from a morning to a long day",
    )  # fmt: skip
    reach_hours: float = parameter(
        4.0, "hours", "distance that weighs as much as one full shortage when a unit picks where to stand", bounds=(0.1, 48),
        prior=uniform(2, 8), source="assumed: from two hours to a working day",
    )  # fmt: skip
    army_strength: int = parameter(
        900, "people", "army in the capital area", bounds=(0, 20_000), prior=uniform(600, 1200),
        source="assumed: half to all of 1,200 in the country; 700 had been trained by Mexico (police.csv)",
    )  # fmt: skip


@dataclass(frozen=True)
class CommandParameters:
    p_min: float = parameter(
        0.55, "probability", "believed odds at which an operation is as likely launched as not", bounds=(0.05, 0.95),
        prior=uniform(0.5, 0.75), source="assumed: from even odds to three to one",
    )  # fmt: skip
    p_min_width: float = parameter(
        0.05, "probability", "how gradually the launch decision turns around p_min", bounds=(0.001, 1),
        prior=uniform(0.02, 0.1), source="assumed: from nearly a rule to a soft preference",
    )  # fmt: skip
    tempo: float = parameter(
        0.016, "operations/(person-equivalent day)", "operations considered per mobile person-equivalent",
        bounds=(0, 1), prior=loguniform(0.008, 0.03),
        source="300 to 550 people killed in operations a quarter of 2024: binuh2024q3, binuh2024q4",
    )  # fmt: skip
    value_population: float = parameter(
        1.0, "weight", "worth of a target's people (normalised 0-1)", bounds=(0, 20), prior=uniform(0.3, 3),
        source="assumed: a third to three times the start, as for all weights of targets",
    )  # fmt: skip
    value_infrastructure: float = parameter(
        3.0, "weight", "worth of an airport, port or hospital", bounds=(0, 20), prior=uniform(0.9, 9),
        source="assumed: a third to three times the start, as for all weights of targets",
    )  # fmt: skip
    value_corridor: float = parameter(
        1.0, "weight", "worth of lying on roads between others (betweenness, 0-1)", bounds=(0, 20), prior=uniform(0.3, 3),
        source="assumed: a third to three times the start, as for all weights of targets",
    )  # fmt: skip
    value_anchored: float = parameter(
        1.0, "weight", "worth of having neighbours under state rule", bounds=(0, 20), prior=uniform(0.3, 3),
        source="assumed: a third to three times the start, as for all weights of targets",
    )  # fmt: skip
    value_density: float = parameter(
        0.5, "weight", "cost of density (normalised 0-1), where civilians would be hurt", bounds=(0, 20),
        prior=uniform(0.15, 1.5), source="assumed: a third to three times the start, as for all weights of targets",
    )  # fmt: skip
    choice_scale: float = parameter(
        0.5, "weight", "how loosely the best target is preferred", bounds=(0.01, 20), prior=uniform(0.2, 1.5),
        source="assumed: from nearly always the best target to nearly any",
    )  # fmt: skip
    belief_error: float = parameter(
        0.4, "log-sd", "error of what the command believes of a gang's strength", bounds=(0, 2), prior=uniform(0.1, 0.8),
        source="assumed: two guesses in three within a factor of 1.1 to 2.2",
    )  # fmt: skip
    facilities_first: float = parameter(
        1.0, "shortages", "how much more an airport or a port short of guards weighs when a unit picks where to stand",
        bounds=(0, 10), prior=uniform(0.3, 2),
        source="assumed: a third of a shortage to two; the airport was fired at in 2024 and never gang-held",
    )  # fmt: skip
    target_strength: float = parameter(
        10.0, "person-equivalents", "gang strength below which a place is left to patrols, not cleared by operations",
        bounds=(0, 1000), prior=uniform(2, 25),
        source="assumed: about seven to eighty members, at a third of a person-equivalent each",
    )  # fmt: skip
    hold_share: float = parameter(
        0.75, "share", "of the guards that a place needs, those who must be free before it is cleared and not only raided",
        bounds=(0, 1), prior=uniform(0.25, 1),
        source="assumed: a quarter to all; of places retaken in 2024 nearly all were partly held or lost again "
        "(control_events.csv)",
    )  # fmt: skip
    hold_before_clear: bool = parameter(
        False, "", "clear only where all of the force needed to hold is at hand", status="policy", source="study factor",
    )  # fmt: skip
    hold_days: int = parameter(
        60, "days", "time for which units are ordered to stay in a place they cleared", bounds=(0, 1000),
        prior=uniform(15, 120), source="assumed: two weeks to four months",
    )  # fmt: skip
    reluctance: float = parameter(
        0.2, "share", "advantage a new post must have before a unit moves", bounds=(0, 2), prior=uniform(0.05, 0.5),
        source="assumed: from a twentieth to half of a unit's use",
    )  # fmt: skip
    review_days: int = parameter(
        7, "days", "average time between two looks of a unit at where it is needed", bounds=(1, 365), prior=uniform(3, 14),
        source="assumed: twice a week to every other week",
    )  # fmt: skip


@kept
@dataclass
class Command:
    """What the joint command knows and says today."""

    derived = ("home_shares", "urgent")
    limits = Limits(
        {
            "weights": shares(4),
            "shares": shares(len(TASKS)),
            "shortage": floats("n", low=-math.inf, high=1e9),
            "mobile": amount(0, 1e9),
            "mobile_shares": shares(len(FORCES)),
        }
    )

    weights: np.ndarray = field(default_factory=lambda: np.array([1.0, 0.0, 0.0, 0.0]))
    shares: np.ndarray = field(default_factory=lambda: np.array(_MIX["deployment"]))
    home_shares: np.ndarray = field(default_factory=lambda: np.array(_HOME_MIX))
    shortage: np.ndarray | None = None
    urgent: np.ndarray | None = None
    mobile: float = 0.0
    mobile_shares: np.ndarray = field(default_factory=lambda: np.full(len(FORCES), 1.0 / len(FORCES)))


class Posture(Mechanism):
    """Phase weights, task shares, units deciding and moving, and the forces that result at every place."""

    name = "posture"
    burn_in = True
    covers = ("M16", "M17", "M18", "M23", "M25")
    shown_by = ("phase_deployment", "usable_force", "usable_police")
    neutral = "Units stay where they are and phases keep their first weights."
    objection = "Nobody plans by readiness weights; plans follow persons, diplomacy and what was promised last week."
    equations = (
        "ready_1 = 1 - min(1, deployed / authorised)",
        "ready_2 = 1 / (1 + exp(-(command.mobile / needed - 1) / phase.steepness))",
        "needed = clearing.defender_advantage · typical · (p_min / (1 - p_min))^(1 / control.exponent)",
        "typical = median of gang_strength where gangs rule",
        "p_min = min(0.99, command.p_min + caveat)",
        "ready_3 = 1 - exp(-cleared places under state rule / phase.held_scale)",
        "ready_4 = (force.quality_police + cooperation.learnt) · (1 - ruled), ruled: part of people whose place gangs hold",
        "ready_k ← ready_k · (1 - phase.sequencing + phase.sequencing · done_(k-1)), k = 2, 3, 4",
        "done: deployed ≥ 0.8 · authorised; ruled ≤ 0.5; ready_3 ≥ 0.8",
        "command.weights = ready / Σ ready",
        "command.shares = Σ command.weights · mix, and what `mandate` makes of them",
        "mix: phase_deployment.*, phase_decisive.*, phase_stabilisation.*, phase_transition.*, each over its sum",
        "tasks of police and army: home_tasks.* over their sum",
        "threat = gang_presence / (gang_presence + state_presence + 1)",
        "need = hold.requirement · present / 1000 · max(threat, hold.peace) · (1.5 where cleared and not gang-held, else 1)",
        "command.shortage = max(need, hold.guard at airport and ports) - state_strength; -∞ where gangs rule",
        "score = min(1, command.shortage / own) + urgent - hours / force.reach_hours; own: person-equivalents of the unit",
        "urgent = command.facilities_first at airport and ports that are short, else 0",
        "here = min(1, (command.shortage + own) / own) + urgent, where the unit stands",
        "a unit looks every command.review_days, or daily where gangs rule; one under orders does not",
        "it goes where score is highest if that is above here + command.reluctance",
        "it travels for force.travel_hours a day",
        "on_shift = people · force.on_shift; of the mission · availability",
        "availability = (1 - 0.3 · min(1, late / 90)) · (0.5 + 0.5 · min(1, pool.supply)) · fitness · on_duty",
        "on_duty = 1 - min(1, mission.suspended / deployed); fitness as in `support`",
        "late = max(0, pool.arrears_days - arrears.tolerance)",
        "worth of one in the police: (force.quality_police + cooperation.learnt) · force.equipment_police",
        "worth of one in the army: force.quality_army · force.equipment_army",
        "worth of one in the mission: force.quality_mission · mission.equipment",
        "guards = on_shift · worth · shares of static, hold, patrol and corridor; static ones of the mission stand at its base",
        "state_strength = c · Σ guards + (1 - c) · largest guards of a force, c = coordination",
        "patrolling = on_shift · share of patrol; visibility = Σ patrolling / (max(present, 100) / 1000)",
        "community = control.community · max(present, 100) / 1000",
        "command.mobile = c · Σ F + (1 - c) · max F, F = Σ on_shift · worth · share of clear, by force",
    )
    reads = (
        "cleared_day", "gang_presence", "gang_strength", "label", "present", "state_presence", "terrain",
        "cooperation.learnt", "cooperation.liaison", "mission.equipment", "mission.suspended", "politics.coordination",
        "pool.arrears_days", "pool.supply",
    )  # fmt: skip
    writes = (
        "community", "on_shift", "patrolling", "state_strength", "visibility", "command.mobile",
        "command.mobile_shares", "command.shares", "command.shortage", "command.weights",
        "forces.units",
    )  # fmt: skip
    uses = ("casualty_tolerance", "mandate", "support")
    derived = ("_mixes", "_people_share", "_facility")

    def __init__(self, model):
        super().__init__(model)
        self.reset()
        self._people_share = model.city.population / max(1, model.city.population.sum())

    def reset(self) -> None:
        model = self.model
        groups = [getattr(model.parameters, f"phase_{phase}") for phase in PHASES]
        self._mixes = np.array([[getattr(group, task) for task in TASKS] for group in groups])
        self._mixes /= np.maximum(self._mixes.sum(axis=1, keepdims=True), 1e-9)
        home = np.array([getattr(model.parameters.home_tasks, task) for task in TASKS])
        model.command.home_shares = home / max(home.sum(), 1e-9)
        self._facility = model.parameters.hold.guard * (model.city.has_airport | model.city.has_port)
        model.command.urgent = model.parameters.command.facilities_first * (self._facility > 0)

    def step(self) -> None:
        self._weigh_phases()
        self.publish_shortage()
        self._move_units()
        self.count()

    def _weigh_phases(self) -> None:
        model, state, rules = self.model, self.model.state, self.model.parameters.phase
        command, authorised = model.command, model.authorised()
        held, typical, controlled = weigh_places(
            state.label, state.cleared_day, state.gang_strength, self._people_share
        )
        deployed, rule = model.forces.deployed(), rules.sequencing
        defence = model.parameters.clearing.defender_advantage * typical
        needed = force_needed(defence, model.p_min(), model.parameters.control.exponent)
        first = 1.0 - min(1.0, deployed / authorised) if authorised else 0.0
        second = sigmoid((command.mobile / needed - 1.0) / rules.steepness) if needed > 0 else 0.0
        third = 1.0 - math.exp(-held / rules.held_scale)
        fourth = model.police_quality() * (1.0 - controlled)
        third_done = third >= 0.8
        second *= (1.0 - rule) + rule * (deployed >= 0.8 * authorised)
        third *= (1.0 - rule) + rule * (controlled <= 0.5)
        fourth *= (1.0 - rule) + rule * third_done
        mix_tasks((first, second, third, fourth), self._mixes, command.weights, command.shares)
        model.mandate.restrain(command.shares)

    def publish_shortage(self) -> None:
        """Guards missing at each place under or near state rule, in person-equivalents; -inf under gang rule."""
        model, state, hold = self.model, self.model.state, self.model.parameters.hold
        if model.command.shortage is None:
            model.command.shortage = np.empty(model.n)
        both = state.gang_presence, state.state_presence, state.state_strength
        needed = self._facility, hold.requirement, hold.peace
        missing_guards(state.label, state.cleared_day, *both, state.present, *needed, model.command.shortage)

    def _move_units(self) -> None:
        model, rules, muster = self.model, self.model.parameters, self.model.forces.muster()
        if muster.own or any((kind.decide, kind.effective_strength) != AS_WRITTEN for kind in muster.kinds):
            self._ask_units(muster.units)
            return
        worth = tuple(model.forces.person_equivalents().values())
        command, when = model.command, (model.day, rules.command.review_days)
        where = model.state.label, command.shortage, command.urgent, model.terrain.hours
        found = send_units(
            *model.forces.who(),
            *when,
            *where,
            worth,
            rules.force.reach_hours,
            rules.command.reluctance,
            muster.under_way,
        )
        for column in muster.under_way[:found].tolist():
            unit = muster.units[column]
            unit.goal = int(muster.numbers[GOAL, column])
            unit.move()

    def _ask_units(self, units: list[Unit]) -> None:
        """The same, unit by unit, for those who decide in another way."""
        model, every = self.model, self.model.parameters.command.review_days
        ruled = (model.state.label == GANG).tolist()
        for number, unit in enumerate(units, model.day):
            if number % every == 0 or ruled[unit.place]:
                goal = unit.decide()
                if goal != unit.goal:
                    model.command.shortage[goal] -= unit.effective_strength()
                unit.goal = goal
            if unit.goal != unit.place:
                unit.move()

    def count(self) -> None:
        """People on shift, guards, patrols and visibility at every place, from the units as they stand now."""
        model, state, forces, command = self.model, self.model.state, self.model.forces, self.model.command
        worth, tasks = tuple([forces.worth(force) for force in FORCES]), (command.home_shares, command.shares)
        value = model.parameters.force.on_shift, forces.availability(), worth, tasks, model.coordination()
        fields = state.state_strength, state.visibility, state.community
        filled = state.on_shift, state.patrolling, fields, command.mobile_shares
        residents = state.present, model.parameters.control.community
        command.mobile = count_forces(*forces.who(), model.base, *value, *residents, *filled)
