"""Compiled passes over households are the rules' equations, to the last bit: held against plain arrays."""

from __future__ import annotations

import numpy as np
import pytest
from support.laws import plain_households
from support.laws import plain_places as plain
from support.laws.to_the_bit import LIVELY, same

from models.haiti.kernels import (
    ABROAD,
    HOME,
    NEVER,
    PROVINCE,
    accept_flights,
    chances_of_return,
    count_departures,
    days_of_patience,
    hold_back,
)
from models.haiti.mechanisms.people.flight import INCOME, flight_chance
from models.haiti.model import HaitiModel
from models.haiti.passes import people
from models.haiti.people.columns import GROUPS
from models.haiti.scenario.scenario import load_case
from simulation.same_bits import log1p


@pytest.mark.parametrize("slope", [1.0, 2.0, 2.7])
def test_flight(days, slope):
    for model, state, _ in days:
        given = state.dose, model.population.fear.field, state.influence, state.label, np.array([1.0, 0.9, 0.8])
        exposure, worn = people.flight_pressure(*given, 1.1, 0.0002)
        same([exposure, worn], plain.flight_pressure(*given, 1.1, 0.0002))
        given = exposure, worn, np.array([10.0, 20.0, 30.0, 40.0, 10.0]), slope, 0.2
        same([people.flight_bounds(*given)], [plain.flight_bounds(*given)])
    with pytest.raises(OverflowError):
        people.flight_bounds(np.full((2, 3), 1e200), np.zeros(2), np.ones(5), 3.0, 0.2)


def test_who_cannot_pay(days):
    model, state, luck = days[-1]
    households = model.population
    rows = np.flatnonzero(households.place < model.n).astype(np.int32)[:500]
    given = rows, 0.3 * luck.random(500), households.place, households.wealth, state.label, INCOME, 2.0, 0.4
    stay, leave = hold_back(*given)
    held = plain.held_back(*given)
    same([stay, leave], [rows[held], rows[~held]])
    assert 0 < stay.size < 500


@pytest.mark.parametrize("strict", [False, True])
def test_who_flees_of_the_candidates(days, strict):
    model, _, luck = days[-1]
    households, rules = model.population, model.parameters.flight
    rows = np.flatnonzero(households.present.group >= 0).astype(np.int32)[::7]
    groups, numbers = households.present.group[rows], luck.random(rows.size)
    place, bounds = groups // GROUPS, luck.random(model.n * GROUPS) * (0.02 if strict else 0.5)
    exposure, worn = 30.0 * luck.random((model.n, 3)), 0.001 * luck.random(model.n)
    chance = flight_chance(exposure[place, households.wealth[rows]], worn[place], households.own_threshold(rows), rules)
    over = np.flatnonzero(chance > bounds[groups] * (1.0 + 1e-12) + 1e-15)
    own = households.wealth, households.threshold, households.moves, households.previous_effect
    flees, broken = accept_flights(
        rows, groups, numbers, GROUPS, bounds, exposure, worn, *own, rules.half_dose, rules.slope, rules.maximum
    )
    assert flees.tolist() == (numbers * bounds[groups] < chance).tolist()
    assert broken == over[0]
    assert 0 < flees.sum() < rows.size


@pytest.fixture(scope="module")
def moving():
    """Households of a city with people everywhere, and rows of them with places and statuses to go to."""
    model, luck = HaitiModel(load_case(overrides=LIVELY, weight=1000), run_seed=5).run(30), np.random.default_rng(5)
    households = model.population
    rows = luck.permutation(np.flatnonzero(households.people > 0))[:300].astype(np.int32)
    status = luck.integers(0, 6, 300).astype(np.int8)
    place = luck.integers(0, model.n, 300)
    beyond = (status == PROVINCE) | (status == ABROAD)
    place[beyond] = model.n + place[beyond] % (households.places - model.n)
    place[status == HOME] = households.home[rows[status == HOME]]
    return model, luck, rows, place.astype(np.int16), status


def test_who_leaves_home(moving):
    model, luck, rows, *_ = moving
    households, captured = model.population, luck.integers(-1, 31, model.n).astype(np.int32)
    rows = rows[households.place[rows] < model.n]
    wanted = plain_households.departed(households, rows, captured, 30, 12)
    counts, moves = [np.zeros(model.n) for _ in range(3)], households.moves.copy()
    columns = households.status, households.people, moves
    origin = households.place[rows].astype(np.int64)
    first, behind = count_departures(rows, origin, *columns, captured, 30, 12, *counts)
    same([first, behind, *counts], wanted)
    assert 0 < behind.size < first.sum() < rows.size
    assert np.array_equal(moves[rows], households.moves[rows] + 1)


def test_who_is_how_likely_to_go_home(moving):
    model, luck, rows, *_ = moving
    households, rules, eager = model.population, model.parameters.displaced, luck.random(model.n)
    households.destroyed[rows[::3]] = True
    home = households.home[rows].astype(np.int32)
    columns = households.status, households.destroyed, households.place, households.wealth
    rates = rules.return_rate, rules.site_push, rules.destroyed
    found = chances_of_return(rows, home, eager, *columns, *households.fear.arrays(), *rates)
    same([found], [plain_households.returning(households, rows, home, eager, rules)])


def test_rows_that_move_take_fear_and_counts_with_them(moving):
    model, _, rows, place, status = moving
    households, state = model.population, model.state
    deviation, mark, groups, homes = plain_households.settled(households, rows, place, status)
    households.move(rows, place, status, 30, state)
    columns = households.fear.deviation, households.fear.mark, households.present.group, households.displaced.group
    same([column[rows] for column in columns], [deviation, mark, groups, homes])
    columns = households.place, households.status, households.since
    same([column[rows] for column in columns], [place, status, np.full(rows.size, 30)])
    same(households._counts(state), plain_households.counted(households))


def test_a_household_that_is_picked_twice_is_frightened_once(days):
    households, rows = days[-1][0].population, np.array([5, 9, 5, 700], np.int32)
    fear = households.fear_of(rows)
    households.frighten(rows, 0.3)
    np.testing.assert_allclose(households.fear_of(rows), fear + 0.3 * (1.0 - fear), rtol=1e-12)


def test_shelter(days):
    for model, state, luck in days:
        counts = [luck.integers(0, 5, model.n) for _ in range(3)]
        wanted = plain.sites_looked_at(state.in_sites, 1030.0, *counts)
        people.look_at_sites(state.in_sites, 1030.0, *counts)
        same(counts, wanted)
        for residents in (model.city.population * model.city.metropolitan, np.zeros(model.n, np.int64)):
            given = counts[0], state.in_sites, residents, 1030.0, 0.1, 0.5
            sites = people.draw_to_sites(*given)
            same([sites], [plain.to_sites(*given)])
        given = (
            sites,
            luck.random(model.n),
            state.with_hosts,
            state.at_home,
            state.influence,
            state.label,
            0.5,
            1.5,
            0.3,
        )
        same([people.draw_of_shelters(*given)], [plain.shelters(*given)])


@pytest.mark.parametrize("rate", [0.0, 1e-300, 1e-7, 0.0004, 0.1, 1.0])
def test_patience_in_whole_days_says_the_same_of_every_day(rate):
    luck = np.append(np.random.default_rng(1).random(2000), [0.0, 1e-9, 2.0**-53, 1.0 - 2.0**-53])
    luck = np.append(luck, -np.expm1(-rate * np.arange(400)))  # on the edge of a day
    luck = luck[luck < 1.0]
    patience, days = -log1p(-luck), days_of_patience(luck, rate)
    for day in (0, 1, 2, 17, 18, 365, 1000, NEVER - 1, *np.unique(days)[:-1:40]):
        assert np.array_equal(days <= day, patience < rate * day)
