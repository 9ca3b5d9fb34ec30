"""Values that parameters may legally have break nothing: no division by zero, no infinity, nothing lost, every law kept."""

import datetime
import math

import numpy as np
import pytest
from support.laws import ends
from support.laws.invariants import check_days

from models.haiti.metrics import DAILY
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from models.haiti.start import founding
from models.haiti.world.contest import logit_weights
from simulation.errors import NumberError
from simulation.mechanism import Mechanism, live

AUTUMN = datetime.date(2024, 10, 1)  # the first base stands and no longer takes all goods in kind


def found(overrides, scenario="baseline", seed=3, start=None, events=False):
    case = load_case(scenario, overrides=overrides, weight=2000, start=start)
    return HaitiModel(case, run_seed=seed, events=events)


def test_income_where_gangs_let_nothing_be_earned_on_the_first_day():
    """Ruled by gangs to the last and with all trade lost, a place earns nothing: 0 of what it would without them."""
    model = found({"control.initial_gang": 1, "roads.trade_loss": 1}, "POL6", seed=4698154431721816460)
    influence, passage = model.state.influence, model.passage
    influence[:30] = 1.0
    model.roads._begin()
    assert passage.income_at_start.min() > 0.0
    before = influence.copy()
    for now in (1.0, 0.75):
        influence[:30] = now
        income = model.roads._earn() / passage.income_at_start
        assert income[:30] == pytest.approx(1.0 - now, abs=0.1 * (1.0 - now))  # ways are safer as well
    influence[:] = before
    check_days(model, 29, ends.finite)


def test_no_bed_is_built_of_money_that_yields_none():
    barren = {"deployment.bed_yield_floor": 0, "deployment.lead_support": 0, "deployment.authorised": 5000}
    barren |= {"funding.source": "level", "funding.level": 2.0}
    model = found(barren, start=AUTUMN)
    beds = model.mission.beds
    check_days(model, 10)
    assert model.mission.beds == max(beds, model.mission.base_beds())


def test_what_a_group_that_died_out_left_is_not_lost_when_another_takes_its_row():
    model = found({"prosecution.removal": 0.05, "prosecution.split": 1.0})
    affairs, first = model.affairs, len(model.start.gangs)
    affairs.treasury[first], affairs.arms_budget[first], affairs.arms[first] = 100.0, 3355.0, 7.0
    stocks = affairs.treasury, affairs.arms_budget, affairs.arms
    before = [stock.sum() for stock in stocks]
    gang = int(model.state.members.astype(bool).sum(axis=1).argmax())
    model.prosecution._split(gang, model.dice.roll("test", 1))
    assert model.state.members[first].any()
    assert [stock.sum() for stock in stocks] == pytest.approx(before, rel=1e-12)
    assert affairs.arms_budget[first] >= 3355.0


@pytest.mark.slow
@pytest.mark.verifies("V-12")
def test_money_and_weapons_are_kept_while_gangs_split_and_die_out():
    model = found({"prosecution.removal": 0.2, "prosecution.split": 1.0}, "POL11", seed=2, events=True)
    first, prosecute = len(model.start.gangs), model.prosecution.step

    def step():
        """All breakaway groups dissolve before the next split, which takes their rows."""
        if model.day in (55, 85, 115):
            for gang, place in np.argwhere(model.state.members[first:]).tolist():
                model.harm.leave_gang(first + gang, place, int(model.state.members[first + gang, place]))
        prosecute()

    model.prosecution.step = step
    check_days(model, 125)
    assert sum(row.kind == "gang split" for row in model.ledger.incidents) > founding.BREAKAWAY_GROUPS


def test_a_choice_between_very_unequal_worths_does_not_overflow():
    weights = logit_weights(np.array([5000.0, 4999.0, 0.0]))
    assert np.isfinite(weights).all()
    assert weights[1] / weights[0] == pytest.approx(math.exp(-1.0))
    plain = np.array([3.0, -2.0, 0.0])
    assert logit_weights(plain).tolist() == [math.exp(value) for value in plain.tolist()]
    check_days(found({"gang.gain": 50, "gang.choice_scale": 0.01, "gang.act_rate": 2.0}), 10, ends.finite)


class Broken(Mechanism):
    name = "broken"

    def step(self):
        self.model.alarm_today /= np.zeros(self.model.n)


def test_a_rule_that_leaves_the_numbers_ends_the_run_and_is_named():
    model = found({})
    model.alarm_today[:] = 0.0
    model.step()
    with pytest.raises(NumberError, match=r"^broken: invalid value encountered in divide on day 1$"):
        live([Broken(model)])


def test_a_draw_that_is_none_ends_the_run_and_is_named():
    model = found({})
    model.state.members[:] = 10
    model.youth_factor = float("nan")
    with pytest.raises(NumberError, match=r"^draw 'recruitment' of day 1, place \d+: a Poisson count"):
        model.step()


def test_definitions_say_where_they_leave_what_one_expects():
    assert "above 1" in DAILY["deployed_share"].meaning
    assert "below 0" in DAILY["expectation_gap"].meaning


def test_more_thoughts_of_operations_cost_little(monkeypatch):
    """A force of tens of thousands thinks of thousands of operations a day; guards are counted once for each launched."""
    large = {"deployment.authorised": 23466, "deployment.forced": True, "command.tempo": 0.5}
    model = found(large | {"command.hold_before_clear": True}, "POL9")
    asked, plain = [], model.forces.spare_guards
    monkeypatch.setattr(model.forces, "spare_guards", lambda: asked.append(1) or plain())
    model.run(3)
    launched = int(model.ledger.sum_total("operations"))
    assert 0 < len(asked) <= launched + 3


@pytest.mark.slow
@pytest.mark.verifies("V-10", "V-11", "V-12", "V-13")
@pytest.mark.parametrize("scene", ends.SCENES)
def test_ends_of_what_is_legal_break_no_law(scene):
    """Every end of every range once, forty at a time; `support.laws.ends` tries them alone and in pairs."""
    turn = list(ends.SCENES).index(scene)
    for number, hand in enumerate(ends.hands(40, None, seed=1)):
        if number % len(ends.SCENES) == turn:
            ends.live(hand, scene, days=31, weight=2000, seed=number)


def test_hands_hold_every_end_once():
    dealt = [item for hand in ends.hands(40, None, seed=1) for item in hand.items()]
    assert sorted(map(repr, dealt)) == sorted(map(repr, ends.every_end()))
    assert len(dealt) > 800
    assert next(ends.hands(2, 1, seed=1)) == next(ends.hands(2, 1, seed=1))
    assert len(list(ends.hands(2, 500, seed=1))) == 500
