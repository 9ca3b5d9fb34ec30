"""The command `katye replay`: runs as one page that opens by double click."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.cli.study import Days, Weight, Workers
from experiments.cli.terminal import check_positive, interrupts_told, say, settings_of, size, typed, typed_path
from simulation.errors import InputError

if TYPE_CHECKING:
    from experiments.report.replay import Sides

USUAL_PAIRS = 20
ENOUGH = 8  # pairs from which on luck can be told from a difference, by sign alone (1 in 128)


def replay(
    sides: Annotated[
        list[str],
        typer.Argument(
            help="A scenario or two from `katye scenarios`, or TOML files, whose runs are made now; or the folder of a study; "
            "or one or two folders of runs.",
            metavar="SCENARIO|FOLDER ...",
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", parser=typed_path, metavar="FILE", help="The page to write.")
    ] = Path("replay.html"),
    pairs: Annotated[
        int | None, typer.Option(help="Runs of every side; run k has the same luck in both.", show_default="20")
    ] = None,
    days: Days = None,
    weight: Weight = None,
    seed: Annotated[int | None, typer.Option(help="What all seeds come from.", show_default="1")] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Set in every scenario; repeatable.")
    ] = None,
    a: Annotated[
        str | None, typer.Option("--a", metavar="CELL", help="Of a study: the cell on the left, a number or words.")
    ] = None,
    b: Annotated[str | None, typer.Option("--b", metavar="CELL", help="Of a study: the cell on the right.")] = None,
    title: Annotated[
        str,
        typer.Option(
            help="What stands above the page; the question of the right side, or the study's title, unless given."
        ),
    ] = "",
    model: Annotated[str | None, typer.Option(help="A model's name, or module:NAME of a ModelFamily.")] = None,
    workers: Workers = None,
) -> None:
    """Write runs as one page: a map by the day, two futures side by side, and how sure the difference is."""
    check_positive(pairs=pairs, days=days, weight=weight, workers=workers)
    from experiments.cli.progress import watch
    from experiments.report import replay as made
    from experiments.study.ready_made import replay_study
    from simulation.port.family import DEFAULT
    from simulation.replay.page import check_target

    out = Path(out)
    check_target(out)
    folders = [Path(side) for side in sides if Path(side).is_dir()]
    new: dict[str, Any] = {"--days": days, "--weight": weight, "--seed": seed, "--set": changes}
    cells = {"--a": a, "--b": b}
    if len(sides) > 2:
        raise InputError(f"{len(sides)} sides do not fit beside one another", "sides", "Name one or two")
    if folders and len(folders) < len(sides):
        raise InputError("a folder and a scenario cannot stand side by side", "sides", "Run the scenario first")
    studies = [folder for folder in folders if (folder / "store").is_dir()]
    if folders:
        _not_given(new, "runs that are still to be made")
    if not studies:
        _not_given(cells, f"the folder of a study, and {sides[0]} is none")
    if studies and len(folders) > 1:
        raise InputError("a study stands alone", "sides", "Name two of its cells with --a and --b")
    if b is not None and a is None:
        raise InputError("there is no left side", "--a", "Name a cell for it too")
    if studies:
        _not_given({"--model": model}, "runs that are still to be made")
    if folders and not studies:
        _not_given({"--pairs": pairs, "--workers": workers}, "several runs")
        found = made.of_runs(folders, model)
    else:
        with interrupts_told("no page was written"), watch("replay") as progress:
            if studies:
                wanted = [cell for cell in (a, b) if cell is not None]
                found = made.of_study(studies[0], wanted, pairs, workers, progress)
            else:
                study = replay_study(
                    sides,
                    pairs=USUAL_PAIRS if pairs is None else pairs,
                    days=days,
                    weight=weight,
                    seed=1 if seed is None else seed,
                    settings=settings_of(changes),
                    model=model or DEFAULT,
                )
                found = made.of_scenarios(study, workers, progress)
    again = {"--pairs": pairs, **new, "--model": model, **cells, "--title": title or None}
    written = made.write(out, found, title=title, command=_command(sides, again))
    _tell(found, out, written)


def _not_given(options: dict[str, Any], whose: str) -> None:
    for name, value in options.items():
        if value is not None and value != []:
            raise InputError(f"{name} belongs to {whose}", "sides", "Leave it out")


def _command(sides: Sequence[str], options: dict[str, Any]) -> str:
    """The line that makes the page again, without where it was written."""
    words: list[Any] = ["katye", "replay", *sides]
    for name, value in options.items():
        for one in value if isinstance(value, list) else [value]:
            words += [name, one] if one is not None else []
    return typed(*words)


def _tell(found: Sides, out: Path, written: int) -> None:
    for line in found.lost:
        say(f"left out, as a run of the pair failed: {line}", error=True)
    runs = len(found.arms[0].runs)
    what = f"{runs} pair{'s' * (runs != 1)} of runs" if len(found.arms) == 2 else f"{runs} run{'s' * (runs != 1)}"
    say(f"Page: {out} ({what}, {size(written)})")
    if runs < ENOUGH:
        say(f"Of {runs} run{'s' * (runs != 1)} a side nobody can tell a difference from luck; take {USUAL_PAIRS}.")
