"""Copies that Python's own tools would make of a running model: right, or refused with the ways that are."""

import copy
import pickle

import cloudpickle
import mesa
import pytest

from models.epstein import FAMILY
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from simulation.errors import InputError

WAYS = {"copy": copy.copy, "deepcopy": copy.deepcopy, "pickle": pickle.dumps, "cloudpickle": cloudpickle.dumps}
PARTS = {
    "model": lambda model: model,
    "gang": lambda model: model.gangs[0],
    "unit": lambda model: model.forces.units["police"][0],
    "contingent": lambda model: model.contingents[0],
    "donor": lambda model: model.donors[0],
}
HOLDERS = {
    "household": lambda model: model.households[3],
    "households": lambda model: model.households,
    "rule": lambda model: model.flight,
    "list": lambda model: [model],
    "agents": lambda model: model.agents,
    "day": lambda model: model.step,
    "agent of somebody else": mesa.Agent,
}


@pytest.fixture(scope="module")
def model():
    return HaitiModel(load_case(weight=5000), run_seed=3).run(2)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("part", PARTS)
def test_models_and_those_who_decide_are_not_copied(model, part, way):
    with pytest.raises(InputError, match=r"cannot be copied or pickled. model.branch\(\) .* model.save\(path\)"):
        WAYS[way](PARTS[part](model))


@pytest.mark.parametrize("way", ["deepcopy", "pickle", "cloudpickle"])
@pytest.mark.parametrize("holder", HOLDERS)
def test_nothing_takes_a_model_along(model, holder, way):
    with pytest.raises(
        InputError, match=r"a HaitiModel cannot be copied or pickled. model.branch\(\) .* model.save\(path\)"
    ):
        WAYS[way](HOLDERS[holder](model))


def test_a_copied_view_shows_the_same_household(model):
    one = copy.copy(model.households[3])
    assert one == model.households[3]
    one.fear = 0.75
    assert model.households[3].fear == pytest.approx(0.75)


def test_a_copied_list_of_agents_is_of_the_same_agents(model):
    assert list(copy.copy(model.agents)) == list(model.agents)


def test_a_subclass_is_refused_too(model):
    class Mine(HaitiModel):
        """A model of somebody else."""

    with pytest.raises(InputError, match="a Mine cannot be copied"):
        copy.deepcopy(Mine(load_case(weight=5000), run_seed=1))


def test_the_model_of_epstein_goes_on_as_its_copy_does():
    model = FAMILY.create(FAMILY.load_case("baseline", days=30), run_seed=3).run(5)
    for twin in (copy.deepcopy(model), pickle.loads(cloudpickle.dumps(model))):
        again = copy.deepcopy(model).run(10).recorder.daily()
        assert twin.run(10).recorder.daily().equals(again)
        assert len(twin.agents) == len(model.agents)
        assert {agent.model for agent in twin.agents} == {twin}
    assert model.run(10).recorder.daily().equals(again)
