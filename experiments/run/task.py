"""One run of the model, alone or within a sweep, and what is kept of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.run.shared_start import SpinUp, branched
from experiments.study.study import SCENARIO, Cell
from simulation.errors import InputError
from simulation.runs.results import check_output_folder, free_folder, run_card, write_run
from simulation.runs.runner import forget
from simulation.serialise.checkpoint import check_target

if TYPE_CHECKING:
    import pandas
    import pyarrow

    from models.haiti.model import HaitiModel
    from models.haiti.scenario.scenario import Case

ROOT = Path(__file__).resolve().parents[2]
DATA = "models/haiti/data"
INPUTS = (DATA, "models/haiti/scenarios")


@dataclass(frozen=True)
class Task:
    """One run of a sweep; `replay`: keep all its days. `spin_up`: the days it shares with others of its seed, if any."""

    run: int
    case: Case
    cell: Cell
    replicate: int
    seed: int
    replay: bool
    spin_up: SpinUp | None = None

    def design(self) -> dict[str, Any]:
        """Who this run is: the columns that stand first in every table of the sweep."""
        return {
            "run": self.run,
            "arm": self.cell.arm,
            "authorised_force": self.case.parameters.get("deployment.authorised"),
            "funding_level": self.case.parameters.get("funding.level"),
            "replicate": self.replicate,
        }


@dataclass(frozen=True)
class Record:
    """What one run gives to the sweep's tables; `replay` holds its full tables or nothing."""

    row: dict[str, Any]
    curves: pyarrow.Table
    places: pyarrow.Table
    replay: dict[str, pandas.DataFrame]
    card: dict[str, Any]

    def tables(self) -> dict[str, pyarrow.Table]:
        """The tables of which every run of a study has its rows."""
        return {"curves": self.curves, "places": self.places}


def simulate(task: Task) -> Record:
    """One run of the model, in whatever process this is."""
    from experiments.run.outputs import curves_table, places_table

    started = datetime.now(UTC)
    model = _lived(task)
    design, recorder = task.design(), model.recorder
    levels = {name: level for name, level in task.cell.levels.items() if name != SCENARIO}
    about = {"scenario": task.case.name, **design, "seed": task.seed, "point": task.cell.point}
    row = {**about, **levels, **model.summary()}
    curves, places, replay = curves_table(recorder, design), places_table(recorder, design), {}
    if task.replay:
        replay = {"daily": recorder.daily(), "neighbourhoods": recorder.neighbourhoods(), "events": model.events()}
    card = case_card(model.case, task.seed, started, details=design) if task.replay else {}
    forget(model)
    return Record(row, curves, places, replay, card)


def _lived(task: Task) -> HaitiModel:
    """The model after all days of a run."""
    from models.haiti.model import HaitiModel

    if task.spin_up is None:
        return HaitiModel(task.case, run_seed=task.seed, neighbourhoods=True, events=task.replay).run()
    return branched(task.spin_up, task.cell.overrides).run(task.case.days - task.spin_up.days)


@dataclass(frozen=True)
class Keep:
    """Where to keep the running model, and after which day of the run (None: the last)."""

    path: Path
    day: int | None = None

    def check(self, first: int, last: int) -> None:
        """InputError, before days are spent on it, if the file cannot be written or the run never has that day."""
        check_target(self.path)
        if self.day is not None and not first <= self.day <= last:
            raise InputError(f"the run has no day {self.day}", "--save-day", f"It can be {first} to {last}")


def run_alone(
    case: Case,
    seed: int,
    out: str | Path | None,
    progress: Callable[[int, int], None] | None = None,
    keep: Keep | None = None,
) -> tuple[Path, HaitiModel]:
    """Run a case and write its folder; returns the folder and the finished model.

    `out` must not exist (InputError); None: runs/<scenario>-seed<seed>, or with -2, -3 ... if taken.
    `progress(day, days)` is called as the run goes.
    """
    folder = check_output_folder(out or free_folder(Path("runs") / f"{case.name}-seed{seed}"))
    if keep:
        keep.check(0, case.days)
    from models.haiti.model import HaitiModel

    started = datetime.now(UTC)
    model = HaitiModel(case, run_seed=seed, neighbourhoods=True, events=True)
    _live(model, case.days, progress, keep)
    _write(model, folder, case_card(model.case, seed, started, details={}))
    return folder, model


def run_on(
    path: Path,
    changes: Mapping[str, Any],
    seed: int | None,
    days: int | None,
    out: str | Path | None,
    progress: Callable[[int, int], None] | None = None,
    keep: Keep | None = None,
) -> tuple[Path, HaitiModel]:
    """Go on from a checkpoint for `days` (None: the rest of its own) and write a folder with all days, old and new.

    changes, seed: other parameters and other luck from the checkpoint's day on. Otherwise as `run_alone`.
    """
    if out:
        check_output_folder(out)
    from models.haiti.model import HaitiModel

    started = datetime.now(UTC)
    model = HaitiModel.load(path)
    first, days = model.day, model.case.days - model.day if days is None else days
    if days < 1:
        raise InputError(f"the run has reached its {model.case.days} days", str(path), "Say how many more with --days")
    if keep:
        keep.check(first, first + days)
    if changes or seed is not None:
        parent, model = model, model.branch(changes, run_seed=seed)
        forget(parent)
        del parent
    name = f"{model.case.name}-seed{model.run_seed}-from-day{first}"
    folder = check_output_folder(out or free_folder(Path("runs") / name))
    _live(model, days, progress, keep)
    details = {"days": model.day, "from_day": first, "from_file": path.name, "branches": model.branches}
    details["population"] = model.case.population.name if model.case.population else None
    case = dataclasses.replace(model.case, population=None)  # nobody has read that file here
    _write(model, folder, case_card(case, model.run_seed, started, details))
    return folder, model


def _live(model: HaitiModel, days: int, progress: Callable[[int, int], None] | None, keep: Keep | None) -> None:
    """Let a model run, and keep it after the day that was asked for."""
    if keep is None:
        model.run(days, progress=progress)
        return
    wanted = model.day + days if keep.day is None else keep.day
    if model.day == wanted:
        model.save(keep.path)

    def day(done: int, all_days: int) -> None:
        if model.day == wanted:
            model.save(keep.path)
        if progress:
            progress(done, all_days)

    model.run(days, progress=day)


def _write(model: HaitiModel, folder: Path, card: dict[str, Any]) -> None:
    recorder = model.recorder
    card = card | {"outcomes": model.summary()}
    write_run(folder, recorder.daily(), recorder.neighbourhoods(), model.events(), card)


def case_card(case: Case, seed: int, started: datetime, details: dict[str, Any]) -> dict[str, Any]:
    """The card of one run of the model; `details` are added."""
    about = {"title": case.title, "start": case.start, "days": case.days, "weight": case.weight}
    about |= {"uncertainty": case.uncertainty}
    about |= {"population": case.population.name if case.population else None, **details}
    return run_card(
        scenario=case.name,
        seed=seed,
        entropy=None,
        parameters=case.parameters.changes(),
        started=started,
        data_files=input_files(case),
        root=ROOT,
        details=about,
    )


def input_files(case: Case) -> list[Path]:
    """The files the model reads, a population of the user's own among them; their digests are on every card."""
    files = [path for folder in INPUTS for path in sorted((ROOT / folder).rglob("*")) if path.is_file()]
    return [*files, case.population] if case.population else files
