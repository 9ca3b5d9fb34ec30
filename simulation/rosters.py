"""Rosters: who is where, with moves that cost the same however many people a place holds, and thinning over them."""

from __future__ import annotations

import numpy as np

from simulation.dice import Dice, day_key
from simulation.kernels import fill_groups, hit_candidates, move_members

NOWHERE = -1


class Roster:
    """Members grouped by a number, -1 meaning in no group.

    group: int32 (members,), the group of each member. `size`: number of groups. Members of group g stand in
    `slots[starts[g] : starts[g] + counts[g]]`; their order depends on the history of moves and belongs to a checkpoint.
    """

    def __init__(self, group: np.ndarray, size: int):
        self.group = np.ascontiguousarray(group, np.int32)
        self.size = size
        self._lay_out(np.bincount(self.group[self.group >= 0], minlength=size))

    def _lay_out(self, wanted: np.ndarray) -> None:
        """Give every group room for `wanted` members and a reserve, keeping the order of those already inside."""
        capacity = wanted + wanted // 2 + 256
        starts = np.concatenate(([0], np.cumsum(capacity)[:-1])).astype(np.int64)
        slots = np.full(int(capacity.sum()), NOWHERE, np.int32)
        if hasattr(self, "slots"):
            for g in range(self.size):
                slots[starts[g] : starts[g] + self.counts[g]] = self.members(g)
            filled = np.repeat(starts, self.counts) + _ranks(self.counts)
            self.position[slots[filled]] = filled
        else:
            self.counts = np.zeros(self.size, np.int64)
            self.position = np.full(self.group.size, NOWHERE, np.int64)
            fill_groups(self.group, starts, self.counts, slots, self.position)
        self.starts, self.slots, self.capacity = starts, slots, capacity

    def members(self, g: int) -> np.ndarray:
        """The members of one group, int32, in roster order (a view: copy before moving anybody)."""
        return self.slots[self.starts[g] : self.starts[g] + self.counts[g]]

    def move(self, members: np.ndarray, targets: np.ndarray) -> None:
        """Move members (int32, no one twice) to target groups (int32; -1 takes them off the roster)."""
        if members.size == 0:
            return
        needed = self.counts + np.bincount(targets[targets >= 0], minlength=self.size)
        if np.any(needed > self.capacity):
            self._lay_out(needed)
        move_members(members, targets, self.group, self.starts, self.counts, self.slots, self.position)

    def candidates(self, dice: Dice, mechanism: str, day: int, bounds: np.ndarray):
        """Who might have an event today, when nobody in group g has one with a chance above `bounds[g]`.

        Returns members (int32), their groups (int32) and a uniform number each. Whoever's own chance is p has the event
        if uniform * bounds[group] < p: the same distribution as asking everybody (thinning; Lewis and Shedler 1979,
        doi:10.1002/nav.3800260304). Cost grows with the candidates, not with the members.
        """
        return hit_candidates(
            dice.seed, dice.name(mechanism), day_key(day), bounds, self.starts, self.counts, self.slots
        )


def _ranks(counts: np.ndarray) -> np.ndarray:
    """0, 1, .. within each group, groups one after another."""
    ends = np.cumsum(counts)
    return np.arange(int(ends[-1]) if ends.size else 0) - np.repeat(ends - counts, counts)
