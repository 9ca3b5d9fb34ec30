"""How long cleared places last: spells, and their survival by Kaplan and Meier."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from models.haiti.world.held import HeldPlaces
from models.haiti.world.state import GANG


@pytest.mark.verifies("V-27")
def test_survival_of_held_places_on_made_up_spells():
    held = HeldPlaces(4)
    state = SimpleNamespace(cleared_day=np.array([1, 1, 1, -1]), label=np.zeros(4, int))
    for day in range(1, 31):
        if day == 11:
            state.label[0] = GANG
        if day == 21:
            state.label[1] = GANG
        held.look(state, day)
    assert held.lost == [10, 20]
    assert held.still().tolist() == [29]
    assert held.survival(9) == 1.0
    assert held.survival(10) == pytest.approx(2 / 3)
    assert held.survival(25) == pytest.approx(1 / 3)
    assert held.median() == 20
    assert held.place_days == 10 + 20 + 30


def test_places_that_all_last_have_a_median_at_the_end_and_none_without_a_clearing():
    held = HeldPlaces(2)
    state = SimpleNamespace(cleared_day=np.array([-1, -1]), label=np.zeros(2, int))
    held.look(state, 1)
    assert np.isnan(held.median())
    assert np.isnan(held.survival(90))
    state.cleared_day[0] = 2
    for day in range(2, 50):
        held.look(state, day)
    assert held.median() == 47
    assert held.survival(30) == 1.0


@pytest.mark.parametrize("seed", range(20))
def test_survival_is_that_of_scipy(seed):
    rng = np.random.default_rng(seed)
    held = HeldPlaces(12)
    held.lost = rng.integers(1, 15, rng.integers(0, 20)).tolist()
    held.day = 14
    held.since[: rng.integers(0, 12)] = 3
    held.since[:3] += 2
    if not held.lost and not held.still().size:
        held.lost = [4]
    times, share = held._curve()
    curve = stats.ecdf(stats.CensoredData(uncensored=held.lost, right=held.still())).sf
    assert times.tolist() == curve.quantiles.tolist()
    np.testing.assert_allclose(share[1:], curve.probabilities, rtol=1e-14, atol=1e-16)
