"""Compiled code that knows the city's households: counts by place, roster groups, and the choice of a shelter.

It calls no compiled code of other files: the compiler's cache would not see them change.
"""

from __future__ import annotations

import numpy as np
from numba import njit

# Here and not in households.py: a compiled function keeps the values it was compiled with, and this file's are watched.
HOME, SITE, HOST, PROVINCE, ABROAD, GONE = range(6)


@njit(cache=True)
def count_people(rows, people, home, place, status, present, at_home, in_sites, with_hosts, away):
    """Add `people` of each row to the counts of where it is and how it lives, in place."""
    for k in range(rows.size):
        row, number = rows[k], people[k]
        where, how = place[row], status[row]
        present[where] += number
        if how == HOME:
            at_home[where] += number
        elif how != GONE:
            away[home[row]] += number
            if how == SITE:
                in_sites[where] += number
            elif how == HOST:
                with_hosts[where] += number


@njit(cache=True)
def roster_groups(rows, place, status, moves, threshold, previous_effect, edges, n, groups):
    """Group of each row by place, shelter and stratum of its own threshold; -1 outside the neighbourhoods.

    edges: lowest threshold of each stratum, and last (not used) of people in sites, who are the group after the strata.
    """
    found = np.full(rows.size, -1, np.int32)
    for k in range(rows.size):
        row = rows[k]
        if place[row] >= n or status[row] == GONE:
            continue
        stratum = groups - 1
        if status[row] != SITE:
            own = threshold[row] - (previous_effect if moves[row] > 0 else 0.0)
            stratum = 0
            while stratum < groups - 2 and own >= edges[stratum + 1]:
                stratum += 1
        found[k] = place[row] * groups + stratum
    return found


@njit(cache=True)
def _draw(weights, u):
    """Index drawn with probability proportional to weight, by one number u in [0, 1); the last positive one if u is 1."""
    goal, so_far, last = u * weights.sum(), 0.0, 0
    for k in range(weights.size):
        if weights[k] > 0.0:
            so_far += weights[k]
            last = k
            if so_far > goal:
                return k
    return last


@njit(cache=True)
def choose_shelters(
    origin, tie, u_kind, u_place, inside, near, far, tie_factor, exit_share, pull, nest, offered, n, abroad
):
    """Place (-1: nothing can be reached) and kind of shelter of each row, by a nested logit.

    origin: neighbourhood of each row; tie: position among the external places, below 0 for none. inside: (2, n), weights
    of sites and of host families by place; near: (n, n), how much of it is left from each origin; far: (n, external).
    pull, offered: by kind (site, host, province, abroad), exp of its own utility, and whether it is offered.
    """
    rows, places = origin.size, near.shape[1]
    place, status = np.full(rows, -1, np.int64), np.full(rows, SITE, np.int8)
    ladder = np.empty((n, 2, places))  # cumulative weights by origin, filled when first needed
    ready = np.zeros(n, np.bool_)
    kinds, beyond = np.empty(4), np.empty(far.shape[1])
    for k in range(rows):
        here = origin[k]
        if not ready[here]:
            ready[here] = True
            for shelter in range(2):
                so_far = 0.0
                for j in range(places):
                    so_far += inside[shelter, j] * near[here, j]
                    ladder[here, shelter, j] = so_far
        total = 0.0
        for j in range(beyond.size):
            beyond[j] = far[here, j] * (tie_factor if j == tie[k] else 1.0)
            total += beyond[j]
        sums = (ladder[here, 0, places - 1], ladder[here, 1, places - 1], total, exit_share[here])
        for kind in range(4):
            open_ = offered[kind] and sums[kind] > 0.0
            kinds[kind] = pull[kind] * sums[kind] ** nest if open_ else 0.0
        if kinds.sum() <= 0.0:
            continue
        kind = _draw(kinds, u_kind[k])
        status[k] = (SITE, HOST, PROVINCE, ABROAD)[kind]
        if kind < 2:
            steps = ladder[here, kind]
            place[k] = min(np.searchsorted(steps, u_place[k] * steps[places - 1], side="right"), places - 1)
        elif kind == 2:
            place[k] = n + _draw(beyond, u_place[k])
        else:
            place[k] = abroad
    return place, status
