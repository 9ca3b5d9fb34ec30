"""The commands that list what there is: `katye models`, `scenarios`, `parameters`, `mechanisms` and `metrics`."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.cli.run import Model
from experiments.cli.terminal import Json, print_json, print_records, say, typed_path
from simulation.errors import unknown_name
from simulation.files.plain_text import plain_text
from simulation.files.spreadsheets import harmless

if TYPE_CHECKING:
    from simulation.port.outcomes import Outcome


def models(as_json: Json = False) -> None:
    """List the models that can be run by name."""
    from simulation.port.family import family_names, find_family

    print_records(("model", "title"), [(name, find_family(name).title) for name in family_names()], as_json)


def mechanisms(model: Model = "haiti", as_json: Json = False) -> None:
    """List the mechanisms of a model that can be switched off with --off."""
    from simulation.port.family import find_family

    print_records(("mechanism",), [(name,) for name in find_family(model).mechanisms], as_json)


def scenarios(model: Model = "haiti", as_json: Json = False) -> None:
    """List the scenarios."""
    from simulation.port.family import find_family

    rows = [(s.name, s.title, s.question, s.start, s.days) for s in find_family(model).scenarios()]
    print_records(("scenario", "title", "question", "start", "days"), rows, as_json)


def parameters(
    name: Annotated[
        str | None, typer.Argument(help="A parameter, the first part of its name, or a part of it.")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="As comma-separated values.")] = False,
    model: Model = "haiti",
    as_json: Json = False,
) -> None:
    """List parameters: value, unit, range, prior, status and source; of those asked for, the works in full that it cites."""
    from simulation.port.family import find_family

    family = find_family(model)
    rows = family.parameters().rows()
    if name:
        known = {row.name for row in rows} | {row.name.partition(".")[0] for row in rows}
        exact = [row for row in rows if row.name == name or row.name.startswith(f"{name}.")]
        word = name.casefold()
        found = exact or [row for row in rows if word in f"{row.name} {row.meaning}".casefold()]
        if not found:
            raise unknown_name("parameter", name, known)
        rows = found
    columns = ("name", "value", "unit", "range", "prior", "status", "source", "meaning")
    cells = [(r.name, r.value, r.unit, r.range_text(), r.prior or "", r.status, r.source, r.meaning) for r in rows]
    cited = [list(family.references(row.source)) if name else [] for row in rows]
    if as_json:
        print_json(
            [dict(zip(columns, row)) | ({"references": works} if works else {}) for row, works in zip(cells, cited)]
        )
        return
    # As typed after --set: 150000, not 150,000.
    cells = [[str(value).lower() if isinstance(value, bool) else f"{value}" for value in row] for row in cells]
    if csv:
        _print_csv(columns, cells)
    elif name:
        width = len("reference")
        for row, works in zip(cells, cited):
            lines = [*zip(columns, row), *(("reference", work) for work in works)]
            say("\n".join(f"{column:{width}}  {value}".rstrip() for column, value in lines))
            say()
    else:
        print_records(columns[:-1], [row[:-1] for row in cells], as_json)


def metrics(
    name: Annotated[str | None, typer.Argument(help="A column's name, or part of a name, title or meaning.")] = None,
    model: Model = "haiti",
    bring: Annotated[
        Path | None,
        typer.Option(
            parser=typed_path, metavar="FILE", help="TOML file, a study's say, whose [bring] table adds metrics."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """List the outcomes: name, unit and meaning; of one, or of any column, how it is defined and computed."""
    from experiments.run.codebook import TABLES, codebook
    from simulation.port.family import find_family
    from simulation.port.naming import unknown_column
    from simulation.port.outcomes import former
    from simulation.port.plugins import NOTHING, brought_in

    family = find_family(model, brought_in(bring) if bring else NOTHING)
    if name is None:
        rows = [(item.name, item.unit, item.meaning) for item in family.outcomes.values()]
        print_records(("outcome", "unit", "meaning"), rows, as_json)
        return
    books = {table: codebook(family, table) for table in TABLES}
    exact = {table: book[name] for table, book in books.items() if name in book}
    if exact:
        _tell_columns(exact, as_json)
        return
    parameters = {row.name for row in family.parameters().rows()}
    known = dict(family.outcomes)
    for book in books.values():
        known |= {column: item for column, item in book.items() if column not in known and column not in parameters}
    word = name.casefold()
    found = [item for item in known.values() if word in f"{item.name} {item.title} {item.meaning}".casefold()]
    if not found:
        raise unknown_column("metric", name, known, "katye metrics", former(known.values()))
    print_records(("column", "unit", "meaning"), [(item.name, item.unit, item.meaning) for item in found], as_json)


def _tell_columns(exact: Mapping[str, Outcome], as_json: bool) -> None:
    """Every definition of a column, and the tables in which it has it."""
    by_meaning: dict[tuple[str, str], list[str]] = {}
    for table, item in exact.items():
        by_meaning.setdefault((item.meaning, item.unit), []).append(table)
    told = []
    for (meaning, unit), tables in by_meaning.items():
        item = exact[tables[0]]
        rows = {"column": item.name, "tables": ", ".join(tables), "title": item.title, "plain title": item.plain}
        rows |= {"unit": unit, "format": item.format, "meaning": meaning, "of the days": item.reduction}
        better = {1: "more", -1: "fewer"}.get(item.direction, "not for a model to say")
        rows |= {"better": better, "formula": item.formula}
        told.append({key: value for key, value in rows.items() if value})
    if as_json:
        print_json(told)
        return
    for rows in told:
        say("\n".join(f"{key:12}  {value}" for key, value in rows.items()) + "\n")


def _print_csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    import csv

    writer = csv.writer(sys.stdout, lineterminator=os.linesep)
    writer.writerow(columns)
    writer.writerows([[harmless(plain_text(cell)) for cell in row] for row in rows])


COMMANDS = (models, scenarios, parameters, mechanisms, metrics)
