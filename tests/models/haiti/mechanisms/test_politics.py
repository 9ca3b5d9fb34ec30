"""Prosecution, government and elections: known answers; off-switches and priors of these and of the gangs' own rules."""

from dataclasses import replace

import numpy as np
import pytest
from support import priors

from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from models.haiti.world.politics import FACTORS
from models.haiti.world.state import CONTESTED, GANG, STATE

# leaders


def test_a_removed_leader_costs_strength_for_a_time_and_changes_violence(bench):
    model = bench.start(prosecution__split=0.0, prosecution__violence=-0.2, prosecution__violence_days=30)
    before = float(model.arms_factor()[4])
    model.prosecution.remove_leader(4, int(model.state.members[4].argmax()), model.prosecution.roll(4, "test"))
    assert model.arms_factor()[4] == pytest.approx(0.7 * before)
    assert model.affairs.violence[4] == pytest.approx(0.8)
    bench.days(42)
    assert model.affairs.violence[4] == 1.0
    assert model.affairs.coordination[4] == pytest.approx(1 - 0.3 * np.exp(-42 / 90))


@pytest.mark.verifies("V-11")
def test_a_split_conserves_members_and_divides_territory(bench):
    model = bench.start(prosecution__split=1.0)
    gang = int((model.state.members > 0).sum(axis=1).argmax())
    before = model.state.members[gang].copy()
    model.prosecution.remove_leader(gang, int(before.argmax()), model.prosecution.roll(gang, "test"))
    new = len(model.start.gangs)
    old_places, new_places = model.state.members[gang] > 0, model.state.members[new] > 0
    np.testing.assert_array_equal(model.state.members[gang] + model.state.members[new], before)
    assert old_places.any()
    assert new_places.any()
    assert not np.any(old_places & new_places)
    assert not model.affairs.allied[new]
    held = np.flatnonzero((model.state.owner == new) & (model.state.label == GANG))
    assert np.all(new_places[held])


def test_nobody_is_removed_without_information_or_under_full_protection(bench):
    for hindrance in ({"trust__initial_mission": 0.0}, {"patronage__protection": 1.0}):
        model = bench.start(prosecution__removal=1.0, **hindrance)
        bench.days(60)
        assert model.ledger.sum_total("leaders_removed") == 0
    model = bench.start(prosecution__removal=1.0, patronage__protection=1.0, patronage__sanctions=1.0)
    bench.days(60)
    assert model.ledger.sum_total("leaders_removed") > 0


# government and elections


def test_a_government_without_shocks_stays_and_one_that_fell_comes_back_slowly(bench):
    model = bench.start(government__shock=0.0)
    bench.days(90)
    assert model.politics.stability == 0.5
    assert {getattr(model.politics, name) for name in (*FACTORS, "consent")} == {1.0}
    model = bench.start(government__shock=0.0)
    bench.days(40)
    model.government.fall(0.1)
    bench.days(80)
    assert model.politics.stability == pytest.approx(0.5 - 0.4 * 0.98**3)
    assert model.politics.police_attrition > 1.3
    assert model.coordination() < 0.5
    assert model.politics.prosecution < 0.3


def test_a_government_that_fell_is_no_partner_and_leaves_gangs_something_to_share(bench):
    model = bench.start(government__shock=0.0, coalition__noise=0.0, coalition__threat=0.0)
    bench.days(7)
    firm, politics = model.affairs.cohesion, model.politics
    model.government.fall(0.25)
    assert (politics.donors, politics.ownership, politics.rivalry) == pytest.approx((0.75, 0.75, 0.75))
    assert politics.consent == pytest.approx(0.5 / 0.8)
    model.government.fall(0.0)
    bench.start(government__shock=0.0, coalition__noise=0.0, coalition__threat=0.0)
    bench.days(1)
    model.government.fall(0.0)
    bench.days(6)
    assert model.affairs.cohesion > firm


def test_a_host_that_slips_a_little_is_a_partner_still_and_one_that_people_back_longer(bench):
    model = bench.start()
    model.government.fall(0.41)
    assert model.politics.consent == 1.0
    model.government.fall(0.3)
    alone = model.politics.consent
    model.politics.voice = 0.2
    model.government.publish()
    assert alone == pytest.approx(0.6 / 0.8)
    assert model.politics.consent == pytest.approx(0.8 / 0.8)


def test_an_owned_mission_backs_the_government_and_divisions_slow_it_down(bench):
    def after(**civil):
        model = bench.start(government__shock=0.0, government__persistence=0.9)
        model.government.fall(0.3)
        for name, value in civil.items():
            setattr(model.politics, name, value)
        bench.days(90)
        return model.politics.stability

    assert after() == pytest.approx(0.5 - 0.2 * 0.9**3)
    assert after(backing=0.1) == pytest.approx(0.6 - 0.3 * 0.9**3)
    assert after(pace=0.5) == pytest.approx(0.5 - 0.2 * 0.95**3)
    assert after(pace=0.5, backing=-0.5) == pytest.approx(0.3 * 0.9**3)  # what falls falls as fast as ever


def test_without_political_progress_stability_only_falls(bench):
    bench.start(government__progress=False)
    stability = bench.days(300)[:, 12]
    assert np.all(np.diff(stability) <= 0)
    assert stability[-1] < 0.4


def test_readiness_is_a_geometric_mean_and_nothing_without_a_police_anybody_trusts(bench):
    model = bench.start()
    parts = list(model.elections.parts().values())
    assert model.elections.readiness() == pytest.approx(np.exp(np.mean(np.log(parts))))
    model.trust.mean[1] = 0.0
    assert model.elections.readiness() == 0.0


def test_who_could_vote_follows_from_who_holds_the_place_and_who_dares(bench):
    model = bench.start()
    state, people = model.state, model.population.fear.field
    before = people.copy()
    state.in_sites[:] = state.with_hosts[:] = 0
    state.state_strength[:] = 0.0
    model.trust.mean[1] = 1.0
    people[:] = 0.0
    at_home = state.at_home.sum() / model.initial_people
    try:
        state.label[:] = STATE
        assert model.elections.voting() == pytest.approx((1.0, at_home))
        state.label[:] = CONTESTED
        assert model.elections.voting() == (0.0, 0.0)
        state.state_strength[:] = model.forces.hold_requirement() / 2
        assert model.elections.voting() == pytest.approx((0.5, at_home / 2), abs=0.003)  # some places are empty
        state.label[:] = GANG
        assert model.elections.voting() == (0.0, 0.0)
        state.label[:] = STATE
        people[:] = 0.5
        assert model.elections.voting() == pytest.approx((1.0, at_home / 2))
        model.trust.mean[1] = 0.0
        assert model.elections.voting() == pytest.approx((1.0, at_home / 4))
        state.in_sites[:] = state.at_home
        state.at_home[:] = 0
        assert model.elections.voting() == pytest.approx((1.0, 0.3 * at_home / 4))
    finally:
        people[:] = before


def test_an_early_vote_stirs_up_violence_observers_damp_it_and_it_costs_stability(bench):
    model = bench.start(election__day=100, government__shock=0.0)
    rows = bench.days(170)
    aggression, stability = rows[:, 14], rows[:, 12]
    missing = 0.6 - rows[99, 13]
    assert aggression[39] == 1.0
    assert aggression.argmax() == 99
    assert aggression[99] == pytest.approx(1 + 0.6 * missing)
    assert aggression[-1] == 1.0
    assert stability[-1] < stability[0]
    assert model.politics.legitimacy == pytest.approx((rows[99, 13] * model.politics.turnout) ** 0.5)
    bench.start(election__day=100, government__shock=0.0, election__observers=1.0)
    assert bench.days(100)[99, 14] == pytest.approx(1 + 0.6 * missing * 0.8)


def test_a_vote_when_the_country_is_ready_stirs_up_nothing_and_gains_stability(bench):
    bench.start(election__day=50, government__shock=0.0, election__ready=0.0)
    rows = bench.days(60)
    assert rows[:, 14].max() == 1.0
    assert rows[-1, 12] > 0.5


# switches and priors


def test_with_all_of_it_off_the_city_keeps_its_neutral_values(bench):
    mine = tuple(kind.name for kind in bench.kinds)
    case = load_case(weight=1000, overrides={"prosecution.removal": 0.02})
    model = HaitiModel(replace(case, off=mine), run_seed=3).run(35)
    daily = model.recorder.daily()
    assert np.all(model.arms_factor() == 0.6)
    assert model.cohesion == 0.7
    assert (model.politics.stability, model.politics.aggression, model.coordination()) == (0.5, 1.0, 0.5)
    for name in ("gang_revenue_usd", "gang_recruits", "gang_recruits_forced", "kidnapped_people", "leaders_removed"):
        assert daily[f"{name}_today"].sum() == 0, name
    assert daily.election_readiness.max() == 0
    assert daily.gang_revenue_extortion_share.max() == 0


def test_every_mechanism_says_what_it_covers_what_is_neutral_and_what_can_be_said_against_it(bench):
    covered = set()
    for kind in bench.kinds:
        assert kind.neutral, kind.name
        assert kind.objection.endswith("."), kind.name
        covered |= set(kind.covers)
    assert covered >= {"M31", "M42", "M45", "M46", "M47", "M48", "M49", "M55", "M57"}


CONTEXT = {
    "tolls.daily_most": {"tolls.container": 9000.0},
    "patronage.sanction_effect": {"patronage.sanctions": 0.5},
    "patronage.protection": {"prosecution.removal": 0.02},
    "recruitment.desertion": {"economy.gang_wage": 60.0},
    "livelihoods.effect": {"livelihoods.coverage": 0.5},
    **{
        f"coalition.{name}": {"coalition.bond": 0.0, "coalition.turnover": 1.0}
        for name in ("gain", "survival", "autonomy")
    },
    "coalition.bond": {"coalition.turnover": 1.0, "coalition.survival": 0.0, "coalition.gain": 0.0},
    "coalition.turnover": {"coalition.bond": 0.0},
    "offensive.cohesion": {"offensive.lull": 10.0, "offensive.days": 5.0, "coalition.noise": 0.05},
    "coalition.leader": {"prosecution.removal": 0.02},
    **{f"prosecution.{name}": {"prosecution.removal": 0.02} for name in ("split", "coordination_loss", "recovery")},
    **{f"prosecution.{name}": {"prosecution.removal": 0.05} for name in ("violence", "violence_days")},
    "government.partner": {"government.progress": False, "government.sinking": 1.0},
    "government.stalled": {"government.progress": False},
    "government.sinking": {"government.progress": False},
    **{
        f"election.{name}": {"election.day": 60, "election.observers": 0.5}
        for name in ("observer_effect", "ready", "pulse", "window", "aftermath", "legitimacy")
    },
}


@pytest.mark.parametrize("row", priors.covered("test_politics"), ids=lambda row: row.name)
def test_both_ends_of_every_prior_move_something(bench, row):
    seen = []
    for value in priors.ends(row):
        overrides = CONTEXT.get(row.name, {}) | {row.name: value}
        bench.start(**{name.replace(".", "__"): v for name, v in overrides.items()})
        seen.append(bench.days(133))
    assert not np.array_equal(*seen)
