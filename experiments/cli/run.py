"""The command `katye run`: one scenario once, or on from a kept run, and what it prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.cli.study import Days, Weight
from experiments.cli.terminal import check_positive, interrupts_told, print_table, say, settings_of, typed_path
from simulation.errors import InputError
from simulation.files.paths import whole_path

if TYPE_CHECKING:
    from simulation.port.family import ModelFamily

Model = Annotated[str, typer.Option(help="A model's name, or module:NAME of a ModelFamily.")]


Posterior = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Draw parameters from a file of `katye calibrate` (`posterior`: the one that comes with the model); others stay.",
    ),
]


def run(
    scenario: Annotated[
        str | None, typer.Argument(help="A name from `katye scenarios`, or a TOML file.", show_default="baseline")
    ] = None,
    days: Days = None,
    seed: Annotated[
        int | None, typer.Option(help="The run's luck; the same seed gives the same run.", show_default="1")
    ] = None,
    weight: Weight = None,
    start: Annotated[str | None, typer.Option(help="First day, as 2024-06-01.")] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter; repeatable.")
    ] = None,
    uncertainty: Annotated[
        bool | None, typer.Option("--uncertainty", help="Draw uncertain parameters from their priors.")
    ] = None,
    posterior: Posterior = None,
    off: Annotated[
        list[str] | None, typer.Option(help="A mechanism to switch off; repeatable (`katye mechanisms`).")
    ] = None,
    population: Annotated[
        Path | None,
        typer.Option(parser=typed_path, metavar="FILE", help="CSV or parquet file with the households."),
    ] = None,
    bring: Annotated[
        Path | None,
        typer.Option(
            parser=typed_path,
            metavar="FILE",
            help="TOML file whose [bring] table adds metrics, mechanisms, agents or a map.",
        ),
    ] = None,
    model: Model = "haiti",
    out: Annotated[
        Path | None, typer.Option(parser=typed_path, help="Folder to make; a free one in runs/ unless given.")
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option("--save", parser=typed_path, metavar="FILE", help="Keep the running model in a file."),
    ] = None,
    save_day: Annotated[
        int | None, typer.Option("--save-day", help="Day of the run after which to keep it; the last unless given.")
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            parser=typed_path,
            metavar="FILE",
            help="Go on from a kept model; --days, --set and --seed count from there.",
        ),
    ] = None,
) -> None:
    """Run one scenario once, or go on with a run, and keep its days, neighbourhoods and events."""
    check_positive(days=days, weight=weight)
    from experiments.cli.progress import watch_days
    from experiments.report.player import write_run_page
    from experiments.run.single import Keep, run_alone, run_on
    from simulation.port.case import checked_seed
    from simulation.port.family import find_family
    from simulation.port.plugins import NOTHING, brought_in
    from simulation.runs.results import Results

    if seed is not None:
        checked_seed(seed, "--seed")
    if save_day is not None and save is None:
        raise InputError("there is no file to keep the model in", "--save-day", "Name one with --save")
    brought = brought_in(bring) if bring else NOTHING
    keep, family, settings = Keep(save, save_day) if save else None, find_family(model, brought), settings_of(changes)
    if source:
        given = {"--weight": weight, "--start": start, "--uncertainty": uncertainty, "--off": off}
        given |= {"--posterior": posterior}
        _belongs_to_the_file(scenario=scenario, **given, **{"--population": population})
        with interrupts_told(), watch_days(source.name) as progress:
            folder, finished = run_on(family, source, settings, seed, days, out, progress, keep)
        luck, length = finished.run_seed, finished.day
    else:
        from simulation.clock import parse_date

        given = {"days": days, "weight": weight, "start": parse_date(start, "--start") if start else None}
        given |= {"uncertainty": drawn_from(uncertainty, posterior), "off": off or (), "population": population}
        given |= {"bring": brought} if brought else {}
        case = family.load_case(scenario or "baseline", overrides=settings, **given)
        family = family.bringing(case.brought)
        family.check_effect(case, list(settings), "--set")
        luck, length = 1 if seed is None else seed, case.days
        with interrupts_told(), watch_days(case.name) as progress:
            folder, finished = run_alone(family, case, luck, out, progress, keep)
    say(f"{finished.case.title or finished.case.name}, {length} days, seed {luck}")
    _print_outcomes(family, finished.summary())
    if out and folder != whole_path(out):
        say(f"{out} was made by somebody else meanwhile; this run is in {folder}", error=True)
    page = write_run_page(folder, model)
    say(f"{finished.verdict()}\n\nResults: {folder}" + (f"\nPage: {page}" if page else ""))
    say(f"Cite: {Results(folder).card['cite']}")
    if save:
        say(f"Kept: {save}")


def drawn_from(uncertainty: bool | None, posterior: str | None) -> bool | str | None:
    """What the two options say together. InputError if they contradict one another."""
    from simulation.port.posterior import SHIPPED, find_fit

    if posterior and uncertainty:
        raise InputError(
            "parameters are drawn from priors or from a posterior", "--uncertainty", "Leave one of the two out"
        )
    if posterior and posterior != SHIPPED:
        return str(find_fit(typed_path(posterior), None, "--posterior").absolute())
    return posterior or uncertainty


def _belongs_to_the_file(**options: Any) -> None:
    for name, value in options.items():
        if value is not None:
            raise InputError(f"{name} is that of the run in the file and cannot be given", "--from")


def _print_outcomes(family: ModelFamily, summary: dict[str, Any]) -> None:
    """The outcomes most people ask for first; card.json has them all."""
    shown = [item for item in family.headlines if item.name in summary and (summary[item.name] or not item.part)]
    rows = [(item.name, summary[item.name], item.unit) for item in shown]
    print_table(("outcome", "value", "unit"), rows)
