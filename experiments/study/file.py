"""The study file: its keys, what each may hold, and the same content written out again for a study's folder."""

from __future__ import annotations

import contextlib
import csv
import datetime
import math
import os.path
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.study.designs import POSTERIOR, PRIOR, Levels, Range
from simulation.clock import parse_date
from simulation.errors import InputError, UnknownNameError, unknown_name
from simulation.files.checked_text import check_line
from simulation.files.tables import read_table
from simulation.files.toml import flat
from simulation.files.toml import of_kind as kind
from simulation.parameters import parse_value
from simulation.port.naming import unknown_column
from simulation.port.outcomes import Outcome, former
from simulation.port.plugins import read_brought
from simulation.port.posterior import SHIPPED, fit_file

STUDIES = Path(__file__).parents[1] / "studies"
SIZES = ("days", "shared_start", "weight", "replicates", "samples", "curve_days")
QUICK_KEYS = (*SIZES, "vary")
KEYS = (
    "model",
    "title",
    "question",
    "scenario",
    "start",
    *SIZES,
    "seed",
    "own_luck",
    "design",
    "uncertainty",
    "outcomes",
    "curves",
)
KEYS += ("analysis", "asks", "sections")
NAMED_BEFORE = {"entropy": "seed", "spin_up": "shared_start"}
"""Keys that older study files have, and what they are called now."""
TABLES = ("vary", "arms", "fixed", "quick", "replay", "titles", "bring")
LEVELS = 'a list of levels, { low = ..., high = ... }, "prior" or "posterior"'


def study_names() -> list[str]:
    """The studies that come with the program."""
    return sorted(path.stem for path in STUDIES.glob("*.toml"))


def study_path(name_or_path: str | Path) -> Path:
    """The file of a study given by name or path; UnknownNameError if there is no study of that name."""
    path = Path(name_or_path)
    if path.suffix.lower() != ".toml":
        path = STUDIES / f"{name_or_path}.toml"
        if str(name_or_path) not in study_names():
            if os.path.isfile(f"{name_or_path}.toml"):
                raise UnknownNameError(f"unknown study '{name_or_path}'", hint=f"Did you mean {name_or_path}.toml?")
            raise unknown_name("study", name_or_path, study_names())
    return path.absolute()


def study_fields(content: Mapping[str, Any], where: str, folder: Path) -> dict[str, Any]:
    """The content as fields of a Study, kinds of values checked; `folder` is where a table of points lies."""
    content = _renamed(content, where)
    known(content, (*KEYS, *TABLES, "points"), "key", where)
    for key in TABLES:
        kind(content.get(key, {}), dict, "table", f"{where}, [{key}]")
    for key in ("model", "title", "question", "scenario", "design", "analysis", "asks"):
        kind(content.get(key, ""), str, "text", f"{where}, {key}")
    check_line(content.get("title", ""), "title", where)
    given = {key: content[key] for key in KEYS if key in content}
    given |= {key: positive(content[key], key, where) for key in SIZES if key in content}
    seed = content.get("seed", 1)
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InputError(f"'{seed}' is no whole number from 0 up", f"{where}, seed")
    if kind(content.get("own_luck", False), bool, "true or false", f"{where}, own_luck") and "shared_start" in content:
        raise InputError(
            "runs that share their first days share their luck", f"{where}, own_luck", "Leave one of the two out"
        )
    drawn = kind(content.get("uncertainty", False), (bool, str), "true or false", f"{where}, uncertainty")
    if isinstance(drawn, str):
        given["uncertainty"] = whole_posterior(drawn, folder)
    if "start" in content:
        kind(content["start"], (datetime.date, str), "date like 2024-06-01", f"{where}, start")
        given["start"] = parse_date(content["start"], f"{where}, start")
    for key in ("outcomes", "curves", "sections"):
        given[key] = _names(content.get(key, []), f"{where}, {key}")
    given["vary"] = _vary(content, where, folder)
    arms = content.get("arms") or {"main": {}}
    for arm, changes in arms.items():
        kind(changes, dict, "table", f"{where}, [arms.{arm}]")
        if not arm.strip():
            raise InputError("an arm needs a name", f"{where}, [arms]", "For example [arms.gated]")
    given["arms"] = {arm: flat(changes, f"{where}, [arms.{arm}]") for arm, changes in arms.items()}
    given["fixed"] = flat(content.get("fixed", {}), f"{where}, [fixed]")
    given["replay"] = flat(content.get("replay", {}), f"{where}, [replay]")
    given["titles"] = _titles(content.get("titles", {}), f"{where}, [titles]")
    given["bring"] = read_brought(content.get("bring", {}), f"{where}, [bring]", folder)
    given["quick"] = _quick(content.get("quick", {}), f"{where}, [quick]")
    return _with_whole_paths(given, folder)


def whole_scenario(name: str, folder: Path) -> str:
    """A scenario's name as it is, a file's as an absolute path; a relative one counts from `folder` first."""
    if not name.endswith(".toml"):
        return name
    found = [path for path in (folder / name, Path(name)) if path.is_file()]
    return str(found[0].absolute()) if found else name


def _with_whole_paths(given: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The fields with absolute paths of scenario files, which else would be others from the next working folder."""

    def whole(name: Any) -> Any:
        return whole_scenario(name, folder) if isinstance(name, str) else name

    if "scenario" in given:
        given["scenario"] = whole(given["scenario"])
    for table in (*given["arms"].values(), given["vary"], given["quick"].get("vary", {})):
        levels = table.get("scenario")
        if isinstance(levels, str | tuple):
            table["scenario"] = tuple(map(whole, levels)) if isinstance(levels, tuple) else whole(levels)
    return given


def whole_posterior(name: str, folder: Path) -> str:
    """What `uncertainty` says where it says no more than yes: a fit's file by its whole path."""
    found = None if name == SHIPPED else fit_file(folder / name) or fit_file(Path(name))
    return str(found.absolute()) if found else name


def drawing(uncertainty: bool | str) -> list[str]:
    """The options of a command that draws parameters so."""
    if not uncertainty:
        return []
    return ["--uncertainty"] if uncertainty is True else ["--posterior", str(uncertainty)]


def check_scenario_names(names: Sequence[str], where: str) -> None:
    """InputError for two scenarios that no table could tell apart: it has the name, of a file without folder and ending."""
    short = [Path(name).stem if name.endswith(".toml") else name for name in names]
    for place, name in enumerate(short):
        if name in short[:place]:
            what = f"{names[short.index(name)]} and {names[place]} both stand as {name} in the tables"
            raise InputError(what, f"{where}, scenario", "Give the file another name")


def options(overrides: Mapping[str, Any]) -> list[str]:
    """Parameters as options of `katye run`."""
    words = []
    for name, value in overrides.items():
        words += ["--set", f"{name}={str(value).lower() if isinstance(value, bool) else value}"]
    return words


def renamed(content: Any, names: Mapping[str, str]) -> Any:
    """The content with other paths where it names one of these, alone or as `path:NAME`."""
    if isinstance(content, Mapping):
        return {key: renamed(value, names) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return type(content)(renamed(value, names) for value in content)
    if not isinstance(content, str):
        return content
    path, colon, name = content.rpartition(":")
    return names.get(content) or (f"{names[path]}{colon}{name}" if path in names else content)


def study_content(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a Study as `study_fields` reads them, in what JSON takes but for the date; `quick` is left out."""
    content = {key: fields[key] for key in KEYS if fields[key] is not None}
    content |= {key: list(fields[key]) for key in ("outcomes", "curves", "sections")}
    content |= {key: fields[key] for key in ("arms", "fixed", "replay", "titles")}
    if fields["bring"]:
        content["bring"] = fields["bring"].content()
    if fields["design"] == "table":
        names = list(fields["vary"])
        content["points"] = [dict(zip(names, row)) for row in zip(*fields["vary"].values(), strict=True)]
    else:
        content["vary"] = {name: _written(levels) for name, levels in fields["vary"].items()}
    return content


def _renamed(content: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The content under today's keys; InputError if it has a key twice, in both spellings."""
    for old, new in NAMED_BEFORE.items():
        if old in content and new in content:
            raise InputError(f"{new} is given twice, as {old} too", where)
    renamed = {NAMED_BEFORE.get(key, key): value for key, value in content.items()}
    if isinstance(renamed.get("quick"), Mapping):
        renamed["quick"] = {NAMED_BEFORE.get(key, key): value for key, value in renamed["quick"].items()}
    return renamed


def _names(names: Any, where: str) -> tuple[str, ...]:
    for name in kind(names, list, "list", where):
        kind(name, str, "name of an outcome", where)
    if repeated := [name for name in names if names.count(name) > 1]:
        raise InputError(f"{repeated[0]} is given twice", where)
    return tuple(names)


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
    here, first = f"{where}, points", 2 if isinstance(rows, str) else 1  # in a file the header is row 1
    rows = _csv_points(folder / rows) if isinstance(rows, str) else kind(rows, list, "list of rows", here)
    rows = [flat(kind(row, dict, "row of names and values", here), here) for row in rows]
    if not rows:
        raise InputError("the table has no row", here)
    for number, row in enumerate(rows, start=first):
        known(row, rows[0], "column", f"{here}, row {number}")
        for name in rows[0]:
            if name not in row:
                raise InputError(f"{name} is missing", f"{here}, row {number}")
        if not row:
            raise InputError("nothing is set", f"{here}, row {number}", "A row is a parameter = value, or more")
        if row in rows[: number - first]:
            what = f"it is the same as row {rows.index(row) + first}, and its runs would be too"
            raise InputError(what, f"{here}, row {number}", "For more runs of a point give replicates")
    return {name: tuple(row[name] for row in rows) for name in rows[0]}


def _csv_points(path: Path) -> list[dict[str, Any]]:
    """A CSV file with a parameter a column and a design point a row."""
    header: list[str] = []
    # read_table has words for whatever is wrong with the file.
    with (
        contextlib.suppress(OSError, ValueError, csv.Error),
        open(path, encoding="utf-8-sig", newline="", errors="replace") as file,
    ):
        header = [name.strip() for name in next(csv.reader(file), [])]
    if len(header) == 1 and any(sign in header[0] for sign in ";\t"):
        raise InputError("its columns are not separated by commas", f"{path}, row 1", "Save it as CSV with commas")
    for place, name in enumerate(header, start=1):
        if not name:
            raise InputError(f"column {place} has no name", f"{path}, row 1", "Name it, or delete the column")
        if name in header[: place - 1]:
            raise InputError(f"the column {name} stands twice", f"{path}, row 1", "Delete one of them")
    # int and float, true and false as after --set.
    table = read_table(path, dict.fromkeys(header, parse_value))
    return [dict(zip(header, row)) for row in table.itertuples(index=False)]


def _titles(table: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Plain names: of factors, of arms, and of levels by factor."""
    arms, levels = (kind(table.get(key, {}), dict, "table", f"{where} {key}") for key in ("arms", "levels"))
    factors = flat({key: value for key, value in table.items() if key not in ("arms", "levels")}, where)
    by_factor = {factor: _flat_levels(names, f"{where} levels") for factor, names in _two_deep(levels).items()}
    for here, names in (
        (where, factors),
        (f"{where} arms", arms),
        *((f"{where} {f}", n) for f, n in by_factor.items()),
    ):
        for name, title in names.items():
            kind(title, str, "title", f"{here} {name}")
    titles = dict(factors)
    titles |= {"arms": dict(arms)} if arms else {}
    return titles | ({"levels": by_factor} if by_factor else {})


def _two_deep(levels: Mapping[str, Any]) -> dict[str, Any]:
    """{factor: its table of levels}, whether the factor's dots made tables of their own or not."""
    found: dict[str, Any] = {}
    for key, value in levels.items():
        deeper = isinstance(value, Mapping) and value and all(isinstance(one, Mapping) for one in value.values())
        found |= {f"{key}.{inner}": table for inner, table in value.items()} if deeper else {key: value}
    return found


def _flat_levels(names: Any, where: str) -> dict[str, Any]:
    """{level: title}; a key such as 0.33 that was not quoted is read as a table in a table."""
    return flat(kind(names, dict, "table", where), where)


def _quick(table: dict[str, Any], where: str) -> dict[str, Any]:
    known(table, QUICK_KEYS, "key", where)
    quick = {key: positive(table[key], key, where) for key in SIZES if key in table}
    if "vary" in table:
        quick["vary"] = _levels(kind(table["vary"], dict, "table", where), f"{where} vary")
    return quick


def _levels(table: Mapping[str, Any], where: str) -> dict[str, Levels]:
    """{parameter: levels}; a list needs at least one level."""
    levels: dict[str, Levels] = {}
    for name, values in flat(table, where, stop={"low", "high"}).items():
        here = f"{where} {name}"
        if isinstance(values, dict):
            known(values, ("low", "high"), "key", here)
            levels[name] = _range(values, here)
        elif values in (PRIOR, POSTERIOR):
            levels[name] = values
        else:
            values = kind(values, list, "list of levels", here, f"It takes {LEVELS}")
            if not values:
                raise InputError("needs one level or more, each only once", here)
            levels[name] = tuple(values)
    return levels


def _range(limits: Mapping[str, Any], where: str) -> Range:
    for key in ("low", "high"):
        limit = limits.get(key)
        if isinstance(limit, bool) or not isinstance(limit, int | float) or math.isnan(limit):
            what = f"'{limit}' is no number" if key in limits else f"{key} is missing"
            raise InputError(what, where, "A range is { low = ..., high = ... }")
    return Range(float(limits["low"]), float(limits["high"]))


def known(names: Iterable[str], among: Sequence[str] | Mapping[str, Any], what: str, where: str) -> None:
    """UnknownNameError for the first name that is not there."""
    for name in names:
        if name not in among:
            raise unknown_name(what, name, among, where)


def known_columns(names: Iterable[str], among: Mapping[str, Outcome], what: str, where: str) -> None:
    """UnknownNameError for the first column that is not there; of one that was called otherwise, today's name."""
    for name in names:
        if name not in among:
            raise unknown_column(what, name, among, where, former(among.values()))


def positive(value: Any, name: str, where: str) -> int:
    """The value, if it is a whole number from 1 up; else InputError."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InputError(f"{value!r} is no positive whole number", f"{where}, {name}" if where else name)
    return value
