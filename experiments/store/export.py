"""The tables of a run or a study as CSV, for spreadsheets and for R without Parquet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.store.load import damage_of, load_table, table_names
from experiments.store.sharing import NAME as SHARING
from experiments.store.sharing import load_sharing
from simulation.errors import InputError, KatyeError, refusal
from simulation.files.atomic import write_whole
from simulation.files.parquet import read_frame
from simulation.files.spreadsheets import csv_text
from simulation.runs.results import Results

if TYPE_CHECKING:
    import pandas

FOLDER, REPLAY = "csv", "replay"
NO_CSV = "recordings"  # whole films, which no spreadsheet takes


def export(folder: str | Path, out: str | Path | None = None) -> list[Path]:
    """Write every table of `folder` as CSV (UTF-8, commas, dates as 2024-06-01) into `out`, else into its `csv/`.

    Of a study that still runs, what has finished so far. Tables written before are replaced, each in one step. Returns the
    files. InputError if there is nothing to write or no place to write it; KatyeError if something was damaged, which says
    what, after all else is written.
    """
    folder = Path(folder)
    tables, lost = _tables(folder)
    target = Path(out) if out is not None else folder / FOLDER
    written: list[Path] = []
    for name, read in tables:
        try:
            table = read()
        except KatyeError as error:
            lost.append(error)
            continue
        if not written:
            _make(target)
        written.append(_write(table, target / f"{name}.csv"))
    if lost and not written:
        raise lost[0]
    if lost:
        there = f"What could be read is in {target}: {', '.join(path.name for path in written)}"
        raise KatyeError(f"{'; '.join(map(str, lost))}. {there}")
    return written


def _make(target: Path) -> None:
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot be made ({refusal(error)})", f"output folder {target}", "Choose another --out"
        ) from None


def _write(table: pandas.DataFrame, path: Path) -> Path:
    """A table as CSV, whole or not at all."""
    write_whole(path, csv_text(table).encode())
    return path


def _tables(folder: Path) -> tuple[list[tuple[str, Callable[[], pandas.DataFrame]]], list[KatyeError]]:
    """Names, and how to read each; and what is known to be lost. InputError if nothing is there."""
    known: list[str] = []
    lost: list[KatyeError] = []
    sharing: pandas.DataFrame | None = None
    if (folder / "store").is_dir():
        try:
            known = [name for name in table_names(folder) if name != NO_CSV]
            sharing = load_sharing(folder)
            if damage := damage_of(folder):
                lost.append(InputError(damage, f"folder {folder}", "katye resume runs again what is lost"))
        except KatyeError as error:
            lost.append(error)
    tables = [(name, lambda name=name: load_table(folder, name)) for name in known]
    if sharing is not None:
        tables.append((SHARING, lambda: sharing))
        known.append(SHARING)
    if (
        known and not (folder / "card.json").exists()
    ):  # not stopped yet: other tables are of no run of it, or of earlier ones
        return tables, lost
    for place, prefix in ((folder, ""), (folder / REPLAY, f"{REPLAY}-")):
        for path in sorted(place.glob("*.parquet")):
            if prefix or path.stem not in (*known, NO_CSV):
                tables.append((f"{prefix}{path.stem}", lambda path=path: read_frame(path)))
    if not tables and not lost:
        Results(folder)  # says what is missing
        raise InputError("holds no table", f"folder {folder}")
    return tables, lost
