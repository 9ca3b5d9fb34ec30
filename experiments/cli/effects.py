"""`katye effects`: what every two levels of a factor change, and where the effect of one factor depends on another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.cli.terminal import Json, print_json, print_table, say, typed_path

if TYPE_CHECKING:
    import pandas

    from experiments.analysis.interactions import Effects


def effects(
    folder: Annotated[Path, typer.Argument(parser=typed_path, help="The folder of a factorial study.")],
    outcome: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this outcome; repeatable. The study's unless given.")
    ] = None,
    factor: Annotated[
        str | None, typer.Option(metavar="NAME", help="Show only what this factor does, and what changes it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what every two levels of a factor change, everywhere and at each level of another, and where that differs.

    Shows what is beyond chance; effects.csv and interactions.csv in the study's folder hold every row. With --json nothing
    is written, and every row is printed.
    """
    from dataclasses import replace

    from experiments.analysis.interactions import read_effects, write_effects
    from experiments.report import effect_words as words
    from simulation.runs.results import CAVEAT

    found = read_effects(folder, outcome or ())
    shown = found if factor is None else replace(found, **_about(found, found.factor(factor).name))
    if as_json:
        print_json({"effects": _records(shown.effects), "interactions": _records(shown.interactions)})
        return
    say(CAVEAT)
    _print(words.pairwise_rows(_sure(shown, "effects")), "effect")
    _print(words.interaction_rows(_sure(shown, "interactions")), "interaction")
    for line in (words.inert_sentence(shown), *(words.interaction_sentence(item, shown) for item in shown.outcomes)):
        if line:
            say(line)
    if outcome is None:
        for path in write_effects(found, folder):
            say(f"Written: {path}")


def _about(found: Effects, name: str) -> dict[str, pandas.DataFrame]:
    """The rows of both tables that tell of one factor; all p values stay as they are among all rows."""
    tables = {"effects": found.effects, "interactions": found.interactions}
    columns = {"effects": ["factor"], "interactions": ["factor", "within"]}
    return {
        key: table[(table[columns[key]] == name).any(axis=1)] if len(table) else table for key, table in tables.items()
    }


def _sure(found: Effects, which: str) -> Effects:
    """With only those rows of a table that are beyond chance."""
    from dataclasses import replace

    table = getattr(found, which)
    return replace(found, **{which: table[table["beyond"]] if len(table) else table})


def _print(rows: tuple[list[str], list[list[str]]] | None, word: str) -> None:
    if rows is None:
        say(f"No {word} can be told from chance.")
        return
    header, lines = rows
    print_table([f"{word}s beyond chance", *header[1:]], lines)


def _records(table: pandas.DataFrame) -> list[dict[str, Any]]:
    return table.to_dict("records")
