"""How a study stands while it runs, or after it stopped: counts, time left, failures, bands of its main outcomes so far."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.store.load import table_of
from experiments.store.sharing import over_cells, sharing_of
from experiments.store.store import StoreState, is_open, store_of
from simulation.port.family import DEFAULT, find_family
from simulation.visualization.spread import ENOUGH, HALF

if TYPE_CHECKING:
    import pandas

FEWEST = {"low90": ENOUGH, "high90": ENOUGH, "low50": HALF, "high50": HALF}  # runs
PACE = 3  # runs that must have ended before they tell a pace: the first waits for compiling
QUANTILES = {"low90": 0.05, "low50": 0.25, "median": 0.5, "high50": 0.75, "high90": 0.95}
BANDS = ("outcome", "arm", "runs", "median", "lowest", "highest", "low50", "high50", "low90", "high90")


@dataclass(frozen=True)
class Status:
    """Where a study stands. `at_work`: the process that runs it now, or nothing. `seconds_left`: None where unknown.

    `damaged`: what is wrong with its database, in words, or nothing.
    """

    name: str
    planned: int
    finished: int
    failures: dict[int, dict[str, Any]]
    at_work: str
    seconds_left: float | None
    run_seconds: float
    damaged: str
    bands: pandas.DataFrame | None = field(repr=False)

    @property
    def missing(self) -> int:
        return self.planned - self.finished - len(self.failures)


def study_status(folder: str | Path) -> Status:
    """Reads the store of a study, also while another process writes it. InputError if there is none."""
    state = StoreState(store_of(folder))
    at_work = state.owner if is_open(folder) else ""
    planned = state.about["planned"]
    missing = planned - len(state.runs) - len(state.failures)
    seconds = [entry["seconds"] for entry in state.done.values()]
    return Status(
        name=state.about["name"],
        planned=planned,
        finished=len(state.runs),
        failures=state.failures,
        at_work=at_work,
        seconds_left=_seconds_left(state, missing) if at_work else None,
        run_seconds=sum(seconds) / len(seconds) if seconds else 0.0,
        damaged=state.damage,
        bands=_bands(state) if state.runs else None,
    )


def _bands(state: StoreState) -> pandas.DataFrame:
    """Of all cells, also of those that share their runs with others."""
    runs = over_cells(table_of(state, "runs"), sharing_of(state.about))
    return bands(runs, _outcomes(state.about["study"]))


def _outcomes(study: Mapping[str, Any]) -> Sequence[str]:
    """Those the study names, else the usual ones of its model."""
    return study.get("outcomes") or find_family(study.get("model", DEFAULT)).usual


def _seconds_left(state: StoreState, missing: int) -> float | None:
    """From the pace of this session."""
    began = max((entry["time"] for entry in state.sessions if entry["kind"] == "opened"), default=0.0)
    ends = [entry["time"] for entry in state.done.values() if entry["time"] >= began]
    if len(ends) < PACE:
        return None
    return max(0.0, (max(ends) - began) / len(ends) * missing - (time.time() - max(ends)))


def bands(runs: pandas.DataFrame, outcomes: Sequence[str]) -> pandas.DataFrame:
    """Median, lowest, highest, 50 % and 90 % band over runs of every outcome, by arm, and by scenario where those differ.

    Over all levels and seeds of an arm: the spread is that of the whole design. `runs` of several cells count once. Bands of
    fewer runs than `HALF` and `ENOUGH` are NaN: the runs do not tell them.
    """
    import pandas

    arm = runs["arm"] if runs["scenario"].nunique() == 1 else runs["arm"] + ", " + runs["scenario"]
    rows = []
    for outcome in outcomes:
        if outcome not in runs:
            continue
        for name, values in runs.groupby(arm, sort=False)[outcome]:
            known = values.dropna()
            number = runs.loc[known.index, "run"].nunique() if "run" in runs else len(known)
            found = {key: known.quantile(q) for key, q in QUANTILES.items() if number >= FEWEST.get(key, 0)}
            ends = {"lowest": known.min(), "highest": known.max()}
            rows.append({"outcome": outcome, "arm": name, "runs": number, **ends, **found})
    return pandas.DataFrame(rows, columns=list(BANDS))
