"""How fast the model is on this machine: figures beside their targets, every part in a fresh process.

Parts print one line of JSON. Each runs on one thread; timings are medians of a few, as machines are noisy,
and ratios come from one process that times all three rivals in turn.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
YEAR = 365.0
# name: (what it says, unit, target as people read it)
ROWS = {
    "import_s": ("import the model", "s", ""),
    "build_s": ("build the whole city, 1:1", "s", ""),
    "run_s": ("{days} days at 1:1 on one core, once compiled", "s", "at most 5 for 730"),
    "seconds_per_year": ("a simulated year at 1:1", "s", ""),
    "run_at_weight_10_s": ("{days} days with a tenth of the households", "s", ""),
    "households": ("households at 1:1", "", ""),
    "events": ("events (candidates asked + moves)", "", ""),
    "events_per_s": ("events a second of the whole model", "1/s", ""),
    "peak_memory_mb": ("peak memory of a fresh process, 1:1", "MB", "at most 500"),
    "compile_s": ("more for the first run of all", "s", "at most 20"),
    "engine_ns": ("household rules: engine, 1:1", "ns/household-day", ""),
    "numpy_ns": ("household rules: NumPy columns, 1:1", "ns/household-day", ""),
    "mesa_ns": ("household rules: Mesa agents, 20,000", "ns/household-day", ""),
    "numpy_ratio": ("NumPy columns against the engine", "times", ""),
    "mesa_ratio": ("Mesa agents against the engine", "times", "at least 200"),
    "engine_moves_per_1000": ("moves: engine", "per 1,000 household-days", ""),
    "numpy_moves_per_1000": ("moves: NumPy columns", "per 1,000 household-days", "the same"),
    "mesa_moves_per_1000": ("moves: Mesa agents", "per 1,000 household-days", "the same"),
}


def main(record: Path | None = None, days: int = 730, repeats: int = 3) -> None:
    """Measure, print the table and, if `record` names a file, append one row to it."""
    figures = measure(days, repeats)
    show(figures, days)
    if record:
        append(record, figures)


def measure(days: int = 730, repeats: int = 3) -> dict[str, float]:
    """All figures by name, units in the names."""
    whole = [_part("city", weight=1, days=days) for _ in range(repeats)]
    tenth = [_part("city", weight=10, days=days) for _ in range(repeats)]
    figures = {"import_s": statistics.median(_part("imports")["seconds"] for _ in range(repeats))}
    figures |= {name: statistics.median(one[name] for one in whole) for name in whole[0]}
    figures["run_at_weight_10_s"] = statistics.median(one["run_s"] for one in tenth)
    figures["peak_memory_mb"] = _part("memory", days=days)["peak_memory_mb"]
    with tempfile.TemporaryDirectory() as empty:
        cold, warm = (_part("first", cache=empty)["wall_s"] for _ in range(2))
    figures["compile_s"] = cold - warm
    return figures | _part("rivals", repeats=repeats)


def _part(name: str, cache: str = "", **options: int) -> dict[str, float]:
    """What one part prints when a fresh process on one thread does it, and the process's wall time."""
    environment = os.environ | dict.fromkeys(THREADS, "1")
    if cache:
        environment["NUMBA_CACHE_DIR"] = cache
    command = [sys.executable, "-m", "experiments.benchmark", "--part", name, json.dumps(options)]
    began = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    wall = {"wall_s": time.perf_counter() - began} if name == "first" else {}
    return json.loads(done.stdout.splitlines()[-1]) | wall


# Parts


def imports() -> dict[str, float]:
    began = time.perf_counter()
    import models.haiti.model  # noqa: F401

    return {"seconds": time.perf_counter() - began}


def city(weight: int, days: int) -> dict[str, float]:
    """Build and run once everything is compiled; events are candidates asked and households moved."""
    model = built(2000)  # loads the compiled loops and the map
    model.run(60)
    began = time.perf_counter()
    model = built(weight)
    ready = time.perf_counter()
    moved = count_moves(model.population)
    model.run(days)
    run = time.perf_counter() - ready
    events = model.candidates + sum(moved)
    return {
        "build_s": ready - began,
        "run_s": run,
        "seconds_per_year": run * YEAR / days,
        "events_per_s": events / run,
        "events": events,
        "households": model.population.count,
    }


def memory(days: int) -> dict[str, float]:
    """Peak of a process that does nothing but build the whole city and run it."""
    built(1).run(days)
    return {"peak_memory_mb": peak_memory_mb()}


def first() -> dict[str, float]:
    """Two months of a small city: reaches every compiled loop."""
    built(1000).run(60)
    return {}


def peak_memory_mb() -> float:
    """Peak resident memory of this process, 10^6 bytes."""
    status = Path("/proc/self/status")  # getrusage would count the parent process too
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def rivals(repeats: int) -> dict[str, float]:
    from experiments import benchmark_rivals

    return benchmark_rivals.compare(repeats)


def built(weight: int):
    """The baseline with one row for `weight` households."""
    from models.haiti.model import HaitiModel
    from models.haiti.scenario import load_case

    return HaitiModel(load_case("baseline", weight=weight))


def count_moves(population) -> list[int]:
    """A list that grows by the number of households of every move from now on."""
    moved, move = [], population.move

    def counted(rows, *given):
        moved.append(int(rows.size))
        move(rows, *given)

    population.move = counted
    return moved


# What is shown and kept


def show(figures: dict[str, float], days: int) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("figure", "value", "unit", "target"):
        table.add_column(column, justify="right" if column == "value" else "left")
    for name, (text, unit, target) in ROWS.items():
        if name in figures:
            value = figures[name]
            table.add_row(text.format(days=days), f"{value:,.0f}" if value >= 100 else f"{value:.3g}", unit, target)
    console = Console(width=None if sys.stdout.isatty() else 120, markup=False, highlight=False)
    console.print(table)
    console.print("One thread; medians of a few runs; the ratios come from one process each.")
    if "mesa_ns" not in figures:
        console.print("The Mesa version lives in tests/oracle and is timed in a checkout only.")


def append(path: Path, figures: dict[str, float]) -> None:
    """One row more in a CSV file; a new file gets its first line."""
    about = {"time": datetime.now(UTC).isoformat(timespec="seconds"), "machine": platform.node()}
    about |= {"processor": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()}
    row = about | {name: f"{figures[name]:.6g}" if name in figures else "" for name in ROWS}
    fresh = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, row)
        if fresh:
            writer.writeheader()
        writer.writerow(row)


PARTS = {"imports": imports, "city": city, "memory": memory, "first": first, "rivals": rivals}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", type=Path, help="CSV file that gets one row more")
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--part", nargs=2, metavar=("NAME", "OPTIONS"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        print(json.dumps(PARTS[given.part[0]](**json.loads(given.part[1]))))
    else:
        main(given.record, given.days, given.repeats)
