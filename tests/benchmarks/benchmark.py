"""How fast the model is on this machine: one table of figures beside their targets, all measured in one run.

Every part runs in a fresh process on one thread (`tests/benchmarks/parts.py`). Seconds depend on the machine
and on what else it does; ratios depend on both much less.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks import against as older
from benchmarks.install import installed_mb
from simulation.errors import KatyeError
from simulation.runs.executors import ONE_THREAD

TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parent


@dataclass(frozen=True)
class Size:
    """How much is measured. Days are simulated days of a run, repeats are whole measurements to take a median of."""

    repeats: int
    days: int  # of the main run; other lengths below
    scaling_days: int
    people_days: int
    sweep_days: int
    sweep_runs: int
    rivals_days: int
    weight: int = 1
    agents: int = 20_000
    analysis_runs: int = 1000
    coarse_weight: int = 50  # of a calibration's runs
    coarse_days: int = 550
    coarse_runs: int = 60
    models: int = 8  # built and deleted one after another
    thorough: bool = True  # with what takes longest: compiling, ten times the people, ten million households


FULL = Size(repeats=3, days=730, scaling_days=180, people_days=120, sweep_days=90, sweep_runs=12, rivals_days=60)
QUICK = Size(
    repeats=1, days=180, scaling_days=60, people_days=0, sweep_days=30, sweep_runs=8, rivals_days=30, coarse_runs=10,
    models=5, thorough=False,
)  # fmt: skip


def measure(size: Size, install: bool = False, against: str = "") -> tuple[dict[str, float], dict[str, float]]:
    """All figures by name, and milliseconds of a day by mechanism. Says on stderr what it is at.

    `install`: the size of a fresh installation too, which takes minutes and the network. `against`: a commit to measure
    beside this version. KatyeError if a part fails.
    """
    repeats, weight = size.repeats, size.weight
    _say("start")
    figures = {"busy": os.getloadavg()[0]} if hasattr(os, "getloadavg") else {}
    figures["help_s"] = statistics.median(_seconds_of_help() for _ in range(2 * repeats + 1))
    bare = [_part("imports") for _ in range(repeats)]
    figures["import_s"] = statistics.median(one["import_s"] for one in bare)
    figures |= _first_days(weight, repeats, size.thorough)
    _say("speed and memory")
    figures |= _part("speed", weight=weight, days=size.days, repeats=repeats)
    if against:
        _say(f"beside {against[:7]}")
        figures |= older.compare(against, size.days, repeats)
    figures |= _part("memory", weight=weight, days=size.days)
    figures |= _part("deleted", weight=weight, models=size.models)
    only_imported = statistics.median(one["import_memory_mb"] for one in bare)
    figures["memory_above_import_mb"] = figures["peak_memory_mb"] - only_imported
    _say("more neighbourhoods, gangs, people")
    figures |= _part("more_places", weight=weight, days=size.scaling_days)
    if size.thorough:
        figures |= _part("more_people", weight=weight, days=size.people_days)
        _say("ten million households")
        figures |= _part("large", weight=weight, days=size.days)
    _say("studies: store, two workers, analysis")
    figures |= _part("studies", weight=weight, days=size.sweep_days, runs=size.sweep_runs, pairs=2 * repeats - 1)
    figures |= _part("coarse", weight=size.coarse_weight, days=size.coarse_days, runs=size.coarse_runs)
    figures |= _part("analysis", runs=size.analysis_runs, repeats=repeats)
    _say("rivals")
    figures |= _part("rivals", weight=weight, days=size.rivals_days, agents=size.agents, repeats=repeats)
    if install:
        _say("a fresh installation")
        figures["installed_mb"] = installed_mb(ROOT)
    _say("where the day goes")
    return figures, _part("day", weight=weight, days=size.scaling_days)


def _say(what: str) -> None:
    print(f"measuring: {what}", file=sys.stderr, flush=True)


def _part(name: str, cache: str = "", **options: int) -> dict[str, float]:
    """What one part of `benchmarks.parts` prints when a fresh process on one thread does it."""
    path = os.pathsep.join(filter(None, (str(TESTS), os.environ.get("PYTHONPATH"))))
    environment = os.environ | ONE_THREAD | {"PYTHONPATH": path} | ({"NUMBA_CACHE_DIR": cache} if cache else {})
    command = [sys.executable, "-m", "benchmarks.parts", name, json.dumps(options)]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise KatyeError(f"the part '{name}' of the benchmark failed; its own message is above")
    return json.loads(done.stdout.splitlines()[-1])


def _seconds_of_help() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "katye", "--help"], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def _first_days(weight: int, repeats: int, compiling: bool) -> dict[str, float]:
    """From the start of a process to its first day, compiled before; and what `compiling` adds to the first of all."""

    def wait(cache: str) -> float:
        began = time.time()  # the one clock that two processes share everywhere
        return _part("first", cache, weight=weight)["at"] - began

    with tempfile.TemporaryDirectory() as empty:
        cache = empty if compiling else ""
        cold = wait(cache)
        warm = statistics.median(wait(cache) for _ in range(repeats))
    return {"first_day_s": warm} | ({"compile_s": cold - warm} if compiling else {})
