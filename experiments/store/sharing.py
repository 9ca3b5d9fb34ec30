"""Cells of a study that share their runs with others: which those are, and tables with a row for each of them too.

A run is kept once, whatever the number of cells that it belongs to. Analyses compare cells, so they read it once for each.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.store.load import load_table
from experiments.store.state import StoreState, is_old, store_of
from simulation.errors import InputError
from simulation.files.parquet import read_frame

if TYPE_CHECKING:
    import pandas

NAME = "same_runs"
OWN = ("run", "replicate")  # columns that are the run's, and not those of a cell


def sharing_of(about: Mapping[str, Any]) -> pandas.DataFrame | None:
    """A row a cell and replicate that shares a run with a cell before it, or None: the run, and what the cell's row would say.

    about: what a store says of its study, which has each such cell once.
    """
    import pandas

    cells = about.get(NAME) or []
    if not cells:
        return None
    replicates = about["study"].get("replicates") or 1
    shared = [entry["cell"] for entry in cells]
    # Runs are numbered replicate by replicate, over the cells that have runs of their own.
    places = [entry["first"] - sum(number < entry["first"] for number in shared) for entry in cells]
    own = about["planned"] // replicates
    rows = [
        entry["row"] | {"run": place + replicate * own, "replicate": replicate}
        for replicate in range(replicates)
        for entry, place in zip(cells, places)
    ]
    return pandas.DataFrame(rows)


def load_sharing(folder: str | Path) -> pandas.DataFrame | None:
    """The same of a study's folder; None if no cells of it share runs. Also of a folder without its store."""
    folder, store = Path(folder), Path(folder) / "store"
    if store.is_dir() and not is_old(store):
        with contextlib.suppress(
            InputError
        ):  # study.json was damaged: the table that was written beside it says the same
            return sharing_of(StoreState(store_of(folder)).about)
    path = folder / f"{NAME}.parquet"
    return read_frame(path) if path.is_file() else None


def load_cells(folder: str | Path, name: str) -> pandas.DataFrame:
    """`load_table`, with the rows of a run once for every cell that it belongs to."""
    return over_cells(load_table(folder, name), load_sharing(folder))


def over_cells(table: pandas.DataFrame, sharing: pandas.DataFrame | None) -> pandas.DataFrame:
    """A table of runs with their rows once more for every further cell that they belong to, under that cell's levels.

    In the order that they would have, had every cell runs of its own, where the table says a run's point. InputError if both
    do not belong together.
    """
    import pandas

    if sharing is None or table.empty:
        return table
    columns = [name for name in sharing if name in table and name not in OWN]
    rest = table.drop(columns=columns)
    try:
        more = sharing.loc[sharing["run"].isin(table["run"]), ["run", *columns]].merge(rest, on="run")[list(table)]
        both = pandas.concat([table, more.astype(table.dtypes.to_dict())], ignore_index=True)
    except (KeyError, TypeError, ValueError):
        what = "what it says of cells that share runs is damaged: it does not fit the table of runs"
        raise InputError(what, "the study's folder", "katye resume writes it anew if the store is whole") from None
    if "point" not in both:
        return both.copy()  # in one piece: pandas warns of columns that are added to a table in many
    arms = {arm: place for place, arm in enumerate(dict.fromkeys(both["arm"]))}
    order = both.assign(arm=both["arm"].map(arms)).sort_values(["replicate", "arm", "point"], kind="stable").index
    return both.loc[order].reset_index(drop=True).copy()
