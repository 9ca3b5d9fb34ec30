"""Reading a study: `load_runs(folder)` is a row a finished run, whether the study is done, stopped or still at work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from experiments.store.store import StoreState, shards, store_of
from simulation.errors import InputError, unknown_name
from simulation.runs.results import Results

if TYPE_CHECKING:
    import pandas


def load_runs(folder: str | Path) -> pandas.DataFrame:
    """A row for every run that has finished, by run: design, seed, levels, outcomes. InputError if there is none."""
    return load_table(folder, shards.RUNS)


def load_table(folder: str | Path, name: str) -> pandas.DataFrame:
    """One table of all runs that have finished, sorted by run: `runs`, `curves` or `places`.

    Reads while another process adds to it. InputError if no run has finished; UnknownNameError if there is no such table.
    """
    if not (Path(folder) / "store").is_dir():
        return Results(folder).table(name)
    return table_of(StoreState(store_of(folder)), name)


def table_of(state: StoreState, name: str) -> pandas.DataFrame:
    """The table of that name of everything in a store."""
    if not state.runs:
        raise InputError("no run has finished yet", f"folder {state.store.parent}")
    parts = []
    for number in (*state.whole, *state.orphans):
        part = shards.read(state.store, number, name)
        if part is not None:
            parts.append(_own(part, number, state))
    spooled = shards.tables_of(state.spooled_runs()) if None in state.runs.values() else {}
    if not parts and name not in spooled:
        files = (state.store / shards.FOLDER).glob("*.parquet")
        known = {*spooled, *(path.stem.partition("-")[2] for path in files)}
        raise unknown_name("table", name, known, f"folder {state.store.parent}")
    return shards.join([part for part in parts if part.num_rows], spooled.get(name))


def _own(part, number: int, state: StoreState):
    """Without the runs that another shard holds too, so that none is counted twice."""
    other = [run for run in set(part["run"].to_pylist()) if state.runs.get(run) != number]
    if not other:
        return part
    import pyarrow.compute

    return part.filter(pyarrow.compute.invert(part["run"].is_in(pyarrow.array(other))))
