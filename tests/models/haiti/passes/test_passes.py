"""Compiled passes over the neighbourhoods are the rules' equations, to the last bit: held against plain arrays."""

from __future__ import annotations

import math

import numpy as np
import pytest
from support.laws import plain_households
from support.laws import plain_places as plain
from support.laws.to_the_bit import same

from models.haiti.passes import money, opinion, people, places, units
from models.haiti.passes.luck import Prospects, bring_strength, look_for_prospects
from models.haiti.world.muster import NUMBERS
from simulation.same_bits import weighted_rows


@pytest.mark.parametrize("size", [*range(20), 127, 128, 129, 138, 700, 5000])
def test_sums_are_added_in_the_order_of_numpy(size):
    values = np.random.default_rng(size).standard_normal(size) * 10.0 ** np.random.default_rng(1).integers(-9, 9, size)
    assert places.add_up(values) == values.sum()


def test_strengths(days):
    for model, state, luck in days:
        worth, spill = luck.random(len(model.gangs)), 0.15
        found = [np.empty(model.n) for _ in range(3)]
        places.measure_places(state.members, worth, 0.6, spill, state.state_strength, *model.terrain.land, *found)
        same(found, plain.measured(state, worth, 0.6, spill, model.terrain))
        none = np.zeros((0, model.n), np.int64)
        places.measure_places(none, np.zeros(0), 0.6, spill, state.state_strength, *model.terrain.land, *found)
        assert not found[0].any()


@pytest.mark.parametrize(("thinness", "exponent"), [(1.0, 1.0), (0.0, 0.4), (0.7, 2.5)])
def test_contest(days, thinness, exponent):
    for _, state, luck in days:
        guards = state.state_presence * (luck.random(state.label.size) > 0.2)
        given = guards, state.present, state.community * (luck.random(guards.size) > 0.2), 2.0, thinness
        against = places.opposed_places(*given)
        same([against], [plain.opposed(*given)])
        influence, local, presence = state.influence.copy(), state.local * 1.1, state.gang_presence
        wanted = plain.contested(influence, local, presence, against, exponent, 0.05)
        places.contest_places(influence, local, presence, against, exponent, 0.05)
        same([influence], [wanted])


def test_labels_and_what_is_counted_in_the_evening(days):
    for _, state, luck in days:
        influence = np.clip(state.influence + luck.normal(0.0, 0.2, state.label.size), 0.0, 1.0)
        for members in (state.members, np.zeros((0, influence.size), np.int64)):
            label, owner = state.label.copy(), state.owner.copy()
            wanted = plain.labelled(influence, members, 0.65, 0.6, 0.35, 0.4, label, owner)
            places.label_places(influence, members, 0.65, 0.6, 0.35, 0.4, label, owner)
            same([label, owner], wanted)
        counts = state.local * 1.3, state.safe_days, state.ruled_days
        first = luck.integers(0, 3, influence.size).astype(np.int8)
        changed = [array.copy() for array in counts]
        places.age_places(state.label, first, influence, 0.98, 0.35, *changed)
        same(changed, plain.aged(state.label, first, influence, 0.98, 0.35, *counts))


@pytest.mark.parametrize("withdraw", [0.0, 0.3])
def test_where_members_are_drawn(days, withdraw):
    for _, state, luck in days:
        anchor, against = luck.random(state.label.size), state.gang_presence * luck.random(state.label.size) * 2
        cleared = luck.integers(-1, 4, state.label.size).astype(np.int32)
        given = state.present, state.state_presence, state.gang_presence, anchor, state.label
        same([places.needs_of(*given, 0.15, withdraw)], [plain.needs(*given, 0.15, withdraw)])
        given = *given, state.owner, cleared, state.members, against, 0.15, withdraw, 2.0
        same(places.draw_members(*given), plain.drawn(*given))


def test_forces(days):
    for model, state, luck in days:
        place, strength = luck.integers(0, model.n, 70), luck.integers(0, 100, 70)
        numbers, tasks = np.zeros((4, 70), np.int64), (luck.random(7), luck.random(7))
        numbers[0], numbers[1] = place, strength
        given = numbers, 40, 20, model.base, 0.33, 0.8, tuple(luck.random(3).tolist()), tasks, 0.5
        on_shift, patrolling, shares = np.ones((3, model.n)), np.ones((3, model.n)), np.ones(3)
        fields = tuple(np.ones(model.n) for _ in range(3))
        mobile = units.count_forces(*given, state.present, 0.15, on_shift, patrolling, fields, shares)
        wanted = plain.forces(*given, state.present, 0.15, on_shift)
        same([mobile, shares, on_shift, patrolling, *fields], wanted)


def test_what_the_command_looks_at(days):
    for model, state, luck in days:
        share = luck.random(model.n)
        given = state.label, luck.integers(-1, 2, model.n).astype(np.int32)
        same(
            units.weigh_places(*given, state.gang_strength, share),
            plain.weighed(*given, state.gang_strength, share),
        )
        facility = 20.0 * (luck.random(model.n) > 0.9)
        given = *given, state.gang_presence, state.state_presence, state.state_strength, state.present, facility
        shortage, urgent = np.empty(model.n), 0.7 * (facility > 0)
        units.missing_guards(*given, 2.0, 0.3, shortage)
        same([shortage], [plain.missing(*given, 2.0, 0.3)])
        hours = 3.0 * luck.random((model.n, model.n))
        hours[luck.random(hours.shape) > 0.8] = np.inf
        for own, place in ((0.0, 3), (1e-9, 5), (0.5, 80), (20.0, 9)):
            given = shortage, urgent, hours, place, own, 4.0, 0.1
            same([units.choose_post(*given)], [plain.post(*given)])
        ready, mixes, weights, shares = luck.random(4), luck.random((4, 7)), np.ones(4), np.ones(7)
        units.mix_tasks(tuple(ready.tolist()), mixes, weights, shares)
        same([weights, shares], [ready / ready.sum(), weighted_rows(weights, mixes)])
        units.mix_tasks((0.0, 0.0, 0.0, 0.0), mixes, weights, shares)
        assert weights.tolist() == [1.0, 0.0, 0.0, 0.0]
    nowhere = np.full(5, -np.inf)
    assert units.choose_post(nowhere, np.zeros(5), np.zeros((5, 5)), 2, 1.0, 4.0, 0.1) == 2


def test_units_that_are_asked_one_by_one_go_where_they_are_sent_together(days, monkeypatch):
    """And what they tell of themselves is what the muster has."""
    found = []
    for alone in (False, True):
        model = days[-1][0].branch()
        with monkeypatch.context() as patch:
            if alone:
                patch.setattr(model.posture, "_move_units", lambda m=model: m.posture._ask_units(m.forces.all()))
            model.run(40)
        numbers = np.array([[getattr(unit, name) for unit in model.forces.all()] for name in NUMBERS])
        same([model.forces.muster().numbers, model.forces.deployed()], [numbers, numbers[1, 64:].sum()])
        found.append([numbers, model.command.shortage, model.state.on_shift])
    same(*found)


def test_guards_to_spare(days):
    for model, _, luck in days:
        model.command.shortage[:] = luck.normal(0.0, 3.0, model.n)
        free, worth = {}, model.forces.person_equivalents()
        for unit in model.forces.all():
            if unit.ordered_until < model.day and model.command.shortage[unit.place] < 0:
                free[unit.place] = free.get(unit.place, 0.0) + unit.strength * worth[unit.force]
        wanted = math.fsum(min(guards, -model.command.shortage[place]) for place, guards in free.items())
        assert model.forces.spare_guards() == wanted > 0


def test_harm_and_fear(days):
    for model, state, luck in days:
        today, alarm = tuple(luck.integers(0, 3, model.n).astype(float) for _ in range(4)), luck.random(model.n)
        wanted = plain.remembered(state.harm, state.alarm, today, alarm, 0.9, 0.8, 0.3)
        found = state.harm.copy(), state.alarm.copy()
        people.remember_harm(*found, today, alarm, 0.9, 0.8, 0.3)
        same(found, wanted)
        assert not alarm.any()
        given = state.harm, state.present, model.city.population, 0.1, 0.4
        same(people.spread_harm(*given, *model.terrain.land[:2]), plain.spread(*given, model.terrain))
        shares, dose, rise = np.array([1.0, 0.9, 0.8]), np.empty(model.n), np.ones((model.n + 10, 3))
        given = state.violence, state.alarm, state.misinformation, 0.05, 3.0, shares, 5.0, 0.1
        people.feel_dose(*given, dose, rise)
        same([dose, rise[: model.n]], plain.felt(*given))
        assert not rise[model.n :].any()


def test_targets_and_what_was_cleared(days):
    for model, state, luck in days:
        given = state.label, state.gang_strength, 5.0, model.city.population, luck.random(model.n), 1.0, 1.5, 30.0, 0.5
        same(places.find_targets(*given, *model.terrain.land), plain.targets(*given, model.terrain))
        cleared, since = (luck.integers(-1, model.day + 1, model.n).astype(np.int32) for _ in range(2))
        wanted = plain.looked_at_held(state.label, cleared, since, model.day)
        same([*places.look_at_held(state.label, cleared, since, model.day), since], wanted)


def test_money_of_gangs(days):
    for model, state, luck in days:
        gangs, passing, trade = len(model.gangs), luck.random(model.n), luck.random(model.n)
        owner = luck.integers(-1, gangs, model.n).astype(np.int32)
        ground, income, exposed = (state.influence, state.visibility, owner, 0.2), np.ones(gangs), np.empty(model.n)
        grip = plain.grip(*ground)
        money.live_off(*ground, 7.0, passing, 2.0, income)
        same([income], [plain.by_owner(owner, np.minimum(7.0 * passing * grip, 2.0), gangs)])
        money.extort(*ground, 0.03, 2.0, trade, 1.1, state.present, income)
        earned = 2.0 * trade * 1.1 * state.present[: model.n]
        same([income], [plain.by_owner(owner, 0.03 * earned * grip, gangs)])
        people = money.expose_to_capture(*ground, state.present, exposed)
        same([exposed, people], [state.present[: model.n] * grip, (state.present[: model.n] * grip).sum()])
        held, (one, other) = luck.integers(0, 9, gangs), (model.dice.roll("held", model.day) for _ in range(2))
        wanted = plain.released(other, held.tolist(), 0.3, 6000.0, 1.2)
        money.release_held(one.state, held, 0.3, 6000.0, 1.2, income)
        same([held, income, one.state], [*wanted, other.state])
        members = state.members * luck.integers(0, 2, (gangs, 1))
        money.share_by_members(members, 5000.0, income)
        same([income], [members.sum(axis=1) * (5000.0 / members.sum())])
        money.share_by_members(np.zeros_like(members), 5000.0, income)
        assert income.any()
        purses = 50.0 * luck.random(gangs), luck.random(gangs), luck.integers(0, 3, gangs), np.ones(gangs)
        given = members, 50.0 * luck.random((5, gangs)), 4.7, 2.0, 0.03
        wanted, kept = plain.paid(*given, *purses), [purse.copy() for purse in purses]
        *sums, short = money.pay_members(*given, *kept)
        same([*sums, *kept], wanted)
        assert short == kept[3].any()
        assert short


def test_what_gangs_reckon_with(days):
    for model, state, luck in days:
        worth, n = luck.random(len(model.gangs)), model.n
        given = state.members, worth, 0.35, 0.1
        brought = bring_strength(*given, *model.terrain.land[:2])
        same([brought], [plain.brought(*given, model.terrain)])
        hours = np.where(luck.random(n) > 0.8, np.inf, luck.random(n))
        given = state.state_strength, state.community, hours, luck.random(n), 40.0, 0.15, model.base, 1.5
        met = places.meet_attack(*given)
        same([met], [plain.met(*given)])
        for gang in np.flatnonzero(state.members.sum(axis=1)).tolist():
            rules = Prospects(luck.random(), 0.3, 1.5, 0.35, 40.0, 1.3, 4.0, 3.0, 1.0)
            cleared, homes = luck.integers(-1, 5, n).astype(np.int32), luck.random(n) > 0.9
            given = gang, state.members, state.label, state.owner, cleared, homes, model.city.population, state.present
            given = *given, brought[gang], met, hours.clip(0.0, 2.0), rules
            one, other = (model.dice.roll("test", model.day, gang) for _ in range(2))
            found = look_for_prospects(one.state, *given, *model.terrain.land[:2])
            if found[0].size:
                same(found, plain.prospects(other, *given, model.terrain))
                assert one.state == other.state


def test_what_people_see_expect_and_do_themselves(days):
    for model, state, luck in days:
        fear, trust, shares = 1.5 * luck.random((model.n + 10, 3)), luck.random(model.n), np.array([1.0, 0.9, 0.8])
        groups = 10.0 * luck.random(model.n)
        given = fear, state.gang_presence, 0.3 * trust, state.label, state.present, 0.3, 0.2, 0.01, 0.05, 0.5
        wanted = plain.armed(groups, *given)
        community = state.community.copy()
        people.arm_residents(groups, *given, 0.03, community)
        same([groups, community], [wanted, state.community + 0.03 * wanted])
        given = state.safe_days, 20, trust, state.at_home, model.city.population, state.state_presence, state.present
        same(people.homecoming_of(*given, 2.0, 0.5, 0.3, 0.006), plain.homecoming(*given, 2.0, 0.5, 0.3, 0.006))
        past, security = 5.0 * luck.random(model.n), np.empty((model.n, 3))
        given = state.violence, state.influence, state.misinformation, shares, 5.0, 0.3, 0.35, 0.2
        wanted = plain.security(past, *given)
        people.see_security(past, *given, security)
        same([security, past], [wanted, state.violence])
        expectation, gap, passive, seen = luck.random((model.n, 3)), luck.random((model.n, 3)), np.empty(model.n), trust
        cleared, rest = (trust > 0.5).astype(float), (0.02, 0.01, 0.3, 0.8)
        near = 0.1 * (cleared + model.terrain.neighbours_mean(cleared))
        wanted = plain.expected(expectation, gap, security, seen, state.visibility, 1.0, 0.1, near, *rest)
        fields = expectation, gap, security, passive, seen, state.visibility
        people.expect_more(*fields, 1.0, 0.1, cleared, *model.terrain.land, 0.1, *rest)
        same([expectation, gap, passive, seen], wanted)
        opinions, alone = luck.random((model.n, 3)), luck.random(model.n) < 0.1
        wanted = plain_households.talked(opinions, 0.4, model.terrain, alone, 0.2, 0.3)
        opinion.talk_next_door(opinions, 0.4, *model.terrain.land, alone, 0.2, 0.3)
        same([opinions], [wanted])
