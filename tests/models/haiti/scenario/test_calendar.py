"""Dated events: they happen, last and end; and whatever contradicts something is refused with both lines."""

import dataclasses
import datetime

import pytest

from models.haiti.mechanisms.mission import funding
from models.haiti.model import HaitiModel
from models.haiti.scenario.events import KINDS, Kind, Setting, register
from models.haiti.scenario.scenario import load_case, scenario_list
from simulation.errors import InputError
from simulation.files.toml_lines import TomlLines

WEIGHT = 2000


def run(days, *events, seed=1, **overrides):
    overrides = {name.replace("__", "."): value for name, value in overrides.items()}
    return HaitiModel(load_case(overrides=overrides, weight=WEIGHT, events=events), run_seed=seed).run(days)


def scenario(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return load_case(path, weight=WEIGHT)


# What happens


def test_parameters_change_for_a_time_and_what_was_computed_from_them_follows():
    changes = {"command.value_population": 9.0, "hold.guard": 2.0, "travel.road_speed": 30.0, "destination.site": 1.4}
    model = run(3, {"day": 4, "days": 5, "set": changes | {"phase_deployment.patrol": 0.9}})
    hours, worth = model.terrain.hours.copy(), model.operations._worth.copy()
    model.run(1)
    assert model.parameters.command.value_population == 9.0
    assert not (model.operations._worth == worth).all()
    assert model.terrain.hours.mean() < hours.mean()
    fresh = HaitiModel(load_case(overrides=dict(model.parameters.changes()), weight=WEIGHT), run_seed=1)
    assert (model.operations._worth == fresh.operations._worth).all()
    assert (model.posture._mixes == fresh.posture._mixes).all()
    assert (model.relocation._pull == fresh.relocation._pull).all()
    model.run(5)
    assert model.parameters.changes() == {}
    assert (model.terrain.hours == hours).all()
    assert (model.operations._worth == worth).all()


def test_a_level_of_money_can_stop_at_a_date():
    paid = {"funding__source": "level", "funding__half_life_trust_fund": 1, "funding__half_life_bilateral": 1}
    event = {"date": "2024-06-11", "until": "2024-06-21", "set": {"funding.level": 0}}
    received = run(40, event, **paid).recorder.values["funding_received_usd_total"]
    daily = received[9] - received[8]
    assert received[19] - received[18] < daily / 100
    assert received[40] - received[39] == pytest.approx(daily, rel=0.01)


def test_parameters_in_force_come_back_after_a_run_was_opened_with_those_of_its_case():
    model = run(5, {"day": 2, "set": {"gang.terror": 0.01, "funding.level": 0.2}}, funding__source="level")
    promised = [donor.daily_promise for donor in model.donors]
    model.parameters = model.case.parameters
    model.run(1)
    assert model.parameters.gang.terror == 0.01
    assert [donor.daily_promise for donor in model.donors] == promised


def test_the_airport_and_a_road_close_and_open_again():
    model = run(9, {"what": "airport_closure", "day": 5, "days": 10}, deployment__at_start=0)
    assert not model.airport_open()
    model.run(6)
    assert model.airport_open()
    event = {
        "what": "corridor_closure",
        "date": "2024-06-05",
        "until": "2024-06-10",
        "between": ["Martissant", "Bolosse"],
    }
    model = run(6, event)
    a, b = model.city.resolve("martissant"), model.city.resolve("bolosse")
    assert model.terrain.route(a, b) != [a, b]
    model.run(4)
    assert model.terrain.route(a, b) == [a, b]


def test_nobody_lands_while_the_airport_is_closed():
    closed = run(60, {"what": "airport_closure", "day": 10, "until": "2024-08-15"})
    landed = closed.recorder.values["deployed_force"]
    assert landed[60] <= landed[9]
    assert run(60).forces.deployed() > landed[60]


def test_a_contingent_gets_ready_when_the_scenario_says_so():
    event = {"what": "contingent", "day": 3, "country": "Benin", "people": 300, "ready": 20}
    model = run(4, event)
    benin = next(one for one in model.contingents if one.country == "Benin")
    assert sum(batch.people for batch in benin.batches if batch.ready_day == 23) == 300


def test_events_switched_off_do_not_happen():
    case = load_case(weight=WEIGHT, events=[{"day": 2, "set": {"gang.terror": 0.01}}])
    model = HaitiModel(dataclasses.replace(case, off=("calendar",)), run_seed=1).run(3)
    assert model.parameters.changes() == {}


def test_other_groups_can_register_a_kind():
    told = []
    kind = Kind("rumour", "somebody says something", lambda model, event: told.append((model.day, event.get("loud"))),
                {"loud": Setting(0.5, "share", "how loud", (0, 1))})  # fmt: skip
    register(kind)
    try:
        run(4, {"what": "rumour", "day": 3, "loud": 1})
        assert told == [(3, 1.0)]
        with pytest.raises(ValueError, match="already"):
            register(kind)
    finally:
        del KINDS["rumour"]


@pytest.mark.slow
def test_every_shipped_scenario_has_a_title_and_asks_a_question():
    found = {info.name: info for info in scenario_list()}
    assert {f"POL{number}" for number in range(8)} <= set(found)
    assert all(info.title and info.question.endswith("?") for info in found.values())
    for name in found:
        HaitiModel(load_case(name, weight=5000), run_seed=1).calendar.check()


# What is refused

VOTE = 'what = "adoption"\ndate = 2024-11-01\noption = "un_peacekeeping"\n'
REFUSED = {
    "begins before it is adopted": (
        f"[[events]]\n{VOTE}begins = 2024-10-01",
        r"mine.toml, line 5, events\[0\].begins and mine.toml, line 3, events\[0\].date: .*before it is adopted",
    ),
    "in force before it is adopted": (
        f'[parameters]\n"mandate.option" = "un_peacekeeping"\n\n[[events]]\n{VOTE}',
        r"mine.toml, line 2, mandate.option and mine.toml, line 4, events\[0\]: .*before it is adopted",
    ),
    "leaves before it has a mandate": (
        f'[[events]]\nwhat = "withdrawal"\ndate = 2024-10-01\n[[events]]\n{VOTE}[parameters.deployment]\nauthorised = 0',
        r"mine.toml, line 1, events\[0\] and mine.toml, line 4, events\[1\]: .*before it has a mandate",
    ),
    "leaves without any mandate": (
        '[[events]]\nwhat = "withdrawal"\ndate = 2024-10-01\n[parameters.deployment]\nauthorised = 0',
        r"mine.toml, line 1, events\[0\] and mine.toml, line 5, deployment.authorised",
    ),
    "contingent larger than the pledge it makes": (
        '[[events]]\nwhat = "contingent"\nday = 5\ncountry = "Chad"\npeople = 300\noffered = 200',
        r"line 5, events\[0\].people and mine.toml, line 6, events\[0\].offered: a contingent of 300 .* pledge of 200",
    ),
    "outside the run": (
        'days = 100\n[[events]]\nwhat = "renewal"\ndate = 2024-12-01',
        r"mine.toml, line 2, events\[0\] and mine.toml, line 1, days: renewal on 2024-12-01 is outside the run",
    ),
    "before the run": (
        '[[events]]\nwhat = "renewal"\ndate = 2024-01-01',
        r"is outside the run. It is 2024-06-01 to 2026-06-01",
    ),
    "two renewals on a day": (
        '[[events]]\nwhat = "renewal"\ndate = 2024-09-30\n[[events]]\nwhat = "renewal"\ndate = 2024-09-30',
        r"line 1, events\[0\] and mine.toml, line 4, events\[1\]: the Council decides twice on 2024-09-30",
    ),
    "unknown kind": ('[[events]]\nwhat = "renewl"\ndate = 2024-09-30', r"line 2, .*'renewl'. Did you mean renewal"),
    "no kind": ("[[events]]\ndate = 2024-09-30", r"line 1, events\[0\]: an event needs 'what'. Known kinds: adoption"),
    "unknown setting": ('[[events]]\nwhat = "renewal"\nday = 3\nterms = 3', r"line 4, .*Did you mean term"),
    "value out of bounds": ('[[events]]\nwhat = "donor_shock"\nday = 3\ncash = 3', r"line 4, .*It takes 0 to 1.5 ratio"),
    "needed setting": ('[[events]]\nwhat = "adoption"\nday = 3', r"adoption needs 'option'"),
    "date and day": ('[[events]]\nwhat = "renewal"\nday = 3\ndate = 2024-09-30', "either a date or a day"),
    "ends before it begins": (
        '[[events]]\nwhat = "veto"\ndate = 2024-09-30\nuntil = 2024-09-01',
        r"line 3, events\[0\].date and mine.toml, line 4, events\[0\].until",
    ),
    "does not last": ('[[events]]\nwhat = "renewal"\nday = 3\ndays = 9', "does not last"),
    "until and days": ('[[events]]\nwhat = "veto"\nday = 3\ndays = 9\nuntil = 2024-09-01', r"line 5, .*line 4"),
    "unknown parameter": ('[[events]]\nday = 3\nset = {"gang.teror" = 1}', r"line 1, .*Did you mean gang.terror"),
    "parameter of the founding": ('[[events]]\nday = 3\nset = {"gang.members" = 1}', "cannot change during a run"),
    "one parameter by two events": (
        '[[events]]\nday = 3\ndays = 9\nset = {"gang.terror" = 0.01}\n[[events]]\nday = 9\nset = {"gang.terror" = 0.02}',
        r"line 1, events\[0\] and mine.toml, line 5, events\[1\]: gang.terror is set by two events",
    ),
    "not a table": ("events = 3", r"Each starts with \[\[events\]\]"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_contradictions_are_refused_with_the_lines_that_clash(name, tmp_path):
    text, message = REFUSED[name]
    with pytest.raises(InputError, match=message):
        scenario(tmp_path, text)


FOUND = {
    "unknown place": (
        '[[events]]\nwhat = "corridor_closure"\nday = 3\nbetween = ["Martisant", "Bolosse"]',
        r"line 1, events\[0\]: unknown neighbourhood 'Martisant'. Did you mean .*[Mm]artissant",
    ),
    "no way between": (
        '[[events]]\nwhat = "corridor_closure"\nday = 3\nbetween = ["Martissant", "Titanyen"]',
        r"no way joins martissant and titanyen. From martissant one can go to .*bolosse",
    ),
    "unknown donor": (
        '[[events]]\nwhat = "donor_shock"\nday = 3\ndonor = "United Sates"',
        "Did you mean United States",
    ),
    "contingent larger than its published pledge": (
        '[[events]]\nwhat = "contingent"\nday = 3\ncountry = "Jamaica"\npeople = 500',
        r"line 1, events\[0\] and contributors.csv, Jamaica, personnel = 200: a contingent of 500",
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_what_the_city_cannot_have_is_refused_when_the_run_is_founded(name, tmp_path):
    text, message = FOUND[name]
    case = scenario(tmp_path, text)
    with pytest.raises(InputError, match=message):
        HaitiModel(case, run_seed=1)


def test_a_shorter_run_may_end_before_an_event_and_a_later_start_may_not():
    assert load_case("POL4", days=30).events
    with pytest.raises(InputError, match="outside the run"):
        load_case("POL4", start=datetime.date(2025, 1, 1))


def test_lines_of_a_file_are_found_however_keys_are_written():
    lines = TomlLines('days = 3\n[parameters]\n"gang.terror" = 1\n[parameters.hold]\nguard = 2\n[[events]]\nday = 1')
    assert lines.find("", "days") == 1
    assert lines.find_dotted("gang.terror", "parameters") == 3
    assert lines.find_dotted("hold.guard", "parameters") == 5
    assert lines.find("events", "day") == 7
    assert lines.find("events", "what") == 6
    assert lines.find("nothing") is None


def test_redirecting_money_to_the_same_level_changes_nothing():
    model = run(5, funding__source="level")
    promised = [donor.daily_promise for donor in model.donors]
    funding.redirect(model, model.parameters)
    assert [donor.daily_promise for donor in model.donors] == promised
