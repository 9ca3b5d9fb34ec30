"""Folders of studies made up from functions, so that every index, box and frontier of theirs is known."""

from __future__ import annotations

import itertools
import json

import pandas as pd

from experiments.study.designs import Range, points
from simulation.runs.results import write_table


def made_study(folder, outcome, vary, *, design, samples=None, replicates=1, arms=("main",), skip=()):
    """Write card and runs of a study. outcome(arm, levels, replicate) -> {name: value}; vary: name -> Range or tuple.

    `skip`: (arm, point, replicate) of runs that have not finished. Parameters of the group n are whole numbers.
    """
    drawn = points(design, vary, samples, 1, {name: WHOLE if name.startswith("n.") else FLOAT for name in vary})
    rows = []
    for replicate, arm, (number, levels) in itertools.product(range(replicates), arms, enumerate(drawn)):
        if (arm, number, replicate) not in skip:
            about = {"scenario": "baseline", "run": len(rows), "arm": arm, "replicate": replicate, "point": number}
            rows.append(about | {"seed": replicate} | levels | outcome(arm, levels, replicate))
    written = {
        name: {"low": one.low, "high": one.high} if isinstance(one, Range) else list(one) for name, one in vary.items()
    }
    card = {"study": "made", "title": "Made up", "question": "Is it found?", "scenario": "baseline", "design": design}
    card |= {"samples": samples, "vary": written, "points": None, "arms": {arm: {} for arm in arms}}
    card["fixed"] = {"funding.source": "level"} if "funding.level" in vary else {}
    card |= {"seed": 1, "replicates": replicates, "days": 10, "weight": 1000, "outcomes": [], "uncertainty": False}
    folder.mkdir(exist_ok=True)
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    write_table(pd.DataFrame(rows), folder / "runs.parquet")
    return folder


class _Number:
    """All that a design asks of a parameter that is a number."""

    def __init__(self, default):
        self.default = default


FLOAT, WHOLE = _Number(0.0), _Number(0)
