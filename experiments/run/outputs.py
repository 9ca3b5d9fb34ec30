"""What every run of a study adds to its tables: curves, and every place on the first and the last day.

Taken from the recorder's columns: a data frame of all days would cost more than the whole store.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow

from simulation.port import naming
from simulation.port.outcomes import Outcome
from simulation.recorder import Recorder


def curves_table(
    recorder: Recorder, design: Mapping[str, Any], names: Sequence[str], every: int, known: Mapping[str, Outcome]
) -> pyarrow.Table:
    """Columns of curves on the first day and every so many days. `known`: the daily columns, of which flows are added up."""
    kept = np.flatnonzero(np.asarray(recorder.days) % every == 0)
    table = {"day": np.asarray(recorder.days, np.int64)[kept], "date": recorder.dates()[kept]}
    daily = {naming.running(name): name for name in known}
    for name in names:
        values = np.asarray(recorder.values[daily[name]])
        table[name] = (np.cumsum(values) if known[daily[name]].summed else values)[kept]
    return _table(design, table)


def places_table(recorder: Recorder, design: Mapping[str, Any], fields: Sequence[str]) -> pyarrow.Table:
    """Fields of every place on the first and the last day."""
    table = {recorder.place_name: np.asarray(recorder.place_ids)}
    for field in fields:
        for when, day in (("start", 0), ("end", -1)):
            table[f"{field}_{when}"] = recorder.place_values[field][day]
    return _table(design, table)


def _table(design: Mapping[str, Any], columns: Mapping[str, np.ndarray]) -> pyarrow.Table:
    """These columns after those of the design, which are the same in every row."""
    rows = len(next(iter(columns.values())))
    columns = {name: np.repeat(value, rows) for name, value in design.items()} | dict(columns)
    return pyarrow.table({name: pyarrow.array(values, from_pandas=True) for name, values in columns.items()})
