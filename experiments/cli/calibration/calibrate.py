"""The command `katye calibrate`: history matching against published figures, and the posterior that it ends with."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli.calibration.posterior import tell_posterior
from experiments.cli.run import Model
from experiments.cli.study import Cluster, Days, Weight, Workers
from experiments.cli.terminal import check_positive, interrupts_told, print_table, say, text, typed, typed_path
from simulation.errors import InputError

if TYPE_CHECKING:
    import pandas

    from experiments.calibration.calibrate import Calibrated, WaveTold
    from experiments.calibration.plan import Plan
    from experiments.calibration.waves import Setting


def calibrate(
    file: Annotated[
        Path | None,
        typer.Argument(
            parser=typed_path,
            help="TOML file of what is set free and which figures count; the model's own unless given.",
        ),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="The whole path at the small size of the file.")] = False,
    cutoff: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only figures that were published by then, as 2024-11-30.")
    ] = None,
    waves: Annotated[int | None, typer.Option(help="Waves, if something is left so long.")] = None,
    points: Annotated[int | None, typer.Option(help="Points of the free space in a wave.")] = None,
    last: Annotated[
        int | None,
        typer.Option(help="Points of the last wave, from which draws come; as --points where only that is given."),
    ] = None,
    seeds: Annotated[int | None, typer.Option(help="Runs of a point, each with luck of its own.")] = None,
    days: Days = None,
    weight: Weight = None,
    seed: Annotated[int, typer.Option(help="What all luck comes from.")] = 1,
    known: Annotated[
        int | None,
        typer.Option(
            metavar="DRAWS", help="The synthetic check: fit figures simulated from so many known draws instead."
        ),
    ] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    model: Model = "haiti",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", parser=typed_path, help="Folder to make or to go on in; runs/calibration unless given."
        ),
    ] = None,
    page: Annotated[
        Path | None, typer.Option(parser=typed_path, help="Markdown page whose part about it is written anew.")
    ] = None,
) -> None:
    """Fit a model to published figures in waves of runs, down to weighted draws of what is plausible. Can be gone on with."""
    sizes = {"waves": waves, "points": points, "last": last, "seeds": seeds, "days": days, "weight": weight}
    check_positive(workers=workers, known=known, **sizes)
    from experiments.calibration.calibrate import calibrate as fit
    from experiments.calibration.calibrate import prepare
    from experiments.cli.progress import watch
    from simulation.clock import parse_date
    from simulation.files.paths import whole_path

    if page:
        from experiments.report.page import check_page
        from experiments.report.scorecard.validation import FIT, write_fit

        check_page(page, FIT)
    plan = plan_of(file, model)
    plan = (plan.quickly() if quick else plan).resized(**sizes)
    date = parse_date(cutoff, "--cutoff") if cutoff else None
    setting = prepare(plan, seed, date, workers, cluster)
    folder = whole_path(
        out or Path("runs", f"calibration-{model.rpartition('.')[2].partition(':')[0]}" + "-quick" * quick)
    )
    runs = plan.seeds * (plan.points * plan.waves + plan.drawn)
    say(
        f"{len(plan.free)} free directions ({len(plan.names)} parameters), {len(setting.targets)} figures, {setting.days} days"
    )
    sizes = f"{plan.waves} waves of {plan.points} points and a last one of {plan.drawn}, x {plan.seeds}"
    say(f"{sizes}: at most {text(runs)} runs, in {folder}")
    again = "Go on with the same command"
    with interrupts_told(f"all finished runs are kept. {again}"):
        if known:
            raise typer.Exit(_tell_known(setting, known, folder))
        found = fit(setting, folder, watch, tell_wave)
    tell_end(found, setting)
    if page:
        write_fit(page, found, setting)
        say(f"Page: {page}")


def plan_of(file: Path | None, model: str) -> Plan:
    """The plan of a file, or the model's own. InputError if there is neither."""
    from experiments.calibration.plan import read_plan
    from simulation.port.family import find_family

    family = find_family(model)
    if file is None and family.calibration is None:
        raise InputError(
            f"the model {family.name} has no plan of a calibration", "FILE", "See docs/calibration.md for one"
        )
    plan = read_plan(file or family.calibration, family, model)
    if plan.observations is None and family.record is None:
        hint = "Name a file of them in it: observations = ..."
        raise InputError("the model has no published figures", f"model '{family.name}'", hint)
    return plan


def tell_wave(wave: WaveTold) -> None:
    """What a wave came to: its figures, what is left of the space, what nothing comes near."""
    say(f"\n{wave.name}: {wave.points} points")
    _print_figures(wave.table)
    told = wave.table[~wave.table["emulated"]]["figure"]
    if len(told):
        say(f"Not emulated (R2 below 0.3), compared by runs alone: {', '.join(told)}")
    tell_unreached(wave.table)
    if wave.empty:
        say(f"Nothing is left: the least implausible point is at {wave.least:.2f}. The space stays as it was before.")
    else:
        say(f"Left of the priors: {wave.share:.2g}; the least implausible point is at {wave.least:.2f}")


def _print_figures(table: pandas.DataFrame) -> None:
    rows = [
        (row.figure, row.observed, row.sd, row.median, f"{text(row.p05)} to {text(row.p95)}",
         "-" if row.r2 != row.r2 else f"{row.r2:.2f}", f"{row.nearest:.1f}", f"{100 * row.beyond:.0f} %")
        for row in table.itertuples()
    ]  # fmt: skip
    print_table(("figure", "published", "error", "runs", "90 % of runs", "R2", "nearest", "implausible"), rows)


def tell_unreached(table: pandas.DataFrame, cut: float = 3.0) -> None:
    """Figures that no run comes near, and by how much."""
    for row in table[table["nearest"] > cut].itertuples():
        where = f"published {text(row.observed)}, runs {text(row.p05)} to {text(row.p95)}"
        say(f"No run reaches {row.figure}: at best {row.nearest:.1f} standard deviations off ({where})")


def tell_end(found: Calibrated, setting: Setting) -> None:
    """The last runs under their weights, and the posterior."""
    say("\nThe last runs, weighted")
    _print_figures(found.final)
    tell_unreached(found.final)
    if found.waves[-1].empty:
        say("The space ended before the waves did: read the figures that no run reaches before anything else.")
    say(f"Effective number of draws: {found.effective:.1f} of {len(found.weights)}")
    for sentence in found.of_itself():
        say(sentence)
    tell_posterior(found.posterior, setting.rows)
    say(f"\nPosterior: {found.posterior}")
    say(f"Use it with: {typed('katye', 'run', '--posterior', found.posterior)}")


def _tell_known(setting: Setting, count: int, folder: Path) -> int:
    """The synthetic check, in a table; the exit status."""
    from experiments.calibration.calibrate import inside
    from experiments.calibration.known import check_known
    from experiments.cli.progress import watch

    table = check_known(dataclasses.replace(setting), count, folder, watch)
    groups = table.groupby("free", sort=False)
    rows = [
        (
            name,
            f"{int(one['in50'].sum())} of {len(one)}",
            f"{int(one['in90'].sum())} of {len(one)}",
            f"{one['spread'].mean():.2f}",
        )
        for name, one in groups
    ]
    print_table(("free", "in the 50 % interval", "in the 90 % interval", "spread, of the prior's"), rows)
    say(f"Of these worlds {inside(table)}. Table: {folder / 'known.csv'}")
    return 0
