"""The command `katye luck`: what shared luck is worth when two policies are compared."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.terminal import check_positive, interrupts_told, print_table, settings_of


def luck(
    scenario: Annotated[str, typer.Argument(help="A name from `katye scenarios`, or a TOML file.")] = "baseline",
    both: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Set on both sides; repeatable.")
    ] = None,
    one: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="Set on one side; repeatable.")] = None,
    other: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="Set on the other side.")] = None,
    seeds: Annotated[int, typer.Option(help="Runs of each side.")] = 40,
    days: Annotated[int, typer.Option(help="Length of the runs in days.")] = 365,
    weight: Annotated[int, typer.Option(help="Households that one simulated household stands for.")] = 50,
    workers: Annotated[int | None, typer.Option(help="Processes; one a core unless given.")] = None,
    out: Annotated[Path | None, typer.Option(help="CSV file to make, a row an outcome and day.")] = None,
    page: Annotated[Path | None, typer.Option(help="Markdown page whose tables and figure are written anew.")] = None,
) -> None:
    """Measure what shared seeds save when two policies are compared; unless set, 2,500 against 1,000 people forced."""

    check_positive(seeds=seeds, days=days, weight=weight, workers=workers)
    from experiments.cli.progress import watch
    from experiments.report import common_random_numbers as shown
    from experiments.report.page import check_new_file, check_page, write_whole
    from experiments.run.common_random_numbers import FEWEST, luck_study, luck_table, run_pairs

    sides = (settings_of(both), settings_of(one, "--one"), settings_of(other, "--other"))
    study = luck_study(scenario, *sides, seeds=seeds, days=days, weight=weight)
    if out:
        check_new_file(out)
    if page:
        check_page(page, shown.NAME)
    with interrupts_told(), watch("luck") as progress:
        pairs = run_pairs(study, workers, progress)
    for failure in pairs.failures:
        print(f"error: {failure}", file=sys.stderr)
    if pairs.number < FEWEST:
        raise typer.Exit(1)
    table = luck_table(pairs)
    words = shown.sides_in_words(study)
    print(f"one: {words[0]}; other: {words[1]}; {pairs.number} seeds a side, day {pairs.days}")
    print_table(shown.HEADER, shown.luck_rows(table))
    print_table(*shown.drift_rows(table))
    if out:
        write_whole(out, table.to_csv(index=False, lineterminator="\n").encode())
        print(f"Table: {out}")
    if page:
        print(f"Page: {page}, figure: {shown.write_page(page, pairs, table)}")
    raise typer.Exit(bool(pairs.failures))
