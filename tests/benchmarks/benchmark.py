"""How fast the model is on this machine: one table of figures beside their targets, all measured in one run.

Every part runs in a fresh process on one thread (`experiments/benchmark/parts.py`). Seconds depend on the machine
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
from collections.abc import Mapping
from dataclasses import dataclass

from experiments.run.task import ROOT
from simulation.errors import KatyeError
from simulation.runs.executors import ONE_THREAD

HELP = "from experiments.cli.app import main; main(['--help'])"
MOST_MECHANISMS = 10


@dataclass(frozen=True)
class Row:
    """A figure of the table: what it says, its unit, and the bounds of its target (None: none on that side)."""

    text: str
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None

    def target(self) -> str:
        if self.at_least is None:
            return "" if self.at_most is None else f"at most {self.at_most:g}"
        return f"at least {self.at_least:g}" if self.at_most is None else f"{self.at_least:g} to {self.at_most:g}"

    def verdict(self, value: float | None) -> str:
        """'met', 'missed', or '-' for a figure that has no target or was not measured."""
        if value is None or not self.target():
            return "-"
        low, high = self.at_least, self.at_most
        return "met" if (low is None or value >= low) and (high is None or value <= high) else "missed"


SAME = {"at_least": 0.85, "at_most": 1.15}
ROWS = {
    "help_s": Row("katye --help", "s", at_most=0.4),
    "import_s": Row("import the model", "s"),
    "first_day_s": Row("start of a process to its first day at 1:1, compiled before", "s", at_most=2),
    "compile_s": Row("more for the first process of all, which compiles", "s", at_most=20),
    "build_s": Row("build the whole city at 1:1", "s"),
    "seconds_per_year": Row("a simulated year at 1:1 on one core", "s"),
    "seconds_per_730_days": Row("730 days at 1:1 on one core", "s", at_most=2),
    "peak_memory_mb": Row("peak memory of a run at 1:1", "MB"),
    "memory_above_import_mb": Row("that peak above a process that has only imported everything", "MB", at_most=300),
    "households": Row("households at 1:1"),
    "households_ratio": Row("time at 1:1 / time with a tenth of the households", "times", at_most=4),
    "people_10_ratio": Row("time with ten times the people at 1:1 / real city", "times"),
    "neighbourhoods_2_ratio": Row("time with 2 times the neighbourhoods / real city", "times"),
    "neighbourhoods_4_ratio": Row("time with 4 times the neighbourhoods / real city", "times"),
    "gangs_2_ratio": Row("time with every gang in 2 / real city", "times"),
    "gangs_4_ratio": Row("time with every gang in 4 / real city", "times"),
    "runs_per_s_1": Row("short runs at 1:1, one worker", "runs/s"),
    "runs_per_s_2": Row("short runs at 1:1, two workers once started", "runs/s"),
    "workers_ratio": Row("two workers / one worker", "times", at_least=1.7),
    "store_ratio": Row("time of runs of 100 ms with runner and store / without", "times", at_most=1.05),
    "analysis_s": Row("read 1,000 runs of a year: effects and weekly bands", "s", at_most=2),
    "engine_ns": Row("household rules: engine", "ns/household-day"),
    "numpy_ns": Row("household rules: NumPy columns", "ns/household-day"),
    "mesa_ns": Row("household rules: Mesa agents", "ns/household-day"),
    "numpy_ratio": Row("time of NumPy columns / engine", "times", at_least=10),
    "mesa_ratio": Row("time of Mesa agents / engine", "times", at_least=200),
    "numpy_moves_ratio": Row("moves with NumPy columns / engine: the same rules", "times", **SAME),
    "mesa_moves_ratio": Row("moves with Mesa agents / engine: the same rules", "times", **SAME),
    "candidates_per_1000": Row("households asked", "per 1,000 household-days"),
    "moves_per_1000": Row("households that moved", "per 1,000 household-days"),
    "accepted_share": Row("asked households that said yes (moved, or could not pay for it)", "share"),
    "busy": Row("processes that kept the machine busy before (load average)"),
}


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
    thorough: bool = True  # with what takes longest: compiling, and ten times the people


FULL = Size(repeats=3, days=730, scaling_days=180, people_days=120, sweep_days=90, sweep_runs=12, rivals_days=60)
QUICK = Size(
    repeats=1, days=180, scaling_days=60, people_days=0, sweep_days=30, sweep_runs=8, rivals_days=30, thorough=False
)


def measure(size: Size) -> tuple[dict[str, float], dict[str, float]]:
    """All figures by name, and milliseconds of a day by mechanism. Says on stderr what it is at.

    KatyeError if a part fails.
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
    figures |= _part("memory", weight=weight, days=size.days)
    only_imported = statistics.median(one["import_memory_mb"] for one in bare)
    figures["memory_above_import_mb"] = figures["peak_memory_mb"] - only_imported
    _say("more neighbourhoods, gangs, people")
    figures |= _part("more_places", weight=weight, days=size.scaling_days)
    if size.thorough:
        figures |= _part("more_people", weight=weight, days=size.people_days)
    _say("studies: store, two workers, analysis")
    figures |= _part("studies", weight=weight, days=size.sweep_days, runs=size.sweep_runs, pairs=2 * repeats - 1)
    figures |= _part("analysis", runs=size.analysis_runs, repeats=repeats)
    _say("rivals")
    figures |= _part("rivals", weight=weight, days=size.rivals_days, agents=size.agents, repeats=repeats)
    _say("where the day goes")
    return figures, _part("day", weight=weight, days=size.scaling_days)


def _say(what: str) -> None:
    print(f"measuring: {what}", file=sys.stderr, flush=True)


def _part(name: str, cache: str = "", **options: int) -> dict[str, float]:
    """What one part of `benchmark_parts` prints when a fresh process on one thread does it."""
    environment = os.environ | ONE_THREAD | ({"NUMBA_CACHE_DIR": cache} if cache else {})
    command = [sys.executable, "-m", "experiments.benchmark.parts", name, json.dumps(options)]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise KatyeError(f"the part '{name}' of the benchmark failed; its own message is above")
    return json.loads(done.stdout.splitlines()[-1])


def _seconds_of_help() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", HELP], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
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


def rows(figures: Mapping[str, float]) -> list[tuple[str, float | str, str, str, str]]:
    """The table: what it says, value, unit, target, verdict."""
    return [
        (row.text, figures.get(name, "not measured"), row.unit, row.target(), row.verdict(figures.get(name)))
        for name, row in ROWS.items()
    ]


def notes(figures: Mapping[str, float]) -> str:
    """What to know when reading the table, and why a figure is missing."""
    lines = ["One thread. Medians; both sides of a ratio took turns. Seconds hold for this machine as it was."]
    if figures.get("busy", 0.0) > 0.5:
        lines.append("The machine was busy before: seconds, and what two workers gain, are worse than they could be.")
    if "compile_s" not in figures:
        lines.append("Compiling and ten times the people were not measured: leave out --quick.")
    if "workers_ratio" not in figures:
        lines.append("Two workers were not measured: this machine has one core.")
    if "mesa_ns" not in figures:
        lines.append("Mesa agents were not measured: their rules live in tests/oracle of a checkout.")
    return "\n".join(lines)


def day_rows(day: Mapping[str, float]) -> list[tuple[str, float, str]]:
    """The costliest mechanisms with milliseconds a day and share of it, then all others, then the whole."""
    parts = sorted(((ms, name) for name, ms in day.items() if name != "day"), reverse=True)[:MOST_MECHANISMS]
    lines = [(name, ms) for ms, name in parts]
    lines += [("everything else", day["day"] - sum(ms for ms, _ in parts)), ("the whole day", day["day"])]
    return [(name, ms, f"{ms / day['day']:.0%}") for name, ms in lines]
