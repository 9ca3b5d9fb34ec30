"""The pages written from the code are those in the repository, and every rule says what it stands for."""

import importlib
import pkgutil

import pytest
from pages import catalogue, rules
from pages.markdown import ROOT
from pages.note import NOTE
from pages.writing import PAGES

from models.haiti import mechanisms
from models.haiti.bibliography import cited
from models.haiti.day import DAY
from simulation.mechanism import Mechanism


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_pages_are_up_to_date(path):
    written = (ROOT / path).read_text(encoding="utf-8")
    assert written == PAGES[path](), "run: make pages"


def test_every_rule_of_the_day_is_there_once():
    for module in pkgutil.walk_packages(mechanisms.__path__, f"{mechanisms.__name__}."):
        importlib.import_module(module.name)
    written = [kind for kind in Mechanism.__subclasses__() if kind.__module__.startswith(f"{mechanisms.__name__}.")]
    assert sorted(kind.__qualname__ for kind in written) == sorted(kind.__qualname__ for kind in DAY)
    assert len({kind.name for kind in DAY}) == len(DAY)


@pytest.mark.parametrize("kind", DAY, ids=lambda kind: kind.name)
def test_rules_say_what_holds_without_them_and_what_speaks_against_them(kind):
    assert kind.neutral.endswith(".")
    assert kind.objection.endswith(".")
    assert set(kind.covers) <= set(NOTE)


def test_metrics_that_rules_name_exist():
    assert not catalogue.unknown_metrics()


@pytest.mark.slow
def test_every_point_of_the_note_has_a_rule_or_scenario_parameters_tests_and_metrics():
    rows = catalogue.traceability()
    assert [row[0] for row in rows] == list(NOTE) == [f"M{number:02}" for number in range(1, 59)]
    assert not [row for row in rows if catalogue.MISSING in row or not all(row)]


def test_only_rules_that_cite_nothing_say_why():
    assert list(rules.reasons()["work"]) == [kind.name for kind in DAY if not cited(rules.texts(kind))]
