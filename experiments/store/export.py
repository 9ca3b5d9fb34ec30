"""The tables of a run or a study as CSV, for spreadsheets and for R without Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.store.load import load_table, table_names
from experiments.store.store import replace_file
from simulation.errors import InputError
from simulation.runs.results import Results

if TYPE_CHECKING:
    import pandas

FOLDER, REPLAY = "csv", "replay"


def export(folder: str | Path, out: str | Path | None = None) -> list[Path]:
    """Write every table of `folder` as CSV (UTF-8, commas, dates as 2024-06-01) into `out`, else into its `csv/`.

    Of a study that still runs, what has finished so far. Tables written before are replaced, each in one step. Returns the
    files. InputError if there is nothing to write or no place to write it.
    """
    folder = Path(folder)
    tables = list(_tables(folder))
    target = Path(out) if out is not None else folder / FOLDER
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot be made ({error.strerror})", f"output folder {target}", "Choose another --out"
        ) from None
    return [_write(read(), target / f"{name}.csv") for name, read in tables]


def _write(table: pandas.DataFrame, path: Path) -> Path:
    """A table as CSV, whole or not at all."""
    try:
        replace_file(path, lambda hidden: table.to_csv(hidden, index=False, lineterminator="\n"))
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", str(path)) from None
    return path


def _tables(folder: Path) -> Iterator[tuple[str, Callable[[], pandas.DataFrame]]]:
    """Names, and how to read each; nothing is read before all of them are known to be there."""
    known = []
    if (folder / "store").is_dir():
        known = table_names(folder)
        yield from ((name, lambda name=name: load_table(folder, name)) for name in known)
        if not (folder / "card.json").is_file():
            return
    results = Results(folder)
    yield from ((name, lambda name=name: results.table(name)) for name in results.names() if name not in known)
    if (folder / REPLAY / "card.json").is_file():
        replay = results.replay()
        yield from ((f"{REPLAY}-{name}", lambda name=name: replay.table(name)) for name in replay.names())
