"""The command `katye workshop`: two futures in chapters for a room, as one page that opens by double click."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.run import Model
from experiments.cli.study import Days, Weight, Workers
from experiments.cli.terminal import (
    Json,
    check_positive,
    interrupts_told,
    print_records,
    say,
    size,
    typed,
    typed_path,
)
from simulation.errors import InputError


def workshop(
    name: Annotated[
        str | None, typer.Argument(help="A name from `katye workshop --list`, or a TOML file.", metavar="NAME|FILE")
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", parser=typed_path, metavar="FILE", help="The page to write.")
    ] = Path("workshop.html"),
    listed: Annotated[bool, typer.Option("--list", help="List the prepared workshops.")] = False,
    study: Annotated[
        Path | None,
        typer.Option(
            "--study",
            parser=typed_path,
            metavar="FOLDER",
            help="Take the runs of a study, repeated from their seeds; the file says the `cell` of each side.",
        ),
    ] = None,
    pairs: Annotated[
        int | None, typer.Option(help="Runs of every side; run k has the same luck in both.", show_default="12")
    ] = None,
    days: Days = None,
    weight: Weight = None,
    workers: Workers = None,
    model: Model = "haiti",
    as_json: Json = False,
) -> None:
    """Write a workshop as one page: two futures, chapters that stop it, what is said and asked there in three languages."""
    check_positive(pairs=pairs, days=days, weight=weight, workers=workers)
    from experiments.study.workshop import prepared, read_workshop, workshop_path
    from simulation.port.family import find_family

    family = find_family(model)
    if listed:
        if name is not None:
            raise InputError(f"it lists all, and not {name}", "--list", "Leave one of the two out")
        told = [(known, read_workshop(path).title["en"]) for known, path in prepared(family).items()]
        print_records(("workshop", "question"), told, as_json)
        return
    if name is None:
        raise InputError("no workshop is named", "katye workshop", "katye workshop --list names the prepared ones")
    if as_json:
        raise InputError("it belongs to --list", "--json", "Leave it out")
    found = read_workshop(workshop_path(name, family))
    from experiments.cli.progress import watch
    from experiments.report import replay as made
    from simulation.replay.page import check_target

    out = Path(out)
    check_target(out)
    if study is None:
        runs = found.study(pairs=pairs, days=days, weight=weight)
        made.check_chapters(found, runs)
        with interrupts_told("no page was written"), watch("workshop") as progress:
            sides = made.of_workshop(found, runs, workers, progress)
    else:
        for option, value in (("--days", days), ("--weight", weight)):
            if value is not None:
                raise InputError(f"{option} belongs to runs that are still to be made", "--study", "Leave it out")
        cells = [side.cell for side in (found.a, found.b)]
        for side, cell in zip("ab", cells, strict=True):
            if not cell:
                raise InputError("it does not say its cell of a study", f"{found.path}, [{side}]", 'Write cell = "..."')
        made.check_chapters(found, made.study_in(study))
        with interrupts_told("no page was written"), watch("workshop") as progress:
            sides = made.of_study(study, cells, pairs, workers, progress)
    command = typed("katye", "workshop", name, *_given(pairs=pairs, days=days, weight=weight, study=study))
    written = made.write(out, sides, command=command, workshop=found)
    for line in sides.lost:
        say(f"left out, as a run of the pair failed: {line}", error=True)
    count = len(sides.arms[0].runs)
    say(f"Page: {out} ({len(found.chapters)} chapters, {count} pair{'s' * (count != 1)} of runs, {size(written)})")


def _given(**options: object) -> list[object]:
    return [word for name, value in options.items() if value is not None for word in (f"--{name}", value)]
