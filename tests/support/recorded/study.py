"""A model with a record made up for tests: Epstein's, and a study of three runs of it whose every figure is known."""

from __future__ import annotations

import dataclasses
import datetime
import json

import numpy as np
import pandas as pd

from models.epstein import FAMILY as EPSTEIN
from simulation.port.record import Observation
from simulation.runs.results import write_table

START, DAYS = datetime.date(2000, 1, 1), 6


def figure(series, start, end, value, columns, **more):
    first, last = datetime.date.fromisoformat(start), datetime.date.fromisoformat(end)
    return Observation(series, series.capitalize(), more.pop("unit", "people"), first, last, value, columns, **more)


JAILED = {"columns": ("jailed",), "over": ("active", "jailed"), "unit": "share"}
RECORD = [
    figure("active", "1999-12-20", "1999-12-20", 50, ("active",)),
    figure("active", "1999-12-30", "1999-12-30", 60, ("active",)),
    figure("active", "2000-01-05", "2000-01-05", 100, ("active",), published_low=90, published_high=110),
    figure("arrests", "1999-12-21", "1999-12-30", 20, ("arrests_today",), reading="sum", used=True),
    figure(
        "arrests", "2000-01-01", "2000-01-03", 12, ("arrests_today",), reading="sum", used=True,
        share=0.5, share_low=0.25, share_high=0.75,
    ),
    figure("jailed", "2000-01-03", "2000-01-03", 0.5, **JAILED),
    figure("jailed", "2000-02-03", "2000-02-03", 0.5, **JAILED),  # after all runs
]  # fmt: skip
FAMILY = dataclasses.replace(EPSTEIN, name="recorded", record=lambda: RECORD)
NAME = "support.recorded.study:FAMILY"


def recorded_study(folder, *, bases=(75, 90, 115), arrests=(1, 2, 5), curves=True, every=1, **card):
    """Write a study of a run a base: active people are the base and one more a day, 25 in jail, arrests alike."""
    days, parts = np.arange(DAYS + 1)[::every], []
    for run, (base, rate) in enumerate(zip(bases, arrests)):
        flows = {"active": base + days, "jailed": 25, "arrests_total": rate * days}
        dates = pd.Timestamp(START) + pd.to_timedelta(days, unit="D")
        parts.append(pd.DataFrame({"run": run, "arm": "main", "replicate": run, "day": days, "date": dates, **flows}))
    runs = [{"run": run, "arm": "main", "replicate": run, "seed": run, "point": 0} for run in range(len(bases))]
    about = {"model": NAME, "study": "made", "title": "Made", "scenario": "baseline", "design": "factorial", "vary": {}}
    about |= {"points": None, "arms": {"main": {}}, "seed": 1, "replicates": len(bases), "days": DAYS, "weight": 1}
    about |= {"outcomes": [], "uncertainty": False, "start": str(START)} | card
    folder.mkdir()
    (folder / "card.json").write_text(json.dumps(about), encoding="utf-8")
    write_table(pd.DataFrame(runs), folder / "runs.parquet")
    if curves:
        write_table(pd.concat(parts, ignore_index=True), folder / "curves.parquet")
    return folder
