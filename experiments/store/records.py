"""One finished run as the store keeps it: a row as JSON, its other tables packed, and a checksum over all of it."""

from __future__ import annotations

import io
import json
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

from simulation.runs.results import plain

if TYPE_CHECKING:
    import pyarrow

RUNS = "runs"  # the table with a row a run


class Kept(NamedTuple):
    """A finished run, as a row of the database. `time`: when it was kept, seconds since 1970. `row`: JSON.

    `content`: its other tables, packed, one after the other; `sizes`: their names and bytes, JSON.
    """

    run: int
    time: float
    seconds: float
    memory_mb: float
    row: str
    sizes: str
    content: bytes

    def tables(self) -> dict[str, bytes]:
        """The other tables by name, packed."""
        content = io.BytesIO(self.content)
        return {name: content.read(size) for name, size in json.loads(self.sizes).items()}


def keep(run: int, time: float, seconds: float, memory_mb: float, record: Any) -> Kept:
    """A run that gave `record.row` and `record.tables()`, each with a column `run`.

    Numbers of NumPy become numbers of Python, which JSON gives back exactly; NaN and None stay apart.
    """
    row = {name: value.tolist() if hasattr(value, "tolist") else value for name, value in record.row.items()}
    text = json.dumps(row, default=plain, separators=(",", ":"))
    packed = {name: pack(table) for name, table in record.tables().items()}
    sizes = json.dumps({name: len(content) for name, content in packed.items()})
    return Kept(run, time, seconds, memory_mb, text, sizes, b"".join(packed.values()))


def checksum(*values: Any) -> int:
    """CRC-32 of numbers, text and bytes, each with type and length: no flipped byte passes, nor does one that moves a limit."""
    crc = 0
    for value in values:
        text = value if isinstance(value, str | bytes) else repr(value)
        content = text.encode(errors="backslashreplace") if isinstance(text, str) else text
        crc = zlib.crc32(content, zlib.crc32(f"{type(value).__name__} {len(content)} ".encode(), crc))
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
