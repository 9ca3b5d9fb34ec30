"""Verification list, directions of two policies: steady money (V-26) and guards for what is cleared (V-27).

As in `test_verification_directions.py`: thirty pairs of runs under common luck. Both claims hold with a limit, which is
tested too: money in spells is the same money, so it tells in what can be used, and waiting for guards picks small places,
which fall sooner.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from models.haiti.agents.unit import Unit
from models.haiti.day import SWITCHES
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from models.haiti.world.state import GANG, STATE

SEEDS = range(1, 31)
CERTAIN = stats.t.ppf(0.99, len(SEEDS) - 1)
MONEY = {"mandate", "political_will", "support", "funding", "equipment", "deployment"}


def t_of(difference):
    """Mean of paired differences in standard errors."""
    return difference.mean() / (difference.std(ddof=1) / np.sqrt(difference.size))


def person_days(days, **overrides):
    """Person-days of the mission on the books and usable, under steady money and in spells: two float64 (30, 2)."""
    level = {"funding.source": "level", "funding.level": 1.0}
    level |= {name.replace("__", "."): value for name, value in overrides.items()}
    case = replace(load_case(overrides=level, weight=1000), off=tuple(name for name in SWITCHES if name not in MONEY))
    founded, found = HaitiModel(case, run_seed=1), {"steady": [], "stop_go": []}
    for seed in SEEDS:
        for reliability, rows in found.items():
            model = founded.branch({"funding.reliability": reliability}, run_seed=seed)
            model.funding.phase = model.dice.roll("funding.spells", 0, 0).uniform()  # of this seed
            for one in model.contingents:  # those who are not in Haiti yet get clocks of this seed
                one.batches = one.batches if one.units else one._plan(one.offered, one.offer_day)
            model.recorder.record = lambda _: None
            total = np.zeros(2)
            for _ in range(days):
                model.step()
                total += model.forces.deployed() * np.array([1.0, model.forces.availability()])
            rows.append(total)
    return np.array(found["steady"]), np.array(found["stop_go"])


@pytest.mark.slow
@pytest.mark.verifies("V-26")
def test_v26_steady_money_keeps_a_full_mission():
    """With little cash a mission at full strength has no fewer person-days in Haiti if the money comes steadily."""
    strained = {"funding__cash_share": 0.15, "arrears__withdraw_hazard": 0.005}
    steady, spells = person_days(365, deployment__at_start=2500, **strained)
    assert t_of(steady[:, 0] - spells[:, 0]) > CERTAIN


@pytest.mark.slow
@pytest.mark.verifies("V-26")
def test_v26_spells_of_money_leave_people_unfed():
    """While a mission grows, steady money gives more usable person-days, whoever is on the books."""
    steady, spells = person_days(180, deployment__at_start=1000, funding__cash_share=0.34)
    assert t_of(steady[:, 1] - spells[:, 1]) > CERTAIN


@pytest.fixture(scope="module")
def city():
    case = {"deployment.forced": True, "deployment.authorised": 2500, "gang.act_rate": 0.15}
    return HaitiModel(load_case(overrides=case, weight=2000), run_seed=1)


@pytest.mark.slow
@pytest.mark.verifies("V-27")
def test_v27_cleared_places_last_longer_with_guards(city):
    """Of the same places cleared on one day, those that get guards are held for longer than those that get none."""
    held = np.flatnonzero((city.state.label == GANG) & city.terrain.touches(city.state.label == STATE))
    places = held[np.argsort(-city.city.population[held])][1:12:2].tolist()
    days = {6: [], 0: []}
    for seed in SEEDS:
        for units, rows in days.items():
            model = city.branch({"hold.most_units": units, "command.tempo": 0.0}, run_seed=seed)
            model.day = 1
            for place in places:
                model.operations._clear(place)
            model.day = 0
            rows.append(model.run(40).held.place_days)
    assert t_of(np.array(days[6]) - np.array(days[0])) > CERTAIN


@pytest.mark.slow
@pytest.mark.verifies("V-27")
def test_v27_hold_before_clear_waits_for_guards_and_picks_small_places(city):
    """Without guards to spare nothing is cleared; with some, what is cleared is smaller (and so not held for longer)."""
    rules = {"hold.requirement": 1.5, "command.hold_share": 0.1}
    cleared = {True: [], False: []}
    for seed in SEEDS:
        for waits, rows in cleared.items():
            model = city.branch(rules | {"command.hold_before_clear": waits}, run_seed=seed).run(25)
            places = model.state.cleared_day >= 0
            rows.append(float(model.city.population[places].mean()) if places.any() else np.nan)
    smaller = np.array(cleared[True]) - np.array(cleared[False])
    assert t_of(smaller[np.isfinite(smaller)]) < -CERTAIN
    never = city.branch({"command.hold_before_clear": True, "command.tempo": 0.05}, run_seed=1)
    never.forces.spare_guards = lambda: 0.0
    never.run(20)
    assert never.ledger.sum_total("operations_raids") == never.ledger.sum_total("operations") > 0
    assert never.ledger.sum_total("places_cleared") == 0


@pytest.mark.verifies("V-27")
def test_v27_spare_guards_of_a_place_are_counted_once(city):
    """Two units in a place with a surplus of five person-equivalents can spare five together, not five each."""
    model = city.branch()
    worth = model.forces.person_equivalents()
    model.command.shortage = np.zeros(model.n)
    model.command.shortage[7] = -5.0
    model.command.shortage[9] = -1e6
    strength = round(8.0 / worth["police"])
    units = [Unit(model, "police", strength, place) for place in (7, 7, 9, 11)]
    model.forces.units = {"police": units, "army": [], "mission": []}
    assert model.forces.spare_guards() == pytest.approx(5.0 + strength * worth["police"])
    units[2].ordered_until = model.day + 10
    assert model.forces.spare_guards() == pytest.approx(5.0)
