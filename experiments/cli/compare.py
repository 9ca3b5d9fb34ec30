"""The command `katye compare` and what it prints: a table of outcomes by side, with what it may and may not be read as."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli.ending import tell_end
from experiments.cli.run import Model
from experiments.cli.study import Cluster, Days, Quick, Weight, Workers
from experiments.cli.terminal import check_positive, interrupts_told, settings_of
from simulation.errors import InputError

if TYPE_CHECKING:
    from experiments.analysis.compared import Compared

FIRST, EACH = 75, 30  # letters across that outcome and reference take, and each side beside them
USUAL_REPLICATES = 20


def compare(
    sides: Annotated[
        list[str],
        typer.Argument(
            help="Two or more from `katye scenarios`, or TOML files; or folders of finished studies and runs; or one study "
            "whose own levels are compared. The first is the reference.",
            metavar="SCENARIO|FOLDER ...",
        ),
    ],
    replicates: Annotated[
        int | None, typer.Option(help="Runs of every scenario; run k has the same luck in all.", show_default="20")
    ] = None,
    quick: Quick = False,
    days: Days = None,
    weight: Weight = None,
    workers: Workers = None,
    cluster: Cluster = None,
    seed: Annotated[
        int | None, typer.Option("--seed", "--entropy", help="What all seeds come from.", show_default="1")
    ] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Set in every scenario; repeatable.")
    ] = None,
    model: Model = "haiti",
    out: Annotated[Path | None, typer.Option(help="Folder to make; a free one in runs/ unless given.")] = None,
) -> None:
    """Compare scenarios under shared luck: differences with intervals, what they cost, and where a change comes from."""
    check_positive(replicates=replicates, days=days, weight=weight, workers=workers)
    from experiments.cli.progress import watch
    from experiments.report.writing import write_comparison_of_folders, write_study_report
    from experiments.run.sweep import run_sweep
    from experiments.study.ready_made import comparison_study

    if all(Path(side).is_dir() for side in sides):
        options = {"--replicates": replicates, "--days": days, "--weight": weight, "--seed": seed, "--set": changes}
        for name, value in options.items():
            if value is not None:
                raise InputError(f"{name} belongs to runs that are still to be made", "folders", "Leave it out")
        found, folder = write_comparison_of_folders(sides, out)
        print_comparison(found)
        raise typer.Exit(tell_end(folder))
    study = comparison_study(
        sides,
        replicates=USUAL_REPLICATES if replicates is None else replicates,
        days=days,
        weight=weight,
        seed=1 if seed is None else seed,
        settings=settings_of(changes),
        model=model,
    )
    with interrupts_told(), watch("compare") as progress:
        given = {"replicates": replicates, "days": days, "weight": weight} if quick else {}
        folder = run_sweep(
            study,
            workers=workers,
            cluster=cluster,
            quick=quick,
            out=out,
            progress=progress,
            report=write_study_report,
            **given,
        )
    raise typer.Exit(tell_end(folder))


def print_comparison(found: Compared) -> None:
    """The table of differences, and the sentences that belong under it."""
    from experiments.report.comparison_words import decomposition_sentences, notes, price_sentences

    _print_table(found)
    for line in (*notes(found), *decomposition_sentences(found), *price_sentences(found)):
        print(line)


def _print_table(found: Compared) -> None:
    """Outcomes down, sides across, in as many tables as are needed for a line to be read."""
    from rich import box
    from rich.table import Table

    from experiments.cli.terminal import console as screen
    from experiments.report.comparison_words import summary_rows

    header, rows = summary_rows(found)
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
    sys.stdout.flush()
