"""The command `katye shares`: in how many of the drawn worlds a policy gives less of an outcome than another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.terminal import Json, print_json, print_table, say, typed_path


def shares(
    folder: Annotated[Path, typer.Argument(parser=typed_path, help="The folder of a study.")],
    factor: Annotated[
        str | None, typer.Option(metavar="NAME", help="What makes the difference; the only factor unless given.")
    ] = None,
    against: Annotated[
        str | None, typer.Option(metavar="LEVEL", help="The level compared with; the first unless given.")
    ] = None,
    day: Annotated[
        list[int] | None, typer.Option(metavar="DAY", help="A day of the curves; repeatable. The last unless given.")
    ] = None,
    outcome: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A column of the curves; repeatable. The study's unless given."),
    ] = None,
    page: Annotated[
        Path | None, typer.Option(parser=typed_path, help="Markdown page whose part about the study is written anew.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(parser=typed_path, help="Folder to write to; the study's own unless given.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say in which share of draws, or of seeds, a level of a factor gives less than another, by outcome and day."""
    from experiments.analysis.study_results import StudyResults, analysis_folder, write_csv
    from experiments.calibration.shares import shares as found_in
    from experiments.report.page import check_page
    from experiments.report.sensitivity.shares import mark, pairs_in_words, reading, tables, write_page
    from simulation.runs.results import CAVEAT

    studied = StudyResults.read(folder)
    found = found_in(studied, factor, against, day or (), outcome or ())
    if page:
        check_page(page, mark(found))
    if as_json:
        print_json(found.table.to_dict("records"))
    else:
        for header, body in tables(found):
            print_table(header, [[cell.replace("**", "") for cell in row] for row in body])
        say(pairs_in_words(found))
        say(reading(found).replace(", bold where that leaves out a half", "").replace(", bold where 0 is left out", ""))
        say(CAVEAT)
    path = write_csv(found.table, analysis_folder(studied, out) / "shares.csv")
    if page:
        write_page(page, found)
    if not as_json:
        say(f"Written: {path}{f', {page}' if page else ''}")
