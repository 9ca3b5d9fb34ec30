"""Parameters that mean nothing in a case: there not a bit of the run depends on them, and where they are read some do."""

from __future__ import annotations

import functools

import pytest
from support import priors
from support.same_run import assert_same_run

from experiments.study.study import read_content
from models.haiti.family import FAMILY
from models.haiti.model import HaitiModel
from models.haiti.parameters import default_parameters
from models.haiti.scenario.only_when import ONLY_WHEN, unmoved
from models.haiti.scenario.scenario import load_case
from simulation.errors import InputError

ROWS = {row.name: row for row in default_parameters().rows()}
WEIGHT, DAYS = 10_000, 100
BASE = {"self_defence.active": False}
LEVEL = {"funding.source": "level", "deployment.forced": True, "deployment.authorised": 1500}
NOW = {"what": "adoption", "day": 2, "probability": 1, "lag": 1}
CRISIS = {"deployment.at_start": 2500, "funding.fulfilment": 0.3}  # pay runs out in three months
WATCHED = {"contingency.in_place": True, "contingency.supply": 0.0, "contingency.runway": 0.0}
# Where each parameter is read: overrides, events, and days until it shows.
READ_IN = {
    "funding.level": (LEVEL, (), 10),
    "funding.cash_share": (LEVEL, (), 10),
    "funding.stop_go_days": ({"funding.reliability": "stop_go"}, (), 240),
    "contingency": (CRISIS | {"contingency.in_place": True, "contingency.lag": 5.0}, (), 100),
    "contingency.vehicles": (WATCHED | {"contingency.usable": 0.0, "equipment.break_base": 0.02}, (), 150),
    "contingency.usable": (
        WATCHED | {"contingency.vehicles": 0.0, "deployment.at_start": 1000, "funding.source": "level"},
        ({"what": "donor_shock", "day": 60, "donor": "all", "in_kind": 0},), 200,
    ),
    "appeal": (CRISIS | {"appeal.rate": 0.2, "appeal.days": 30}, (), 150),
    "support.un_logistics": ({}, (NOW | {"option": "un_logistics"},), 20),
    "support.un_peacekeeping": ({}, (NOW | {"option": "un_peacekeeping"},), 20),
    "support": ({"deployment.forced": True}, (NOW | {"option": "suppression_force"},), 100),
    "support.suppression_force": ({}, (NOW | {"option": "suppression_force"},), 20),
    "support.base_budget": ({}, (NOW | {"option": "un_logistics"},), 30),
    "support.replaced_vehicles": (
        {"deployment.forced": True, "equipment.combat_loss": 1.0, "equipment.vehicle_price": 1e4},
        (NOW | {"option": "un_logistics"},), 150,
    ),
    "mandate.next_option": ({"mandate.at_expiry": "change", "mandate.adoption_probability": 1.0}, (), 250),
    "mandate.next_authorised": ({"mandate.at_expiry": "change", "mandate.adoption_probability": 1.0}, (), 250),
    "mandate.adoption_probability": (
        {"mandate.adoption_probability": 0.0}, ({"what": "adoption", "day": 2, "option": "un_logistics", "lag": 1},), 20,
    ),
    "mandate.adoption_lag": ({}, ({"what": "adoption", "day": 2, "option": "un_logistics", "probability": 1},), 500),
    "mandate.adoption_lag_spread": (
        {"mandate.adoption_lag": 20.0}, ({"what": "adoption", "day": 2, "option": "un_logistics", "probability": 1},), 100,
    ),
    "mandate.drawdown_days": ({}, ({"what": "withdrawal", "day": 5},), 20),
    "mandate": ({}, (NOW | {"option": "un_peacekeeping", "ceiling": 3000},), 100),
    "mandate.permission_suppression": ({"deployment.forced": True}, (NOW | {"option": "suppression_force"},), 60),
    "deployment.forced_vehicles": ({"deployment.forced": True}, (), 3),
    "contributor": ({"deployment.authorised": 9000}, (), 400),
    "arrears.withdraw_hazard": (CRISIS | {"arrears.tolerance": 5.0}, (), 200),
    "tolerance.hazard": (
        {"deployment.at_start": 2500, "tolerance.deaths": 0.0, "arrears.withdraw_hazard": 0.05, "force.quality_mission": 0.1},
        (), 250,
    ),
    "strike": ({"strike.active": True, "strike.rate": 2.0}, (), 60),
    "strike.first_day": ({"strike.active": True, "strike.rate": 2.0, "strike.first_day": 10}, (), 30),
    "self_defence": (
        {"self_defence.active": True, "self_defence.victims": 0.05, "self_defence.share": 0.03, "fear.half_dose": 0.5},
        (), 60,
    ),
    "prosecution": ({"prosecution.removal": 1.0, "prosecution.violence_days": 30}, (), 150),
    "prosecution.violence_days": (
        {"prosecution.removal": 1.0, "prosecution.violence_days": 30, "gang.act_rate": 2.0}, (), 150
    ),
    "liaison": ({"liaison.effort": 1.0, "deployment.forced": True}, (), 60),
    "liaison.cost": ({"liaison.effort": 1.0, "funding.source": "level", "funding.level": 3.0}, (), 60),
    "election": ({"election.day": 40, "election.observers": 0.5}, (), 60),
}  # fmt: skip


def where_read(name):
    return READ_IN.get(name) or READ_IN[name.partition(".")[0]]


def other(name, given):
    """Another legal value of a parameter, far from the one it has there."""
    row = ROWS[name]
    value = given.get(name, row.default)
    if row.choices:
        return "un_peacekeeping" if value != "un_peacekeeping" else "un_logistics"
    if row.prior is not None:
        return max(priors.ends(row), key=lambda end: abs(end - value))
    low, high = row.bounds
    far = low if value - low > high - value else min(high, 2 * value + 1)
    return type(row.default)(far)


@functools.cache
def base(overrides, events, days):
    return made(dict(overrides), [dict(event) for event in events], days)


def made(overrides, events, days):
    case = load_case("baseline", overrides=overrides, events=events, days=days, weight=WEIGHT)
    return HaitiModel(case, run_seed=5, neighbourhoods=True, events=True).run()


def frozen(table):
    return tuple(sorted(table.items()))


@pytest.mark.parametrize("overrides", [BASE, LEVEL], ids=["as pledged", "forced and paid at a level"])
def test_not_a_bit_depends_on_what_means_nothing(overrides):
    case = load_case("baseline", overrides=overrides, days=DAYS, weight=WEIGHT)
    idle = [name for name in unmoved(case, ONLY_WHEN) if name != "funding.source"]
    assert len(idle) > 40
    changed = overrides | {name: other(name, overrides) for name in idle}
    one, two = base(frozen(overrides), (), DAYS), made(changed, (), DAYS)
    two.case, two.parameters = one.case, one.parameters  # in these they differ, and nothing else may
    assert_same_run(one, two)


def test_between_them_these_two_cases_show_every_condition_unmet():
    idle = [unmoved(load_case("baseline", overrides=overrides), ONLY_WHEN) for overrides in (BASE, LEVEL)]
    assert set(idle[0]) | set(idle[1]) == set(ONLY_WHEN)


@pytest.mark.slow
@pytest.mark.parametrize("name", ONLY_WHEN)
def test_something_depends_on_it_where_it_is_read(name):
    overrides, events, days = where_read(name)
    case = load_case("baseline", overrides=overrides, events=events, days=days, weight=WEIGHT)
    assert unmoved(case, [name]) == {}
    one = base(frozen(overrides), tuple(map(frozen, events)), days)
    two = made(overrides | {name: other(name, overrides)}, events, days)
    assert not one.recorder.daily().equals(two.recorder.daily())


def test_nothing_is_said_where_rules_from_outside_may_read_anything(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("from models.haiti.metrics import Metric\n\nMINE = Metric('mine', '-', 'one', lambda model: 1)\n")
    assert unmoved(load_case("baseline"), ["strike.rate"])
    case = load_case("baseline", bring={"metrics": [f"{path}:MINE"]})
    assert unmoved(case, ["strike.rate"]) == {}


def test_what_is_drawn_may_be_anything_and_what_is_off_is_not_read():
    assert "prosecution.split" in unmoved(load_case("baseline"), ["prosecution.split"])
    assert not unmoved(load_case("baseline", uncertainty=True), ["prosecution.split"])
    fixed = load_case("baseline", uncertainty=True, overrides={"prosecution.removal": 0.0})
    assert "prosecution.split" in unmoved(fixed, ["prosecution.split"])
    assert not unmoved(load_case("POL2"), ["support.un_logistics"])
    assert "support.un_logistics" in unmoved(load_case("POL2", off=["support"]), ["support.un_logistics"])
    assert not unmoved(load_case("POL6"), ["support.un_logistics", "contingency.lag"])  # a plan may bring the package


def study(vary, **fixed):
    content = {"scenario": "baseline", "days": 30, "weight": 2000, "replicates": 2, "design": "factorial", "vary": vary}
    return read_content(content | {"fixed": fixed} if fixed else content, "mine", "study mine.toml")


def test_a_study_is_refused_where_a_parameter_matters_in_no_cell_and_allowed_where_it_does_in_some():
    days = {"funding.stop_go_days": [60, 180]}
    with pytest.raises(InputError) as error:
        study(days | {"deployment.authorised": [1000, 2500]})
    assert "funding.stop_go_days means nothing unless funding.reliability is 'stop_go'" in str(error.value)
    assert "Set funding.reliability to 'stop_go'" in str(error.value)
    allowed = study(days | {"funding.reliability": ["steady", "stop_go"]})
    assert len(allowed.cells()) == 4
    with pytest.raises(
        InputError, match=r"support.un_logistics means nothing where the option 'un_logistics' cannot be"
    ):
        study({"support.un_logistics": [0.5, 0.9]})
    assert FAMILY.unmoved is unmoved


def test_days_that_are_shared_count_too():
    """Liaison that was set up in the shared days fades after them, at a speed that is a parameter."""
    content = {
        "scenario": "baseline", "days": 30, "weight": 2000, "replicates": 2, "design": "factorial", "shared_start": 10,
        "vary": {"liaison.setup": [30.0, 180.0]}, "arms": {"ends": {"liaison.effort": 0.0}},
    }  # fmt: skip
    with pytest.raises(InputError, match=r"liaison.setup means nothing without an effort"):
        read_content(content, "mine", "study mine.toml")
    assert read_content(content | {"fixed": {"liaison.effort": 1.0}}, "mine", "study mine.toml")
