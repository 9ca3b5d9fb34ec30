"""Takings: what all gangs took today, stream by stream, once every stream has been counted."""

from __future__ import annotations

import math

from simulation.mechanism import Mechanism


class Takings(Mechanism):
    """Sums of the day over gangs, which wages are paid from and metrics report."""

    name = "takings"
    switch = False
    neutral = "Cannot be switched off: it counts what other rules did."
    objection = "Gangs keep no books by stream."
    equations = (
        "affairs.by_stream = Σ affairs.revenue over gangs; affairs.taken ← affairs.taken + Σ affairs.by_stream",
    )
    reads = ("affairs.revenue",)
    writes = ("affairs.by_stream", "affairs.taken")

    def step(self) -> None:
        affairs = self.model.affairs
        affairs.by_stream = affairs.revenue.sum(axis=1).tolist()
        affairs.taken += math.fsum(affairs.by_stream)
