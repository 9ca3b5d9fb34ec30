"""A scorecard: the runs of one ensemble against published figures, beside what two naive forecasts would have said."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.analysis.scorecard import naive
from experiments.analysis.study_results import StudyResults, write_csv
from experiments.store.sharing import load_cells
from experiments.study.ready_made import needed_columns, record_of
from simulation.errors import InputError, UnknownNameError
from simulation.files.atomic import write_whole
from simulation.port import naming
from simulation.visualization import spread

if TYPE_CHECKING:
    from simulation.port.family import ModelFamily
    from simulation.port.outcomes import Outcome
    from simulation.port.record import Observation

PERSISTENCE, LINE, MODEL = "persistence", "line", "model"
FORECASTS = (PERSISTENCE, LINE, MODEL)
"""Who may be nearest to a figure; of two that are as near, the simpler."""


@dataclass(frozen=True)
class Scorecard:
    """Runs of one ensemble, and the figures that they cover.

    record: every figure, those before the runs and beyond them too. observed: those that are scored. values: float64 (runs,)
    for each of them, NaN where a run has none. lacking: figures within the days of the runs for which no columns were kept.
    start: the first day of the runs. days: how many there are.
    """

    study: StudyResults
    record: Sequence[Observation]
    observed: Sequence[Observation]
    values: Sequence[np.ndarray]
    start: datetime.date
    days: int
    lacking: int = 0

    @classmethod
    def read(cls, folder: str | Path) -> Scorecard:
        """InputError: no study, several cells, no record of its model, days or columns not kept, no figure within its days."""
        study = StudyResults.read(folder)
        return scored(study, _curves(study))

    @property
    def card(self) -> Mapping[str, Any]:
        return self.study.card

    @property
    def family(self) -> ModelFamily:
        return self.study.family

    @property
    def runs(self) -> int:
        """Runs of the ensemble."""
        return len(self.study.runs)

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row a figure, in the order of the record: see `score`."""
        return score(self.record, self.observed, self.values, self.start)

    @property
    def misses(self) -> pd.DataFrame:
        """Its rows of figures that the band does not hold."""
        return self.table[~self.table["in_band"]]

    @property
    def held(self) -> pd.DataFrame:
        return self.table[self.table["in_band"]]


def scored(study: StudyResults, curves: pd.DataFrame) -> Scorecard:
    """A scorecard of all runs of a study. `curves`: a row a run and day; flows are added up from the start."""
    record, known = record_of(study.family), study.family.daily
    where = f"study in {study.folder}"
    cells = len(study.runs.drop_duplicates(["arm", "point"] if "point" in study.runs else ["arm"]))
    if study.card.get("design") == "factorial" and cells > 1:
        hint = "Make one with: katye scorecard SCENARIO"
        raise InputError(f"it has {cells} cells, and a scorecard is of one ensemble", where, hint)
    curves = curves.sort_values(["run", "day"], kind="stable")
    days = int(curves["day"].max())
    start = pd.Timestamp(curves["date"].min()).date()
    if len(curves) != curves["run"].nunique() * (days + 1):
        raise InputError("its curves do not have every day of every run", where, "Those of katye scorecard have")
    kept = {name for name in needed_columns(record) if naming.running(name) in curves}
    inside = [item for item in record if item.within(start, days)]
    observed = [item for item in inside if kept.issuperset(item.needed)]
    if not inside:
        end = start + datetime.timedelta(days=days)
        what = f"none of the {len(record)} published figures lies within its days ({start} to {end})"
        raise InputError(what, where, "Make the runs longer, or start them earlier")
    if not observed:
        what = "its curves hold none of the columns that figures are read from"
        raise InputError(what, where, "Those of katye scorecard hold all of them")
    daily = {name: _daily(curves, name, days, known) for name in {name for item in observed for name in item.needed}}
    values = [item.read(daily, start) for item in observed]
    return Scorecard(study, record, observed, values, start, days, len(inside) - len(observed))


def _curves(study: StudyResults) -> pd.DataFrame:
    """The days of a study's runs. InputError if it kept none."""
    try:
        curves = load_cells(study.folder, "curves")
    except UnknownNameError:
        curves = pd.DataFrame()
    if not {"run", "day", "date"} <= set(curves):
        raise InputError("it kept no days of its runs", f"study in {study.folder}", "Those of katye scorecard do")
    return curves


def _daily(curves: pd.DataFrame, name: str, days: int, known: Mapping[str, Outcome]) -> np.ndarray:
    """A daily column of every run, float64 (runs, days + 1)."""
    values = curves[naming.running(name)].to_numpy(float).reshape(-1, days + 1)
    return np.diff(values, axis=1, prepend=0.0) if known[name].summed else values


def score(
    record: Sequence[Observation],
    observed: Sequence[Observation],
    values: Sequence[np.ndarray],
    start: datetime.date,
) -> pd.DataFrame:
    """A row an observation: the figure, the ensemble's median and band, its error, what naive forecasts would have said.

    record: all figures, of which the naive forecasts know those before `start`. values: (runs,) for each of `observed`.
    date: the last day of its window. low, high: the figure's own interval. p05, p95: the band, of fewer than twenty runs the
    lowest and the highest. error: median less figure, in its unit; error_pct: in per cent of it. in_band: whether the band and
    the figure's interval meet. nearest: which of the three comes nearest to the figure, "" where there is no naive forecast.
    runs: those with a value.
    """
    rows = []
    for item, own in zip(observed, values, strict=True):
        series = [other for other in record if other.series == item.series]
        found = pd.Series(own).dropna()
        low, high = (float(end) for end in spread.ends(found)) if len(found) else (np.nan, np.nan)
        said = {
            PERSISTENCE: naive.persistence(series, start, item),
            LINE: naive.line(series, start, item),
            MODEL: float(found.median()) if len(found) else np.nan,
        }
        error = said[MODEL] - item.value
        rows.append(
            {
                "series": item.series,
                "title": item.title,
                "unit": item.unit,
                "from": item.start,
                "date": item.end,
                "reading": item.reading,
                "observed": item.value,
                "low": item.low,
                "high": item.high,
                "median": said[MODEL],
                "p05": low,
                "p95": high,
                "error": error,
                "error_pct": 100.0 * error / item.value if item.value else np.nan,
                "in_band": bool(low <= item.high and item.low <= high),
                PERSISTENCE: said[PERSISTENCE],
                LINE: said[LINE],
                "nearest": _nearest(said, item.value),
                "runs": len(found),
                "used": item.used,
                "source": item.source,
            }
        )
    return pd.DataFrame(rows)


def _nearest(said: Mapping[str, float], value: float) -> str:
    """Who comes nearest; "" unless the model and a naive forecast say something."""
    errors = {name: abs(said[name] - value) for name in FORECASTS if np.isfinite(said[name])}
    return min(errors, key=errors.get) if MODEL in errors and len(errors) > 1 else ""


def by_series(table: pd.DataFrame) -> pd.DataFrame:
    """A row a series: its figures, how many the band holds, how often each forecast is nearest, whether it set parameters."""
    groups = table.groupby("series", sort=False)
    found = groups.agg(
        title=("title", "first"), figures=("series", "size"), held=("in_band", "sum"), used=("used", "first")
    )
    for name in FORECASTS:
        found[name] = groups["nearest"].agg(lambda column, name=name: int((column == name).sum()))
    return found.reset_index()


def write_tables(found: Scorecard, folder: Path) -> list[Path]:
    """scorecard.csv and scorecard.parquet in a folder."""
    import io

    from simulation.runs.results import write_table

    dated = found.table.assign(**{name: pd.to_datetime(found.table[name]) for name in ("from", "date")})
    file = io.BytesIO()
    write_table(dated, file)
    path = folder / "scorecard.parquet"
    write_whole(path, file.getvalue())
    return [write_csv(found.table, folder / "scorecard.csv"), path]
