"""Small CSV tables read cell by cell into a frame, each column of a kind; errors name file, row, column and text.

Tables of a million rows, CSV or parquet, are read by `simulation.files.columns`.
"""

from __future__ import annotations

import csv
import datetime
import math
import os.path
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from simulation.errors import InputError, refusal, unknown_name

Kind = str | Callable[[str], Any]
"""What a cell holds: one of `KINDS`, or a function from text that raises ValueError with a reason."""


def _flag(text: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if text.casefold() not in known:
        raise ValueError("is not a yes or no (1 or 0)")
    return known[text.casefold()]


def _integer(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        raise ValueError("is not a whole number") from None
    if abs(value) >= 2**63:
        raise ValueError("is a number of too many digits")
    return value


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError("is not a number") from None
    if not math.isfinite(value):
        raise ValueError("is not a finite number")
    return value


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise ValueError("is not a date (YYYY-MM-DD)") from None


def _date_or_month(text: str) -> datetime.date:
    """A day, or a month, which stands for its 15th: sources often publish no more than the month."""
    try:
        return datetime.date.fromisoformat(f"{text}-15" if len(text) == 7 else text)
    except ValueError:
        raise ValueError("is not a date (YYYY-MM-DD) nor a month (YYYY-MM)") from None


KINDS: dict[str, Callable[[str], Any]] = {
    "text": str,
    "integer": _integer,
    "number": _number,
    "flag": _flag,
    "date": _date,
    "date_or_month": _date_or_month,
}


def place(path: Path, row: int, column: str) -> str:
    """The words by which an error names one cell; rows count as in a spreadsheet (the header is row 1)."""
    return f"{path}, row {row}, column '{column}'"


def read_table(
    path: Path,
    columns: Mapping[str, Kind],
    key: str | tuple[str, ...] | None = None,
    optional: Collection[str] = (),
    ranges: Mapping[str, tuple[float, float]] | None = None,
) -> pd.DataFrame:
    """Read the named columns of a CSV file (UTF-8, with a header) and check every cell.

    `columns` maps a column to its kind, `key` names the columns that identify a row, `optional` the columns whose cells may
    be empty (then None), `ranges` the least and the most that a column of numbers may hold. Other columns of the file are
    left out. The index, named `row`, is the row number in a spreadsheet, for use in later errors. Numbers come out as int64
    or float64 (NaN where empty), everything else as objects.

    Raises InputError: no file, not UTF-8, no such column, ragged row, empty cell, unreadable value, a number out of its
    range, repeated key.
    """
    path = Path(path)
    header, rows = _read_rows(path)
    for column in columns:
        if column not in header:
            raise _missing_column(path, column, header)
    index = pd.Index([number for number, _ in rows], name="row", dtype="int64")
    table = {}
    for column, kind in columns.items():
        convert = kind if callable(kind) else KINDS[kind]
        position = header.index(column)
        cells = [(number, row[position].strip()) for number, row in rows]
        values = [_convert(path, number, column, text, convert, column in optional) for number, text in cells]
        table[column] = _as_column(values, kind, index)
    frame = pd.DataFrame(table, index=index, columns=list(columns))
    for column, (least, most) in (ranges or {}).items():
        out = frame.index[(frame[column] < least) | (frame[column] > most)]
        if len(out):
            raise InputError(
                f"{frame[column][out[0]]} is too {'low' if frame[column][out[0]] < least else 'high'}",
                place(path, out[0], column),
                f"It can be {least:,} to {most:,}",
            )
    if key is not None:
        _check_key(path, frame, (key,) if isinstance(key, str) else tuple(key))
    return frame


def check_known(path: Path, column: pd.Series, kind: str, known: Collection[str]) -> None:
    """Raise UnknownNameError (file, row, column, nearest names) at the first cell of `column` not in `known`.

    `column` comes from `read_table`, so that its index holds row numbers; empty cells pass.
    """
    for row, value in column.items():
        if value is not None and value not in known:
            raise unknown_name(kind, value, known, place(path, row, str(column.name)))


def _read_rows(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    if not os.path.isfile(path):  # unlike Path.is_file it takes any text
        near = sorted(other.name for other in path.parent.glob("*.csv")) if os.path.isdir(path.parent) else []
        hint = f"The folder holds {', '.join(near)}" if near else f"There is no table in the folder {path.parent}"
        raise InputError("no such file", str(path), hint)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file, strict=True))
    except UnicodeDecodeError:
        raise InputError("the file is not UTF-8 text", str(path), "Save it as CSV in UTF-8") from None
    except csv.Error as error:
        raise InputError(f"the file is not a readable CSV ({error})", str(path)) from None
    except OSError as error:
        raise InputError(f"the file cannot be read ({refusal(error)})", str(path)) from None
    if not lines:
        raise InputError("the file is empty", str(path), "The first row must name the columns")
    header = [name.strip() for name in lines[0]]
    rows = [(number, line) for number, line in enumerate(lines[1:], start=2) if any(cell.strip() for cell in line)]
    for number, line in rows:
        if len(line) != len(header):
            hint = "A text that holds a comma must stand in double quotes"
            found = f"{len(line)} cells where the header has {len(header)}"
            raise InputError(found, f"{path}, row {number}", hint)
    return header, rows


def _missing_column(path: Path, column: str, header: list[str]) -> InputError:
    suggestion = unknown_name("column", column, header).hint
    return InputError(f"there is no column '{column}'", str(path), suggestion)


def _convert(path: Path, row: int, column: str, text: str, convert: Callable[[str], Any], optional: bool) -> Any:
    if not text:
        if optional:
            return None
        raise InputError("the cell is empty", place(path, row, column), "This column needs a value in every row")
    try:
        return convert(text)
    except ValueError as error:
        raise InputError(f"'{text}' {error}", place(path, row, column)) from None


def _as_column(values: list[Any], kind: Kind, index: pd.Index) -> pd.Series:
    if kind == "integer" and None not in values:
        return pd.Series(values, index, dtype="int64")
    if kind in ("integer", "number"):
        return pd.Series([math.nan if value is None else value for value in values], index, dtype="float64")
    if kind == "flag" and None not in values:
        return pd.Series(values, index, dtype="bool")
    # Objects, so that pandas neither guesses types nor turns an empty cell into NaN.
    return pd.Series(values, index, dtype="object")


def _check_key(path: Path, frame: pd.DataFrame, key: tuple[str, ...]) -> None:
    first: dict[tuple[Any, ...], int] = {}
    for row, *values in frame[list(key)].itertuples():
        seen = first.setdefault(tuple(values), row)
        if seen != row:
            found = ", ".join(map(str, values))
            raise InputError(f"'{found}' stands in row {seen} already", place(path, row, ", ".join(key)))
