"""Compiled passes over the neighbourhoods for what people think: trust, readiness to tell, talk next door, and rumours.

They call no compiled code of other files: the compiler's cache would not see them change.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from simulation.compiled import compiled


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
    kept = math.exp(-total)
    return level * kept + up / total * (1.0 - kept)


@compiled
def step_rumours(
    rumours, starts, neighbours, weights, fear, influence, trust, elites, gang_media, spread, decay, counter, blocked
):
    """One day of misinformation (n,), in place. weights: of each place next door; fear: 0 to 1; counter: at full trust."""
    around = np.zeros(rumours.size)
    for i in range(rumours.size):
        for k in range(starts[i], starts[i + 1]):
            around[i] += weights[k] * rumours[neighbours[k]]
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
def trust_means(trust, police, candour, share, influence, hotline, blocked, mean, told):
    """Means over wealth (2, n), and what is told (n,): readiness to tell, more where hotlines reach people, at most 1.

    hotline, blocked: as in `TrustRates`.
    """
    for i in range(influence.size):
        mean[0, i] = mean[1, i] = told[i] = 0.0
        for c in range(share.shape[1]):
            mean[0, i] += trust[i, c] * share[i, c]
            mean[1, i] += police[i, c] * share[i, c]
            told[i] += candour[i, c] * share[i, c]
        told[i] = min(told[i] * (1.0 + hotline * (1.0 - blocked * influence[i])), 1.0)


@compiled
def talk_next_door(opinion, first, starts, neighbours, weights, alone, stubborn, community):
    """A week of talk, float64 (n, wealth), in place: towards the mean next door, and the first opinion people come back to.

    alone: bool (n,), without neighbours on land, where the mean is one's own. stubborn: weight of the first opinion.
    community: part of the way.
    """
    around = np.empty(opinion.shape)
    for i in range(alone.size):
        for c in range(opinion.shape[1]):
            total = 0.0
            for k in range(starts[i], starts[i + 1]):
                total += weights[k] * opinion[neighbours[k], c]
            around[i, c] = opinion[i, c] if alone[i] else total
    for i in range(alone.size):
        for c in range(opinion.shape[1]):
            heard = (1.0 - stubborn) * around[i, c] + stubborn * first
            opinion[i, c] += community * (heard - opinion[i, c])
