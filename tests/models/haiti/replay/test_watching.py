"""What is told of the city: each code from what it means, with its numbers; back and forth told once; words for all."""

from types import SimpleNamespace

import numpy as np
import pytest

from models.haiti.mechanisms.politics.mandate import OPTIONS as COUNCIL_OPTIONS
from models.haiti.model import HaitiModel
from models.haiti.replay.recipe import CLASSES, REPLAY, SERIES
from models.haiti.replay.watching import CODES, OPTIONS, WEIGHTS, CityWatch, about, grouped
from models.haiti.scenario.scenario import load_case
from simulation.errors import InputError
from simulation.replay.words import joined, read_words, slots

TEXTS = read_words(REPLAY.words)
NUMBERS = {"a", "b"}


def test_every_code_class_and_series_has_words_in_every_language():
    wanted = {f"event.{code}" for code in CODES} | {f"class.{one}" for one in CLASSES}
    wanted |= {f"series.{one.name}" for one in SERIES} | {"landmark.airport", "landmark.port"}
    wanted |= {f"model.{name}" for name in ("name", "about", "assumption", "strength", "unknown", "credit")}
    for language, texts in TEXTS.items():
        assert texts.keys() == wanted, language
        assert all(slots(text) <= NUMBERS | {"place"} for text in texts.values())


def test_slots_of_an_event_are_those_that_it_fills(told_of_two_years):
    for one in told_of_two_years:
        wanted = slots(TEXTS["en"][f"event.{one.code}"])
        filled = {name for name in ("a", "b") if getattr(one, name) is not None} | (
            {"place"} if one.place >= 0 else set()
        )
        assert wanted <= filled, one
        assert 0 <= one.weight <= 9


def test_no_group_is_named_and_deaths_are_no_success():
    names = {gang.name for gang in HaitiModel(load_case(weight=2000), run_seed=1).gangs}
    for texts in TEXTS.values():
        for text in texts.values():
            assert not any(name in text for name in names)
    assert not any("members_killed" in code for code in CODES)
    assert {one.name: one.better for one in SERIES}["residents_killed"] == "less"


@pytest.fixture(scope="module")
def told_of_two_years():
    watch = CityWatch()
    model = HaitiModel(load_case("baseline", days=300, weight=1000), run_seed=2)
    watch.look(model)
    model.run(300, lambda done, days: watch.look(model))
    return watch.told()


def quiet(model, **changes):
    """A model that a watch can look at, with what differs."""
    told = {
        "day": 0, "option": "mss", "authorised": 2500, "airport": True, "legitimacy": 0.0, "offensive": False, "pact": 0.8,
        "received": 0.0, "cash": 1e6, "arrears_days": 0, "supply_crisis": False, "serviceable": 20, "delivered": 24,
        "lost": 0, "usable_force": 100.0, "deployed": 400, "today": {}, "events": (), "population": None,
    } | changes  # fmt: skip
    today = {name: np.zeros(3) for name in model.ledger.today} | told["today"]
    return SimpleNamespace(
        n=3,
        day=told["day"],
        city=SimpleNamespace(population=np.array([40_000, 5_000, 900]), density_per_km2=np.array([2e4, 2e4, 50.0])),
        case=SimpleNamespace(events=told["events"], start=None),
        government=SimpleNamespace(on=True),
        mandate=SimpleNamespace(option=told["option"]),
        politics=SimpleNamespace(legitimacy=told["legitimacy"]),
        affairs=SimpleNamespace(offensive=told["offensive"], pact=told["pact"]),
        pool=SimpleNamespace(**{name: told[name] for name in ("received", "cash", "arrears_days")}),
        mission=SimpleNamespace(
            supply_crisis=lambda: told["supply_crisis"],
            fleet=SimpleNamespace(**{name: told[name] for name in ("serviceable", "delivered", "lost")}),
        ),
        forces=SimpleNamespace(deployed=lambda: told["deployed"]),
        recorder=SimpleNamespace(values={"usable_force": [told["usable_force"]]}),
        authorised=lambda: told["authorised"],
        airport_open=lambda: told["airport"],
        ledger=SimpleNamespace(today=today, sum=lambda name: float(today[name].sum())),
    )


@pytest.fixture(scope="module")
def model():
    return HaitiModel(load_case(weight=2000), run_seed=1)


def lived(model, days, evening):
    """What a watch tells of so many days; `evening(day)` is what differs then."""
    watch = CityWatch()
    for day in range(days + 1):
        watch.look(quiet(model, day=day, received=float(day * 100), **evening(day)))
    return [(one.day, one.code, one.place, one.a, one.b) for one in watch.told()]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"option": "suppression_force", "authorised": 5550}, ("council_suppression_force", -1, 5550, 2500)),
        ({"option": "none", "authorised": 0}, ("council_no_mission", -1, 0, 2500)),
        ({"authorised": 5000}, ("council_strength", -1, 5000, 2500)),
        ({"authorised": 2400}, None),
        ({"airport": False}, ("airport_closed", -1, None, None)),
        ({"legitimacy": 0.4}, ("election", -1, None, None)),
        ({"offensive": True}, ("offensive_begins", -1, None, None)),
        ({"pact": 0.3}, ("pact_breaks", -1, None, None)),
        ({"supply_crisis": True}, ("supplies_low", -1, None, None)),
        ({"cash": 0.0}, ("cash_gone", -1, None, None)),
        ({"cash": 0.0, "deployed": 0}, None),
        ({"serviceable": 11}, ("vehicles_low", -1, 11, 24)),
        ({"serviceable": 44, "delivered": 48}, ("vehicles_arrive", -1, 24, 48)),
        ({"usable_force": 50.0}, ("force_halved", -1, 100, 50)),
        ({"usable_force": 61.0}, None),
    ],
)
def test_what_changes_in_the_city_is_told_on_its_day(model, change, told):
    found = lived(model, 6, lambda day: change if day >= 4 else {})
    assert found == ([(4, *told)] if told else [])


def test_what_ends_is_told_too(model):
    pairs = {
        "airport": (False, "airport_open"),
        "offensive": (True, "offensive_ends"),
        "supply_crisis": (True, "supplies_again"),
    }
    for name, (value, code) in pairs.items():
        found = lived(model, 6, lambda day, name=name, value=value: {name: value} if day < 4 else {})
        assert [(day, one) for day, one, *_ in found] == [(4, code)]


def test_money_that_stops_and_comes_again(model):
    watch = CityWatch()
    for day in range(101):
        watch.look(quiet(model, day=day, received=float(min(day, 20) * 100) + 5e4 * (day >= 95)))
    assert [(one.day, one.code, one.a) for one in watch.told()] == [(80, "money_stops", 60), (95, "money_again", 75)]


def test_pay_that_is_late_and_caught_up(model):
    found = lived(model, 60, lambda day: {"arrears_days": max(0, day - 10) if day < 50 else 0})
    assert [(day, code, a) for day, code, _, a, _ in found] == [(40, "pay_late", 30), (50, "pay_again", 39)]


def test_weeks_are_told_at_their_end(model):
    today = {"mission_arrived": np.array([30.0, 0, 0]), "mission_killed": np.array([0, 1.0, 0]),
             "residents_killed": np.array([30.0, 1, 1]), "strikes": np.array([0, 0, 1.0]),
             "police_killed": np.array([1.0, 0, 0]), "army_killed": np.array([0, 0, 1.0])}  # fmt: skip
    found = lived(model, 20, lambda day: {"today": today} if 8 <= day <= 11 else {})
    assert sorted(found) == [
        (14, "arrival", -1, 120, 400),
        (14, "mission_killed", -1, 4, None),
        (14, "police_killed", -1, 8, None),
        (14, "residents_killed", -1, 128, None),
        (14, "strikes", -1, 4, None),
    ]


def test_waves_that_follow_one_another_are_told_once(model):
    def fled(day):
        return {"today": {"new_displacements": np.array([0, 700.0, 0])}} if day <= 21 or 50 <= day <= 56 else {}

    assert lived(model, 70, fled) == [(21, "flight_waves", 1, 15_000, 3), (56, "flight_wave", 1, 4900, None)]


def test_a_place_that_changes_hands_often_is_told_once(model):
    def hands(day):
        at = np.array([float(day in (10, 30, 50)), float(day == 5), 0])
        clear = np.array([float(day in (20, 40)), 0, 0])
        return {"today": {"places_captured": at, "places_recaptured": at * (day == 5), "places_cleared": clear}}

    found = lived(model, 60, hands)
    assert found == [(5, "recaptured", 1, None, None), (50, "changed_hands", 0, 5, 40)]


def test_a_government_that_is_dated_to_fall_falls():
    case = load_case("stress-government-collapse", days=250, weight=2000)
    day = next(one.first_day(case.start) for one in case.events if one.what == "government_falls")
    model, watch = HaitiModel(case, run_seed=1), CityWatch()
    watch.look(model)
    model.run(min(day + 2, 250), lambda done, days: watch.look(model))
    assert (day, "government_falls") in [(one.day, one.code) for one in watch.told()]


def test_options_have_codes_and_codes_have_weights():
    assert OPTIONS.keys() == set(COUNCIL_OPTIONS)
    assert {f"council_{name}" for name in OPTIONS.values()} <= set(CODES)
    assert all(0 < weight <= 9 for weight in WEIGHTS.values())


def test_numbers_are_told_in_two_figures_and_groups_are_of_what_is_near():
    assert [about(people) for people in (3, 47, 123, 12_345, 996_000)] == [3, 47, 120, 12_000, 1_000_000]
    days = [(day, "") for day in (1, 5, 40, 41)]
    assert [len(group) for group in grouped(days, 30)] == [2, 2]


def test_words_that_do_not_fit_are_told(tmp_path):
    good = {"en": 'a = "{x} y"\n', "fr": 'a = "{x} z"\n', "ht": 'a = "{x}"\n'}
    for language, text, told in (
        ("fr", "", "'a' is missing"),
        ("ht", 'a = "{x}"\nb = "?"\n', "'b' is not in en.toml"),
        ("fr", 'a = "{z}"\n', "other slots"),
        ("fr", "a = 3\n", "no text"),
        ("fr", 'a = ""\n', "no text"),
        ("ht", None, "cannot be read"),
    ):
        for name, own in (good | {language: text}).items():
            path = tmp_path / f"{name}.toml"
            path.unlink(missing_ok=True)
            if own is not None:
                path.write_text(own)
        with pytest.raises(InputError, match=told):
            read_words(tmp_path)
    with pytest.raises(InputError, match="there twice"):
        joined(TEXTS, TEXTS)
    for name, own in good.items():
        (tmp_path / f"{name}.toml").write_text(own)
    for text, told in (
        ('[b]\nen = "x"\nfr = "y"\n', "'b' is missing in ht"),
        ('[b]\nfr = "x"\nht = "y"\n', "'b' is missing in en"),
        ('[b]\nen = "{x}"\nfr = "y"\nht = "z"\n', "other slots"),
        ('b = "x"\n', "says no language"),
        ('[a]\nen = "{x}"\nfr = "{x}"\nht = "{x}"\n', "in the glossary already"),
    ):
        (tmp_path / "glossary.toml").write_text(text)
        with pytest.raises(InputError, match=told):
            read_words(tmp_path)
