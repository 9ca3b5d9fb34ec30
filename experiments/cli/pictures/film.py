"""The command `katye film`: runs as a film, for a room or a report that plays no page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from experiments.cli.pictures.sources import (
    Asked,
    Changes,
    Left,
    OfModel,
    Pairs,
    Right,
    Seed,
    not_given,
    sides_of,
    tell_lost,
    workshop_sides,
)
from experiments.cli.study import Days, Weight, Workers
from experiments.cli.terminal import check_positive, duration, interrupts_told, say, size, spoken, typed_path
from simulation.errors import InputError, installing
from simulation.replay.words import LANGUAGES

NOTHING = "no film was written"


def film(
    sides: Annotated[
        list[str],
        typer.Argument(
            help="A page of `katye replay` or `katye workshop`; a workshop's name or TOML file; or what `katye replay` takes: "
            "a scenario or two, the folder of a study, one or two folders of runs.",
            metavar="PAGE|WORKSHOP|SCENARIO|FOLDER ...",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            parser=typed_path,
            metavar="FILE",
            help="An .mp4, or a .gif, which needs no ffmpeg.",
            show_default="film.mp4, or film.gif without ffmpeg",
        ),
    ] = None,
    language: Annotated[
        str, typer.Option(parser=spoken, metavar="|".join(LANGUAGES), help="Of all that is written in it.")
    ] = "en",
    speed: Annotated[float, typer.Option(help="Days a second.")] = 10.0,
    hold: Annotated[float, typer.Option(help="Seconds for which it stands still at a chapter.")] = 8.0,
    height: Annotated[
        int | None, typer.Option(help="Lines of the picture; 16:9.", show_default="1080, of a .gif 540")
    ] = None,
    pairs: Pairs = None,
    days: Days = None,
    weight: Weight = None,
    seed: Seed = None,
    changes: Changes = None,
    a: Left = None,
    b: Right = None,
    title: Annotated[str, typer.Option(help="What stands above it, unless a page or a workshop says it.")] = "",
    model: OfModel = None,
    workers: Workers = None,
) -> None:
    """Write runs as a film: the map by the day, its numbers with their luck, and the chapters of a workshop."""
    check_positive(pairs=pairs, days=days, weight=weight, workers=workers)
    from experiments.cli.progress import watch
    from simulation.replay.film.writing import check_look, check_target, has_ffmpeg, write_film

    if out is None:
        out = Path("film.mp4" if has_ffmpeg() else "film.gif")
        if out.suffix == ".gif":
            say(f"ffmpeg is missing, so this will be a GIF. {installing('imageio-ffmpeg')}", error=True)
    out = Path(out)
    check_target(out)
    check_look(height, speed, hold)
    content = content_of(Asked(sides, pairs, days, weight, seed, changes, a, b, model, workers), title)
    with interrupts_told(NOTHING), watch("film", "pictures") as progress:
        lasts = write_film(out, content, language, height=height, speed=speed, hold=hold, progress=progress)
    say(f"Film: {out} ({duration(lasts)}, {size(out.stat().st_size)})")


def content_of(asked: Asked, title: str) -> Mapping[str, Any]:
    """The payload of what was named. InputError if there is none, or if options have nothing to say about it."""
    from experiments.report import replay as made
    from experiments.study.workshop import read_workshop
    from simulation.replay.page import read_page

    first = Path(asked.sides[0])
    if page := next((side for side in asked.sides if side.lower().endswith((".html", ".htm"))), None):
        if len(asked.sides) > 1:
            raise InputError("a page stands alone: it holds all its sides", page, "Name it alone")
        given = {**asked.new, **asked.cells, "--pairs": asked.pairs, "--model": asked.model, "--title": title or None}
        not_given(given, "runs, and a page holds its own")
        return read_page(first)
    if path := _workshop(asked):
        given = {"--seed": asked.seed, "--set": asked.changes, **asked.cells, "--title": title or None}
        not_given(given, "runs without chapters, and a workshop's file says its own")
        workshop = read_workshop(path)
        study = workshop.study(pairs=asked.pairs, days=asked.days, weight=asked.weight)
        sides = workshop_sides(workshop, study, asked.workers, "runs for a film", NOTHING)
        tell_lost(sides)
        return made.content(sides, workshop=workshop)
    found = sides_of(asked, "runs for a film", NOTHING)
    tell_lost(found)
    return made.content(found, title=title)


def _workshop(asked: Asked) -> Path | None:
    """The file of a workshop if that is what was named: one with chapters, or a name that no scenario has."""
    from experiments.study.workshop import prepared
    from simulation.files.toml import read_toml
    from simulation.port.family import DEFAULT, find_family

    name = asked.sides[0]
    if len(asked.sides) > 1 or Path(name).is_dir():
        return None
    if name.endswith(".toml"):
        return Path(name) if "chapter" in read_toml(Path(name))[0] else None
    return prepared(find_family(asked.model or DEFAULT)).get(name)
