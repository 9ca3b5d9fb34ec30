"""Modelly: agents whose facts stand in columns, read and changed together."""

from __future__ import annotations

import modelly
import numpy as np
from modelly.core.columns import Column

TITLE = "Modelly, columns"
PACKAGES = ("modelly-abm", "numpy")
HOUSEHOLDS = None


class Household(modelly.Agent):
    home = Column(np.int64)
    half = Column(float)
    away = Column(bool)


class City(modelly.Model):
    def __init__(self, case, seed):
        super().__init__(rng=seed)
        self.case = case
        for _ in range(case.home.size):
            Household(self)
        table = self.columns[Household]
        table.home[:], table.half[:], table.away[:] = case.home, case.half_dose * np.exp(case.threshold), case.away

    def day(self, number):
        case, table = self.case, self.columns[Household]
        x = (case.dose[number][table.home] / table.half) ** case.slope
        back = case.return_rate * case.calm[number][table.home]
        moves = self.rng.random(len(table)) < np.where(table.away, back, case.maximum * x / (1.0 + x))
        table.away[:] ^= moves
        return int(moves.sum())
