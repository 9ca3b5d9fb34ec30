"""The command `katye backtest`: what draws fitted by a cut-off say of the time after it, against what was published then."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.calibration.calibrate import plan_of
from experiments.cli.calibration.posterior import fit_of
from experiments.cli.run import Model
from experiments.cli.study import Cluster, Weight, Workers
from experiments.cli.terminal import check_positive, interrupts_told, print_table, say, text, typed_path
from simulation.errors import InputError


def backtest(
    posterior: Annotated[
        Path, typer.Argument(parser=typed_path, help="The folder of `katye calibrate --cutoff`, or its file.")
    ],
    cutoff: Annotated[
        str | None, typer.Option(metavar="DATE", help="Day of the forecast; that of the posterior unless given.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Last day of the forecast; that of the last figure unless given.")
    ] = None,
    draws: Annotated[int | None, typer.Option(help="Runs of every arm.", show_default="200")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="20 draws at the small weight.")] = False,
    weight: Weight = None,
    seed: Annotated[int, typer.Option(help="What all luck comes from.")] = 1,
    workers: Workers = None,
    cluster: Cluster = None,
    file: Annotated[
        Path | None, typer.Option("--plan", parser=typed_path, help="The plan; the model's own unless given.")
    ] = None,
    model: Model = "haiti",
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", parser=typed_path, help="Folder to make or to go on in; runs/backtest."),
    ] = None,
    page: Annotated[
        Path | None, typer.Option(parser=typed_path, help="Markdown page whose part about it is written anew.")
    ] = None,
) -> None:
    """Forecast from draws that know nothing published after a cut-off, and score it against what was published since."""
    check_positive(draws=draws, weight=weight, workers=workers)
    import dataclasses

    from experiments.calibration.backtest import Backtest
    from experiments.calibration.backtest import backtest as forecast
    from experiments.calibration.scores import by_series
    from experiments.cli.progress import watch
    from experiments.study.ready_made import record_of
    from simulation.clock import parse_date
    from simulation.files.paths import whole_path
    from simulation.port.family import find_family
    from simulation.port.posterior import read_posterior

    if page:
        from experiments.report.page import check_page
        from experiments.report.scorecard.validation import BACKTEST, write_backtest

        check_page(page, BACKTEST)
    plan, family = plan_of(file, model), find_family(model)
    if quick:
        plan = dataclasses.replace(plan, weight=plan.quick.get("weight", plan.weight))
    plan = plan.resized(weight=weight)
    posterior = fit_of(posterior, model)
    known = read_posterior(posterior).about.get("cutoff")
    if not cutoff and not known:
        what = "it was fitted on all figures, so that none is left to be forecast"
        hint = "Fit one that stops earlier, katye calibrate --cutoff DATE, and name its folder"
        raise InputError(what, f"posterior {posterior}", hint)
    date = parse_date(cutoff or known, "--cutoff")
    record = record_of(family)
    last = parse_date(until, "--until") if until else max(item.end for item in record)
    arms = plan.arms or {"blind": {"scenario": plan.scenario}}
    count = draws or (20 if quick else 200)
    asked = Backtest(plan, posterior, date, last, arms, count, seed, workers, cluster)
    folder = whole_path(out or Path("runs/backtest"))
    with interrupts_told("all finished runs are kept. Go on with the same command"):
        found = forecast(asked, record, folder, watch)
    say(f"Forecast of {date}, to {last}: {len(arms)} arms of {count} runs")
    for arm, own in found.scores.groupby("arm", sort=False):
        say(f"\n{arm}: {len(own)} figures that were published later")
        rows = [
            (row.series, f"{row.in50} of {row.figures}", f"{row.in90} of {row.figures}", text(row.crps), text(row.wis),
             "-" if row.bias != row.bias else f"{100 * row.bias:+.0f} %", "-" if row.skill != row.skill else f"{row.skill:.2f}")
            for row in by_series(own).itertuples()
        ]  # fmt: skip
        print_table(("series", "in 50 %", "in 90 %", "CRPS", "WIS", "bias", "skill"), rows)
        skilled = by_series(own)["skill"].dropna()
        say(f"Better than the better of persistence and line: {int((skilled > 0).sum())} of {len(skilled)} series")
        say(
            f"90 % intervals hold {int(own['in90'].sum())} of {len(own)} figures, 50 % intervals {int(own['in50'].sum())}"
        )
    if found.places is not None:
        say("\nWhich places fall, of those that nobody was reported to hold; and where people are killed")
        rows = [
            (row.forecast, f"{row.fell} of {row.places}", "-" if row.expected != row.expected else f"{row.expected:.1f}",
             f"{row.auc:.2f}", f"{row.brier:.3f}", f"{row.violence:.2f}")
            for row in found.places.itertuples()
        ]  # fmt: skip
        print_table(("forecast", "fell", "expected", "AUC", "Brier", "violence (rank correlation)"), rows)
    if page:
        write_backtest(page, asked, found, record)
        say(f"Page: {page}")
    say(f"Scores: {folder / 'scores.csv'}, forecast: {folder / 'forecast.parquet'}")
