"""Compiled code that knows the city's households: counts by place, roster groups, choice of a shelter.

It calls no compiled code of other files: the compiler's cache would not see them change.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from simulation.compiled import compiled

# Here and not in households.py: a compiled function keeps the values it was compiled with, and this file's are watched.
HOME, SITE, HOST, PROVINCE, ABROAD, GONE = range(6)
NEVER = 2**31 - 1  # days


@compiled
def count_people(rows, people, home, place, status, wealth, present, at_home, in_sites, with_hosts, away, by_wealth):
    """Add `people` of each row to the counts of where it is, how it lives and (alive, away) of its wealth, in place."""
    for k in range(rows.size):
        row, number = rows[k], people[k]
        where, how = place[row], status[row]
        present[where] += number
        by_wealth[0, wealth[row]] += number
        if how == HOME:
            at_home[where] += number
        elif how != GONE:
            away[home[row]] += number
            by_wealth[1, wealth[row]] += number
            if how == SITE:
                in_sites[where] += number
            elif how == HOST:
                with_hosts[where] += number


@compiled
def count_dead(rows, people, home, place, status, wealth, present, at_home, in_sites, with_hosts, away, by_wealth):
    """One person of each row has died and is off `people` already: counts follow, in place. Whether a row has nobody left."""
    counts = present, at_home, in_sites, with_hosts, away, by_wealth
    numbers, gone = np.empty(rows.size, np.int64), False
    for k in range(rows.size):
        numbers[k] = -1
        gone = gone or people[rows[k]] == 0
    count_people(rows, numbers, home, place, status, wealth, *counts)
    return gone


@compiled
def roster_groups(rows, place, status, moves, threshold, previous_effect, edges, n):
    """Group of each row by place, shelter and stratum of its own threshold, int32; -1 outside the neighbourhoods.

    edges: lowest threshold of each stratum, and last (not used) of people in sites, who are the group after the strata.
    """
    found, groups = np.empty(rows.size, np.int32), edges.size
    for k in range(rows.size):
        row, found[k] = rows[k], -1
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


@compiled
def frighten_rows(field, fading, deviation, mark, rows, place, wealth, shock):
    """Fear of rows rises by `shock` of what is left to 1; a row that stands there several times rises once.

    field, fading, deviation, mark: of `LazyField`.
    """
    values = np.empty(rows.size)
    for k in range(rows.size):
        row = rows[k]
        i, g = place[row], wealth[row]
        fear = field[i, g] + deviation[row] * math.exp(fading[i, g] - mark[row])
        values[k] = fear + shock * (1.0 - fear)
    for k in range(rows.size):
        row = rows[k]
        i, g = place[row], wealth[row]
        deviation[row] = values[k] - field[i, g]
        mark[row] = fading[i, g]


@compiled
def settle_rows(
    rows, to, how, day, home, place, status, since, wealth, people, moves, threshold, previous_effect, edges, n,
    field, fading, deviation, mark, present, at_home, in_sites, with_hosts, away, by_wealth,
):  # fmt: skip
    """Rows are somewhere else with another status: columns, fear and counts of people follow, in place.

    Returns their new roster groups, and home of those displaced, else -1: int32 (rows,) each.
    """
    counts = present, at_home, in_sites, with_hosts, away, by_wealth
    numbers, homes = np.empty(rows.size, np.int64), np.empty(rows.size, np.int32)
    for sign in (-1, 1):  # people are counted off where they were, and in where they are
        for k in range(rows.size):
            row, g = rows[k], wealth[rows[k]]
            numbers[k] = sign * people[row]
            if sign < 0:
                continue
            i, j = place[row], to[k]
            fear = field[i, g] + deviation[row] * math.exp(fading[i, g] - mark[row])
            deviation[row] = fear - field[j, g]
            mark[row] = fading[j, g]
            place[row], status[row], since[row] = j, how[k], day
            homes[k] = home[row] if how[k] != HOME and how[k] != GONE else -1
        count_people(rows, numbers, home, place, status, wealth, *counts)
    return roster_groups(rows, place, status, moves, threshold, previous_effect, edges, n), homes


@compiled
def hold_back(rows, luck, place, wealth, label, incomes, fee, penalty):
    """Rows that cannot pay the fee to leave ground that gangs hold, and rows that can; luck: a uniform number each."""
    stay, leave, held = np.empty(rows.size, np.int32), np.empty(rows.size, np.int32), 0
    for k in range(rows.size):
        row = rows[k]
        if label[place[row]] == 2 and luck[k] < -math.expm1(-penalty * fee / incomes[wealth[row]]):
            stay[held] = row
            held += 1
        else:
            leave[k - held] = row
    return stay[:held], leave[: rows.size - held]


@compiled
def count_departures(rows, origin, status, people, moves, captured_day, day, lately, left, again, onward):
    """Who of the rows leaves home for the first time, bool; people by place are added to the counts (n,), in place.

    left: everybody who leaves home; again: those of them who had moved before; onward: those who were displaced already. Each
    row has one move more, 100 at most. Also who leaves a home within `lately` days of its capture, rows.
    """
    first, behind, found = np.empty(rows.size, np.bool_), np.empty(rows.size, np.int32), 0
    for k in range(rows.size):
        row, place = rows[k], origin[k]
        first[k] = status[row] == HOME
        if first[k]:
            left[place] += people[row]
            if moves[row] > 0:
                again[place] += people[row]
            if captured_day[place] >= 0 and day - captured_day[place] <= lately:
                behind[found] = row
                found += 1
        else:
            onward[place] += people[row]
        moves[row] = min(moves[row] + 1, 100)
    return first, behind[:found]


@compiled
def days_of_patience(luck, rate):
    """The least number of days whose product with the rate is above -log(1 - luck), int32; `NEVER` if none is."""
    days = np.empty(luck.size, np.int32)
    for k in range(luck.size):
        patience = -math.log1p(-luck[k])
        days[k] = NEVER
        if patience < rate * NEVER:
            day = max(np.floor(patience / rate) - 1.0, 0.0)  # the quotient is rounded, and so is the product
            while patience >= rate * day:
                day += 1.0
            days[k] = int(day)
    return days


@compiled
def chances_of_return(
    rows, groups, eager, status, destroyed, place, wealth, field, fading, deviation, mark, rate, push, ruined
):
    """Own chance of each candidate to go home today, float64, as `return_chance` times how `eager` people are to go there.

    groups: home of each row. field, fading, deviation, mark: of `LazyField`. rate, push, ruined: as in its parameters.
    """
    chances = np.empty(rows.size)
    for k in range(rows.size):
        row = rows[k]
        i, g = place[row], wealth[row]
        fear = field[i, g] + deviation[row] * math.exp(fading[i, g] - mark[row])
        chance = rate * (1.0 + push * (1.0 if status[row] == SITE else 0.0)) * (1.0 - min(max(fear, 0.0), 1.0))
        chances[k] = chance * (ruined if destroyed[row] else 1.0) * eager[groups[k]]
    return chances


@compiled
def accept_flights(
    rows, groups, luck, strata, bounds, exposure, worn, wealth, threshold, moves, previous, half_dose, slope, most
):
    """Who of the candidates flees, bool, by the own chance (`flight_chance`); and the first who passes its bound, or -1.

    groups: roster groups, `strata` to a place, with their `bounds`. luck: a uniform number each. exposure: float64 (n, wealth);
    worn: float64 (n,), chance of being worn out by gang rule.
    """
    flees, broken = np.empty(rows.size, np.bool_), -1
    own, exposed = np.empty(rows.size), np.empty(rows.size)
    for k in range(rows.size):  # on its own: a processor fetches many rows at once where little is done with each
        row = rows[k]
        own[k] = threshold[row] - (previous if moves[row] > 0 else 0.0)
        exposed[k] = exposure[groups[k] // strata, wealth[row]]
    for k in range(rows.size):
        place, bound = groups[k] // strata, bounds[groups[k]]
        x = math.pow(exposed[k] / (half_dose * math.exp(own[k])), slope)
        chance = 1.0 - (1.0 - most * x / (1.0 + x)) * (1.0 - worn[place])
        if broken < 0 and not chance <= bound * (1.0 + 1e-12) + 1e-15:
            broken = k
        flees[k] = luck[k] * bound < chance
    return flees, broken


@compiled
def _draw(weights, u):
    """Index drawn with probability proportional to weight, by one number u in [0, 1); the last positive one if u is 1."""
    total = weights.sum()
    if not 0.0 < total < np.inf:
        raise FloatingPointError("a choice of shelter among weights whose sum is not a number above 0")
    goal, so_far, last = u * total, 0.0, 0
    for k in range(weights.size):
        if weights[k] > 0.0:
            so_far += weights[k]
            last = k
            if so_far > goal:
                return k
    return last


@compiled
def _climb(inside, left, ladder):
    """Weights of sites and of host families added up place by place, (2, n), in place; the two sums."""
    sites = hosts = 0.0
    for j in range(left.size):
        sites += inside[0, j] * left[j]
        hosts += inside[1, j] * left[j]
        ladder[0, j], ladder[1, j] = sites, hosts
    if not (0.0 <= sites < np.inf and 0.0 <= hosts < np.inf):
        raise FloatingPointError("a shelter with a weight that is not a number of 0 or more")
    return sites, hosts


@compiled
def choose_shelters(
    rows, origin, tie, u_kind, u_place, inside, near, far, tie_factor, exit_share, pull, nest, offered, n, abroad
):
    """Place (-1: nothing can be reached) and kind of shelter of each row, by a nested logit.

    origin: neighbourhood of each row; tie: int16 (households,), external place or -1. inside: (2, n), weights
    of sites and of host families by place; near: (n, n), how much of it is left from each origin; far: (n, external).
    pull, offered: by kind (site, host, province, abroad), exp of its own utility, and whether it is offered.
    """
    places = near.shape[1]
    place, status = np.empty(rows.size, np.int16), np.empty(rows.size, np.int8)
    ladder = np.empty((min(rows.size, n), 2, places))  # cumulative weights by origin, filled when first needed
    weights = np.empty((min(rows.size, n), 4))  # of the kinds; that of the provinces goes by ties as well
    step, ready = np.full(n, -1), 0
    own = np.empty(rows.size, np.int64)
    for k in range(rows.size):  # on its own, as a processor fetches many rows at once where little is done with each
        own[k], place[k], status[k] = tie[rows[k]] - n, -1, SITE
    beyond = np.empty(far.shape[1])
    for k in range(rows.size):
        here = origin[k]
        if step[here] < 0:
            step[here] = ready
            ready += 1
            sums = _climb(inside, near[here], ladder[step[here]])
            for kind, total in ((0, sums[0]), (1, sums[1]), (3, exit_share[here])):
                weights[step[here], kind] = pull[kind] * total**nest if offered[kind] and total > 0.0 else 0.0
        total = 0.0
        for j in range(beyond.size):
            beyond[j] = far[here, j] * (tie_factor if j == own[k] else 1.0)
            total += beyond[j]
        mine = step[here]
        weights[mine, 2] = pull[2] * total**nest if offered[2] and total > 0.0 else 0.0
        if weights[mine].sum() <= 0.0:
            continue
        kind = _draw(weights[mine], u_kind[k])
        status[k] = (SITE, HOST, PROVINCE, ABROAD)[kind]
        if kind < 2:
            goal, low, high = u_place[k] * ladder[mine, kind, places - 1], 0, places - 1
            # the first place whose step is above the goal, or the last one; NumPy's search takes the compiler a second
            while low < high:
                middle = (low + high) // 2
                if goal < ladder[mine, kind, middle]:
                    high = middle
                else:
                    low = middle + 1
            place[k] = low
        elif kind == 2:
            place[k] = n + _draw(beyond, u_place[k])
        else:
            place[k] = abroad
    return place, status


class Counted(NamedTuple):
    """People and places of the capital, counted in one pass (`count_city`).

    held, influenced: people before displacement whose place gangs hold, or do not leave to the state; the same of people
    present. free: people before displacement whose place gangs do not hold. cleared_held: places cleared once that the state
    holds, of all places. safe_home: displaced people whose home has been safe for long, of all places, and away: all of them.
    alive: people wherever they are; beyond: those of them who are outside the neighbourhoods.
    """

    held: int
    influenced: int
    held_present: int
    influenced_present: int
    present: int
    free: int
    cleared_held: int
    in_sites: int
    open_sites: int
    safe_home: int
    away: int
    alive: int
    beyond: int


@compiled
def count_city(
    label, cleared_day, safe_days, present, in_sites, hosted, away, sites, people, inside, commune, long, by
):
    """`Counted`, and people hosted by commune, int64, in place.

    people: int64 (n,), before displacement; inside: bool (n,), in the capital; commune: int64 (n,), numbers of communes;
    long: days; by: int64, filled with people hosted in the capital by number of the commune. Labels as in `world/state.py`.
    """
    held = influenced = held_present = influenced_present = everybody = free = cleared = sheltered = open_ = safe = 0
    displaced = alive = beyond = 0
    for i in range(present.size):
        alive += present[i]
        beyond += present[i] if i >= label.size else 0
    by[:] = 0
    for i in range(label.size):
        displaced += away[i]
        if cleared_day[i] >= 0 and label[i] == 0:
            cleared += 1
        if safe_days[i] >= long:
            safe += away[i]
        if inside[i]:
            everybody += present[i]
            sheltered += in_sites[i]
            open_ += sites[i]
            by[commune[i]] += in_sites[i] + hosted[i]
            if label[i] != 0:
                influenced += people[i]
                influenced_present += present[i]
            if label[i] == 2:
                held += people[i]
                held_present += present[i]
            else:
                free += people[i]
    first = held, influenced, held_present, influenced_present, everybody, free, cleared
    return Counted(*first, sheltered, open_, safe, displaced, alive, beyond)
