"""Verification list, extreme conditions: no forces, no money, closed roads, empty places, ordered away (V-14 to V-17)."""

import numpy as np
import pytest

from models.haiti.model import HaitiModel
from models.haiti.people.population_file import populated
from models.haiti.scenario.scenario import load_case
from models.haiti.world.city import load_city
from models.haiti.world.state import GANG

NOBODY = {
    "police.strength": 0,
    "force.army_strength": 0,
    "deployment.authorised": 0,
    "deployment.at_start": 0,
}
LIVELY = {
    "deployment.forced": True,
    "deployment.authorised": 5550,
    "gang.act_rate": 1.0,
    "gang.raid_rate": 1.0,
    "command.tempo": 0.05,
}


def found(overrides, seed=3, weight=1000, **more):
    return HaitiModel(load_case(overrides=overrides, weight=weight), run_seed=seed, **more)


@pytest.mark.verifies("V-14")
def test_v14_without_gangs_nothing_is_taken_and_nobody_tries():
    """Without gangs every stream of gang money, every assault, raid, abduction and operation is exactly 0."""
    model = found({"gang.members": 0, "region.members": 0}, weight=500).run(60)
    assert model.affairs.taken == 0
    assert not model.affairs.revenue.any()
    for name in ("assaults", "raids", "operations", "kidnapped_people", "gang_recruits", "new_displacements"):
        assert model.ledger.sum_total(name) == 0, name
    assert not model.state.influence.any()
    assert not (model.state.label == GANG).any()


@pytest.mark.verifies("V-15")
def test_v15_without_forces_influence_is_what_communities_leave():
    """Without security forces influence goes to E_G^m / (E_G^m + E_0^m), nine tenths on average where they rule."""
    for exponent in (1.0, 1.8):
        model = found(NOBODY | {"control.exponent": exponent})
        state = model.state
        assert state.state_presence.max() == 0
        ruled = state.label == GANG
        state.local[:] = 1.0
        gangs, community = state.gang_presence**exponent, state.community**exponent
        for _ in range(400):
            model.control.step()
        np.testing.assert_allclose(state.influence, gangs / (gangs + community), atol=1e-6)
        # communities there are the larger by the displaced whom they host
        assert np.average(state.influence[ruled], weights=model.city.population[ruled]) >= 0.89


@pytest.mark.verifies("V-16")
def test_v16_without_money_nobody_comes_and_those_there_leave():
    """Without cash and goods from the first day no arrival ever, unpaid people go home, and strength never rises."""
    model = found({"funding.source": "level", "funding.level": 0.0, "deployment.at_start": 2500}, weight=2000)
    model.pool.cash = model.pool.opening_cash = 0.0
    model.run(200)
    deployed = np.array(model.recorder.values["deployed_force"])
    assert model.pool.received == 0
    assert model.ledger.sum_total("mission_arrived") == 0
    assert np.diff(deployed).max() <= 0
    assert model.ledger.sum_total("mission_withdrawn") > 250
    assert deployed[-1] < 2250


@pytest.mark.verifies("V-17")
def test_v17_with_all_roads_closed_whoever_would_flee_is_trapped():
    """With every way closed those who would flee stay and are counted as trapped, but for neighbourhoods with a way out."""
    model = found({"flight.passage_fee": 0.0}, weight=300)
    for a, b in model.city.graph.edges:
        model.terrain.places.close(a, b)
    model.terrain.refresh()
    model.run(30)
    gateways = [way.neighbourhood for way in model.city.gateways]
    trapped, left = (
        model.ledger.total[name] + model.ledger.today[name] for name in ("trapped_people", "new_displacements")
    )
    shut_in = ~np.isin(np.arange(model.n), gateways)
    assert trapped[shut_in].sum() > 1000
    assert left[shut_in].sum() == 0
    assert trapped[~shut_in].sum() == 0
    assert left[~shut_in].sum() > 0


@pytest.mark.verifies("V-17")
def test_v17_with_open_roads_and_no_fee_nobody_is_trapped():
    """Trapped people are those who cannot pay or pass: with open roads and no fee there are none."""
    model = found({"flight.passage_fee": 0.0}).run(30)
    assert model.ledger.sum_total("new_displacements") > 0
    assert model.ledger.sum_total("trapped_people") == 0


@pytest.mark.verifies("V-17")
def test_v17_nobody_attacks_or_clears_a_place_without_residents():
    """A neighbourhood where nobody lives is no target of assaults, raids or operations, however many there are."""
    city, plain = load_city(), found({}, weight=2000)
    along = (plain.state.label != GANG) & plain.terrain.touches(plain.state.label == GANG) & ~city.has_airport
    empty = np.flatnonzero(along)[:12]
    people = city.population.copy()
    people[empty] = 0
    counts = dict.fromkeys(("assaults", "raids", "operations", "places_captured"), 0.0)
    for seed in (1, 2):
        model = found(LIVELY, seed, city=populated(city, people)).run(40)
        for name in counts:
            where = model.ledger.total[name] + model.ledger.today[name]
            assert where[empty].sum() == 0, name
            counts[name] += where.sum()
    assert min(counts.values()) > 5


@pytest.mark.verifies("V-17")
def test_v17_fire_in_an_operation_is_bounded_however_large_the_force():
    """What an operation fires is capped by the strength it meets: twenty thousand people harm no more than the cap."""
    harmed = []
    for force in (1e3, 1e6):
        model = found(LIVELY | {"clearing.leak": 0.0, "clearing.evasion_slope": 0.0}, weight=2000)
        target = int(np.argmax(model.state.gang_strength))
        members, seen = model.state.members[:, target].copy(), []
        model.harm.residents = lambda place, hits, *_, seen=seen: seen.append(hits)
        model.operations._clear = lambda _: None
        for model.day in range(1, 201):
            model.operations._resolve(target, force, True, model.dice.roll("test", model.day))
            model.state.members[:, target] = members
        harmed.append(np.mean(seen))
    assert harmed[1] <= harmed[0] * 1.01
    assert harmed[0] > 0


@pytest.mark.verifies("V-17")
def test_v17_a_mandate_that_ends_leaves_nobody_within_its_drawdown():
    """After the decision to leave the mission is gone by the last day of the draw-down, not before, and nobody returns."""
    model = found({"deployment.at_start": 900, "mandate.drawdown_days": 45}, weight=2000).run(5)
    model.mandate.end()
    model.run(80)
    deployed = np.array(model.recorder.values["deployed_force"])
    assert (deployed[5 : 5 + 45] > 0).all()
    assert not deployed[5 + 45 :].any()


@pytest.mark.verifies("V-17")
def test_v17_a_convoy_of_eighty_for_a_day_holds_nothing():
    """Eighty people with vehicles for one day in a gang-held place, as Ganthier in 2024: back under gangs within days."""
    founded, relapses, killed = found({}, weight=2000), [], []
    held = np.flatnonzero(founded.state.label == GANG)
    target = int(held[np.argsort(founded.state.gang_strength[held])[held.size // 2]])
    members = int(founded.state.members[:, target].sum())
    for seed in range(1, 13):
        model = founded.branch({"command.tempo": 0.0, "hold.most_units": 0}, run_seed=seed).run(1)
        force = 80 * model.forces.worth("mission")
        model.operations._resolve(target, force, True, model.dice.roll("convoy", model.day))
        killed.append(model.ledger.sum_total("gang_members_killed_operations"))
        days = 0
        while model.state.label[target] != GANG and days < 60:
            model.step()
            days += 1
        relapses.append(days)
    assert np.median(relapses) <= 10
    assert max(killed) < 0.5 * members
