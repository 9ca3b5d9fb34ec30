"""Rosters: who is where, with moves that cost the same however many people a place holds, and thinning over them."""

from __future__ import annotations

import numpy as np
from numba import njit

from simulation.dice import Dice, day_key, skip, stream, uniform

NOWHERE = -1


@njit(cache=True)
def _fill(group, starts, fill, slots, position):
    for member in range(group.size):
        g = group[member]
        if g >= 0:
            slot = starts[g] + fill[g]
            fill[g] += 1
            slots[slot] = member
            position[member] = slot


@njit(cache=True)
def _move(members, targets, group, starts, counts, slots, position):
    """Swap-remove each member from its group and append it to its target (-1: to none)."""
    for k in range(members.size):
        member, target, old = members[k], targets[k], group[members[k]]
        if old == target:
            continue
        if old >= 0:
            counts[old] -= 1
            last = slots[starts[old] + counts[old]]
            slots[position[member]] = last
            position[last] = position[member]
        if target >= 0:
            slot = starts[target] + counts[target]
            counts[target] += 1
            slots[slot] = member
            position[member] = slot
        group[member] = target


@njit(cache=True)
def _hits(seed, mechanism, day, bounds, starts, counts, slots):
    """Candidates of every group at its bound: member, group, and a uniform number for the acceptance test."""
    capacity = 1024
    members = np.empty(capacity, np.int32)
    groups = np.empty(capacity, np.int32)
    uniforms = np.empty(capacity, np.float64)
    found = 0
    for g in range(bounds.size):
        if bounds[g] <= 0.0 or counts[g] == 0:
            continue
        state = stream(seed, mechanism, day, np.uint64(g))
        at = skip(state, bounds[g])
        while at < counts[g]:
            if found == capacity:
                capacity *= 2
                members = np.append(members, np.empty(found, np.int32))
                groups = np.append(groups, np.empty(found, np.int32))
                uniforms = np.append(uniforms, np.empty(found, np.float64))
            members[found] = slots[starts[g] + int(at)]
            groups[found] = g
            uniforms[found] = uniform(state)
            found += 1
            at += 1.0 + skip(state, bounds[g])
    return members[:found], groups[:found], uniforms[:found]


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
        capacity = wanted + wanted // 4 + 64
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
            _fill(self.group, starts, self.counts, slots, self.position)
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
        _move(members, targets, self.group, self.starts, self.counts, self.slots, self.position)

    def candidates(self, dice: Dice, mechanism: str, day: int, bounds: np.ndarray):
        """Who might have an event today, when nobody in group g has one with a chance above `bounds[g]`.

        Returns members (int32), their groups (int32) and a uniform number each. Whoever's own chance is p has the event
        if uniform * bounds[group] < p: the same distribution as asking everybody (thinning; Lewis and Shedler 1979,
        doi:10.1002/nav.3800260304). Cost grows with the candidates, not with the members.
        """
        return _hits(
            dice.seed, dice.name(mechanism), day_key(day), bounds, self.starts, self.counts, self.slots
        )


def _ranks(counts: np.ndarray) -> np.ndarray:
    """0, 1, .. within each group, groups one after another."""
    ends = np.cumsum(counts)
    return np.arange(int(ends[-1]) if ends.size else 0) - np.repeat(ends - counts, counts)
