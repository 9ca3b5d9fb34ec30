"""One finished run as the store keeps it: a row as JSON, its other tables packed, and a checksum over all of it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from simulation.runs.results import plain

if TYPE_CHECKING:
    import pandas
    import pyarrow

RUNS = "runs"  # the table with a row a run


class Record(Protocol):
    """What a run gives: its row, its other tables, and for the run that is kept in full all days of it and a card."""

    row: dict[str, Any]
    replay: dict[str, pandas.DataFrame]
    card: dict[str, Any]

    def tables(self) -> Mapping[str, pyarrow.Table]: ...


@dataclass(frozen=True)
class Kept:
    """A finished run. `row`: JSON; `tables`: (name, packed) by name; `time`: when it was kept, seconds since 1970."""

    run: int
    time: float
    seconds: float
    memory_mb: float
    row: str
    tables: tuple[tuple[str, bytes], ...]

    @cached_property
    def checksum(self) -> int:
        """CRC-32 of everything above."""
        parts = (value for table in self.tables for value in table)
        return checksum(self.run, self.time, self.seconds, self.memory_mb, self.row, *parts)


def keep(run: int, time: float, seconds: float, memory_mb: float, record: Record) -> Kept:
    """Numbers of NumPy become numbers of Python, which JSON gives back exactly; NaN and None stay apart."""
    row = {name: value.tolist() if hasattr(value, "tolist") else value for name, value in record.row.items()}
    tables = tuple((name, pack(table)) for name, table in sorted(record.tables().items()))
    return Kept(run, time, seconds, memory_mb, json.dumps(row, separators=(",", ":"), default=plain), tables)


def checksum(*values: Any) -> int:
    """CRC-32 of numbers, text and bytes, each with its length: no flipped byte passes, and none moves between two values."""
    crc = 0
    for value in values:
        content = value if isinstance(value, bytes) else repr(value).encode(errors="backslashreplace")
        crc = zlib.crc32(content, zlib.crc32(b"%d " % len(content), crc))
    return crc


def pack(table: pyarrow.Table) -> bytes:
    """A table as an Arrow stream, compressed: a year of one run is a few kB, half of which would be names of columns."""
    import pyarrow.ipc

    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return zlib.compress(sink.getvalue(), 1)


def unpack(content: bytes) -> pyarrow.Table:
    """The table that was packed."""
    import pyarrow.ipc

    with pyarrow.ipc.open_stream(zlib.decompress(content)) as reader:
        return reader.read_all()
