"""Whole numbers and members of lists are drawn equally often, ends too, by every design, from priors and under uncertainty."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import chisquare
from support.made_study import made_study

from experiments.analysis.sensitivity import analyse
from experiments.analysis.study_results import StudyResults
from experiments.study.designs import Range, even_points, points, unit_points
from models.haiti.parameters import default_parameters
from models.haiti.scenario.scenario import load_case
from simulation.parameters import Row, loguniform, uniform, whole_number

DESIGNS = {"latin-hypercube": 4096, "sobol": 1024, "morris": 1500}
LEVELS = {
    "two": Range(1, 2), "three": Range(1, 3), "seven": Range(-3, 3), "list": ("a", "b", "c"), "pair": (False, True),
    "prior": "prior",
}  # fmt: skip
TAKEN = {"two": [1, 2], "three": [1, 2, 3], "seven": [*range(-3, 4)], "list": ["a", "b", "c"], "pair": [False, True]}
TAKEN["prior"] = [2, 3, 4, 5]


def row(default, prior=None, bounds=None):
    return Row("n", default, default, "", "", bounds, None, prior, "assumed", "")


def even(values, among):
    """Whether values are spread evenly: by chance alone (a chi-square test), or more evenly than that."""
    count = Counter(values)
    assert set(count) <= set(among)
    return chisquare([count[one] for one in among]).pvalue > 1e-4


@pytest.mark.parametrize("design", DESIGNS)
def test_every_design_draws_every_whole_number_and_member_equally_often(design):
    whole, prior = row(1), row(3, uniform(1.5, 5.9), (0, 9))
    rows = {"two": whole, "three": whole, "seven": whole, "prior": prior}
    # Points of a Sobol row or a trajectory hang together: one of each is as good as independent.
    step = {"sobol": len(LEVELS) + 2, "morris": len(LEVELS) + 1}.get(design, 1)
    for seed in (1, 2):
        found = points(design, LEVELS, DESIGNS[design], seed, rows)
        for name, among in TAKEN.items():
            assert even([point[name] for point in found[::step]], among), (design, name, seed)
            assert type(found[0][name]) is type(among[0])


def test_a_latin_hypercube_is_even_to_the_last_sample():
    found = points("latin-hypercube", {"n": Range(1, 3)}, 300, 7, {"n": row(1)})
    assert Counter(point["n"] for point in found) == {1: 100, 2: 100, 3: 100}


def test_every_step_of_a_screening_moves_what_it_moves():
    vary = {"two": Range(0, 1), "three": Range(0, 2), "list": ("a", "b", "c"), "wide": Range(0, 9000)}
    rows = dict.fromkeys(vary, row(1))
    found = points("morris", vary, 40, 3, rows)
    for start in range(0, len(found), 5):
        trajectory = found[start : start + 5]
        moved = [[name for name in vary if one[name] != other[name]] for one, other in pairwise(trajectory)]
        assert sorted(name for names in moved for name in names) == sorted(vary)
        assert all(len(names) == 1 for names in moved)


def test_other_designs_and_continuous_values_stay_as_they_are():
    unit = unit_points("sobol", 2, 16, 1)
    assert even_points("sobol", unit, 16, 1) is unit
    unit = unit_points("morris", 2, 16, 1)
    spread = even_points("morris", unit, 16, 1)
    assert (np.floor(spread * 4) == np.rint(unit * 3)).all()
    found = points("morris", {"x": Range(0, 3), "y": Range(0, 3)}, 16, 1, {"x": row(1.0), "y": row(1)})
    assert {one["x"] for one in found} == {0.0, 1.0, 2.0, 3.0}


@pytest.mark.parametrize(("low", "high"), [(0, 0), (1, 3), (-5, 5), (0, 30_000)])
def test_a_whole_number_never_leaves_its_range(low, high):
    for u in (0.0, 1e-300, 0.5, 1 - 2**-53, 1.0):
        assert low <= whole_number(u, low, high) <= high
    assert (whole_number(0.0, low, high), whole_number(1.0, low, high)) == (low, high)


def test_priors_in_whole_numbers_are_drawn_evenly_and_legally():
    u = (np.arange(6000) + 0.5) / 6000
    assert Counter(row(3, uniform(1, 3), (0, 9)).draw(one) for one in u) == {1: 2000, 2: 2000, 3: 2000}
    assert Counter(row(3, uniform(1, 30), (2, 3)).draw(one) for one in u) == {2: 3000, 3: 3000}
    assert {row(3, loguniform(1, 4), (1, 4)).draw(one) for one in u} == {1, 2, 3, 4}
    values = [row(1.0, uniform(1, 3), (0, 9)).draw(one) for one in u]
    assert np.allclose(values, 1 + 2 * (0.001 + u * 0.998))


def test_uncertainty_draws_every_whole_number_of_a_prior_equally_often():
    case = load_case(uncertainty=True)
    few = [one for one in case.parameters.rows() if (ends := one.whole_ends()) and ends[1] - ends[0] < 10]
    assert few
    others = frozenset(name for name, _ in case.parameters) - {one.name for one in few}
    drawn = [replace(case, chosen=others).drawn(seed).parameters for seed in range(300)]
    for one in few:
        low, high = one.whole_ends()
        assert even([parameters.get(one.name) for parameters in drawn], range(low, high + 1)), one.name


def test_all_priors_of_whole_numbers_reach_their_ends():
    for one in default_parameters().rows():
        if one.prior and isinstance(one.default, int) and (ends := one.whole_ends()):
            assert (one.draw(0.0), one.draw(1.0)) == ends
            assert one.bounds[0] <= ends[0] < ends[1] <= one.bounds[1]


def test_a_screening_made_before_is_analysed_by_the_values_it_has(tmp_path, monkeypatch):
    """Its whole numbers were rounded and its lists cut in four: effects come out as those of the whole range all the same."""
    from experiments.study import designs

    def rounded(levels, u, even, row):
        if isinstance(levels, tuple):
            return levels[min(int(u * len(levels)), len(levels) - 1)]
        value = levels.low + u * (levels.high - levels.low)
        return round(value) if isinstance(row.default, int) else value

    def slopes(arm, levels, replicate):
        return {"y": 6 * levels["a.list"] + 7 * levels["n.few"] + 3 * levels["a.x"]}

    monkeypatch.setattr(designs, "_value", rounded)
    vary = {"a.list": (9, 5, 1), "n.few": Range(0, 2), "a.x": Range(0, 10)}
    made_study(tmp_path / "s", slopes, vary, design="morris", samples=8)
    studied = StudyResults.read(tmp_path / "s")
    (found,) = analyse(studied, studied.outcomes(["y"]))
    effects = {one["parameter"]: one["mu"] for one in found.indices}
    assert {name: effects[name] for name in vary} == pytest.approx({"a.list": 48, "n.few": 14, "a.x": 30})
