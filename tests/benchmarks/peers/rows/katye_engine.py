"""Katye: rosters and thinning (`docs/engine.md`); only those are asked who might move."""

from __future__ import annotations

import numpy as np

from simulation.dice import Dice
from simulation.rosters import Roster

TITLE = "Katye, rosters and thinning"
PACKAGES = ("katye", "numba", "numpy")
HOUSEHOLDS = None
STRATA = np.array([0.0, 0.04, 0.2, 0.5])  # quantiles of the threshold, as in models/haiti/people/columns.py


class City:
    def __init__(self, case, seed):
        self.case, self.dice, places = case, Dice(seed), case.dose.shape[1]
        edges = np.quantile(case.threshold, STRATA)
        self.group = (case.home * STRATA.size + np.searchsorted(edges, case.threshold, "right") - 1).astype(np.int32)
        self.home, self.lowest = (
            case.home.astype(np.int32),
            np.tile(edges, places),
        )  # whoever of a group flees most easily
        self.housed = Roster(np.where(case.away, -1, self.group), places * STRATA.size)
        self.displaced = Roster(np.where(case.away, self.home, -1), places)

    def day(self, number):
        case = self.case
        bounds = self._flee(case.dose[number].repeat(STRATA.size), self.lowest)
        rows, groups, luck = self.housed.candidates(self.dice, "flight", number, bounds)
        leave = rows[luck * bounds[groups] < self._flee(case.dose[number][self.home[rows]], case.threshold[rows])]
        # the chance to go home is the same for all of a group: whoever is hit goes
        back, _, _ = self.displaced.candidates(self.dice, "returning", number, case.return_rate * case.calm[number])
        for rows, left, entered, groups in (
            (leave, self.housed, self.displaced, self.home),
            (back, self.displaced, self.housed, self.group),
        ):
            left.move(rows, np.full(rows.size, -1, np.int32))
            entered.move(rows, groups[rows])
        return leave.size + back.size

    def _flee(self, dose, threshold):
        case = self.case
        x = (dose / (case.half_dose * np.exp(threshold))) ** case.slope
        return case.maximum * x / (1.0 + x)
