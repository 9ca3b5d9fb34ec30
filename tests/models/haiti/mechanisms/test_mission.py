"""Money and deployment: known answers, and the story of 2024 told by the published pledges."""

import datetime

import pytest

from models.haiti.agents.donor import daily_fraction
from models.haiti.mechanisms.mission.funding import yearly_need
from models.haiti.model import HaitiModel
from models.haiti.parameters import default_parameters
from models.haiti.scenario.scenario import load_case


@pytest.mark.verifies("V-06")
def test_2500_people_cost_600_million_a_year():
    assert yearly_need(2500, default_parameters().cost) == pytest.approx(600e6, rel=1e-3)
    assert yearly_need(0, default_parameters().cost) == 0.0


@pytest.mark.verifies("V-05")
def test_half_of_a_pledge_is_paid_after_its_half_life():
    left = 1.0
    for _ in range(120):
        left *= 1.0 - daily_fraction(120.0)
    assert left == pytest.approx(0.5)


@pytest.fixture(scope="module")
def published():
    """Three lives of the published mission until mid-November 2024, one row of the daily table each."""
    runs = [HaitiModel(load_case(weight=500), run_seed=seed).run(167) for seed in (1, 2, 3)]
    assert runs[0].clock.date(167) == datetime.date(2024, 11, 15)
    return runs


def test_about_400_of_2500_are_deployed_in_november_2024(published):
    for model in published:
        assert 250 <= model.forces.deployed() <= 600
        assert model.authorised() == 2500


def test_about_400_million_had_been_received_by_then(published):
    for model in published:
        total = model.recorder.values["funding_received_since_2023_usd"][-1]
        assert 300e6 <= total <= 480e6


def test_money_did_not_bind_then(published):
    """The published ceiling was elsewhere: cash would have allowed several times the people."""
    for model in published:
        assert model.binding_ceiling != "cash"
        assert model.ceilings["cash"] > 2 * model.forces.deployed()


@pytest.mark.slow
def test_deployment_responds_to_money():
    """Same authorised force, a third of the money against more than enough: fewer people in Haiti."""
    deployed = {}
    for level in (0.33, 1.3):
        case = load_case(overrides={"funding.source": "level", "funding.level": level}, weight=500)
        deployed[level] = HaitiModel(case, run_seed=1).run(700).recorder.values["deployed_force"][-1]
    assert deployed[1.3] > 1.5 * deployed[0.33]


def test_forced_deployment_ignores_the_ceilings():
    case = load_case(overrides={"deployment.forced": True, "deployment.authorised": 5550}, weight=500)
    assert HaitiModel(case, run_seed=1).forces.deployed() == 5550


@pytest.mark.slow
def test_slow_money_comes_later():
    received = {}
    for reliability in ("steady", "slow"):
        choice = {"funding.source": "level", "funding.level": 1.0, "funding.reliability": reliability}
        model = HaitiModel(load_case(overrides=choice, weight=500), run_seed=1).run(180)
        received[reliability] = model.pool.received
    assert received["slow"] < 0.9 * received["steady"]
