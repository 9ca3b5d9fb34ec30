"""The command `katye ablation` (once `switches`): what is different without each mechanism of the model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.ending import run_with_page
from experiments.cli.run import Model
from experiments.cli.study import Cluster, Language, Quick, Workers
from experiments.cli.terminal import check_positive, typed_path


def ablation(
    scenario: Annotated[str, typer.Argument(help="A name from `katye scenarios`, or a TOML file.")] = "baseline",
    mechanism: Annotated[
        list[str] | None, typer.Option("--mechanism", "--rule", help="Only this one; repeatable. All unless given.")
    ] = None,
    seeds: Annotated[int, typer.Option(help="Runs without each mechanism, and with all.")] = 20,
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
    """Switch off the mechanisms of a model one by one and report what is different without each."""
    check_positive(seeds=seeds, days=days, weight=weight, workers=workers)
    from experiments.report import ablation as shown
    from experiments.study.ready_made import ablation_study

    study = ablation_study(
        scenario, mechanism or (), replicates=seeds, days=days, weight=weight, seed=seed, model=model
    )
    options = {"workers": workers, "cluster": cluster, "quick": quick, "out": out}
    raise typer.Exit(run_with_page(study, shown, page, language, **options))
