"""What every run of a study adds to its tables: weekly curves, and every neighbourhood on the first and the last day.

Taken from the recorder's columns: a data frame of all days would cost more than the whole store.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow

from simulation.recorder import Recorder

WEEK = 7
# Columns of the daily table that curves.parquet keeps, and those of them that it adds up from the start.
CURVES = (
    "gang_control_population_share",
    "gang_influence_population_share",
    "displaced_people",
    "deployed_force",
    "authorised_force_today",
    "usable_force",
    "binding_ceiling",
    "residents_killed",
    "gang_members_killed",
    "security_forces_killed",
)
COUNTED = ["residents_killed", "gang_members_killed", "security_forces_killed"]


def curves_table(recorder: Recorder, design: dict[str, Any]) -> pyarrow.Table:
    """Every seventh day, from the start on; deaths are those since the start."""
    weekly = np.flatnonzero(np.asarray(recorder.days) % WEEK == 0)
    table = {"date": recorder.dates()[weekly].astype("datetime64[s]")}
    for name in CURVES:
        values = np.asarray(recorder.values[name])
        table[name] = (np.cumsum(values) if name in COUNTED else values)[weekly]
    return _table(design, table)


def places_table(recorder: Recorder, design: dict[str, Any]) -> pyarrow.Table:
    """Influence and label of every neighbourhood on the first and the last day."""
    table = {"neighbourhood": np.asarray(recorder.place_ids)}
    for field in ("influence", "label"):
        for when, day in (("start", 0), ("end", -1)):
            table[f"{field}_{when}"] = recorder.place_values[field][day]
    return _table(design, table)


def _table(design: dict[str, Any], columns: dict[str, np.ndarray]) -> pyarrow.Table:
    """These columns after those of the design, which are the same in every row."""
    rows = len(next(iter(columns.values())))
    columns = {name: np.repeat(value, rows) for name, value in design.items()} | columns
    return pyarrow.table({name: pyarrow.array(values, from_pandas=True) for name, values in columns.items()})
