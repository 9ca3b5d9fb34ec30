"""Made-up studies for the general report: planted effects, weekly curves and a table of assumptions."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from simulation.runs.results import write_table
from support.made_study import made_study

OUTCOMES = ["gang_control_population_share_end", "displaced_people_end"]


def general_study(folder, vary, change=lambda levels: 0.0, *, design="factorial", replicates=8, weeks=6, **options):
    """A study in which `change(levels)` adds so many parts of itself to the displaced; luck, shared by all cells, adds 3 %."""

    def outcome(arm, levels, replicate):
        luck = np.random.default_rng(replicate).normal(0, 0.03, 3)
        own = np.random.default_rng([replicate, *repr(sorted(levels.items())).encode()]).normal(0, 0.004, 3)
        share, dead, people = (1 + luck + own) * [0.7, 900, 600_000]
        about = {"authorised_force": 2500, "funding_level": 1.0, "gang_control_population_share_end": share}
        return about | {"residents_killed_total": round(dead), "displaced_people_end": people * (1 + change(levels))}

    made_study(folder, outcome, vary, design=design, replicates=replicates, **options)
    card = json.loads((folder / "card.json").read_text())
    card |= {
        "outcomes": OUTCOMES,
        "planned_runs": 10_000,
        "versions": {"katye": "0.1.0", "mesa": "3.3.1"},
        "commit": "abc",
    }
    (folder / "card.json").write_text(json.dumps(card))
    runs = pd.read_parquet(folder / "runs.parquet")
    dates = pd.date_range("2024-06-01", periods=weeks, freq="7D")
    curves = runs[["run", "arm", "authorised_force", "funding_level", "replicate", *OUTCOMES, "residents_killed_total"]]
    curves = curves.rename(columns=lambda name: name.removesuffix("_end"))
    people = curves["displaced_people"]
    parts = [curves.assign(date=date, displaced_people=people * (0.7 + 0.05 * k)) for k, date in enumerate(dates)]
    write_table(pd.concat(parts, ignore_index=True), folder / "curves.parquet")
    about = {"value": "0.5", "unit": "share", "low": 0.1, "high": 0.9, "status": "assumed", "source": "A report & more"}
    write_table(pd.DataFrame([{"name": "flight.rate", **about}]), folder / "assumptions.parquet")
    return folder
