"""The study file: its keys, what each may hold, and the same content written out again for a study's folder."""

from __future__ import annotations

import csv
import datetime
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.designs import PRIOR, Levels, Range
from simulation.errors import InputError, unknown_name
from simulation.parameters import parse_value
from simulation.tables import read_table

SIZES = ("days", "spin_up", "weight", "replicates", "samples")
QUICK_KEYS = (*SIZES, "vary")
KEYS = ("title", "question", "scenario", "start", *SIZES, "entropy", "design", "uncertainty", "outcomes")
TABLES = ("vary", "arms", "fixed", "quick", "replay")
LEVELS = 'a list of levels, { low = ..., high = ... } or "prior"'


def read_toml(path: Path) -> dict[str, Any]:
    """The content of a study file as TOML has it. InputError if it cannot be read or is no TOML."""
    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", f"study {path}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"is no TOML: {error}", f"study {path}") from None


def study_fields(content: Mapping[str, Any], where: str, folder: Path) -> dict[str, Any]:
    """The content as fields of a Study, kinds of values checked; `folder` is where a table of points lies."""
    known(content, (*KEYS, *TABLES, "points"), "key", where)
    for key in TABLES:
        kind(content.get(key, {}), dict, "table", f"{where}, [{key}]")
    for key in ("title", "question", "scenario", "design"):
        kind(content.get(key, ""), str, "text", f"{where}, {key}")
    given = {key: content[key] for key in KEYS if key in content}
    given |= {key: positive(content[key], key, where) for key in SIZES if key in content}
    entropy = content.get("entropy", 1)
    if isinstance(entropy, bool) or not isinstance(entropy, int) or entropy < 0:
        raise InputError(f"'{entropy}' is no whole number from 0 up", f"{where}, entropy")
    kind(content.get("uncertainty", False), bool, "true or false", f"{where}, uncertainty")
    kind(content.get("start", datetime.date.min), datetime.date, "date like 2024-06-01", f"{where}, start")
    given["outcomes"] = tuple(kind(content.get("outcomes", []), list, "list", f"{where}, outcomes"))
    given["vary"] = _vary(content, where, folder)
    arms = content.get("arms") or {"main": {}}
    for arm, changes in arms.items():
        kind(changes, dict, "table", f"{where}, [arms.{arm}]")
    given["arms"] = {arm: _flat(changes) for arm, changes in arms.items()}
    given["fixed"] = _flat(content.get("fixed", {}))
    given["replay"] = _flat(content.get("replay", {}))
    given["quick"] = _quick(content.get("quick", {}), f"{where}, [quick]")
    return given


def study_content(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a Study as `study_fields` reads them, in what JSON takes but for the date; `quick` is left out."""
    content = {key: fields[key] for key in KEYS if fields[key] is not None}
    content["outcomes"] = list(fields["outcomes"])
    content |= {key: fields[key] for key in ("arms", "fixed", "replay")}
    if fields["design"] == "table":
        names = list(fields["vary"])
        content["points"] = [dict(zip(names, row)) for row in zip(*fields["vary"].values(), strict=True)]
    else:
        content["vary"] = {name: _written(levels) for name, levels in fields["vary"].items()}
    return content


def _written(levels: Levels) -> Any:
    if isinstance(levels, Range):
        return {"low": levels.low, "high": levels.high}
    return list(levels) if isinstance(levels, tuple) else levels


def _vary(content: Mapping[str, Any], where: str, folder: Path) -> dict[str, Levels]:
    if "points" not in content:
        if content.get("design") == "table":
            hint = 'Give rows as [[points]], or points = "file.csv"'
            raise InputError("a table design needs its points", where, hint)
        return _levels(content.get("vary", {}), f"{where}, [vary]")
    if content.get("design") != "table":
        raise InputError("points belong to a table design", f"{where}, points", 'Add design = "table"')
    if content.get("vary"):
        raise InputError("the points of a table say what varies", f"{where}, [vary]", "Move it to the table")
    rows = content["points"]
    rows = _csv_points(folder / rows) if isinstance(rows, str) else kind(rows, list, "list of rows", f"{where}, points")
    rows = [_flat(kind(row, dict, "row of names and values", f"{where}, points")) for row in rows]
    if not rows:
        raise InputError("the table has no row", f"{where}, points")
    for number, row in enumerate(rows, start=1):
        known(row, rows[0], "column", f"{where}, points, row {number}")
        for name in rows[0]:
            if name not in row:
                raise InputError(f"{name} is missing", f"{where}, points, row {number}")
    return {name: tuple(row[name] for row in rows) for name in rows[0]}


def _csv_points(path: Path) -> list[dict[str, Any]]:
    """A CSV file with a parameter a column and a design point a row."""
    header: list[str] = []
    if path.is_file():
        with open(path, encoding="utf-8-sig", newline="", errors="replace") as file:
            header = [name.strip() for name in next(csv.reader(file), [])]
    # int and float, true and false as after --set; read_table has words for whatever else is wrong with the file.
    table = read_table(path, dict.fromkeys(header, parse_value))
    return [dict(zip(header, row)) for row in table.itertuples(index=False)]


def _quick(table: dict[str, Any], where: str) -> dict[str, Any]:
    known(table, QUICK_KEYS, "key", where)
    quick = {key: positive(table[key], key, where) for key in SIZES if key in table}
    if "vary" in table:
        quick["vary"] = _levels(kind(table["vary"], dict, "table", where), f"{where} vary")
    return quick


def _levels(table: Mapping[str, Any], where: str) -> dict[str, Levels]:
    """{parameter: levels}; a list needs at least one level."""
    levels: dict[str, Levels] = {}
    for name, values in _flat(table, stop={"low", "high"}).items():
        here = f"{where} {name}"
        if isinstance(values, dict):
            known(values, ("low", "high"), "key", here)
            limits = [values.get("low"), values.get("high")]
            for limit in limits:
                if isinstance(limit, bool) or not isinstance(limit, int | float):
                    raise InputError(f"'{limit}' is no number", here, "A range is { low = ..., high = ... }")
            levels[name] = Range(*map(float, limits))
        elif values == PRIOR:
            levels[name] = PRIOR
        else:
            values = kind(values, list, "list of levels", here, f"It takes {LEVELS}")
            if not values:
                raise InputError("needs one level or more, each only once", here)
            levels[name] = tuple(values)
    return levels


def known(names: Iterable[str], among: Sequence[str] | Mapping[str, Any], what: str, where: str) -> None:
    """UnknownNameError for the first name that is not there."""
    for name in names:
        if name not in among:
            raise unknown_name(what, name, among, where)


def kind(value: Any, wanted: type, words: str, where: str, hint: str = "") -> Any:
    """The value, if it is of this type; else InputError."""
    if not isinstance(value, wanted):
        raise InputError(f"'{value}' is no {words}", where, hint)
    return value


def positive(value: Any, name: str, where: str) -> int:
    """The value, if it is a whole number from 1 up; else InputError."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InputError(f"{value} is no positive whole number", f"{where}, {name}" if where else name)
    return value


def _flat(table: Mapping[str, Any], prefix: str = "", stop: Iterable[str] = ()) -> dict[str, Any]:
    """`funding.level = 1` and `"funding.level" = 1` are the same to a reader, so they are here.

    A table with a key in `stop` is a value and stays as it is.
    """
    flat = {}
    for key, value in table.items():
        if isinstance(value, dict) and not any(word in value for word in stop):
            flat |= _flat(value, f"{prefix}{key}.", stop)
        else:
            flat[prefix + key] = value
    return flat
