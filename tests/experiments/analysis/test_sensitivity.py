"""Sensitivity of functions whose indices are known, the split of variance, small samples, and the study after a screening."""

from __future__ import annotations

import math
import tomllib

import numpy as np
import pytest
from support.made_study import made_study

from experiments.analysis import sensitivity
from experiments.analysis.sensitivity import DUMMY, analyse, survivors
from experiments.analysis.study_results import StudyResults
from experiments.analysis.variance_components import PARTS, variance_split
from experiments.report.sensitivity.words import index_rows, index_sentence, notes, sobol_warnings
from experiments.study.designs import Range
from experiments.study.follow_up import survivors_study
from experiments.study.study import read_content
from simulation.errors import InputError

UNIT = Range(0.0, 1.0)
TURN = Range(-math.pi, math.pi)


def ishigami(arm, levels, replicate):
    one, two, three = levels.values()
    return {"y": math.sin(one) + 7 * math.sin(two) ** 2 + 0.1 * three**4 * math.sin(one)}


def analysed(folder, function, vary, **how):
    made_study(folder, function, vary, **how)
    studied = StudyResults.read(folder)
    return analyse(studied, studied.outcomes(["y"]))


def column(finding, name):
    return {row["parameter"]: row[name] for row in finding.indices}


# Known indices


def test_sobol_indices_of_the_ishigami_function(tmp_path):
    vary = {"a.x": TURN, "a.y": TURN, "a.z": TURN}
    (found,) = analysed(tmp_path / "s", ishigami, vary, design="sobol", samples=1024)
    assert list(column(found, "S1").values()) == pytest.approx([0.3139, 0.4424, 0.0], abs=0.04)
    assert list(column(found, "ST").values()) == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.04)
    assert not [line for line in notes([found]) if "too small" in line]


def test_sobol_indices_of_the_g_function(tmp_path):
    """Variances 1 / (3 (1 + a)^2) of each factor, and products of them together."""
    weights = {"a.x": 0.0, "a.y": 1.0, "a.z": 9.0}

    def g(arm, levels, replicate):
        return {"y": math.prod((abs(4 * levels[name] - 2) + a) / (1 + a) for name, a in weights.items())}

    parts = {name: 1 / (3 * (1 + a) ** 2) for name, a in weights.items()}
    total = math.prod(1 + part for part in parts.values()) - 1
    (found,) = analysed(tmp_path / "s", g, dict.fromkeys(weights, UNIT), design="sobol", samples=1024)
    first, whole = column(found, "S1"), column(found, "ST")
    for name, part in parts.items():
        others = math.prod(1 + other for key, other in parts.items() if key != name)
        assert first[name] == pytest.approx(part / total, abs=0.04)
        assert whole[name] == pytest.approx(part * others / total, abs=0.04)


def test_morris_effects_of_an_additive_function_are_its_slopes_over_the_range(tmp_path):
    def slopes(arm, levels, replicate):
        return {"y": 3 * levels["a.x"] - 2 * levels["a.y"] + 0 * levels["a.z"]}

    vary = {"a.x": Range(0, 10), "a.y": UNIT, "a.z": UNIT}
    (found,) = analysed(tmp_path / "s", slopes, vary, design="morris", samples=6)
    assert column(found, "mu") == pytest.approx({"a.x": 30, "a.y": -2, "a.z": 0})
    assert column(found, "mu_star") == pytest.approx({"a.x": 30, "a.y": 2, "a.z": 0})
    assert column(found, "sigma") == pytest.approx({"a.x": 0, "a.y": 0, "a.z": 0}, abs=1e-9)
    assert any("One replicate" in line for line in notes([found]))


def test_morris_effects_of_lists_and_few_whole_numbers_are_those_of_their_whole_range(tmp_path):
    """A step goes through all of a list of two, and through all or half of a list of three: not through two thirds."""

    def slopes(arm, levels, replicate):
        named = {"off": 0, "on": 40}[levels["a.word"]] - 100 * levels["a.flag"]
        return {"y": named + 6 * levels["a.list"] + 7 * levels["n.few"] + 3 * levels["a.x"]}

    vary = {
        "a.flag": (False, True), "a.word": ("off", "on"), "a.list": (9, 5, 1), "n.few": Range(0, 2), "a.x": Range(0, 10),
    }  # fmt: skip
    (found,) = analysed(tmp_path / "s", slopes, vary, design="morris", samples=8)
    true = {"a.flag": -100, "a.word": 40, "a.list": 48, "n.few": 14, "a.x": 30}
    assert column(found, "mu") == pytest.approx(true)
    assert column(found, "mu_star") == pytest.approx({name: abs(value) for name, value in true.items()})
    assert list(column(found, "sigma").values()) == pytest.approx([0] * 5, abs=1e-9)


def test_the_dummy_of_a_list_takes_the_steps_of_the_list(tmp_path):
    def flags(arm, levels, replicate):
        rng = np.random.default_rng([replicate, int(1e6 * levels["a.x"]), levels["a.flag"]])
        return {"y": 2 * levels["a.flag"] + rng.normal()}

    vary = {"a.x": UNIT, "a.flag": (False, True)}
    (found,) = analysed(tmp_path / "s", flags, vary, design="morris", samples=30, replicates=4)
    luck = column(found, "luck")
    assert luck["a.x"] == pytest.approx(luck[DUMMY])
    assert luck["a.flag"] == pytest.approx(luck[DUMMY] * 2 / 3)
    assert survivors([found]) == ["a.flag"]


# Luck


def noisy(arm, levels, replicate):
    """Strong x, weak y, idle z; luck of its own in every run."""
    rng = np.random.default_rng([replicate, *(int(1e6 * (1 + value)) for value in levels.values())])
    return {"y": 10 * levels["a.x"] + 0.1 * levels["a.y"] + rng.normal(0, 1)}


def test_the_dummy_lets_through_what_stands_out_from_luck_and_nothing_else(tmp_path):
    vary = dict.fromkeys(("a.x", "a.y", "a.z"), UNIT)
    (found,) = analysed(tmp_path / "s", noisy, vary, design="morris", samples=20, replicates=4)
    assert survivors([found]) == ["a.x"]
    stars = column(found, "mu_star")
    # A difference of two means of four runs, over two thirds of the range: half a standard deviation times the root of 2.
    assert stars[DUMMY] == pytest.approx(math.sqrt(2 / math.pi) * math.sqrt(2) * 0.5 * 1.5, rel=0.2)
    assert stars["a.z"] == pytest.approx(stars[DUMMY], rel=0.5)
    header, rows = index_rows(found)
    assert header[-1] == "survives"
    assert [(row[0], row[-1]) for row in rows if row[0] in ("a.x", DUMMY)] == [("a.x", "yes"), (DUMMY, "–")]


def test_luck_that_is_the_same_everywhere_gives_no_dummy_effect():
    values = np.random.default_rng(1).normal(size=(5, 1, 3)) + np.random.default_rng(2).normal(size=(1, 4, 1))
    crossed = np.broadcast_to(values, (5, 4, 3)) + np.arange(3.0)
    assert sensitivity.dummy_effect(crossed)["mu_star"] == pytest.approx(0, abs=1e-12)


def test_a_parameter_that_only_deals_luck_anew_has_the_total_index_of_luck(tmp_path):
    vary = dict.fromkeys(("a.x", "a.y", "a.z"), UNIT)
    (found,) = analysed(tmp_path / "s", noisy, vary, design="sobol", samples=256, replicates=4)
    # Half a standard deviation is left in a mean of four; x has variance 100 / 12.
    assert column(found, "luck")["a.z"] == pytest.approx(0.25 / (0.25 + 100 / 12), rel=0.15)
    assert column(found, "ST")["a.z"] == pytest.approx(column(found, "luck")["a.z"], rel=0.25)
    assert column(found, "told") == {"a.x": True, "a.y": False, "a.z": False}


def test_the_split_of_variance_is_unbiased():
    """Var of 2 x + s + x s / 2 with standard normal x and s: 4, 1 and 1/4. The two points of a block are equal."""
    rng, found = np.random.default_rng(3), []
    for _ in range(400):
        x, s = rng.normal(size=(12, 1, 1)), rng.normal(size=(1, 1, 4))
        values = np.repeat(2 * x + s + x * s / 2, 2, axis=1)
        split = variance_split(values + 1000)
        found.append([split.variances[part] for part in PARTS])
        assert sum(split.shares.values()) == pytest.approx(1)
    error = np.std(found, axis=0) / 20
    assert np.all(np.abs(np.mean(found, axis=0) - [4, 1, 0.25]) < 4 * error)
    assert np.all(error < [0.15, 0.08, 0.02])


def test_all_variance_is_of_parameters_without_luck_and_of_luck_without_parameters():
    x = np.arange(5.0)
    assert variance_split(np.tile(x[:, None, None], (1, 1, 3))).shares["parameters"] == pytest.approx(1)
    luck = variance_split(np.tile(x[None, None, :3], (6, 1, 1)))
    assert (luck.shares["luck"], luck.luck_share) == pytest.approx((1, 1))
    assert luck.variances["luck"] == pytest.approx(1)


def test_a_negative_estimate_is_taken_as_0_and_said(tmp_path):
    values = np.zeros((4, 1, 2))
    values[:, 0, 0], values[:, 0, 1] = [1, -1, 1, -1], [-1, 1, -1, 1]
    split = variance_split(values)
    assert set(split.clipped) == {"parameters", "luck"}
    assert split.variances["parameters"] == 0
    assert split.shares["both"] == 1

    def opposed(arm, levels, replicate):
        return {"y": (1 if replicate else -1) * (levels["a.x"] - 0.5)}

    (found,) = analysed(tmp_path / "s", opposed, {"a.x": UNIT, "a.y": UNIT}, design="sobol", samples=8, replicates=2)
    assert any("below 0 and is taken as 0" in line for line in notes([found]))


def test_intervals_of_the_shares_are_two_jackknives_with_students_factor():
    values = np.random.default_rng(8).normal(size=(6, 1, 3)) + np.arange(3.0) + np.arange(0, 12, 2.0)[:, None, None]
    split, square = variance_split(values), np.zeros(3)
    for axis, factor in ((0, 2.5706), (2, 4.3027)):  # Student's 97.5 % points of five and two degrees of freedom
        count = values.shape[axis]
        left = [list(variance_split(np.delete(values, k, axis=axis)).shares.values()) for k in range(count)]
        square += factor**2 * (count - 1) * np.var(left, axis=0)
    assert list(split.half_widths.values()) == pytest.approx(np.sqrt(square), rel=1e-4)


def test_few_seeds_are_told_beside_the_shares(tmp_path):
    vary = dict.fromkeys(("a.x", "a.y"), UNIT)
    for replicates, told in ((3, True), (10, False)):
        how = {"design": "latin-hypercube", "samples": 6, "replicates": replicates}
        said = " ".join(notes(analysed(tmp_path / f"s{replicates}", noisy, vary, **how)))
        assert ("are few for the shares of variance" in said) is told


def test_one_seed_says_nothing_of_luck():
    split = variance_split(np.ones((4, 2, 1)))
    assert all(math.isnan(share) for share in split.shares.values())


def test_a_policy_difference_depends_on_other_parameters_than_its_sides(tmp_path):
    def two(arm, levels, replicate):
        return {"y": 5 * levels["a.x"] + (levels["a.y"] if arm == "tried" else 0) + 100 * replicate}

    vary = {"a.x": UNIT, "a.y": UNIT}
    how = {"design": "sobol", "samples": 64, "replicates": 3, "arms": ("usual", "tried")}
    usual, tried, less = analysed(tmp_path / "s", two, vary, **how)
    assert [found.sample.of for found in (usual, tried, less)] == ["usual", "tried", "tried less usual"]
    assert column(usual, "ST") == pytest.approx({"a.x": 1, "a.y": 0}, abs=0.05)
    assert column(less, "ST") == pytest.approx({"a.x": 0, "a.y": 1}, abs=0.05)
    assert less.sample.values.mean() == pytest.approx(0.5, abs=0.05)  # the tried one has more
    assert usual.split.shares["luck"] > 0.9
    assert less.split.shares["luck"] == pytest.approx(0, abs=1e-9)  # the same luck on both sides
    share = usual.split.shares["parameters"]
    assert column(usual, "of_all")["a.x"] == pytest.approx(share, rel=0.1)


# Samples that are too small, or not there


def test_a_sample_that_is_too_small_is_called_so(tmp_path):
    vary = {"a.x": TURN, "a.y": TURN, "a.z": TURN}
    (found,) = analysed(tmp_path / "s", ishigami, vary, design="sobol", samples=8)
    assert any("too small" in line for line in notes([found]))


def test_the_warnings_of_sobol():
    good = {"parameter": "x", "S1": 0.9, "S1_conf": 0.05, "ST": 0.95, "ST_conf": 0.05, "told": True, "luck": 0.0}
    assert sobol_warnings([good]) == []
    assert "add up to 1.80" in sobol_warnings([good, good | {"parameter": "y"}])[0]
    assert "wider than the index" in sobol_warnings([good | {"ST_conf": 0.5}])[0]
    wide = good | {"S1": 0.05, "parameter": "y", "ST": 0.1, "ST_conf": 0.2, "told": False}
    assert ["no better than ± 0.1 for y" in sobol_warnings([good, wide])[0]] == [True]
    assert "cannot be told from no influence: y." in sobol_warnings([good, wide])
    assert "a total index of 0.30; more replicates" in sobol_warnings([good | {"luck": 0.3}])[-1]
    assert "x alone seems to do more" in sobol_warnings([good | {"ST": 0.5}])[0]


def test_runs_that_are_missing_take_their_block_out_and_it_is_said(tmp_path):
    vary = {"a.x": TURN, "a.y": TURN, "a.z": TURN}
    whole = analysed(tmp_path / "whole", ishigami, vary, design="sobol", samples=64, replicates=2)
    less = analysed(
        tmp_path / "less", ishigami, vary, design="sobol", samples=64, replicates=2,
        skip={("main", 7, 0)} | {("main", point, 1) for point in range(100, 320)},
    )  # fmt: skip
    assert "replicates are complete" not in " ".join(notes(whole))
    assert (less[0].split.blocks, less[0].split.replicates) == (63, 1)
    assert any("63 of 64 blocks of points and 1 of 2 replicates are complete" in line for line in notes(less))
    assert column(less[0], "S1") == pytest.approx(column(whole[0], "S1"), abs=0.2)
    with pytest.raises(InputError, match="of main, 1 of 4 blocks of points are complete, and 2 are needed"):
        analysed(
            tmp_path / "few", ishigami, vary, design="sobol", samples=4, skip={("main", k, 0) for k in range(5, 20)}
        )


def test_a_missing_trajectory_leaves_the_others_with_their_own_steps(tmp_path):
    def slopes(arm, levels, replicate):
        return {"y": 3 * levels["a.x"] - 2 * levels["a.y"]}

    how = {"design": "morris", "samples": 6, "skip": {("main", 1, 0)}}
    (found,) = analysed(tmp_path / "s", slopes, {"a.x": UNIT, "a.y": UNIT}, **how)
    assert found.split.blocks == 5
    assert column(found, "mu") == pytest.approx({"a.x": 3, "a.y": -2})


def test_points_that_are_not_those_of_the_design_are_refused(tmp_path):
    vary = {"a.x": TURN, "a.y": TURN, "a.z": TURN}
    folder = made_study(tmp_path / "s", ishigami, vary, design="sobol", samples=8)
    card = folder / "card.json"
    card.write_text(card.read_text().replace('"seed": 1', '"seed": 2'))
    studied = StudyResults.read(folder)
    with pytest.raises(InputError, match=r"a.x has other values than this version of SALib draws"):
        analyse(studied, studied.outcomes(["y"]))


@pytest.mark.parametrize("limits", [Range(1, 5), Range(0, 2), Range(3, 14)])
def test_whole_numbers_are_those_of_the_design(tmp_path, limits):
    """A parameter in whole numbers has its values rounded; they are still what the study drew."""
    how = {"design": "sobol", "samples": 64}
    (found,) = analysed(
        tmp_path / "s", lambda arm, levels, k: {"y": levels["n.n"]}, {"n.n": limits, "a.x": UNIT}, **how
    )
    assert column(found, "ST") == pytest.approx({"n.n": 1, "a.x": 0}, abs=0.1)


def test_an_outcome_that_nothing_changes_has_no_ranks(tmp_path):
    (found,) = analysed(
        tmp_path / "s", lambda arm, levels, k: {"y": float(k)}, {"a.x": UNIT}, design="sobol", samples=4, replicates=3
    )
    assert found.indices == []
    assert found.split.shares["luck"] == 1
    assert any("no parameter changes it" in line for line in notes([found]))


# The next study


def test_the_study_of_the_survivors_can_be_read_and_varies_them_alone():
    content = {
        "title": 'The "first" screening', "question": "?", "scenario": "baseline", "days": 20, "weight": 1000,
        "replicates": 2, "seed": 3, "start": "2024-06-01", "outcomes": ["displaced_people_end"], "uncertainty": False,
        "vary": {
            "funding.level": {"low": 0.3, "high": 1.2}, "deployment.authorised": {"low": 0, "high": 9000},
            "funding.source": ["level", "pledges"],
        },
        "fixed": {"hold.requirement": 3.0}, "arms": {"gated": {}, "forced at once": {"deployment.forced": True}},
    }  # fmt: skip
    text = survivors_study(content, ["deployment.authorised", "funding.source"], samples=4)
    study = read_content(tomllib.loads(text), "next", "study")
    assert study.design == "sobol"
    assert study.vary == {"deployment.authorised": Range(0, 9000), "funding.source": ("level", "pledges")}
    assert study.arms == {"gated": {}, "forced at once": {"deployment.forced": True}}
    assert (study.fixed, study.seed, study.replicates, study.title[-15:]) == (
        {"hold.requirement": 3.0}, 3, 2, '"first" screening'[-15:],
    )  # fmt: skip
    assert "# Sobol indices of the parameters that survived the screening: 64 runs." in text
    assert "Left out, at the scenario's own values: funding.level." in text
    assert len(study.cells()) * study.replicates == 64


def test_a_sentence_names_what_stands_above_luck_the_strongest_first():
    def row(name, total, told):
        return {"parameter": name, "S1": 0.1, "S1_conf": 0.1, "ST": total, "ST_conf": 0.05, "told": told}

    rows = [row("a.a", 0.2, True), row("a.b", 0.62, True), row("a.c", 0.3, False)]
    said = index_sentence(rows, "people")
    assert said.startswith("2 of 3 parameters stand above luck.")
    assert said.endswith("interactions included: a.b (62\u00a0% ± 5), a.a (20\u00a0% ± 5).")
    assert index_sentence(rows[2:], "people") == "None of its 1 parameters can be told from luck."
    moved = {"parameter": "a.a", "mu": 0.01, "mu_star": 0.05, "mu_star_conf": 0.01, "survives": True}
    assert "a.a (5.0 points, either way)" in index_sentence([moved], "share")
