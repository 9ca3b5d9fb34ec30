"""Large tables (CSV or parquet) read by whole columns into arrays, any of them optional; errors name file, row and column.

`simulation.files.tables` looks at every cell of a small table; a population of a million rows needs whole columns at a time:
each different text is understood once, and only an error looks for its row.
"""

from __future__ import annotations

import csv
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
            values = column.cast(pyarrow.float64()).to_numpy(zero_copy_only=False).copy()
        except pyarrow.ArrowInvalid:
            at = next(number for number, cell in enumerate(column.to_pylist()) if not _is_number(cell))
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
    file, another kind of file, unreadable, ragged row, no such column, no rows.
    """
    path = Path(path)
    check_file(path)
    in_csv = path.suffix.lower() == ".csv"
    table = _read_csv(path, needed, optional) if in_csv else _read_parquet(path, needed, optional)
    table = pyarrow.table({name: _trimmed(table[name]) for name in table.column_names})
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
    if not path.is_file():
        near = [one.name for one in sorted(path.parent.glob("*")) if one.suffix.lower() in KINDS]
        near = get_close_matches(path.name, near, n=3, cutoff=0.3) or near[:3]
        hint = f"The folder holds {', '.join(near)}" if near else f"There is no table in the folder {path.parent}"
        raise InputError("no such file", where, hint)


def _read_csv(path: Path, needed: Sequence[str], optional: Collection[str]) -> pyarrow.Table:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = [name.strip() for name in next(csv.reader(file), [])]
    except UnicodeDecodeError:
        raise _not_utf8(path) from None
    if not any(header):
        raise InputError("the file is empty", str(path), "The first row must name the columns")
    chosen = _choose(path, header, needed, optional)

    def ragged(row: Any) -> str:
        found = f"{row.actual_columns} cells where the header has {row.expected_columns}"
        hint = "A text that holds a comma must stand in double quotes"
        bad.append(InputError(found, f"{path}, row {row.number}", hint))
        return "error"

    bad: list[InputError] = []
    try:
        return pyarrow.csv.read_csv(
            path,
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
    except pyarrow.ArrowInvalid as error:
        if bad:
            raise bad[0] from None
        if "UTF8" in str(error):
            raise _not_utf8(path) from None
        raise InputError(f"the file is not a readable CSV ({error})", str(path)) from None


def _read_parquet(path: Path, needed: Sequence[str], optional: Collection[str]) -> pyarrow.Table:
    try:
        chosen = _choose(path, pyarrow.parquet.read_schema(path).names, needed, optional)
        return read_arrow(path, chosen)
    except (pyarrow.ArrowException, OSError) as error:
        raise InputError(f"the file is not a readable parquet file ({error})", str(path)) from None


def _choose(path: Path, header: Sequence[str], needed: Sequence[str], optional: Collection[str]) -> list[str]:
    for name in needed:
        if name not in header:
            raise InputError(f"there is no column '{name}'", str(path), unknown_name("column", name, header).hint)
    chosen = [*needed, *(name for name in optional if name in header)]
    for name in chosen:
        if list(header).count(name) > 1:
            raise InputError(f"two columns are called '{name}'", str(path))
    return chosen


def _trimmed(column: pyarrow.ChunkedArray) -> pyarrow.ChunkedArray:
    """Texts without spaces around them, and empty ones as empty cells; NaN is an empty cell, too."""
    if pyarrow.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pyarrow.types.is_floating(column.type):
        return pyarrow.compute.if_else(pyarrow.compute.is_nan(column), None, column)
    if not (pyarrow.types.is_string(column.type) or pyarrow.types.is_large_string(column.type)):
        return column
    column = pyarrow.compute.utf8_trim_whitespace(column)
    return pyarrow.compute.if_else(pyarrow.compute.equal(column, ""), None, column)


def _is_number(cell: Any) -> bool:
    try:
        return cell is None or float(cell) is not None
    except ValueError:
        return False


def _not_utf8(path: Path) -> InputError:
    return InputError("the file is not UTF-8 text", str(path), "Save it as CSV in UTF-8")
