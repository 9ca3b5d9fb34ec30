"""The command `katye replay`: runs as one page that opens by double click."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli.pictures.sources import (
    USUAL_PAIRS,
    Asked,
    Changes,
    Left,
    OfModel,
    Pairs,
    Right,
    Seed,
    sides_of,
    tell_lost,
)
from experiments.cli.study import Days, Weight, Workers
from experiments.cli.terminal import check_positive, say, size, typed_path

if TYPE_CHECKING:
    from experiments.report.replay import Sides

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
    pairs: Pairs = None,
    days: Days = None,
    weight: Weight = None,
    seed: Seed = None,
    changes: Changes = None,
    a: Left = None,
    b: Right = None,
    title: Annotated[
        str,
        typer.Option(
            help="What stands above the page; the question of the right side, or the study's title, unless given."
        ),
    ] = "",
    model: OfModel = None,
    workers: Workers = None,
) -> None:
    """Write runs as one page: a map by the day, two futures side by side, and how sure the difference is."""
    check_positive(pairs=pairs, days=days, weight=weight, workers=workers)
    from experiments.report import replay as made
    from simulation.replay.page import check_target

    out = Path(out)
    check_target(out)
    asked = Asked(sides, pairs, days, weight, seed, changes, a, b, model, workers)
    found = sides_of(asked, "replay", "no page was written")
    written = made.write(out, found, title=title, command=asked.command("replay", {"--title": title or None}))
    _tell(found, out, written)


def _tell(found: Sides, out: Path, written: int) -> None:
    tell_lost(found)
    runs = len(found.arms[0].runs)
    what = f"{runs} pair{'s' * (runs != 1)} of runs" if len(found.arms) == 2 else f"{runs} run{'s' * (runs != 1)}"
    say(f"Page: {out} ({what}, {size(written)})")
    if runs < ENOUGH:
        say(f"Of {runs} run{'s' * (runs != 1)} a side nobody can tell a difference from luck; take {USUAL_PAIRS}.")
