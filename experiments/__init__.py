"""Studies of a model: `from experiments import Study, sweep, compare`.

`sweep(study)` runs a study (a name, a TOML file or a `Study`) and `compare([...])` scenarios against the first of them; both
return the folder that holds everything. `resume(folder)` goes on with either; `load_runs(folder)` and
`load_table(folder, name)` read what has finished, `compared(folder)` gives the tables of a comparison. `Results(folder)` of a
run, `StudyResults.read(folder)` of a study and `compared(folder)` draw themselves too: `curve()`, `map()`. `cite(...)` of
a model or a folder is the line that goes under a figure. The names are loaded when first used.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.analysis.compared import compared_study as compared
    from experiments.analysis.study_results import StudyResults
    from experiments.run.citation import cite
    from experiments.store.load import load_runs, load_table
    from experiments.study.study import Study, load_study
    from simulation.runs.results import Results

__all__ = [
    "Results",
    "Study",
    "StudyResults",
    "cite",
    "compare",
    "compared",
    "load_runs",
    "load_study",
    "load_table",
    "resume",
    "sweep",
]
HOMES = {
    "Results": "simulation.runs.results",
    "Study": "experiments.study.study",
    "StudyResults": "experiments.analysis.study_results",
    "cite": "experiments.run.citation",
    "load_study": "experiments.study.study",
    "load_runs": "experiments.store.load",
    "load_table": "experiments.store.load",
}


def sweep(study: Study | str | Path, *, report: bool = True, **options: Any) -> Path:
    """Run a study and write its report; returns its folder.

    `report`: False leaves the report out, which takes longer than a few small runs; `resume(folder)` writes it.
    `options`: workers, cluster, replicates, days, weight, quick, out, progress, as `experiments.run.sweep.run_sweep` takes
    them. Runs that fail are told on stderr, the first with its error. InputError or UnknownNameError before the first run
    for anything that does not fit.
    """
    from experiments.report.writing import write_study_report
    from experiments.run.sweep import run_sweep

    return _tell_failures(run_sweep(study, report=write_study_report if report else None, **options))


def resume(folder: str | Path, **options: Any) -> Path:
    """Go on with a study that was stopped, or add `replicates`; returns its folder. Options as of `run.sweep.resume`."""
    from experiments.report.writing import write_study_report
    from experiments.run import sweep as runner

    return _tell_failures(runner.resume(folder, report=write_study_report, **options))


def _tell_failures(folder: Path) -> Path:
    """Say how many runs of a study failed, and why the first did: a slip in one's own rule would stay hidden."""
    from experiments.store.load import failure_words, read_failures
    from simulation.errors import typed
    from simulation.files.plain_text import plain_text

    if failures := read_failures(folder):
        first = failure_words(folder, failures[0]["run"], failures[0]["error"])
        more = f". {len(failures)} runs failed in all: {typed('katye', 'status', folder)}" if len(failures) > 1 else ""
        print(plain_text(f"error: {first}{more}"), file=sys.stderr)
    return folder


def compare(
    scenarios: Sequence[str | Path], *, workers: int | None = None, out: Any = None, report: bool = True, **options: Any
) -> Path:
    """Run scenarios under the same seeds and compare them with the first; returns the folder.

    `report`: as for `sweep`. `options`: replicates, days, weight, seed, settings, model, as
    `experiments.study.ready_made.comparison_study` takes them.
    """
    from experiments.study.ready_made import comparison_study

    return sweep(comparison_study(scenarios, **options), workers=workers, out=out, report=report)


def __getattr__(name: str) -> Any:
    if name == "compared":
        return importlib.import_module("experiments.analysis.compared").compared_study
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(HOMES[name]), name)
