"""Comparing runs, on numbers made up by hand."""

import numpy as np
import pandas as pd
import pytest

from models.haiti.metrics.comparison import decompose, protection, shapley_product, violence_per_resident
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from simulation.errors import InputError


def daily(outside, cost, killed):
    days = np.arange(len(outside))
    cost = np.linspace(0, cost, len(outside))
    columns = {
        "people_outside_gang_control": outside,
        "mission_cost_usd_total": cost,
        "residents_killed_operations_today": killed,
    }
    return pd.DataFrame({"day": days, **columns})


def places(days, rows):
    """rows: (influence, residents, killed) of each place, the same every day."""
    table = [(day, *row) for day in range(days) for row in rows]
    return pd.DataFrame(table, columns=["day", "influence", "residents", "residents_killed_today"])


def test_cost_and_harm_per_person_protected():
    run = daily([100, 300, 500], 7300.0, [0, 2, 1])
    found = protection(run, daily([100, 100, 100], 0.0, [0, 0, 0]))
    assert found.person_years == pytest.approx(600 / 365)
    assert found.cost_per_person_year == pytest.approx(7300 * 365 / 600)
    assert found.killed_per_1000 == pytest.approx(5.0)
    assert "600" not in found.verdict
    assert "$4,441 each" in found.verdict


def test_no_protection_gained_has_no_price():
    found = protection(daily([100, 50, 50], 7300.0, [0, 1, 1]), daily([100, 100, 100], 0.0, [0, 0, 0]))
    assert found.cost_per_person_year is None
    assert found.killed_per_1000 is None
    assert found.verdict.startswith("no protection gained")


def test_runs_of_other_days_and_missing_columns_are_refused():
    run = daily([1, 2, 3], 1.0, [0, 0, 0])
    with pytest.raises(InputError, match="same days"):
        protection(run, daily([1, 2], 1.0, [0, 0]))
    with pytest.raises(InputError, match="no column mission_cost_usd_total"):
        protection(run.drop(columns="mission_cost_usd_total"), run)


@pytest.mark.parametrize("seed", range(5))
def test_shapley_parts_add_up_to_the_change_of_the_product(seed):
    generator = np.random.default_rng(seed)
    first, second = generator.random(4), generator.random(4)
    second[seed % 4] = 0.0
    parts = shapley_product(first.tolist(), second.tolist())
    assert sum(parts) == pytest.approx(second.prod() - first.prod())


def test_shapley_of_two_factors_is_the_textbook_one():
    assert shapley_product([2.0, 3.0], [4.0, 5.0]) == pytest.approx([2 * (3 + 5) / 2, 2 * (2 + 4) / 2])


def test_half_the_people_with_all_else_equal_is_all_fewer_residents():
    found = decompose(places(10, [(0.5, 1000, 4), (0.2, 500, 0)]), places(10, [(0.5, 500, 2), (0.2, 250, 0)]))
    assert found.change == -20
    assert found.fewer_residents == pytest.approx(-20)
    assert found.consolidation == pytest.approx(0.0)
    assert found.force == pytest.approx(0.0)


def test_settled_gang_rule_is_consolidation_and_not_force():
    """Influence rises from .5 to .9: less contested, and fewer are killed in proportion. Exposure speaks against it."""
    contested = [4 * u * (1 - u) for u in (0.5, 0.9)]
    killed = 100 * contested[1] / contested[0]
    found = decompose(places(1, [(0.5, 1000, 100)]), places(1, [(0.9, 1000, killed)]))
    assert found.fewer_residents == pytest.approx(0.0)
    assert found.parts["intensity"] == pytest.approx(0.0)
    assert found.parts["exposure"] > 0
    assert found.consolidation < found.change < 0
    assert found.fewer_residents + found.consolidation + found.force == pytest.approx(found.change)


def test_less_harm_on_the_same_ground_counts_for_force():
    found = decompose(places(5, [(0.5, 1000, 4)]), places(5, [(0.5, 1000, 1)]))
    assert found.force == pytest.approx(found.change) == pytest.approx(-15)


def test_nobody_killed_before_or_after_is_no_division_by_zero():
    quiet = places(2, [(0.0, 1000, 0)])
    assert decompose(quiet, quiet).change == 0
    found = decompose(places(2, [(0.5, 1000, 3)]), quiet)
    assert sum(found.parts.values()) == pytest.approx(-6)
    with pytest.raises(InputError, match="nowhere contested"):
        decompose(places(2, [(0.0, 1000, 3)]), quiet)


def test_violence_counts_for_those_who_are_still_there():
    rate = violence_per_resident(places(2, [(0.5, 400, 1), (0.1, 600, 1)]))
    assert rate.tolist() == pytest.approx([1e5 * 365 * 2 / 1000] * 2)


def test_tables_of_real_runs_fit():
    runs = [
        HaitiModel(load_case(overrides=change, weight=2000), run_seed=3, neighbourhoods=True).run(20)
        for change in ({"deployment.authorised": 0}, {"deployment.at_start": 2500})
    ]
    tables = [run.recorder.neighbourhoods() for run in runs]
    found = decompose(*tables)
    assert found.before == runs[0].ledger.sum_total("residents_killed")
    assert sum(found.parts.values()) == pytest.approx(found.change)
    gained = protection(runs[1].recorder.daily(), runs[0].recorder.daily())
    assert gained.verdict
