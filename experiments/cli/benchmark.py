"""The command `katye benchmark`: speed, memory and scaling on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.terminal import print_table
from simulation.errors import InputError


def benchmark(
    quick: Annotated[bool, typer.Option("--quick", help="Fewer days and repeats: under a minute.")] = False,
    record: Annotated[Path | None, typer.Option(metavar="FILE", help="CSV file that gets one row more.")] = None,
    history: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Show the last rows of such a file and measure nothing.")
    ] = None,
) -> None:
    """Measure speed, memory and scaling on this machine, beside their targets."""
    from experiments.benchmark import benchmark as timing
    from experiments.benchmark import history as benchmark_history

    if history:
        if quick or record:
            raise InputError("it shows a file and measures nothing", "--history", "Use it without other options")
        print_table(*benchmark_history.last_rows(history, timing.ROWS))
        return
    if record:
        benchmark_history.check(record, benchmark_history.columns(timing.ROWS))
    figures, day = timing.measure(timing.QUICK if quick else timing.FULL)
    print_table(("figure", "value", "unit", "target", "verdict"), timing.rows(figures))
    print(timing.notes(figures))
    print_table(("where the day goes", "ms a day", "share"), timing.day_rows(day))
    if record:
        benchmark_history.append(record, benchmark_history.row(figures, timing.ROWS, quick))
        print(f"One row added to {record}")
