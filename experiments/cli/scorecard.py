"""The command `katye scorecard`: an ensemble against published figures, and what naive forecasts would have said."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.compare import USUAL_REPLICATES
from experiments.cli.ending import run_with_page, tell_end
from experiments.cli.run import Model, Posterior, drawn_from
from experiments.cli.study import Cluster, Language, Quick, Workers
from experiments.cli.terminal import check_positive, say, settings_of, typed_path
from simulation.errors import InputError


def scorecard(
    scenario: Annotated[
        str,
        typer.Argument(
            help="A name from `katye scenarios`, or a TOML file; or the folder of a finished study that kept the days of what "
            "is published.",
            metavar="SCENARIO|FOLDER",
        ),
    ] = "baseline",
    replicates: Annotated[int | None, typer.Option(help="Runs, each with luck of its own.", show_default="20")] = None,
    quick: Quick = False,
    days: Annotated[
        int | None, typer.Option(help="Length of the runs in days; up to the last figure unless given.")
    ] = None,
    weight: Annotated[
        int | None, typer.Option(help="Households that one simulated household stands for; 1 is everybody.")
    ] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    seed: Annotated[int | None, typer.Option(help="What all seeds come from.", show_default="1")] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Set in every run; repeatable.")
    ] = None,
    uncertainty: Annotated[
        bool, typer.Option("--uncertainty", help="Draw uncertain parameters from their priors in every run.")
    ] = False,
    posterior: Posterior = None,
    model: Model = "haiti",
    out: Annotated[
        Path | None, typer.Option(parser=typed_path, help="Folder to make; a free one in runs/ unless given.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option(parser=typed_path, help="Markdown page whose tables and figure are written anew.")
    ] = None,
    language: Language = "en",
) -> None:
    """Set an ensemble against published figures: which its band holds, which it misses, and what naive forecasts would say."""
    check_positive(replicates=replicates, days=days, weight=weight, workers=workers)
    from experiments.report.scorecard import page as shown
    from experiments.study.ready_made import scorecard_study

    if Path(scenario).is_dir():
        options = {"--replicates": replicates, "--days": days, "--weight": weight, "--seed": seed, "--set": changes}
        options |= {"--uncertainty": uncertainty or None, "--quick": quick or None, "--workers": workers}
        options |= {"--posterior": posterior}
        options |= {"--cluster": cluster, "--model": None if model == "haiti" else model}
        for name, value in options.items():
            if value is not None:
                raise InputError(f"{name} belongs to runs that are still to be made", "folder", "Leave it out")
        raise typer.Exit(_of_folder(Path(scenario), out, page, language))
    study = scorecard_study(
        scenario,
        replicates=USUAL_REPLICATES if replicates is None else replicates,
        days=days,
        weight=weight,
        seed=1 if seed is None else seed,
        settings=settings_of(changes),
        uncertainty=drawn_from(uncertainty, posterior) or False,
        model=model,
    )
    given = {"replicates": replicates, "days": days, "weight": weight} if quick else {}
    given |= {"workers": workers, "cluster": cluster, "quick": quick, "out": out}
    raise typer.Exit(run_with_page(study, shown, page, language, **given))


def _of_folder(folder: Path, out: Path | None, page: Path | None, language: str) -> int:
    """The scorecard of a study that has run, in a folder of its own; returns the exit status."""
    from experiments.cli.found import print_scorecard
    from experiments.report.page import check_page
    from experiments.report.scorecard import page as shown
    from experiments.report.writing import write_scorecard_of_folder

    if page:
        check_page(page, shown.NAME)
    found, target = write_scorecard_of_folder(folder, out, language)
    print_scorecard(found)
    status = tell_end(target)
    if page:
        say(f"Page: {page}, figure: {shown.write_page(page, folder)}")
    return status
