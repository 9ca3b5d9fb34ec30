"""A diary: what happened to whom on which day, in typed columns, so that single lives of many can be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

BLOCK = 65_536
"""Entries that one array holds: memory grows by blocks, and no entry is ever moved."""


class Diary:
    """Entries in the order in which they were written: `day`, `member`, `kind` and what `columns` name.

    kinds: names of what can happen; an entry holds a kind's position among them. columns: name -> NumPy type.
    keep: write down anything at all; if not, `write` returns at once and no memory is taken. An entry takes
    `dtype.itemsize` bytes: 9 and those of its columns.
    """

    def __init__(self, kinds: Sequence[str], columns: Mapping[str, Any], keep: bool = True):
        self.kinds = tuple(kinds)
        self.keep = keep
        self.dtype = np.dtype([("day", np.int32), ("member", np.int32), ("kind", np.int8), *columns.items()])
        self._blocks: list[np.ndarray] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def nbytes(self) -> int:
        """Memory taken, bytes: whole blocks."""
        return sum(block.nbytes for block in self._blocks)

    def write(self, day: int, kind: str, members: np.ndarray, **values: Any) -> None:
        """One entry a member (int32, one or more). `values`: a number or an array for each column; 0 if not given."""
        if not self.keep or not members.size:
            return
        new = np.zeros(members.size, self.dtype)
        new["day"], new["member"], new["kind"] = day, members, self.kinds.index(kind)
        for name, value in values.items():
            new[name] = value
        while new.size:
            used = self._count % BLOCK
            if used == 0:
                self._blocks.append(np.zeros(BLOCK, self.dtype))
            part, new = new[: BLOCK - used], new[BLOCK - used :]
            self._blocks[-1][used : used + part.size] = part
            self._count += part.size

    def clear(self) -> None:
        """Forget all entries."""
        self._blocks.clear()
        self._count = 0

    def entries(self, member: int | None = None) -> np.ndarray:
        """Entries of one member, or all, as a structured array (`pandas.DataFrame` takes it). Reads every block."""
        rest = self._count
        found = [np.empty(0, self.dtype)]
        for block in self._blocks:
            written = block[: min(rest, BLOCK)]
            rest -= written.size
            found.append(written if member is None else written[written["member"] == member])
        return np.concatenate(found)
