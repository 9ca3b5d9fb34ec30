"""Parquet files read without the threads of Arrow, which now and then take down a process that ends.

Of 400 short processes on a busy machine 13 died in their last moment (`terminate called without an active exception`;
apache/arrow issue 34314), after `pyarrow.parquet.read_table` even with `use_threads=False`: its datasets have threads too.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

from simulation.errors import InputError

if TYPE_CHECKING:
    import pandas
    import pyarrow


def read_arrow(source: Path | IO[bytes], columns: Sequence[str] | None = None) -> pyarrow.Table:
    """The table, or these columns of it. OSError or pyarrow.ArrowException if it cannot be read."""
    import pyarrow.parquet

    with contextlib.ExitStack() as opened:
        # Arrow itself opens no file whose name is no Unicode.
        source = opened.enter_context(source.open("rb")) if isinstance(source, Path) else source
        file = opened.enter_context(pyarrow.parquet.ParquetFile(source, pre_buffer=False))
        return file.read(columns=columns, use_threads=False)


def read_frame(source: Path | IO[bytes]) -> pandas.DataFrame:
    """The table as pandas has it. InputError if it cannot be read."""
    from pyarrow import ArrowException

    try:
        table = read_arrow(source)
        table.validate(full=True)
        return table.to_pandas(use_threads=False)
    except (ArrowException, OSError, ValueError, OverflowError) as error:
        raise InputError(f"is no parquet file that can be read ({error})", str(source)) from None
