"""Compiled passes over the neighbourhoods for what people live through: harm, fear, shelter, flight.

They compute what the rules' equations say, number by number and in the order of NumPy, so that results are the same to the last
bit; `tests/models/haiti/passes/` has the plain forms.
"""

from __future__ import annotations

import math

import numpy as np

from models.haiti.passes.places import add_up
from simulation.compiled import compiled, compiled_with

GANG = 2  # the label in `models/haiti/world/state.py`


@compiled
def remember_harm(harm, alarm, today, alarm_today, keep, keep_alarm, gang_weight):
    """Today's people hit, and today's alarm, come on top of what is remembered, in place (n,).

    today: residents killed and injured, gang members killed and injured, float64 (n,) each.
    """
    killed, injured, gangs_killed, gangs_injured = today
    for i in range(harm.size):
        harm[i] = harm[i] * keep + (killed[i] + injured[i])
        harm[i] += gang_weight * (gangs_killed[i] + gangs_injured[i])
        alarm[i] = alarm[i] * keep_alarm + alarm_today[i]
        alarm_today[i] = 0.0


@compiled_with(add_up)
def spread_harm(harm, present, population, least, neighbour, starts, neighbours):
    """Remembered people hit per 10,000 people of each place and its surroundings, (n,), and of the whole city."""
    people, per_people = np.empty(harm.size), np.empty(harm.size)
    for i in range(harm.size):
        people[i] = max(float(present[i]), least * population[i])
    for i in range(harm.size):
        hit_near = people_near = 0.0
        for k in range(starts[i], starts[i + 1]):
            hit_near += harm[neighbours[k]]
            people_near += people[neighbours[k]]
        hit, of = harm[i] + neighbour * hit_near, people[i] + neighbour * people_near
        per_people[i] = 1e4 * hit / max(of, 1.0)
    return per_people, 1e4 * add_up(harm) / max(1.0, add_up(people))


@compiled
def feel_dose(violence, alarm, misinformation, usual, rumour, shares, half_dose, rate, dose, rise):
    """Dose (n,), and what it adds to fear today, (places, wealth), both in place; nothing beyond the neighbourhoods.

    rumour: dose of full misinformation beyond the usual. shares: float64 (wealth,), part of the dose that each class feels.
    """
    rise[:] = 0.0
    for i in range(dose.size):
        dose[i] = violence[i] + alarm[i]
        dose[i] += rumour * max(misinformation[i] - usual, 0.0)
        for c in range(shares.size):
            felt = dose[i] * shares[c]
            rise[i, c] = rate * (felt / (felt + half_dose))


@compiled
def flight_pressure(dose, fear, influence, label, shares, coping, predation):
    """What people face: exposure (n, wealth) as felt through fear, and the daily chance of being worn out by gang rule (n,).

    fear: float64 (places, wealth). shares: float64 (wealth,), part of the dose that each class feels. coping: factor on
    exposure. predation: that chance at full influence.
    """
    exposure, worn = np.empty((dose.size, shares.size)), np.empty(dose.size)
    for i in range(dose.size):
        worn[i] = predation * influence[i] if label[i] == GANG else 0.0
        for c in range(shares.size):
            exposure[i, c] = dose[i] * shares[c] * (0.5 + min(max(fear[i, c], 0.0), 1.0)) * coping
    return exposure, worn


@compiled
def flight_bounds(exposure, worn, half_doses, slope, most):
    """Highest chance to flee in each group of the roster, float64 (n * groups,), as `flight_chance` of the most exposed.

    half_doses: float64 (groups,), lowest of each stratum. most: chance at unlimited exposure.
    """
    groups = half_doses.size
    bounds = np.empty(worn.size * groups)
    for i in range(worn.size):
        highest = exposure[i, 0]
        for c in range(1, exposure.shape[1]):
            highest = max(highest, exposure[i, c])
        for g in range(groups):
            if g > 0 and half_doses[g] == half_doses[0]:  # people in sites, among whom are the easily moved
                bounds[i * groups + g] = bounds[i * groups]
                continue
            x = math.pow(highest / half_doses[g], slope)
            if not math.isfinite(x):
                raise OverflowError("power of a number that is finite is not")
            bounds[i * groups + g] = 1.0 - (1.0 - most * x / (1.0 + x)) * (1.0 - worn[i])
    return bounds


@compiled
def look_at_sites(people, size, number, opened, closed):
    """Sites open for those who have come and close where they stand empty; int64 (n,), in place."""
    for i in range(people.size):
        wanted = math.ceil(people[i] / size)
        opened[i] += max(wanted - number[i], 0)
        closed[i] += max(number[i] - wanted, 0)
        number[i] = wanted


@compiled_with(add_up)
def draw_to_sites(number, people, residents, size, new, most):
    """How much sites draw people by place, float64 (n,); see `Sites.weights`."""
    n = number.size
    open_, everybody, draw = np.empty(n), 0, np.empty(n)
    for i in range(n):
        open_[i] = number[i] * size
        everybody += residents[i]
    total = max(add_up(open_), 1.0)
    for i in range(n):
        draw[i] = (open_[i] / total + new * residents[i] / max(float(everybody), 1.0)) / (1.0 + new)
        room = most * residents[i]
        left = max(0.0, 1.0 - people[i] / max(room, 1e-9)) if room > 0 else 0.0
        draw[i] *= min(1.0, 4.0 * left)  # as good as any until three quarters of the room are taken
    return draw


@compiled
def draw_of_shelters(sites, hosts, with_hosts, at_home, influence, label, crowd, safety, ruled):
    """What draws people to sites and to host families in each place today, float64 (2, n).

    sites, hosts: float64 (n,), but for safety, crowding and the rule of gangs. crowd, safety, ruled: as in its parameters.
    """
    inside = np.empty((2, sites.size))
    for i in range(sites.size):
        under = ruled if label[i] == GANG else 1.0
        crowding = math.exp(-crowd * 10.0 * with_hosts[i] / max(at_home[i], 100))
        inside[0, i] = under * sites[i]
        inside[1, i] = under * hosts[i] * math.exp(safety * (1.0 - influence[i])) * crowding
    return inside


@compiled
def arm_residents(
    groups, fear, gangs, trust, label, present, caution, threshold, share, rise, epstein, worth, community
):
    """Self-defence groups after a day, people (n,), and what residents oppose to gangs with them, float64 (n,), in place.

    fear: float64 (places, wealth). gangs: float64 (n,), their presence. trust: float64 (n,), in the police. epstein: how fast
    the risk of being caught grows with gangs over groups (epstein2002). worth: person-equivalents of one of them.
    """
    classes = fear.shape[1]
    for i in range(groups.size):
        will = label[i] != GANG and gangs[i] > 0
        if will:
            total = 0.0
            for c in range(classes):
                total += fear[i, c]
            afraid = min(max(total / classes, 0.0), 1.0)
            risk = -math.expm1(-epstein * gangs[i] / (groups[i] + 1.0))
            will = afraid * (1.0 - trust[i]) - caution * risk > threshold
        groups[i] += rise * ((share * present[i] if will else 0.0) - groups[i])
        community[i] += worth * groups[i]


@compiled
def homecoming_of(safe_days, days, trust, at_home, population, presence, present, requirement, weigh, services, most):
    """How eager people are to go home to each place, and the highest chance of a day, float64 (n,) each; is any safe?

    days: of safety that are asked for. trust: float64 (n,), what it does to people's return. presence: float64 (n,), of the
    state. weigh, services: part of the will that hangs on neighbours and on guards; most: highest chance where it is safe.
    """
    eager, bounds, any_ = np.empty(trust.size), np.empty(trust.size), False
    for i in range(trust.size):
        back = min(1.0, at_home[i] / max(population[i], 1))
        guarded = min(1.0, presence[i] / max(requirement * (present[i] / 1000.0), 1e-9))
        welcome = (1.0 - weigh * (1.0 - back)) * (1.0 - services * (1.0 - guarded))
        eager[i] = trust[i] * welcome
        safe = safe_days[i] >= days
        any_ = any_ or safe
        bounds[i] = most * eager[i] if safe else 0.0
    return eager, bounds, any_


@compiled
def see_security(past, violence, influence, misinformation, shares, quiet, safe, edge, rumour, security):
    """Security as seen (n, wealth), in place: less harm than three months ago, few gang members, less what rumours take.

    past: float64 (n,), violence then; today's takes its place. shares: float64 (wealth,), part that each class feels. safe:
    security where influence is below `edge`.
    """
    for i in range(past.size):
        change = (past[i] - violence[i]) / (past[i] + violence[i] + quiet)
        past[i] = violence[i]
        base = (safe if influence[i] < edge else 0.0) - rumour * misinformation[i]
        for c in range(shares.size):
            security[i, c] = change * shares[c] + base


@compiled
def expect_more(
    expectation, gap, security, passive, seen, visibility, half, hope, cleared, starts, neighbours, weights, success, arrival,
    fading, promised, unseen,
):  # fmt: skip
    """Expectations after a day's news, the gap to what is seen, who is found passive, and what is seen of patrols; in place.

    half: patrols at which forces count as half present; hope: at patrols that appear. cleared: float64 (n,), places cleared
    today; success: hope there, or next door by `weights`; arrival: at people who arrive.
    unseen: how passive forces are found where nobody sees them.
    """
    for i in range(seen.size):
        now = visibility[i] / (visibility[i] + half)
        near = 0.0
        for k in range(starts[i], starts[i + 1]):
            near += weights[k] * cleared[neighbours[k]]
        rise = hope * (now - seen[i]) + success * (cleared[i] + near) + arrival
        seen[i] = now
        passive[i] = (1.0 - now) * unseen
        for c in range(gap.shape[1]):
            expectation[i, c] += rise + fading * (promised - gap[i, c])
            gap[i, c] = expectation[i, c] - security[i, c]


@compiled_with(add_up)
def sum_fields(present, trust, gap, classes, passive, rumours, told, influence, fear, income, label, people, area):
    """Fields over places added up by people present, and by what the map has; a tuple of floats.

    People present; times trust in the mission and in the police, the gap to what is expected, passivity, misinformation,
    information given, income; influence times `people`; `area` where gangs rule. gap, classes: float64 (n, wealth).
    """
    n = passive.size
    rows = np.empty((10, n))
    for i in range(n):
        weight = float(present[i])
        short = 0.0
        for c in range(classes.shape[1]):
            short += gap[i, c] * classes[i, c]
        rows[0, i] = weight
        rows[1, i] = weight * trust[0, i]
        rows[2, i] = weight * trust[1, i]
        rows[3, i] = weight * short
        rows[4, i] = weight * passive[i]
        rows[5, i] = weight * rumours[i]
        rows[6, i] = weight * (told[i] * (1.0 - influence[i] * min(max(fear[i, 0], 0.0), 1.0)))
        rows[7, i] = weight * income[i]
        rows[8, i] = people[i] * influence[i]
        rows[9, i] = area[i] if label[i] == GANG else 0.0
    return (
        add_up(rows[0]), add_up(rows[1]), add_up(rows[2]), add_up(rows[3]), add_up(rows[4]), add_up(rows[5]),
        add_up(rows[6]), add_up(rows[7]), add_up(rows[8]), add_up(rows[9]),
    )  # fmt: skip
