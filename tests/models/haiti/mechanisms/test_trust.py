"""Trust, expectations, rumours, civil society and compliance: known answers, limits, switches, and what priors move."""

import math
from dataclasses import replace

import numpy as np
import pytest
from support import priors

from models.haiti.kernels import HOME
from models.haiti.mechanisms.force.compliance import Compliance
from models.haiti.mechanisms.people.civil_society import BLOCS, STATUS_QUO, CivilSociety, fragmentation
from models.haiti.mechanisms.people.expectations import Expectations
from models.haiti.mechanisms.people.information import InformationParameters, Misinformation
from models.haiti.mechanisms.people.trust import Trust
from models.haiti.model import HaitiModel
from models.haiti.passes.opinion import TrustRates, step_rumours, step_trust
from models.haiti.scenario.scenario import load_case
from models.haiti.world.state import MISSION, POLICE

RULES = (Compliance, Misinformation, CivilSociety, Expectations, Trust)
QUIET = dict.fromkeys(TrustRates._fields, 0.0)


@pytest.fixture(scope="module")
def model():
    return HaitiModel(load_case(weight=2000), run_seed=4)


class Rig:
    """The five rules alone on a model's city, whose state stands still but for the news that a test writes."""

    def __init__(self, model, **changes):
        self.model = model
        self.original = model.parameters
        self.saved, self.suspended = model.state.copy(), model.mission.suspended
        self.politics = vars(model.politics).copy()
        self.day, self.rules = model.day, [getattr(model, kind.name) for kind in RULES]
        model.parameters = model.parameters.replace({name.replace("__", "."): value for name, value in changes.items()})

    def __enter__(self):
        for kind in RULES:
            setattr(self.model, kind.name, kind(self.model))
            getattr(self.model, kind.name).found()
        self.model.day = 0
        return self

    def __exit__(self, *_):
        self.model.parameters, self.model.day = self.original, self.day
        self.model.state.restore(self.saved)
        self.model.mission.suspended = self.suspended
        self.model.youth_factor = self.model.coping_factor = 1.0
        vars(self.model.politics).update(self.politics)
        self.model.ledger.clear()
        for kind, rule in zip(RULES, self.rules, strict=True):
            setattr(self.model, kind.name, rule)

    def live(self, days, news=lambda model: None):
        for _ in range(days):
            self.model.day += 1
            self.model.ledger.open()
            news(self.model)
            for kind in RULES:
                getattr(self.model, kind.name).step()
        return self.model


def trust_after(rates, **causes):
    """Trust in the mission, in the police, and readiness to tell in one place after a day; all begin at .6."""
    fields = [np.full((1, 1), 0.6) for _ in range(3)]
    given = {
        "security": 0.0,
        "gap": 0.0,
        "passive": 0.0,
        "rumours": 0.0,
        "influence": 0.0,
        "by_forces": 0.0,
        "by_all": 0.0,
    }
    given |= causes
    plane = [np.full((1, 1), given[name]) for name in ("security", "gap")]
    line = [np.full(1, given[name]) for name in ("passive", "rumours", "influence", "by_forces", "by_all")]
    known = np.array([[causes.get("known", 0.0)], [0.0]])
    rest = known, np.array([10_000]), np.ones(1), np.full((2, 1), 0.6), TrustRates(**(QUIET | rates))
    step_trust(*fields, *plane, *line, *rest)
    return [float(field[0, 0]) for field in fields]


def test_trust_follows_the_exact_solution_of_rise_and_fall():
    up, down = 0.01 * 0.4, 0.005 * 0.2
    mission, _, _ = trust_after({"security_up": 0.01, "disappoint": 0.005}, security=0.4, gap=0.2)
    kept = math.exp(-up - down)
    assert mission == pytest.approx(0.6 * kept + up / (up + down) * (1 - kept), rel=1e-12)


def test_a_day_without_news_changes_nothing():
    assert trust_after({}) == [0.6, 0.6, 0.6]


def test_trust_stays_between_0_and_1_whatever_happens():
    low = trust_after({"harm": 5.0}, by_forces=10_000.0, by_all=10_000.0)
    high = trust_after({"security_up": 5.0}, security=1000.0)
    assert low == pytest.approx([0.0, 0.0, 0.6], abs=1e-9)
    assert high == pytest.approx([1.0, 1.0, 1.0])


def test_harm_by_operations_costs_telling_a_part_of_what_it_costs_trust():
    mission, police, told = trust_after({"harm": 0.05, "tell_ratio": 0.5}, by_forces=3.0, by_all=3.0)
    assert mission == police == pytest.approx(0.6 * math.exp(-0.15))
    assert told == pytest.approx(0.6 * math.exp(-0.075))


def test_harm_by_gangs_turns_people_against_gangs_only_where_trust_is_high():
    blamed = trust_after({"blame": 0.01, "blame_from": 0.5}, by_all=20.0)
    unmoved = trust_after({"blame": 0.01, "blame_from": 0.7}, by_all=20.0)
    assert min(blamed) > 0.6
    assert unmoved == [0.6, 0.6, 0.6]


def test_misconduct_of_the_mission_leaves_trust_in_the_police_alone():
    mission, police, _ = trust_after({"abuse": 0.05}, known=1.0)
    assert mission == pytest.approx(0.6 * math.exp(-0.05))
    assert police == 0.6


def test_rumours_end_where_spread_and_forgetting_balance():
    rumours, still = np.full(3, 0.9), np.zeros(3)
    alone = np.zeros(4, np.int64), np.zeros(0, np.int64), np.zeros(0)
    for _ in range(2000):
        step_rumours(rumours, *alone, still, still, still, 0.1, 0.0, 0.5, 0.03, 0.0, 0.0)
    spread = 0.5 * 0.1 * 0.2
    assert rumours == pytest.approx(spread / (spread + 0.03))


def test_rebuttal_works_only_through_trust():
    left = []
    for trust in (0.0, 0.9):
        rumours = np.full(1, 0.5)
        none, itself = np.zeros(1), (np.array([0, 1]), np.array([0]), np.ones(1))
        for _ in range(30):
            step_rumours(rumours, *itself, none, none, np.full(1, trust), 0.05, 0.0, 0.08, 0.03, 0.1, 0.0)
        left.append(float(rumours[0]))
    assert left[1] < 0.5 * left[0]


def test_fragmentation_is_the_weight_outside_the_largest_cluster():
    weight = np.array([0.1, 0.3, 0.2, 0.4])
    assert fragmentation(np.array([0.9, 0.1, 0.2, 0.15]), weight, 0.2) == pytest.approx(0.1)
    assert fragmentation(np.array([0.0, 0.9, 0.45, 0.5]), weight, 0.2) == pytest.approx(0.4)
    assert fragmentation(np.full(4, 0.5), weight, 0.2) == pytest.approx(0.0)


def test_the_first_day_is_neutral(model):
    """What residents tell, recruitment, coping and returns are what they would be without these rules."""
    np.testing.assert_array_equal(model.trust.told, model.parameters.trust.initial_mission)
    np.testing.assert_array_equal(model.trust.homecoming(), 1.0)
    assert model.youth_factor == model.coping_factor == 1.0
    assert model.parameters.information.hotline() == 0.0


def test_the_default_engagement_keeps_youth_and_coping_factors_at_1(model):
    with Rig(model) as rig:
        rig.live(60)
        assert model.youth_factor == model.coping_factor == 1.0
    efforts = dict.fromkeys((f"civil_society__{field}" for _, field, _ in BLOCS), 1.0)
    with Rig(model, **efforts) as rig:
        rig.live(60)
        assert model.youth_factor < 1.0
        assert model.coping_factor < 1.0
    assert model.parameters.civil_society.youth == STATUS_QUO


def test_ownership_needs_engagement_inclusion_and_a_credible_end(model):
    owned = {}
    everybody = {f"civil_society__{field}": 0.8 for _, field, _ in BLOCS}
    for name, changes in {
        "all": everybody,
        "churches only": everybody | dict.fromkeys((n for n in everybody if "faith" not in n), 0.0),
        "nobody": dict.fromkeys(everybody, 0.0),
        "no end": everybody | {"civil_society__vague_exit": True},
        "overstayed": everybody | {"civil_society__promised_stay": 0.0, "civil_society__patience": 30.0},
    }.items():
        with Rig(model, **changes) as rig:
            owned[name] = rig.live(84).civil_society.ownership
    assert owned["nobody"] == 0.0
    assert owned["no end"] == pytest.approx(0.7 * owned["all"])
    assert owned["churches only"] < 0.5 * owned["all"]
    assert owned["overstayed"] < 0.3 * owned["all"]


def test_engagement_and_words_reach_what_residents_tell_and_what_politics_gains(model):
    everybody = {f"civil_society__{field}": 1.0 for _, field, _ in BLOCS}
    told, politics, rumours = {}, {}, {}
    for name, changes in {
        "as it is": {},
        "nobody": dict.fromkeys(everybody, 0.0),
        "everybody": everybody,
        "silent": {"information__effort": 0.0},
        "heard": {"information__effort": 1.0},
    }.items():
        with Rig(model, **changes) as rig:
            rig.live(100)
            told[name] = model.mean_over_people(model.information())
            politics[name] = vars(model.politics).copy()
            rumours[name] = float(model.state.misinformation.mean())
    assert told["nobody"] < told["as it is"] < told["everybody"]
    assert told["silent"] < told["as it is"] < told["heard"]
    assert rumours["heard"] < rumours["as it is"] < rumours["silent"]
    assert politics["nobody"]["backing"] < 0 < politics["everybody"]["backing"]
    assert politics["everybody"]["voice"] > politics["as it is"]["voice"]
    assert politics["everybody"]["pace"] > politics["nobody"]["pace"]


def arrive(model):
    model.ledger.add("mission_arrived", model.base, 400 if model.day == 3 else 0)


def test_an_arrival_raises_expectations_and_the_gap_then_closes(model):
    with Rig(model) as rig:
        before = rig.live(2).state.expectation.mean()
        after = rig.live(1, arrive).state.expectation.mean()
        gap = rig.live(1).expectations.gap.mean()
        assert after > before + 0.1
        assert rig.live(200).expectations.gap.mean() < 0.3 * gap


def test_inflated_reports_raise_expectations_now_and_lower_trust_later(model):
    loud = {"information__effort": 1.0, "information__progress": 1.0, "information__dialogue": 0.0}
    trust, gap = {}, {}
    for inflated in (False, True):
        with Rig(model, information__inflated=inflated, **loud) as rig:
            rig.live(20)
            gap[inflated] = float(model.expectations.gap.mean())
            rig.live(300)
            trust[inflated] = float(model.trust.mean[0].mean())
    assert gap[True] > gap[False]
    assert trust[True] < trust[False]


def test_nobody_is_disappointed_by_a_mission_that_does_not_exist():
    nobody = {"deployment.authorised": 0, "deployment.at_start": 0}
    alone = HaitiModel(load_case(overrides=nobody, weight=2000), run_seed=4)
    with Rig(alone) as rig:
        rig.live(5)
        assert not alone.mission_exists()
        assert alone.expectations.passive.max() == 0.0


def test_a_un_operation_meets_less_trust_once(model):
    with Rig(model) as rig:
        trust = rig.live(1).trust.mean[0].mean()
        model.mandate.adopted = "un_peacekeeping"
        try:
            shifted = rig.live(1).trust.mean[0].mean()
            later = rig.live(1).trust.mean[0].mean()
        finally:
            model.mandate.adopted = ""
    assert shifted == pytest.approx(trust - 0.15, abs=0.005)
    assert later == pytest.approx(shifted, abs=0.005)


def test_a_monitor_lowers_true_and_raises_reported_misconduct(model):
    common = {"abuse__base": 0.1, "abuse__accountability": 0.6, "abuse__suspended": 0}
    true, reported, expected = {}, {}, {}
    for monitor in (0.0, 1.0):
        with Rig(model, abuse__monitor=monitor, **common) as rig:
            model.state.on_shift[MISSION, model.base] = 300.0
            rig.live(100)
            true[monitor] = int(model.compliance.happened[MISSION])
            reported[monitor] = int(model.compliance.reported[MISSION])
            expected[monitor] = model.compliance.expected[:, MISSION].copy()
            assert model.compliance.reported_share(MISSION) == pytest.approx((0.15, 0.5)[int(monitor)])
    assert true[1.0] < 0.9 * true[0.0]
    assert reported[1.0] > 1.5 * reported[0.0]
    assert true[1.0] > 500
    for monitor in (0.0, 1.0):
        assert (true[monitor], reported[monitor]) == pytest.approx(expected[monitor], rel=0.12)


def test_misconduct_in_the_police_has_the_published_rate(model):
    """281 in 2024 for about 9,000 officers: about 2.6 a 1,000 and month."""
    with Rig(model) as rig:
        rig.live(365)
        rate = model.compliance.per_1000_person_months(model.compliance.happened, (POLICE,))
    assert rate == pytest.approx(281 / 9000 / 12 * 1000, rel=0.35)


def test_suspended_people_come_back_and_nobody_leaves_the_books(model):
    certain = {"abuse__base": 0.1, "abuse__accountability": 1.0, "abuse__detect_internal": 1.0}
    with Rig(model, abuse__suspended=5, abuse__suspension=10, **certain) as rig:
        strength, usable = model.forces.deployed(), model.forces.availability()
        model.state.on_shift[MISSION, model.base] = 5.0
        rig.live(5)
        assert model.mission.suspended > 0
        assert model.forces.availability() < usable
        assert model.forces.deployed() == strength
        model.state.on_shift[MISSION] = 0.0
        rig.live(15)
        assert model.mission.suspended == 0


def test_no_forces_no_misconduct(model):
    with Rig(model, abuse__base=0.1, abuse__police_rate=0.1) as rig:
        model.state.on_shift[:] = 0.0
        rig.live(20)
        assert model.compliance.happened.sum() == 0


def test_displaced_shares_by_wealth_add_up():
    city = HaitiModel(load_case(weight=1000), run_seed=2).run(60)
    people = city.population
    away = people.status != HOME
    for wealth, (alive, displaced) in enumerate(people.by_wealth.T):
        mine = people.wealth == wealth
        assert alive == people.people[mine].sum()
        assert displaced == people.people[mine & away].sum()
    assert people.by_wealth[1].sum() == city.displaced_people()


OFF = {
    "trust": lambda model: np.all(model.trust.told == 0.55) and np.all(model.state.trust == 0.55),
    "expectations": lambda model: not model.expectations.gap.any() and not model.state.expectation.any(),
    "misinformation": lambda model: not model.state.misinformation.any(),
    "civil_society": lambda model: model.youth_factor == model.coping_factor == 1.0,
    "compliance": lambda model: not model.compliance.happened.any() and model.mission.suspended == 0,
}


@pytest.mark.parametrize("name", OFF)
def test_switched_off_it_leaves_the_documented_value(name):
    case = replace(load_case("POL9", weight=2000), off=(name,))
    assert OFF[name](HaitiModel(case, run_seed=1).run(15))


# What has to happen for a parameter to matter.
LIVELY = {
    "abuse.base": 0.002, "abuse.police_rate": 0.002, "abuse.accountability": 0.6, "information.inflated": True,
    "information.effort": 0.5, "civil_society.promised_stay": 0.0, "civil_society.vague_exit": True,
    "civil_society.youth": 0.8, "civil_society.diaspora": 0.7, "abuse.monitor": 0.5, "trust.blame_threshold": 0.2,
}  # fmt: skip


def lively(model):
    """A city where everything happens that these rules react to."""
    model.state.violence[:] = 20.0 + 15.0 * np.sin(model.day / 5.0)
    model.state.visibility[:] = 0.5 + 0.4 * np.sin(model.day)
    model.state.on_shift[MISSION, :50] = 40.0
    model.ledger.add("mission_arrived", model.base, 70 if model.day == 2 else 0)
    model.ledger.add("places_cleared", 3, model.day % 9 == 0)
    model.ledger.add("residents_killed_operations", 5, model.day % 4 == 0)
    model.ledger.add("residents_killed", 5, 2)
    if model.day >= 20:
        model.mandate.adopted = "un_peacekeeping" if model.day < 60 else "suppression_force"


def fingerprint(model, changes):
    changes = {name.replace(".", "__"): value for name, value in (LIVELY | changes).items()}
    try:
        with Rig(model, **changes) as rig:
            rig.live(90, lively)
            society, compliance = model.civil_society, model.compliance
            sums = [field.sum() for field in (*model.trust.mean, model.trust.told, model.state.misinformation)]
            factors = society.ownership, model.youth_factor, model.coping_factor, society.opinion.sum()
            factors += model.politics.backing, model.politics.voice
            return [*sums, *factors, compliance.reported.sum(), model.mission.suspended]
    finally:
        model.mandate.adopted = ""


@pytest.mark.parametrize("row", priors.covered("test_trust"), ids=lambda row: row.name)
def test_both_ends_of_every_prior_move_an_outcome(model, row):
    low, high = priors.ends(row, 0.02)
    assert fingerprint(model, {row.name: low}) != fingerprint(model, {row.name: high})


def test_rumours_beyond_those_of_the_first_day_add_to_exposure():
    doses = []
    for weight in (0.0, 1.0):
        city = HaitiModel(load_case(overrides={"exposure.rumour": weight}, weight=2000), run_seed=1)
        city.state.harm[:] = 10.0
        city.state.misinformation[:] = 0.5
        city.exposure.step()
        doses.append(city.state.dose.copy())
    fading = math.exp(-1.0 / city.parameters.exposure.decay)
    people = np.maximum(city.state.present[: city.n], city.city.population).sum()
    more = (0.5 - InformationParameters().initial) * 1e4 * 10.0 * fading * city.n / people
    np.testing.assert_allclose(doses[1] - doses[0], more)


def test_returns_follow_trust():
    quick = {"displaced.return_days": 1, "displaced.return_rate": 0.02, "displaced.return_threshold": 0.6}
    returned = []
    for trust in (0.1, 0.95):
        city = HaitiModel(load_case(overrides=quick, weight=100), run_seed=1)
        city.state.safe_days[:] = 100
        city.trust.mean[0] = trust
        city.day = 1
        city.returning.step()
        returned.append(city.ledger.sum("returns"))
    assert returned[1] > 1.3 * returned[0]
