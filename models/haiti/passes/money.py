"""Compiled passes over the money of gangs: what ground brings in, how wages are paid. Money in USD; gangs in their order.

Arrays are emptied number by number: for `x[:] = 0.0` the compiler brings along half a second of code of its own.
"""

from __future__ import annotations

import math

import numpy as np

from models.haiti.passes.places import add_up
from simulation.compiled import compiled, compiled_with
from simulation.kernels import binomial, normal

NOBODY = -1  # as in `models/haiti/world/state.py`; here, as a kept compiled function is watched with its own file


@compiled
def grip_at(influence, visibility, owner, suppression, i):
    """How far gangs can live off a place: influence where somebody owns it, less what patrols see."""
    return influence[i] * math.exp(-suppression * visibility[i]) if owner[i] != NOBODY else 0.0


@compiled
def live_off(influence, visibility, owner, suppression, factor, passing, most, income):
    """What gangs take of what passes through their places, by gang: `income` (gangs,), in place.

    passing: float64 (n,), times `factor` USD; most: that one place yields.
    """
    for gang in range(income.size):
        income[gang] = 0.0
    for i in range(owner.size):
        if owner[i] != NOBODY:
            grip = grip_at(influence, visibility, owner, suppression, i)
            income[owner[i]] += min(factor * passing[i] * grip, most)


@compiled
def extort(influence, visibility, owner, suppression, rate, activity, ways, trade, present, income):
    """What gangs take of trade in their places, by gang: `income` (gangs,), in place.

    rate: part that is taken at full grip; activity: USD a resident; ways: float64 (n,), what roads make of income; trade: of
    the city, against the first day. present: int64 (n or more,).
    """
    for gang in range(income.size):
        income[gang] = 0.0
    for i in range(owner.size):
        if owner[i] != NOBODY:
            earned = activity * ways[i] * trade * present[i]
            income[owner[i]] += rate * earned * grip_at(influence, visibility, owner, suppression, i)


@compiled_with(add_up)
def expose_to_capture(influence, visibility, owner, suppression, present, exposed):
    """People present times grip at each place, `exposed` float64 (n,), in place; returns their sum."""
    for i in range(owner.size):
        exposed[i] = present[i] * grip_at(influence, visibility, owner, suppression, i)
    return add_up(exposed)


@compiled_with(binomial, normal)
def release_held(luck, held, chance, ransom, spread, income):
    """Some of those whom gangs hold are let go, `held` int64 (gangs,) in place, and paid for: `income` (gangs,), in place.

    luck: the stream. chance: to be let go today. ransom: median; spread: log-sd.
    """
    for gang in range(income.size):
        income[gang] = 0.0
    for gang in range(held.size):
        if held[gang]:
            for _ in range(binomial(luck, held[gang], chance)):
                held[gang] -= 1
                income[gang] += ransom * math.exp(spread * normal(luck))


@compiled
def share_by_members(members, money, income):
    """Money shared out by members, int64 (gangs, n): `income` (gangs,), in place, left alone where there are none."""
    sizes, total = np.zeros(members.shape[0], np.int64), 0
    for gang in range(members.shape[0]):
        for i in range(members.shape[1]):
            sizes[gang] += members[gang, i]
        total += sizes[gang]
    if total:
        for gang in range(sizes.size):
            income[gang] = sizes[gang] * (money / total)


@compiled_with(add_up)
def pay_members(members, revenue, wage, reserve, arms_share, treasury, arms_budget, unpaid_days, missing):
    """Pay day (see `Wages`): purses (gangs,) and days without full pay change in place.

    members: int64 (gangs, n). revenue: float64 (streams, gangs). reserve: days of wages kept. missing: float64 (gangs,), filled
    with the part of wages that is not paid. Returns wages paid, what is paid off, and whether any gang falls short.
    """
    gangs, short = treasury.size, False
    paid, off = np.empty(gangs), np.empty(gangs)
    for gang in range(gangs):
        people, income = 0, revenue[0, gang]
        for i in range(members.shape[1]):
            people += members[gang, i]
        for stream in range(1, revenue.shape[0]):
            income += revenue[stream, gang]
        due = people * wage
        paid[gang] = min(due, treasury[gang] + income)
        aside = arms_share * max(income - paid[gang], 0.0)
        arms_budget[gang] += aside
        purse = treasury[gang] + income - paid[gang] - aside
        treasury[gang] = min(purse, reserve * due)
        off[gang] = purse - treasury[gang]
        missing[gang] = 0.0
        if paid[gang] < due:
            unpaid_days[gang] += 1
            missing[gang] = 1.0 - paid[gang] / due
            short = True
        else:
            unpaid_days[gang] = 0
    return add_up(paid), add_up(off), short
