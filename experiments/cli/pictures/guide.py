"""The command `katye guide`: a facilitator's papers to be printed, in three languages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.run import Model
from experiments.cli.terminal import say, typed_path
from simulation.errors import unknown_name
from simulation.replay.words import LANGUAGES


def guide(
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            parser=typed_path,
            metavar="FOLDER",
            help="Where the papers go; it is made.",
        ),
    ] = Path("papers"),
    language: Annotated[
        str | None, typer.Option(help=f"One of {', '.join(LANGUAGES)}; without it all.", show_default="all")
    ] = None,
    model: Model = "haiti",
) -> None:
    """Write a facilitator's papers as PDF: a guide of 90 minutes, a handout, and a map of the start to be corrected."""
    if language is not None and language not in LANGUAGES:
        raise unknown_name("language", language, LANGUAGES, "--language")
    from experiments.report.guide.first_day import first_day
    from experiments.report.guide.paper import targets, typeset, typesetter, write_papers
    from experiments.report.guide.papers import papers
    from simulation.port.family import find_family

    family = find_family(model)
    typesetter()
    tags = LANGUAGES if language is None else (language,)
    paths = targets(Path(out), tags)
    first = first_day(family)
    content = {tag: papers(family, tag, first) for tag in tags}
    write_papers({path: typeset(paper, content[tag]) for (tag, paper), path in paths.items()})
    for tag in tags:
        say(f"Papers: {', '.join(str(path) for (of, _), path in paths.items() if of == tag)}")
