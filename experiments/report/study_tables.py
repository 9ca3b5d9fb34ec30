"""The tables of one study as the figures and the report take them, and how they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from experiments.analysis.study_results import read_card
from experiments.store.sharing import load_sharing, over_cells
from simulation.errors import InputError, named_in, unknown_name
from simulation.files.parquet import read_frame
from simulation.port.family import DEFAULT, find_family
from simulation.visualization.maps import Geography

CELL = ["authorised_force", "funding_level"]
CEILINGS = ("authorised", "contributors", "beds", "cash", "airport")
CAME_IN = "funding_coverage"  # outcome: received over need, in the place of a level where pledges are paid
REQUIRED = ("arm", "replicate")


@dataclass(frozen=True)
class StudyTables:
    """Everything the report is made of. Only `runs` must be there; what is missing is left out.

    A run has its rows once for every cell that it belongs to.

    `observed` maps an outcome to published figures: columns date and value, or date, low and high (shares
    0-1).
    """

    runs: pd.DataFrame
    curves: pd.DataFrame | None = None
    places: pd.DataFrame | None = None
    observed: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    card: Mapping[str, object] = field(default_factory=dict)
    assumptions: pd.DataFrame | None = None
    geography: Geography | None = None

    def __post_init__(self) -> None:
        for name in REQUIRED:
            if name not in self.runs.columns:
                raise unknown_name("column", name, self.runs.columns, where="runs table")
        if self.runs.empty:
            raise InputError("the study has no run", where="runs table", hint="Run it again, or continue it.")

    def arm(self, name: str) -> pd.DataFrame:
        """The runs of one arm, 'gated' or 'forced'; empty if the study had none."""
        return self.runs[self.runs["arm"] == name]

    @property
    def main_arm(self) -> str:
        """'gated' where it was run, else the arm that was."""
        arms = list(self.runs["arm"].unique())
        return "gated" if "gated" in arms else arms[0]


def read_study_tables(folder: Path) -> StudyTables:
    """The tables a study left in `folder`, with the map and the published figures of its model.

    Reads runs.parquet, and where they exist curves.parquet, places.parquet, card.json and assumptions.parquet or .csv.
    Raises InputError if there is no runs.parquet.
    """
    folder = Path(folder)
    if not (folder / "runs.parquet").exists():
        raise InputError("holds no runs.parquet", where=str(folder), hint="Give the folder of a finished study.")
    curves = _optional(folder / "curves.parquet")
    card = folder / "card.json"
    span = (None, None)
    if curves is not None and not curves.empty:
        dates = pd.to_datetime(curves["date"])
        span = (dates.min(), dates.max())
    about = read_card(folder) if card.exists() else {}
    sharing = load_sharing(folder)
    runs = read_frame(folder / "runs.parquet")
    came_in = _levels_that_came_in(runs)
    runs, curves, places = (
        table if table is None else _with_levels(over_cells(table, sharing), came_in)
        for table in (runs, curves, _optional(folder / "places.parquet"))
    )
    with named_in(str(card)):
        shown = find_family(about.get("model", DEFAULT)).presentation
    return StudyTables(
        runs=runs,
        curves=curves,
        places=places,
        observed=shown.observed(*span) if shown.observed else {},
        card=about,
        assumptions=_optional(folder / "assumptions.parquet", folder / "assumptions.csv"),
        geography=shown.geography() if shown.geography else None,
    )


def _levels_that_came_in(runs: pd.DataFrame) -> pd.Series | None:
    """By run, what stands for its level of money where pledges are paid: what came in over need, as the mean of its cell."""
    if not {"funding_level", "run", "point", "arm", CAME_IN} <= set(runs) or runs["funding_level"].notna().all():
        return None
    pledged = runs[runs["funding_level"].isna()]
    mean = pledged.groupby(["arm", "point"])[CAME_IN].transform("mean")
    return mean.set_axis(pledged["run"])


def _with_levels(table: pd.DataFrame | None, came_in: pd.Series | None) -> pd.DataFrame | None:
    """A table whose runs without a level of money have what came in instead."""
    if table is None or came_in is None or "funding_level" not in table:
        return table
    return table.assign(funding_level=table["funding_level"].fillna(table["run"].map(came_in)))


def _optional(*paths: Path) -> pd.DataFrame | None:
    for path in paths:
        if path.exists():
            return pd.read_csv(path) if path.suffix == ".csv" else read_frame(path)
    return None
