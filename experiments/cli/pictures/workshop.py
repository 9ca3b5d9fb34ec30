"""The command `katye workshop`: two futures in chapters for a room, as one page that opens by double click."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.cli.pictures.sources import tell_lost, workshop_sides
from experiments.cli.run import Model
from experiments.cli.study import Days, Weight, Workers
from experiments.cli.terminal import (
    Json,
    check_positive,
    interrupts_told,
    print_records,
    say,
    size,
    spoken,
    typed,
    typed_path,
)
from simulation.errors import InputError
from simulation.replay.words import LANGUAGES

if TYPE_CHECKING:
    from experiments.study.workshop import Workshop


def workshop(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A name from `katye workshop --list`, or a TOML file; for --brief alone also a page that is there.",
            metavar="NAME|FILE",
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", parser=typed_path, metavar="FILE", help="The page to write.")
    ] = Path("workshop.html"),
    brief: Annotated[
        Path | None,
        typer.Option(
            "--brief",
            parser=typed_path,
            metavar="FILE",
            help="Write two pages to be printed for whoever leads it, too.",
        ),
    ] = None,
    language: Annotated[
        str | None, typer.Option(parser=spoken, metavar="|".join(LANGUAGES), help="Of the brief.", show_default="en")
    ] = None,
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
    if language is not None and brief is None:
        raise InputError("it belongs to --brief", "--language", "Leave it out: the page has all three")
    language = language or LANGUAGES[0]
    if name.lower().endswith((".html", ".htm")):
        _brief_of_page(Path(name), brief, language, pairs=pairs, days=days, weight=weight, study=study)
        return
    found = read_workshop(workshop_path(name, family))
    from experiments.cli.progress import watch
    from experiments.report import replay as made
    from simulation.replay.page import check_target, write_page

    out = Path(out)
    check_target(out)
    if brief is not None:
        _check_brief(brief, out)
    if study is None:
        runs = found.study(pairs=pairs, days=days, weight=weight)
        sides = workshop_sides(found, runs, workers, "workshop", "no page was written")
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
    content = made.content(sides, command=command, workshop=found)
    page = None if brief is None else _brief(content, language, found)
    written = write_page(out, content)
    tell_lost(sides)
    count = len(sides.arms[0].runs)
    say(f"Page: {out} ({len(found.chapters)} chapters, {count} pair{'s' * (count != 1)} of runs, {size(written)})")
    if page is not None:
        _write_brief(brief, page)


def _brief_of_page(path: Path, brief: Path | None, language: str, **options: object) -> None:
    """A brief of a page that is there."""
    from simulation.replay.page import read_page

    if brief is None:
        raise InputError("is a page already", str(path), "Say where its brief goes with --brief, or open it")
    for option, value in options.items():
        if value is not None:
            raise InputError("it belongs to runs, and a page holds its own", f"--{option}", "Leave it out")
    _check_brief(brief, path)
    _write_brief(brief, _brief(read_page(path), language))


def _brief(content: Mapping[str, Any], language: str, workshop: Workshop | None = None) -> str:
    from experiments.report.brief import brief_html, settings_of

    return brief_html(content, language, settings_of(workshop) if workshop else None)


def _check_brief(brief: Path, page: Path) -> None:
    from experiments.report.brief import MARK
    from simulation.replay.page import check_target

    if brief.absolute() == page.absolute():
        raise InputError("is the page itself", str(brief), "Name another file, brief.html say")
    check_target(brief, MARK, "brief")


def _write_brief(brief: Path, page: str) -> None:
    from simulation.files.atomic import write_whole

    write_whole(brief, page.encode("utf-8"))
    say(f"Brief: {brief} (two pages; print it, or save it as a PDF, from a browser)")


def _given(**options: object) -> list[object]:
    return [word for name, value in options.items() if value is not None for word in (f"--{name}", value)]
