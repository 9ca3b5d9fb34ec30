"""What must hold every day of every scenario: people, money, gang members and vehicles are conserved."""

import numpy as np
import pytest
from support.laws.invariants import check_days

from models.haiti.kernels import HOME
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case, scenario_list

pytestmark = pytest.mark.slow

WEIGHT = 100


STRESSES = {
    "as published": {},
    "large force": {"deployment.authorised": 5550, "deployment.forced": True, "funding.source": "level"},
    "money in spells": {"funding.source": "level", "funding.level": 0.4, "funding.reliability": "stop_go"},
    "unpaid force": {"funding.source": "level", "funding.level": 0.2, "deployment.at_start": 2000},
    "massacres": {"gang.terror": 0.2, "gang.act_rate": 2.0},
    "open fire": {
        "clearing.fire_state": 40.0,
        "command.tempo": 0.05,
        "rules_of_engagement.permissiveness": 1.0,
    },
}


@pytest.mark.verifies("V-10", "V-11", "V-12", "V-13")
@pytest.mark.parametrize("stress", STRESSES)
def test_everything_is_conserved_every_day(stress):
    model = HaitiModel(load_case(overrides=STRESSES[stress], weight=WEIGHT), run_seed=11)
    check_days(model, 120)


EVENTFUL = (
    {"what": "donor_shock", "day": 3, "days": 20, "donor": "all", "in_kind": 0.5},
    {"what": "adoption", "day": 5, "option": "un_logistics", "probability": 1, "lag": 5},
    {"what": "corridor_closure", "day": 8, "days": 10, "between": ["Martissant", "Bolosse"]},
    {"what": "adoption", "day": 15, "option": "un_peacekeeping", "ceiling": 4000, "probability": 1, "lag": 5},
    {"day": 20, "days": 10, "set": {"clearing.fire_gang": 0.5, "travel.road_speed": 5}},
    {"what": "donor_loss", "day": 30},
    {"what": "withdrawal", "day": 50, "over": 30},
)


@pytest.mark.verifies("V-10", "V-11", "V-12", "V-13")
def test_everything_is_conserved_through_many_events():
    careful = {"deployment.at_start": 900, "tolerance.deaths": 1, "arrears.withdraw_hazard": 0.01}
    model = HaitiModel(load_case(overrides=careful, weight=WEIGHT, events=EVENTFUL), run_seed=11)
    check_days(model, 90)
    assert model.forces.deployed() == 0
    assert model.pool.received_assessed > 0


BUSY = {
    "deployment.at_start": 2500,
    "strike.active": True,
    "strike.rate": 3.0,
    "self_defence.active": True,
    "self_defence.threshold": -0.5,
    "prosecution.removal": 0.02,
    "prosecution.split": 1.0,
    "region.mobility": 0.01,
    "abuse.base": 0.001,
    "abuse.accountability": 1.0,
    "abuse.detect_internal": 0.8,
    "liaison.effort": 1.0,
    "displaced.return_days": 10,
    "displaced.return_rate": 0.01,
}
ALL_AT_ONCE = (
    {"day": 30, "days": 30, "set": {"command.tempo": 0.1, "gang.act_rate": 1.0, "gang.raid_rate": 2.0}},
    {"what": "withdrawal", "day": 70, "over": 30},
)


@pytest.mark.verifies("V-10", "V-11", "V-12", "V-13")
def test_everything_is_conserved_with_every_mechanism_busy():
    """Gangs split, move out and back, are struck and defended against, people are suspended and sent home: none is lost."""
    model = HaitiModel(load_case(overrides=BUSY, weight=WEIGHT, events=ALL_AT_ONCE), run_seed=11)
    suspended, defenders = [], []

    def look(model):
        suspended.append(model.mission.suspended)
        defenders.append(float(model.self_defenders.sum()))

    check_days(model, 110, look)
    assert max(suspended) > 0
    assert max(defenders) > 0
    happened = (
        "strikes", "leaders_removed", "gang_members_moved_out", "gang_members_moved_back", "mission_withdrawn", "returns",
        "residents_killed_strikes", "gang_members_killed_self_defence", "operations", "assaults", "places_captured",
    )  # fmt: skip
    assert [name for name in happened if model.ledger.sum_total(name) == 0] == []
    assert model.state.members[len(model.start.gangs) :].sum() > 0
    assert model.forces.deployed() == 0


@pytest.mark.verifies("V-10", "V-11", "V-12", "V-13")
@pytest.mark.parametrize("name", [info.name for info in scenario_list()])
def test_every_shipped_scenario_is_conserved(name):
    check_days(HaitiModel(load_case(name, weight=WEIGHT), run_seed=2), 60)


def test_rosters_agree_with_columns_after_a_hundred_days():
    model = HaitiModel(load_case(weight=WEIGHT), run_seed=3).run(100)
    people = model.population
    rows = np.arange(people.count, dtype=np.int32)
    np.testing.assert_array_equal(people.present.group, people._groups(rows))
    for group in range(people.present.size):
        assert np.all(people.present.group[people.present.members(group)] == group)
    away = np.where(people.status == HOME, -1, people.home)
    alive = people.people > 0
    np.testing.assert_array_equal(people.displaced.group[alive], away[alive])


def test_daily_table_and_places_tell_the_same_totals():
    model = HaitiModel(load_case(weight=WEIGHT), run_seed=4, neighbourhoods=True).run(40)
    daily, places = model.recorder.daily(), model.recorder.neighbourhoods()
    by_day = places.groupby("day")
    np.testing.assert_array_equal(by_day.displaced_from.sum(), daily.displaced_people)
    np.testing.assert_array_equal(by_day.residents_killed_today.sum(), daily.residents_killed_today)
    inside = dict(zip(model.city.ids, model.city.metropolitan, strict=True))
    hosted = places[places.neighbourhood.map(inside)].groupby("day").displaced_hosted.sum()
    np.testing.assert_array_equal(hosted, daily.displaced_people_hosted_capital)
    beyond = daily.displaced_people_provinces + daily.displaced_people_abroad
    outside = daily.displaced_people_hosted_outside_capital
    np.testing.assert_array_equal(hosted.to_numpy() + outside + beyond, daily.displaced_people)
    assert outside[0] > 0
    weight = dict(zip(model.city.ids, model.city.population * model.city.metropolitan, strict=True))
    held = places[places.label == "gang"].assign(people=lambda t: t.neighbourhood.map(weight))
    share = held.groupby("day").people.sum() / sum(weight.values())
    np.testing.assert_allclose(share, daily.gang_control_population_share)
