"""Gang members move along edges of the map: towards threatened ground, and back into places that nobody guards (M23)."""

from __future__ import annotations

import numpy as np

from models.haiti.state import GANG, STATE
from simulation.mechanism import Mechanism


class Redistribution(Mechanism):
    """Each gang's members flow between neighbouring places of its own, down the gradient of members per need."""

    name = "redistribution"
    reads = ("influence", "label", "owner", "state_presence", "present")
    writes = ("members",)

    def step(self) -> None:
        model, state = self.model, self.model.state
        needs = (0.2 + state.present[: model.n] / max(1, state.present[: model.n].max())) * (
            1.0 + state.state_presence / (state.state_presence.mean() + 1e-9)
        )
        needs = needs * np.where(state.label == GANG, 1.0, model.parameters.gang.contested_weight)
        for gang in model.gangs:
            self._flow(gang.index, needs)

    def _flow(self, gang: int, needs: np.ndarray) -> None:
        """Part of the surplus of each place goes to neighbouring places that are short, never further in a day."""
        model, state = self.model, self.model.state
        row = state.members[gang]
        if not row.any():
            return
        owned = (state.owner == gang) & (state.label != STATE)
        unguarded = (state.label != GANG) & (state.gang_presence > state.state_presence) & (state.label != STATE)
        allowed = owned | (row > 0) | unguarded
        want = np.where(allowed, needs, 0.0)
        want = want * (row.sum() / max(want.sum(), 1e-9))
        surplus = row - want
        luck = self.roll(gang)
        edges_from, edges_to = model.terrain.land_from, model.terrain.land_to
        drop = np.where(allowed[edges_to] & (row[edges_from] > 0), surplus[edges_from] - surplus[edges_to], 0.0)
        drop = np.maximum(drop, 0.0) * model.parameters.gang.movement * 0.25
        for edge in np.flatnonzero(drop > 0.02):
            source, target = edges_from[edge], edges_to[edge]
            moved = min(luck.poisson(float(drop[edge])), int(row[source]))
            row[source] -= moved
            row[target] += moved
