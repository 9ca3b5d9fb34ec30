"""Compiled passes over who is hit and who dies: by the same shots, and in a day of suspects attacked, clashes, ambushes.

They draw from the stream that they are given, as the methods of `models/haiti/people/harm.py` and the rules do draw by draw, in
the same order; `tests/models/haiti/people/test_fights.py` holds them against those. counts: what the ledger counts today,
float64 (n,) each, in place: killed, killed by this cause, injured and, of residents, injured by this cause.
"""

from __future__ import annotations

import numpy as np

from models.haiti.passes.luck import expect_clashes
from models.haiti.passes.places import add_up
from simulation.compiled import compiled_with
from simulation.kernels import binomial, choose, poisson, share, uniform

ONE = np.int64(1)  # a plain 1 would be another kind of argument, and compiled for it


@compiled_with(binomial)
def hit_residents(luck, place, harmed, present, counts, dying):
    """Residents at a place are hit, at most those present (n,) who are alive; dying: part of them who die."""
    killed, killed_so, injured, injured_so = counts
    harmed = max(0, min(harmed, int(present[place] - killed[place])))
    dead = binomial(luck, harmed, dying)
    killed[place] += dead
    killed_so[place] += dead
    injured[place] += harmed - dead
    injured_so[place] += harmed - dead


@compiled_with(binomial)
def hit_gang(luck, gang, place, hits, members, counts, dying):
    """Members of a gang at a place are hit, at most those there; the dead leave `members`, int64 (gangs, n)."""
    killed, killed_so, injured = counts
    hits = min(hits, members[gang, place])
    dead = binomial(luck, hits, dying)
    members[gang, place] -= dead
    killed[place] += dead
    killed_so[place] += dead
    injured[place] += hits - dead


@compiled_with(add_up, binomial)
def call_fighters(luck, target, at_hand, members, worth, provoked):
    """Members of the gangs at a place who fight, each with chance `at_hand`, and what they are worth, person-equivalents.

    worth: float64 (gangs,), of a member. provoked: (gangs,), one more for each gang that is there, in place.
    """
    number, found, strength = 0, 0, np.empty(worth.size)
    for gang in range(worth.size):
        if members[gang, target]:
            fighting = binomial(luck, members[gang, target], at_hand)
            strength[found] = fighting * worth[gang]
            number += fighting
            provoked[gang] += 1.0
            found += 1
    return number, add_up(strength[:found])


@compiled_with(binomial, share)
def hit_members(luck, place, hits, members, counts, dying):
    """Members of whatever gangs are at a place are hit, in proportion to their numbers there."""
    here = np.empty(members.shape[0])
    for gang in range(here.size):
        here[gang] = members[gang, place]
    shares = share(luck, hits, here)
    for gang in range(here.size):
        if shares[gang]:
            hit_gang(luck, gang, place, shares[gang], members, counts, dying)


@compiled_with(binomial, share)
def hit_both(luck, place, fighting, chance, residents, stray, members, present, gang, of_residents, dying):
    """Of members who fight and of residents each is hit with their chance (`stray`: of residents); returns members hit."""
    hits = binomial(luck, fighting, chance)
    if hits:
        hit_members(luck, place, hits, members, gang, dying)
    hit_residents(luck, place, binomial(luck, residents, stray), present, of_residents, dying)
    return hits


@compiled_with(add_up, binomial, choose, poisson, share, uniform)
def attack_suspects(
    luck, groups, victims, identification, reprisal, members, present, starts, neighbours, gang, own, in_reprisal, dying
):
    """A day of suspects attacked by self-defence groups, people (n,), and of residents hit in reprisal.

    victims, identification, reprisal: as in `SelfDefenceParameters`. gang, own, in_reprisal: counts of members, of residents
    taken for members, and of residents hit by gangs.
    """
    for _ in range(poisson(luck, victims * add_up(groups))):
        place = choose(luck, groups)
        first, last = starts[place], starts[place + 1]
        near, anybody = np.zeros(last - first + 1), False  # members next door, and last those here
        for k in range(near.size):
            there = neighbours[first + k] if first + k < last else place
            for g in range(members.shape[0]):
                near[k] += members[g, there]
            anybody = anybody or near[k] > 0
        if uniform(luck) < identification and anybody:
            chosen = first + choose(luck, near)
            hit_members(luck, neighbours[chosen] if chosen < last else place, ONE, members, gang, dying)
            hit_residents(luck, place, poisson(luck, reprisal), present, in_reprisal, dying)
        else:
            hit_residents(luck, place, ONE, present, own, dying)


@compiled_with(add_up, binomial, choose, expect_clashes, poisson, share)
def clash_at_borders(luck, rate, bystanders, members, present, starts, neighbours, gang, residents, dying):
    """A day of clashes, as many as `expect_clashes` at this rate expects: each hits a member, and residents who stand by.

    bystanders: residents expected for a member. gang, residents: counts of members and of residents.
    """
    expected, total = expect_clashes(members, starts, neighbours, rate)
    for _ in range(poisson(luck, total)):
        place = choose(luck, expected)
        hit_members(luck, place, ONE, members, gang, dying)
        hit_residents(luck, place, poisson(luck, bystanders), present, residents, dying)


@compiled_with(add_up, poisson)
def next_ambushes(luck, first, patrolling, influence, rate, shield):
    """The first force from `first` on that meets ambushes today, and how many; the number of forces and 0 if none does.

    patrolling: float64 (forces, n). rate: ambushes expected of one on patrol at full influence; shield: factor on all of them.
    """
    expected = np.empty(influence.size)
    for force in range(first, patrolling.shape[0]):
        for i in range(expected.size):
            expected[i] = rate * patrolling[force, i] * influence[i]
        ambushes = poisson(luck, add_up(expected) * shield)
        if ambushes:
            return force, ambushes
    return patrolling.shape[0], 0


@compiled_with(add_up, poisson)
def count_misconduct(lucks, on_shift, part, rates, detection, person_days, expected, asked):
    """Events of misconduct in each force today, int64 (forces,), by their `streams`.

    on_shift: float64 (forces, n); part: of people on the books who are. rates, detection: of each force, events a day and
    person on shift, and the chance that one is reported. person_days (forces,), expected (2, forces): as in `Compliance`, in
    place. asked: int64 (1,), the force in turn, for whoever tells what went wrong.
    """
    events = np.empty(on_shift.shape[0], np.int64)
    for force in range(events.size):
        asked[0] = force
        on_duty = add_up(on_shift[force])
        person_days[force] += on_duty / part
        expected[0, force] += on_duty * rates[force]
        expected[1, force] += on_duty * rates[force] * detection[force]
        events[force] = poisson(lucks[force], on_duty * rates[force])
    return events
