"""The codebook: every column of every table that a run or a study leaves, with unit and meaning.

What the model measures it declares itself (`ModelFamily.outcomes`, `daily`, `fields`, `columns`); here is what experiments
add. Parquet files carry both beside each column.
"""

from __future__ import annotations

from collections.abc import Mapping

from simulation.port.family import ModelFamily
from simulation.port.outcomes import Outcome

OWN = {
    item.name: item
    for item in (
        Outcome(
            "run", "number", "number of the run in the study, from 0; `katye status FOLDER --run N` says what it is"
        ),
        Outcome("arm", "name", "arm of the study"),
        Outcome("scenario", "name", "scenario of the run; of a file, its name without folder and ending"),
        Outcome("replicate", "number", "runs of one replicate have the same seed, whatever their settings"),
        Outcome("seed", "number", "all the luck of the run"),
        Outcome("point", "number", "design point, from 0"),
        Outcome("off", "name", "mechanisms that are switched off beside those of the scenario"),
        Outcome("population", "file", "file with those who are simulated"),
        Outcome("day", "days", "days since the start, which is day 0"),
        Outcome("date", "date", "day of the simulated calendar"),
        Outcome("place", "name", "identifier of the place"),
        Outcome("neighbourhood", "name", "identifier of the place"),
        Outcome("kind", "name", "kind of the incident"),
        Outcome("actor", "name", "kind of actor, never a real unit"),
        Outcome("text", "text", "the incident in words"),
        Outcome("month", "date", "last day of the month"),
        Outcome("held", "flag", "whether gangs, or whoever a model has, hold the place at the end of that day"),
        Outcome("killed", "people", "residents killed in the place in that month"),
        Outcome("hosted", "people", "displaced people who live in the place at the end of that day"),
        Outcome("name", "name", "parameter by its dotted name"),
        Outcome("value", "unit of the parameter", "value in force, or the word varied"),
        Outcome("unit", "name", "unit of the parameter"),
        Outcome("low", "unit of the parameter", "5 % point of its prior"),
        Outcome("high", "unit of the parameter", "95 % point of its prior"),
        Outcome("status", "name", "published, derived, assumed or policy"),
        Outcome("source", "text", "where the value comes from"),
        Outcome("meaning", "text", "what the parameter says"),
        Outcome(
            "recording", "text", "the run day by day as a replay shows it, JSON; `docs/replay.md` says what is in it"
        ),
    )
}


TABLES = (
    "runs",
    "daily",
    "curves",
    "neighbourhoods",
    "places",
    "events",
    "assumptions",
    "same_runs",
    "months",
    "recordings",
)


def codebook(family: ModelFamily, table: str) -> Mapping[str, Outcome]:
    """Unit and meaning of every column that a table of this name may have, by column.

    table: one of `TABLES`.
    """
    rows = {row.name: Outcome(row.name, row.unit or "-", row.meaning) for row in family.parameters().rows()}
    known = {**rows, **OWN, **family.columns}
    if table == "runs":
        return known | dict(family.outcomes)
    if table == "daily":
        return known | dict(family.daily)
    if table == "curves":
        return known | family.curve_columns
    if table == "neighbourhoods":
        return known | dict(family.fields)
    if table == "places":
        when = {"start": "on the first day", "end": "on the last day"}
        ends = {f"{name}_{key}": (item, words) for name, item in family.fields.items() for key, words in when.items()}
        return known | {
            name: Outcome(name, item.unit, f"{item.meaning}, {words}") for name, (item, words) in ends.items()
        }
    return known
