"""The command `katye observations`: the published figures of a model, with their errors, dates and sources."""

from __future__ import annotations

from typing import Annotated

import typer

from experiments.cli.run import Model
from experiments.cli.terminal import Json, print_records

COLUMNS = (
    "series",
    "from",
    "to",
    "value",
    "error",
    "shared error",
    "unit",
    "area",
    "published",
    "of it",
    "source",
    "note",
)


def observations(
    series: Annotated[str | None, typer.Argument(help="One series, or a part of its name.")] = None,
    cutoff: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only what was published by then, as 2024-11-30.")
    ] = None,
    model: Model = "haiti",
    as_json: Json = False,
) -> None:
    """List the published figures that a model is held against: value, error, area, when they were published, and the source.

    The value is the part that falls to what is simulated; "of it" is which part that is. Of the two errors (standard
    deviations) the second is shared by a series.
    """
    from experiments.study.ready_made import record_of
    from simulation.clock import parse_date
    from simulation.errors import unknown_name
    from simulation.port.family import find_family

    record = record_of(find_family(model))
    date = parse_date(cutoff, "--cutoff") if cutoff else None
    names = dict.fromkeys(item.series for item in record)
    if series and not any(series in name for name in names):
        raise unknown_name("series", series, names)
    shown = [
        item
        for item in record
        if (series is None or series in item.series) and (date is None or (item.released or item.end) <= date)
    ]
    rows = [
        (item.series, str(item.start), str(item.end), item.value, item.own_sd, item.shared_sd, item.unit, item.area,
         str(item.released or ""), item.share / item.reporting, item.source, item.note)
        for item in shown
    ]  # fmt: skip
    print_records(COLUMNS if as_json else COLUMNS[:-1], rows if as_json else [row[:-1] for row in rows], as_json)
