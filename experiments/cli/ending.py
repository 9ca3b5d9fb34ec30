"""How a command that ran a study ends: what was found, what failed, what is missing, where the report is."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from experiments.cli.found import print_found
from experiments.cli.terminal import interrupts_told, say
from simulation.errors import typed

if TYPE_CHECKING:
    from experiments.study.study import Study

SHOWN_FAILURES = 5


def tell_end(folder: Path) -> int:
    """Print what came of a study or a comparison and where it is; returns the exit status."""
    from experiments.run.results import exit_status
    from simulation.runs.results import CAVEAT, Results

    card = Results(folder).card
    if card.get("interrupted"):
        done, planned = card["finished_runs"], card["planned_runs"]
        again = typed("katye", "resume", folder)
        say(f"interrupted: {done} of {planned} runs are kept. Go on with: {again}", error=True)
    _tell_failures(folder)
    if (folder / "report-error.txt").exists():
        say(f"error: no report, see {folder / 'report-error.txt'}", error=True)
    if card.get("finished_runs"):
        print_found(folder, card)
        say(CAVEAT)
    report = folder / "report.html"
    say(f"Report: {report}" if report.exists() else f"Results: {folder}")
    return exit_status(folder)


def run_with_page(study: Study, shown: ModuleType, page: Path | None, language: str, **options: Any) -> int:
    """Run a study that a command has made and tell what came of it; returns the exit status.

    shown: the module of `experiments.report` that writes its part (`NAME`) of a page of the documentation, if one is given.
    language: of its report's headings and outcomes.
    """
    from experiments.cli.progress import watch
    from experiments.report.page import check_page
    from experiments.report.writing import write_study_report
    from experiments.run.sweep import run_sweep

    if page:
        check_page(page, shown.NAME)
    with interrupts_told(), watch(shown.NAME) as progress:
        folder = run_sweep(study, progress=progress, report=partial(write_study_report, language=language), **options)
    status = tell_end(folder)
    if page:
        say(f"Page: {page}, figure: {shown.write_page(page, folder)}")
    return status


def _tell_failures(folder: Path) -> None:
    from experiments.store.load import FAILURES, read_failures

    failures = read_failures(folder)
    for item in failures[:SHOWN_FAILURES]:
        who = f"run {item['run']}" + (f", {Path(item['scenario']).stem}" if "scenario" in item else "")
        again = f"repeat it with: {item['command']}, or alone: {item['alone']}"
        say(f"error: {who}, replicate {item['replicate']}: {item['error']}\n  {again}", error=True)
    if len(failures) > SHOWN_FAILURES:
        say(f"error: {len(failures) - SHOWN_FAILURES} more runs failed, see {folder / FAILURES}", error=True)
