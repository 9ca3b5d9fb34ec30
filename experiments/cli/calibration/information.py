"""The command `katye information`: what to learn first, so that an answer of a study becomes surer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.terminal import Json, print_json, print_table, say, typed_path

MOST = 8  # rows of a table; all of them are in the file


def information(
    folder: Annotated[Path, typer.Argument(parser=typed_path, help="The folder of a study with drawn parameters.")],
    outcome: Annotated[str, typer.Option(metavar="NAME", help="What the answer is about, from `katye metrics`.")],
    factor: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="What makes the difference; the one with two levels unless given."),
    ] = None,
    arm: Annotated[str | None, typer.Option(help="The arm of the study, where it has several.")] = None,
    out: Annotated[
        Path | None, typer.Option(parser=typed_path, help="Folder to write to; the study's own unless given.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say which parameter, or which figure of the world as it is, would make an answer surer if it were known."""
    from experiments.analysis.study_results import StudyResults, analysis_folder, write_csv
    from experiments.calibration.information import FIGURE, PARAMETER, answer
    from simulation.runs.results import CAVEAT

    studied = StudyResults.read(folder)
    found = answer(studied, outcome, factor, arm)
    if as_json:
        print_json(found.table.to_dict("records"))
        return
    title, falls = found.outcome.title, float((found.gaps < 0).mean())
    say(f"{title}: {found.factor} {found.other} less {found.one}, {found.draws} different draws")
    say(f"It falls in {falls:.0%} of them.")
    for kind, head in (
        (PARAMETER, "if this parameter were known"),
        (FIGURE, f"if this figure were known at {found.one}"),
    ):
        rows = found.table[found.table["kind"] == kind]
        columns = (head, "variance gone", "falls where it is low", "where it is high", "beyond chance")
        print_table(columns, [_row(row) for row in rows.head(MOST).to_dict("records")])
    say(
        "Variance gone: of the answer over draws, by ranks, less what chance explains. Low, high: a third of the draws each."
    )
    path = write_csv(found.table, analysis_folder(studied, out) / f"information-{outcome}.csv")
    say(CAVEAT)
    say(f"Written: {path}")


def _row(row: dict[str, object]) -> tuple[str, ...]:
    name = f"{row['name']} (with {row['moves_with']})" if row["moves_with"] else str(row["name"])
    shares = (f"{row[key]:.0%}" for key in ("explained", "below_where_low", "below_where_high"))
    return (name, *shares, "yes" if row["beyond"] else "no")
