"""The command `katye switches`: what is different without each rule of the model."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.terminal import check_positive, interrupts_told, print_table


def switches(
    scenario: Annotated[str, typer.Argument(help="A name from `katye scenarios`, or a TOML file.")] = "baseline",
    rule: Annotated[list[str] | None, typer.Option(help="Only this rule; repeatable. All unless given.")] = None,
    seeds: Annotated[int, typer.Option(help="Runs without each rule, and with all.")] = 20,
    days: Annotated[int, typer.Option(help="Length of the runs in days.")] = 365,
    weight: Annotated[int, typer.Option(help="Households that one simulated household stands for.")] = 50,
    workers: Annotated[int | None, typer.Option(help="Processes; one a core unless given.")] = None,
    out: Annotated[Path | None, typer.Option(help="CSV file to make, a row a rule and outcome.")] = None,
    page: Annotated[Path | None, typer.Option(help="Markdown page whose tables and figure are written anew.")] = None,
) -> None:
    """Switch off the rules of the model one by one and report what is different without each."""

    check_positive(seeds=seeds, days=days, weight=weight, workers=workers)
    from experiments.cli.progress import watch
    from experiments.report import ablation as shown
    from experiments.report.page import check_new_file, check_page, write_whole
    from experiments.run.ablation import run_ablation, switch_study, switch_table
    from simulation.runs.results import CAVEAT

    study = switch_study(scenario, seeds=seeds, days=days, weight=weight)
    if out:
        check_new_file(out)
    if page:
        check_page(page, shown.NAME)
    with interrupts_told(), watch("switches") as progress:
        ablation = run_ablation(study, rule or (), workers, progress)
    for failure in ablation.failures:
        print(f"error: {failure}", file=sys.stderr)
    table = switch_table(ablation.runs) if len(ablation.runs) else ablation.runs
    if not len(table):
        raise typer.Exit(1)
    print(shown.reference_words(ablation))
    print_table(shown.HEADER, [*shown.rows(table), *shown.rows(table, heaviest=False)])
    print(CAVEAT)
    if out:
        write_whole(out, table.to_csv(index=False, lineterminator="\n").encode())
        print(f"Table: {out}")
    if page:
        print(f"Page: {page}, figure: {shown.write_page(page, ablation, table)}")
    raise typer.Exit(bool(ablation.failures))
