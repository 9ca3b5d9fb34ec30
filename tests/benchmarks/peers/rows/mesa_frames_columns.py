"""mesa-frames: a set of agents in a Polars frame, all stepped by expressions at once."""

from __future__ import annotations

import numpy as np
import polars as pl
from mesa_frames import AgentSetPolars, ModelDF

TITLE = "mesa-frames, columns (Polars)"
PACKAGES = ("mesa-frames", "polars")
HOUSEHOLDS = None


class Households(AgentSetPolars):
    def __init__(self, model):
        super().__init__(model)
        case = model.case
        half = case.half_dose * np.exp(case.threshold)
        number = np.arange(case.home.size, dtype=np.int64)
        self += pl.DataFrame({"unique_id": number, "home": case.home, "half": half, "away": case.away})

    def step(self):
        model, case = self.model, self.model.case
        home = self.agents["home"]
        dose, calm = (pl.Series(field[model.number]).gather(home) for field in (case.dose, case.calm))
        x = (dose / self.agents["half"]).pow(case.slope)
        leave, back = case.maximum * x / (1.0 + x), case.return_rate * calm.cast(pl.Float64)
        away, luck = self.agents["away"], pl.Series(model.random.random(len(home)))
        moves = luck < back.zip_with(away, leave)
        self.agents = self.agents.with_columns((away ^ moves).alias("away"))
        model.moves = int(moves.sum())


class City(ModelDF):
    def __init__(self, case, seed):
        super().__init__(seed)
        self.case = case
        self.agents += Households(self)

    def day(self, number):
        self.number = number
        self.step()
        return self.moves
