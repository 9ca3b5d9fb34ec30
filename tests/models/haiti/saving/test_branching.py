"""A run branches: other parameters or other luck from today on, one past, and the first run none the wiser."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from support import same_run

from models.haiti.agents.gang import Gang
from models.haiti.model import HaitiModel
from models.haiti.parameters import FOUNDING
from models.haiti.saving import saving
from models.haiti.scenario.scenario import load_case
from simulation.errors import InputError, UnknownNameError
from simulation.parameters import ParameterSet

LEVEL = {"funding.source": "level", "funding.level": 1.0}
STOP = {"funding.source": "level", "funding.level": 0}


def start(weight=500, days=20, overrides=None, **options):
    return HaitiModel(load_case(weight=weight, overrides=overrides), events=True, **({"run_seed": 1} | options)).run(
        days
    )


def past(model, days):
    return model.recorder.daily().head(days + 1)


def test_a_branch_without_changes_is_the_run_itself_and_leaves_it_alone(tmp_path):
    model, twin = start(neighbourhoods=True), start(neighbourhoods=True)
    branch = model.branch()
    assert branch.branches == [{"day": 20, "run_seed": [1, 1], "changes": {}}]
    branch.branches.clear()
    assert same_run.differences(model, branch) == []
    branch.run(15)
    assert same_run.differences(model, twin) == []
    same_run.assert_same_run(model.run(15), branch)


def test_a_branch_changes_the_future_and_not_the_past(tmp_path):
    model, twin = start(), start()
    branch = model.branch({"clearing.killed_share": 0.2, "command.tempo": 0.0})
    branch.run(15)
    assert same_run.differences(model, twin) == []
    model.run(15)
    pd.testing.assert_frame_equal(past(model, 20), past(branch, 20), check_exact=True)
    days = branch.recorder.daily()
    assert days.operations_today[21:].sum() == 0
    assert model.recorder.daily().operations_today[21:].sum() > 5
    assert branch.parameters.command.tempo == branch.case.parameters.get("command.tempo") == 0.0
    assert {"command.tempo", "clearing.killed_share"} <= branch.case.chosen
    assert model.parameters.command.tempo != 0.0
    changes = {"clearing.killed_share": [0.72, 0.2], "command.tempo": [0.016, 0.0]}
    again = same_run.reloaded(branch, tmp_path)
    assert again.branches == branch.branches == [{"day": 20, "run_seed": [1, 1], "changes": changes}]


def test_rules_see_the_new_values_as_if_they_had_been_founded_with_them():
    """Constants that a rule computes from parameters when it is made are those of the branch."""
    changes = {
        "command.value_density": 9.0,
        "travel.road_speed": 3.0,
        "home_tasks.patrol": 0.9,
        "phase_decisive.clear": 0.9,
    }
    changes |= {"destination.cost": 2.0}
    model = start(days=3)
    for road in [(a, b) for a, b, edge in model.terrain.places.graph.edges(data=True) if edge["kind"] == "road"][:2]:
        model.terrain.close(*road)
    branch, founded = model.branch(changes).run(1), start(days=3, overrides=changes)
    for one, two in (
        (branch.operations._worth, founded.operations._worth),
        (branch.posture._mixes, founded.posture._mixes),
        (branch.command.home_shares, founded.command.home_shares),
    ):
        assert np.array_equal(one, two)
    assert branch.terrain.places.closed.sum() == 4
    for road in [(a, b) for a, b, edge in founded.terrain.places.graph.edges(data=True) if edge["kind"] == "road"][:2]:
        founded.terrain.close(*road)
    assert np.array_equal(branch.terrain.hours, founded.terrain.hours)
    assert np.array_equal(branch.relocation._near, founded.run(1).relocation._near)


@pytest.mark.slow
def test_when_the_money_stops_payments_fade_and_arrivals_stop():
    model = start(weight=1000, days=200, overrides=LEVEL)
    stopped = model.branch({"funding.level": 0})
    assert [donor.daily_promise for donor in stopped.donors] == [0.0, 0.0]
    owed = sum(donor.undisbursed for donor in stopped.donors)
    model.run(500)
    stopped.run(500)
    with_money, without = model.recorder.daily()[201:], stopped.recorder.daily()[201:]
    paid = without.funding_received_usd_total.iloc[-1] - stopped.recorder.daily().funding_received_usd_total[200]
    assert 0.9 * owed < paid <= owed
    assert (
        np.diff(without.funding_received_usd_total).min() < 0.1 * np.diff(with_money.funding_received_usd_total).min()
    )
    assert with_money.deployed_force.iloc[-1] > with_money.deployed_force.iloc[0] + 200
    assert without.deployed_force.tail(180).diff().max() <= 0
    assert without.deployed_force.iloc[-1] < without.deployed_force.max()


def test_from_pledges_to_nothing_donors_go_and_what_they_owe_is_lost():
    model = start(days=10)
    stopped = model.branch(STOP).run(20)
    assert stopped.donors == []
    assert not [agent for agent in stopped.agents if type(agent).__name__ == "Donor"]
    received = stopped.recorder.daily().funding_received_usd_total
    assert received[10] > 0
    assert (received[10:] == received[10]).all()
    assert model.donors
    assert all(donor.model is model for donor in model.donors)
    steady = model.branch(LEVEL).run(1)
    assert sorted(donor.channel for donor in steady.donors) == ["bilateral_in_kind", "trust_fund"]
    received = steady.recorder.daily().funding_received_usd_total
    assert received[11] - received[10] == pytest.approx(600e6 / 365)


def test_promises_follow_level_and_cost_and_new_channels_start_from_nothing():
    model = start(days=5, overrides=LEVEL | {"funding.cash_share": 0.0})
    branch = model.branch({"funding.level": 0.5, "funding.cash_share": 0.5, "cost.fixed": 0.0})
    promised = {donor.channel: donor.daily_promise for donor in branch.donors}
    assert promised == pytest.approx(dict.fromkeys(("bilateral_in_kind", "trust_fund"), 125e6 / 365))
    assert branch.donors[1].undisbursed == 0.0
    assert branch.run(5).pool.cash > 0
    assert branch.pool.imbalance() < 1.0
    same = model.branch({"command.p_min": 0.6})
    assert [vars(donor)["daily_promise"] for donor in same.donors] == [donor.daily_promise for donor in model.donors]


@pytest.mark.slow
def test_branches_of_one_seed_share_their_luck():
    """Differences between two policies vary less when both go on with the parent's luck than with luck of their own."""
    model = start(weight=200, days=5)
    other = {"hold.requirement": 2.0}
    paired, loose = [], []
    for seed in range(11, 17):
        plain = model.branch(run_seed=seed).run(40).displaced_people()
        paired.append(model.branch(other, run_seed=seed).run(40).displaced_people() - plain)
        loose.append(model.branch(other, run_seed=seed + 100).run(40).displaced_people() - plain)
    assert np.std(paired) < np.std(loose)


def test_another_seed_is_other_luck_after_the_same_past():
    model = start()
    one, two, three = model.branch(run_seed=5), model.branch(run_seed=6), model.branch(run_seed=5)
    assert (one.run_seed, int(one.dice.seed)) == (5, 5)
    assert one.rng.random() == three.rng.random() != two.rng.random()
    assert one.random.random() == three.random.random() != two.random.random()
    for branch in (one, two, three):
        branch.run(10)
        pd.testing.assert_frame_equal(past(model, 20), past(branch, 20), check_exact=True)
    assert one.recorder.daily().equals(three.recorder.daily())
    assert not one.recorder.daily().equals(two.recorder.daily())
    assert model.branch(run_seed=1).run_seed == 1


def test_uncertain_values_stay_as_they_were_drawn():
    case = load_case(weight=1000, uncertainty=True)
    model = HaitiModel(case, run_seed=4).run(2)
    branch = model.branch({"command.p_min": 0.7}, run_seed=9)
    changed = {name for name, value in branch.parameters if value != model.parameters.get(name)}
    assert changed == {"command.p_min"}


def test_wrong_changes_are_refused():
    model = start(weight=1000, days=1)
    with pytest.raises(UnknownNameError, match=r"Did you mean command\.p_min"):
        model.branch({"command.pmin": 0.5})
    with pytest.raises(InputError, match="outside the range"):
        model.branch({"funding.level": 9})
    with pytest.raises(InputError, match=r"household\.size only matters at the founding: households are made"):
        model.branch({"household.size": 4.0})
    with pytest.raises(InputError, match=r"means nothing while .* Set funding\.source to 'level' as well"):
        model.branch({"funding.level": 0})
    for seed in (-1, 2**64):
        with pytest.raises(InputError, match="no seed"):
            model.branch(run_seed=seed)
    with pytest.raises(InputError, match="from 'level' to 'pledges'"):
        start(weight=1000, days=1, overrides=LEVEL).branch({"funding.source": "pledges"})
    assert model.branch({"household.size": model.parameters.household.size}).day == 1


# Which parameters only matter at the founding


class Spied:
    """Parameters that remember who was asked for what."""

    def __init__(self, parameters):
        self.asked: set[str] = set()
        groups = {full.partition(".")[0] for full, _ in parameters}
        self.parameters = ParameterSet({name: self.spy(name, getattr(parameters, name)) for name in groups})

    def spy(self, group, values):
        asked, names = self.asked, {item.name for item in dataclasses.fields(values)}

        def look(this, name):
            if name in names:
                asked.add(f"{group}.{name}")
            return object.__getattribute__(this, name)

        spy = object.__new__(type(type(values).__name__, (type(values),), {"__getattribute__": look}))
        vars(spy).update(dataclasses.asdict(values))
        return spy

    def since_last_asked(self):
        found = set(self.asked)
        self.asked.clear()
        return found


def test_founding_parameters_are_those_that_only_the_founding_asks_for():
    """Asked for at the founding, and neither in the days of quite different runs nor when rules are made again."""
    many = LEVEL | {"funding.reliability": "stop_go", "funding.cash_share": 0.02, "deployment.authorised": 9000}
    many |= {"contributor.offer_rate": 50}
    founding, later = set(), set()
    for changes, days in (({}, 60), (many, 150), ({"deployment.forced": True}, 1)):
        case = load_case(weight=1000, overrides=changes)
        spied = Spied(case.parameters)
        model = HaitiModel(dataclasses.replace(case, parameters=spied.parameters), run_seed=2)
        founding |= spied.since_last_asked()
        model.terrain.__init__(model.city, model.start, model.parameters.travel)
        model._make_mechanisms()
        later |= spied.since_last_asked()
        for rule in model.mechanisms:
            rule.found()
        spied.since_last_asked()
        model.run(days)
        later |= spied.since_last_asked()
    assert set(FOUNDING) & later == {"deployment.forced"}  # it also keeps others from coming
    of_the_branch = {"funding.level", "funding.cash_share"}  # donors are redirected by these
    assert founding - later - set(FOUNDING) == of_the_branch


def test_founding_parameters_change_nothing_later():
    model = start(weight=1000, days=5)
    changes = {}
    for name in FOUNDING:
        row = model.parameters.row(name)
        if name != "deployment.forced":
            changes[name] = next(value for value in (*row.bounds, 1) if value != row.value)
    other = dataclasses.replace(model.case, parameters=model.parameters.replace(changes))
    twin = HaitiModel.__new__(HaitiModel)
    twin._open(other, model.run_seed, False, False, model.city, model.start)
    saving.revive(twin, saving.snapshot(model), Gang)
    pd.testing.assert_frame_equal(twin.run(20).recorder.daily(), model.run(20).recorder.daily(), check_exact=True)


def test_what_is_computed_from_parameters_follows_those_of_a_branch():
    """Two branches in which every parameter differs: what differs as long as they are made from parameters alone must
    still differ when they have got the parent's state.

    If this fails: a constant of a rule belongs in its `derived`. For state that starts at a parameter, the attribute
    belongs here and the parameter in `FOUNDING`, unless the days ask for it too.
    """
    start_at_a_parameter = {".support.quality"}  # every day asks for it again
    model = start(weight=1000, days=3)
    changes = {}
    for row in model.parameters.rows():
        if row.bounds:
            other = row.value + 0.1 * (row.bounds[1] - row.value) or row.bounds[1]
            changes[row.name] = math.ceil(other) if isinstance(row.default, int) else other
    twins = []
    for parameters in (model.parameters, model.parameters.replace(changes)):
        twin = HaitiModel.__new__(HaitiModel)
        case = dataclasses.replace(model.case, parameters=parameters)
        twin._open(case, model.run_seed, False, False, model.city, model.start)
        twins.append(twin)
    made = where_different(*twins)
    for twin in twins:
        saving.revive(twin, saving.snapshot(model), Gang)
    revived = where_different(*twins)
    assert made & revived
    for twin in twins:
        twin._make_mechanisms()
    made |= where_different(*twins)
    assert made - revived == start_at_a_parameter


def where_different(a, b):
    return {text.partition(":")[0] for text in same_run.differences(a, b, most=10_000)}


HELD = [
    {"day": 2, "what": "parameters", "set": {"command.tempo": 0.2, "funding.level": 0.5}},
    {"day": 8, "days": 2, "what": "parameters", "set": {"command.tempo": 0.3}},
]


@pytest.fixture
def held():
    """A run on its fifth day; an event of the second holds the tempo and the level of funding."""
    case = load_case("baseline", weight=2000, days=15, overrides=LEVEL, events=HELD)
    return HaitiModel(case, run_seed=3).run(5)


def test_a_branch_may_change_what_an_event_holds_and_later_events_change_it_again(held):
    branch = held.branch({"command.tempo": 0.05, "funding.level": 0.25})
    assert branch.branches[0]["changes"] == {"command.tempo": [0.2, 0.05], "funding.level": [0.5, 0.25]}
    tempo = [branch.run(1).parameters.command.tempo for _ in range(6)]
    assert tempo == [0.05, 0.05, 0.3, 0.3, 0.05, 0.05]
    assert branch.parameters.funding.level == 0.25
    assert held.run(1).parameters.command.tempo == 0.2, "the first run is none the wiser"


def test_a_branch_of_an_opened_run_is_that_of_the_run_itself_under_events_too(held, tmp_path):
    opened = same_run.reloaded(held, tmp_path)
    for changes in ({"deployment.authorised": 5000}, {"funding.level": 1.0}, {}):
        one, other = held.branch(changes), opened.branch(changes)
        assert [donor.daily_promise for donor in one.donors] == [donor.daily_promise for donor in other.donors]
        same_run.assert_same_run(one.run(3), other.run(3))
