"""What the runs of a study drew: parameters by replicate, and which replicates drew the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from experiments.store.state import StoreState, store_of
from experiments.study.inputs import kept_study
from experiments.study.study import Cell, Study
from simulation.port.case import Case


def studied_in(folder: Path) -> Study:
    """The study of a folder, as it was run. InputError and UnknownNameError as `kept_study`."""
    return kept_study(StoreState(store_of(folder)).about, folder)


def drawn_parameters(study: Study, folder: Path, cell: Cell, seeds: pd.Series) -> pd.DataFrame:
    """The parameters that the draws of a cell differ in: a row a replicate, a column a parameter. seeds: by replicate."""
    return _differing(_case(study, folder, cell), seeds)


def _differing(case: Case, seeds: pd.Series) -> pd.DataFrame:
    free = [row.name for row in case.parameters.rows() if row.prior is not None and row.name not in case.chosen]
    rows = {}
    for replicate, seed in seeds.items():
        own = dict(case.drawn(int(seed)).parameters)
        rows[replicate] = {name: float(own[name]) for name in free}
    table = pd.DataFrame.from_dict(rows, orient="index")
    return table.loc[:, table.nunique() > 1]


def draws_by_replicate(study: Study, folder: Path, cell: Cell, seeds: pd.Series) -> pd.Series:
    """A label a replicate, equal where the draw of the posterior is. Without one every replicate is a world of its own."""
    case = _case(study, folder, cell)
    if case.posterior is None:
        return pd.Series(seeds.index.astype(str), seeds.index)
    return same_draw(_differing(case, seeds))


def same_draw(values: pd.DataFrame) -> pd.Series:
    """Rows of `drawn_parameters` as labels, equal where the rows are."""
    if not len(values.columns):
        return pd.Series("", values.index)
    return values.round(12).astype(str).agg("|".join, axis=1)


def _case(study: Study, folder: Path, cell: Cell) -> Case:
    """The case of a cell, with the posterior that its folder keeps: the one that ships may be another today."""
    case = study.case(cell)
    if case.posterior is None:
        return case
    inputs = StoreState(store_of(folder)).about.get("inputs", {})
    kept = [folder / place for name, place in inputs.items() if Path(name).name == case.posterior.name]
    kept = [path for path in kept if path.is_file()]
    return replace(case, posterior=kept[0]) if len(kept) == 1 else case
