"""Numba: a compiled loop that asks everybody every day."""

from __future__ import annotations

import math

import numba
import numpy as np

TITLE = "Numba, compiled loop"
PACKAGES = ("numba", "numpy")
HOUSEHOLDS = None


@numba.njit
def _day(home, half, away, dose, calm, maximum, slope, rate, luck):
    moves = 0
    for row in range(home.size):
        place = home[row]
        if away[row]:
            chance = rate if calm[place] else 0.0
        else:
            x = math.pow(dose[place] / half[row], slope)
            chance = maximum * x / (1.0 + x)
        if luck.random() < chance:
            away[row] = not away[row]
            moves += 1
    return moves


class City:
    def __init__(self, case, seed):
        self.case, self.luck = case, np.random.default_rng(seed)
        self.half, self.away = case.half_dose * np.exp(case.threshold), case.away.copy()

    def day(self, number):
        case = self.case
        fields = case.dose[number], case.calm[number]
        return _day(case.home, self.half, self.away, *fields, case.maximum, case.slope, case.return_rate, self.luck)
