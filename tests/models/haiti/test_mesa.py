"""What `docs/mesa.md` says of Mesa is true, and sets of households are as Mesa's sets are but hold what is in them."""

import copy
import doctest
import gc
from pathlib import Path

import mesa
import pytest

from models.haiti.agents.gang import Gang
from models.haiti.agents.household import Household
from models.haiti.model import HaitiModel
from models.haiti.people import on_demand
from models.haiti.people.household_sets import HouseholdSet
from models.haiti.scenario.scenario import load_case
from simulation.errors import InputError

PAGE = Path(__file__).parents[3] / "docs" / "mesa.md"


@pytest.fixture(scope="module")
def model():
    return HaitiModel(load_case(weight=2000), run_seed=3)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_every_example_of_the_page_gives_what_it_says():
    flags = doctest.ELLIPSIS
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, optionflags=flags)
    assert tried > 40
    assert failed == 0


def test_what_is_made_from_a_set_holds_its_households(model):
    chosen = model.households.select(at_most=30)
    rows = [one.row for one in chosen]
    made = {
        "select": chosen.select(lambda one: one.row % 2 == 0),
        "shuffle": chosen.shuffle(),
        "sort": chosen.sort("row", ascending=True),
        "copy": copy.copy(chosen),
        "all": chosen.select(),
        "type": chosen.select(agent_type=Household),
    }
    groups = dict(iter(chosen.groupby("wealth")))
    del chosen
    gc.collect()
    assert [one.row for one in made["sort"]] == sorted(rows)
    assert [one.row for one in made["select"]] == [row for row in rows if row % 2 == 0]
    assert sorted(one.row for one in made["shuffle"]) == sorted(rows)
    assert all(isinstance(found, HouseholdSet) for found in (*made.values(), *groups.values()))
    assert [len(made[name]) for name in ("copy", "all", "type")] == [30, 30, 30]
    assert sum(len(group) for group in groups.values()) == 30


def test_a_set_changes_in_place_as_mesas_does(model):
    chosen = model.households.select(at_most=6)
    assert chosen.select(lambda one: one.row < 4, inplace=True) is chosen
    assert chosen.sort("row", inplace=True) is chosen
    assert [one.row for one in chosen] == [3, 2, 1, 0]
    assert chosen.shuffle(inplace=True) is chosen
    order = [one.row for one in chosen]
    assert sorted(order) == [0, 1, 2, 3]
    assert [one.row for one in chosen[:]] == chosen.get("row") == order
    chosen.add(model.households[9])
    chosen.add(model.households[9])
    chosen.discard(model.households[0])
    chosen.discard(model.households[17])
    chosen.remove(model.households[1])
    gc.collect()
    assert sorted(one.row for one in chosen) == sorted(chosen.get("row")) == [2, 3, 9]
    assert len(chosen) == 3
    with pytest.raises(KeyError):
        chosen.remove(model.households[1])
    assert sorted(chosen.groupby("row", "list").groups) == [2, 3, 9]
    assert "<table>" in chosen._repr_html_()


def test_nobody_selected_is_a_set_too(model):
    none = model.households.select(at_most=0)
    assert (len(none), list(none), none.get("people"), none.agg("people", sum)) == (0, [], [], 0)


def test_a_function_selects_before_a_sample_is_drawn(model):
    even = model.households.select(lambda one: one.row % 2 == 0, sample=10)
    assert len(even) == 10
    assert all(one.row % 2 == 0 for one in even)
    assert max(one.row for one in even) > 50
    asked = []
    model.households.select(lambda one: asked.append(one.row) or True, at_most=3)
    assert asked == [0, 1, 2]


def test_all_households_do_what_a_set_of_them_does(model):
    everybody, listed = model.households, model.households.everybody()
    assert len(everybody) == len(listed) == model.population.count
    for get in (
        lambda who: who.get("people"),
        lambda who: who.get(["row", "place"]),
        lambda who: who.map("_where", "x"),
    ):
        assert get(everybody) == get(listed)
    assert everybody.agg("people", [min, max]) == listed.agg("people", [min, max])
    assert everybody.groupby("wealth").count() == listed.groupby("wealth").count()
    assert everybody.get("nothing", handle_missing="default", default_value=1)[:2] == [1, 1]
    rows = []
    assert everybody.do(lambda one: rows.append(one.row)) is everybody
    assert rows == list(range(len(everybody)))
    everybody.shuffle_do(lambda one: rows.remove(one.row))
    assert rows == []
    fears = everybody.get("fear")
    everybody.set("fear", 0.25)
    assert set(everybody.get("fear")) == {0.25}
    for one, fear in zip(everybody, fears):
        one.fear = fear


def test_too_many_agents_at_once_are_refused(model, monkeypatch):
    monkeypatch.setattr(on_demand, "MOST", 10)
    with pytest.raises(InputError, match=r"too many agents at once\. Take a sample: model\.households\.select"):
        model.households.groupby("wealth")
    assert model.households.agg("people", max) > 0


def test_the_table_of_types_knows_households_and_lists_those_who_decide(model):
    assert model.agents_by_type[Household] is model.households
    assert len(model.agents_by_type[Gang]) == len(model.gangs)
    assert sum(map(len, model.agents_by_type.values())) == len(model.agents)
    with pytest.raises(KeyError):
        model.agents_by_type[mesa.Agent]


def test_a_loaded_and_a_branched_model_know_them_too(model, tmp_path):
    model.save(tmp_path / "kept.katye")
    for other in (HaitiModel.load(tmp_path / "kept.katye"), model.branch()):
        assert other.agents_by_type[Household] is other.households
        assert other.agents_by_type[Household][3].model is other
        assert sum(map(len, other.agents_by_type.values())) == len(other.agents)


def test_agents_say_in_one_line_what_they_are(model):
    who = [
        *model.gangs,
        *model.forces.all(),
        *model.contingents,
        *model.donors,
        model.households[3],
        model.households,
        model,
    ]
    who += [model.neighbourhood("Solino"), model.households.select(at_most=2)]
    for one in who:
        said = repr(one)
        assert (said[0], said[-1]) == ("<", ">")
        assert "\n" not in said
        assert "object at" not in said
    assert model.gangs[0].name in repr(model.gangs[0])
    assert repr(object.__new__(Gang)) == "<Gang>"
    assert repr(object.__new__(HaitiModel)) == "<HaitiModel>"
