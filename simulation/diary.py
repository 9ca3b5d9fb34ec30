"""A diary: what happened to whom on which day, in typed columns, so that single lives of many can be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from simulation.serialise.limits import FLAG, TEXT, Anything, Limits, listed, several, whole

BLOCK = 65_536
"""Entries that one array holds: memory grows by blocks, and no entry is ever moved."""


def within(values: np.ndarray, low: int, high: int) -> bool:
    """Whether all values lie between two others, both included."""
    return not values.size or bool(low <= values.min() and values.max() <= high)


class Diary:
    """Entries in the order in which they were written: `day`, `member`, `kind` and what `columns` name.

    kinds: names of what can happen; an entry holds a kind's position among them. columns: name -> NumPy type.
    keep: write down anything at all; if not, `write` returns at once and no memory is taken. An entry takes
    `dtype.itemsize` bytes: 9 and those of its columns.
    """

    limits = Limits(
        {
            "kinds": several(TEXT),
            "keep": FLAG,
            "dtype": Anything(),
            "_blocks": listed(Anything()),
            "_count": whole(),
        }
    )

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

    def check_entries(self, fresh: Diary, members: int, day: int) -> None:
        """ValueError unless entries are such as `fresh`, a diary of the same make, could hold, of members and days so far."""
        name = type(self).__name__
        if type(self.dtype) is not type(fresh.dtype) or self.dtype != fresh.dtype or self.kinds != fresh.kinds:
            raise ValueError(f"{name} holds entries of another kind")
        if len(self._blocks) != -(-self._count // BLOCK):
            raise ValueError(f"{name} has {len(self._blocks)} blocks for {self._count:,} entries")
        for block in self._blocks:
            if type(block) is not np.ndarray or block.dtype != self.dtype or block.shape != (BLOCK,):
                raise ValueError(f"{name} has a block that is none")
            if not block.flags.writeable:
                raise ValueError(f"{name} has a block that cannot be written")
        entries = self.entries()
        for column, low, high in (("day", 0, day), ("member", 0, members - 1), ("kind", 0, len(self.kinds) - 1)):
            if not within(entries[column], low, high):
                raise ValueError(f"{name} has entries whose '{column}' there is not")
