"""Two versions of the program side by side: this one and an older commit, in turns, each in a process of its own."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from simulation.errors import InputError, KatyeError
from simulation.runs.commit import git_commit
from simulation.runs.executors import ONE_THREAD

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("blocks.py")
WEIGHTS = (1, 50)
BLOCKS = 10
OPTION = "--against"


def full_name(commit: str, root: Path = ROOT) -> str:
    """The 40 letters of a commit of this checkout. InputError where there is no checkout, no git, or no such commit."""
    if git_commit(root) is None:
        hint = "Clone the repository with its history, and call katye benchmark in it"
        raise InputError(f"{root} is no checkout of git, so an older version cannot be had", OPTION, hint)
    done = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}")
    if done.returncode:
        raise InputError(f"no such commit here: {commit}", OPTION, "git log --oneline shows those there are")
    return done.stdout.strip()


def compare(
    commit: str, days: int, repeats: int, weights: Sequence[int] = WEIGHTS, root: Path = ROOT
) -> dict[str, float]:
    """Seconds of the processor that `days` days take here over what they took at `commit`, by households a row.

    A fresh pair of processes each time, which take turns block by block; the median of `repeats`. Both have the libraries of
    this Python. Raises as `full_name` does; KatyeError if a version does not run with them.
    """
    figures = {}
    with checked_out(full_name(commit, root), root) as (old, cache):
        sides = {"now": (root, {}), "then": (old, {"NUMBA_CACHE_DIR": str(cache)})}
        for weight in weights:
            found = [_in_turns(sides, weight, days) for _ in range(repeats)]
            figures[f"against_{weight}_ratio"] = statistics.median(one["now"] / one["then"] for one in found)
            figures[f"against_{weight}_s"] = statistics.median(one["then"] for one in found) * 730.0 / days
    return figures


@contextmanager
def checked_out(commit: str, root: Path = ROOT) -> Iterator[tuple[Path, Path]]:
    """The files of a commit in a folder that goes again, and an empty one for what is compiled there."""
    with tempfile.TemporaryDirectory(prefix="katye-benchmark-") as folder:
        old, cache = Path(folder) / "then", Path(folder) / "compiled"
        cache.mkdir()
        # A clone leaves no trace in this checkout, as a worktree would if it were interrupted.
        for words in (
            (root, "clone", "--quiet", "--shared", "--no-checkout", str(root), str(old)),
            (old, "checkout", "--quiet", "--detach", commit),
        ):
            done = _git(*words)
            if done.returncode:
                raise KatyeError(f"git could not lay out commit {commit[:7]}: {done.stderr.strip()}")
        yield old, cache


def _in_turns(sides: Mapping[str, tuple[Path, Mapping[str, str]]], weight: int, days: int) -> dict[str, float]:
    """Seconds of the processor that each side took for `days` days. The side that begins changes from block to block."""
    number = min(BLOCKS, days)
    lengths = [days // number + (block < days % number) for block in range(number)]
    spent = dict.fromkeys(sides, 0.0)
    with ExitStack() as stack:
        running = {name: stack.enter_context(_process(*side, weight)) for name, side in sides.items()}
        for name, process in running.items():
            _answer(name, process)  # ready: nothing of one side's start falls into a block of the other
        for block, length in enumerate(lengths):
            for name in sorted(sides, reverse=bool(block % 2)):
                running[name].stdin.write(f"{length}\n")
                running[name].stdin.flush()
                spent[name] += _answer(name, running[name])
    return spent


@contextmanager
def _process(folder: Path, extra: Mapping[str, str], weight: int) -> Iterator[subprocess.Popen]:
    command = [sys.executable, "-P", str(SCRIPT), str(folder), str(weight)]
    environment = os.environ | ONE_THREAD | extra
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _answer(name: str, process: subprocess.Popen) -> float:
    if line := process.stdout.readline().strip():
        return float(line)
    which = "this version" if name == "now" else "the older commit"
    raise KatyeError(f"{which} did not run with the libraries of this Python; its own message is above")


def _git(where: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", "-C", str(where), *words], capture_output=True, text=True)
