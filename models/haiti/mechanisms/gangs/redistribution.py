"""Gang members move along edges of the map: towards threatened ground, and back into places that nobody guards (M23)."""

from __future__ import annotations

import numpy as np

from models.haiti.world.state import GANG, STATE
from simulation.dice import day_key
from simulation.kernels import flow_along_edges
from simulation.mechanism import Mechanism


class Redistribution(Mechanism):
    """Each gang's members flow between neighbouring places of its own, down the gradient of members per need."""

    name = "redistribution"
    covers = ("M23",)
    neutral = "Members of gangs stay where they are."
    objection = "Loyalty is to streets and to persons; members do not flow like water."
    reads = ("gang_presence", "label", "owner", "present", "state_presence")
    writes = ("members",)

    def step(self) -> None:
        model, state = self.model, self.model.state
        if not state.members.size:
            return
        residents = state.present[: model.n] / max(1, state.present[: model.n].max())
        threat = 1.0 + state.state_presence / (state.state_presence.mean() + 1e-9)
        needs = (0.2 + residents) * threat
        needs = needs * np.where(state.label == GANG, 1.0, model.parameters.gang.contested_weight)
        gangs = np.arange(state.members.shape[0])[:, None]
        ground = state.label != STATE
        unguarded = (state.label != GANG) & (state.gang_presence > state.state_presence)
        allowed = ((state.owner == gangs) | unguarded) & ground | (state.members > 0)
        rate = 0.25 * model.parameters.gang.movement  # an edge is one of four or five ways out
        key = model.dice.seed, model.dice.name(self.name), day_key(model.day)
        edges = model.terrain.land_from, model.terrain.land_to
        flow_along_edges(state.members, allowed * needs, allowed, *edges, rate, *key)
