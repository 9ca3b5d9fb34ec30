"""Operations: police, army and mission go into a neighbourhood, to clear it or to strike and leave (M19, M21, M29, M30).

A place is cleared where enough people are free to hold it, and raided otherwise. Gangs that are outgunned melt away; the
others are fought with imperfect knowledge of who is who, so residents are hit in proportion to what is not known and to
density. Fire lasts as long as there is somebody to fight, and what it puts out of the fight is what wins it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from models.haiti.passes.harm import call_fighters
from models.haiti.passes.places import find_targets
from models.haiti.world.contest import chance, evading_share, expected_rate, hit_probabilities, sigmoid
from models.haiti.world.state import GANG
from simulation.mechanism import Mechanism
from simulation.parameters import beta, loguniform, parameter, uniform


@dataclass(frozen=True)
class ClearingParameters:
    defender_advantage: float = parameter(
        1.6, "ratio", "worth of defending known ground", bounds=(0.1, 10), prior=uniform(1, 2.5),
        source="assumed: from none to two and a half attackers for a defender",
    )  # fmt: skip
    superiority_cap: float = parameter(
        3.0, "ratio", "most force sent against one defence; the rest stays free", bounds=(1, 20), prior=uniform(2, 4),
        source="assumed: two to four to one; it keeps fire bounded when the force is huge",
    )  # fmt: skip
    fire_state: float = parameter(
        1.6, "hits/(person-equivalent operation)", "aimed fire of the security forces at full permission", bounds=(0, 50),
        prior=loguniform(0.5, 4), source="as command.tempo, only their product is known: binuh2024q3, binuh2024q4",
    )  # fmt: skip
    fire_gang: float = parameter(
        0.03, "hits/(member day)", "aimed fire of gang members", bounds=(0, 5), prior=loguniform(0.005, 0.1),
        source="fits police deaths: 48 in 2023 (police.csv)",
    )  # fmt: skip
    identification_floor: float = parameter(
        0.7, "probability", "chance that a target is known for what it is, without information from residents",
        bounds=(0, 1), prior=uniform(0.55, 0.85),
        source="residents are 15-38 % of those killed in operations, 2024-25: binuh2024q4",
    )  # fmt: skip
    identification_best: float = parameter(
        0.9, "probability", "the same with all the information residents could give; never below the floor", bounds=(0, 1),
        prior=uniform(0.85, 0.97), source="as identification_floor: binuh2024q4",
    )  # fmt: skip
    exposed_share: float = parameter(
        0.03, "share", "residents who stand where shots fall, at mean density", bounds=(0, 1), prior=loguniform(0.005, 0.1),
        source="as identification_floor: binuh2024q4",
    )  # fmt: skip
    density_exponent: float = parameter(
        0.5, "-", "how exposure grows with density", bounds=(0, 3), prior=uniform(0, 1),
        source="assumed: from no effect of density to exposure in proportion to it",
    )  # fmt: skip
    evasion_slope: float = parameter(
        2.0, "-", "how sharply gangs decide to melt away", bounds=(0, 20), prior=uniform(1, 3),
        source="direction: ganthier2024",
    )  # fmt: skip
    evasion_ratio: float = parameter(
        2.0, "ratio", "superiority at which half of them melt away", bounds=(0.1, 20), prior=uniform(1, 4),
        source="direction: ganthier2024",
    )  # fmt: skip
    killed_share: float = parameter(
        0.72, "share", "people hit who die", bounds=(0, 1), prior=beta(18, 7), status="published",
        source="binuh2024q3, binuh2024q4: .66-.81",
    )  # fmt: skip
    influence_after: float = parameter(
        0.3, "influence", "gang influence right after a won operation", bounds=(0, 0.35), prior=uniform(0.15, 0.35),
        source="assumed: from the level of state-held places to the edge of contested ones",
    )  # fmt: skip
    leak: float = parameter(
        0.2, "probability", "chance that a plan leaks and the gang is gone before", bounds=(0, 1),
        prior=uniform(0.05, 0.5), source="upper bound darin2022",
    )  # fmt: skip
    alarm: float = parameter(
        0.3, "captures", "alarm of residents at an operation, in captures", bounds=(0, 5), prior=uniform(0.1, 0.6),
        source="assumed: from a tenth to over half of the alarm at a capture",
    )  # fmt: skip


@dataclass(frozen=True)
class RulesOfEngagementParameters:
    permissiveness: float = parameter(
        0.5, "share", "how freely fire may be opened: 0 last resort, 1 as in war", bounds=(0, 1), status="policy",
        source="stands for the rules of the mission of today; an operation of the United Nations about .3, a suppression "
        "force .7",
    )  # fmt: skip
    floor: float = parameter(
        0.3, "share", "fire that is left under the strictest rules", bounds=(0, 1), prior=uniform(0.1, 0.5),
        source="assumed: from a tenth to half of the fire of a war",
    )  # fmt: skip
    harm_exponent: float = parameter(
        1.0, "-", "how harm to residents grows with permission", bounds=(0, 5), prior=uniform(0.5, 2),
        source="assumed: from the square root of the permission to its square",
    )  # fmt: skip


class Operations(Mechanism):
    """Plans at the morning's state, launches when the odds look good, resolves, and orders units to hold what was cleared."""

    name = "operations"
    burn_in = True
    covers = ("M19", "M21", "M29", "M30")
    shown_by = ("operations", "operations_raids", "places_cleared", "gang_members_killed_operations")
    neutral = "No operations."
    objection = "Real operations are days of manoeuvre in few streets; one draw a neighbourhood is coarse."
    equations = (
        "targets ~ Poisson(command.tempo · command.mobile); free = command.mobile less what today's operations have used",
        "possible: not state-held, gang_strength ≥ command.target_strength, next to ground that is not gang-held",
        "worth = command.value_population · people + command.value_infrastructure · [airport, port, hospital]",
        "worth ← worth + command.value_corridor · betweenness - command.value_density · density",
        "worth ← worth + command.value_anchored · part of places next door that are state-held",
        "people, density: those of the place over the largest",
        "drawn by exp(worth · free / (free + clearing.defender_advantage · gang_strength) / command.choice_scale)",
        "believed = gang_strength · exp(command.belief_error · Normal(0, 1))",
        "force = min(free, clearing.superiority_cap · clearing.defender_advantage · believed)",
        "odds = force^m / (force^m + (clearing.defender_advantage · believed)^m), m = control.exponent",
        "launched if U < 1 / (1 + exp((p_min - odds) / command.p_min_width)), p_min = min(0.99, command.p_min + caveat)",
        "to clear, not only to raid, if guards to spare ≥ part · hold.requirement · present / 1000",
        "part = command.hold_share, 1 with command.hold_before_clear",
        "evading = 1 / (1 + (clearing.evasion_ratio · gang_strength / force)^clearing.evasion_slope), 1 if U < clearing.leak",
        "fighting ~ Binomial(members, gang.available · (1 - evading))",
        "E = Σ fighting · affairs.arms_worth · affairs.coordination",
        "used = min(force, clearing.superiority_cap · E)",
        "allowed = min(1, rules_of_engagement.permissiveness · factor), factor as in `mandate`",
        "fired = clearing.fire_state · used · (rules_of_engagement.floor + (1 - rules_of_engagement.floor) · allowed)",
        "known = clearing.identification_floor + (best - clearing.identification_floor) · information",
        "best = max(clearing.identification_floor, clearing.identification_best)",
        "known ← known + cooperation.clarity · (1 - known)",
        "exposed = clearing.exposed_share · (density / its mean)^clearing.density_exponent · present",
        "among = fighting / (fighting + exposed); on_gang = known + (1 - known) · among",
        "on_residents = (1 - known) · (1 - among) · (2 · allowed)^rules_of_engagement.harm_exponent",
        "members hit ~ Binomial(fighting, r), r = 1 - exp(-fired · on_gang / fighting); shots = fighting · r / on_gang",
        "residents hit ~ Binomial(present, 1 - exp(-shots · on_residents / present))",
        "forces hit ~ Binomial(sent, 1 - exp(-clearing.fire_gang · E · (1 - equipment.protection · kit) / sent))",
        "sent = used / worth of one in the mission (as in `posture`), rounded, at least 1",
        "won if U < force^m / (force^m + (clearing.defender_advantage · gang_strength · (1 - members hit / fighting))^m)",
        "won and to clear: influence = clearing.influence_after, members go next door",
        "at most hold.most_units units are ordered in for command.hold_days, until what is missing there is met",
        "lost and to clear: a vehicle may be lost (`equipment`)",
        "alarm ← alarm + flight.takeover · clearing.alarm",
        "affairs.provoked ← affairs.provoked + 1 for gangs with members there",
        "of all who are hit, here and by other rules, Binomial(hit, min(1, clearing.killed_share · facilities.care)) die",
    )
    reads = (
        "gang_strength", "label", "owner", "present", "affairs.arms_worth", "affairs.coordination", "command.mobile",
        "command.mobile_shares", "command.shortage", "cooperation.clarity", "cooperation.learnt", "facilities.care",
        "mission.equipment", "mission.suspended", "pool.arrears_days", "pool.supply", "population.fear",
    )  # fmt: skip
    writes = (
        "alarm_today", "cleared_day", "cleared_from", "influence", "members", "affairs.provoked", "forces.units",
        "ledger.harm", "ledger.operations", "ledger.operations_raids", "ledger.places_cleared",
    )  # fmt: skip
    uses = ("casualty_tolerance", "control", "equipment", "mandate", "support", "trust")
    derived = ("_worth",)

    def __init__(self, model):
        super().__init__(model)
        self.reset()

    def reset(self) -> None:
        model, city = self.model, self.model.city
        people = city.population / city.population.max()
        facility = city.has_airport | city.has_port | city.has_hospital
        density = city.density_per_km2 / city.density_per_km2.max()
        worth = model.parameters.command
        self._worth = (
            worth.value_population * people
            + worth.value_infrastructure * facility
            + worth.value_corridor * model.terrain.betweenness
            - worth.value_density * density
        )

    def step(self) -> None:
        """Consider some targets; each launched operation uses up the mobile force of the day it needs."""
        model = self.model
        free = model.command.mobile
        luck = self.roll()
        places = None
        for number in range(luck.poisson(model.parameters.command.tempo * free)):
            if places is None:  # nothing changes between two operations, however many are thought of
                places, weights = self._targets(free)
            if free <= 0.5 or not places.size:
                break
            used = self._consider(int(places[luck.choice(weights)]), free, number)
            if used is not None:
                free, places = free - used, None

    def _targets(self, free: float) -> tuple[np.ndarray, np.ndarray]:
        """Places next to ground that is not gang-held, and a weight each: worth, neighbours under the state, believed odds."""
        model, state, rules = self.model, self.model.state, self.model.parameters
        least, anchored = max(rules.command.target_strength, 1e-9), rules.command.value_anchored
        here = state.label, state.gang_strength, least, model.city.population, self._worth, anchored
        force = rules.clearing.defender_advantage, free, rules.command.choice_scale
        return find_targets(*here, *force, *model.terrain.land)

    def _consider(self, target: int, free: float, number: int) -> float | None:
        """Launch or not by the believed odds; returns the force used, None where nothing is launched."""
        model, rules = self.model, self.model.parameters
        luck = self.roll(target, f"launch{number}")
        strength = float(model.state.gang_strength[target])
        believed = strength * math.exp(rules.command.belief_error * luck.normal())
        advantage, exponent = rules.clearing.defender_advantage, rules.control.exponent
        force = min(free, rules.clearing.superiority_cap * advantage * believed)
        odds = chance(force, advantage * believed, exponent)
        doubt = (model.p_min() - odds) / rules.command.p_min_width
        if luck.uniform() >= sigmoid(-doubt):
            return None
        self._resolve(target, force, self.can_hold(target), luck)
        return force

    def can_hold(self, target: int) -> bool:
        """Whether enough people are free for a clearing; otherwise the forces strike and leave."""
        model, rules = self.model, self.model.parameters.command
        share = 1.0 if rules.hold_before_clear else rules.hold_share
        return model.forces.spare_guards() >= share * model.forces.hold_requirement_of(target)

    def _resolve(self, target: int, force: float, clearing: bool, luck) -> None:
        model, state, rules = self.model, self.model.state, self.model.parameters
        strength = float(state.gang_strength[target])
        gone = luck.uniform() < rules.clearing.leak
        evading = evading_share(force / max(strength, 1e-9), rules.clearing.evasion_slope, rules.clearing.evasion_ratio)
        evading = 1.0 if gone else evading
        at_hand = rules.gang.available * (1.0 - evading)
        gangs = state.members, model.arms_factor(), model.affairs.provoked
        engaged, effective = luck.through(call_fighters, target, at_hand, *gangs)
        used = min(force, rules.clearing.superiority_cap * effective)
        out_of_fight = self._fire(target, used, engaged, effective, luck)
        odds = chance(
            force, rules.clearing.defender_advantage * strength * (1.0 - out_of_fight), rules.control.exponent
        )
        won = luck.uniform() < odds
        model.alarm_today[target] += rules.flight.takeover * rules.clearing.alarm
        model.ledger.add("operations", target, 1)
        if not clearing:
            self._leave(target)
        elif won:
            self._clear(target)
        else:
            model.equipment.lose(luck)
            text = f"Security forces withdraw from {model.city.names[target]}"
            model.ledger.incident(model.day, "operation lost", target, "security forces", text)

    def _leave(self, target: int) -> None:
        """They strike and go: nothing is held, whatever came of it."""
        model = self.model
        model.ledger.add("operations_raids", target, 1)
        text = f"Security forces raid {model.city.names[target]} and leave"
        model.ledger.incident(model.day, "raided by forces", target, "security forces", text)

    def _fire(self, target: int, used: float, engaged: int, effective: float, luck) -> float:
        """Exchange of fire; returns the part of the `engaged` members who are hit and out of the fight.

        Members and residents are hit by the same shots, and these end when nobody is left to fight: more force than is
        needed hits no more residents. used, effective: person-equivalents of the forces and of those who fight.
        """
        model, state, rules = self.model, self.model.state, self.model.parameters
        permission, allowed = rules.rules_of_engagement, model.permissiveness()
        fired = rules.clearing.fire_state * used * (permission.floor + (1 - permission.floor) * allowed)
        known = rules.clearing
        best = max(known.identification_floor, known.identification_best)
        knowledge = known.identification_floor + (best - known.identification_floor) * float(model.information(target))
        knowledge += model.cooperation.clarity * (1.0 - knowledge)
        relative = float(model.city.density_per_km2[target]) / model.mean_density
        residents = int(state.present[target])
        exposed = known.exposed_share * relative**known.density_exponent * residents
        caution = (2.0 * allowed) ** permission.harm_exponent
        on_gang, on_residents = hit_probabilities(knowledge, engaged, exposed, caution)
        rate = expected_rate(fired * on_gang, engaged)
        shots = engaged * rate / on_gang if on_gang > 0 else fired
        chances = rate, expected_rate(shots * on_residents, residents)
        hits = model.harm.shots(target, (engaged, residents), chances, self.name, luck)
        shielded = 1.0 - rules.equipment.protection * model.forces.equipment()
        sent = max(1, round(used / max(model.forces.worth("mission"), 1e-9)))
        lost = luck.binomial(sent, expected_rate(rules.clearing.fire_gang * effective * shielded, sent))
        model.harm.security_forces(model.command.mobile_shares, lost, luck)
        return hits / engaged if engaged else 0.0

    def _clear(self, target: int) -> None:
        """Survivors leave for friendly neighbours, influence drops, units are ordered in to hold."""
        model, state, rules = self.model, self.model.state, self.model.parameters
        state.cleared_from[target] = state.owner[target]
        self._expel(target)
        state.influence[target] = rules.clearing.influence_after
        state.cleared_day[target] = model.day
        model.control.relabel()
        model.ledger.add("places_cleared", target, 1)
        text = f"Security forces clear {model.city.names[target]}"
        model.ledger.incident(model.day, "cleared", target, "security forces", text)
        self._order_hold(target)

    def _expel(self, target: int) -> None:
        """Members left in a cleared place move next door where their gang, or any gang, holds ground."""
        state = self.model.state
        neighbours = self.model.terrain.neighbours(target)
        luck = self.roll(target, "expel")
        for gang in np.flatnonzero(state.members[:, target]):
            people = int(state.members[gang, target])
            own = (state.owner[neighbours] == gang) & (state.label[neighbours] == GANG)
            shelter = own if own.any() else state.label[neighbours] == GANG
            if not shelter.any():
                held = (state.members[gang] > 0) & (np.arange(self.model.n) != target)
                if not held.any():
                    continue  # the last of a gang stay, hidden
                state.members[gang, np.flatnonzero(held)[0]] += people
            else:
                state.members[gang, neighbours] += luck.share(people, shelter.astype(float))
            state.members[gang, target] = 0

    def _order_hold(self, target: int) -> None:
        """Send the units that are least missed where they are, until the requirement is met or nobody can be spared."""
        model = self.model
        missing = model.forces.hold_requirement_of(target)
        spare = {
            unit: -model.command.shortage[unit.place] for unit in model.forces.all() if unit.ordered_until < model.day
        }
        limit = model.parameters.hold.most_units
        for unit in sorted(spare, key=lambda unit: (-spare[unit] - (unit.force == "mission") * 1e3, unit.unique_id)):
            if missing <= 0 or limit == 0:
                break
            unit.order(target, model.parameters.command.hold_days)
            missing -= unit.effective_strength()
            limit -= 1
