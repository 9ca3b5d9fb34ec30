"""The command `katye compare` and what it prints: a table of outcomes by side, with what it may and may not be read as."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.ending import tell_end
from experiments.cli.found import print_comparison
from experiments.cli.pictures.sources import check_named
from experiments.cli.run import Model
from experiments.cli.study import Cluster, Days, Language, Quick, Weight, Workers
from experiments.cli.terminal import check_positive, interrupts_told, settings_of, typed_path
from simulation.errors import InputError

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
    out: Annotated[
        Path | None, typer.Option(parser=typed_path, help="Folder to make; a free one in runs/ unless given.")
    ] = None,
    language: Language = "en",
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
        found, folder = write_comparison_of_folders(sides, out, language)
        print_comparison(found)
        raise typer.Exit(tell_end(folder))
    check_named(sides, model)
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
            report=partial(write_study_report, language=language),
            **given,
        )
    raise typer.Exit(tell_end(folder))
