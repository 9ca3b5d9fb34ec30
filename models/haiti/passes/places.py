"""Compiled passes over the neighbourhoods: what rules ask of every place, every day, in one go instead of a dozen arrays.

They compute what the rules' equations say, number by number and in the order of NumPy, so that results are the same to the last
bit; `tests/models/haiti/passes/` has the plain forms. It calls no compiled code of other files: the
compiler's cache would not see them change. Labels as in `models/haiti/world/state.py`.
"""

from __future__ import annotations

import math

import numpy as np

from simulation.compiled import compiled

STATE, CONTESTED, GANG, NOBODY = 0, 1, 2, -1


@compiled
def add_up(values):
    """Sum of a vector in the order of NumPy's `.sum()`: pairs of blocks of at most 128, each by eight running sums."""
    n = values.size
    if n > 128:
        half = n // 2
        half -= half % 8
        return add_up(values[:half]) + add_up(values[half:])
    total, i = 0.0, 0
    if n >= 8:
        a, b, c, d = values[0], values[1], values[2], values[3]
        e, f, g, h = values[4], values[5], values[6], values[7]
        i = 8
        while i + 8 <= n:
            a += values[i]
            b += values[i + 1]
            c += values[i + 2]
            d += values[i + 3]
            e += values[i + 4]
            f += values[i + 5]
            g += values[i + 6]
            h += values[i + 7]
            i += 8
        total = ((a + b) + (c + d)) + ((e + f) + (g + h))
    while i < n:
        total += values[i]
        i += 1
    return total


@compiled
def around(starts, neighbours, weights, values, i):
    """Weighted sum of the values of the land neighbours of a place."""
    total = 0.0
    for k in range(starts[i], starts[i + 1]):
        total += weights[k] * values[neighbours[k]]
    return total


@compiled
def measure_places(members, worth, cohesion, spill, guards, starts, neighbours, weights, gangs, presence, state):
    """Gang strength by place, and what gangs and the state amount to there with what neighbours project, in place (n,).

    members: int64 (gangs, n). worth: float64 (gangs,), of a member at hand. guards: float64 (n,). gangs, presence, state:
    float64 (n,), filled.
    """
    for i in range(gangs.size):
        total = largest = members[0, i] * worth[0] if worth.size else 0.0
        for g in range(1, worth.size):
            here = members[g, i] * worth[g]
            total += here
            largest = max(largest, here)
        gangs[i] = largest + cohesion * (total - largest)
    for i in range(gangs.size):
        presence[i] = gangs[i] + spill * around(starts, neighbours, weights, gangs, i)
        state[i] = guards[i] + spill * around(starts, neighbours, weights, guards, i)


@compiled
def opposed_places(presence, present, community, requirement, thinness):
    """What stands against gangs in each place, float64 (n,): guards as far as they are enough, and residents."""
    against = np.empty(presence.size)
    for i in range(presence.size):
        enough = min(1.0, presence[i] / max(requirement * (present[i] / 1000.0), 1e-9))
        against[i] = presence[i] * math.pow(enough, thinness) + community[i]
    return against


@compiled
def contest_places(influence, local, presence, opposed, exponent, rate):
    """Influence follows the contest, in place: the share of Tullock's form, 0 where nobody is."""
    for i in range(influence.size):
        own = math.pow(local[i] * presence[i], exponent)
        total = own + math.pow(opposed[i], exponent)
        influence[i] += rate * ((own / total if total > 0 else 0.0) - influence[i])
        if not math.isfinite(influence[i]):
            raise OverflowError("power of a number that is finite is not")


@compiled
def label_places(influence, members, gang_up, gang_down, state_down, state_up, label, owner):
    """Labels from influence, with hysteresis, and owners: whoever has most members; in place.

    gang_up, gang_down: influence from which a place is gang-held, and from which one stays so that is; state_down, state_up
    alike, for ground up to which the state holds.
    """
    for i in range(influence.size):
        gang_edge = gang_down if label[i] == GANG else gang_up
        state_edge = state_up if label[i] == STATE else state_down
        new = CONTESTED
        if influence[i] >= gang_edge:
            new = GANG
        elif influence[i] <= state_edge:
            new = STATE
        label[i] = new
        if not members.size:
            continue
        most = 0
        for g in range(1, members.shape[0]):
            if members[g, i] > members[most, i]:
                most = g
        if new == STATE:
            owner[i] = NOBODY
        elif members[most, i] > 0:
            owner[i] = most
        elif new != GANG:
            owner[i] = NOBODY


@compiled
def age_places(label, first, influence, keep, threshold, local, safe_days, ruled_days):
    """What is forgotten and counted in the evening, in place: what favoured one side, days of safety and of gang rule."""
    for i in range(label.size):
        if label[i] != first[i]:
            local[i] = math.pow(local[i], keep)
        safe_days[i] = safe_days[i] + 1 if influence[i] < threshold else 0
        ruled_days[i] = ruled_days[i] + 1 if label[i] == GANG else 0


@compiled
def draw_members(
    present,
    state_presence,
    gang_presence,
    anchor,
    label,
    owner,
    cleared_from,
    members,
    opposed,
    contested,
    withdraw,
    requirement,
):
    """Where members of each gang may go, bool (gangs, n), and what draws them there, float64 of the same shape.

    opposed: float64 (n,), what stands against gangs. contested: draw where gangs do not rule. withdraw: part of the strength
    there below which they thin out. requirement: guards that hold a place, per 1,000.
    """
    needs = needs_of(present, state_presence, gang_presence, anchor, label, contested, withdraw)
    allowed, want = np.empty(members.shape, np.bool_), np.empty(members.shape)
    for g in range(members.shape[0]):
        for i in range(needs.size):
            own = owner[i] == g or (label[i] != GANG and gang_presence[i] > opposed[i])
            lost = cleared_from[i] == g and state_presence[i] < requirement * (present[i] / 1000.0)
            allowed[g, i] = (own and label[i] != STATE) or lost or members[g, i] > 0
            want[g, i] = needs[i] if allowed[g, i] else 0.0
    return allowed, want


@compiled
def needs_of(present, state_presence, gang_presence, anchor, label, contested, withdraw):
    """What draws members of gangs to each place, float64 (n,): residents and threat, little where guards prevail."""
    n = anchor.size
    needs, most = np.empty(n), 1
    for i in range(n):
        most = max(most, present[i])
    usual = add_up(state_presence) / n + 1e-9
    for i in range(n):
        threat = 1.0 + state_presence[i] / usual
        need = (0.2 + present[i] / most) * threat * anchor[i] * (1.0 if label[i] == GANG else contested)
        if withdraw > 0:
            own = gang_presence[i] / max(gang_presence[i] + state_presence[i], 1e-9)
            need *= min(1.0, own / withdraw)
        needs[i] = need
    return needs


@compiled
def find_targets(
    label, strength, least, lived_in, worth, anchored, advantage, free, scale, starts, neighbours, weights
):
    """Places next to ground that is not gang-held which an operation may go to, int64, and a weight each, float64.

    strength: of gangs, at least `least`. worth: float64 (n,), of the place; anchored: worth of neighbours under the state.
    free: person-equivalents that can be sent; scale: how loosely the best target is preferred.
    """
    places, values, found, best = np.empty(label.size, np.int64), np.empty(label.size), 0, -np.inf
    for i in range(label.size):
        if label[i] == STATE or strength[i] < least or not lived_in[i]:
            continue
        touches, state = False, 0.0
        for k in range(starts[i], starts[i + 1]):
            there = label[neighbours[k]]
            touches = touches or there != GANG
            state += weights[k] if there == STATE else 0.0
        if touches:
            value = (worth[i] + anchored * state) * (free / (free + advantage * strength[i] + 1e-9))
            places[found], values[found] = i, value
            best = max(best, value)
            found += 1
    for k in range(found):
        values[k] = math.exp((values[k] - best) / scale)
    return places[:found], values[:found]


@compiled
def look_at_held(label, cleared_day, since, day):
    """Spells of cleared places in the evening, `since` (n,) in place; days of spells that ended today, and how many run on."""
    ended, fell, running = np.empty(label.size, np.int64), 0, 0
    for i in range(label.size):
        if cleared_day[i] == day and since[i] < 0:
            since[i] = day
        if since[i] < 0:
            continue
        if label[i] == GANG:
            ended[fell] = day - since[i]
            since[i] = -1
            fell += 1
        else:
            running += 1
    return ended[:fell], running


@compiled
def meet_attack(guards, community, hours, reach, mobile, quick, base, advantage):
    """What an attack on each place would meet, float64 (n,); see `Forces.defence`. hours: float64 (n,), from the base."""
    found = np.empty(guards.size)
    for i in range(guards.size):
        help_ = (mobile if i == base else quick * mobile) * (reach[i] if math.isfinite(hours[i]) else 0.0)
        found[i] = advantage * (guards[i] + community[i] + help_)
    return found
