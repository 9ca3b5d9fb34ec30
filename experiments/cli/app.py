"""The command `katye`: what can be typed after it, and how it ends."""

# Heavy imports stay inside the functions, so that `katye --help` answers at once.

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from experiments.cli import analysis, develop, lists, run, study
from experiments.cli.ablation import ablation
from experiments.cli.calibration.backtest import backtest
from experiments.cli.calibration.calibrate import calibrate
from experiments.cli.calibration.information import information
from experiments.cli.calibration.observations import observations
from experiments.cli.calibration.posterior import posterior
from experiments.cli.calibration.shares import shares
from experiments.cli.common_random_numbers import common_random_numbers
from experiments.cli.compare import compare
from experiments.cli.pictures import live
from experiments.cli.pictures.film import film
from experiments.cli.pictures.guide import guide
from experiments.cli.pictures.replay import replay
from experiments.cli.pictures.workshop import workshop
from experiments.cli.scorecard import scorecard
from experiments.cli.streams import patient_streams
from experiments.cli.terminal import say
from simulation.errors import KatyeError, refusal

app = typer.Typer(
    name="katye",
    help="Security, territory and displacement in Port-au-Prince, day by day, by neighbourhood.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
PANELS = {
    "Run": (run.run, compare, replay, workshop, guide, film, live.app),
    "Study": (study.plan, study.sweep, study.status, study.resume, study.rerun, study.export),
    "Ask a study": (*analysis.COMMANDS, shares, information),
    "Ask the model": (ablation, common_random_numbers, scorecard),
    "Fit the model": (calibrate, posterior, backtest, observations),
    "Look up": lists.COMMANDS,
    "Develop": (develop.benchmark, develop.archive),
}
"""Commands by what people want to do, in the order of `katye --help`."""
NAMED_BEFORE = {"switches": ablation, "luck": common_random_numbers}
for panel, commands in PANELS.items():
    for command in commands:
        app.command(rich_help_panel=panel)(command)
for name, command in NAMED_BEFORE.items():
    app.command(name, hidden=True)(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """What `katye` in a shell calls. Always exits: 0 well, 1 runs failed, 2 wrong input, 130 after Ctrl-C."""
    # Where it can keep no list of fonts it says so in three lines, and draws all the same.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    with patient_streams():
        try:
            app(args=arguments)
        except KatyeError as error:
            say(f"error: {error}", error=True)
            sys.exit(2)
        except OSError as error:  # a full disk, no permission; what was finished before is on the disk
            say(f"error: {_place(error)}{refusal(error)}", error=True)
            sys.exit(2)


def _place(error: OSError) -> str:
    """The file that the system refused; two if one was to take the place of the other."""
    names = [os.fsdecode(name) for name in (error.filename, error.filename2) if isinstance(name, str | bytes)]
    return f"{' to '.join(names)}: " if names else ""


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        say(f"katye {version('katye')}")
        raise typer.Exit


@app.callback()
def katye(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass
