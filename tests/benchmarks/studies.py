"""What running a study costs beyond its runs, and what a second worker gains: ratios of times taken side by side."""

from __future__ import annotations

import dataclasses
import hashlib
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.run.task import Record, Task, simulate
from experiments.study.study import Cell
from simulation.errors import KatyeError
from simulation.port.family import find_family
from simulation.runs.runner import Failure

if TYPE_CHECKING:
    from experiments.store.store import Store

MODEL = "haiti"
RUN_SECONDS = 0.1
BLOCK = bytes(100_000)


def overhead(runs: int, pairs: int) -> dict[str, float]:
    """Time of runs of 100 ms with runner and store over the same runs in a loop that keeps nothing.

    Both in this process, so that all that runner and store do counts, whichever core it would find idle. A run is hashing of
    that length and returns the tables of a year of the model.
    """
    import numpy as np

    from experiments.run.sweep import perform

    tasks = short_tasks(2000, 365, runs)
    made, rounds = simulate(tasks[0]), _rounds(RUN_SECONDS)

    def run(task: Task) -> Record:
        for _ in range(rounds):
            hashlib.sha256(BLOCK)
        parts = {
            name: table.set_column(0, "run", [np.repeat(task.run, len(table))]) for name, table in made.parts.items()
        }
        return replace(made, row=made.row | {"run": task.run}, parts=parts)

    ratios = []
    for _ in range(pairs):
        bare = _seconds(lambda: [run(task) for task in tasks])
        with empty_store() as store:
            kept = _seconds(lambda store=store: perform(store, tasks, None, run, lambda result: None))
        ratios.append(kept / bare)
    return {"store_ratio": statistics.median(ratios)}


def two_workers(weight: int, days: int, runs: int, pairs: int) -> dict[str, float]:
    """Runs a second of a study with one worker and with two, once they have started; nothing on a machine with one core."""
    from experiments.run.sweep import available_workers

    if available_workers() < 2:
        return {}
    tasks = short_tasks(weight, days, runs)
    # Alone, half the runs take as long as all of them for two.
    rates = [(runs_per_second(tasks[: runs // 2], 1), runs_per_second(tasks, 2)) for _ in range(pairs)]
    one, two = (statistics.median(rate) for rate in zip(*rates))
    return {
        "runs_per_s_1": one,
        "runs_per_s_2": two,
        "workers_ratio": statistics.median(two / one for one, two in rates),
    }


def runs_per_second(tasks: Sequence[Task], workers: int) -> float:
    """Runs a second of a study's own runs, kept in a store. KatyeError if one fails."""
    from experiments.run.sweep import perform
    from simulation.runs.executors import RenewedWorkers

    ends: list[float] = []

    def ended(result: object) -> None:
        if isinstance(result, Failure):
            raise KatyeError(f"a run of the benchmark failed: {result.error}")
        ends.append(time.perf_counter())

    with empty_store() as store, RenewedWorkers(workers) as executor:
        perform(store, tasks, executor, simulate, ended)
    return rate_once_started(ends, workers)


def rate_once_started(ends: list[float], workers: int) -> float:
    """Slope of finished runs over the seconds at which they ended, without each worker's first, which holds its start."""
    import numpy as np

    settled = np.array(ends[workers:])
    return float(np.polyfit(settled - settled[0], np.arange(settled.size), 1)[0])


def analysis(runs: int, repeats: int) -> dict[str, float]:
    """Seconds to read a study of runs of a year and to work out main effects and weekly bands; pictures are apart.

    The study has the levels and columns of a shipped one; its runs are one run of the model with made-up luck.
    """
    from experiments.run.results import write_results
    from experiments.run.sweep import perform, plan
    from experiments.study.study import load_study

    study = load_study("core")
    cells = len(study.cells())
    # A run for each cell, also of those that share theirs: their number is what is measured.
    study = dataclasses.replace(study, alike=tuple(range(cells))).resized(weight=2000, replicates=-(-runs // cells))
    tasks = plan(study)
    made = simulate(tasks[0])
    about = {"quick": False, "identity": {"sha256": "", **{part: {} for part in ("study", "code", "data", "versions")}}}
    with empty_store(about) as store:
        store.opened(workers=1, todo=len(tasks))
        perform(store, tasks, None, lambda task: _like(made, task), lambda result: None)
        write_results(store.folder, study, tasks)
        return {"analysis_s": statistics.median(_seconds(lambda: _analyse(store.folder)) for _ in range(repeats))}


def _like(made: Record, task: Task) -> Record:
    """A record of this task with the numbers of another and luck of its own, a few per cent."""
    import numpy as np

    luck = np.random.default_rng(task.run).normal(1.0, 0.03)
    row = {name: value * luck if isinstance(value, float) else value for name, value in made.row.items()}
    row |= task.design() | task.cell.levels | {"seed": task.seed, "point": task.cell.point}
    parts = {}
    for name, table in made.parts.items():
        for column, value in (task.design() | task.levels()).items():
            table = table.set_column(table.column_names.index(column), column, [[value] * len(table)])
        parts[name] = table
    return replace(made, row=row, parts=parts)


def _analyse(folder: Path) -> None:
    from experiments.report.study import read_study_page
    from simulation.visualization.curves import band_table

    found = read_study_page(folder)
    curves = found.tables.curves
    numbers = curves.select_dtypes("number").columns.intersection(find_family(MODEL).curves)
    for _, part in curves.groupby("arm"):
        for column in numbers:
            band_table(part, column)


def short_tasks(weight: int, days: int, runs: int) -> list[Task]:
    """Runs of the baseline that differ by their seed."""
    family = find_family(MODEL)
    case, cell = family.load_case("baseline", weight=weight, days=days), Cell("main", {}, {})
    return [Task(run, MODEL, case, cell, run, run + 1, curves=family.curves) for run in range(runs)]


@contextmanager
def empty_store(about: Mapping[str, Any] | None = None) -> Iterator[Store]:
    """A store in a folder that goes with it, on the disk of the working folder."""
    from experiments.store.store import create_store, open_store

    with tempfile.TemporaryDirectory(dir=".", prefix=".benchmark-") as folder:
        create_store(Path(folder) / "study", {"planned": 10_000, **(about or {})})
        with open_store(Path(folder) / "study") as store:
            yield store


def _rounds(seconds: float) -> int:
    """How often a block must be hashed to take so long here."""
    number, spent = 8, 0.0
    while spent < seconds / 4:
        number *= 2
        spent = _seconds(lambda number=number: [hashlib.sha256(BLOCK) for _ in range(number)])
    return max(1, round(number * seconds / spent))


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
