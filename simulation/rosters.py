"""Rosters: who is where, with moves that cost the same however many people a place holds, and thinning over them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from simulation.dice import Dice, day_key
from simulation.kernels import fill_groups, hit_candidates, move_members
from simulation.serialise.kept import kept
from simulation.serialise.limits import Limits, whole, wholes

if TYPE_CHECKING:
    from simulation.serialise.checking import Look


NOWHERE = -1
BLOCK = 1 << 16  # rows


def blocks(count: int) -> Iterator[slice]:
    """`count` rows in slices, one after the other: what is only needed on the way then takes half a megabyte a column."""
    return (slice(first, min(first + BLOCK, count)) for first in range(0, count, BLOCK))


@kept
class Roster:
    """Members grouped by a number, -1 meaning in no group.

    group: int32 (members,), the group of each member. `size`: number of groups. Members of group g stand in
    `slots[starts[g] : starts[g] + counts[g]]`, a block with room for `capacity[g]`; their order depends on the history
    of moves and belongs to a checkpoint. `used`: slots given to blocks so far; a block that was outgrown stays empty.
    """

    limits = Limits(
        {
            "group": wholes(np.int32, "rows", low=-1),
            "size": whole(),
            "capacity": wholes(np.int64, None),
            "starts": wholes(np.int64, None),
            "used": whole(),
            "slots": wholes(np.int32, None, low=NOWHERE),
            "counts": wholes(np.int64, None),
            "position": wholes(np.int32, "rows", low=NOWHERE),
        }
    )

    def __init__(self, group: np.ndarray, size: int):
        self.group = np.ascontiguousarray(group, np.int32)
        self.size = size
        wanted = np.zeros(size, np.int64)
        for part in blocks(self.group.size):
            inside = self.group[part]
            wanted += np.bincount(inside[inside >= 0], minlength=size)
        # most groups lose more than they gain; the others find room further on
        self.capacity = wanted + wanted // 8 + 64
        ends = np.cumsum(self.capacity)
        self.starts = (ends - self.capacity).astype(np.int64)
        self.used = int(ends[-1]) if size else 0
        self.slots = np.full(self.used, NOWHERE, np.int32)
        self.counts = np.zeros(size, np.int64)
        self.position = np.full(self.group.size, NOWHERE, np.int32)
        fill_groups(self.group, self.starts, self.counts, self.slots, self.position)

    def _grow(self, g: int) -> None:
        """Move a full group to a larger block at the end of the slots, in its order."""
        capacity = self.capacity[g] + self.capacity[g] // 2 + 256
        if self.used + capacity > self.slots.size:
            reserve = max(int(capacity), self.slots.size // 8)
            self.slots = np.append(self.slots, np.full(reserve, NOWHERE, np.int32))
        block = slice(self.used, self.used + int(self.counts[g]))
        self.slots[block] = self.members(g)
        self.position[self.slots[block]] = np.arange(block.start, block.stop)
        self.starts[g], self.capacity[g] = self.used, capacity
        self.used += int(capacity)

    def members(self, g: int) -> np.ndarray:
        """The members of one group, int32, in roster order (a view: copy before moving anybody)."""
        return self.slots[self.starts[g] : self.starts[g] + self.counts[g]]

    def move(self, members: np.ndarray, targets: np.ndarray) -> None:
        """Move members (int32, no one twice) to target groups (int32; -1 takes them off the roster)."""
        moved = 0
        while moved < members.size:
            arrays = self.group, self.starts, self.counts, self.capacity, self.slots, self.position
            moved = move_members(members, targets, moved, *arrays)
            if moved < members.size:
                self._grow(int(targets[moved]))

    def candidates(self, dice: Dice, mechanism: str, day: int, bounds: np.ndarray):
        """Who might have an event today, when nobody in group g has one with a chance above `bounds[g]`.

        Returns members (int32), their groups (int32) and a uniform number each. Whoever's own chance is p has the event
        if uniform * bounds[group] < p: the same distribution as asking everybody (thinning; Lewis and Shedler 1979,
        doi:10.1002/nav.3800260304). Cost grows with the candidates, not with the members.
        """
        return hit_candidates(
            dice.seed, dice.name(mechanism), day_key(day), bounds, self.starts, self.counts, self.slots
        )

    def check_kept(self, look: Look) -> None:
        """Blocks lie apart within the slots, and each member of a group stands once, in the block of its group."""
        members, room = self.group.size, self.slots.size
        if not all(part.size == self.size for part in (self.capacity, self.starts, self.counts)):
            raise ValueError("Roster has not one block for each group")
        for name, array, length in (
            ("group", self.group, self.size),
            ("slots", self.slots, members),
            ("position", self.position, room),
        ):
            if array.size and int(array.max()) >= length:
                raise ValueError(f"Roster.{name} points beyond {length:,}")
        order = np.argsort(self.starts, kind="stable")
        ends = (self.starts + self.capacity)[order]
        if self.size and (int(ends[-1]) > self.used or (ends[:-1] > self.starts[order][1:]).any()):
            raise ValueError("Roster has blocks that lie on one another, or beyond those used")
        if self.used > room or (self.counts > self.capacity).any():
            raise ValueError("Roster has more members than room")
        inside = np.flatnonzero(self.group >= 0)
        group, place = self.group[inside], self.position[inside]
        first = self.starts[group]
        if int(self.counts.sum()) != inside.size or ((place < first) | (place >= first + self.counts[group])).any():
            raise ValueError("Roster has members outside the block of their group")
        if (self.slots[place] != inside).any():
            raise ValueError("Roster has members that do not stand where they should")
