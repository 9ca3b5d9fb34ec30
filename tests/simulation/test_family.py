"""The port: models are found by name, by module and by entry point, and what cannot be one is told in one line."""

from __future__ import annotations

import importlib.metadata

import pytest
from support.stand_in import FAMILY, MODEL

from simulation.errors import InputError
from simulation.port import family
from simulation.port.outcomes import Outcome, source_of
from simulation.port.plugins import Brought, load, read_brought


def test_families_are_found_by_name_and_by_module():
    assert {"haiti", "epstein"} <= set(family.family_names())
    assert family.find_family().name == "haiti"
    assert family.find_family("epstein").name == "epstein"
    assert family.find_family(MODEL) is FAMILY


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("hatti", "--model: unknown model 'hatti'. Did you mean haiti?"),
        ("no.such:FAMILY", "model 'no.such:FAMILY': cannot be imported (No module named 'no')"),
        ("support.stand_in:FAMILLY", "support.stand_in has no FAMILLY"),
        ("support.stand_in:START", "START is a date, and a ModelFamily is wanted"),
    ],
)
def test_what_is_no_family_is_told_in_one_line(name, message):
    with pytest.raises(InputError) as error:
        family.find_family(name)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_an_installed_package_brings_a_model_by_entry_point(monkeypatch):
    point = importlib.metadata.EntryPoint("elsewhere", MODEL, family.GROUP)
    listed = importlib.metadata.entry_points

    def points(**given):
        ours = given.get("group") == family.GROUP and given.get("name", "elsewhere") == "elsewhere"
        return [point] if ours else listed(**given)

    monkeypatch.setattr(importlib.metadata, "entry_points", points)
    family.find_family.cache_clear()
    assert family.find_family("elsewhere") is FAMILY
    assert "elsewhere" in family.family_names()
    family.find_family.cache_clear()


def test_a_model_that_takes_nothing_from_outside_says_so():
    with pytest.raises(InputError, match="the model stand-in takes no metrics, mechanisms, agents or maps"):
        FAMILY.bringing(Brought(metrics=("a:B",)))


def test_what_is_brought_is_read_back_from_what_it_writes(tmp_path):
    (tmp_path / "mine.py").write_text("THING = 1\n")
    (tmp_path / "map").mkdir()
    table = {
        "metrics": ["mine.py:THING", "package.module:METRIC"],
        "mechanisms": [{"add": "mine.py:THING", "after": "flight"}, {"replace": "trust", "by": "a.b:C"}],
        "agents": {"gang": "a.b:Gang"},
        "data": "map",
    }
    brought = read_brought(table, "here", tmp_path)
    assert read_brought(brought.content(), "again") == brought
    assert brought.metrics[0] == f"{tmp_path / 'mine.py'}:THING"
    assert load(brought.metrics[0], "katye.metrics", "metric") == 1
    assert tmp_path / "mine.py" in brought.files()
    assert (brought | Brought()) == brought
    assert not Brought()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"metric": []}, "unknown key 'metric'. Did you mean metrics"),
        ({"metrics": "a:B"}, "'a:B' is no list"),
        ({"metrics": ["none.py:X"]}, "there is no such file"),
        ({"data": "nowhere"}, "there is no such folder"),
        ({"mechanisms": [{"add": "a:B"}]}, "says neither what to add and where"),
        ({"mechanisms": ["a:B"]}, "'a:B' is no table"),
    ],
)
def test_a_wrong_table_is_told_what_and_where(tmp_path, table, message):
    with pytest.raises(InputError) as error:
        read_brought(table, "study x, [bring]", tmp_path)
    assert message in str(error.value)
    assert str(error.value).startswith("study x, [bring]")


def test_a_name_that_no_entry_point_has_is_told():
    with pytest.raises(InputError, match="unknown metric 'curfew'"):
        load("curfew", "katye.metrics", "metric")


def test_outcomes_are_checked_and_show_how_they_are_computed():
    with pytest.raises(ValueError, match="format 'percent'"):
        Outcome("x", "share", "?", format="percent")
    with pytest.raises(ValueError, match="direction 2"):
        Outcome("x", "share", "?", direction=2)
    assert Outcome("two_words", "people", "?").title == "Two words"
    name = "residents"
    assert source_of(lambda model: model.sum(name)) == "model.sum('residents')"
