"""Prosecution, government and elections: known answers; off-switches and priors of these and of the gangs' own rules."""

from dataclasses import replace

import numpy as np
import pytest
from support import priors

from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from models.haiti.world.state import GANG

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
    assert (model.politics.police_attrition, model.politics.coordination, model.politics.prosecution) == (1, 1, 1)
    model = bench.start(government__shock=0.0)
    bench.days(40)
    model.government.fall(0.1)
    bench.days(80)
    assert model.politics.stability == pytest.approx(0.5 - 0.4 * 0.98**3)
    assert model.politics.police_attrition > 1.3
    assert model.coordination() < 0.5
    assert model.politics.prosecution < 0.3


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
    assert model.politics.legitimacy == pytest.approx(rows[99, 13])
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
