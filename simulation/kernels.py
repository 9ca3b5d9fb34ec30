"""Compiled loops that know no country: members flowing along the edges of a graph, and the choice of victims."""

from __future__ import annotations

import numpy as np
from numba import njit

from simulation.dice import poisson, stream, uniform


@njit(cache=True)
def flow_along_edges(members, want, allowed, edges_from, edges_to, rate, seed, mechanism, day):
    """Members of each group (row) move between neighbouring places from surplus to shortage, in place.

    members: int64 (groups, n). want: float64 (groups, n), the share of each place in what its group wants (any scale).
    allowed: bool (groups, n), where members may go. rate: expected part of the difference in surplus that moves along
    one edge in a day. Whole people, never more than there are; no one is created or lost.
    """
    groups, n = members.shape
    surplus = np.empty(n)
    for g in range(groups):
        total = members[g].sum()
        wanted = want[g].sum()
        if total == 0 or wanted <= 0.0:
            continue
        for i in range(n):
            surplus[i] = members[g, i] - want[g, i] * total / wanted
        state = stream(seed, mechanism, day, np.uint64(g))
        for edge in range(edges_from.size):
            source, target = edges_from[edge], edges_to[edge]
            if members[g, source] == 0 or not allowed[g, target]:
                continue
            mean = rate * (surplus[source] - surplus[target])
            if mean > 0.0:
                moved = min(poisson(state, mean), members[g, source])
                members[g, source] -= moved
                members[g, target] += moved


@njit(cache=True)
def pick_people(state, number, starts, counts, slots, people, largest):
    """Rows of `number` people picked from some groups of a roster, every person alive as likely as another, int32.

    starts, counts: of the groups. people: people of every row, taken down in place by those picked; `largest` is at
    least the greatest of them. Stops early when nobody is left.
    """
    picked = np.empty(number, np.int32)
    rows = counts.sum()
    alive = 0
    for g in range(starts.size):
        for k in range(starts[g], starts[g] + counts[g]):
            alive += people[slots[k]]
    number = min(number, alive)
    found = 0
    while found < number:
        at = int(uniform(state) * rows)
        g = 0
        while at >= counts[g]:
            at -= counts[g]
            g += 1
        row = slots[starts[g] + at]
        if uniform(state) * largest < people[row]:
            people[row] -= 1
            picked[found] = row
            found += 1
    return picked[:found]
