"""Large tables (CSV or parquet) read by whole columns into arrays, any of them optional; errors name file, row and column.

`simulation.files.tables` looks at every cell of a small table; a population of a million rows needs whole columns at a time:
each different text is understood once, and only an error looks for its row.
"""

from __future__ import annotations

import csv
import os.path
from collections.abc import Callable, Collection, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet

from simulation.errors import InputError, unknown_name
from simulation.files.parquet import read_arrow
from simulation.files.tables import place

KINDS = (".csv", ".parquet")
READABLE = (
    pyarrow.types.is_string,
    pyarrow.types.is_large_string,
    pyarrow.types.is_integer,
    pyarrow.types.is_floating,
    pyarrow.types.is_decimal,
    pyarrow.types.is_null,
)
"""Kinds of columns; others (lists, dates, true and false) are nothing that a population is made of."""


class Columns:
    """Named columns of one file. `rows`: int64, the number of each row as an error names it.

    Rows count as in a spreadsheet (the header is row 1); in a parquet file, which has no header row, from 1.
    """

    def __init__(self, path: Path, table: pyarrow.Table, rows: np.ndarray):
        self.path, self.rows, self._table = path, rows, table

    def __len__(self) -> int:
        return self.rows.size

    def __contains__(self, name: str) -> bool:
        return name in self._table.column_names

    def where(self, name: str, index: int) -> str:
        """The words for one cell."""
        return place(self.path, int(self.rows[index]), name)

    def read(self, name: str, understand: Callable[[Any], Any], empty: Any = None) -> np.ndarray:
        """A column with every cell understood; each different value is asked about once.

        `understand` takes the cell (text in a CSV file) and raises InputError, to which file, row and column are added.
        `empty` stands for empty cells; None: an empty cell is an error.
        """
        coded = self._table[name].combine_chunks().dictionary_encode()
        codes = coded.indices.fill_null(-1).to_numpy()
        if empty is None and np.any(codes < 0):
            hint = "This column needs a value in every row"
            raise InputError("the cell is empty", self.where(name, int(np.argmax(codes < 0))), hint)
        values = []
        for code, value in enumerate(coded.dictionary.to_pylist()):
            try:
                values.append(understand(value))
            except InputError as error:
                where = self.where(name, int(np.argmax(codes == code)))
                raise type(error)(error.what, where, error.hint) from None
        return np.array(values if empty is None else [*values, empty])[codes]  # code -1 is the last: `empty`

    def numbers(self, name: str, low: float, high: float) -> np.ndarray:
        """A column of numbers from `low` to `high`, float64; NaN where a cell is empty."""
        column = self._table[name].combine_chunks()
        try:
            values = _as_numbers(column).to_numpy(zero_copy_only=False).copy()
        except pyarrow.ArrowInvalid:
            at = next(number for number in range(len(column)) if not _is_number(column[number : number + 1]))
            raise InputError(f"'{column[at]}' is not a number", self.where(name, at)) from None
        filled = column.is_valid().to_numpy(zero_copy_only=False)
        wrong = filled & ~((values >= low) & (values <= high))
        if wrong.any():
            at = int(np.argmax(wrong))
            hint = f"It can be {low:g} to {high:g}"
            raise InputError(f"{values[at]:g} is out of range", self.where(name, at), hint)
        return values


def read_columns(path: Path, needed: Sequence[str], optional: Collection[str] = ()) -> Columns:
    """The `needed` columns of a .csv (UTF-8, with a header) or .parquet file, and those of `optional` that it has.

    Texts come without spaces around them; rows that are empty throughout are left out. Raises InputError: no such
    file, another kind of file, unreadable, ragged row, a last row without an end, no such column, a column of neither
    texts nor numbers, no rows.
    """
    path = Path(path)
    check_file(path)
    in_csv = path.suffix.lower() == ".csv"
    table = _read_csv(path, needed, optional) if in_csv else _read_parquet(path, needed, optional)
    table = pyarrow.table({name: _trimmed(table[name], f"{path}, column '{name}'") for name in table.column_names})
    empty = np.all([column.is_null().to_numpy() for column in table.columns], axis=0)
    if empty.all():
        raise InputError("the file has no rows", str(path), "It needs a header and one row at least")
    rows = np.flatnonzero(~empty) + (2 if in_csv else 1)
    return Columns(path, table.filter(pyarrow.array(~empty)) if empty.any() else table, rows)


def check_file(path: Path, where: str = "") -> None:
    """Raise InputError, which says `where` it was named, unless `path` is a file of a kind that can be read."""
    where = f"{where}, {path}" if where else str(path)
    if path.suffix.lower() not in KINDS:
        raise InputError("this is neither a .csv nor a .parquet file", where, f"Save it as {path.stem}.csv")
    if not os.path.isfile(path):  # unlike Path.is_file it takes any text
        beside = sorted(path.parent.glob("*")) if os.path.isdir(path.parent) else []
        near = [one.name for one in beside if one.suffix.lower() in KINDS]
        near = get_close_matches(path.name, near, n=3, cutoff=0.3) or near[:3]
        hint = f"The folder holds {', '.join(near)}" if near else f"There is no table in the folder {path.parent}"
        raise InputError("no such file", where, hint)


def _read_csv(path: Path, needed: Sequence[str], optional: Collection[str]) -> pyarrow.Table:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = [name.strip() for name in next(csv.reader(file), [])]
    except UnicodeDecodeError:
        raise _not_utf8(path) from None
    except (OSError, csv.Error) as error:
        raise _unreadable(path, "CSV", error) from None
    if not any(header):
        raise InputError("the file is empty", str(path), "The first row must name the columns")
    _check_end(path)
    chosen = _choose(path, header, needed, optional)

    def ragged(row: Any) -> str:
        found = f"{row.actual_columns} cells where the header has {row.expected_columns}"
        hint = "A text that holds a comma must stand in double quotes"
        bad.append(InputError(found, f"{path}, row {row.number}", hint))
        return "error"

    bad: list[InputError] = []
    try:
        with path.open("rb") as file:
            return pyarrow.csv.read_csv(
                file,
                # One thread: with more, the reader does not know the numbers of bad rows.
                pyarrow.csv.ReadOptions(use_threads=False, column_names=header, skip_rows=1),
                pyarrow.csv.ParseOptions(ignore_empty_lines=False, invalid_row_handler=ragged),
                pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(header, pyarrow.string()),
                    include_columns=chosen,
                    null_values=[""],
                    strings_can_be_null=True,
                ),
            )
    except (pyarrow.ArrowException, OSError) as error:
        if bad:
            raise bad[0] from None
        if "UTF8" in str(error):
            raise _not_utf8(path) from None
        raise _unreadable(path, "CSV", error) from None


def _check_end(path: Path) -> None:
    """InputError for a last row that may have been cut off in its last cell, where nothing else would show it."""
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        if file.read(1) not in b"\r\n":
            hint = "If it is whole, end that row as the others, with a line break"
            raise InputError("the last row has no end, as if the file was cut off there", str(path), hint)


def _read_parquet(path: Path, needed: Sequence[str], optional: Collection[str]) -> pyarrow.Table:
    try:
        with path.open("rb") as file:
            chosen = _choose(path, pyarrow.parquet.read_schema(file).names, needed, optional)
        table = read_arrow(path, chosen)
        table.validate(full=True)  # texts that are none, in a file that was damaged
        return table
    except (pyarrow.ArrowException, OSError, ValueError) as error:  # ValueError: names of columns that are no text
        raise _unreadable(path, "parquet file", error) from None


def _choose(path: Path, header: Sequence[str], needed: Sequence[str], optional: Collection[str]) -> list[str]:
    for name in needed:
        if name not in header:
            raise InputError(f"there is no column '{name}'", str(path), unknown_name("column", name, header).hint)
    chosen = [*needed, *(name for name in optional if name in header)]
    for name in chosen:
        if list(header).count(name) > 1:
            raise InputError(f"two columns are called '{name}'", str(path))
    return chosen


def _trimmed(column: pyarrow.ChunkedArray, where: str) -> pyarrow.ChunkedArray:
    """Texts without spaces around them, and empty ones as empty cells; NaN is an empty cell, too.

    InputError for a column of anything but texts and numbers.
    """
    kind = column.type.value_type if pyarrow.types.is_dictionary(column.type) else column.type
    if not any(known(kind) for known in READABLE):
        raise InputError(f"it holds {kind}, and texts or numbers are wanted", where)
    column = column.cast(kind)
    if pyarrow.types.is_floating(kind) or pyarrow.types.is_decimal(kind):
        column = column.cast(pyarrow.float64())
        return pyarrow.compute.if_else(pyarrow.compute.is_nan(column), None, column)
    if pyarrow.types.is_integer(kind):
        return column
    column = pyarrow.compute.utf8_trim_whitespace(column.cast(pyarrow.large_string()))
    return pyarrow.compute.if_else(pyarrow.compute.equal(column, ""), None, column)


def _as_numbers(column: pyarrow.Array) -> pyarrow.Array:
    return column.cast(pyarrow.float64(), safe=not pyarrow.types.is_integer(column.type))


def _is_number(cell: pyarrow.Array) -> bool:
    try:
        _as_numbers(cell)
    except pyarrow.ArrowInvalid:
        return False
    return True


def _unreadable(path: Path, what: str, error: Exception) -> InputError:
    return InputError(f"the file is not a readable {what} ({error})", str(path))


def _not_utf8(path: Path) -> InputError:
    return InputError("the file is not UTF-8 text", str(path), "Save it as CSV in UTF-8")
