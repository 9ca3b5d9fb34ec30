"""What stands behind one row of a study's results: its settings, the command and the Python call that give it again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.run.sweep import plan
from experiments.run.task import Task
from experiments.store.load import load_runs
from experiments.store.store import StoreState, store_of
from experiments.study.inputs import kept_study
from experiments.study.study import Study
from simulation.errors import InputError


@dataclass(frozen=True)
class RunBehind:
    """A run of a study. `row`: its row of the table of runs, {} if it has not finished. `error`: why it failed, or "".

    `cells`: all cells that it belongs to, in words; () if that is one.
    """

    run: int
    settings: dict[str, Any]
    seed: int
    command: str
    python: str
    row: dict[str, Any]
    error: str = ""
    cells: tuple[str, ...] = ()


def run_behind(folder: str | Path, run: int) -> RunBehind:
    """The run of that number. InputError if the study has none."""
    state = StoreState(store_of(folder))
    study = kept_study(state.about, state.store.parent)
    tasks = plan(study)
    if not 0 <= run < len(tasks):
        raise InputError(f"the study has no run {run}", "--run", f"Its runs are 0 to {len(tasks) - 1}")
    task = tasks[run]
    row = {}
    if run in state.runs:
        runs = load_runs(folder)
        row = runs[runs["run"] == run].iloc[0].to_dict()
    failure = state.failures.get(run)
    settings = {"scenario": task.case.name, "arm": task.cell.arm, **task.cell.levels}
    file = state.about.get("file")
    command = study.run_command(task.cell, task.replicate, file)
    error = failure["error"] if failure else ""
    return RunBehind(run, settings, task.seed, command, python_call(study, task, file), row, error, _cells(study, task))


def _cells(study: Study, task: Task) -> tuple[str, ...]:
    """The cells that share a run, in words, if there are several."""
    cells = study.cells()
    own = cells.index(task.cell)
    found = [str(cell) for cell, first in zip(cells, study.firsts, strict=True) if first == own]
    return tuple(found) if len(found) > 1 else ()


def python_call(study: Study, task: Task, file: str | None = None) -> str:
    """Lines of Python that run this run again; `model.summary()` then holds its outcomes. file: as in `run_command`."""
    cell, case = task.cell, task.case
    days = study.shared_start or case.days
    given: dict[str, Any] = {"overrides": dict(study.fixed) if study.shared_start else cell.overrides}
    given |= {"days": case.days if study.shared_start is None else days, "weight": case.weight}
    given |= {"start": study.start} if study.start else {}
    given |= {"uncertainty": study.uncertainty} if study.uncertainty else {}
    given |= {"off": cell.off} if cell.off else {}
    given |= {"population": cell.population} if cell.population else {}
    scenario, brings = cell.scenario or study.scenario, bool(study.bring)
    options = "".join(f", {name}={value!r}" for name, value in given.items())
    lines = ["import datetime"] * (study.start is not None) + ["from pathlib import Path"] * brings
    lines += ["from simulation.port.family import find_family"]
    lines += ["from simulation.port.plugins import brought_in"] * brings
    lines += [f"bring = brought_in(Path({file or 'BRING.toml'!r}))"] * brings
    lines += [
        f"family = find_family({study.model!r}{', bring' * brings})",
        f"case = family.load_case({scenario!r}{', bring=bring' * brings}{options})",
        f"model = family.create(case, {task.seed}, places=True).run()",
    ]
    if study.shared_start is not None:
        varied = {name: value for name, value in cell.overrides.items() if study.fixed.get(name) != value}
        lines.append(f"model = model.branch({varied!r}).run({case.days - days})")
    return "\n".join(lines)
