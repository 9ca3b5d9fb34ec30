"""Every mechanism does something in a lively city, can be switched off, and says where a bound breaks."""

from dataclasses import replace

import numpy as np
import pytest

from models.haiti.day import DAY, SWITCHES
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from models.haiti.start.founding import BURN_IN_DAYS
from simulation.errors import BoundError

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", SWITCHES)
def test_every_mechanism_can_be_switched_off_and_matters(name):
    lively = {"gang.act_rate": 0.5, "deployment.at_start": 600, "prosecution.removal": 0.01, "command.tempo": 0.05}
    lively |= {"liaison.effort": 1.0, "self_defence.active": True, "strike.active": True}
    quick_return = {"displaced.return_days": 5, "displaced.return_rate": 0.05, "displaced.return_threshold": 0.6}
    council = {"mandate.option": "un_logistics", "tolerance.deaths": 0, "arrears.withdraw_hazard": 0.1}
    events = (
        {"what": "donor_shock", "donor": "all", "day": 5, "in_kind": 0},
        {"what": "airport_closure", "day": 10, "days": 20},
        {"what": "adoption", "day": 8, "option": "un_peacekeeping", "ceiling": 2000, "probability": 1, "lag": 3},
    )
    case = load_case(overrides=lively | quick_return | council, weight=500, events=events)
    on = HaitiModel(case, run_seed=3).run(60).recorder.daily()
    off = HaitiModel(replace(case, off=(name,)), run_seed=3).run(60).recorder.daily()
    assert not on.equals(off)


def test_a_rule_that_is_off_is_never_asked_for_its_day(monkeypatch):
    asked = []
    for kind in DAY:
        step = kind.step
        monkeypatch.setattr(
            kind, "step", lambda self, step=step: (asked.append((self.name, self.model.day)), step(self))
        )
    model = HaitiModel(replace(load_case(weight=2000), off=("flight", "assaults")), run_seed=3).run(2)
    on = [kind.name for kind in DAY if kind.name not in ("flight", "assaults")]
    assert [rule.name for rule in model.mechanisms if rule.on] == on
    assert [name for name, day in asked if day > 0] == on * 2
    before = [kind.name for kind in DAY if kind.burn_in and kind.name in on]
    assert [name for name, day in asked if day <= 0] == before * BURN_IN_DAYS
    assert before == ["posture", "operations", "background", "control", "exposure"]


def test_a_broken_bound_stops_the_run_and_says_where():
    model = HaitiModel(load_case(weight=500), run_seed=3).run(5)
    true_bounds = model.flight.bounds
    model.flight.bounds = lambda *pressure: true_bounds(*pressure) * 0.2
    with pytest.raises(BoundError, match=r"flight: .* in \w+ on day \d+"):
        model.run(30)


def test_a_gang_with_other_decisions_runs():
    from models.haiti.agents.gang import Gang

    class Peaceful(Gang):
        def decide(self):
            return []

    model = HaitiModel(load_case(weight=500), run_seed=3, gang_class=Peaceful).run(40)
    assert model.ledger.sum_total("assaults") == 0
    assert model.ledger.sum_total("raids") == 0


def test_households_are_mesa_agents_made_on_demand():
    import mesa

    model = HaitiModel(load_case(weight=500), run_seed=3)
    before = len(model.agents)
    household = model.households[17]
    assert isinstance(household, mesa.Agent)
    assert len(model.agents) == before
    assert household.people == int(model.population.people[17])
    assert 0.0 <= household.fear <= 1.0
    hosted = model.households.select(status="with a host family", at_most=5)
    chosen = mesa.agent.AgentSet(hosted, random=model.random)
    assert len(chosen) == 5
    assert all(agent.displaced for agent in chosen)


def test_mesas_data_collector_shows_the_daily_table():
    model = HaitiModel(load_case(weight=500), run_seed=3).run(10)
    table = model.datacollector.get_model_vars_dataframe()
    assert len(table) == 11
    np.testing.assert_array_equal(table.displaced_people, model.recorder.daily().displaced_people)
