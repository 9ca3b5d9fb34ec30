"""The command `katye`: run, sweep, and look up scenarios, parameters and metrics."""

# Heavy imports stay inside the functions, so that `katye --help` answers at once.

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from experiments.cli import analysis as analysis_command
from experiments.cli import study as study_command
from experiments.cli.ablation import switches
from experiments.cli.common_random_numbers import luck
from experiments.cli.compare import compare
from experiments.cli.study import Days, Weight
from experiments.cli.terminal import check_positive, interrupts_told, print_table, settings_of
from simulation.errors import InputError, KatyeError, unknown_name

app = typer.Typer(
    name="katye",
    help="Security, territory and displacement in Port-au-Prince, day by day, by neighbourhood.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

HEADLINES = (
    "gang_control_population_share",
    "gang_influence_population_share",
    "displaced_people",
    "new_displacements",
    "returns",
    "residents_killed",
    "gang_members_killed",
    "security_forces_killed",
    "deployed_force_mean",
    "usable_force_mean",
    "funding_received_usd",
    "mission_cost_usd",
)

Out = Annotated[Path | None, typer.Option(help="Folder to make; a free one in runs/ unless given.")]


def main(arguments: Sequence[str] | None = None) -> None:
    """What `katye` in a shell calls. Always exits: 0 well, 1 runs failed, 2 wrong input, 130 after Ctrl-C."""
    with contextlib.ExitStack() as opened:
        for name in ("stdout", "stderr"):
            if getattr(sys, name) is None:  # closed by the shell: there is nobody to tell, and runs go on
                setattr(sys, name, opened.enter_context(open(os.devnull, "w")))
        try:
            app(args=arguments)
        except KatyeError as error:
            print(f"error: {error}", file=sys.stderr)
            sys.exit(2)
        except OSError as error:  # of a screen, a file or a folder; what was finished before is on the disk
            print(f"error: {error}", file=sys.stderr)
            sys.exit(1)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"katye {version('katye')}")
        raise typer.Exit


@app.callback()
def katye(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


@app.command()
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
    out: Out = None,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE", help="Keep the running model in a file.")
    ] = None,
    save_day: Annotated[
        int | None, typer.Option("--save-day", help="Day of the run after which to keep it; the last unless given.")
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="FILE", help="Go on from a kept model; --days, --set and --seed count from there."
        ),
    ] = None,
) -> None:
    """Run one scenario once, or go on with a run, and keep its days, neighbourhoods and events."""
    check_positive(days=days, seed=seed, weight=weight)
    from experiments.cli.progress import watch_days
    from experiments.run.task import Keep, run_alone, run_on

    if save_day is not None and save is None:
        raise InputError("there is no file to keep the model in", "--save-day", "Name one with --save")
    keep = Keep(save, save_day) if save else None
    if source:
        _belongs_to_the_file(scenario=scenario, **{"--weight": weight, "--start": start, "--uncertainty": uncertainty})
        with interrupts_told(), watch_days(source.name) as progress:
            folder, model = run_on(source, settings_of(changes), seed, days, out, progress, keep)
        case, luck, length = model.case, model.run_seed, model.day
    else:
        from models.haiti.scenario.scenario import check_effect, load_case
        from simulation.clock import parse_date

        date = parse_date(start, "--start") if start else None
        settings = settings_of(changes)
        case = load_case(
            scenario or "baseline", overrides=settings, days=days, weight=weight, start=date, uncertainty=uncertainty
        )
        check_effect(case, settings, "--set")
        luck, length = seed or 1, case.days
        with interrupts_told(), watch_days(case.name) as progress:
            folder, model = run_alone(case, luck, out, progress, keep)
    print(f"{case.title or case.name}, {length} days, seed {luck}")
    _print_outcomes(model.summary())
    print(f"{model.verdict()}\n\nResults: {folder}")
    if save:
        print(f"Kept: {save}")


def _belongs_to_the_file(**options: Any) -> None:
    for name, value in options.items():
        if value is not None:
            raise InputError(f"{name} is that of the run in the file and cannot be given", "--from")


for command in (*study_command.COMMANDS, *analysis_command.COMMANDS):
    app.command()(command)


app.command("luck")(luck)
app.command("compare")(compare)
app.command("switches")(switches)


@app.command()
def scenarios() -> None:
    """List the scenarios."""
    from models.haiti.scenario.scenario import scenario_list

    rows = [(s.name, s.title, s.question, s.start, s.days) for s in scenario_list()]
    print_table(("scenario", "title", "question", "start", "days"), rows)


@app.command()
def parameters(
    name: Annotated[str | None, typer.Argument(help="A parameter, or the first part of its name.")] = None,
    csv: Annotated[bool, typer.Option("--csv", help="As comma-separated values.")] = False,
) -> None:
    """List parameters: value, unit, range, prior, status and source."""
    from models.haiti.parameters import default_parameters

    rows = default_parameters().rows()
    if name:
        known = {row.name for row in rows} | {row.name.partition(".")[0] for row in rows}
        if name not in known:
            raise unknown_name("parameter", name, known)
        rows = [row for row in rows if row.name == name or row.name.startswith(f"{name}.")]
    columns = ("name", "value", "unit", "range", "prior", "status", "source", "meaning")
    cells = [(r.name, r.value, r.unit, r.range_text(), r.prior or "", r.status, r.source, r.meaning) for r in rows]
    # As typed after --set: 150000, not 150,000.
    cells = [[str(value).lower() if isinstance(value, bool) else f"{value}" for value in row] for row in cells]
    if csv:
        _print_csv(columns, cells)
    elif name:
        width = max(map(len, columns))
        for row in cells:
            print("\n".join(f"{column:{width}}  {value}".rstrip() for column, value in zip(columns, row)))
            print()
    else:
        print_table(columns[:-1], [row[:-1] for row in cells])


@app.command()
def metrics() -> None:
    """List the outcomes: name, unit and meaning."""
    from models.haiti.metrics import OUTCOMES

    rows = [(outcome.name, outcome.unit, outcome.meaning) for outcome in OUTCOMES.values()]
    print_table(("outcome", "unit", "meaning"), rows)


@app.command()
def benchmark(
    quick: Annotated[bool, typer.Option("--quick", help="Fewer days and repeats: under a minute.")] = False,
    record: Annotated[Path | None, typer.Option(metavar="FILE", help="CSV file that gets one row more.")] = None,
    history: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Show the last rows of such a file and measure nothing.")
    ] = None,
) -> None:
    """Measure speed, memory and scaling on this machine, beside their targets."""
    from experiments.benchmark import benchmark as timing
    from experiments.benchmark import history as benchmark_history

    if history:
        if quick or record:
            raise InputError("it shows a file and measures nothing", "--history", "Use it without other options")
        print_table(*benchmark_history.last_rows(history, timing.ROWS))
        return
    if record:
        benchmark_history.check(record, benchmark_history.columns(timing.ROWS))
    figures, day = timing.measure(timing.QUICK if quick else timing.FULL)
    print_table(("figure", "value", "unit", "target", "verdict"), timing.rows(figures))
    print(timing.notes(figures))
    print_table(("where the day goes", "ms a day", "share"), timing.day_rows(day))
    if record:
        benchmark_history.append(record, benchmark_history.row(figures, timing.ROWS, quick))
        print(f"One row added to {record}")


def _print_outcomes(summary: dict[str, Any]) -> None:
    """The outcomes most people ask for first; card.json has them all."""
    from models.haiti.metrics import OUTCOMES

    rows = [(name, summary[name], OUTCOMES[name].unit) for name in HEADLINES if name in summary]
    print_table(("outcome", "value", "unit"), rows)


def _print_csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    import csv

    writer = csv.writer(sys.stdout, lineterminator=os.linesep)
    writer.writerow(columns)
    writer.writerows(rows)
