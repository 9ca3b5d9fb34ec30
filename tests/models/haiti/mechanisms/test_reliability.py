"""How much money comes and how regularly it comes are two things: the same sum, paid steadily, late, or in spells."""

import numpy as np
import pytest

from models.haiti.agents.donor import YEAR, lateness, spell, spells
from models.haiti.mechanisms.mission.funding import RELIABILITIES
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case

LEVEL = {"funding.source": "level", "funding.level": 1.0}


def receipts(days, seed=1, **overrides):
    """USD received by the evening of each day from the first on, with nothing but money going on."""
    changes = LEVEL | {name.replace("__", "."): value for name, value in overrides.items()}
    model = HaitiModel(load_case(overrides=changes, weight=2000), run_seed=seed)
    found = []
    for model.day in range(1, days + 1):
        model.funding.step()
        found.append(model.pool.received)
    assert all(one.promised == pytest.approx(one.disbursed + one.undisbursed) for one in model.donors)
    return np.array(found)


def test_a_year_of_late_payments_and_a_year_of_spells_are_whole_years():
    for half_life in (10.0, 90.0, 500.0):
        late = [lateness(day, half_life) for day in range(YEAR)]
        assert np.mean(late) == pytest.approx(1.0)
        assert (np.diff(late) > 0).all()
    for length in (2, 60, 120, 240, 720):
        for phase in (0.0, 0.3, 0.99):
            for year in (0, 1, 2):
                days = [spells(day, length, phase) for day in range(year * YEAR, (year + 1) * YEAR)]
                assert np.mean(days) == pytest.approx(1.0)
    assert spell(np.arange(180), 120, 0.0).sum() == 120


@pytest.mark.parametrize("level", [0.33, 1.0, 1.3])
def test_a_level_brings_the_same_money_in_every_year_however_it_is_paid(level):
    found = {way: receipts(730, funding__reliability=way, funding__level=level) for way in RELIABILITIES}
    for way in ("slow", "stop_go"):
        for day in (365, 730):
            assert found[way][day - 1] == pytest.approx(found["steady"][day - 1], rel=0.02)
        assert found[way][182] < 0.98 * found["steady"][182] or way == "stop_go"
    assert found["steady"][364] == pytest.approx(level * 600e6, rel=0.01)


def test_the_amount_does_not_depend_on_the_length_of_spells_or_on_half_lives():
    years = [receipts(365, funding__reliability="stop_go", funding__stop_go_days=days)[-1] for days in (20, 120, 300)]
    years += [
        receipts(365, funding__reliability="slow", funding__half_life_bilateral=days)[-1] for days in (40.0, 300.0)
    ]
    assert max(years) < 1.02 * min(years)


def test_spells_begin_at_random_and_at_the_same_day_in_every_arm():
    def gaps(seed, **more):
        return np.flatnonzero(np.diff(receipts(300, seed, funding__reliability="stop_go", **more)) == 0)

    first = [int(gaps(seed)[0]) for seed in (1, 2, 3)]
    assert len(set(first)) == 3
    assert (gaps(1) == gaps(1, funding__level=0.5, deployment__authorised=5550)).all()


def test_a_change_on_the_way_starts_a_year_of_its_own():
    model = HaitiModel(load_case(overrides=LEVEL, weight=2000), run_seed=1).run(100)
    late = model.branch({"funding.reliability": "slow"})
    before = late.pool.received
    assert late.funding.began == 0
    late.run(1)
    assert late.funding.began == 100
    for late.day in range(102, 100 + YEAR + 1):
        late.funding.step()
    assert late.pool.received - before == pytest.approx(600e6, rel=0.02)


def test_pledges_are_sums_that_come_whole_in_the_end():
    """A pledge paid slowly or in spells is the same pledge: nothing is lost, and after years all of it has come."""
    found = {
        way: receipts(900, funding__source="pledges", funding__reliability=way, funding__half_life_bilateral=20.0)
        for way in RELIABILITIES
    }
    assert found["slow"][90] < 0.9 * found["steady"][90]
    for way in ("slow", "stop_go"):
        assert found[way][-1] == pytest.approx(found["steady"][-1], rel=0.05)


@pytest.mark.slow
@pytest.mark.verifies("V-26")
def test_v26_the_same_money_late_or_in_spells_gives_less_usable_force_in_its_first_year():
    """2,500 people in place and the same $600M: person-days that can be used, over 365 days and two seeds."""
    usable = {}
    for way in RELIABILITIES:
        rows = []
        for seed in (1, 2):
            case = load_case(overrides=LEVEL | {"deployment.forced": True, "funding.reliability": way}, weight=2000)
            model = HaitiModel(case, run_seed=seed).run(365)
            rows.append(sum(model.recorder.values["usable_force"][1:]))
        usable[way] = np.mean(rows)
    assert usable["slow"] < 0.95 * usable["steady"]
    assert usable["stop_go"] < 0.98 * usable["steady"]
