"""What a study will cost, before it starts: one of its runs is really run, and the rest is arithmetic."""

from __future__ import annotations

import dataclasses
import math
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.run.shared_start import prepare
from experiments.run.sweep import plan
from experiments.run.task import Record, Task, simulate
from experiments.store.records import keep
from experiments.study.study import Study
from simulation.errors import InputError
from simulation.runs.runner import Failure, attempt, peak_memory_mb

WARM_DAYS = 5  # the first run of a process loads and compiles


@dataclass(frozen=True)
class Estimate:
    """Runs of a study, seconds and memory of one of them on this machine, and what follows for all.

    `same_runs`: cells (a point in an arm) that share the runs of another.
    `shared_seconds`: of the days that all runs of a replicate share, 0 if they share none; not part of `run_seconds`.
    `shared_bytes`: on the disk for them until the study is done; not part of `disk_bytes`.
    """

    points: int
    same_runs: int
    arms: int
    replicates: int
    runs: int
    shared_seconds: float
    run_seconds: float
    memory_mb: float
    workers: int
    seconds: float
    disk_bytes: float
    shared_bytes: float


def estimate(study: Study, workers: int, run_task: Callable[[Task], Record] = simulate) -> Estimate:
    """Run one run from the middle of the design here, after a few days that load everything.

    `seconds` takes `workers` to be as fast as this process and not to slow one another down. InputError if the run fails.
    """
    tasks = plan(study)
    task = tasks[(len(tasks) // study.replicates) // 2]
    warm = dataclasses.replace(study, shared_start=None, days=min(WARM_DAYS, task.case.days), replicates=1)
    _done(run_task, plan(warm)[0], study)
    shared_seconds, shared_bytes = 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        if task.shared:
            file = Path(folder) / "shared-start.katye"
            task = dataclasses.replace(task, shared=dataclasses.replace(task.shared, file=file))
            began = time.perf_counter()
            _done(lambda task: prepare(task.shared), task, study)
            shared_seconds = time.perf_counter() - began
            shared_bytes = file.stat().st_size if file.exists() else 0
        began = time.perf_counter()
        record = _done(run_task, task, study)
        seconds = time.perf_counter() - began
    kept = keep(task.run, time.time(), seconds, 0.0, record)
    # In the database with a tenth for its pages; the tables in the end, many runs packed together, take another fifth.
    size = 1.3 * (len(kept.row) + len(kept.content))
    return Estimate(
        points=len(study.cells()) // len(study.arms),
        same_runs=len(study.cells()) - len(set(study.firsts)),
        arms=len(study.arms),
        replicates=study.replicates,
        runs=len(tasks),
        shared_seconds=shared_seconds,
        run_seconds=seconds,
        memory_mb=peak_memory_mb(),
        workers=workers,
        seconds=math.ceil(study.replicates / workers) * shared_seconds + math.ceil(len(tasks) / workers) * seconds,
        disk_bytes=size * len(tasks),
        shared_bytes=shared_bytes * study.replicates,
    )


def _done(function: Callable[[Task], Any], task: Task, study: Study) -> Any:
    """What comes of a task; InputError, with the command that repeats it, if it fails."""
    result = attempt(function, 0, task)
    if isinstance(result, Failure):
        again = f"Repeat it with: {study.run_command(task.cell, task.replicate)}"
        raise InputError(f"the run that was to be measured failed ({result.error})", f"cell {task.cell}", again)
    return result.value
