"""The day's fights in compiled passes are the rules as they are written, to the last bit, and ask whoever has own methods."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from models.haiti.agents.gang import Gang
from models.haiti.agents.unit import Unit
from models.haiti.mechanisms.force.self_defence import SelfDefence
from models.haiti.model import HaitiModel
from models.haiti.passes.harm import call_fighters, count_misconduct
from models.haiti.passes.luck import expect_clashes, find_opportunities, streams
from models.haiti.people.harm import Harm
from models.haiti.scenario.scenario import load_case
from simulation.dice import Stream, day_key
from simulation.errors import DrawError

LIVELY = {
    "command.tempo": 0.05, "gang.act_rate": 0.5, "gang.raid_rate": 3.0, "gang.cohesion": 0.3, "deployment.at_start": 600,
    "patrol.ambush": 0.01, "rivalry.clash_rate": 0.004, "rivalry.bystanders": 2.0, "self_defence.victims": 0.02,
    "self_defence.reprisal": 1.0, "strike.active": True, "abuse.police_rate": 0.001,
}  # fmt: skip


class Counting(Harm):
    """Somebody's own rules of harm: those of the package, and how often each is asked."""

    def __init__(self, model):
        super().__init__(model)
        self.asked = Counter()

    def residents(self, place, harmed, cause, luck):
        self.asked["residents", cause] += 1
        super().residents(place, harmed, cause, luck)

    def one_gang(self, gang, place, hits, cause, luck):
        self.asked["one_gang", cause] += 1
        return super().one_gang(gang, place, hits, cause, luck)

    def security_forces(self, shares, hits, luck, place=None):
        self.asked["security_forces", "patrols" if place is not None else "operations"] += 1
        super().security_forces(shares, hits, luck, place)


@pytest.fixture
def model():
    return HaitiModel(load_case(overrides=LIVELY, weight=2000), run_seed=4)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Harm, "residents"),
        (Harm, "gang_members"),
        (Harm, "one_gang"),
        (Unit, "decide"),
        (Gang, "decide"),
        (SelfDefence, "_attack"),
    ],
)
def test_a_method_that_is_put_in_place_of_the_package_s_own_is_asked(model, monkeypatch, kind, name):
    """As at a notebook, `Unit.decide = mine`: no pass goes round it, and if it does the same the run is the same."""
    asked, own = [], getattr(kind, name)

    def mine(self, *given):
        asked.append(name)
        return own(self, *given)

    other = HaitiModel(load_case(overrides=LIVELY, weight=2000), run_seed=4).run(20)
    assert other.harm.plain
    monkeypatch.setattr(kind, name, mine)
    assert model.harm.plain == (kind is not Harm)
    assert model.run(20).recorder.daily().equals(other.recorder.daily())
    assert asked


def test_a_unit_s_own_method_is_asked_as_well(model):
    asked, units = [], model.run(2).forces.units["police"]
    units[0].decide = lambda: asked.append(model.day) or units[0].place
    model.run(7)
    units.append(units.pop())
    units.insert(1, units.pop())  # another muster
    model.run(7)
    assert len(asked) == 2


def test_a_gang_s_own_method_is_asked_as_well(model):
    asked = []
    model.gangs[0].decide = lambda: asked.append(model.day) or []
    model.run(7)
    assert asked == [1, 2, 3, 4, 5, 6, 7]


def test_a_unit_is_sent_to_no_place_that_there_is_not(model):
    unit = model.run(1).forces.units["police"][0]
    with pytest.raises(IndexError, match="cannot go to neighbourhood 138: they are numbered 0 to 137"):
        unit.goal = 138
    assert unit.goal < 138


def test_a_day_in_one_pass_is_the_day_draw_by_draw(model):
    """Whoever puts own methods in place of the package's is asked for every hit; if they do the same, the run is the same."""
    other = HaitiModel(load_case(overrides=LIVELY, weight=2000), run_seed=4)
    other.harm = Counting(other)
    assert model.harm.plain
    assert not other.harm.plain
    for _ in range(60):
        model.step()
        other.step()
        for name, counts in model.ledger.today.items():
            assert counts.tobytes() == other.ledger.today[name].tobytes(), name
        assert model.state.members.tobytes() == other.state.members.tobytes()
    every = {"assaults", "operations", "rivalry", "self_defence", "strikes"}
    assert {cause for what, cause in other.harm.asked if what == "residents"} == every
    assert {cause for what, cause in other.harm.asked if what == "one_gang"} == every
    assert other.harm.asked["security_forces", "patrols"] > 0
    assert other.harm.asked["security_forces", "operations"] > 0


def test_a_pass_names_the_draw_that_was_asked_for_nonsense(model):
    model.step()
    model.self_defenders[3] = math.nan
    with pytest.raises(DrawError, match=r"^draw 'self_defence' of day 1, place 0: a Poisson count"):
        model.self_defence.step()
    model.state.on_shift[2, 5] = -1e9
    with pytest.raises(DrawError, match=r"^draw 'compliance' of day 1, place 2: a Poisson count"):
        model.compliance.step()


def test_clashes_are_expected_between_rivals(model):
    root, terrain = np.sqrt(model.state.members), model.terrain
    around = terrain.neighbours_sum(root) + root
    own, near, both = (np.zeros(model.n) for _ in range(3))
    for gang in range(len(root)):
        own, near, both = own + root[gang], near + around[gang], both + root[gang] * around[gang]
    wanted = 0.3 * np.maximum(own * near - both, 0.0)
    found, total = expect_clashes(model.state.members, *terrain.land[:2], 0.3)
    assert found.tobytes() == wanted.tobytes()
    assert total == wanted.sum()
    assert np.count_nonzero(wanted) > 10


def test_opportunities_and_fighters_are_drawn_gang_by_gang(model):
    luck, gangs = np.random.default_rng(3), len(model.gangs)
    members, affairs = model.state.members, model.affairs
    violence, provoked = luck.random(gangs), 3.0 * luck.random(gangs)
    sizes, rates = members.sum(axis=1), (2.0, 5.0, 1.5)
    many = streams(model.dice.seed, model.dice.name("test"), day_key(7), np.arange(gangs))
    found = {gang: (assault, raid) for gang, assault, raid in find_opportunities(
        many, sizes, violence, 0.9, 1.2, provoked, *rates).tolist()}  # fmt: skip
    for gang in range(gangs):
        one, thousands = model.dice.roll("test", 7, gang), sizes[gang] / 1000.0 * (violence[gang] * 0.9 * 1.2)
        assault = one.uniform() < -math.expm1(-2.0 * thousands)
        raid = one.uniform() < -math.expm1(-5.0 * (1.0 + 1.5 * provoked[gang]) * thousands)
        assert found.get(gang, (0, 0)) == (assault, raid)
        assert many[gang] == one.state
    assert 0 < len(found) < gangs
    worth = luck.random(gangs)
    for place in range(model.n):
        one, other = (model.dice.roll("test", 8, place) for _ in range(2))
        here, before = np.flatnonzero(members[:, place]), affairs.provoked.copy()
        fighting = np.array([one.binomial(int(members[gang, place]), 0.6) for gang in here], np.int64)
        number, strength = call_fighters(other.state, place, 0.6, members, worth, affairs.provoked)
        assert (number, strength) == (fighting.sum(), (fighting * worth[here]).sum())
        assert one.state == other.state
        assert np.flatnonzero(affairs.provoked - before).tolist() == here.tolist()


def test_misconduct_is_counted_force_by_force(model):
    on_shift, rates, seen = model.state.on_shift * 1.1, np.array([0.01, 0.02, 0.03]), np.array([0.1, 0.2, 0.3])
    lucks = streams(model.dice.seed, model.dice.name("test"), day_key(9), np.arange(3))
    days, expected = np.ones(3), np.ones((2, 3))
    events = count_misconduct(lucks, on_shift, 0.33, tuple(rates), tuple(seen), days, expected, np.zeros(1, np.int64))
    on_duty = on_shift.sum(axis=1)
    assert days.tobytes() == (1.0 + on_duty / 0.33).tobytes()
    assert expected.tobytes() == (1.0 + np.array((on_duty * rates, on_duty * rates * seen))).tobytes()
    own = [model.dice.roll("test", 9, force).poisson(float(on_duty[force]) * rates[force]) for force in range(3)]
    assert events.tolist() == own
    assert sum(own) > 0


def test_units_lose_people_by_their_strength(model):
    units = model.forces.units["police"]
    strengths, luck = [unit.strength for unit in units], Stream(np.array([5], np.uint64))
    assert model.harm.take_from(units, 40, luck) == 40
    lost = [before - unit.strength for before, unit in zip(strengths, units, strict=True)]
    assert sum(lost) == 40
    assert min(lost) >= 0
    assert model.harm.take_from(units[:1], 10**5, luck) == strengths[0] - lost[0]
    assert units[0].strength == 0
    assert model.harm.take_from([], 3, luck) == 0
