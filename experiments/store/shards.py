"""Files of a store: the spool, a line a finished run, and shards, a parquet file a table for many runs.

A run is kept the same way whichever path it takes, so that tables are equal to the byte however runs were batched.
"""

from __future__ import annotations

import base64
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.runs.results import flush, sha256, write_json, write_table, write_tables

if TYPE_CHECKING:
    import pandas
    import pyarrow

    from experiments.run.task import Record

FOLDER, DAMAGED = "shards", "damaged"
RUNS = "runs"  # the table with a row a run; written last, so that a shard with it has all others


@dataclass(frozen=True)
class Kept:
    """One finished run: a row of plain values, and its other tables, each with a column `run`."""

    run: int
    row: dict[str, Any]
    tables: dict[str, pyarrow.Table]


def kept(run: int, row: Mapping[str, Any], tables: Mapping[str, pyarrow.Table]) -> Kept:
    """A run as it is kept: numbers of NumPy as numbers of Python, which JSON gives back exactly."""
    plain_row = {name: value.tolist() if hasattr(value, "tolist") else value for name, value in row.items()}
    return Kept(run, plain_row, dict(tables))


def encoded(run: Kept) -> dict[str, Any]:
    """A run as a line of the spool."""
    import pyarrow

    packed = {}
    for name, table in run.tables.items():
        sink = pyarrow.BufferOutputStream()
        with pyarrow.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        packed[name] = base64.b64encode(sink.getvalue()).decode()
    return {"run": run.run, "row": run.row, "tables": packed}


def decoded(line: Mapping[str, Any]) -> Kept:
    """The run of a line of the spool."""
    import pyarrow

    tables = {}
    for name, packed in line["tables"].items():
        with pyarrow.ipc.open_stream(base64.b64decode(packed)) as reader:
            tables[name] = reader.read_all()
    return Kept(line["run"], line["row"], tables)


def write(store: Path, number: int, runs: Iterable[Kept]) -> None:
    """A shard of these runs: each file written beside its place, flushed and renamed; `runs` last."""
    folder = store / FOLDER
    made = tables_of(runs)
    for name in [name for name in made if name != RUNS] + [RUNS]:
        path = _path(store, number, name)
        hidden = path.with_suffix(".part")
        try:
            write_table(made[name], hidden)
            flush(hidden)
            hidden.replace(path)
        finally:
            hidden.unlink(missing_ok=True)
    flush(folder)


def tables_of(runs: Iterable[Kept]) -> dict[str, pandas.DataFrame]:
    """The tables of some runs, in the order of runs."""
    import pandas
    import pyarrow

    ordered = sorted(runs, key=lambda run: run.run)
    names = list(dict.fromkeys(name for run in ordered for name in run.tables))
    tables = {RUNS: pandas.DataFrame([run.row for run in ordered])}
    for name in names:
        parts = [run.tables[name] for run in ordered if name in run.tables]
        tables[name] = pyarrow.concat_tables(parts, promote_options="permissive").to_pandas()
    return tables


def read(store: Path, number: int, name: str) -> pyarrow.Table | None:
    """One table of a shard; None if its runs have none of that name."""
    import pyarrow.parquet

    path = _path(store, number, name)
    return pyarrow.parquet.read_table(path) if path.exists() else None


def join(parts: Sequence[pyarrow.Table], frame: pandas.DataFrame | None = None) -> pandas.DataFrame:
    """Parts of a table as one, by run; `frame` holds what is in no shard yet. The same however runs were batched.

    A column that is whole numbers in one part and has gaps or fractions in another is float64 in all, as in one frame.
    """
    import io

    import pyarrow
    import pyarrow.parquet

    parts = list(parts)
    if frame is not None and len(frame):
        file = io.BytesIO()  # through parquet like the others: it has fewer types than pandas
        write_table(frame, file)
        parts.append(pyarrow.parquet.read_table(file))
    # The run of lowest number first, as it says in which order columns stand.
    parts.sort(key=lambda part: part["run"].to_numpy().min())
    table = pyarrow.concat_tables(parts, promote_options="permissive")
    return table.to_pandas().sort_values("run", kind="stable", ignore_index=True)


def description(store: Path, number: int, runs: Sequence[int]) -> dict[str, Any]:
    """What the journal says of a shard: its runs and the digest of every file."""
    return {"runs": sorted(runs), "sha256": {path.name: sha256(path) for path in _files(store, number)}}


def is_whole(store: Path, number: int, entry: Mapping[str, Any]) -> bool:
    """Whether every file of a shard is as the journal says."""
    folder = store / FOLDER
    return all(
        (folder / name).is_file() and sha256(folder / name) == digest for name, digest in entry["sha256"].items()
    )


def is_complete(store: Path, number: int) -> bool:
    """Whether a shard that no journal knows can be read: the table that is written last, and with it the others."""
    import pyarrow

    try:
        return _path(store, number, RUNS).exists() and bool(
            [pyarrow.parquet.read_table(path) for path in _files(store, number)]
        )
    except (pyarrow.ArrowException, OSError):
        return False


def runs_of(store: Path, number: int) -> list[int]:
    """The runs of a shard."""
    return read(store, number, RUNS)["run"].to_pylist()


def numbers(store: Path) -> list[int]:
    """The shards of which there is any file."""
    return sorted({int(path.name.split("-")[0]) for path in (store / FOLDER).glob("*-*.parquet")})


def spools(store: Path) -> dict[int, Path]:
    """The spools by number: what is to become the shard of that number."""
    found = {path: re.fullmatch(r"spool-(\d+)\.jsonl", path.name) for path in sorted(store.glob("spool-*.jsonl"))}
    return {int(match[1]): path for path, match in found.items() if match}


def spool(store: Path, number: int) -> Path:
    return store / f"spool-{number:06d}.jsonl"


def set_aside(store: Path, number: int) -> None:
    """Put the files of a shard where nobody reads them."""
    (store / DAMAGED).mkdir(exist_ok=True)
    for path in _files(store, number):
        path.replace(store / DAMAGED / path.name)


def remove(store: Path, number: int) -> None:
    """Delete the files of a shard."""
    for path in _files(store, number):
        path.unlink()


def keep_replay(folder: Path, record: Record) -> None:
    """The folder of the run that is kept in full; there at once or not at all. One that is there gives way."""
    target = folder / "replay"
    hidden = Path(tempfile.mkdtemp(prefix=".replay-", dir=folder))
    try:
        write_tables(hidden, **record.replay)
        write_json(record.card, hidden / "card.json")
        for path in (*hidden.iterdir(), hidden):
            flush(path)
        hidden.chmod(0o755)
        if target.exists():
            shutil.rmtree(target)
        hidden.replace(target)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
    flush(folder)


def _path(store: Path, number: int, name: str) -> Path:
    return store / FOLDER / f"{number:06d}-{name}.parquet"


def _files(store: Path, number: int) -> list[Path]:
    return sorted((store / FOLDER).glob(f"{number:06d}-*.parquet"))
