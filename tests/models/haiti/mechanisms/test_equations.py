"""Every rule writes down what it computes, with names that exist, and no parameter is left out."""

import re

import pytest

from models.haiti.day import DAY
from models.haiti.parameters import FOUNDING, GROUPS, default_parameters

PARAMETERS = {name for name, _ in default_parameters()}
STATE = {name for kind in DAY for name in (*kind.reads, *kind.writes)} | {"beyond.pressure", "command.weights"}
NAME = re.compile(r"\b[a-z][a-z_]*\.(?:[a-z][a-z_0-9]*|\*)")
EQUATIONS = " ".join(equation for kind in DAY for equation in kind.equations)
LONGEST = 160


def names(text):
    return set(NAME.findall(text))


@pytest.mark.parametrize("kind", DAY, ids=lambda kind: kind.name)
def test_a_rule_writes_down_its_equations_with_names_that_exist(kind):
    assert kind.equations, "what does its step compute?"
    assert all(0 < len(equation) <= LONGEST and "`" not in equation.replace("`", "", 2) for equation in kind.equations)
    groups = {f"{group}.*" for group in GROUPS}
    assert names(" ".join(kind.equations)) - PARAMETERS - STATE - groups == set()


@pytest.mark.parametrize("kind", DAY, ids=lambda kind: kind.name)
def test_brackets_of_equations_close(kind):
    for equation in kind.equations:
        assert equation.count("(") == equation.count(")"), equation
        assert equation.count("[") == equation.count("]"), equation


def test_every_parameter_of_a_running_city_stands_in_an_equation():
    written = names(EQUATIONS)
    left_out = {name for name in PARAMETERS - set(FOUNDING) if not {name, f"{name.partition('.')[0]}.*"} & written}
    assert left_out == set()


@pytest.mark.parametrize("kind", DAY, ids=lambda kind: kind.name)
def test_what_a_rule_with_parameters_of_its_own_computes_names_one_of_them(kind):
    own = {name for name, group in GROUPS.items() if group.__module__ == kind.__module__}
    written = {name.partition(".")[0] for name in names(" ".join(kind.equations))}
    assert not own or own & written
