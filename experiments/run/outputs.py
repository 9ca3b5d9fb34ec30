"""What runs of a study add to its tables: curves, every place on the first and the last day, in forecasts at every month's end,
in comparisons recordings.

Taken from the recorder's columns: a data frame of all days would cost more than the whole store.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow

from simulation.port import naming
from simulation.port.outcomes import Outcome
from simulation.recorder import Recorder
from simulation.replay.recorded import Recorded

if TYPE_CHECKING:
    from simulation.port.place_record import PlaceRecord


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


def months_table(recorder: Recorder, design: Mapping[str, Any], record: PlaceRecord) -> pyarrow.Table:
    """Every place at the end of every whole month, as the record reads it: held, killed in it, displaced people hosted.

    A row of day n holds the state after n days, so the end of the 31st is the row of the 1st, as is what happened on the 31st.
    """
    dates = recorder.dates().astype("datetime64[D]")
    ends = np.flatnonzero(dates == dates.astype("datetime64[M]").astype("datetime64[D]"))
    ends = ends[ends > 0]
    field, value = record.held
    killed = np.cumsum(np.array(recorder.place_values[record.killed], float), axis=0)[ends]
    # Deaths of a month that had begun before the runs are those of its rest.
    first = np.zeros((1, len(recorder.place_ids)))
    table = {
        "month": np.repeat(dates[ends] - np.timedelta64(1, "D"), len(recorder.place_ids)),
        recorder.place_name: np.tile(np.asarray(recorder.place_ids), len(ends)),
        "held": (np.array(recorder.place_values[field])[ends] == value).ravel(),
        "killed": np.diff(killed, axis=0, prepend=first).ravel(),
        "hosted": np.array(recorder.place_values[record.hosted], float)[ends].ravel(),
    }
    return _table(design, table)


def recordings_table(design: Mapping[str, Any], recorded: Recorded | None) -> pyarrow.Table:
    """The recording of a run, as its file would hold it: a row, or none where it was not recorded."""
    text = "" if recorded is None else recorded.text()
    table = _table(design, {"recording": np.array([text], dtype=object)})
    return table.slice(0, 1 if recorded else 0)


def _table(design: Mapping[str, Any], columns: Mapping[str, np.ndarray]) -> pyarrow.Table:
    """These columns after those of the design, which are the same in every row."""
    rows = len(next(iter(columns.values())))
    columns = {name: np.repeat(value, rows) for name, value in design.items()} | dict(columns)
    return pyarrow.table({name: pyarrow.array(values, from_pandas=True) for name, values in columns.items()})
