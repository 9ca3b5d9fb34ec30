"""The command `katye`: what can be typed after it, and how it ends."""

# Heavy imports stay inside the functions, so that `katye --help` answers at once.

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from experiments.cli import analysis, benchmark, lists, run, study
from experiments.cli.ablation import ablation
from experiments.cli.common_random_numbers import common_random_numbers
from experiments.cli.compare import compare
from experiments.cli.effects import effects
from experiments.cli.terminal import say
from simulation.errors import KatyeError

app = typer.Typer(
    name="katye",
    help="Security, territory and displacement in Port-au-Prince, day by day, by neighbourhood.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
PANELS = {
    "Run": (run.run, compare),
    "Study": (study.plan, study.sweep, study.status, study.resume, study.rerun, study.export),
    "Ask a study": (*analysis.COMMANDS, effects),
    "Ask the model": (ablation, common_random_numbers),
    "Look up": lists.COMMANDS,
    "Develop": (benchmark.benchmark,),
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
    with contextlib.ExitStack() as opened:
        for name in ("stdout", "stderr"):
            if getattr(sys, name) is None:  # closed by the shell: there is nobody to tell, and runs go on
                setattr(sys, name, opened.enter_context(open(os.devnull, "w")))
        try:
            app(args=arguments)
        except KatyeError as error:
            say(f"error: {error}", error=True)
            sys.exit(2)
        except OSError as error:  # of a screen, a file or a folder; what was finished before is on the disk
            say(f"error: {error}", error=True)
            sys.exit(1)


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
