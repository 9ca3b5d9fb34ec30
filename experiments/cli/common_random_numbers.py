"""The command `katye common-random-numbers` (once `luck`): what shared seeds are worth when two policies are compared."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.ending import run_with_page
from experiments.cli.run import Model
from experiments.cli.study import Cluster, Language, Quick, Workers
from experiments.cli.terminal import check_positive, settings_of, typed_path


def common_random_numbers(
    scenario: Annotated[str, typer.Argument(help="A name from `katye scenarios`, or a TOML file.")] = "baseline",
    both: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Set on both sides; repeatable.")
    ] = None,
    one: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="Set on one side; repeatable.")] = None,
    other: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="Set on the other side.")] = None,
    seeds: Annotated[int, typer.Option(help="Runs of each side.")] = 40,
    quick: Quick = False,
    days: Annotated[int, typer.Option(help="Length of the runs in days.")] = 365,
    weight: Annotated[int, typer.Option(help="Households that one simulated household stands for.")] = 50,
    seed: Annotated[int, typer.Option(help="What all seeds come from.")] = 1,
    workers: Workers = None,
    cluster: Cluster = None,
    model: Model = "haiti",
    out: Annotated[
        Path | None, typer.Option(parser=typed_path, help="Folder to make; a free one in runs/ unless given.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option(parser=typed_path, help="Markdown page whose tables and figure are written anew.")
    ] = None,
    language: Language = "en",
) -> None:
    """Measure what shared seeds save when two policies are compared; the model has two of its own unless some are set."""
    check_positive(seeds=seeds, days=days, weight=weight, workers=workers)
    from experiments.report import common_random_numbers as shown
    from experiments.study.ready_made import common_random_numbers_study

    sides = (settings_of(both), settings_of(one, "--one"), settings_of(other, "--other"))
    study = common_random_numbers_study(
        scenario, *sides, replicates=seeds, days=days, weight=weight, seed=seed, model=model
    )
    options = {"workers": workers, "cluster": cluster, "quick": quick, "out": out}
    raise typer.Exit(run_with_page(study, shown, page, language, **options))
