"""Stores of made-up runs, with values that tables are apt to get wrong."""

from __future__ import annotations

import pandas as pd
import pyarrow

from experiments.run.task import Record
from experiments.store.load import load_table
from experiments.store.store import create_store, open_store
from simulation.runs.results import write_table
from simulation.runs.runner import Done

RUNS = 40


def record(run):
    """Values that tables are apt to get wrong: gaps, whole numbers beside fractions, words, dates, nothing at all."""
    row = {
        "run": run,
        "arm": "gated",
        "scenario": "baseline",
        "whole": run,
        "gap": None if run % 3 else run,
        "mixed": run if run % 2 else run / 3,
    }
    row |= {
        "nothing": None,
        "flag": run % 2 == 0,
        "large": 2**60 + run,
        "exact": 0.1 * run,
        "word": None if run < 9 else "x",
    }
    dates = pd.date_range("2024-06-01", periods=2, freq="7D", unit="s")
    people = pyarrow.array([run, None if run % 5 else 1.5], pyarrow.float64())
    curves = pyarrow.table({"run": [run] * 2, "date": dates, "people": people, "binding": ["beds"] * 2})
    places = pyarrow.table({"run": [run], "share": pyarrow.array([run / 7], pyarrow.float32()), "label": ["gang"]})
    return Record(row, {"curves": curves, "places": places}, {}, {})


def done(run):
    return run, Done(0, record(run), 0.1, 5.0)


def made(folder, batches):
    """A store that got these batches of runs."""
    create_store(folder, {"name": "made", "planned": RUNS, "study": {"outcomes": ["exact"]}})
    with open_store(folder) as open_one:
        open_one.opened(workers=1, todo=RUNS)
        for batch in batches:
            open_one.commit([done(run) for run in batch])
        open_one.closed("finished")
    return folder


def content(folder, tmp_path):
    """The bytes of every table as a study would write it."""
    found = []
    for name in ("runs", "curves", "places"):
        write_table(load_table(folder, name), tmp_path / "table")
        found.append((tmp_path / "table").read_bytes())
    return found
