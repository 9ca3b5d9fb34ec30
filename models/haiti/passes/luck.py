"""Compiled passes over gangs: who has an opportunity to attack and what with, who joins and leaves, where rivals clash.

Streams are those of `model.dice.roll` for the same names, days and gangs, drawn from in the same order, so luck is the same as
if each gang were asked by itself.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from models.haiti.passes.places import add_up
from simulation.compiled import compiled, compiled_with
from simulation.kernels import binomial, choose, normal, poisson, stream, uniform

GANG = 2  # the label in `models/haiti/world/state.py`


class Prospects(NamedTuple):
    """What gangs weigh targets by: parameters of `gang` and `clearing`, the pact and the mobile force of the day."""

    cohesion: float
    belief_error: float
    advantage: float
    allocation: float
    mobile: float
    foresight: float
    gain: float
    loss_aversion: float
    home_bonus: float


@compiled_with(stream)
def streams(seed, mechanism, day, members):
    """The stream of each member (a gang), uint64 (members, 1): a row is what `simulation.kernels.stream` gives for it."""
    states = np.empty((members.size, 1), np.uint64)
    for k in range(members.size):
        states[k, 0] = stream(seed, mechanism, day, np.uint64(members[k]))[0]
    return states


@compiled_with(uniform)
def find_opportunities(luck, sizes, violence, aggression, tempo, provoked, act_rate, raid_rate, retaliation):
    """Gangs that may attack today, int64 (k, 3): which, whether it may assault, whether it may raid; `luck` goes on.

    luck: the gangs' `streams`. sizes: int64 (gangs,), members. violence: float64 (gangs,), with aggression and tempo how often
    they look. provoked: float64 (gangs,), operations against them lately.
    """
    chances, found = np.empty((sizes.size, 3), np.int64), 0
    for gang in range(sizes.size):
        thousands = sizes[gang] / 1000.0 * (violence[gang] * aggression * tempo)
        revenge = 1.0 + retaliation * provoked[gang]
        assault = uniform(luck[gang]) < -math.expm1(-act_rate * thousands)
        raid = uniform(luck[gang]) < -math.expm1(-raid_rate * revenge * thousands)
        if assault or raid:
            chances[found, 0], chances[found, 1], chances[found, 2] = gang, assault, raid
            found += 1
    return chances[:found]


@compiled_with(uniform, poisson, binomial, choose)
def join_and_leave(
    lucks,
    forces,
    members,
    founding,
    present,
    influence,
    label,
    owner,
    young,
    rate,
    saturation,
    forced_share,
    leaving,
    alarm,
    alarm_today,
    counts,
    asked,
):
    """Recruits, those of them who are forced, and leavers of the day; members change in place, and `counts` grow by place.

    lucks, forces: `streams` of the gangs, the second for who is forced. founding: int64 (gangs,), first members. young: part
    of those present whom the gang that owns the place looks to, where influence is full. rate: recruits of one of them;
    saturation: members over the pool at which nobody is left; leaving: chance to leave. alarm: of residents at somebody who
    is forced, added to `alarm_today` (n,). counts: three float64 (n,), recruits, forced, leavers. asked: int64 (1,), the gang
    in turn, for whoever tells what went wrong.
    """
    gangs, n = members.shape
    pool, pools, where = np.empty(n), np.zeros(gangs), np.empty(n)
    recruited, forced_in, left = counts
    sizes = np.zeros(gangs, np.int64)
    for i in range(n):
        pool[i] = young * present[i] * influence[i] if label[i] == GANG else 0.0
        if pool[i] > 0 and owner[i] >= 0:
            pools[owner[i]] += pool[i]
    for gang in range(gangs):
        for i in range(n):
            sizes[gang] += members[gang, i]
    for gang in range(gangs):
        if sizes[gang] == 0:
            continue
        asked[0] = gang
        luck = lucks[gang]
        recruits = 0
        if pools[gang] > 0:
            room = max(0.0, 1.0 - sizes[gang] / (saturation * pools[gang]))
            recruits = poisson(luck, rate * pools[gang] * room)
        if recruits:
            below = max(0.0, 1.0 - sizes[gang] / founding[gang]) if founding[gang] else 0.0
            forced = min(1.0, forced_share * (1.0 + below))
            force = forces[gang]
            for i in range(n):
                where[i] = pool[i] if owner[i] == gang else 0.0
            for _ in range(recruits):
                place = choose(luck, where)
                members[gang, place] += 1
                recruited[place] += 1.0
                if uniform(force) < forced:
                    forced_in[place] += 1.0
                    alarm_today[place] += alarm
        for _ in range(binomial(luck, sizes[gang], leaving)):
            for i in range(n):
                where[i] = members[gang, i]
            place = choose(luck, where)
            if members[gang, place] > 0:
                members[gang, place] -= 1
                left[place] += 1.0


@compiled
def bring_strength(members, worth, allocation, support, starts, neighbours):
    """Strength each gang could bring to each place, float64 (gangs, n): its own next door, and support of the others there.

    worth: float64 (gangs,), of a member. allocation: part of the members next door who join; support: part of the strength of
    others that is lent.
    """
    gangs, n = members.shape
    near, everybody = np.zeros((gangs, n)), np.zeros(n)
    for g in range(gangs):
        for i in range(n):
            if members[g, i]:  # a gang is in few places
                for k in range(starts[i], starts[i + 1]):
                    near[g, neighbours[k]] += members[g, i]
        for i in range(n):
            near[g, i] *= worth[g]
            everybody[i] += near[g, i]
    for g in range(gangs):
        for i in range(n):
            near[g, i] = allocation * near[g, i] + support * (everybody[i] - near[g, i])
    return near


@compiled_with(add_up)
def expect_clashes(members, starts, neighbours, rate):
    """Clashes expected at each place between gangs that are there or next door, float64 (n,), and their sum.

    Σ over pairs of gangs g ≠ h of √members_g · (√members_h here + its sum next door), times `rate`.
    """
    gangs, n = members.shape
    own, near, both, root, around = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    for gang in range(gangs):
        found = 0
        for i in range(n):
            if members[gang, i]:  # a gang is in few places
                root[i] = math.sqrt(members[gang, i])
                for k in range(starts[i], starts[i + 1]):
                    around[neighbours[k]] += root[i]
                found += 1
        if found == 0:
            continue
        for i in range(n):
            own[i] += root[i]
            near[i] += around[i] + root[i]
            both[i] += root[i] * (around[i] + root[i])
            root[i] = around[i] = 0.0
    for i in range(n):
        own[i] = rate * max(own[i] * near[i] - both[i], 0.0)
    return own, add_up(own)


@compiled_with(uniform, normal)
def look_for_prospects(
    luck,
    gang,
    members,
    label,
    owner,
    cleared_from,
    homes,
    lived_in,
    present,
    strength,
    defence,
    reach,
    rules,
    starts,
    neighbours,
):
    """Where a gang could attack, what each place seems worth to it, and its members next to each: int64 and two float64.

    luck: its stream. homes: bool (n,). strength: float64 (n,), what it could bring there; defence: what it would meet; reach:
    how far help comes. rules: `Prospects`.
    """
    n = label.size
    rivals_open = uniform(luck) < 1.0 - rules.cohesion
    places, near, found, most = np.empty(n, np.int64), np.empty(n), 0, 1
    for i in range(n):
        most = max(most, present[i])
        if not lived_in[i] or (label[i] == GANG and (owner[i] == gang or not rivals_open)):
            continue
        next_door = 0.0
        for k in range(starts[i], starts[i + 1]):
            next_door += members[gang, neighbours[k]]
        if next_door > 0:
            places[found], near[found] = i, next_door
            found += 1
    values = np.empty(found)
    if found:
        error = math.exp(rules.belief_error * normal(luck))
        for k in range(found):
            i = places[k]
            attack = strength[i] * error
            odds = attack / (attack + defence[i] + 1e-9)
            # what is won must be kept: against a mobile force, with all of its people next door and the worth of the ground
            ground = rules.advantage * attack / rules.allocation
            kept = math.pow(ground / (ground + rules.mobile * reach[i] + 1e-9), rules.foresight)
            rent = 0.5 + 0.5 * (present[i] / most)
            values[k] = rules.gain * odds * kept * rent - rules.loss_aversion * (1.0 - odds)
            values[k] += rules.home_bonus if cleared_from[i] == gang or homes[i] else 0.0
    return places[:found], values, near[:found]
