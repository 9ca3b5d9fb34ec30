"""Donors' will, appeals, a contingency plan, assessed money and support, and what casualties do to contributors."""

import math
from dataclasses import replace

import numpy as np
import pytest
from support import priors

from models.haiti.metrics.daily.council import concentration
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from models.haiti.world.state import CLEAR

WEIGHT = 2000


def run(days, *events, seed=1, off=(), cash=None, **overrides):
    overrides = {name.replace("__", "."): value for name, value in overrides.items()}
    case = replace(load_case(overrides=overrides, weight=WEIGHT, events=events), off=tuple(off))
    model = HaitiModel(case, run_seed=seed)
    if cash is not None:
        model.pool.cash = model.pool.opening_cash = cash
    return model.run(days)


def shock(day=5, **settings):
    return {"what": "donor_shock", "day": day, "donor": "all"} | settings


def test_a_freeze_stops_one_channel_for_its_time_and_the_money_comes_later():
    model = run(30, shock(days=10, cash=0, in_kind=1))
    cash = np.diff(model.recorder.values["funding_received_cash_usd_total"])
    total = np.diff(model.recorder.values["funding_received_usd_total"])
    assert cash[3] > 0
    assert not cash[4:14].any()
    assert cash[14] > cash[3] * 0.9
    assert (total[4:14] > 0).all()


def test_a_cut_and_a_surge_scale_what_is_paid():
    plain, half, surge = (run(5, *events).pool for events in ((), (shock(cash=0.5, in_kind=0.5),), (shock(cash=1.5),)))
    before = run(4).pool.received_cash
    assert half.received_cash - before == pytest.approx(0.5 * (plain.received_cash - before))
    assert surge.received_cash - before == pytest.approx(1.5 * (plain.received_cash - before))
    assert surge.received_in_kind == plain.received_in_kind


def test_donors_wait_for_a_partner_and_a_level_is_what_it_is_set_to():
    fall = {"what": "government_falls", "day": 5, "level": 0.1}

    def paid(*events, **rules):
        received = run(6, *events, **rules).recorder.values["funding_received_usd_total"]
        return received[5] - received[4]

    assert paid(fall) == pytest.approx((1 - 0.5 * 0.8) * paid())
    assert paid(fall, government__donors=0) == pytest.approx(paid())
    assert paid(fall, funding__source="level") == pytest.approx(paid(funding__source="level"))


def test_one_donor_of_a_level_takes_its_published_share_with_it():
    level = {"funding__source": "level"}
    model = run(6, shock(donor="United States", in_kind=0), **level)
    cash = np.diff(model.recorder.values["funding_received_cash_usd_total"])
    pledged = [
        (r.donor, r.amount_usd) for r in model.start.pledges if r.channel != "bilateral_in_kind" and not r.overlap
    ]
    american = sum(amount for donor, amount in pledged if donor == "United States") / sum(
        amount for _, amount in pledged
    )
    assert cash[4] == pytest.approx((1 - american) * cash[3], rel=1e-3)


def test_the_loss_of_the_largest_donor_lowers_concentration_and_is_for_good():
    model = run(20, {"what": "donor_loss", "day": 5})
    assert model.political_will.lost == ["United States"]
    owed = [donor.undisbursed for donor in model.donors if donor.donor == "United States"]
    model.run(5)
    assert [donor.undisbursed for donor in model.donors if donor.donor == "United States"] == owed
    assert concentration({"a": 1.0}) == 1.0
    assert concentration({"a": 2.0, "b": 2.0}) == pytest.approx(0.5)
    assert concentration({}) == 0.0
    assert 0 < model.summary()["donor_concentration_mean"] < 1


POOR = {"deployment__at_start": 2000, "cash": 30e6}


def test_appeals_bring_money_when_cash_runs_low_and_tire():
    generous = {"appeal__rate": 0.5, "appeal__days": 20}
    model = run(81, shock(day=1), **POOR, **generous)
    assert model.political_will.appeals == 4
    new = [donor for donor in model.donors if donor.donor.startswith("appeal")]
    assert new
    assert model.pool.received_cash == 0  # nobody pays during the shock, whatever they promise
    tired = run(81, shock(day=1), **POOR, **generous, appeal__fatigue=0.1)
    assert len([donor for donor in tired.donors if donor.donor.startswith("appeal")]) < len(new)
    fallen = run(81, shock(day=1), {"what": "government_falls", "day": 1, "level": 0.01}, **POOR, **generous)
    assert len([donor for donor in fallen.donors if donor.donor.startswith("appeal")]) < len(new)
    assert run(5, **POOR).political_will.appeals == 1
    assert run(5).political_will.appeals == 0
    assert run(5, off=("political_will",), **POOR).political_will.appeals == 0


def test_the_contingency_plan_starts_after_patience_and_lag():
    rules = POOR | {"contingency__runway": 120, "contingency__lag": 20}
    model = run(45, **rules, contingency__in_place=True)
    assert model.political_will.called == 14
    assert model.recorder.values["council_option"].index("un_logistics") == 34
    assert model.authorised() == 2500
    assert run(45, **rules).mandate.option == "mss"
    late = run(45, **rules | {"contingency__lag": 60}, contingency__in_place=True)
    assert late.mandate.option == "mss"
    blind = {"contingency__runway": 1, "contingency__supply": 0, "contingency__vehicles": 0, "contingency__usable": 0}
    never = run(45, **rules | blind, contingency__in_place=True)
    assert never.political_will.called == -1


def test_assessed_money_pays_what_the_option_covers_and_nothing_leaks():
    people = {"deployment__at_start": 2000, "funding__source": "level", "funding__level": 0.1, "cash": 1e6}
    voluntary = run(100, **people)
    package = run(100, **people, mandate__option="un_logistics")
    peacekeeping = run(100, **people, mandate__option="un_peacekeeping")
    assert voluntary.pool.received_assessed == 0
    assert voluntary.pool.supply < 0.9 < package.pool.supply
    assert package.pool.assessed_allowances == 0
    assert package.pool.arrears > 0
    assert peacekeeping.pool.arrears == 0
    assert peacekeeping.pool.assessed_allowances > 0
    for model in (voluntary, package, peacekeeping):
        assert model.pool.imbalance() < 1
        assert min(model.pool.cash, model.pool.in_kind, model.pool.assessed) >= 0
        assert sum(d.disbursed for d in model.donors) == pytest.approx(model.pool.received, rel=1e-9)


def test_support_falls_with_people_on_clearing_and_stays_at_the_status_quo_without_a_package():
    model = run(2, mandate__option="un_logistics", support__kinetic_penalty=0.5)
    model.command.shares[CLEAR] = 0.0
    model.support.step()
    assert model.support.quality == pytest.approx(0.9)
    model.command.shares[CLEAR] = model.parameters.phase_decisive.clear
    model.support.step()
    assert model.support.quality == pytest.approx(0.45)
    plain = run(2)
    assert plain.support.quality == 0.5
    assert plain.support.fitness() == 1.0
    assert run(2, mandate__option="un_logistics", off=("support",)).support.quality == 0.5


def test_vehicles_lost_in_combat_are_replaced_within_the_cap():
    model = run(30, mandate__option="un_logistics", deployment__at_start=500)
    fleet = model.mission.fleet
    fleet.delivered, fleet.serviceable, fleet.broken, fleet.lost = 120, 100, 0, 20
    model.pool.assessed += 1e9
    model.pool.received_assessed += 1e9
    before = model.support.replaced
    for _ in range(200):
        model.support.step()
        model.support.replacements(20)
    assert model.support.replaced - before == pytest.approx(6 * 200 / 365, abs=1.5)
    assert model.pool.imbalance() < 1


OUTCOMES = {
    "support.kinetic_penalty": lambda model: model.summary()["logistics_quality_mean"],
    "support.availability_gain": lambda model: model.summary()["usable_force_mean"],
    "support.replaced_vehicles": lambda model: model.support.replacements_left,
    "support.base_budget": lambda model: model.pool.received_assessed,
    "support.half_life": lambda model: model.pool.received_assessed,
    "tolerance.deaths": lambda model: len(model.casualty_tolerance.hesitant),
    "tolerance.caveat": lambda model: model.p_min(),
    "tolerance.hazard": lambda model: model.forces.deployed(),
}


@pytest.mark.parametrize("row", priors.covered("test_donors"), ids=lambda row: row.name)
def test_both_ends_of_appeals_support_and_tolerance_matter(row):
    found = [outcome_of(row.name, value) for value in priors.ends(row, 0.02)]
    assert found[0] != found[1]


def outcome_of(name, value):
    changes = {name.replace(".", "__"): value}
    if name.startswith("appeal."):
        rules = {"deployment__at_start": 1000, "appeal__rate": 0.3, "appeal__days": 20, "cash": 23e6}
        model = run(60, shock(day=1, in_kind=0), **rules | changes)
        return sum(donor.promised for donor in model.donors), model.political_will.appeals
    lively = {"deployment__at_start": 1500, "clearing__fire_gang": 1.0, "command__p_min": 0.3, "command__tempo": 0.05}
    lively |= {"mandate__option": "un_logistics", "tolerance__deaths": 1, "arrears__withdraw_hazard": 0.05}
    return OUTCOMES[name](run(35, **lively | changes))


def test_deaths_above_tolerance_tighten_caveats_and_call_people_home():
    model = run(6, deployment__at_start=800, arrears__withdraw_hazard=1.0, tolerance__hazard=1.0)
    kenya = max(model.contingents, key=lambda one: one.strength)
    home = model.forces.deployed() - kenya.strength
    for unit in kenya.units[:6]:
        unit.strength -= 1
    assert kenya.deaths >= 6
    model.casualty_tolerance.step()
    assert model.casualty_tolerance.hesitant == []  # it looks once a week
    model.run(1)
    assert model.casualty_tolerance.hesitant == [kenya.number]
    assert 0 < model.p_min() - model.parameters.command.p_min <= 0.1
    assert kenya.strength == 0
    assert model.forces.deployed() == home
    assert model.casualty_tolerance.memory[kenya.number] >= 6
    for model.day in range(14, 14 + 7 * 52, 7):
        model.casualty_tolerance.step()
    assert model.casualty_tolerance.memory[kenya.number] < 6.5 * math.exp(-0.9)
    assert not run(7, off=("casualty_tolerance",)).casualty_tolerance.memory
