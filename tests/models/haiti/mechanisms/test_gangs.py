"""Gang economy, arms, pact and joining: known answers and limits."""

import numpy as np
import pytest

from models.haiti.mechanisms.gangs import arms, coalition
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from models.haiti.world.gang_affairs import EXTORTION, KIDNAPPING, PATRONAGE, STREAMS, TOLLS, TRAFFICKING
from models.haiti.world.state import NOBODY

# money


def test_extortion_takes_the_rate_of_what_passes_and_nothing_from_unowned_ground(bench):
    model = bench.start(economy__coalition_markup=0.0)
    model.state.influence[:] = 1.0
    model.state.visibility[:] = 0.0
    model.state.owner[:] = 3
    model.extortion.step()
    everybody = model.state.present[: model.n].sum()
    assert model.affairs.revenue[EXTORTION, 3] == pytest.approx(0.03 * 2.0 * everybody)
    assert model.affairs.revenue[EXTORTION].sum() == model.affairs.revenue[EXTORTION, 3]
    model.state.owner[:] = NOBODY
    model.extortion.step()
    assert model.affairs.revenue[EXTORTION].sum() == 0


def test_tolls_of_a_city_wholly_held_are_one_fee_a_container(bench):
    model = bench.start(tolls__daily_most=1e6)
    model.state.influence[:], model.state.visibility[:], model.state.owner[:] = 1.0, 0.0, 0
    model.tolls.step()
    assert model.affairs.revenue[TOLLS].sum() * 365 == pytest.approx(2000 * 3000 * 12)
    model.parameters = model.parameters.replace({"tolls.daily_most": 100.0})
    model.tolls.step()
    assert model.affairs.revenue[TOLLS].sum() <= 100.0 * model.n


def test_patrols_in_sight_lower_what_is_taken(bench):
    def taken(patrols):
        model = bench.start()
        model.state.visibility[:] = patrols
        bench.days(20)
        return np.array(model.affairs.by_stream), model.ledger.sum_total("kidnapped_people")

    (before, people_before), (after, people_after) = taken(0.0), taken(1.0)
    for stream in (EXTORTION, TOLLS, TRAFFICKING):
        assert after[stream] == pytest.approx(before[stream] * np.exp(-0.8), rel=0.02)
    assert people_after < people_before


def test_people_taken_are_held_then_let_go_and_ransom_is_paid_only_then(bench):
    model = bench.start(kidnapping__days_held=1.0)
    bench.days(1)
    taken = model.ledger.sum_total("kidnapped_people")
    assert taken == model.affairs.held > 0
    assert model.affairs.revenue[KIDNAPPING].sum() == 0
    model.parameters = model.parameters.replace({"kidnapping.rate": 0.0})
    bench.days(1)
    assert model.affairs.held == 0
    assert model.affairs.revenue[KIDNAPPING].sum() > 0


def test_patrons_pay_less_under_sanctions_and_more_before_a_vote(bench):
    model = bench.start(patronage__sanctions=1.0, patronage__sanction_effect=0.6)
    model.patronage.step()
    assert model.affairs.revenue[PATRONAGE].sum() == pytest.approx(0.4 * 65_000)
    model.politics.patron_demand = 1.5
    model.patronage.step()
    assert model.affairs.revenue[PATRONAGE].sum() == pytest.approx(0.6 * 65_000)


def test_no_transit_income_behind_a_closed_border(bench):
    model = bench.start(arms__interdiction=1.0)
    model.trafficking.step()
    assert model.affairs.revenue[TRAFFICKING].sum() == 0


@pytest.mark.verifies("V-12")
def test_no_money_of_gangs_is_lost_and_a_split_moves_it_with_the_members(bench):
    model = bench.start(prosecution__removal=0.02, prosecution__split=1.0)
    bench.days(200)
    assert model.ledger.sum_total("leaders_removed") > 5
    assert model.state.members[len(model.start.gangs) :].sum() > 0
    assert model.affairs.imbalance() < 1e-6 * model.affairs.taken
    assert min(model.affairs.treasury.min(), model.affairs.arms_budget.min(), model.affairs.arms.min()) >= 0


def test_unpaid_members_leave(bench):
    model = bench.start(economy__gang_wage=100.0, recruitment__rate=0.0, gang__exit=0.0)
    bench.days(20)
    assert model.affairs.unpaid_days.max() == 20
    assert model.ledger.sum_total("gang_exits") > 100
    assert model.gangs[0].unpaid_days == model.affairs.unpaid_days[0]


# arms


def test_weapons_on_the_first_day_make_members_worth_what_they_were(bench):
    for floor, worth in ((0.3, 0.6), (0.5, 0.3), (1.0, 1.0), (0.0, 0.0)):
        model = bench.start(arms__floor=floor, gang__arms=worth)
        members = model.state.members.sum(axis=1)
        again = arms.worth(model.affairs.arms, members, min(floor, worth))[members > 0]
        np.testing.assert_allclose(again, worth)


def test_purchases_are_the_least_of_money_market_and_need():
    bought = arms.purchases(
        np.array([10.0, 99.0, 99.0]), 1.0, np.array([50.0, 20.0, 50.0]), np.zeros(3), np.array([90, 90, 5])
    )
    assert bought.tolist() == [10.0, 20.0, 5.0]


def test_without_supply_weapons_wear_out_and_members_are_worth_less(bench):
    model = bench.start(arms__supply=0.0, arms__wear=1.0)
    first = model.affairs.arms.sum()
    bench.days(70)
    assert model.affairs.arms.sum() == pytest.approx(first * np.exp(-70 / 365))
    assert model.arms_factor()[:19].max() < 0.6


def test_interdiction_leaves_gangs_fewer_weapons(bench):
    stock = []
    for share in (0.0, 0.5):
        model = bench.start(arms__interdiction=share)
        bench.days(70)
        stock.append(model.affairs.arms.sum())
    assert stock[1] < stock[0]


# the pact


def test_gini_of_known_distributions():
    assert coalition.gini(np.full(5, 3.0)) == pytest.approx(0.0)
    assert coalition.gini(np.array([0.0, 0.0, 0.0, 8.0])) == pytest.approx(0.75)
    assert coalition.gini(np.array([1.0, 3.0])) == pytest.approx(0.25)
    assert coalition.gini(np.zeros(3)) == coalition.gini(np.empty(0)) == 0.0


def test_the_pact_stands_while_nothing_changes_and_a_threat_binds_it(bench):
    quiet = {"coalition__noise": 0.0, "coalition__turnover": 0.0, "recruitment__rate": 0.0, "gang__exit": 0.0}
    model = bench.start(**quiet, arms__supply=0.0, arms__wear=0.0)
    bench.days(28)
    assert model.cohesion == pytest.approx(0.7)
    model.state.state_strength *= 5
    bench.days(28)
    assert model.cohesion > 0.71


def test_unequal_rents_and_lost_leaders_loosen_the_pact(bench):
    quiet = {"coalition__noise": 0.0, "coalition__turnover": 0.0}
    model = bench.start(**quiet)
    bench.days(1)
    model.state.owner[model.state.owner != NOBODY] = 0
    bench.days(27)
    assert model.cohesion < 0.69
    model = bench.start(**quiet)
    bench.days(1)
    model.affairs.leaders_lost = 1.0
    bench.days(6)
    assert model.cohesion == pytest.approx(0.7 * 0.85, abs=0.003)


def test_the_pact_breaks_up_on_its_day_and_gangs_that_leave_lower_it(bench):
    model = bench.start()
    assert bench.days(9)[-1, 8] == pytest.approx(0.7, abs=0.05)
    model.coalition.break_up(0.1)
    assert bench.days(1)[-1, 8] == 0.1
    model = bench.start(coalition__turnover=1.0, coalition__bond=-10.0, coalition__noise=0.0)
    bench.days(30)
    assert not model.affairs.allied[model.state.members.any(axis=1)].any()
    assert model.cohesion == 0.0


# joining


def test_jobs_pay_and_youth_work_lower_recruitment(bench):
    def recruits(youth=1.0, **overrides):
        model = bench.start(recruitment__rate=1.2e-3, **overrides)
        model.youth_factor = youth
        bench.days(40)
        return model.ledger.sum_total("gang_recruits")

    today = recruits()
    assert today > 50
    assert recruits(livelihoods__coverage=1.0, livelihoods__effect=1.0) == 0
    assert recruits(youth=0.0) == 0
    assert recruits(livelihoods__coverage=1.0, livelihoods__stipend=20.0) < 0.6 * today
    assert recruits(recruitment__unemployment=0.3) < 0.8 * today
    assert recruits(recruitment__inequality=0.8) > 1.2 * today


def test_gangs_below_their_founding_size_force_more_of_those_who_join(bench):
    model = bench.start(recruitment__forced_share=0.5)
    bench.days(40)
    half = model.ledger.sum_total("gang_recruits_forced") / model.ledger.sum_total("gang_recruits")
    model = bench.start(recruitment__forced_share=0.5)
    model.founding_sizes, true_sizes = model.founding_sizes * 1000, model.founding_sizes
    bench.days(40)
    model.founding_sizes = true_sizes
    all_of_them = model.ledger.sum_total("gang_recruits_forced") / model.ledger.sum_total("gang_recruits")
    assert half == pytest.approx(0.5, abs=0.15)
    assert all_of_them > 0.95


def test_streams_add_up_and_their_shares_are_one():
    model = HaitiModel(load_case(weight=1000), run_seed=3).run(20)
    daily = model.recorder.daily().iloc[1:]
    streams = [daily[f"gang_revenue_{name}_usd_today"] for name in STREAMS]
    np.testing.assert_allclose(sum(streams), daily.gang_revenue_usd_today)
    np.testing.assert_allclose(sum(daily[f"gang_revenue_{name}_share"] for name in STREAMS), 1.0)
