"""Verification list, directions: on the means of thirty pairs of runs that share their luck (V-21 to V-28).

A claim "not higher" fails where the opposite is certain at 99 %; a claim "lower" holds only where it is certain itself.
What is not monotone (displacement and casualties against force) is not tested as if it were. All runs of a pair begin in
one city, founded once; thirty seeds deal what happens from there.
"""

import functools

import numpy as np
import pytest
from scipy import stats

from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case

SEEDS, DAYS = range(1, 31), 30
CERTAIN = stats.t.ppf(0.99, len(SEEDS) - 1)


@functools.cache
def city(people):
    """A city on its first morning with so many people of the mission, whatever money and beds would allow."""
    case = load_case(overrides={"deployment.forced": True, "deployment.authorised": people}, weight=2000)
    return HaitiModel(case, run_seed=1)


def look(model):
    """What is compared of a run, by name."""
    total = model.ledger.sum_total
    operations = total("residents_killed_operations") + total("residents_injured_operations")
    return {
        "influence": model.recorder.values["gang_influence"][-1],
        "control": model.recorder.values["gang_control_population_share"][-1],
        "members": int(model.state.members.sum() + model.beyond.diverted.sum()),
        "own deaths": total("security_forces_killed"),
        "residents hit in operations": operations,
        "residents per hit": operations / max(operations + total("gang_members_killed_operations"), 1),
        "killed among gangs": total("gang_members_killed_rivalry"),
        "captured": total("places_captured"),
        "operations": total("operations"),
    }


def together(model, cohesion):
    model.affairs.cohesion = cohesion
    model.coalition.publish()


ARMS = {
    "no force": (0, {}, None),
    "force": (2500, {}, None),
    "large force": (5550, {}, None),
    "vehicles": (2500, {"equipment.floor": 0.95}, None),
    "identification": (
        2500,
        {"clearing.identification_floor": 0.8, "clearing.identification_best": 0.98},
        None,
    ),
    "few recruits": (2500, {"recruitment.rate": 3e-5}, None),
    "rivals": (2500, {}, lambda model: together(model, 0.0)),
    "allies": (2500, {}, lambda model: together(model, 1.0)),
    "withdrawal": (2500, {}, lambda model: model.mandate.end(10)),
}


@functools.cache
def runs(arm):
    """What thirty runs of an arm come to: name -> float64 (30,)."""
    people, changes, act = ARMS[arm]
    seen = []
    for seed in SEEDS:
        model = city(people).branch(changes, run_seed=seed)
        if act:
            act(model)
        seen.append(look(model.run(DAYS)))
    return {name: np.array([one[name] for one in seen], float) for name in seen[0]}


def t_of(difference):
    """Mean of paired differences in standard errors (0 where all are 0)."""
    spread = difference.std(ddof=1)
    return (
        difference.mean() / (spread / np.sqrt(difference.size)) if spread > 0 else np.sign(difference.mean()) * np.inf
    )


def lower(name, arm, than):
    """The mean of `arm` is certainly below that of `than`."""
    assert t_of(runs(arm)[name] - runs(than)[name]) < -CERTAIN, name


def not_higher(name, arm, than):
    difference = runs(arm)[name] - runs(than)[name]
    assert not difference.any() or t_of(difference) < CERTAIN, name


@pytest.mark.slow
@pytest.mark.verifies("V-21")
@pytest.mark.parametrize("name", ["control", "influence"])
def test_v21_more_force_does_not_raise_gang_control(name):
    """More people of the mission, all else the same: control and influence of gangs are lower, step by step."""
    lower(name, "force", than="no force")
    lower(name, "large force", than="force")


@pytest.mark.slow
@pytest.mark.verifies("V-22")
def test_v22_better_equipment_does_not_raise_control_or_own_losses():
    """Better equipped, as many people hold more and lose no more of their own, though they go on more operations."""
    lower("influence", "vehicles", than="force")
    lower("control", "vehicles", than="force")
    lower("operations", "force", than="vehicles")
    not_higher("own deaths", "vehicles", than="force")


@pytest.mark.slow
@pytest.mark.verifies("V-23")
def test_v23_better_identification_harms_fewer_residents():
    """Knowing better who is who, operations hit fewer residents, in all and for each person hit."""
    lower("residents hit in operations", "identification", than="force")
    lower("residents per hit", "identification", than="force")


@pytest.mark.slow
@pytest.mark.verifies("V-24")
def test_v24_fewer_recruits_fewer_members():
    """A lower rate of recruitment leaves fewer people in gangs."""
    lower("members", "few recruits", than="force")


@pytest.mark.slow
@pytest.mark.verifies("V-25")
def test_v25_a_firmer_pact_turns_gangs_from_one_another_to_the_city():
    """With more cohesion fewer die in clashes between gangs, and gangs take more places and rule more of the city."""
    lower("killed among gangs", "allies", than="rivals")
    lower("captured", "rivals", than="allies")
    lower("influence", "rivals", than="allies")


@pytest.mark.slow
@pytest.mark.verifies("V-28")
def test_v28_withdrawal_does_not_lower_gang_control():
    """Where the mission goes home gangs rule more than where it stays."""
    assert not runs("withdrawal")["operations"].sum() > runs("force")["operations"].sum()
    lower("control", "force", than="withdrawal")
    lower("influence", "force", than="withdrawal")
