"""One run alone: `katye run`, from the first day of a scenario or on from a kept model, written into a folder of its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from experiments.run.codebook import codebook
from experiments.run.evenings import finished_if_it_can_be, recording_of
from experiments.run.task import case_card
from simulation.errors import InputError
from simulation.port.family import Case, ModelFamily, RunningModel
from simulation.replay.recorded import write_recorded
from simulation.replay.recording import Recording
from simulation.runs.claim import claimed_folder
from simulation.runs.results import check_output_folder, write_run
from simulation.runs.runner import forget
from simulation.serialise.checkpoint import check_target

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Keep:
    """Where to keep the running model, and after which day of the run (None: the last)."""

    path: Path
    day: int | None = None

    def check(self, family: ModelFamily, first: int, last: int) -> None:
        """InputError, before days are spent on it, if the file cannot be written or the run never has that day."""
        if family.load is None:
            raise InputError(f"a run of {family.name} cannot be kept in a file", "--save", "Leave it out")
        check_target(self.path)
        if self.day is not None and not first <= self.day <= last:
            raise InputError(f"the run has no day {self.day}", "--save-day", f"It can be {first} to {last}")


def run_alone(
    family: ModelFamily,
    case: Case,
    seed: int,
    out: str | Path | None,
    progress: Progress | None = None,
    keep: Keep | None = None,
) -> tuple[Path, RunningModel]:
    """Run a case and write its folder; returns the folder and the finished model.

    `out` must not exist, nor be what another run is about to make (InputError); None: runs/<scenario>-seed<seed>, or with
    -2, -3 ... if taken. If it is taken all the same when the run is done, the next free one is made. `progress(day, days)` is
    called as the run goes.
    """
    with claimed_folder(out, Path("runs") / f"{case.name}-seed{seed}") as folder:
        if keep:
            keep.check(family, 0, case.days)
        started = datetime.now(UTC)
        model = family.create(case, seed, places=True, events=True)
        recording = recording_of(family)
        _live(model, case.days, progress, keep, recording)
        card = case_card(family, model.case, seed, started, details={})
        return _write(family, model, folder, card, recording), model


def run_on(
    family: ModelFamily,
    path: Path,
    changes: Mapping[str, Any],
    seed: int | None,
    days: int | None,
    out: str | Path | None,
    progress: Progress | None = None,
    keep: Keep | None = None,
) -> tuple[Path, RunningModel]:
    """Go on from a checkpoint for `days` (None: the rest of its own) and write a folder with all days, old and new.

    changes, seed: other parameters and other luck from the checkpoint's day on. Otherwise as `run_alone`.
    """
    if out:
        check_output_folder(out)
    if family.load is None:
        raise InputError(
            f"runs of {family.name} cannot be kept, so none can go on", "--from", "Run it from the first day"
        )
    started = datetime.now(UTC)
    model = family.load(path)
    first, days = model.day, model.case.days - model.day if days is None else days
    if days < 1:
        raise InputError(f"the run has reached its {model.case.days} days", str(path), "Say how many more with --days")
    if keep:
        keep.check(family, first, first + days)
    if changes or seed is not None:
        parent, model = model, model.branch(changes, run_seed=seed)
        forget(parent)
        del parent
    name = f"{model.case.name}-seed{model.run_seed}-from-day{first}"
    with claimed_folder(out, Path("runs") / name) as folder:
        recording = recording_of(family)
        _live(model, days, progress, keep, recording)
        details = {"days": model.day, "from_day": first, "from_file": path.name, "branches": model.branches}
        details["population"] = model.case.population.name if model.case.population else None
        case = dataclasses.replace(model.case, population=None)  # nobody has read that file here
        card = case_card(family, case, model.run_seed, started, details)
        return _write(family, model, folder, card, recording), model


def _live(
    model: RunningModel, days: int, progress: Progress | None, keep: Keep | None, recording: Recording | None
) -> None:
    """Let a model run, and keep it after the day that was asked for."""
    if recording:
        progress = recording.progress(model, progress)
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


def _write(
    family: ModelFamily, model: RunningModel, folder: Path, card: dict[str, Any], recording: Recording | None
) -> Path:
    recorder = model.recorder
    card = card | {"outcomes": model.summary()}
    tables = recorder.daily(), recorder.places(), model.events()
    recorded = finished_if_it_can_be(family.name, recording, model)
    more: dict[str, Any] = {"more": partial(write_recorded, recorded)} if recorded else {}
    return write_run(folder, *tables, card, partial(codebook, family), **more)
