"""Violence between the headlines: ambushes of patrols and clashes along the borders of rival gangs (M25, E5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.haiti.passes.harm import clash_at_borders, next_ambushes
from models.haiti.passes.luck import expect_clashes
from models.haiti.world.state import FORCES
from simulation.mechanism import Mechanism
from simulation.parameters import loguniform, parameter


@dataclass(frozen=True)
class PatrolParameters:
    suppression: float = parameter(
        0.8, "per (person/1,000)", "how patrols in sight cut extortion (exponent)", bounds=(0, 20), prior=loguniform(0.3, 2),
        source="assumed: one on patrol per 1,000 residents cuts takings by a quarter to over four fifths",
    )  # fmt: skip
    ambush: float = parameter(
        0.001, "hits/(patrol person-day)", "ambushes at full gang influence", bounds=(0, 1), prior=loguniform(0.0001, 0.01),
        source="fits police deaths: 48 in 2023 (police.csv)",
    )  # fmt: skip


@dataclass(frozen=True)
class RivalryParameters:
    clash_rate: float = parameter(
        0.0008, "hits/(member pair^.5 day)", "hits in border clashes of gangs without any truce", bounds=(0, 1),
        prior=loguniform(0.0004, 0.0016), source="form: brantingham2012; level: clashes among deaths of 2024",
    )  # fmt: skip
    bystanders: float = parameter(
        0.5, "ratio", "residents hit per gang member hit in such clashes", bounds=(0, 10), prior=loguniform(0.2, 1.5),
        source="assumed: from one for five members to more residents than members",
    )  # fmt: skip


class Background(Mechanism):
    """Ambushes and border clashes of the day, drawn place by place only where something can happen."""

    name = "background"
    burn_in = True
    covers = ("M25", "M45")
    shown_by = ("security_forces_killed", "gang_members_killed")
    neutral = "No ambushes of patrols and no clashes between gangs."
    objection = "Clashes have causes (a killing, a checkpoint, a debt); here they are noise along borders."
    equations = (
        "ambushes of a force ~ Poisson(Σ patrol.ambush · patrolling · influence · (1 - equipment.protection · kit))",
        "an ambush, at a place drawn by its part of that sum, hits one of the force",
        "pairs = Σ over pairs of gangs g ≠ h of √members_g · (√members_h here + its sum next door)",
        "clashes ~ Poisson(Σ 0.5 · rivalry.clash_rate · (1 - affairs.pact) · pairs), a place drawn by its part",
        "a clash hits one member, and Poisson(rivalry.bystanders) residents",
    )
    reads = (
        "influence", "patrolling", "present", "affairs.pact", "command.mobile_shares", "facilities.care",
        "mission.equipment",
    )  # fmt: skip
    writes = ("members", "forces.units", "ledger.harm")

    def step(self) -> None:
        self._ambushes()
        self._clashes()

    def _ambushes(self) -> None:
        model, state = self.model, self.model.state
        luck, rate = self.roll(part="ambush"), model.parameters.patrol.ambush
        shield = 1.0 - model.parameters.equipment.protection * model.forces.equipment()
        given, force = (state.patrolling, state.influence, rate, shield), -1
        while force < len(FORCES):
            force, ambushes = luck.through(next_ambushes, force + 1, *given)
            for _ in range(ambushes):
                place = luck.choice(rate * state.patrolling[force] * state.influence)
                model.harm.security_forces(np.eye(len(FORCES))[force], 1, luck, place)

    def _clashes(self) -> None:
        """Rivals in one place or next door fight at a rate that the coalition's cohesion brings down."""
        model, state, rules = self.model, self.model.state, self.model.parameters.rivalry
        peace = 1.0 - model.cohesion
        if peace <= 0 or state.members.shape[0] < 2:
            return
        starts, neighbours, _ = model.terrain.land
        luck, harm, rate = self.roll(part="clash"), model.harm, 0.5 * rules.clash_rate * peace
        if harm.plain:  # all in one pass, as below
            city = state.members, state.present, starts, neighbours
            luck.through(clash_at_borders, rate, rules.bystanders, *city, *harm.counts("rivalry"), model.killed_share())
            return
        expected, total = expect_clashes(state.members, starts, neighbours, rate)
        for _ in range(luck.poisson(total)):
            place = luck.choice(expected)
            harm.gang_members(place, 1, "rivalry", luck)
            harm.residents(place, luck.poisson(rules.bystanders), "rivalry", luck)
