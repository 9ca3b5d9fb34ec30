"""The Council's mandate: ramp, draw-down, adoption, expiry, and what each option brings and forbids."""

import datetime
import math
from dataclasses import replace

import numpy as np
import pytest
from support import priors

from models.haiti.agents.contingent import ready_batches
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from models.haiti.world.state import CLEAR
from simulation.errors import InputError

WEIGHT = 2000


def run(days, *events, seed=1, off=(), **overrides):
    overrides = {name.replace("__", "."): value for name, value in overrides.items()}
    case = replace(load_case(overrides=overrides, weight=WEIGHT, events=events), off=tuple(off))
    return HaitiModel(case, run_seed=seed).run(days)


def adoption(day=1, **settings):
    return {"what": "adoption", "day": day, "probability": 1, "lag": 0, "option": "un_peacekeeping"} | settings


def test_a_peacekeeping_operation_fills_up_by_the_published_curve():
    quiet = {"clearing__fire_gang": 0, "patrol__ambush": 0, "deployment__at_start": 0, "gang__members": 0}
    model = run(300, adoption(ceiling=6000), **quiet)
    deployed = model.recorder.values["deployed_force"]
    for day in (30, 100, 200, 300):
        curve = 0.925 * 6000 * (1 - math.exp(-(day - 1) / 130))
        assert curve - 100 <= deployed[day] <= curve, day
    assert deployed[300] == pytest.approx(0.9 * 0.925 * 6000, rel=0.03)
    assert model.authorised() == 6000
    assert model.recorder.values["binding_ceiling"][-1] == "contributors"


@pytest.mark.verifies("V-17")
def test_a_withdrawal_is_linear_and_ends_with_nobody():
    model = run(100, {"what": "withdrawal", "day": 20, "over": 60}, deployment__at_start=1000, clearing__fire_gang=0)
    deployed = model.recorder.values["deployed_force"]
    for day in (20, 35, 50, 79):
        assert deployed[day] == pytest.approx(deployed[19] * (1 - (day - 20) / 60), abs=1), day
    assert deployed[80] == 0
    assert model.recorder.values["council_option"][-1] == "none"
    assert sum(model.recorder.values["security_vacuum_today"]) == 21
    assert not model.forces.units["mission"]
    assert model.forces.strength("police") > 0
    assert all(contingent.strength == 0 for contingent in model.contingents)


def test_a_mandate_that_is_not_renewed_ends_on_its_date():
    model = run(200, mandate__at_expiry="end", mandate__drawdown_days=60)
    expiry = model.clock.day(datetime.date(2024, 10, 2))
    option = model.recorder.values["council_option"]
    assert option[expiry + 59] == "mss"
    assert option[expiry + 60] == "none"
    assert model.forces.deployed() == 0
    assert model.summary()["days_under_mandate"] < 200


def test_a_mandate_is_renewed_by_default_and_by_an_event():
    assert run(130).mandate.expires == 123 + 365
    model = run(130, {"what": "renewal", "day": 100, "term": 180})
    assert model.mandate.expires == 123 + 180


def test_an_expiry_by_event_changes_the_option_after_the_old_one_ran_on():
    event = {"what": "expiry", "date": "2024-09-20", "then": "change"}
    rules = {"mandate__adoption_probability": 1, "mandate__adoption_lag": 120, "mandate__adoption_lag_spread": 0}
    option = run(160, event, **rules).recorder.values["council_option"]
    decided = 111 - 90
    assert option[decided + 119] == "mss"
    assert option[decided + 120] == "suppression_force"


def test_adoption_is_a_chance_with_a_lag_and_a_veto_stops_it():
    free = {"mandate__adoption_probability": 0.6}
    model = run(1, **free)
    adopted, lags = [], []
    for model.day in range(1, 400):
        adopted.append(model.mandate.propose("un_peacekeeping", 5000))
        if adopted[-1]:
            lags.append(model.mandate.proposal[2] - model.day)
    assert np.mean(adopted) == pytest.approx(0.6, abs=0.08)
    assert np.median(lags) == pytest.approx(90, rel=0.15)
    assert np.std(np.log(lags)) == pytest.approx(0.6, abs=0.1)
    vetoed = run(5, {"what": "veto", "day": 1, "days": 3}, adoption(day=2))
    assert vetoed.mandate.option == "mss"
    assert vetoed.mandate.vetoes == 0
    assert run(5, {"what": "veto", "day": 1, "days": 2}, adoption(day=4)).mandate.option == "un_peacekeeping"


def test_rules_of_engagement_and_clearing_are_stricter_for_peacekeepers():
    models = {option: run(3, mandate__option=option) for option in ("mss", "un_peacekeeping", "suppression_force")}
    assert models["mss"].permissiveness() == pytest.approx(0.5)
    assert models["un_peacekeeping"].permissiveness() == pytest.approx(0.3)
    assert models["suppression_force"].permissiveness() == pytest.approx(0.7)
    model = models["un_peacekeeping"]
    free = model.command.weights @ model.posture._mixes
    assert model.command.shares[CLEAR] == pytest.approx(0.3 * free[CLEAR])
    assert model.command.shares.sum() == pytest.approx(1)


def test_consent_that_is_withdrawn_ends_the_mission():
    model = run(40, {"what": "consent_withdrawn", "day": 5, "over": 20}, deployment__at_start=300)
    assert model.forces.deployed() == 0
    assert not model.mandate.consent
    assert not model.mandate.propose("un_peacekeeping", 3000, 1.0, 0)


def test_countries_wait_while_nobody_governs():
    many = {"contributor__offer_rate": 0, "contributor__ready_delay": 1, "contributor__follow_through": 1}
    many |= {"government__shock": 0, "government__persistence": 1}
    fall = {"what": "government_falls", "day": 1, "level": 0.0}
    plain, fallen = run(60, **many), run(60, fall, **many)
    assert fallen.politics.consent == 0.0
    assert sum(contingent.landed for contingent in plain.contingents) > sum(one.landed for one in fallen.contingents)
    assert not ready_batches(fallen)
    assert (
        run(60, fall, off=("government",), **many).forces.deployed()
        == run(60, off=("government",), **many).forces.deployed()
    )


def test_a_vote_needs_a_host_and_a_host_may_tire_of_the_mission():
    fall, vote = {"what": "government_falls", "day": 1, "level": 0.0}, adoption(day=5, probability=-1)
    sure = {"mandate__adoption_probability": 1, "government__shock": 0}
    assert run(6, vote, **sure).mandate.option == "un_peacekeeping"
    assert run(6, fall, vote, **sure).mandate.option == "mss"
    assert not run(185, fall, deployment__at_start=300).mandate.leaving
    asked = run(185, fall, deployment__at_start=300, mandate__least_consent=0.3)
    assert asked.mandate.leaving
    assert not asked.mandate.consent
    assert not run(185, mandate__least_consent=0.3).mandate.leaving


def test_without_the_mandate_the_first_option_stays():
    model = run(60, adoption(), {"what": "withdrawal", "day": 20, "over": 10}, off=("mandate",))
    assert model.mandate.option == "mss"
    assert model.authorised() == 2500
    assert model.forces.deployed() > 0


def test_a_mission_of_nobody_has_no_mandate():
    model = run(3, mandate__option="none")
    assert model.forces.deployed() == model.authorised() == 0
    assert model.summary()["option_days_none"] == 3


def test_a_force_imposed_for_an_experiment_can_still_be_sent_home():
    event = {"what": "withdrawal", "day": 2, "over": 10}
    model = run(15, event, deployment__forced=True, deployment__authorised=3000)
    assert model.forces.deployed() == 0


OUTCOMES = {
    "mandate.adoption_lag": "option_days_un_peacekeeping",
    "mandate.ramp": "deployed_force_mean",
    "mandate.vehicles_peacekeeping": "mission_equipment_mean",
    "mandate.clearing_peacekeeping": "logistics_quality_mean",
}


@pytest.mark.parametrize("row", priors.covered("test_mandate"), ids=lambda row: row.name)
def test_both_ends_of_a_prior_move_an_outcome(row):
    event = adoption(day=2, ceiling=8000, lag=-1 if row.name == "mandate.adoption_lag" else 0)
    means = []
    for value in priors.ends(row, 0.02):
        rules = {row.name.replace(".", "__"): value, "deployment__at_start": 2000, "command__p_min": 0.3}
        means.append(run(60, event, **rules).summary()[OUTCOMES[row.name]])
    assert means[0] != means[1]


def test_both_ends_of_the_chance_of_adoption_matter():
    model = run(1)
    counts = []
    for chance in (0.3, 0.98):
        model.parameters = model.parameters.replace({"mandate.adoption_probability": chance})
        votes = []
        for model.day in range(1, 60):
            votes.append(model.mandate.propose("un_peacekeeping", 5000))
        counts.append(sum(votes))
    assert counts[0] < counts[1]


def test_draw_down_takes_as_long_as_its_prior_says():
    days = [run(200, {"what": "withdrawal", "day": 2}, mandate__drawdown_days=d).summary() for d in (60, 180)]
    assert days[0]["security_vacuum_days"] > days[1]["security_vacuum_days"] > 0


@pytest.mark.parametrize("option", ["un_peacekeeping", "suppression_force"])
def test_permission_to_fire_follows_its_parameter(option):
    name = f"mandate__permission_{option.partition('_')[0 if option.startswith('s') else 2]}"
    low, high = (run(1, mandate__option=option, **{name: value}).permissiveness() for value in (0.4, 0.9))
    assert (low, high) == pytest.approx((0.2, 0.45))


def test_an_option_that_does_not_exist_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="Did you mean un_peacekeeping"):
        load_case(events=[adoption(option="un_peacekeper")])
