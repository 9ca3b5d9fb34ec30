"""What must hold every day of every run: people, money, weapons, gang members and vehicles are conserved."""

from __future__ import annotations

import math

import numpy as np
import pytest

from models.haiti.kernels import HOME, HOST, SITE
from models.haiti.world.state import FORCES


def check_people(model):
    people, state = model.population, model.state
    alive = int(people.people.sum())
    dead = int(model.ledger.sum_total("deaths_of_residents"))
    assert alive + dead == model.initial_people
    assert dead == int(model.ledger.sum_total("residents_killed"))
    assert int(state.present.sum()) == alive
    counted = np.bincount(people.place, people.people, minlength=people.places)
    np.testing.assert_array_equal(state.present, counted)
    for status, counts in ((HOME, state.at_home), (SITE, state.in_sites), (HOST, state.with_hosts)):
        mine = people.status == status
        np.testing.assert_array_equal(counts, np.bincount(people.place[mine], people.people[mine], minlength=model.n))
    away = people.status != HOME
    np.testing.assert_array_equal(state.away, np.bincount(people.home[away], people.people[away], minlength=model.n))
    moved = model.ledger.sum_total("new_displacements") - model.ledger.sum_total("returns")
    assert model.displaced_people() <= model.initial_displaced + moved
    assert model.displaced_people() >= model.initial_displaced + moved - dead


def check_displaced(model, morning):
    """The stock of displaced people is this morning's, new flights more, returns and their own dead less, exactly."""
    dead = int((morning["people"] - model.population.people)[morning["away"]].sum())
    change = model.ledger.sum("new_displacements") - model.ledger.sum("returns") - dead
    assert model.displaced_people() == morning["displaced"] + int(change)


def check_gangs(model):
    ledger, members = model.ledger, model.state.members
    change = ledger.sum_total("gang_recruits") - ledger.sum_total("gang_members_killed")
    assert members.min() >= 0
    diverted = ledger.sum_total("gang_members_moved_out") - ledger.sum_total("gang_members_moved_back")
    assert int(model.beyond.diverted.sum()) == diverted
    assert model.beyond.diverted.min() >= 0
    elsewhere = int(model.beyond.diverted.sum())
    assert model.affairs.imbalance() <= 1e-6 * max(model.affairs.taken, 1.0)
    assert min(model.affairs.treasury.min(), model.affairs.arms_budget.min(), model.affairs.arms.min()) > -1e-6
    for name in ("treasury", "arms_budget", "arms", "arms_worth", "coordination", "violence", "revenue"):
        assert np.isfinite(getattr(model.affairs, name)).all(), name
    assert int(members.sum()) + elsewhere == model.initial_members + int(change - ledger.sum_total("gang_exits"))


def check_weapons(model, morning):
    """Weapons are bought with what is spent, and wear out once a week; however gangs split, none is lost or made."""
    affairs, rules = model.affairs, model.parameters.arms
    price = rules.price * (1.0 + rules.price_elasticity * rules.interdiction)
    bought = (affairs.spent_on_arms - morning["spent on arms"]) / price
    worn = math.exp(-rules.wear * 7 / 365.0) if model.day % 7 == 0 and model.arms.on else 1.0
    most = max(morning["arms"], bought, 1.0)
    assert float(affairs.arms.sum()) == pytest.approx(morning["arms"] * worn + bought, rel=1e-9, abs=1e-9 * most)


def check_mission(model, start):
    ledger = model.ledger
    change = ledger.sum_total("mission_arrived") - ledger.sum_total("mission_withdrawn")
    assert model.forces.deployed() == start["mission"] + int(change - ledger.sum_total("mission_killed"))
    change = ledger.sum_total("police_joined") - ledger.sum_total("police_left")
    assert model.forces.strength("police") == start["police"] + int(change - ledger.sum_total("police_killed"))
    assert min(unit.strength for unit in model.forces.all()) >= 0
    assert model.pool.imbalance() < 1.0
    assert min(model.pool.cash, model.pool.in_kind) >= 0
    assert model.mission.fleet.imbalance() == 0
    assert min(vars(model.mission.fleet).values()) >= 0
    paid = sum(donor.disbursed for donor in model.donors) - start["disbursed"]
    assert paid == pytest.approx(model.pool.received, rel=1e-9, abs=1.0)
    for donor in model.donors:
        assert donor.promised == pytest.approx(donor.disbursed + donor.undisbursed, rel=1e-9, abs=1e-6)


def check_ranges(model):
    state = model.state
    assert state.influence.min() >= 0
    assert state.influence.max() <= 1
    assert set(np.unique(state.label)) <= {0, 1, 2}
    assert model.command.weights.sum() == pytest.approx(1.0)
    for force in FORCES:
        assert model.forces.task_shares(force).sum() == pytest.approx(1.0)
    assert np.all(state.owner < len(model.gangs))
    for unit in model.forces.all():
        assert 0 <= unit.place < model.n


def check_days(model, days, look=lambda model: None):
    """Run on, check every law every day, and let `look` see it."""
    start = {
        "mission": model.forces.deployed(),
        "police": model.forces.strength("police"),
        "disbursed": sum(donor.disbursed for donor in model.donors),
    }
    people = model.population
    for _ in range(days):
        morning = {
            "people": people.people.copy(),
            "away": people.status != HOME,
            "displaced": model.displaced_people(),
            "arms": float(model.affairs.arms.sum()),
            "spent on arms": model.affairs.spent_on_arms,
        }
        model.step()
        check_displaced(model, morning)
        check_people(model)
        check_gangs(model)
        check_weapons(model, morning)
        check_mission(model, start)
        check_ranges(model)
        look(model)
