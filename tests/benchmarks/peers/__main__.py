"""`make benchmark-peers`: one rule of households in Katye and in other libraries, each held against the exact expectation.

    python -m benchmarks.peers [PAGE]

Writes the page docs/benchmark.md (or PAGE). Every file in `rows/` is a peer: a class `City` that is made from a case and lives
a day.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.against import SCRIPT
from benchmarks.peers.case import Case, expected_moves, real_case
from benchmarks.peers.page import page
from simulation.errors import KatyeError
from simulation.files.atomic import write_whole
from simulation.runs.executors import ONE_THREAD

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "benchmark.md"
ROWS = sorted(path.stem for path in (Path(__file__).parent / "rows").glob("[!_]*.py"))
ROUNDS = 3
DAYS, BEFORE = 60, 180  # of the case; of the run that leads to its first morning
YEAR = 365
FARTHEST = 4.5  # standard errors: a right peer is farther off in one of 100,000 runs
# Memory that a process has had stays with it (glibc). Else how fast columns are hangs on what was freed before: twofold.
KEPT_MEMORY = {"MALLOC_MMAP_THRESHOLD_": "1000000000", "MALLOC_TRIM_THRESHOLD_": "1000000000"}
ONE_CORE = ONE_THREAD | {"POLARS_MAX_THREADS": "1"}


def compare(case: Case, names: list[str], rounds: int = ROUNDS) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Figures of each peer, the fastest first, and why others are left out. KatyeError for moves that are not the rule's."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.npz"
        case.save(path)
        for seed in range(1, rounds + 1):  # in turns, so that what else the machine does hits all of them
            for name in found:
                print(f"measuring: {name}, round {seed}", file=sys.stderr, flush=True)
                found[name].append(_one(name, path, seed))
    left_out = {name: runs[0]["why"] for name, runs in found.items() if "why" in runs[0]}
    peers = [_summed(name, runs, case) for name, runs in found.items() if name not in left_out]
    return sorted(peers, key=lambda peer: peer["ns"]), left_out


def _one(name: str, path: Path, seed: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.peers.one", name, str(path), str(seed)]
    done = subprocess.run(command, env=os.environ | ONE_CORE | KEPT_MEMORY, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise KatyeError(f"the peer '{name}' failed; its own message is above")
    return json.loads(done.stdout.splitlines()[-1])


def _summed(name: str, runs: list[dict[str, Any]], case: Case) -> dict[str, Any]:
    """One row of the table from all rounds: medians of times, the mean of moves, and how far that is from the expectation."""
    mean, spread = expected_moves(
        case.sample(None if runs[0]["households"] == case.home.size else runs[0]["households"])
    )
    moves = statistics.mean(run["moves"] for run in runs)
    off = (moves - mean) / (spread / len(runs) ** 0.5)
    if not abs(off) < FARTHEST:
        raise KatyeError(f"the peer '{name}' does not follow the rule: {moves:,.0f} moves, {mean:,.0f} expected")
    times = {key: statistics.median(run[key] for run in runs) for key in ("ns", "build_s")}
    return {**runs[0], **times, "name": name, "moves": moves, "expected": mean, "off": off}


def whole_city(rounds: int = ROUNDS) -> dict[str, float]:
    """Every household and every rule of the model: seconds of the processor for 730 days, the median of `rounds`."""
    seconds = []
    for number in range(rounds):
        print(f"measuring: the whole city, round {number + 1}", file=sys.stderr, flush=True)
        command = [sys.executable, "-P", str(SCRIPT), str(ROOT), "1"]
        days = f"{YEAR}\n" * 2
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ | ONE_CORE, input=days, stdout=subprocess.PIPE, text=True
        )
        if done.returncode:
            raise KatyeError("the whole city failed; its own message is above")
        households, *spent = map(float, done.stdout.split())
        seconds.append(sum(spent))
    return {"households": households, "seconds": statistics.median(seconds)}


def main(target: Path) -> None:
    """Measure everything and write the page; nothing is written if a peer fails."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    print("measuring: the case", file=sys.stderr, flush=True)
    case = real_case(1, DAYS, BEFORE)
    peers, left_out = compare(case, ROWS)
    write_whole(target, page(case, peers, left_out, whole_city(), load, ROUNDS, FARTHEST).encode())
    print(f"Written: {target}")


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]) if len(sys.argv) > 1 else PAGE)
    except KatyeError as error:
        sys.exit(f"error: {error}")
