"""What a run or a sweep leaves behind: a folder of parquet tables and a card, written whole or not at all."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.metadata
import itertools
import json
import math
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from simulation.errors import InputError, UnwritableError, installing, refusal, typed, unknown_name
from simulation.files.atomic import flush, naming
from simulation.files.leftovers import clear_beside
from simulation.files.parquet import read_frame
from simulation.files.paths import whole_path
from simulation.runs import card
from simulation.runs.commit import commit
from simulation.runs.run_pictures import RunPictures
from simulation.runs.runner import peak_memory_mb

if TYPE_CHECKING:
    import pandas
    import pyarrow
    import xarray

    from simulation.port.outcomes import Outcome

CAVEAT = "Conditional on the mechanisms and assumptions of the model; not a forecast."
LIBRARIES = ("mesa", "numpy", "numba", "scipy", "networkx", "pandas", "pyarrow", "katye")
PLACES_DAILY = "neighbourhoods"  # file of the table of days and places; the name is that of folders written so far
PLACE = ("place", "neighbourhood")  # what a column that names a place is called
INDEX = {"daily": ["date"], PLACES_DAILY: ["date", *PLACE], "runs": ["run"], "curves": ["run", "date"]}
INDEX["places"] = ["run", *PLACE]


def check_output_folder(path: str | Path) -> Path:
    """The absolute path of a folder that can be made; InputError if it exists or cannot be. Makes nothing."""
    folder, where = whole_path(path), f"output folder {path}"
    if os.path.lexists(folder):
        what = "it exists already and is not overwritten; this does not resume a run"
        raise InputError(what, where, "Choose another --out, or delete it first")
    ancestor = next(parent for parent in folder.parents if os.path.lexists(parent))
    try:
        # Asking for permission is not enough: to root all seems writable, a read-only disk takes nothing.
        os.rmdir(tempfile.mkdtemp(prefix=".katye-", dir=ancestor))
    except OSError as error:
        raise InputError(f"cannot write in {ancestor} ({refusal(error)})", where, "Choose another --out") from None
    return folder


def free_folder(path: str | Path) -> Path:
    """`path` if nothing is there, else the first of path-2, path-3 ... that is free."""
    return next(one for one in numbered(path) if not os.path.lexists(one))


def numbered(path: str | Path) -> Iterator[Path]:
    """path, path-2, path-3 ..., without end."""
    path = Path(path)
    yield path
    yield from (path.with_name(f"{path.name}-{number}") for number in itertools.count(2))


@contextlib.contextmanager
def new_folder(path: str | Path, elsewhere: Callable[..., object] | None = None, keep: bool = True) -> Iterator[Path]:
    """A hidden folder beside `path` to write in; renamed to `path` at the end, gone if anything fails.

    InputError if something is at `path`; with `elsewhere` the first of path-2, path-3 ... that is free is made instead, and
    `elsewhere` is told: for work that is done and would be lost. keep: it stays, too, if the renaming fails.
    """
    folder = check_output_folder(free_folder(path) if elsewhere else path)
    made = [parent for parent in folder.parents if not parent.exists()]
    hidden = None
    try:
        with naming(folder):
            folder.parent.mkdir(parents=True, exist_ok=True)
            clear_beside(folder)
            hidden = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
            yield hidden
            _settle(hidden)
    except BaseException:
        if hidden:
            shutil.rmtree(hidden, ignore_errors=True)
        for parent in made:
            with contextlib.suppress(OSError):
                parent.rmdir()
        raise
    try:
        folder = _renamed(hidden, folder, again=elsewhere is not None)
    except OSError as error:
        if not keep:
            shutil.rmtree(hidden, ignore_errors=True)
            raise UnwritableError(f"cannot be made ({refusal(error)})", f"{path}") from None
        # Hours of work may lie in the hidden folder: it stays, under a name that nobody clears.
        there = free_folder(folder)
        try:
            hidden.rename(there)
        except OSError:
            there = hidden
            with contextlib.suppress(OSError):
                there = hidden.rename(hidden.with_name(f"{hidden.name}-results"))
        raise UnwritableError(f"cannot be made ({refusal(error)}); the results are in {there}", f"{path}") from None
    flush(folder.parent)
    if elsewhere and folder != whole_path(path):
        elsewhere(folder)


def _renamed(hidden: Path, folder: Path, again: bool) -> Path:
    """The folder that `hidden` has become. OSError if there is one, unless others may be tried."""
    while True:
        try:
            return hidden.rename(folder)
        except OSError:
            if not again or not os.path.lexists(folder):
                raise
        folder = free_folder(folder)


def _settle(folder: Path) -> None:
    """Permissions as the user's other folders have them, and everything on the disk before the rename."""
    for path in sorted(folder.rglob("*"), reverse=True):
        flush(path)
    mask = os.umask(0)
    os.umask(mask)
    folder.chmod(0o777 & ~mask)
    flush(folder)


def write_table(table: pandas.DataFrame, path: Path | IO[bytes], codebook: Mapping[str, Outcome] | None = None) -> None:
    """One parquet file. Equal tables give equal bytes: fixed compression, no index, no time.

    codebook: by column, its unit and meaning, which the file then holds beside the column.
    """
    import pyarrow
    import pyarrow.parquet

    arrow = _settled(pyarrow.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None))
    if codebook:
        arrow = arrow.cast(_described(arrow.schema, codebook))
    with (
        open(path, "wb") if isinstance(path, Path) else contextlib.nullcontext(path) as file
    ):  # Arrow opens no odd name
        pyarrow.parquet.write_table(arrow, file, compression="zstd", compression_level=3, version="2.6")


def _settled(table: pyarrow.Table) -> pyarrow.Table:
    """One type for one thing, whatever made the table, so that tables can be joined without a cast.

    Dates are microseconds (what pandas, polars, DuckDB and R take as they are), days int64, text of one kind. Where
    there is no row, pandas may not know the type.
    """
    import pyarrow

    fields = []
    for item in table.schema:
        kind = item.type
        if (
            pyarrow.types.is_date(kind)
            or pyarrow.types.is_timestamp(kind)
            or (item.name == "date" and not table.num_rows)
        ):
            kind = pyarrow.timestamp("us", getattr(kind, "tz", None))
        elif item.name == "day" and (pyarrow.types.is_integer(kind) or not table.num_rows):
            kind = pyarrow.int64()
        elif pyarrow.types.is_large_string(kind) or (pyarrow.types.is_null(kind) and not table.num_rows):
            kind = pyarrow.string()
        fields.append(item.with_type(kind))
    schema = pyarrow.schema(fields)
    return table.cast(schema) if table.num_rows else schema.empty_table()


def _described(schema: pyarrow.Schema, codebook: Mapping[str, Outcome]) -> pyarrow.Schema:
    """The schema with unit and meaning at every column that the codebook knows."""
    import pyarrow

    fields = []
    for item in schema:
        about = codebook.get(item.name)
        fields.append(item.with_metadata({"unit": about.unit, "meaning": about.meaning}) if about else item)
    return pyarrow.schema(fields)


def write_json(content: Any, path: Path) -> None:
    """A JSON file that every reader takes: what is no number (NaN, infinite) is null."""
    text = json.dumps(plain(content), indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", errors="backslashreplace")  # names of files may be no Unicode


def plain(value: Any) -> Any:
    """Content as JSON knows it: NumPy numbers, dates and paths as plain ones."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def write_run(
    folder: str | Path,
    daily: pandas.DataFrame,
    places: pandas.DataFrame,
    events: pandas.DataFrame,
    card: Mapping[str, Any],
    codebooks: Callable[[str], Mapping[str, Outcome]] | None = None,
    more: Callable[[Path], object] = lambda folder: None,
) -> Path:
    """The folder of one run: tables of days, of days and places, of events, and the card; returns its path.

    codebooks: what columns mean, by table. more: writes further files. If the folder exists, the next free one is made.
    """
    made = [Path(folder)]
    with new_folder(folder, elsewhere=made.append) as hidden:
        write_tables(hidden, codebooks, **{"daily": daily, PLACES_DAILY: places, "events": events})
        write_json(card, hidden / "card.json")
        more(hidden)
    return made[-1]


def write_tables(
    folder: Path, codebooks: Callable[[str], Mapping[str, Outcome]] | None = None, **tables: pandas.DataFrame
) -> None:
    """`name.parquet` for every table, in a folder that exists."""
    for name, table in tables.items():
        write_table(table, folder / f"{name}.parquet", codebooks(name) if codebooks else None)


def run_card(
    *,
    scenario: str,
    seed: int | None,
    parameters: Mapping[str, Any],
    started: datetime,
    data_files: Iterable[Path] = (),
    root: Path | None = None,
    memory_mb: float = 0.0,
    details: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """All that is needed to repeat a run and to read it rightly.

    `parameters`: those that differ from their default. `started`: an aware time; the finish is now. `root`:
    folder of the program, for its commit and short names of `data_files`. `memory_mb`: peak of the workers.
    """
    finished = datetime.now(UTC)
    return {
        "scenario": scenario,
        "seed": seed,
        **(details or {}),
        "parameters": dict(parameters),
        "caveat": CAVEAT,
        "started": started.isoformat(timespec="seconds"),
        "finished": finished.isoformat(timespec="seconds"),
        "wall_seconds": round((finished - started).total_seconds(), 3),
        "peak_memory_mb": round(max(memory_mb, peak_memory_mb()), 1),
        "versions": versions(),
        "commit": commit(root),
        "platform": platform.platform(),
        "processors": os.cpu_count(),
        "data_sha256": {_short(path, root): sha256(path) for path in sorted(data_files)},
    }


def versions() -> dict[str, str]:
    """Versions of Python and of everything that can change a number; those not installed are left out."""
    return dict(_versions())


@functools.cache
def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def sha256(path: Path) -> str:
    """Digest of a file, as 64 hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _short(path: Path, root: Path | None) -> str:
    return path.relative_to(root).as_posix() if root and path.is_relative_to(root) else path.name


class Tables:
    """Tables of a run or a sweep by name; what has them says `names` and `table`."""

    def names(self) -> list[str]:
        """The tables that are there."""
        raise NotImplementedError

    def table(self, name: str) -> pandas.DataFrame:
        """One table; UnknownNameError if there is none of that name."""
        raise NotImplementedError

    def daily(self) -> pandas.DataFrame:
        return self.table("daily")

    def places_daily(self) -> pandas.DataFrame:
        """A row a day and place of one run."""
        return self.table(PLACES_DAILY)

    neighbourhoods = places_daily

    def events(self) -> pandas.DataFrame:
        return self.table("events")

    def to_xarray(self, name: str = "daily") -> xarray.Dataset:
        """A table as labelled arrays, by date, place or run. InputError when xarray is not installed."""
        try:
            import xarray
        except ImportError:
            hint = installing("xarray")
            raise InputError("xarray is not installed, and to_xarray() needs it", hint=hint) from None
        table = self.table(name)
        index = [column for column in INDEX.get(name, []) if column in table.columns]
        return xarray.Dataset.from_dataframe(table.set_index(index) if index else table)


class RunResults(Tables):
    """What one run has left so far, in memory: `model.results().daily()`. `outcomes`: its figures as a whole, by name.

    Days and places are there if the run records them, else no such table.
    """

    def __init__(self, model: Any):
        recorder = model.recorder
        self._tables = {"daily": recorder.daily(), "events": model.events()}
        if recorder.fields:
            self._tables[PLACES_DAILY] = recorder.places()
        self.outcomes: dict[str, Any] = model.summary()

    def names(self) -> list[str]:
        return sorted(self._tables)

    def table(self, name: str) -> pandas.DataFrame:
        if name not in self._tables:
            raise unknown_name("table", name, self.names(), "results of the run")
        return self._tables[name]


def _tables(folder: str | Path) -> str:
    return ", ".join(sorted(path.name for path in Path(folder).glob("*.parquet")))


def _left(folder: Path) -> str:
    """What can still be had of a folder whose card is damaged."""
    if (folder / "store").is_dir():
        again, export = typed("katye", "resume", folder), typed("katye", "export", folder)
        return f"{again} writes it anew, and {export} what has finished"
    return f"Its tables are there, {typed('katye', 'export', folder)} writes them" if _tables(folder) else ""


class Results(RunPictures, Tables):
    """The folder of a run or a sweep, opened again: `Results("runs/force-funding").runs()`."""

    def __init__(self, folder: str | Path):
        self.folder = Path(folder)
        if not (self.folder / card.NAME).exists():
            hint = f"Its tables are there: {tables}" if (tables := _tables(folder)) else ""
            raise InputError("no results here: card.json is missing", f"folder {folder}", hint)
        self.card = card.read_card(self.folder, _left(self.folder))

    def names(self) -> list[str]:
        return sorted(path.stem for path in self.folder.glob("*.parquet"))

    def table(self, name: str) -> pandas.DataFrame:
        if name not in self.names():
            raise unknown_name("table", name, self.names(), f"folder {self.folder}")
        return read_frame(self.folder / f"{name}.parquet")

    def runs(self) -> pandas.DataFrame:
        return self.table("runs")

    def curves(self) -> pandas.DataFrame:
        return self.table("curves")

    def places(self) -> pandas.DataFrame:
        """A row a run and place of a sweep."""
        return self.table("places")

    def replay(self) -> Results:
        """The run that a sweep kept in full."""
        return Results(self.folder / "replay")
