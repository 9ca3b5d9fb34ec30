"""Reading a study: `load_runs(folder)` is a row a finished run, whether the study is done, stopped or still at work."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.store.records import RUNS, Kept, unpack
from experiments.store.state import StoreState, is_old, store_of
from simulation.errors import InputError, KatyeError, typed, unknown_name
from simulation.files.json_file import read_json
from simulation.files.parquet import read_arrow
from simulation.runs.results import Results, write_table

if TYPE_CHECKING:
    import pandas
    import pyarrow

FAILURES = "failures.json"
SHAPE = {"run": int, "replicate": int, "seed": int, "error": str, "command": str, "alone": str}
PART = 1000  # runs made a part of a table at once: the rows of a hundred thousand need not be in memory three times


def load_runs(folder: str | Path) -> pandas.DataFrame:
    """A row for every run that has finished, by run: design, seed, levels, outcomes. InputError if there is none."""
    return load_table(folder, RUNS)


def load_table(folder: str | Path, name: str) -> pandas.DataFrame:
    """One table of all runs that have finished, sorted by run: `runs`, `curves` or `places`.

    Reads while another process adds to it. InputError if no run has finished; UnknownNameError if there is no such table.
    Of a study made by an older version, the table that was written when it stopped.
    """
    store = Path(folder) / "store"
    if not store.is_dir() or is_old(store):
        return Results(folder).table(name)
    return table_of(StoreState(store_of(folder)), name)


def table_names(folder: str | Path) -> list[str]:
    """The tables that `load_table` can read of a study, that of its runs first. InputError if no run has finished."""
    if is_old(Path(folder) / "store"):
        return Results(folder).names()
    return _names(StoreState(store_of(folder)))


def damage_of(folder: str | Path) -> str:
    """What is wrong with a study's database, in words; nothing if nothing is, or it has none."""
    return "" if is_old(Path(folder) / "store") else StoreState(store_of(folder)).damage


def _names(state: StoreState) -> list[str]:
    folder = state.store.parent
    for first in state.kept(state.runs[:1]):
        return [RUNS, *first.tables()]
    if not state.damage:
        first = next((failure_words(folder, run, item["error"]) for run, item in sorted(state.failures.items())), "")
        raise InputError("no run has finished yet", f"folder {folder}", first)
    there = ", ".join(sorted(path.name for path in folder.glob("*.parquet")))
    what = f"Its tables of the last stop are there: {there}" if there else "katye resume runs all of them again"
    raise KatyeError(f"folder {folder}: {state.damage}. {what}")


def table_of(state: StoreState, name: str) -> pandas.DataFrame:
    """The table of that name of everything in a store. The same however runs were batched.

    A column that is whole numbers in some runs and has gaps or fractions in others is float64 in all, as in one frame.
    """
    import pyarrow

    if name not in (known := _names(state)):
        raise unknown_name("table", name, known, f"folder {state.store.parent}")
    kept, parts = state.kept(), []
    while runs := list(itertools.islice(kept, PART)):
        parts.append(_part(runs, name))
    full = [part for part in parts if part.num_rows] or parts[:1]
    table = pyarrow.concat_tables(full, promote_options="permissive")
    return table.to_pandas(use_threads=False).sort_values("run", kind="stable", ignore_index=True)


def _part(runs: Sequence[Kept], name: str) -> pyarrow.Table:
    """One table of some runs; through parquet, which has fewer types than pandas."""
    import pandas
    import pyarrow

    if name == RUNS:
        frame = pandas.DataFrame([json.loads(run.row) for run in runs])
    else:
        tables = [unpack(run.tables()[name]) for run in runs]
        frame = pyarrow.concat_tables(tables, promote_options="permissive").to_pandas(use_threads=False)
    file = io.BytesIO()
    write_table(frame, file)
    return read_arrow(file)


def failure_words(folder: str | Path, run: int, error: str) -> str:
    """A run that failed in one line: why, and how to repeat it."""
    return f"run {run} failed: {error}. Repeat it with: {typed('katye', 'rerun', folder, '--run', run)}"


def read_failures(folder: Path) -> list[dict[str, Any]]:
    """The runs that had failed when a study ended or was stopped: who, why, how to repeat them. InputError if damaged."""
    path = folder / FAILURES
    if not path.exists():
        return []
    hint = f"{typed('katye', 'resume', folder)} writes it anew; {typed('katye', 'export', folder)} what has finished"
    failures = read_json(path, [dict(SHAPE)], hint)
    for item in failures:
        if missing := next((key for key in SHAPE if item.get(key) is None), ""):
            raise InputError(f"is damaged: an entry says nothing of {missing}", str(path), hint)
    return failures
