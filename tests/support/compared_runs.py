"""Runs made up for tests of comparisons: every outcome known, no model behind them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.analysis.outcomes import SERIES, main_outcomes
from experiments.run.comparison import Run, Task

DAYS = 4


def made_up(task: Task, **changes: float) -> Run:
    """A run whose outcomes are 100 and the luck of its seed, the same in all scenarios; `changes` are added."""
    luck = np.random.default_rng(task.seed).normal(0, 10)
    who = {"scenario": task.case.name, "replicate": task.replicate}
    outcomes = {item.name: 100.0 + luck + changes.get(item.name, 0.0) for item in main_outcomes()}
    # Killed = 1000 people x 0.5 x 0.4 x intensity.
    people = 1000.0 * (1 + changes.get("people", 0.0))
    factors = {"residents": people, "exposure": 0.5, "contest": 0.4, "intensity": 0.5 + luck / 200}
    row = {"run": task.run, **who, "seed": task.seed, **outcomes}
    row |= {f"factor_{name}": value for name, value in factors.items()}
    daily = pd.DataFrame({"day": range(DAYS + 1), "date": pd.date_range("2024-06-01", periods=DAYS + 1)})
    daily = daily.assign(**who, **dict.fromkeys(SERIES, 1))
    daily["people_outside_gang_control"] = 1000 + round(luck) + changes.get("protected", 0)
    daily["mission_cost_usd"] = daily.day * 1e5
    return Run(row, daily)
