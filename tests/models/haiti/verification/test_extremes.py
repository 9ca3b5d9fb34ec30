"""Limits whose answer is known without the model: no gangs, no forces, enough money, none."""

import numpy as np
import pytest

from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from models.haiti.world.state import GANG


def run(overrides, days, weight=50, seed=3, **more):
    return HaitiModel(load_case(overrides=overrides, weight=weight), run_seed=seed, **more).run(days)


@pytest.mark.verifies("V-14")
def test_without_gangs_nobody_is_displaced_by_violence():
    model = run({"gang.members": 0}, 200)
    daily = model.recorder.daily()
    assert daily.new_displacements_today.sum() == 0
    assert daily.onward_displacements_today.sum() == 0
    assert daily.residents_killed_today.sum() == 0
    assert daily.gang_revenue_usd_today.sum() == 0
    assert daily.gang_influence.max() == 0
    assert daily.returns_today.sum() > 0


@pytest.mark.verifies("V-15")
def test_without_forces_every_place_with_gang_members_ends_gang_held():
    nobody = {
        "police.strength": 0,
        "force.army_strength": 0,
        "deployment.authorised": 0,
        "deployment.at_start": 0,
    }
    model = run(nobody, 365)
    daily = model.recorder.daily()
    strong = model.state.members.sum(axis=0) > model.state.present[: model.n] / 1000  # a handful rules nobody
    assert strong.sum() > 90
    assert np.all(model.state.label[strong] == GANG)
    assert daily.gang_control_population_share.iloc[-1] >= 0.9
    assert daily.operations_today.sum() == 0
    assert daily.security_forces_killed_today.sum() == 0


FULL = {"deployment.at_start": 2500, "funding.source": "level", "funding.level": 1.0}


@pytest.mark.slow
def test_600_million_a_year_a_third_in_cash_holds_2500():
    model = run({**FULL, "funding.cash_share": 0.34, "tolerance.hazard": 0}, 730, weight=200)
    daily = model.recorder.daily()
    withdrawn = model.ledger.sum_total("mission_withdrawn")
    assert withdrawn == 0
    assert daily.arrears_usd.max() == 0
    assert daily.deployed_force.min() >= 2500 - daily.mission_killed_today.sum()
    assert daily.funding_received_usd_total.iloc[-1] == pytest.approx(1.2e9, rel=0.001)


@pytest.mark.slow
def test_the_historic_split_does_not_hold_2500():
    """85 of 400 in cash pays 1,594 people a year; the rest are unpaid and leave."""
    model = run({**FULL, "funding.cash_share": 0.2125}, 730, weight=200)
    daily = model.recorder.daily()
    assert daily.deployed_force.iloc[-1] < 1800
    assert daily.arrears_usd.max() > 0


@pytest.mark.slow
@pytest.mark.verifies("V-16")
def test_a_mission_without_money_fills_the_first_base_at_most_and_then_leaves():
    """What had been paid before the start feeds some people for a year; then they are unpaid and go."""
    model = run({"funding.source": "level", "funding.level": 0.0}, 1000, weight=500)
    deployed = model.recorder.daily().deployed_force
    assert model.pool.received == 0
    assert deployed.max() <= 400
    assert deployed.iloc[-1] < 0.8 * deployed.max()


def test_authorised_zero_is_legal_and_empty():
    model = run({"deployment.authorised": 0}, 60, weight=200)
    daily = model.recorder.daily()
    assert daily.deployed_force.max() == 0
    assert set(daily.binding_ceiling) == {"authorised"}


@pytest.mark.verifies("V-17")
def test_all_roads_closed_nobody_passes():
    model = HaitiModel(load_case(weight=100), run_seed=5)
    for a, b in model.city.graph.edges:
        model.terrain.places.close(a, b)
    model.terrain.refresh()
    before = model.population.place.copy()
    model.run(30)
    moved = model.population.place != before
    gateways = [way.neighbourhood for way in model.city.gateways]
    assert not np.any(moved & ~np.isin(before, gateways))
    assert model.ledger.sum_total("assaults") > 0


@pytest.mark.verifies("V-17")
def test_perfect_identification_harms_no_resident_in_operations():
    perfect = {
        "clearing.identification_floor": 1.0,
        "clearing.identification_best": 1.0,
        "command.tempo": 0.03,
    }
    model = run(perfect, 120, weight=200)
    daily = model.recorder.daily()
    assert daily.operations_today.sum() > 10
    assert daily.residents_killed_operations_today.sum() == 0


@pytest.mark.verifies("V-24")
def test_more_gang_recruits_with_a_higher_rate():
    low = run({"recruitment.rate": 3e-5}, 150, weight=200).recorder.daily()
    high = run({"recruitment.rate": 6e-4}, 150, weight=200).recorder.daily()
    assert high.gang_members.iloc[-1] > low.gang_members.iloc[-1]


@pytest.mark.slow
@pytest.mark.verifies("V-18")
def test_results_do_not_depend_on_the_weight_beyond_chance():
    """One row for one household or for fifty: the same displacement within the noise of a few seeds."""
    means = {
        weight: np.mean([run({}, 90, weight=weight, seed=seed).displaced_people() for seed in range(1, 7)])
        for weight in (20, 100)
    }
    assert means[20] == pytest.approx(means[100], rel=0.05)
