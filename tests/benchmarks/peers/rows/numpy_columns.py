"""NumPy: a column for each fact, and everybody asked every day."""

from __future__ import annotations

import numpy as np

TITLE = "NumPy, columns"
PACKAGES = ("numpy",)  # whose versions are said
HOUSEHOLDS = None  # everybody; or a number, for what takes long


class City:
    def __init__(self, case, seed):
        self.case, self.luck = case, np.random.default_rng(seed)
        self.half, self.away = case.half_dose * np.exp(case.threshold), case.away.copy()

    def day(self, number):
        """Live day `number`, from 0; gives the number of moves."""
        case = self.case
        x = (case.dose[number][case.home] / self.half) ** case.slope
        leave = case.maximum * x / (1.0 + x)
        back = case.return_rate * case.calm[number][case.home]
        moves = self.luck.random(x.size) < np.where(self.away, back, leave)
        self.away ^= moves
        return int(moves.sum())
