"""A sweep: every cell of a study, replicate by replicate, into one folder of tables and a report."""

from __future__ import annotations

import contextlib
import json
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.run import DATA, ROOT, Record, Task, input_files, simulate
from experiments.study import Study, check_study, load_study
from simulation.errors import InputError
from simulation.results import (
    check_output_folder,
    free_folder,
    new_folder,
    run_card,
    write_json,
    write_tables,
)
from simulation.runner import Done, Failure, Finished, run_tasks

if TYPE_CHECKING:
    import pandas

    from simulation.parameters import ParameterSet


def run_sweep(
    study: Study | str | Path,
    *,
    workers: int | None = None,
    replicates: int | None = None,
    days: int | None = None,
    weight: int | None = None,
    quick: bool = False,
    out: str | Path | None = None,
    progress: Callable[[int, int, int], None] | None = None,
    run_task: Callable[[Task], Record] = simulate,
) -> Path:
    """Run a study and return its folder; `exit_status(folder)` tells how it went.

    `workers`: processes, one a core unless told. `out`: a folder that must not exist; else one in runs/.
    `progress(finished, total, failed)` is called first and after every run, `run_task` does one. All is
    checked before the first run (InputError, UnknownNameError). Ctrl-C keeps what has finished.
    """
    study = check_study(study) if isinstance(study, Study) else load_study(study)
    study = (study.quickly() if quick else study).resized(replicates=replicates, days=days, weight=weight)
    folder = check_output_folder(out or free_folder(Path("runs") / (study.name + "-quick" * quick)))
    workers = available_workers() if workers is None else workers
    if workers < 1:
        raise InputError(f"{workers} is no positive whole number", "workers")
    tasks = plan(study)
    started = datetime.now(UTC)
    finished = run_tasks(run_task, tasks, workers, counted(progress, len(tasks)))
    if finished.interrupted and not finished.done:
        raise KeyboardInterrupt
    with new_folder(folder) as hidden:
        _write(hidden, study, tasks, finished, _card(study, tasks, finished, workers, quick, started))
    if finished.done:
        _report(folder)
    return folder


def counted(progress: Callable[[int, int, int], None] | None, total: int) -> Callable[[Done | Failure], None] | None:
    """`progress` as run_tasks calls it: with results rather than numbers.

    A screen or pipe that has gone away is no reason to lose hours of runs.
    """
    if progress is None:
        return None
    finished = failed = 0
    with contextlib.suppress(OSError):
        progress(0, total, 0)

    def count(result: Done | Failure) -> None:
        nonlocal finished, failed
        finished, failed = finished + 1, failed + isinstance(result, Failure)
        with contextlib.suppress(OSError):
            progress(finished, total, failed)

    return count


def available_workers() -> int:
    """Cores this process may use, inside a container too."""
    import loky

    return loky.cpu_count()


def plan(study: Study) -> list[Task]:
    """All runs, a whole replicate of every cell before the next: whatever is finished early is balanced."""
    cells, replay = study.cells(), study.replay_cell()
    cases = [study.case(cell) for cell in cells]
    seeds = [study.seed(replicate) for replicate in range(study.replicates)]
    pairs = [(k, seed, cell, case) for k, seed in enumerate(seeds) for cell, case in zip(cells, cases)]
    return [
        Task(run, case, cell, k, seed, replay=k == 0 and cell == replay)
        for run, (k, seed, cell, case) in enumerate(pairs)
    ]


def _card(
    study: Study, tasks: list[Task], finished: Finished, workers: int, quick: bool, started: datetime
) -> dict[str, Any]:
    case = tasks[0].case
    changes = [task.case.parameters.changes() for task in tasks[: len(study.cells())]]
    common = {k: v for k, v in changes[0].items() if all(other.get(k) == v for other in changes)}
    details = {"study": study.name, "title": study.title, "question": study.question, "quick": quick}
    details |= {"start": case.start, "days": case.days, "weight": case.weight, "replicates": study.replicates}
    details["population"] = case.population.name if case.population else None
    details |= {"design": study.design, "vary": study.vary, "arms": study.arms, "fixed": study.fixed}
    details |= {"outcomes": study.outcomes, "uncertainty": study.uncertainty, "workers": workers}
    details |= {"planned_runs": len(tasks), "finished_runs": len(finished.done)}
    details |= {"failed_runs": len(finished.failures), "interrupted": finished.interrupted}
    return run_card(
        scenario=case.name,
        seed=None,
        entropy=study.entropy,
        parameters=common,
        started=started,
        data_files=input_files(case),
        root=ROOT,
        memory_mb=finished.peak_memory_mb,
        details=details,
    )


def _write(folder: Path, study: Study, tasks: list[Task], finished: Finished, card: dict[str, Any]) -> None:
    """The whole folder but the report."""
    import pandas

    records: list[Record] = finished.values
    if records:
        write_tables(
            folder,
            runs=pandas.DataFrame([record.row for record in records]),
            curves=pandas.concat([record.curves for record in records], ignore_index=True),
            places=pandas.concat([record.places for record in records], ignore_index=True),
        )
    for record in records:
        if record.replay:
            (folder / "replay").mkdir()
            write_tables(folder / "replay", **record.replay)
            write_json(record.card, folder / "replay" / "card.json")
    varied = {*study.vary, *(name for arm in study.arms.values() for name in arm)}
    write_tables(folder, assumptions=_assumptions(tasks[0].case.parameters, varied))
    if finished.failures:
        write_json([_failure(study, tasks[f.index], f) for f in finished.failures], folder / "failures.json")
    write_json(card, folder / "card.json")


def _assumptions(parameters: ParameterSet, varied: set[str]) -> pandas.DataFrame:
    """Every parameter with its plausible range: the 5 and 95 % points of its prior, else nothing.

    What the study varies is called so; its values are in runs.parquet.
    """
    import pandas

    rows = []
    for row in parameters.rows():
        low, high = (row.prior.quantile(u) if row.prior else None for u in (0.05, 0.95))
        about = {
            "name": row.name,
            "value": "varied" if row.name in varied else str(row.value),
            "unit": row.unit,
            "low": low,
            "high": high,
        }
        rows.append(about | {"status": row.status, "source": row.source, "meaning": row.meaning})
    return pandas.DataFrame(rows).astype({"low": float, "high": float})


def _failure(study: Study, task: Task, failure: Failure) -> dict[str, Any]:
    """A run that failed: who it is, why, and the command that repeats it."""
    about = {**task.design(), "seed": task.seed, **task.cell.levels, "error": failure.error}
    command = study.run_command(task.cell, task.replicate)
    return about | {"command": command, "traceback": failure.traceback}


def _report(folder: Path) -> None:
    """report.html. Whatever goes wrong with it, the results stay; report-error.txt says why."""
    try:
        from experiments.report import write_report

        write_report(folder, folder / "report.html", ROOT / DATA)
    except Exception:
        (folder / "report-error.txt").write_text(traceback.format_exc(), encoding="utf-8")


def exit_status(folder: Path) -> int:
    """0 when all runs and the report are there, 130 after Ctrl-C, else 1."""
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    if card["interrupted"]:
        return 130
    return int(card["failed_runs"] > 0 or not (folder / "report.html").exists())
