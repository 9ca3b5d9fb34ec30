"""Gang members move along edges of the map: towards threatened ground, out of ground that they cannot hold, and back into
places that too few guard (M23)."""

from __future__ import annotations

import numpy as np

from models.haiti.passes.places import draw_members, needs_of
from simulation.dice import day_key
from simulation.kernels import flow_along_edges
from simulation.mechanism import Mechanism
from simulation.serialise.limits import Limits, floats


class Redistribution(Mechanism):
    """Each gang's members flow between neighbouring places of its own, down the gradient of members per need.

    What was taken from a gang by force is its own still as long as fewer guard it than it needs: its members come back.

    Where gangs stood on the first day is taken for a rest: `anchor` (float64, (n,)) makes up for what the model does not know
    of why they stand there, so that members move when something has changed.
    """

    name = "redistribution"
    covers = ("M23",)
    shown_by = ("gang_control_population_share", "cleared_places_running")
    neutral = "Members of gangs stay where they are."
    objection = "Loyalty is to streets and to persons; members do not flow like water."
    equations = (
        "need = (0.2 + present / most present) · (1 + state_presence / its mean) · anchor · held · stay",
        "held = 1 where gangs rule, gang.contested_weight elsewhere; stay = min(1, own / gang.withdraw)",
        "own = gang_presence / (gang_presence + state_presence)",
        "surplus = members - need · Σ members / Σ need, by gang, over places that it may enter",
        "it may enter: where it has members; its own, and those where gang_presence is above what opposes it (`control`)",
        "members along an edge ~ Poisson(0.25 · gang.movement · (surplus here - surplus there)), if that is above 0",
        "but not into places that are state-held, other than those it was driven from",
        "there as long as state_presence < hold.requirement · present / 1000",
        "anchor: such that members of the first day are at rest",
    )
    reads = ("cleared_from", "gang_presence", "label", "owner", "present", "state_presence")
    writes = ("members",)
    uses = ("control",)
    limits = Limits({"anchor": floats("n", high=1e9)})

    def __init__(self, model):
        super().__init__(model)
        self.anchor = np.ones(model.n)

    def settle(self) -> None:
        """Take today's members for a rest: the need of each place is set by what stands there, gang by gang."""
        state = self.model.state
        if not state.members.size:
            return
        here, needs = state.members.sum(axis=0), self.needs()
        gang = state.members.argmax(axis=0)
        held = (here > 0) & (needs > 0)
        people = np.bincount(gang[held], here[held], state.members.shape[0])
        total = np.bincount(gang[held], needs[held], state.members.shape[0])
        usual = people / np.maximum(total, 1e-9)  # members for a unit of need, by gang
        self.anchor[held] = here[held] / (needs[held] * usual[gang[held]])

    def needs(self) -> np.ndarray:
        """What draws members to each place, (n,): residents and threat, little of it where guards have the upper hand."""
        state, rules = self.model.state, self.model.parameters.gang
        strengths = state.state_presence, state.gang_presence
        return needs_of(state.present, *strengths, self.anchor, state.label, rules.contested_weight, rules.withdraw)

    def step(self) -> None:
        model, state = self.model, self.model.state
        if not state.members.size:
            return
        strengths, rules = (state.state_presence, state.gang_presence), model.parameters.gang
        held = state.label, state.owner, state.cleared_from, state.members
        limits = rules.contested_weight, rules.withdraw, model.parameters.hold.requirement
        allowed, want = draw_members(state.present, *strengths, self.anchor, *held, model.control.opposed(), *limits)
        rate = 0.25 * rules.movement  # an edge is one of four or five ways out
        key = model.dice.seed, model.dice.name(self.name), day_key(model.day)
        starts, neighbours, _ = model.terrain.land
        flow_along_edges(state.members, want, allowed, starts, neighbours, rate, *key)
