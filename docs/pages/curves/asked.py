"""How each rule of curves.toml is asked: what goes in is set, its own code called, and what comes out returned."""

from __future__ import annotations

import numpy as np

from models.haiti.kernels import HOST, SITE
from models.haiti.mechanisms.force.assaults import Assault
from models.haiti.mechanisms.people.displaced import return_chance
from models.haiti.mechanisms.people.flight import flight_chance
from models.haiti.mechanisms.people.relocation import KINDS
from models.haiti.scenario.changes import apply_parameters
from models.haiti.world.gang_affairs import EXTORTION, PATRONAGE, TOLLS, TRAFFICKING
from models.haiti.world.state import CLEAR, GANG, TASKS
from pages.curves.mornings import counted, weekday

HIT = ("residents_killed", "residents_injured")


def mandate(model, rule, x):
    rule.adopted, rule.ramp_from, rule.ceiling, rule.began = "un_peacekeeping", 0, 5000, model.day - int(x)
    return rule.ramp_target()


def political_will(model, rule, x):
    rule.appeals, before, days = int(x), len(model.donors), 1500
    for _ in range(days):
        model.day += 1
        rule._pledges("trust_fund", 1.0, "pledge")
    return (len(model.donors) - before) / days * model.parameters.appeal.days


def support(model, rule, x):
    model.command.shares[CLEAR] = x
    rule.step()
    return rule.quality


def government(model, rule, x):
    model.politics.stability = x
    rule.publish()
    return model.politics.donors


def elections(model, rule, x):
    model.day, model.politics.readiness = int(model.parameters.election.day + x), 0.3
    return 1.0 + rule._pulse()


def funding(model, rule, day):
    return model.pool.received_cash / 1e6


def liaison(model, rule, day):
    return model.cooperation.liaison


def infrastructure(model, rule, x):
    model.state.influence[model.base], model.state.state_strength[model.base], model.pool.supply = x, 1e4, 1.0
    rule.step()
    return model.pool.supply


def equipment(model, rule, x):
    model.mission.fleet.serviceable = int(x)
    return rule.factor()


def deployment(model, rule, x):
    model.pool.cash = 1e6 * x
    return rule.ceilings()["cash"]


def police(model, rule, day):
    return model.forces.strength("police")


def mentoring(model, rule, day):
    return model.police_quality()


def casualty_tolerance(model, rule, x):
    weekday(model)
    for contingent in model.contingents:
        contingent.landed += int(x) - contingent.deaths
    rule.step()
    return rule.caveat


def posture(model, rule, x):
    model.pool.arrears_days, model.pool.supply = int(x), 1.0
    return model.forces.availability()


def self_defence(model, rule, x):
    model.day, model.population.fear.field[:] = 1, x
    rule.step()
    return model.self_defenders.sum()


def roads(model, rule, x):
    apply_parameters(model, {"travel.road_speed": float(x)}, new=True)
    return rule._reach()[model.state.label != GANG].mean()


def operations(model, rule, x):
    dense = int(np.argmax(model.city.density_per_km2 * (model.state.label == GANG)))
    model.trust.told[:], model.state.influence[:] = x, 0.0
    return counted(model, rule, HIT, 60, lambda: rule._fire(dense, 60.0, 80, 60.0, rule.roll(dense)))


def strikes(model, rule, x):
    dense = int(np.argmax(model.city.density_per_km2 * (model.state.label == GANG)))
    apply_parameters(model, {"strike.identification": float(x)}, new=True)
    return counted(model, rule, HIT, 60, lambda: rule._strike(dense, rule.roll()))


def assaults(model, rule, x):
    model.state.state_strength *= x
    model.gang_sizes, found = model.state.members.sum(axis=1), 0
    for _ in range(150):
        model.day += 1
        rule._morning = None
        found += sum(isinstance(one, Assault) for one in rule._intentions())
    rule._morning = None
    return found / 150


def background(model, rule, x):
    model.state.patrolling *= x
    return counted(model, rule, ("security_forces_killed", "security_forces_injured"), 120, rule._ambushes)


def compliance(model, rule, x):
    apply_parameters(model, {"abuse.training": float(x)}, new=True)
    return 1e5 * rule.mission_rate()


def control(model, rule, x):
    state, here = model.state, model.state.members.sum(axis=0) > 0
    state.state_strength *= x
    rule.step()
    return state.influence[here].mean()


def extortion(model, rule, x):
    model.state.visibility[:] = x
    rule.step()
    return model.affairs.revenue[EXTORTION].sum() / 1e3


def tolls(model, rule, x):
    model.state.influence[:] = x
    rule.step()
    return model.affairs.revenue[TOLLS].sum() / 1e3


def kidnapping(model, rule, x):
    model.state.influence[:] = x
    return counted(model, rule, ("kidnapped_people",), 30)


def patronage(model, rule, x):
    apply_parameters(model, {"patronage.sanctions": float(x)}, new=True)
    rule.step()
    return model.affairs.revenue[PATRONAGE].sum() / 1e3


def trafficking(model, rule, x):
    apply_parameters(model, {"arms.interdiction": float(x)}, new=True)
    rule.step()
    return model.affairs.revenue[TRAFFICKING].sum() / 1e3


def wages(model, rule, x):
    model.affairs.revenue *= x
    model.affairs.treasury[:] = 0.0
    return counted(model, rule, ("gang_exits",), 6)


def arms(model, rule, x):
    weekday(model)
    members = model.state.members.sum(axis=1)
    model.affairs.arms[:], model.affairs.arms_budget[:] = x * members, 0.0
    rule.step()
    return model.affairs.arms_worth[members > 0].mean()


def recruitment(model, rule, x):
    apply_parameters(model, {"livelihoods.coverage": float(x)}, new=True)
    return counted(model, rule, ("gang_recruits",), 15)


def prosecution(model, rule, day):
    return model.affairs.coordination.mean()


def coalition(model, rule, x):
    model.state.state_strength *= x
    return 7.0 * rule._pull()


def offensives(model, rule, x):
    model.affairs.pact = x * rule.first_cohesion
    return 365.0 * rule.beginning()


def redistribution(model, rule, x):
    held = model.state.label == GANG
    before = rule.needs()[held].sum()
    model.state.state_presence *= x
    return rule.needs()[held].sum() / before


def regions(model, rule, x):
    weekday(model)
    model.beyond.pressure = rule.pressure()
    model.state.state_presence *= x
    rule.step()
    return model.ledger.sum("gang_members_moved_out")


def misinformation(model, rule, day):
    return model.state.misinformation.mean()


def civil_society(model, rule, x):
    apply_parameters(model, {"civil_society.youth": float(x)}, new=True)
    rule._reach_people()
    return model.youth_factor


def exposure(model, rule, x):
    people = np.maximum(model.state.present[: model.n], 1)
    for _ in range(90):
        model.state.harm[:], model.state.alarm[:], model.alarm_today[:] = x * people / 1e4, 0.0, 0.0
        rule.step()
    return model.population.fear.field[: model.n].mean()


def expectations(model, rule, x):
    rule.past[:], model.state.violence[:] = 10.0, x
    rule._see()
    return rule.security.mean()


def trust(model, rule, x):
    model.state.misinformation[:] = x
    for _ in range(180):
        model.day += 1
        rule.step()
    return model.state.trust.mean()


def relocation(model, rule, x):
    model.state.influence[:] = x
    rule.step()
    people = model.population
    rows = np.flatnonzero(people.place < model.n)[::2].astype(np.int32)
    place, status = rule.choose(rows, people.place[rows].astype(np.int64), "flight", KINDS)
    return np.isin(status[place >= 0], (SITE, HOST)).mean()


def flight(model, rule, x):
    return 100.0 * float(flight_chance(np.array(x), 0.0, 0.0, model.parameters.flight))


def onward(model, rule, day):
    return model.state.in_sites.sum()


def returning(model, rule, x):
    return 100.0 * float(return_chance(np.array(False), np.array(x), np.array(False), model.parameters.displaced))


def loses_leader(model, rule):
    model.affairs.coordination[:] = 1.0 - model.parameters.prosecution.coordination_loss


def mentors(model, rule):
    model.command.shares[:] = 0.0
    model.command.shares[TASKS.index("mentor")] = 0.3


def with_goods(model, rule):
    model.pool.in_kind = 1e9


def looks_for_shelter(model, rule):
    model.relocation.step()
