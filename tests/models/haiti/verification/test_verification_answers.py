"""Verification list, known answers: fixed points, identification, money, scores and choices (V-2 to V-6, V-8, V-9)."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import integrate, stats

from models.haiti.agents.donor import Donor
from models.haiti.kernels import HOST, PROVINCE, SITE
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from models.haiti.world.contest import hit_probabilities
from models.haiti.world.state import GANG
from simulation.port.scores import crps_ensemble, crps_normal


@pytest.fixture(scope="module")
def founded():
    return HaitiModel(load_case(weight=1000), run_seed=4)


@pytest.fixture
def model(founded):
    """Founded once; a branch for each test, so that none sees what another did."""
    return founded.branch()


@pytest.mark.verifies("V-02")
def test_v02_influence_comes_geometrically_to_its_fixed_point(model):
    """Under constant forces influence goes to the gangs' share of the contest, a fixed part of the gap a day."""
    state, rate, days = model.state, model.parameters.control.rate, 40
    state.influence[:] = np.linspace(0.0, 1.0, model.n)
    state.local[:] = 1.0  # it fades where a place changes hands
    gap = state.influence - state.gang_presence / (state.gang_presence + model.control.opposed())
    share = state.influence - gap
    assert np.abs(gap).max() > 0.3
    for _ in range(days):
        model.control.step()
    np.testing.assert_allclose(state.influence - share, (1.0 - rate) ** days * gap, rtol=0, atol=1e-12)
    for _ in range(600):
        model.control.step()
    np.testing.assert_allclose(state.influence, share, rtol=0, atol=1e-12)


@pytest.mark.verifies("V-03")
def test_v03_blind_fire_into_a_crowd_hits_hardly_a_gang_member():
    """With no identification, hits on gangs go to 0 as their part of those exposed does; with all of it none is stray."""
    crowds = 10.0 ** np.arange(2, 9)
    hits = [hit_probabilities(0.0, 20, crowd, 1.0)[0] for crowd in crowds]
    np.testing.assert_allclose(hits, 20 / (20 + crowds))
    assert hits[-1] < 1e-6
    assert all(hit_probabilities(1.0, 20, crowd, 1.0) == (1.0, 0.0) for crowd in crowds)


@pytest.mark.verifies("V-03")
def test_v03_without_gang_members_there_is_no_operation(model):
    """Nobody launches an operation where no gang member is, however many people wait for one."""
    model.state.members[:] = 0
    model.command.mobile = 5000.0
    model.state.label[:] = GANG
    model.state.label[:20] = 0
    model.control.measure()
    for model.day in range(1, 21):
        model.operations.step()
    assert model.ledger.sum_total("operations") == 0


@pytest.mark.verifies("V-04")
def test_v04_collateral_share_of_operations_is_the_identity(model, monkeypatch):
    """Residents among those hit in operations: (1-mu)(1-pi)chi over that plus mu+(1-mu)pi, within 3 standard errors."""
    target = int(np.argmax(model.state.gang_strength))
    fire = {"clearing.fire_state": 0.5, "rules_of_engagement.permissiveness": 0.4, "clearing.fire_gang": 0.0}
    model.parameters = model.parameters.replace(fire)
    known, people = model.parameters.clearing, int(model.state.present[target])
    identified = known.identification_floor + model.information(target) * (
        known.identification_best - known.identification_floor
    )
    assert 0.35 < identified < 0.85
    engaged, allowed = int(model.state.members[:, target].sum()), 0.4
    relative = model.city.density_per_km2[target] / model.mean_density
    exposed = known.exposed_share * relative**known.density_exponent * people
    among, caution = engaged / (engaged + exposed), (2 * allowed) ** model.parameters.rules_of_engagement.harm_exponent
    stray = (1 - identified) * (1 - among) * caution
    expected = stray / (identified + (1 - identified) * among + stray)

    victims = {"gang_members": 0, "residents": 0}
    for who in victims:
        monkeypatch.setattr(
            model.harm, who, lambda place, hits, *_, who=who: victims.update({who: victims[who] + hits})
        )
    for model.day in range(1, 8001):
        model.operations._fire(target, 2.0, engaged, float(engaged), model.dice.roll("test", model.day))
    number = sum(victims.values())
    assert number > 4000
    error = math.sqrt(expected * (1 - expected) / number)
    assert victims["residents"] / number == pytest.approx(expected, abs=3 * error)


def pledge(model, channel, will, monkeypatch, days):
    """What a pledge of 100 million, of which 60 % will be paid, has paid by the evening of each day."""
    monkeypatch.setattr(model.political_will, "of", lambda _: will)
    record = SimpleNamespace(donor="somebody", channel=channel, amount_usd=100e6, date=model.clock.date(1))
    donor = Donor.pledged(model, record, 0.6)
    paid = []
    for model.day in range(1, days + 1):
        paid.append(donor.decide())
    return np.cumsum(paid)


@pytest.mark.verifies("V-05")
@pytest.mark.parametrize("channel", ["trust_fund", "bilateral_in_kind"])
def test_v05_half_of_what_will_be_paid_is_out_after_a_half_life(model, channel, monkeypatch):
    """At full will half of the paid part of a pledge is out after its half-life and all of it in the end; at none, nothing."""
    funding = model.parameters.funding
    half = round(funding.half_life_trust_fund if channel == "trust_fund" else funding.half_life_bilateral)
    paid = pledge(model, channel, 1.0, monkeypatch, 20 * half)
    assert paid[half - 1] == pytest.approx(0.5 * 60e6)
    assert paid[-1] == pytest.approx(60e6, rel=1e-5)
    assert paid.max() <= 60e6
    assert not pledge(model, channel, 0.0, monkeypatch, 500).any()


@pytest.mark.verifies("V-06")
def test_v06_a_year_of_2500_people_costs_600_million():
    """The books of a mission of 2,500 people for 365 days show $600M, to a thousandth."""
    case = load_case(overrides={"deployment.forced": True, "deployment.authorised": 2500}, weight=2000)
    model = HaitiModel(case, run_seed=1)
    model.donors.clear()
    model.pool.cash = model.pool.in_kind = 1e9
    for model.day in range(1, 366):
        model.funding.step()
    assert model.forces.deployed() == 2500
    assert model.pool.spent == pytest.approx(600e6, rel=1e-3)
    assert model.pool.arrears == 0


@pytest.mark.verifies("V-08")
def test_v08_the_score_of_a_normal_and_of_a_point():
    """CRPS of N(0, 1) at 0 is (sqrt 2 - 1) / sqrt pi, of a point the absolute error, and both forms are the integral."""
    assert crps_normal(0.0, 0.0, 1.0) == pytest.approx((math.sqrt(2) - 1) / math.sqrt(math.pi), rel=1e-12)
    assert crps_normal(3.0, 5.5, 0.0) == crps_ensemble(3.0, [5.5]) == crps_ensemble(3.0, [5.5] * 9) == 2.5
    normal = stats.norm(-0.4, 2.0)
    below = integrate.quad(lambda x: normal.cdf(x) ** 2, -60, 1.3, points=[-0.4])[0]
    above = integrate.quad(lambda x: normal.sf(x) ** 2, 1.3, 60)[0]
    assert crps_normal(1.3, -0.4, 2.0) == pytest.approx(below + above, rel=1e-6)
    steps = np.linspace(-10, 10, 200_001)
    runs = np.array([-1.0, 0.5, 0.5, 4.0])
    gap = (runs[:, None] <= steps).mean(axis=0) - (steps >= 1.7)
    assert crps_ensemble(1.7, runs) == pytest.approx(integrate.trapezoid(gap**2, steps), rel=1e-3)


@pytest.mark.verifies("V-08")
def test_v08_the_score_of_many_runs_is_that_of_their_distribution():
    """An ensemble drawn from a normal scores as the normal does, over any shape; what makes no sense is refused."""
    runs = stats.norm.ppf((np.arange(4000) + 0.5) / 4000, 2.0, 3.0)
    observed = np.array([[0.0, 2.0], [5.0, 12.0]])
    np.testing.assert_allclose(
        crps_ensemble(observed, np.broadcast_to(runs[::-1], (2, 2, 4000))), crps_normal(observed, 2.0, 3.0), rtol=1e-3
    )
    with pytest.raises(ValueError, match="without members"):
        crps_ensemble(0.0, [])
    with pytest.raises(ValueError, match="negative"):
        crps_normal(0.0, 0.0, -1.0)


@pytest.mark.verifies("V-09")
def test_v09_shelters_are_chosen_as_the_softmax_says(model):
    """Shares of kinds and of places, over evenly spread luck, are those of the nested logit."""
    number, rules = 20_000, model.parameters.destination
    model.relocation.step()
    here = int(np.argmax(model.state.at_home))
    rows = np.flatnonzero((model.population.tie < 0) & (model.population.home == here))[:1].astype(np.int32)
    even = (np.arange(number) + 0.5) / number
    model.dice.each = lambda name, *_: even if name.endswith("kind") else even[::-1].copy()
    crowd = np.repeat(rows, number)
    offered = (SITE, HOST, PROVINCE)
    place, kind = model.relocation.choose(crowd, np.full(number, here), "flight", offered)
    inside = [weights * model.relocation._near[here] for weights in model.relocation._inside]
    sums = np.array([inside[0].sum(), inside[1].sum(), model.relocation._far[here].sum()])
    utility = rules.nest * np.log(sums) + [rules.site, rules.host, rules.province]
    softmax = np.exp(utility) / np.exp(utility).sum()
    np.testing.assert_allclose([(kind == one).mean() for one in offered], softmax, atol=1.5 / number)
    assert np.all(place[kind == PROVINCE] >= model.n)
    assert np.all(place != here)
    model.dice.each = lambda name, *_: np.zeros(number) if name.endswith("kind") else even
    place, kind = model.relocation.choose(crowd, np.full(number, here), "flight", offered)
    assert set(kind) == {SITE}
    share = np.bincount(place, minlength=model.n) / number
    np.testing.assert_allclose(share, inside[0] / inside[0].sum(), atol=1.5 / number)


@pytest.mark.verifies("V-09")
def test_v09_whoever_leaves_a_place_arrives_at_another(model):
    """People sent on their way from each place are those who arrive: flows sum to the outflow."""
    people, state = model.population, model.state
    rows = np.arange(0, people.count, 3, dtype=np.int32)
    rows = rows[(people.people[rows] > 0) & (people.place[rows] < model.n)]
    before, here, origin = state.present.copy(), people.people[rows].copy(), people.place[rows].copy()
    model.day = 1
    model.relocation.step()
    model.relocation.send(rows, "flight")
    out = np.bincount(origin, here, people.places)
    arrived = np.bincount(people.place[rows], here, people.places)
    np.testing.assert_array_equal(state.present - before, arrived - out)
    assert arrived.sum() == out.sum() == here.sum()
    assert np.all(people.place[rows] != origin)
    left = sum(model.ledger.today[name].sum() for name in ("new_displacements", "onward_displacements"))
    assert left == here.sum()
