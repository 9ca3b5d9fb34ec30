"""Compiled code that knows the city's households: counts by place, roster groups, choice of a shelter, and their trust.

It calls no compiled code of other files: the compiler's cache would not see them change.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from simulation.compiled import compiled

# Here and not in households.py: a compiled function keeps the values it was compiled with, and this file's are watched.
HOME, SITE, HOST, PROVINCE, ABROAD, GONE = range(6)


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
def settle_rows(rows, to, how, day, home, place, status, since, wealth, field, fading, deviation, mark, away):
    """Rows are somewhere else with another status: columns and fear follow. away: home of those displaced, else -1, filled."""
    for k in range(rows.size):
        row, g = rows[k], wealth[rows[k]]
        i, j = place[row], to[k]
        fear = field[i, g] + deviation[row] * math.exp(fading[i, g] - mark[row])
        deviation[row] = fear - field[j, g]
        mark[row] = fading[j, g]
        place[row], status[row], since[row] = j, how[k], day
        away[k] = home[row] if how[k] != HOME and how[k] != GONE else -1


@compiled
def hold_back(rows, luck, place, wealth, label, incomes, fee, penalty):
    """Who of the rows cannot pay the fee to leave ground that gangs hold, bool; luck: a uniform number each."""
    stays = np.empty(rows.size, np.bool_)
    for k in range(rows.size):
        row = rows[k]
        due = fee if label[place[row]] == 2 else 0.0
        stays[k] = luck[k] < -math.expm1(-penalty * due / incomes[wealth[row]])
    return stays


@compiled
def count_departures(rows, origin, status, people, moves, left, again, onward):
    """Who of the rows leaves home for the first time, bool; people by place are added to the counts (n,), in place.

    left: everybody who leaves home; again: those of them who had moved before; onward: those who were displaced already. Each
    row has one move more, 100 at most.
    """
    first = np.empty(rows.size, np.bool_)
    for k in range(rows.size):
        row, place = rows[k], origin[k]
        first[k] = status[row] == HOME
        if first[k]:
            left[place] += people[row]
            if moves[row] > 0:
                again[place] += people[row]
        else:
            onward[place] += people[row]
        moves[row] = min(moves[row] + 1, 100)
    return first


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
    origin, tie, u_kind, u_place, inside, near, far, tie_factor, exit_share, pull, nest, offered, n, abroad
):
    """Place (-1: nothing can be reached) and kind of shelter of each row, by a nested logit.

    origin: neighbourhood of each row; tie: position among the external places, below 0 for none. inside: (2, n), weights
    of sites and of host families by place; near: (n, n), how much of it is left from each origin; far: (n, external).
    pull, offered: by kind (site, host, province, abroad), exp of its own utility, and whether it is offered.
    """
    rows, places = origin.size, near.shape[1]
    place, status = np.full(rows, -1, np.int64), np.full(rows, SITE, np.int8)
    ladder = np.empty((min(rows, n), 2, places))  # cumulative weights by origin, filled when first needed
    weights = np.empty((min(rows, n), 4))  # of the kinds from an origin; that of the provinces goes by ties as well
    step, ready = np.full(n, -1), 0
    kinds, beyond = np.empty(4), np.empty(far.shape[1])
    for k in range(rows):
        here = origin[k]
        if step[here] < 0:
            step[here] = ready
            ready += 1
            sums = _climb(inside, near[here], ladder[step[here]])
            for kind, total in ((0, sums[0]), (1, sums[1]), (3, exit_share[here])):
                weights[step[here], kind] = pull[kind] * total**nest if offered[kind] and total > 0.0 else 0.0
        total = 0.0
        for j in range(beyond.size):
            beyond[j] = far[here, j] * (tie_factor if j == tie[k] else 1.0)
            total += beyond[j]
        steps = ladder[step[here]]
        kinds[:] = weights[step[here]]
        kinds[2] = pull[2] * total**nest if offered[2] and total > 0.0 else 0.0
        if kinds.sum() <= 0.0:
            continue
        kind = _draw(kinds, u_kind[k])
        status[k] = (SITE, HOST, PROVINCE, ABROAD)[kind]
        if kind < 2:
            goal = u_place[k] * steps[kind, places - 1]
            place[k] = min(np.searchsorted(steps[kind], goal, side="right"), places - 1)
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


class TrustRates(NamedTuple):
    """What a day does to trust, each a rate a day per unit of its cause (`TrustParameters`).

    engage and talk: where all is heard; disappoint: loss aversion included; tell_ratio: what harm and abuse take from
    telling against what they take from trust; blame_from: trust from which harm by gangs is blamed on them; hotline: rise
    of what is told where all is heard; blocked: part that gangs keep out.
    """

    security_up: float
    security_down: float
    harm: float
    blame: float
    blame_from: float
    disappoint: float
    engage: float
    talk: float
    passive: float
    rumour: float
    abuse: float
    tell_ratio: float
    hotline: float
    blocked: float


@compiled
def _settled(level, up, down):
    """A share after a day of being pulled to 1 at rate `up` and to 0 at rate `down`: exact, so never outside 0 to 1."""
    total = up + down
    if total <= 0.0:
        return level
    kept = np.exp(-total)
    return level * kept + up / total * (1.0 - kept)


@compiled
def step_rumours(rumours, around, fear, influence, trust, elites, gang_media, spread, decay, counter, blocked):
    """One day of misinformation (n,), in place. around: its mean next door; fear: 0 to 1; counter: rebuttal at full trust."""
    for i in range(rumours.size):
        told = around[i] + elites + gang_media * influence[i]
        up = spread * told * (0.2 + 0.8 * min(max(fear[i], 0.0), 1.0))
        down = decay + counter * (1.0 - blocked * influence[i]) * trust[i]
        rumours[i] = _settled(rumours[i], up, down)


@compiled
def step_trust(
    trust,
    police,
    candour,
    security,
    gap,
    passive,
    rumours,
    influence,
    by_forces,
    by_all,
    known,
    present,
    felt,
    mean,
    rates,
):
    """One day of trust in the mission and the police and of readiness to tell, float64 (n, wealth), in place.

    security, gap: float64 (n, wealth), seen, and expected beyond it. by_forces, by_all: float64 (n,), residents hit by
    operations and in all. known: float64 (2, n), misconduct heard of (mission, police). felt: float64 (wealth,), what is
    felt of harm. mean: float64 (2, n), mean trust in mission and police this morning.
    """
    span = 1.0 - rates.blame_from
    for i in range(influence.size):
        share = 1e4 / max(present[i], 100)
        heard = 1.0 - rates.blocked * influence[i]
        rise = heard * (rates.engage + rates.talk * (1.0 - rumours[i]))
        blame = rates.blame * share * (by_all[i] - by_forces[i]) / span
        rise += blame * max(mean[0, i] - rates.blame_from, 0.0)
        police_rise = blame * max(mean[1, i] - rates.blame_from, 0.0)
        abuse, police_abuse = rates.abuse * share * known[0, i], rates.abuse * share * known[1, i]
        for c in range(felt.size):
            reward = rates.security_up * max(security[i, c], 0.0)
            common = rates.security_down * max(-security[i, c], 0.0) + rates.rumour * rumours[i]
            harmed = rates.harm * share * by_forces[i] * felt[c]
            own = common + rates.disappoint * max(gap[i, c], 0.0) + rates.passive * passive[i]
            trust[i, c] = _settled(trust[i, c], reward + rise, own + harmed + abuse)
            police[i, c] = _settled(police[i, c], reward + police_rise, common + harmed + police_abuse)
            candour[i, c] = _settled(candour[i, c], reward + rise, own + rates.tell_ratio * (harmed + abuse))


@compiled
def trust_means(trust, police, candour, share, influence, rates, mean, told):
    """Means over wealth (2, n), and what is told (n,): readiness to tell, more where hotlines reach people, at most 1."""
    for i in range(influence.size):
        mean[0, i] = mean[1, i] = told[i] = 0.0
        for c in range(share.shape[1]):
            mean[0, i] += trust[i, c] * share[i, c]
            mean[1, i] += police[i, c] * share[i, c]
            told[i] += candour[i, c] * share[i, c]
        told[i] = min(told[i] * (1.0 + rates.hotline * (1.0 - rates.blocked * influence[i])), 1.0)
