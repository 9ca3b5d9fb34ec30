"""The shipped scenarios: the policy options are all there, every file starts and runs, and comparisons compare one thing."""

import pandas
import pytest

from models.haiti import FAMILY
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case, scenario_list
from simulation.errors import InputError
from simulation.files.checked_text import shown

NAMES = [info.name for info in scenario_list()]
OPTIONS = [f"POL{number}" for number in range(12)]


def test_every_policy_option_is_there():
    assert set(OPTIONS) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_scenario_asks_a_question_and_runs(name):
    case = load_case(name, weight=2000)
    assert case.title
    assert case.question.endswith("?")
    assert case.days == (395 if name == "historic" else 730)  # what happened is known to June 2025
    model = HaitiModel(case, run_seed=2).run(3)
    assert model.pool.imbalance() < 1.0
    assert int(model.population.people.sum()) + model.ledger.sum_total("deaths_of_residents") == model.initial_people


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"weight": 10_001}, "weight 10001 leaves no city. It can be 1 to 10,000"),
        ({"days": 100_000}, "no table can hold dates as late as 100000 days bring. days can be 1 to 86,876"),
    ],
)
def test_sizes_that_no_run_can_have_are_refused(given, said):
    with pytest.raises(InputError) as error:
        load_case("baseline", **given)
    assert said in str(error.value)


def test_the_last_day_that_tables_can_hold():
    case = load_case("baseline", days=86_876)
    assert (pandas.Timestamp(case.start) + pandas.Timedelta(days=case.days)).year == 2262


def test_a_level_of_funding_is_refused_where_pledges_are_paid():
    with pytest.raises(InputError, match=r"--set: funding.level means nothing while funding.source is 'pledges'"):
        FAMILY.check_effect(load_case("baseline", overrides={"funding.level": 0.5}), ["funding.level"], "--set")
    FAMILY.check_effect(load_case("baseline", overrides={"funding.level": 0.5}), ["deployment.authorised"], "--set")
    FAMILY.check_effect(load_case("half-funding"), ["funding.level"], "--set")
    later = [{"day": 9, "what": "parameters", "set": {"funding.source": "level"}}]
    FAMILY.check_effect(load_case("baseline", events=later), ["funding.level"], "--set")


def test_everything_together_is_the_three_options_that_it_names():
    combined = dict(load_case("POL10").parameters)
    default = dict(load_case("POL0").parameters)
    changed = {
        name: value
        for part in ("POL8", "POL9")
        for name, value in load_case(part).parameters
        if value != default[name]
    }  # fmt: skip
    assert {name: value for name, value in combined.items() if value != default[name]} == changed
    assert [event.what for event in load_case("POL10").events] == ["adoption"]


def test_weaker_gangs_2004_differs_from_the_un_operation_of_today_by_gangs_alone():
    today, then = load_case("POL3"), load_case("weaker-gangs-2004")
    assert [(event.what, event.date) for event in today.events] == [(event.what, event.date) for event in then.events]
    differs = [name for name, value in then.parameters if value != dict(today.parameters)[name]]
    assert sorted(differs) == ["gang.arms", "gang.cohesion", "gang.members"]
    assert HaitiModel("weaker-gangs-2004", run_seed=1).state.members.sum() == 2200


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('title = "\\u001b[2Jmine"', "control characters"),
        ('title = "mine\\nResults: elsewhere"', "several lines"),
        ('question = "\\u0007?"', "control characters"),
        ('"\\u001b]0;me" = 1', "control characters"),
        ('[[events]]\nwhat = "veto"\nday = 99999999999', "no whole number from 0 to 100,000"),
        ("[parameters]\n" + f'"travel.road_speed" = 1{"0" * 400}', "the whole number is too large"),
    ],
)
def test_a_scenario_of_a_stranger_is_refused_in_one_line(tmp_path, text, said):
    (tmp_path / "x.toml").write_text(text)
    with pytest.raises(InputError, match=said) as error:
        load_case(tmp_path / "x.toml")
    assert shown(str(error.value)) == str(error.value)
    assert "\n" not in str(error.value)


def test_a_question_may_go_over_several_lines(tmp_path):
    (tmp_path / "x.toml").write_text('question = """Ça\nva?"""')
    assert load_case(tmp_path / "x.toml").question == "Ça\nva?"
