"""The rules' equations as arrays of NumPy, a line each: what the compiled passes over the neighbourhoods are held against."""

from __future__ import annotations

import math
import statistics

import numpy as np

from models.haiti.world.contest import joint, success
from models.haiti.world.state import CONTESTED, GANG, NOBODY, STATE
from simulation.same_bits import exp, expm1, power


def combined(strength, cohesion):
    """Strength of several gangs (rows) in one place: the largest, plus `cohesion` times the rest."""
    if strength.shape[0] == 0:
        return np.zeros(strength.shape[1])
    largest = strength.max(axis=0)
    return largest + cohesion * (strength.sum(axis=0) - largest)


def measured(state, worth, cohesion, spill, terrain):
    gangs = combined(state.members * worth[:, None], cohesion)
    presence = gangs + spill * terrain.neighbours_mean(gangs)
    return gangs, presence, state.state_strength + spill * terrain.neighbours_mean(state.state_strength)


def opposed(presence, present, community, requirement, thinness):
    enough = np.minimum(1.0, presence / np.maximum(requirement * (present[: presence.size] / 1000.0), 1e-9))
    return presence * power(enough, thinness) + community


def contested(influence, local, presence, against, exponent, rate):
    return influence + rate * (success(local * presence, against, exponent) - influence)


def labelled(influence, members, gang_up, gang_down, state_down, state_up, label, owner):
    gang_edge = np.where(label == GANG, gang_down, gang_up)
    state_edge = np.where(label == STATE, state_up, state_down)
    new = np.where(influence >= gang_edge, GANG, np.where(influence <= state_edge, STATE, CONTESTED))
    if not members.size:
        return new, owner
    claimed = np.where(members.max(axis=0) > 0, members.argmax(axis=0), np.where(new == GANG, owner, NOBODY))
    return new, np.where(new == STATE, NOBODY, claimed)


def aged(label, first, influence, keep, threshold, local, safe_days, ruled_days):
    return (
        np.where(label == first, local, power(local, keep)),
        np.where(influence < threshold, safe_days + 1, 0),
        np.where(label == GANG, ruled_days + 1, 0),
    )


def needs(present, state_presence, gang_presence, anchor, label, contested_weight, withdraw):
    residents = present[: anchor.size] / max(1, present[: anchor.size].max())
    threat = 1.0 + state_presence / (state_presence.mean() + 1e-9)
    found = (0.2 + residents) * threat * anchor * np.where(label == GANG, 1.0, contested_weight)
    own = gang_presence / np.maximum(gang_presence + state_presence, 1e-9)
    return found * np.minimum(1.0, own / withdraw) if withdraw > 0 else found


def drawn(
    present, state_presence, gang_presence, anchor, label, owner, cleared, members, against, weight, withdraw, least
):
    gangs = np.arange(members.shape[0])[:, None]
    own = (owner == gangs) | ((label != GANG) & (gang_presence > against))
    lost = (cleared == gangs) & (state_presence < least * (present[: anchor.size] / 1000.0))
    allowed = own & (label != STATE) | lost | (members > 0)
    return allowed, allowed * needs(present, state_presence, gang_presence, anchor, label, weight, withdraw)


def forces(numbers, police, army, base, shift, usable, worth, tasks, together, present, community, on_shift):
    n, place, strength, worth = on_shift.shape[1], numbers[0], numbers[1], np.array(worth)
    shares = np.array([[task[[0, 1, 2, 4]].sum(), task[0], task[2], task[3]] for task in (tasks[0], *tasks)])
    shifts, first = np.zeros((3, n)), np.array([0, police, police + army, place.size])
    for force in range(3):
        part = slice(first[force], first[force + 1])
        np.add.at(shifts[force], place[part], strength[part])
    shifts *= shift
    shifts[2] *= usable
    worths = shifts * worth[:, None]
    guards = worths * shares[:, 0, None]
    garrison = worths[2] * shares[2, 1]
    guards[2] -= garrison
    guards[2, base] += garrison.sum()
    patrols, thousands = shifts * shares[:, 2, None], np.maximum(present[:n], 100) / 1000.0
    seen = patrols.sum(axis=0) / thousands
    mobile = worths.sum(axis=1) * shares[:, 3]
    parts = mobile / mobile.sum()
    return joint(mobile, together), parts, shifts, patrols, joint(guards, together), seen, community * thousands


def weighed(label, cleared_day, gang_strength, people_share):
    ruled = label == GANG
    strengths = gang_strength[ruled].tolist()
    held = int(np.count_nonzero((cleared_day >= 0) & (label == STATE)))
    return held, statistics.median(strengths) if strengths else 0.0, float(people_share[ruled].sum())


def missing(label, cleared_day, gangs, state, guards, present, facility, requirement, peace):
    need = requirement * (present[: label.size] / 1000.0) * np.maximum(gangs / (gangs + state + 1.0), peace)
    need *= np.where((cleared_day >= 0) & (label != GANG), 1.5, 1.0)
    return np.where(label == GANG, -np.inf, np.maximum(need, facility) - guards)


def post(shortage, urgent, hours, place, own, reach, reluctance):
    here = min(1.0, (shortage[place] + own) / max(own, 1e-9))
    here += urgent[place] * (here > 0)
    gain = np.minimum(shortage / max(own, 1e-9), 1.0)
    score = gain + urgent * (gain > 0) - hours[place] / reach
    return int(np.argmax(score)) if score.max() > here + reluctance else place


def remembered(harm, alarm, today, alarm_today, keep, keep_alarm, gang_weight):
    return harm * keep + (today[0] + today[1]) + gang_weight * (today[2] + today[3]), alarm * keep_alarm + alarm_today


def spread(harm, present, population, least, neighbour, terrain):
    near = np.array((harm, np.maximum(present[: harm.size], least * population)))
    people = near[1]
    near = near + neighbour * terrain.neighbours_sum(near)
    return 1e4 * near[0] / np.maximum(near[1], 1.0), 1e4 * float(harm.sum()) / max(1.0, float(people.sum()))


def felt(violence, alarm, misinformation, usual, rumour, shares, half_dose, rate):
    dose = violence + alarm + rumour * np.maximum(misinformation - usual, 0.0)
    by_class = dose[:, None] * shares
    return dose, rate * (by_class / (by_class + half_dose))


def flight_pressure(dose, fear, influence, label, shares, coping, predation):
    exposure = dose[:, None] * shares * (0.5 + np.clip(fear[: dose.size], 0.0, 1.0)) * coping
    return exposure, predation * influence * (label == GANG)


def flight_bounds(exposure, worn, half_doses, slope, most):
    x = power(exposure.max(axis=1)[:, None] / half_doses, slope)
    return (1.0 - (1.0 - most * x / (1.0 + x)) * (1.0 - worn[:, None])).ravel()


def sites_looked_at(people, size, number, opened, closed):
    wanted = np.ceil(people / size).astype(np.int64)
    return wanted, opened + np.maximum(wanted - number, 0), closed + np.maximum(number - wanted, 0)


def to_sites(number, people, residents, size, new, most):
    rooms, room = number * size, most * residents
    draw = (rooms / max(float(rooms.sum()), 1.0) + new * residents / max(float(residents.sum()), 1.0)) / (1.0 + new)
    left = np.where(room > 0, np.maximum(0.0, 1.0 - people / np.maximum(room, 1e-9)), 0.0)
    return draw * np.minimum(1.0, 4.0 * left)


def shelters(sites, hosts, with_hosts, at_home, influence, label, crowd, safety, ruled):
    under = np.where(label == GANG, ruled, 1.0)
    crowding = exp(-crowd * 10.0 * with_hosts / np.maximum(at_home, 100))
    return np.array((under * sites, under * hosts * exp(safety * (1.0 - influence)) * crowding))


def grip(influence, visibility, owner, suppression):
    return influence * exp(-suppression * visibility) * (owner != NOBODY)


def by_owner(owner, taken, gangs):
    return np.bincount(owner + 1, taken, gangs + 1)[1:]


def released(luck, held, chance, ransom, spread):
    income = np.zeros(len(held))
    for gang, people in enumerate(held):
        for _ in range(luck.binomial(people, chance)):
            held[gang] -= 1
            income[gang] += ransom * math.exp(spread * luck.normal())
    return held, income


def paid(members, revenue, wage, reserve, arms_share, treasury, arms_budget, unpaid_days, _):
    income, due = revenue.sum(axis=0), members.sum(axis=1) * wage
    paid = np.minimum(due, treasury + income)
    aside = arms_share * np.maximum(income - paid, 0.0)
    purse = treasury + income - paid - aside
    left, short = np.minimum(purse, reserve * due), paid < due
    missing = np.where(short, 1.0 - paid / np.where(short, due, 1.0), 0.0)
    unpaid = np.where(short, unpaid_days + 1, 0)
    return paid.sum(), (purse - left).sum(), left, arms_budget + aside, unpaid, missing


def targets(label, strength, least, lived_in, worth, anchored, advantage, free, scale, terrain):
    possible = (label != STATE) & (strength >= least) & terrain.touches(label != GANG) & (lived_in > 0)
    places = np.flatnonzero(possible)
    odds = free / (free + advantage * strength[places] + 1e-9)
    value = (worth[places] + anchored * terrain.neighbours_mean(label == STATE)[places]) * odds
    return places, exp((value - value.max()) / scale)


def looked_at_held(label, cleared_day, since, day):
    since = np.where((cleared_day == day) & (since < 0), day, since)
    fell = (since >= 0) & (label == GANG)
    return day - since[fell], int(np.count_nonzero((since >= 0) & ~fell)), np.where(fell, -1, since)


def armed(groups, fear, gangs, trust, label, present, caution, threshold, share, rise, epstein):
    afraid = np.clip(fear[: groups.size].mean(axis=1), 0.0, 1.0)
    risk = -expm1(-epstein * gangs / (groups + 1.0))
    will = (afraid * (1.0 - trust) - caution * risk > threshold) & (label != GANG) & (gangs > 0)
    return groups + rise * (share * will * present[: groups.size] - groups)


def homecoming(safe_days, days, trust, at_home, population, presence, present, requirement, weigh, services, most):
    back = np.minimum(1.0, at_home / np.maximum(population, 1))
    guarded = np.minimum(1.0, presence / np.maximum(requirement * (present[: trust.size] / 1000.0), 1e-9))
    eager = trust * ((1.0 - weigh * (1.0 - back)) * (1.0 - services * (1.0 - guarded)))
    return eager, np.where(safe_days >= days, most, 0.0) * eager, bool((safe_days >= days).any())


def security(past, violence, influence, misinformation, shares, quiet, safe, edge, rumour):
    change = (past - violence) / (past + violence + quiet)
    return change[:, None] * shares + (safe * (influence < edge) - rumour * misinformation)[:, None]


def expected(expectation, gap, seen_security, seen, visibility, half, hope, cleared, arrival, fading, promised, unseen):
    now = visibility / (visibility + half)
    rise = hope * (now - seen) + cleared + arrival
    expectation = expectation + (rise[:, None] + fading * (promised - gap))
    return expectation, expectation - seen_security, (1.0 - now) * unseen, now


def brought(members, worth, allocation, support, terrain):
    nearby = terrain.neighbours_sum(members) * worth[:, None]
    return allocation * nearby + support * (nearby.sum(axis=0) - nearby)


def met(guards, community, hours, reach, mobile, quick, base, advantage):
    sent = np.full(guards.size, quick * mobile)
    sent[base] = mobile
    return advantage * (guards + community + sent * (np.isfinite(hours) * reach))


def held_back(rows, luck, place, wealth, label, incomes, fee, penalty):
    due = np.where(label[place[rows]] == GANG, fee, 0.0)
    return luck < -expm1(-penalty * due / incomes[wealth[rows]])


def prospects(
    luck, gang, members, label, owner, cleared, homes, lived, present, strength, defence, reach, rules, terrain
):
    rival = (label == GANG) & (owner != gang) & (luck.uniform() < 1.0 - rules.cohesion)
    places = np.flatnonzero(terrain.touches(members[gang] > 0) & ((label != GANG) | rival) & (lived > 0))
    attack = strength[places] * math.exp(rules.belief_error * luck.normal())
    odds = attack / (attack + defence[places] + 1e-9)
    ground = rules.advantage * attack / rules.allocation
    kept = power(ground / (ground + rules.mobile * reach[places] + 1e-9), rules.foresight)
    rent = 0.5 + 0.5 * (present[places] / max(1, present[: label.size].max()))
    value = rules.gain * odds * kept * rent - rules.loss_aversion * (1.0 - odds)
    lost_home = (cleared[places] == gang) | homes[places]
    return places, value + rules.home_bonus * lost_home, terrain.neighbours_sum(members[gang][None, :])[0, places]
