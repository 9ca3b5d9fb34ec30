"""AMBER: columns of a Polars frame, read and written as arrays (its vectorized lane)."""

from __future__ import annotations

import ambr
import numpy as np

TITLE = "AMBER, columns"
PACKAGES = ("ambr", "polars", "numpy")
HOUSEHOLDS = None


class City(ambr.Model):
    def __init__(self, case, seed):
        super().__init__({"steps": case.days, "seed": seed, "show_progress": False})
        self.case = case
        self._ensure_setup()  # else the first day would build the city

    def setup(self):
        case = self.case
        half = case.half_dose * np.exp(case.threshold)
        self.add_agents(case.home.size, home=case.home, half=half, away=case.away)

    def day(self, number):
        self.number = number
        self.run_step()
        return self.moves

    def step_vectorized(self):
        case, number, agents = self.case, self.number, self.agents
        home, half, away = (agents.array(name) for name in ("home", "half", "away"))
        x = (case.dose[number][home] / half) ** case.slope
        back = case.return_rate * case.calm[number][home]
        moves = self.rng.random(home.size) < np.where(away, back, case.maximum * x / (1.0 + x))
        agents.set(away=away ^ moves)
        self.moves = int(moves.sum())
