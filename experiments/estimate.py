"""What a study will cost, before it starts: one of its runs is really run, and the rest is arithmetic."""

from __future__ import annotations

import dataclasses
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from experiments import shards
from experiments.run import Record, Task, simulate
from experiments.spin_up import prepare
from experiments.study import Study
from experiments.sweep import plan
from simulation.runner import peak_memory_mb

WARM_DAYS = 5  # the first run of a process loads and compiles
BASE64 = 0.75
KEPT_TWICE = 2  # in the store, and in the tables made of it


@dataclass(frozen=True)
class Estimate:
    """Runs of a study, seconds and memory of one of them on this machine, and what follows for all.

    `spin_up_seconds`: of the days that all runs of a replicate share, 0 if they share none; not part of `run_seconds`.
    """

    points: int
    arms: int
    replicates: int
    runs: int
    spin_up_seconds: float
    run_seconds: float
    memory_mb: float
    workers: int
    seconds: float
    disk_bytes: float


def estimate(study: Study, workers: int, run_task: Callable[[Task], Record] = simulate) -> Estimate:
    """Run one run from the middle of the design here, after a few days that load everything.

    `seconds` takes `workers` to be as fast as this process and not to slow one another down.
    """
    tasks = plan(study)
    task = tasks[(len(tasks) // study.replicates) // 2]
    warm = dataclasses.replace(study, spin_up=None, days=min(WARM_DAYS, task.case.days), replicates=1)
    run_task(plan(warm)[0])
    spin_up_seconds = 0.0
    if task.spin_up:
        began = time.perf_counter()
        prepare(task.spin_up)
        spin_up_seconds = time.perf_counter() - began
    began = time.perf_counter()
    record = run_task(task)
    seconds = time.perf_counter() - began
    size = len(json.dumps(shards.encoded(shards.kept(task.run, record.row, record.tables()))))
    return Estimate(
        points=len(tasks) // study.replicates // len(study.arms),
        arms=len(study.arms),
        replicates=study.replicates,
        runs=len(tasks),
        spin_up_seconds=spin_up_seconds,
        run_seconds=seconds,
        memory_mb=peak_memory_mb(),
        workers=workers,
        seconds=math.ceil(study.replicates / workers) * spin_up_seconds + math.ceil(len(tasks) / workers) * seconds,
        disk_bytes=KEPT_TWICE * BASE64 * size * len(tasks),
    )
