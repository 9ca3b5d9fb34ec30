"""The command `katye compare` and what it prints: a table of outcomes by scenario, with what it may and may not be read as."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli.terminal import check_positive, interrupts_told, settings_of

if TYPE_CHECKING:
    from experiments.report.comparison_words import Comparison
    from simulation.runs.results import Results

FIRST, EACH = 75, 30  # letters across that outcome and reference take, and each scenario beside them


def compare(
    scenarios: Annotated[
        list[str], typer.Argument(help="Two or more from `katye scenarios`, or TOML files; the first is the reference.")
    ],
    replicates: Annotated[int, typer.Option(help="Runs of every scenario; run k has the same luck in all.")] = 20,
    days: Annotated[int | None, typer.Option(help="Length of the runs; the scenarios' own unless given.")] = None,
    weight: Annotated[
        int | None, typer.Option(help="Households that one simulated household stands for; 1 is everybody.")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Processes; one a core unless given.")] = None,
    entropy: Annotated[int, typer.Option(help="What all seeds come from; the same as in a study.")] = 1,
    out: Annotated[Path | None, typer.Option(help="Folder to make; a free one in runs/ unless given.")] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Set in every scenario; repeatable.")
    ] = None,
) -> None:
    """Compare scenarios under shared luck: differences with intervals, what they cost, and where fewer deaths come from."""
    from experiments.cli.progress import watch
    from experiments.run.comparison import comparison, run_comparison

    check_positive(days=days, weight=weight, workers=workers)
    studies = comparison(
        scenarios, replicates=replicates, days=days, weight=weight, entropy=entropy, settings=settings_of(changes)
    )
    with interrupts_told(), watch("compare") as progress:
        folder = run_comparison(studies, workers=workers, out=out, progress=progress)
    raise typer.Exit(tell(folder))


def tell(folder: Path) -> int:
    """Print what a comparison found and where its report is; returns the exit status."""
    from experiments.report.comparison_words import Comparison
    from experiments.run.comparison import exit_status
    from simulation.runs.results import CAVEAT, Results

    results = Results(folder)
    card = results.card
    if card["interrupted"]:
        print(f"interrupted: {card['finished_runs']} of {card['planned_runs']} runs are kept", file=sys.stderr)
    if card["finished_runs"]:
        found = Comparison.read(folder)
        _print_table(found)
        for line in (*found.notes(), *found.decomposition_sentences(), *found.protection_sentences(), CAVEAT):
            print(line)
    _print_failures(results)
    if (folder / "report-error.txt").exists():
        print(f"error: no report, see {folder / 'report-error.txt'}", file=sys.stderr)
    report = folder / "report.html"
    print(f"Report: {report}" if report.exists() else f"Results: {folder}")
    return exit_status(folder)


def _print_failures(results: Results) -> None:
    import json

    path = results.folder / "failures.json"
    if path.exists():
        for failure in json.loads(path.read_text(encoding="utf-8")):
            who = f"{failure['scenario']}, replicate {failure['replicate']}"
            print(f"error: {who}: {failure['error']}\n  repeat it with: {failure['command']}", file=sys.stderr)


def _print_table(found: Comparison) -> None:
    """Outcomes down, scenarios across, in as many tables as are needed for a line to be read."""
    from rich import box
    from rich.table import Table

    from experiments.cli.terminal import console as screen

    header, rows = found.summary_rows()
    console = screen()
    shown = max(1, (console.width - FIRST) // EACH)
    for first in range(2, max(len(header), 3), shown):
        wanted = [0, 1, *range(first, min(first + shown, len(header)))]
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for place in wanted:
            table.add_column(header[place], justify="left" if place == 0 else "right", overflow="fold")
        for row in rows:
            table.add_row(*(row[place] for place in wanted))
        console.print(table)
