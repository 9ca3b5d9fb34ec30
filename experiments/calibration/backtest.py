"""Backtest: what draws that were fitted by a cut-off say of the time after it, kept so that anyone can score it later."""

from __future__ import annotations

import calendar
import dataclasses
import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.analysis.study_results import write_csv
from experiments.calibration.place_scores import place_scores, place_table
from experiments.calibration.plan import Plan
from experiments.calibration.scores import score
from experiments.calibration.waves import Watch, columns_of_runs, finish
from experiments.run.outputs import months_table
from experiments.run.task import Record, Task, simulate
from experiments.store.sharing import load_cells
from experiments.study.ready_made import needed_columns
from experiments.study.study import Study, check_study
from simulation.errors import InputError
from simulation.port import naming
from simulation.port.family import find_family
from simulation.port.place_record import PlaceRecord
from simulation.port.posterior import read_posterior
from simulation.port.record import Observation

RUNS, MONTHS = "runs", "months"
COLUMNS = ["origin", "arm", "target_date", "area", "metric", "draw", "value"]


@dataclass(frozen=True)
class Backtest:
    """A forecast to be made. cutoff: nothing published later may be known. arms: {name: settings}. draws: runs of an arm."""

    plan: Plan
    posterior: Path
    cutoff: datetime.date
    until: datetime.date
    arms: Mapping[str, Mapping[str, Any]]
    draws: int
    seed: int = 1
    workers: int | None = None
    cluster: str | None = None

    def check(self) -> None:
        """InputError for a posterior that knows what was published after the cut-off, and for a time that ends before it."""
        known = read_posterior(self.posterior).about.get("cutoff")
        if known is None or datetime.date.fromisoformat(known) > self.cutoff:
            told = f"up to {known}" if known else "of all dates"
            what = f"it was fitted on figures {told}, and the forecast is made on {self.cutoff}"
            raise InputError(
                what, f"posterior {self.posterior}", f"Fit one with: katye calibrate --cutoff {self.cutoff}"
            )
        if self.until <= self.cutoff:
            raise InputError(f"{self.until} is not after the cut-off {self.cutoff}", "--until")


@dataclass(frozen=True)
class Forecast:
    """What came of it. scores: a row an arm and figure that was published after the cut-off. rows: the forecast, month by
    month. places: scores of forecasts of single places, or None where the model has no record of them."""

    scores: pd.DataFrame
    rows: pd.DataFrame
    places: pd.DataFrame | None


def simulate_by_month(task: Task) -> Record:
    """A run that also keeps every place at the end of every month."""
    record = task.family.place_record
    return simulate(task, {MONTHS: partial(months_table, record=record(task.case.start))} if record else {})


def backtest(asked: Backtest, record: Sequence[Observation], folder: Path, watch: Watch) -> Forecast:
    """A forecast and its scores.

    Writes forecast.parquet, scores.csv and, where a model has a record of places, places.csv and place_scores.csv into the
    folder, and goes on there. InputError and KeyboardInterrupt as `calibrate`.
    """
    asked.check()
    plan, family = asked.plan, find_family(asked.plan.model)
    case = family.load_case(plan.scenario, start=plan.start)
    days = (asked.until - case.start).days + 1  # its evening is the morning after
    if days < 1:
        raise InputError(f"{asked.until} is before the runs begin ({case.start})", "--until")
    study = check_study(
        Study(
            name=f"backtest-{asked.cutoff}",
            title=f"Forecast of {asked.cutoff}",
            question="What was to be expected?",
            scenario=plan.scenario,
            vary={},
            arms={name: dict(changes) for name, changes in asked.arms.items()},
            fixed=dict(plan.fixed),
            replicates=asked.draws,
            days=days,
            weight=plan.weight,
            start=plan.start,
            seed=asked.seed,
            model=plan.model,
            uncertainty=str(asked.posterior.absolute()),
            curves=tuple(naming.running(name) for name in needed_columns(record)),
            curve_days=1,
        )
    )
    place = finish(study, folder / RUNS, watch, asked.workers, asked.cluster, simulate_by_month)
    number, daily = columns_of_runs(place, needed_columns(record), days, family)
    runs = load_cells(place, "runs").set_index("run")
    arm = runs["arm"].reindex(number).to_numpy()
    draw = runs["replicate"].reindex(number).to_numpy()
    later = [item for item in record if (item.released or item.end) > asked.cutoff and item.within(case.start, days)]
    rng = np.random.default_rng([asked.seed, 11])
    tables, forecasts = [], []
    for name in asked.arms:
        own = {column: values[arm == name] for column, values in daily.items()}
        values = [item.read(own, case.start) for item in later]
        tables.append(score(record, later, values, asked.cutoff, rng).assign(arm=name))
        for item in _monthly(record, asked, case.start):
            found = item.read(own, case.start)
            about = {
                "origin": asked.cutoff,
                "arm": name,
                "target_date": item.end,
                "area": item.area,
                "metric": item.series,
            }
            forecasts.append(pd.DataFrame({**about, "draw": draw[arm == name], "value": found}))
    places = None
    if family.place_record:
        known = family.place_record(case.start)
        whole = load_cells(place, MONTHS).rename(columns={"neighbourhood": "place"})  # models name their places
        months = dict(iter(whole.groupby("arm", sort=False)))
        table = place_table(known, months, asked.cutoff, min(asked.until, max(item.end for item in record)))
        places = place_scores(table, asked.arms)
        write_csv(table, folder / "places.csv")
        write_csv(places, folder / "place_scores.csv")
        forecasts += [_of_places(known, rows, asked.cutoff, arm) for arm, rows in months.items()]
    scores, forecast = pd.concat(tables, ignore_index=True), pd.concat(forecasts, ignore_index=True)
    write_csv(scores, folder / "scores.csv")
    _write(forecast, folder / "forecast.parquet")
    return Forecast(scores, forecast, places)


def _of_places(known: PlaceRecord, months: pd.DataFrame, cutoff: datetime.date, arm: str) -> pd.DataFrame:
    """Rows of the forecast for every place and month after the cut-off, and for the larger areas that places lie in."""
    later = months[pd.to_datetime(months["month"]) > pd.Timestamp(cutoff)]
    about = {"origin": cutoff, "arm": arm, "target_date": pd.to_datetime(later["month"]), "draw": later["replicate"]}
    both = {"place_held": later["held"], "place_residents_killed": later["killed"]}
    rows = [
        pd.DataFrame({**about, "area": later["place"], "metric": key, "value": value}) for key, value in both.items()
    ]
    areas = pd.DataFrame({**about, "area": later["place"].map(known.area), "value": later["hosted"]})
    keys = [column for column in areas if column != "value"]
    rows.append(areas.groupby(keys, as_index=False, sort=False)["value"].sum().assign(metric="area_displaced_hosted"))
    return pd.concat(rows, ignore_index=True).astype({"value": float})[COLUMNS]


def _write(forecast: pd.DataFrame, path: Path) -> None:
    import io

    from simulation.files.atomic import write_whole
    from simulation.runs.results import write_table

    file = io.BytesIO()
    write_table(forecast.assign(**{name: pd.to_datetime(forecast[name]) for name in ("origin", "target_date")}), file)
    write_whole(path, file.getvalue())


def _monthly(record: Sequence[Observation], asked: Backtest, start: datetime.date) -> Iterator[Observation]:
    """Every series at the end of every month after the cut-off: a stock on that day, a flow over the month.

    What is forecast is what is simulated, so a figure of the country of which only a part is simulated is one of that part.
    """
    for item in {item.series: item for item in record}.values():
        day = asked.cutoff + datetime.timedelta(days=1)
        while True:
            end = day.replace(day=calendar.monthrange(day.year, day.month)[1])
            if end > asked.until:
                break
            first = end.replace(day=1) if item.reading == "sum" else end
            if first > start:
                area = item.area if item.share == 1.0 else "simulated part"
                yield dataclasses.replace(item, start=first, end=end, area=area)
            day = end + datetime.timedelta(days=1)
