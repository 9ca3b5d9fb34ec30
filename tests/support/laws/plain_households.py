"""What the compiled passes over households compute, in plain NumPy: the same to the last bit."""

from __future__ import annotations

import numpy as np

from models.haiti.kernels import GONE, HOME, HOST, SITE
from models.haiti.mechanisms.people.displaced import return_chance
from models.haiti.people.columns import STRATA
from simulation.same_bits import exp


def fear(households, rows):
    field, fading, deviation, mark = households.fear.arrays()
    place, wealth = households.place[rows], households.wealth[rows]
    return field[place, wealth] + deviation[rows] * exp(fading[place, wealth] - mark[rows])


def settled(households, rows, place, status):
    """Deviation of fear, its mark, roster group, and home of those displaced, of rows that go to places with a status."""
    wealth, own = households.wealth[rows], households.own_threshold(rows)
    stratum = np.sum([own >= edge for edge in households.stratum_edges[1:STRATA]], axis=0)
    stratum[status == SITE] = STRATA
    inside = (place < households.n) & (status != GONE)
    away = (status != HOME) & (status != GONE)
    return (
        fear(households, rows) - households.fear.field[place, wealth],
        households.fear.fading[place, wealth],
        np.where(inside, place * (STRATA + 1) + stratum, -1),
        np.where(away, households.home[rows], -1),
    )


def counted(households):
    """Present, at home, in sites, with hosts, away, and by wealth alive and away."""
    people, n = households.people, households.n

    def by(column, mine, size):
        return np.bincount(column[mine], people[mine], size)

    how, everybody = households.status, np.ones(households.count, bool)
    away = (how != HOME) & (how != GONE)
    return (
        by(households.place, everybody, households.places),
        *(by(households.place, how == status, n) for status in (HOME, SITE, HOST)),
        by(households.home, away, n),
        np.array([by(households.wealth, mine, 3) for mine in (everybody, away)]),
    )


def departed(households, rows, captured_day, day, lately):
    """Who leaves home for the first time, whose home was captured lately; people who leave, again, and onward, by place."""
    origin, people = households.place[rows], households.people[rows]
    first, before = households.status[rows] == HOME, households.moves[rows] > 0
    captured = captured_day[origin.clip(max=captured_day.size - 1)]
    behind = rows[first & (captured >= 0) & (day - captured <= lately)]
    counts = (np.bincount(origin[who], people[who], households.n) for who in (first, first & before, ~first))
    return first, behind, *counts


def returning(households, rows, home, eager, rules):
    chance = return_chance(households.status[rows] == SITE, fear(households, rows), households.destroyed[rows], rules)
    return chance * eager[home]


def talked(opinion, first, terrain, alone, stubborn, community):
    around = np.array([terrain.neighbours_mean(column) for column in opinion.T.copy()]).T
    around[alone] = opinion[alone]
    heard = (1.0 - stubborn) * around + stubborn * first
    return opinion + community * (heard - opinion)
