"""A run saved on any day and loaded goes on as if nothing had happened, and a file that does not fit is refused."""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import mesa
import numpy as np
import pandas as pd
import pytest
from support.same_run import assert_same_run, differences, reloaded

from models.haiti.agents.gang import Gang
from models.haiti.agents.unit import Unit
from models.haiti.mechanisms.force.posture import Posture
from models.haiti.mechanisms.force.roads import Roads
from models.haiti.mechanisms.mission.equipment import Fleet
from models.haiti.mechanisms.people.relocation import Relocation
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from simulation.errors import InputError
from simulation.mechanism import Mechanism
from simulation.serialise.kept import KEPT, derived_of, kept

ROOT = Path(__file__).parents[4]
LAST = 50


class Restless(Gang):
    """Attacks somebody every third day, and keeps count."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.patience = [3]

    def decide(self):
        self.patience[0] -= 1
        if self.patience[0]:
            return []
        self.patience[0] = 3
        return super().decide() or super().decide()


GO_ON = """
import sys
from models.haiti.model import HaitiModel
for path in sys.argv[2:]:
    model = HaitiModel.load(path)
    model.run(int(sys.argv[1]) - model.day)
    model.save(path + ".end")
"""


@pytest.mark.slow
def test_a_run_goes_on_in_another_process_as_if_it_had_never_stopped(tmp_path):
    case = load_case(weight=200)
    whole = HaitiModel(case, run_seed=2, neighbourhoods=True, events=True).run(LAST)
    events = whole.events()
    after_clearing = events.day[events.kind == "cleared"].iloc[-1] + 1
    assert 1 < after_clearing < LAST
    model, paths = HaitiModel(case, run_seed=2, neighbourhoods=True, events=True), []
    for day in sorted({0, 1, 37, int(after_clearing)}):
        while model.day < day:
            model.step()
        paths.append(str(tmp_path / f"day-{day}.katye"))
        model.save(paths[-1])
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "4711"}
    subprocess.run([sys.executable, "-c", GO_ON, str(LAST), *paths], check=True, env=environment, timeout=300)
    for path in paths:
        assert_same_run(whole, HaitiModel.load(path + ".end"))


FORCED = {"deployment.forced": True, "deployment.authorised": 3000}
PAID = {"funding.source": "level", "funding.level": 0.8}


@pytest.mark.parametrize(
    "options",
    [
        {"overrides": FORCED},
        {"overrides": PAID | {"arrears.tolerance": 0, "arrears.withdraw_hazard": 0.1, "funding.cash_share": 0.05}},
        {"uncertainty": True},
        {"name": "no-mission"},
    ],
    ids=["forced", "companies leave", "uncertain", "no mission"],
)
def test_other_cases_go_on_too(options, tmp_path):
    case = load_case(**{"name": "baseline", "weight": 500} | options)
    model = HaitiModel(case, run_seed=3, events=True).run(20)
    again = reloaded(model, tmp_path)
    assert again.case.parameters.changes() == model.case.parameters.changes()
    assert dataclasses.replace(again.case, parameters=None) == dataclasses.replace(model.case, parameters=None)
    assert_same_run(model, again)
    assert_same_run(model.run(15), again.run(15))


def test_mechanisms_that_are_off_stay_off(tmp_path):
    case = dataclasses.replace(load_case(weight=500), off=("assaults", "operations"))
    model = HaitiModel(case, run_seed=1).run(3)
    again = reloaded(model, tmp_path)
    assert_same_run(model.run(10), again.run(10))
    assert again.recorder.daily().operations_today.sum() == 0


def test_closed_roads_stay_closed(tmp_path):
    model = HaitiModel(load_case(weight=500), run_seed=1).run(2)
    roads = [(a, b) for a, b, edge in model.terrain.places.graph.edges(data=True) if edge["kind"] == "road"][:3]
    for road in roads:
        model.terrain.close(*road)
    model.run(2)
    model.terrain.open(*roads[0])
    again = reloaded(model, tmp_path)
    assert again.terrain.places.closed.sum() == 4
    assert again.terrain.places.graph.edges[roads[1]]["closed"]
    assert_same_run(model.run(5), again.run(5))


def test_the_gangs_own_class_comes_back_when_it_is_given(tmp_path):
    model = HaitiModel(load_case(weight=500), gang_class=Restless, run_seed=1).run(4)
    path = tmp_path / "run.katye"
    with pytest.raises(InputError, match=r"class Restless, not Gang. Give it as gang_class=Restless"):
        reloaded(model, tmp_path)
    again = HaitiModel.load(path, gang_class=Restless)
    assert again.gangs[0].patience == [2]
    assert_same_run(model.run(7), again.run(7))
    reloaded(HaitiModel(load_case(weight=500), run_seed=1), tmp_path)
    with pytest.raises(InputError, match=r"class Gang, not Restless. Leave gang_class out"):
        HaitiModel.load(path, gang_class=Restless)


def test_a_subclass_of_the_model_opens_its_own_files(tmp_path):
    class Quiet(HaitiModel):
        """A model of somebody else."""

    model = Quiet(load_case(weight=500), run_seed=1).run(2)
    model.note = ["mine"]
    again = reloaded(model, tmp_path)
    assert type(again) is Quiet
    assert again.note == ["mine"]
    with pytest.raises(InputError, match=r"Open it with Quiet\.load"):
        HaitiModel.load(tmp_path / "run.katye")


def test_mesa_keeps_its_books(tmp_path):
    model = HaitiModel(load_case(weight=500), run_seed=1).run(12)
    model.rng.random()
    model.random.random()
    list(model.agents_by_type[Unit])[5].remove()
    again = reloaded(model, tmp_path)
    assert [type(agent) for agent in again.agents] == [type(agent) for agent in model.agents]
    assert [agent.unique_id for agent in again.agents] == [agent.unique_id for agent in model.agents]
    assert again.agent_types == model.agent_types
    for one in (model, again):
        assert one.step.__func__ is mesa.Model._wrapped_step
        assert one._user_step.__func__ is HaitiModel.step
    new = [Unit(one, "police", 10, one.base) for one in (model, again)]
    assert new[0].unique_id == new[1].unique_id == 1 + max(agent.unique_id for agent in [*model.agents][:-1])
    assert again.rng.random() == model.rng.random()
    assert again.random.random() == model.random.random()
    again.step()
    assert (again.steps, again.day) == (13, 13)
    assert again.datacollector.get_model_vars_dataframe().day.tolist() == list(range(14))
    assert again.households[7].people == again.population.people[7]


def test_what_the_city_shares_stays_shared(tmp_path):
    again = reloaded(HaitiModel(load_case(weight=500), run_seed=1).run(3), tmp_path)
    units = {id(unit) for unit in again.forces.units["mission"]}
    assert units
    assert {id(unit) for contingent in again.contingents for unit in contingent.units} == units
    assert all(mechanism.model is again for mechanism in again.mechanisms)
    assert again.operations in again.mechanisms
    roster = again.population.present
    assert np.array_equal(roster.slots[roster.position[roster.group >= 0]], np.flatnonzero(roster.group >= 0))


def test_saving_changes_nothing(tmp_path):
    one, two = (HaitiModel(load_case(weight=500), run_seed=1).run(5) for _ in range(2))
    one.save(tmp_path / "run.katye")
    assert differences(one, two) == []
    assert_same_run(one.run(5), two.run(5))


# What would be forgotten


def test_the_comparison_finds_what_saving_forgets(tmp_path, monkeypatch):
    model = HaitiModel(load_case(weight=500), run_seed=1).run(3)
    model.mission.fleet.towed = 2
    assert differences(model, reloaded(model, tmp_path)) == []
    with monkeypatch.context() as patch:
        patch.setattr(Fleet, "derived", ("towed",), raising=False)
        found = differences(model, reloaded(model, tmp_path))
    assert found == [".mission.fleet.towed: only on one side"]


@pytest.mark.parametrize(
    ("give", "where"),
    [
        (lambda model, thing: setattr(model.operations, "plan", thing), "model.operations.plan"),
        (lambda model, thing: setattr(model.gangs[3], "memory", [1, thing]), "model.gangs[3].memory[1]"),
        (lambda model, thing: setattr(model, "later", {"day": thing}), "model.later['day']"),
    ],
)
@pytest.mark.parametrize("thing", [lambda: None, type("Own", (), {})()], ids=["function", "own class"])
def test_state_that_cannot_be_saved_is_named_and_no_file_is_left(give, where, thing, tmp_path):
    model = HaitiModel(load_case(weight=1000), run_seed=1)
    give(model, thing)
    with pytest.raises(InputError, match="cannot be saved") as error:
        model.save(tmp_path / "run.katye")
    assert error.value.where == where
    assert not list(tmp_path.iterdir())


def test_what_is_said_to_be_derived_exists():
    model = HaitiModel(load_case(weight=1000), run_seed=1).run(2)
    assert model.households  # made when asked for
    things = (
        *model.mechanisms,
        model,
        model.terrain,
        model.terrain.places,
        model.command,
        model.forces,
        model.forces.all()[0],
        model.city,
        model.population,
    )
    held = {type(thing): thing for thing in things}
    derived = {kind: derived_of(kind) for kind in (*KEPT.values(), *held) if derived_of(kind)}
    assert derived.keys() <= held.keys()
    for kind, names in derived.items():
        assert all(hasattr(held[kind], name) for name in names)
    assert {kind for kind in derived if issubclass(kind, Mechanism)} >= {Posture, Roads, Relocation}


def test_two_classes_of_one_name_are_refused(tmp_path):
    class Fleet:
        pass

    with pytest.raises(
        TypeError, match=r"models\.haiti\.mechanisms\.mission\.equipment keeps a class called Fleet already"
    ):
        kept(Fleet)
    assert KEPT["Fleet"] is not Fleet

    class Unit(Mechanism):
        name = "unit"

    class Own(HaitiModel):
        KINDS = (*HaitiModel.KINDS, Unit)

    with pytest.raises(InputError, match="a class of a rule or a model cannot be called Unit"):
        Own(load_case(weight=2000)).save(tmp_path / "run.katye")


def test_new_rules_need_no_line_to_be_saved(tmp_path, monkeypatch):
    """A rule with state of its own, as somebody will write it: saved without a word anywhere else."""

    class Rumour(Mechanism):
        name = "rumour"

        def __init__(self, model):
            super().__init__(model)
            self.told = np.zeros((2, model.population.count))
            self.by = dict(zip(("word", "radio"), self.told))
            self.days = {}

        def step(self):
            self.by["radio"] += self.model.day
            self.days[self.model.day] = self.model.gangs[0]

    monkeypatch.setattr(HaitiModel, "KINDS", (*HaitiModel.KINDS, Rumour))
    model = HaitiModel(load_case(weight=1000), run_seed=1)
    for _ in range(3):
        model.step()
        model.rumour.step()
    again = reloaded(model, tmp_path)
    assert differences(model, again) == []
    assert again.rumour.days[2] is again.gangs[0]
    again.rumour.told[:] = 9.0
    assert again.rumour.by["word"][0] == 9.0


def test_a_population_from_a_file_goes_on_without_the_file(tmp_path):
    path = tmp_path / "people.csv"
    HaitiModel(load_case(weight=1000), run_seed=1).households.write(path)
    table = pd.read_csv(path)
    table.loc[table.people < 4000, "people"] += 50
    table.to_csv(path, index=False)
    model = HaitiModel(load_case(weight=1000, population=path), events=True, run_seed=1).run(3)
    branch = model.branch()
    model.save(tmp_path / "run.katye")
    path.unlink()
    again = HaitiModel.load(tmp_path / "run.katye")
    assert again.case.population == Path("people.csv")
    for one in (branch, again):
        one.branches.clear()
        one.case = dataclasses.replace(one.case, population=path)
        assert np.array_equal(one.city.density_per_km2, model.city.density_per_km2)
    model.run(5)
    assert_same_run(model, branch.run(5))
    pd.testing.assert_frame_equal(model.recorder.daily(), again.run(5).recorder.daily(), check_exact=True)


def test_stories_go_on(tmp_path):
    model = HaitiModel(load_case(weight=1000), events=True, run_seed=1).run(10)
    again = reloaded(model, tmp_path).run(10)
    row = int(model.run(10).diary.entries()["member"][-1])
    assert str(again.story(row)) == str(model.story(row))
    bare = reloaded(model, tmp_path, events=False)
    assert not len(bare.diary)
    with pytest.raises(InputError):
        bare.story(row)
