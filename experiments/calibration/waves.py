"""A wave: points of the free space as an ordinary study, run or gone on with, and what its runs give for every target."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.calibration.plan import Plan
from experiments.calibration.targets import Target
from experiments.run.sweep import Progress, resume, run_sweep
from experiments.run.task import Record, Task, simulate
from experiments.store.sharing import load_cells
from experiments.study.ready_made import needed_columns
from experiments.study.study import Study, check_study
from simulation.errors import InputError, typed
from simulation.files.parquet import read_arrow
from simulation.port import naming
from simulation.port.family import find_family
from simulation.runs.results import Results

if TYPE_CHECKING:
    from simulation.parameters import Row
    from simulation.port.family import ModelFamily

Watch = Callable[[str], AbstractContextManager[Progress]]
"""Gives a progress function for the runs of a wave, whose name it is told."""


@dataclass(frozen=True)
class Setting:
    """A calibration ready to run: its plan, the figures, the days of its runs, what all seeds come from."""

    plan: Plan
    targets: tuple[Target, ...]
    start: datetime.date
    days: int
    seed: int = 1
    cutoff: datetime.date | None = None
    workers: int | None = None
    cluster: str | None = None

    @property
    def family(self) -> ModelFamily:
        return find_family(self.plan.model)

    @cached_property
    def rows(self) -> dict[str, Row]:
        """The register by name."""
        return {row.name: row for row in self.family.parameters().rows()}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that the targets say."""
        told = [[str(target.item), target.discrepancy] for target in self.targets]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def rng(self, stage: str, number: int = 0) -> np.random.Generator:
        """Luck of its own for everything that is drawn."""
        key = int.from_bytes(hashlib.sha256(stage.encode()).digest()[:4], "big")
        return np.random.default_rng([self.seed, key, number])

    def study(self, name: str, unit: np.ndarray) -> Study:
        """The runs of some points of the unit cube, float64 (points, free)."""
        plan = self.plan
        return check_study(
            Study(
                name=name,
                title=f"Calibration, {name}",
                question="Which parameters agree with the published figures?",
                scenario=plan.scenario,
                vary=plan.settings(unit, self.rows),
                fixed=dict(plan.fixed),
                design="table",
                replicates=plan.seeds,
                days=self.days,
                weight=plan.weight,
                start=plan.start,
                own_luck=True,
                seed=int(self.rng(name).integers(2**31)),
                model=plan.model,
                curves=tuple(naming.running(column) for column in needed_columns([t.item for t in self.targets])),
                curve_days=1,
            )
        )


def run_points(setting: Setting, name: str, unit: np.ndarray, folder: Path, watch: Watch) -> np.ndarray:
    """What the targets are in runs of these points, in their units: float64 (points, seeds, targets), NaN where a run failed.

    Runs them into `folder/name`, goes on there with what is missing, or reads what is there. KeyboardInterrupt after Ctrl-C.
    """
    place = folder / name
    begun = (place / "store").is_dir()
    study = None if begun else setting.study(name, unit)
    finish(study, place, watch, setting.workers, setting.cluster)
    return read_points(place, setting, len(unit))


def finish(
    study: Study | None,
    place: Path,
    watch: Watch,
    workers: int | None,
    cluster: str | None,
    run_task: Callable[[Task], Record] = simulate,
) -> Path:
    """A study that has run to its end in this folder: begun there, gone on with, or found whole. KeyboardInterrupt if stopped.

    InputError if none of its runs ended well.
    """
    with watch(place.name) as progress:
        options: dict[str, Any] = {"workers": workers, "cluster": cluster, "progress": progress}
        options |= {"run_task": run_task}
        if not (place / "store").is_dir():
            run_sweep(study, out=place, **options)
        elif _unfinished(place):
            resume(place, say=lambda note: None, **options)
    card = Results(place).card
    if card.get("interrupted"):
        raise KeyboardInterrupt(f"{card['finished_runs']} of {card['planned_runs']} runs of {place.name} are kept")
    if not card.get("finished_runs"):
        raise InputError("none of its runs ended well", f"folder {place}", f"See {typed('katye', 'status', place)}")
    return place


def _unfinished(place: Path) -> bool:
    with contextlib.suppress(InputError):
        return bool(Results(place).card.get("interrupted", True))
    return True


def read_points(place: Path, setting: Setting, points: int) -> np.ndarray:
    """The same from the folder of runs that have been made."""
    items = [target.item for target in setting.targets]
    number, daily = columns_of_runs(place, needed_columns(items), setting.days, setting.family)
    runs = load_cells(place, "runs")
    found = np.column_stack([item.read(daily, setting.start) for item in items])
    at = {run: row for row, run in enumerate(number.tolist())}
    result = np.full((points, setting.plan.seeds, len(items)), np.nan)
    for run, point, replicate in runs[["run", "point", "replicate"]].itertuples(index=False):
        result[point, replicate] = found[at[run]]
    return result


def columns_of_runs(
    place: Path, names: Sequence[str], days: int, family: ModelFamily
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Numbers of the runs that have finished, (runs,), and daily columns of them, float64 (runs, days + 1)."""
    table = read_arrow(place / "curves.parquet", columns=["run", "day", *map(naming.running, names)])
    order = np.lexsort((table["day"].to_numpy(), table["run"].to_numpy()))
    number = table["run"].to_numpy()[order][:: days + 1]
    daily = {}
    for name in names:
        values = table[naming.running(name)].to_numpy().astype(float)[order].reshape(len(number), days + 1)
        daily[name] = np.diff(values, axis=1, prepend=0.0) if family.daily[name].summed else values
    return number, daily


def scaled(targets: Sequence[Target], values: np.ndarray) -> np.ndarray:
    """Values in the targets' units, (..., targets), on their scales of comparison."""
    return np.stack([target.scaled(values[..., n]) for n, target in enumerate(targets)], axis=-1)
