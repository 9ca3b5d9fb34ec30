"""How a command that ran a study ends: what was found, what failed, what is missing, where the report is."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments.cli.terminal import print_table, typed

SHOWN_FAILURES = 5


def tell_end(folder: Path) -> int:
    """Print what came of a study or a comparison and where it is; returns the exit status."""
    from experiments.run.results import exit_status
    from simulation.runs.results import CAVEAT, Results

    card = Results(folder).card
    if card.get("interrupted"):
        done, planned = card["finished_runs"], card["planned_runs"]
        again = typed("katye", "resume", folder)
        print(f"interrupted: {done} of {planned} runs are kept. Go on with: {again}", file=sys.stderr)
    _tell_failures(folder)
    if (folder / "report-error.txt").exists():
        print(f"error: no report, see {folder / 'report-error.txt'}", file=sys.stderr)
    if card.get("finished_runs"):
        _print_found(folder, card)
        print(CAVEAT)
    report = folder / "report.html"
    print(f"Report: {report}" if report.exists() else f"Results: {folder}")
    return exit_status(folder)


def _tell_failures(folder: Path) -> None:
    path = folder / "failures.json"
    if not path.exists():
        return
    failures = json.loads(path.read_text(encoding="utf-8"))
    for item in failures[:SHOWN_FAILURES]:
        who = f"run {item['run']}" + (f", {Path(item['scenario']).stem}" if "scenario" in item else "")
        again = f"repeat it with: {item['command']}, or alone: {item['alone']}"
        print(f"error: {who}, replicate {item['replicate']}: {item['error']}\n  {again}", file=sys.stderr)
    if len(failures) > SHOWN_FAILURES:
        print(f"error: {len(failures) - SHOWN_FAILURES} more runs failed, see {path}", file=sys.stderr)


def _print_found(folder: Path, card: Mapping[str, Any]) -> None:
    """What the study is for, by its analysis: each prints the table that its readers want first."""
    from experiments.study import ready_made as kinds

    if card.get("analysis") == kinds.COMPARISON:
        from experiments.analysis.compared import compared_study
        from experiments.cli.compare import print_comparison

        print_comparison(compared_study(folder))
    elif card.get("analysis") == kinds.ABLATION:
        from experiments.cli.ablation import print_ablation

        print_ablation(folder)
    elif card.get("analysis") == kinds.COMMON_RANDOM_NUMBERS:
        from experiments.cli.common_random_numbers import print_saving

        print_saving(folder)
    elif "study" in card:
        print_extremes(folder)


def print_extremes(folder: Path) -> None:
    """For every outcome that the study names: the cells with the lowest and the highest mean."""
    from experiments.analysis.study_results import parameter_words, varied_names
    from simulation.runs.results import Results

    results = Results(folder)
    if "runs" not in results.names() or results.card.get("samples"):
        return
    runs = results.runs()
    cell = ["arm", *varied_names(results.card)]
    rows = []
    for outcome in results.card["outcomes"]:
        if outcome in runs:
            means = runs.groupby(cell)[outcome].mean().dropna()
            means.index = [at if isinstance(at, tuple) else (at,) for at in means.index]  # the arm alone is no tuple
            if len(means):
                ends = [(means[at], ", ".join(map(parameter_words, at))) for at in (means.idxmin(), means.idxmax())]
                rows.append((outcome, *ends[0], *ends[1]))
    if rows:
        where = f"at {', '.join(cell)}"
        print_table(("mean of", "lowest", where, "highest", where), rows)
