"""Mesa: an agent for each household, asked every day in `if` and `else`."""

from __future__ import annotations

import math

import mesa

TITLE = "Mesa, agents"
PACKAGES = ("mesa",)
HOUSEHOLDS = 200_000


class Household(mesa.Agent):
    def __init__(self, model, home, threshold, away):
        super().__init__(model)
        self.home, self.away = home, away
        self.half = model.case.half_dose * math.exp(threshold)

    def step(self):
        model, case = self.model, self.model.case
        if self.away:
            chance = case.return_rate if model.calm[self.home] else 0.0
        else:
            x = (model.dose[self.home] / self.half) ** case.slope
            chance = case.maximum * x / (1.0 + x)
        if self.random.random() < chance:
            self.away = not self.away
            model.moves += 1


class City(mesa.Model):
    def __init__(self, case, seed):
        super().__init__(rng=seed)
        self.case = case
        for person in zip(case.home.tolist(), case.threshold.tolist(), case.away.tolist(), strict=True):
            Household(self, *person)

    def day(self, number):
        self.dose, self.calm, self.moves = self.case.dose[number].tolist(), self.case.calm[number].tolist(), 0
        self.agents.do("step")
        return self.moves
