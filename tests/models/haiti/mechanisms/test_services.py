"""Roads, facilities, liaison, mentoring, regions, self-defence groups and strikes as labelled additions."""

import copy
from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from support import priors

from models.haiti.mechanisms.force.roads import OPEN, TOLLED, pairs_within
from models.haiti.mechanisms.gangs.regions import Beyond
from models.haiti.metrics.daily.access import national_roads_open
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from models.haiti.world.gang_affairs import EXTORTION
from models.haiti.world.state import GANG, STATE
from simulation.graph import joined_places, least_costs


def make(overrides=None, seed=3, weight=2000, off=()):
    return HaitiModel(replace(load_case(overrides=overrides or {}, weight=weight), off=off), run_seed=seed)


# Ways


def test_least_costs_and_joined_places_agree_with_scipy():
    places = make().terrain.places
    rows = np.repeat(np.arange(len(places)), np.diff(places.starts))
    generator = np.random.default_rng(5)
    costs = generator.random(places.neighbours.size)
    costs[generator.random(costs.size) < 0.3] = np.inf
    some = np.array([3, 77])
    used = np.isfinite(costs)
    shape = (len(places), len(places))
    matrix = csr_array((costs[used], (rows[used], places.neighbours[used])), shape=shape)
    expected, before = dijkstra(matrix, indices=some, return_predecessors=True)
    found, ours = least_costs(places.starts, places.neighbours, costs, some)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(ours, np.maximum(before, -1))
    assert (ours >= 0).sum() > len(places)
    chance = generator.random(shape)
    passable = (chance + chance.T)[rows, places.neighbours] < 0.6
    joined = csr_array((passable[passable], (rows[passable], places.neighbours[passable])), shape=shape)
    count, labels = connected_components(joined, directed=False)
    assert 1 < count < len(places)
    np.testing.assert_array_equal(joined_places(places.starts, places.neighbours, passable), labels)


def test_pairs_within_counts_pairs_and_pairs_of_people():
    group = np.array([0, 0, 1, 1, 1])
    assert pairs_within(group, np.ones(5)) == pytest.approx((1 + 3) / 10)
    people = np.array([10.0, 20, 1, 2, 3])
    within = 10 * 20 + 1 * 2 + 1 * 3 + 2 * 3
    pairs = [people[i] * people[j] for i in range(5) for j in range(i)]
    assert pairs_within(group, people) == pytest.approx(within / sum(pairs))


def test_without_gangs_every_pair_is_free_and_income_does_not_fall():
    model = make({"gang.members": 0}).run(30)
    assert model.passage.free_pairs == 1.0
    assert model.passage.free_pairs_people == pytest.approx(1.0)
    assert np.all(model.passage.stretches == OPEN)
    # only displaced people who come home change what can be reached
    np.testing.assert_allclose(model.passage.income, 1.0, atol=0.02)


def test_gangs_everywhere_leave_no_free_pair():
    model = make()
    model.state.label[:] = GANG
    model.roads.inspect()
    assert model.passage.free_pairs == 0.0
    assert np.all(model.passage.stretches == TOLLED)
    assert national_roads_open(model) == 0


def test_lines_between_gangs_are_blocked_without_a_truce():
    counts = {}
    for cohesion in (0.2, 0.8):
        model = make({"gang.cohesion": cohesion})
        counts[cohesion] = int((model.passage.stretches == 2).sum())
    assert counts[0.2] > 0
    assert counts[0.8] == 0


def test_corridor_guards_open_stretches():
    force = {"deployment.authorised": 5550, "deployment.forced": True}
    few = make(force | {"roads.guards": 1000.0})
    many = make(force | {"roads.guards": 2.0})
    for model in (few, many):
        model.run(1)
        model.roads.inspect()
    assert few.passage.opened == 0
    assert many.passage.opened > 5
    assert many.passage.free_pairs > few.passage.free_pairs


def test_income_falls_where_gangs_grow_and_extortion_follows():
    model = make().run(1)
    place = int(np.flatnonzero(model.state.label == STATE)[0])
    model.state.influence[place] = 1.0
    model.state.label[place] = GANG
    model.roads.inspect()
    assert model.roads._earn()[place] < 0.8 * model.passage.income_at_start[place]
    taken = []
    for income in (1.0, 0.5):
        model.passage.income[:] = income
        model.ledger.open()
        model.extortion.step()
        taken.append(model.affairs.revenue[EXTORTION].sum())
    assert taken[1] == pytest.approx(0.5 * taken[0])


def test_help_comes_late_or_not_at_all_behind_gang_held_ground():
    model = make().run(1)
    open_ = model.roads._reach()
    model.state.label[:] = GANG
    model.state.label[model.base] = STATE
    reach = model.roads._reach()
    assert set(np.flatnonzero(reach > 0)) <= {model.base, *_all_neighbours(model, model.base)}
    assert reach[model.base] == pytest.approx(open_[model.base])
    model.cooperation.liaison, model.parameters = 1.0, model.parameters.replace({"liaison.gain": 1.0})
    assert model.roads._reach()[model.base] > reach[model.base]


def _all_neighbours(model, place):
    places = model.terrain.places
    return places.neighbours[places.starts[place] : places.starts[place + 1]].tolist()


# Facilities


def test_a_closed_airport_stops_arrivals_and_flights_abroad():
    events = ({"what": "airport_closure", "day": 1, "days": 60},)
    closed = HaitiModel(load_case(weight=2000, events=events), run_seed=3).run(60)
    free = make().run(60)
    assert closed.ledger.sum_total("mission_arrived") == 0
    assert free.ledger.sum_total("mission_arrived") > 0
    assert closed.summary()["airport_open_days"] == 0
    assert closed.terrain.exit_share.max() <= 0.5
    supply = closed.recorder.daily().usable_force
    assert supply.iloc[-1] <= free.recorder.daily().usable_force.iloc[-1]


def test_the_flight_ban_leaves_some_ways_abroad_from_its_date():
    case = load_case(overrides={"infrastructure.flights_left": 0.25}, weight=2000)
    case = replace(case, start=case.start.replace(month=11, day=10))
    air = HaitiModel(case, run_seed=3).run(4).recorder.daily().air_exits_share.tolist()
    assert air == [1.0, 1.0, 0.25, 0.25, 0.25]
    none = replace(case, parameters=case.parameters.replace({"infrastructure.flight_ban": "none"}))
    assert HaitiModel(none, run_seed=3).run(4).facilities.air == 1.0


def test_hospital_saves_lives_and_port_brings_trade_against_the_first_day():
    model = make().run(1)
    assert (model.facilities.care, model.facilities.trade) == (1.0, 1.0)
    model.day = 2
    model.state.influence[:] = 0.0
    model.state.state_strength[:] = 100.0
    model.infrastructure.step()
    assert model.facilities.hospital
    assert model.killed_share() == pytest.approx(0.9 * model.parameters.clearing.killed_share)
    assert model.facilities.trade == pytest.approx(1.03)
    model.state.state_strength[:] = 0.0
    model.infrastructure.step()
    assert (model.facilities.care, model.facilities.trade) == (1.0, 1.0)


# Cooperation


def test_liaison_costs_money_and_raises_coordination_and_identification():
    rich = {"funding.source": "level", "funding.level": 2.0, "deployment.at_start": 500}
    model = make(rich | {"liaison.effort": 1.0, "liaison.setup": 10.0}).run(60)
    base = model.parameters.force.coordination
    alone = model.coordination() / model.politics.coordination
    assert alone == pytest.approx(base + 0.5 * (1 - base), rel=0.01)
    assert model.cooperation.clarity == pytest.approx(0.2, rel=0.01)
    assert model.pool.imbalance() < 1.0
    assert make().run(30).cooperation.liaison == 0.0


def test_liaison_that_nobody_can_pay_does_nothing():
    model = make({"liaison.effort": 1.0, "liaison.cost": 1e9})
    model.pool.in_kind = 0.0
    model.liaison.step()
    assert model.cooperation.liaison == 0.0


def test_mentoring_closes_part_of_the_gap_a_day_and_fades():
    model = make(
        {"deployment.at_start": 1000, "mentoring.ratio": 1000.0, "mentoring.rate": 0.01, "mentoring.fading": 0.0}
    )
    model.mentoring.step()
    assert model.police_quality() == pytest.approx(0.6 + 0.01 * 0.2)
    assert model.forces.worth("police") == pytest.approx(0.602 * 0.5)
    alone = make({"deployment.authorised": 0})
    alone.cooperation.learnt = 0.2
    for _ in range(2000):
        alone.mentoring.step()
    assert alone.police_quality() == pytest.approx(0.6 + 0.2 * (1 - 0.0005) ** 2000)


# Regions


def test_regions_rest_while_nothing_changes_in_the_capital():
    model = make()
    before = model.beyond.influence.copy()
    for _ in range(20):
        model.regions._contest()
    np.testing.assert_allclose(model.beyond.influence, before, atol=1e-9)
    assert model.beyond.displaced.sum() > 0
    assert make({"region.members": 0, "region.diversion": 0.0}).run(14).beyond.displaced.sum() == 0


def test_pressure_moves_members_out_and_back_and_loses_nobody():
    model = make({"region.mobility": 0.01}).run(1)
    everybody = int(model.state.members.sum())
    first = model.beyond.pressure
    model.beyond.pressure = first / 4
    model.day = 7
    model.regions.step()
    away = int(model.beyond.diverted.sum())
    assert away > 0
    assert int(model.state.members.sum()) + away == everybody
    assert model.state.members.min() >= 0
    model.beyond.pressure = first * 4
    model.day = 14
    model.regions.step()
    assert int(model.beyond.diverted.sum()) < away
    assert int(model.state.members.sum() + model.beyond.diverted.sum()) == everybody


def test_police_posted_outside_leave_the_capital_and_lower_influence_there():
    here, there = make(), make({"region.quota": 0.5})
    moved = here.forces.strength("police") - there.forces.strength("police")
    assert there.beyond.police == here.beyond.police + moved
    assert moved == pytest.approx(0.5 * here.forces.strength("police"), rel=0.05)
    for model in (here, there):
        for _ in range(20):
            model.regions._contest()
    assert there.beyond.average_influence() < here.beyond.average_influence()


# Labelled additions


def test_labelled_additions_can_be_left_out():
    model = make({"strike.rate": 50.0, "self_defence.victims": 1.0, "self_defence.active": False}).run(20)
    assert model.ledger.sum_total("strikes") == 0
    assert model.self_defenders.sum() == 0
    for cause in ("self_defence", "strikes"):
        assert model.ledger.sum_total(f"residents_killed_{cause}") == 0


def test_strikes_hit_people_on_all_sides_and_take_no_ground():
    model = make({"strike.active": True, "strike.rate": 20.0, "strike.identification": 0.5}).run(1)
    influence = model.state.influence.copy()
    for day in range(2, 12):
        model.day = day
        model.strikes.step()
    assert model.ledger.sum_total("gang_members_killed_strikes") > 0
    assert model.ledger.sum_total("residents_killed_strikes") > 0
    np.testing.assert_array_equal(model.state.influence, influence)
    perfect = make({"strike.active": True, "strike.rate": 20.0, "strike.identification": 1.0}).run(20)
    assert perfect.ledger.sum_total("residents_killed_strikes") == 0


def test_self_defence_needs_fear_and_gangs_and_kills_people_on_both_sides():
    rules = {"self_defence.active": True, "self_defence.rise": 1.0, "self_defence.victims": 0.05}
    model = make(rules).run(1)
    fear = model.population.fear.field
    fear[:] = 0.0
    model.self_defence.step()
    assert model.self_defenders.sum() == 0
    fear[:] = 0.9
    community = model.state.community.sum()
    for day in range(2, 6):
        model.day = day
        model.self_defence.step()
    assert model.self_defenders.sum() > 0
    assert model.state.community.sum() > community
    assert model.ledger.sum_total("gang_members_killed_self_defence") > 0
    assert model.ledger.sum_total("residents_killed_self_defence") > 0


# Every prior moves something

MECHANISM = {"region": "regions", "strike": "strikes"}
HELD = ("passage", "facilities", "cooperation", "beyond")


@pytest.fixture(scope="module")
def lively():
    """A city with a large mission, pressure on gangs and fear, after a few days."""
    lively = {
        "deployment.authorised": 3000, "deployment.forced": True, "gang.cohesion": 0.5, "liaison.effort": 1.0,
        "region.mobility": 0.001, "strike.active": True,
        "self_defence.active": True, "self_defence.rise": 0.2,
    }  # fmt: skip
    return make(lively, weight=5000).run(3)


def outcome(model, name, value):
    """What a mechanism made with `name` at `value` leaves behind after some days on the same state, as one row."""
    group = name.split(".")[0]
    rule = type(getattr(model, MECHANISM.get(group, group)))
    saved, small = model.state.copy(), {held: copy.deepcopy(getattr(model, held)) for held in HELD}
    money, parameters, today = dict(vars(model.pool)), model.parameters, model.day
    defenders, fear = model.self_defenders.copy(), model.population.fear.field.copy()
    model.parameters = parameters.replace({name: value})
    model.beyond = Beyond.empty(model.city, len(model.start.gangs))
    model.population.fear.field[:] = np.linspace(0.0, 1.0, fear.size).reshape(fear.shape)
    mechanism, found = rule(model), []
    mechanism.found()
    model.ledger.open()
    model.pool.in_kind = 1e6
    for model.day in (1, 2, 7, 28, 168):
        if group == "infrastructure":  # nobody guards anything on the first day
            model.state.influence[:], model.state.state_strength[:] = 0.3, 12.0 * (model.day > 1)
        if group == "region" and model.day == 7:
            model.beyond.pressure /= 3.0
        if group == "self_defence" and model.day == 7:
            model.self_defenders *= 0.5
        if group == "roads":
            model.state.captured_day[:] = model.day - 2
        model.calendar.airport_closures = int(model.day == 28)
        mechanism.step()
        for held in HELD:
            found += [np.array(part, float).ravel() for part in vars(getattr(model, held)).values()]
        found += [model.state.members.ravel(), model.self_defenders.copy(), model.state.community.copy()]
        found += [
            [model.coordination(), model.police_quality()],
            model.alarm_today.copy(),
            [model.pool.supply, model.pool.in_kind, model.terrain.air],
        ]
        found += [total.copy() for total in model.ledger.today.values()]
    model.state.restore(saved)
    model.alarm_today[:] = 0.0
    for held, kept in small.items():
        setattr(model, held, kept)
    vars(model.pool).update(money)
    model.parameters, model.day = parameters, today
    model.self_defenders[:], model.population.fear.field[:] = defenders, fear
    model.terrain.fly(1.0)
    return np.concatenate([np.asarray(part, float) for part in found])


@pytest.mark.parametrize("row", priors.covered("test_services"), ids=lambda row: row.name)
def test_both_ends_of_a_prior_tell_apart(row, lively):
    ends = priors.ends(row, 0.005)
    low, again, high = (outcome(lively, row.name, value) for value in (ends[0], ends[0], ends[1]))
    np.testing.assert_array_equal(low, again)
    assert not np.array_equal(low, high)
