"""Compiled passes over the units of security forces: what the command counts and weighs, who goes where, who is free.

`numbers` is what `models/haiti/world/muster.py` has of all units: int64 (4, units), a row each of places, people, goals and
last days of orders, the first `police` units of the police, the next `army` of the army, the others of the mission.
"""

from __future__ import annotations

import numpy as np

from models.haiti.passes.places import add_up
from simulation.compiled import compiled, compiled_with

STATE, GANG = 0, 2  # labels in `models/haiti/world/state.py`
STATIC, HOLD, PATROL, CLEAR, CORRIDOR = range(5)  # tasks there
PLACE, PEOPLE, GOAL, UNTIL = range(4)


@compiled
def force_of(unit, police, army):
    """The force of a unit: 0 police, 1 army, 2 mission."""
    return 0 if unit < police else 1 if unit < police + army else 2


@compiled_with(add_up)
def count_forces(
    numbers,
    police,
    army,
    base,
    shift,
    usable,
    worth,
    tasks,
    together,
    present,
    community,
    on_shift,
    patrolling,
    fields,
    mobile_shares,
):
    """People on shift, patrols, guards and what residents oppose at every place, from where units stand; in place.

    base: the mission's. shift: part of the people on shift; usable: that of the mission that can be used. worth: three float64,
    of one on shift, by force. tasks: two float64 (7,), parts of those on shift by task, of police and army and of the mission.
    together: 0 to 1, how far forces act as one. community: per 1,000 residents. on_shift, patrolling: float64 (3, n); fields:
    state strength, visibility and community, float64 (n,) each; mobile_shares: float64 (3,), part of each force in the mobile
    force. Returns that force, person-equivalents.
    """
    n = on_shift.shape[1]
    guarding, visible, residents = fields
    for force in range(3):
        for i in range(n):
            on_shift[force, i] = 0.0
    for k in range(numbers.shape[1]):
        on_shift[force_of(k, police, army), numbers[PLACE, k]] += numbers[PEOPLE, k]
    worths, guards = np.empty((3, n)), np.empty((3, n))
    for force in range(3):
        share = tasks[1] if force == 2 else tasks[0]
        guard = share[STATIC] + share[HOLD] + share[PATROL] + share[CORRIDOR]
        for i in range(n):
            on_shift[force, i] *= shift
            if force == 2:
                on_shift[force, i] *= usable
            worths[force, i] = on_shift[force, i] * worth[force]
            guards[force, i] = worths[force, i] * guard
            patrolling[force, i] = on_shift[force, i] * share[PATROL]
    garrison = np.empty(n)  # of the mission's base, wherever its units stand
    for i in range(n):
        garrison[i] = worths[2, i] * tasks[1][STATIC]
        guards[2, i] -= garrison[i]
    guards[2, base] += add_up(garrison)
    for i in range(n):
        thousands = max(present[i], 100) / 1000.0
        together_, best = guards[0, i] + guards[1, i] + guards[2, i], max(guards[0, i], guards[1, i], guards[2, i])
        guarding[i] = together * together_ + (1.0 - together) * best
        visible[i] = (patrolling[0, i] + patrolling[1, i] + patrolling[2, i]) / thousands
        residents[i] = community * thousands
    for force in range(3):
        mobile_shares[force] = add_up(worths[force]) * (tasks[1] if force == 2 else tasks[0])[CLEAR]
    total = mobile_shares[0] + mobile_shares[1] + mobile_shares[2]
    most = max(mobile_shares[0], mobile_shares[1], mobile_shares[2])
    for force in range(3):
        mobile_shares[force] = mobile_shares[force] / total if total > 0 else 1.0 / 3
    return together * total + (1.0 - together) * most


@compiled
def ranked(values, rank):
    """The value that as many others as `rank` come before, the lowest first; faster than to sort them, and compiled sooner."""
    for k in range(values.size):
        below, alike = 0, 0
        for i in range(values.size):
            below += values[i] < values[k]
            alike += values[i] == values[k]
        if below <= rank < below + alike:
            return values[k]
    return np.nan


@compiled_with(add_up)
def weigh_places(label, cleared_day, gang_strength, people_share):
    """Places cleared once and held by the state, the median of gang strength where gangs rule, and the part of people there."""
    ruled, held = 0, 0
    strengths, parts = np.empty(label.size), np.empty(label.size)
    for i in range(label.size):
        if label[i] == GANG:
            strengths[ruled], parts[ruled] = gang_strength[i], people_share[i]
            ruled += 1
        elif label[i] == STATE and cleared_day[i] >= 0:
            held += 1
    typical = 0.0
    if ruled:
        upper = ranked(strengths[:ruled], ruled // 2)
        typical = upper if ruled % 2 else (ranked(strengths[:ruled], ruled // 2 - 1) + upper) / 2.0
    return held, typical, add_up(parts[:ruled])


@compiled
def mix_tasks(ready, mixes, weights, shares):
    """Weights of phases (phases,) from how ready each is, and tasks of the mission (tasks,) from what each does; in place.

    ready: a tuple of float64; where none is ready the first phase has all weight. mixes: float64 (phases, tasks).
    """
    total = 0.0
    for phase in range(weights.size):
        total += ready[phase]
    for phase in range(weights.size):
        none = 1.0 if phase == 0 else 0.0
        weights[phase] = ready[phase] / total if total > 0 else none
    for task in range(shares.size):
        shares[task] = 0.0
        for phase in range(weights.size):
            shares[task] += weights[phase] * mixes[phase, task]


@compiled
def missing_guards(label, cleared_day, gangs, state, guards, present, facility, requirement, peace, shortage):
    """Guards missing at each place under or near state rule, -inf under gang rule: `shortage`, float64 (n,), in place.

    gangs, state: presence, person-equivalents. facility: guards that an airport or a port needs. requirement: guards that hold
    a place, per 1,000; peace: part of them where no gang is near.
    """
    for i in range(label.size):
        threat = gangs[i] / (gangs[i] + state[i] + 1.0)
        need = requirement * (present[i] / 1000.0) * max(threat, peace)
        if cleared_day[i] >= 0 and label[i] != GANG:
            need *= 1.5
        shortage[i] = -np.inf if label[i] == GANG else max(need, facility[i]) - guards[i]


@compiled
def choose_post(shortage, urgent, hours, place, own, reach, reluctance):
    """Where a unit of `own` person-equivalents at a place is wanted most, if that is clearly better; else where it is.

    shortage, urgent: float64 (n,); hours: float64 (n, n), of travel; reach: hours that weigh as much as a whole shortage.
    """
    here = min(1.0, (shortage[place] + own) / max(own, 1e-9))
    if here > 0:
        here += urgent[place]
    best, most = place, here + reluctance
    for i in range(shortage.size):
        if shortage[i] <= 0.0 <= most:
            continue  # what is left out is no better by far
        gain = min(shortage[i] / max(own, 1e-9), 1.0)
        if gain > 0:
            gain += urgent[i]
        if gain > most and gain - hours[place, i] / reach > most:
            best, most = i, gain - hours[place, i] / reach
    return best


@compiled
def send_units(
    numbers, police, army, day, review_days, label, shortage, urgent, hours, worth, reach, reluctance, under_way
):
    """Every unit that looks today (see `Posture`) chooses its post, one after the other; goals and `shortage` (n,) change.

    worth: three float64, of one person on the books, by force. under_way: int64 (units,), filled with the units whose goal is
    another than before or than where they stand. Returns how many those are.
    """
    found = 0
    for k in range(numbers.shape[1]):
        place, goal = numbers[PLACE, k], numbers[GOAL, k]
        if ((day + k) % review_days == 0 or label[place] == GANG) and day > numbers[UNTIL, k]:
            own = numbers[PEOPLE, k] * worth[force_of(k, police, army)]
            goal = choose_post(shortage, urgent, hours, place, own, reach, reluctance)
            if goal != numbers[GOAL, k]:
                shortage[goal] -= own
        if goal != numbers[GOAL, k] or goal != place:
            numbers[GOAL, k] = goal
            under_way[found] = k
            found += 1
    return found


@compiled
def spare_units(numbers, police, army, day, shortage, worth, spare):
    """Person-equivalents of units not under orders beyond what their places need, in place; worth as above.

    spare: float64 (n,), filled from the front with those of each place that has any. Returns how many places those are.
    """
    for i in range(spare.size):
        spare[i] = 0.0
    for k in range(numbers.shape[1]):
        place = numbers[PLACE, k]
        if numbers[UNTIL, k] < day and shortage[place] < 0:
            spare[place] += numbers[PEOPLE, k] * worth[force_of(k, police, army)]
    found = 0
    for i in range(spare.size):
        if spare[i] > 0:
            spare[found] = min(spare[i], -shortage[i])
            found += 1
    return found
