"""Runs made up for tests of comparisons: every outcome known, no model behind them."""

from __future__ import annotations

import numpy as np
import pyarrow

from experiments.run.task import Record, Task
from models.haiti import FAMILY

DAYS = 4


def made_up(task: Task, **changes: float) -> Record:
    """A run whose outcomes are 100 and the luck of its seed, the same in all scenarios; `changes` are added."""
    luck = np.random.default_rng(task.seed).normal(0, 10)
    outcomes = {item.name: 100.0 + luck + changes.get(item.name, 0.0) for item in FAMILY.headlines}
    # Killed = 1000 people x 0.5 x 0.4 x intensity.
    people = 1000.0 * (1 + changes.get("people", 0.0))
    factors = {"residents": people, "exposure": 0.5, "contest": 0.4, "intensity": 0.5 + luck / 200}
    about = {"scenario": task.case.name, **task.design(), "seed": task.seed, "point": task.cell.point}
    row = about | outcomes | {f"factor_{name}": value for name, value in factors.items()}
    days = np.arange(DAYS + 1)
    curves = {name: np.repeat(value, len(days)) for name, value in task.design().items()}
    curves |= {"scenario": np.repeat(task.case.name, len(days)), "day": days}
    curves["date"] = (np.datetime64("2024-06-01") + days).astype("datetime64[s]")
    curves |= {name: np.ones(len(days), int).cumsum() for name in FAMILY.compared}  # one a day, added up
    curves["people_outside_gang_control"] = np.full(len(days), 1000 + round(luck) + changes.get("protected", 0))
    curves["mission_cost_usd_total"] = days * 1e5
    return Record(row, {"curves": pyarrow.table(curves)}, {}, {})
