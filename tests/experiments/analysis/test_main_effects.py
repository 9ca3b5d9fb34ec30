"""Main effects: paired within replicates, over the cells that are there, in the order of the study."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.analysis.main_effects import Factor, adjusted, coded, effects, factors_of


def test_effects_are_paired_cell_by_cell():
    rows = [
        {"run": k, "arm": "main", "replicate": r, "a": a, "b": b, "x": 10 * r + 100 * (b == "q") + 3 * a}
        for k, (r, a, b) in enumerate((r, a, b) for r in range(8) for a in (0, 1) for b in ("p", "q"))
    ]
    runs = pd.DataFrame(rows).drop(index=3)  # replicate 0 has no cell (1, q): (0, q) must not count either
    card = {"vary": {"a": [0, 1], "b": ["p", "q"]}, "arms": {"main": {}}}
    found = effects(runs, factors_of(card, runs), "x").set_index("factor")
    assert found.loc["a", "difference"] == pytest.approx(3)
    assert found.loc["b", "difference"] == pytest.approx(100)
    assert list(found["pairs"]) == [8, 8]
    assert list(found["beyond"]) == [True, True]


def test_a_replicate_that_lacks_cells_does_not_take_their_effect_for_its_luck():
    """a does 100 in one arm and nothing in the other; the last replicate has the idle arm alone. The mean effect is 50."""
    rows = [
        {"run": k, "arm": arm, "replicate": r, "a": a, "x": 7 * r + (100 + r) * a * (arm == "forced")}
        for k, (r, arm, a) in enumerate((r, arm, a) for r in range(4) for arm in ("gated", "forced") for a in (0, 1))
    ]
    runs = pd.DataFrame(rows)
    runs = runs[(runs["replicate"] < 3) | (runs["arm"] == "gated")]
    card = {"vary": {"a": [0, 1]}, "arms": {"gated": {}, "forced": {}}}
    factors = factors_of(card, runs)
    all_count = {"a": np.zeros(2, bool), "arm": np.zeros(2, bool)}  # the idle arm too
    found = effects(runs, factors, "x", all_count).set_index("factor").loc["a"]
    assert found["difference"] == pytest.approx(50.5)  # 50, 50.5, 51, and what these say of the fourth
    assert found["low"] > 49
    assert found["beyond"]


def test_adjusted_means_are_those_of_least_squares_with_a_column_a_replicate_and_a_cell():
    rng = np.random.default_rng(2)
    values, there = rng.normal(size=(5, 7)), rng.random((5, 7)) < 0.6
    there[:, 0] = True
    marks = [[*np.eye(5)[r], *np.eye(7)[c]] for r, c in zip(*np.nonzero(there))]
    fit = np.linalg.lstsq(np.array(marks), values[there], rcond=None)[0]
    assert adjusted(values, there) == pytest.approx(fit[:5] + fit[5:].mean())
    assert adjusted(values, there | True) == pytest.approx(values.mean(axis=1))


def test_replicates_without_a_common_cell_are_not_compared():
    there = np.array([[True, True, False], [True, False, False], [False, False, True]])
    assert adjusted(np.array([[1.0, 3.0, 0.0], [5.0, 0.0, 0.0], [0.0, 0.0, 900.0]]), there) == pytest.approx([2, 6])


def test_levels_keep_the_order_of_the_study():
    runs = pd.DataFrame({"run": [0, 1, 2], "arm": ["z", "a", "z"], "speed": ["slow", "mid", "fast"]})
    card = {"vary": {"speed": ["fast", "mid", "slow"]}, "arms": {"z": {}, "a": {}}}
    found = factors_of(card, runs)
    assert found == [Factor("speed", ("fast", "mid", "slow")), Factor("arm", ("z", "a"))]
    assert list(coded(runs, found)["speed"]) == [2, 1, 0]
