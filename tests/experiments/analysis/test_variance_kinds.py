"""What varies in a study is chosen, or is not known: words and shares of the variance tell the two apart."""

from __future__ import annotations

import numpy as np
import pytest
from support.made_study import made_study

from experiments.analysis.sensitivity import analyse, variance_table, varied_kind
from experiments.analysis.study_results import StudyResults
from experiments.analysis.variance_components import crossed_parts
from experiments.report.sensitivity.words import index_sentence, split_reading, split_rows
from experiments.study.designs import Range


def analysed(folder, function, vary, **how):
    made_study(folder, function, vary, **how)
    studied = StudyResults.read(folder)
    return analyse(studied, studied.outcomes(["y"]))


def force_and_hold(arm, levels, replicate):
    """Force, which is chosen, does 3 a step; hold.requirement, which is not known, 1; together 0.5; luck of a run 0.2."""
    force, hold = levels["deployment.authorised"] / 1000, levels["hold.requirement"]
    luck = np.random.default_rng([replicate, int(10 * force), int(10 * hold)]).normal(0, 0.2)
    return {"y": 3 * force + hold + 0.5 * (force - 1) * (hold - 2) + luck + replicate}


MIXED = {"deployment.authorised": (0, 1000, 2000), "hold.requirement": (1.0, 2.0, 3.0)}


def test_what_varies_is_divided_into_what_is_chosen_and_what_is_not_known_over_the_cells_of_a_factorial(tmp_path):
    (found,) = analysed(tmp_path / "s", force_and_hold, MIXED, design="factorial", replicates=12)
    assert found.kinds == {"deployment.authorised": "policy", "hold.requirement": "not known"}
    assert found.varied == "mixed"
    whole = 9 * 2 / 3 + 2 / 3 + 0.25 * 4 / 9  # variances of three even levels, and of their product
    assert found.parts["policy"] == pytest.approx(9 * 2 / 3 / whole, abs=0.02)
    assert found.parts["parameters"] == pytest.approx(2 / 3 / whole, abs=0.02)
    assert sum(found.parts.values()) == pytest.approx(1)
    header, _ = split_rows([found])
    assert header[2:5] == ("policy and parameters", "luck alone", "luck with both")
    assert header[5:] == ("of it policy (chosen)", "of it parameters (not known)", "of it only together")
    assert "epistemic" not in " ".join(header)
    row = variance_table([found]).iloc[0]
    parts = [row[f"varied_{part}_share"] for part in ("policy", "parameters", "together")]
    assert sum(parts) == pytest.approx(row["parameters_share"])


def test_luck_is_taken_off_the_parts():
    """Policy does 1 a step, the luck of a run is three times as large: in bare cell means it is most of the variance."""
    rng, found, bare = np.random.default_rng(3), [], []
    for _ in range(40):
        values = np.arange(4.0)[:, None, None] + rng.normal(0, 3, size=(4, 30, 3)) + rng.normal(size=3)
        found.append(crossed_parts(values)["policy"])
        means = values.mean(axis=2)
        bare.append(means.mean(axis=1).var() / means.var())
    assert np.mean(bare) < 0.4
    assert np.mean(found) > 0.8


def test_where_nothing_is_left_to_divide_there_are_no_parts():
    assert crossed_parts(np.ones((2, 2, 1))) is None
    assert crossed_parts(np.ones((2, 2, 3))) is None


def test_sobol_indices_divide_it_too_and_other_samples_do_not(tmp_path):
    def plain(arm, levels, replicate):
        return {"y": 2 * levels["deployment.authorised"] / 2000 + levels["hold.requirement"] + replicate}

    vary = {"deployment.authorised": Range(0, 2000), "hold.requirement": Range(1, 2)}
    (found,) = analysed(tmp_path / "s", plain, vary, design="sobol", samples=256, replicates=2)
    assert found.parts["policy"] == pytest.approx(0.8, abs=0.05)
    assert found.parts["parameters"] == pytest.approx(0.2, abs=0.05)
    assert {row["parameter"]: row["kind"] for row in found.indices} == found.kinds
    said = index_sentence(found.indices, "count")
    assert "deployment.authorised (policy; 8" in said
    assert "hold.requirement (2" in said or "hold.requirement (1" in said
    (other,) = analysed(tmp_path / "t", plain, vary, design="latin-hypercube", samples=20, replicates=2)
    assert (other.varied, other.parts) == ("mixed", None)
    assert split_rows([other])[0] == ("outcome", "mean", "policy and parameters", "luck alone", "luck with both")
    assert "tells them apart" in split_reading([other])


def test_a_study_of_policy_alone_names_no_parameters(tmp_path):
    vary = {"deployment.authorised": (0, 1000, 2000), "scenario": ("baseline", "POL1")}
    (found,) = analysed(
        tmp_path / "s",
        lambda arm, levels, k: {"y": levels["deployment.authorised"] + k},
        vary,
        design="factorial",
        replicates=3,
    )
    assert (found.varied, found.parts) == ("policy", None)
    assert split_rows([found])[0][2:] == ("policy (chosen)", "luck alone", "luck with policy")
    assert "could be learnt" not in split_reading([found])
    assert varied_kind({"gang.terror": "not known"}) == "parameters"
