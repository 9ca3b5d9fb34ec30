"""Commands for those who develop and publish: `katye benchmark` and `katye archive`."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from experiments.cli.terminal import print_table, say, typed_path
from simulation.errors import InputError

TESTS = Path(__file__).resolve().parents[2] / "tests"
"""Where the benchmark lives, beside the slow twin of the household rules that it is measured against."""


def benchmark(
    quick: Annotated[bool, typer.Option("--quick", help="Fewer days and repeats: under a minute.")] = False,
    record: Annotated[
        Path | None, typer.Option(parser=typed_path, metavar="FILE", help="CSV file that gets one row more.")
    ] = None,
    history: Annotated[
        Path | None,
        typer.Option(parser=typed_path, metavar="FILE", help="Show the last rows of such a file and measure nothing."),
    ] = None,
    against: Annotated[
        str, typer.Option(metavar="COMMIT", help="An older version to run beside this one, in turns; needs git.")
    ] = "",
    install: Annotated[
        bool, typer.Option("--install", help="The size of a fresh installation too: minutes, and the network.")
    ] = False,
) -> None:
    """Measure speed, memory and scaling on this machine, beside their targets."""
    timing, table, past, older = (_part(name) for name in ("benchmark", "rows", "history", "against"))
    if history:
        if quick or record or install or against:
            raise InputError("it shows a file and measures nothing", "--history", "Use it without other options")
        print_table(*past.last_rows(history, table.ROWS))
        return
    if record:
        past.check(record, past.columns(table.ROWS))
    then = older.full_name(against) if against else ""
    figures, day = timing.measure(timing.QUICK if quick else timing.FULL, install, then)
    print_table(("figure", "value", "unit", "target", "verdict"), table.rows(figures))
    say(table.notes(figures))
    print_table(("where the day goes", "ms a day", "share"), table.day_rows(day))
    if record:
        past.append(record, past.row(figures, table.ROWS, quick, then))
        say(f"One row added to {record}")


def archive(
    out: Annotated[
        Path | None,
        typer.Option(parser=typed_path, metavar="FILE", help="The zip to write; katye-VERSION.zip unless given."),
    ] = None,
) -> None:
    """Pack this commit for a model library such as CoMSES: code, the model in ODD + D, metadata, licence."""
    from experiments.exchange.archive import write_archive

    say(write_archive(out))


def _part(name: str) -> ModuleType:
    """A module of the benchmark. InputError where there is none: a wheel holds no tests."""
    if not (TESTS / "benchmarks" / f"{name}.py").is_file():
        what = "the benchmark is no part of an installed katye; it comes with the source checkout"
        hint = "Get the checkout, `make install` there, and run .venv/bin/katye benchmark in it"
        raise InputError(what, "katye benchmark", hint)
    if str(TESTS) not in sys.path:
        sys.path.append(str(TESTS))
    return importlib.import_module(f"benchmarks.{name}")
