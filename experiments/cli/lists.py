"""The commands that list what there is: `katye models`, `scenarios`, `parameters`, `mechanisms` and `metrics`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from experiments.cli.run import Model
from experiments.cli.terminal import Json, print_json, print_records
from simulation.errors import unknown_name


def models(as_json: Json = False) -> None:
    """List the models that can be run by name."""
    from simulation.family import family_names, find_family

    print_records(("model", "title"), [(name, find_family(name).title) for name in family_names()], as_json)


def mechanisms(model: Model = "haiti", as_json: Json = False) -> None:
    """List the mechanisms of a model that can be switched off with --off."""
    from simulation.family import find_family

    print_records(("mechanism",), [(name,) for name in find_family(model).mechanisms], as_json)


def scenarios(model: Model = "haiti", as_json: Json = False) -> None:
    """List the scenarios."""
    from simulation.family import find_family

    rows = [(s.name, s.title, s.question, s.start, s.days) for s in find_family(model).scenarios()]
    print_records(("scenario", "title", "question", "start", "days"), rows, as_json)


def parameters(
    name: Annotated[str | None, typer.Argument(help="A parameter, or the first part of its name.")] = None,
    csv: Annotated[bool, typer.Option("--csv", help="As comma-separated values.")] = False,
    model: Model = "haiti",
    as_json: Json = False,
) -> None:
    """List parameters: value, unit, range, prior, status and source."""
    from simulation.family import find_family

    rows = find_family(model).parameters().rows()
    if name:
        known = {row.name for row in rows} | {row.name.partition(".")[0] for row in rows}
        if name not in known:
            raise unknown_name("parameter", name, known)
        rows = [row for row in rows if row.name == name or row.name.startswith(f"{name}.")]
    columns = ("name", "value", "unit", "range", "prior", "status", "source", "meaning")
    cells = [(r.name, r.value, r.unit, r.range_text(), r.prior or "", r.status, r.source, r.meaning) for r in rows]
    if as_json:
        print_json([dict(zip(columns, row)) for row in cells])
        return
    # As typed after --set: 150000, not 150,000.
    cells = [[str(value).lower() if isinstance(value, bool) else f"{value}" for value in row] for row in cells]
    if csv:
        _print_csv(columns, cells)
    elif name:
        width = max(map(len, columns))
        for row in cells:
            print("\n".join(f"{column:{width}}  {value}".rstrip() for column, value in zip(columns, row)))
            print()
    else:
        print_records(columns[:-1], [row[:-1] for row in cells], as_json)


def metrics(model: Model = "haiti", as_json: Json = False) -> None:
    """List the outcomes: name, unit and meaning."""
    from simulation.family import find_family

    rows = [(outcome.name, outcome.unit, outcome.meaning) for outcome in find_family(model).outcomes.values()]
    print_records(("outcome", "unit", "meaning"), rows, as_json)


def _print_csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    import csv

    writer = csv.writer(sys.stdout, lineterminator=os.linesep)
    writer.writerow(columns)
    writer.writerows(rows)


COMMANDS = (models, scenarios, parameters, mechanisms, metrics)
