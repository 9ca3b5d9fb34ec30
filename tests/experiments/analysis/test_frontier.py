"""The frontier over money and force of planted probabilities: where it runs, where it breaks, and where there is none."""

from __future__ import annotations

import math

import numpy as np
import pytest
from support.made_study import made_study

from experiments.analysis import frontier
from experiments.analysis.study_results import StudyResults, wish
from experiments.study.designs import Range
from simulation.errors import InputError

VARY = {"deployment.authorised": (0, 1000, 2500, 5550), "funding.level": (0.33, 0.67, 1.0)}
# Of ten seeds those that meet the wish, by money and force.
PLANTED = {0.33: (0, 2, 3, 4), 0.67: (1, 5, 9, 6), 1.0: (3, 8, 9, 10)}


def planted(arm, levels, replicate):
    place = VARY["deployment.authorised"].index(levels["deployment.authorised"])
    good = replicate < PLANTED[levels["funding.level"]][place] * (arm == "gated")
    return {"displaced_people_end": 1e5 if good else 9e5, "gang_members_killed_total": 3.0}


@pytest.fixture
def study(tmp_path):
    def study(arms=("gated",), vary=VARY, replicates=10, **how):
        how = {"design": "factorial"} | how
        return StudyResults.read(made_study(tmp_path / "s", planted, vary, replicates=replicates, arms=arms, **how))

    return study


def below(studied):
    return wish(studied, "displaced_people_end", 5e5, None)


def test_the_least_force_is_that_of_the_planted_chances(study):
    studied = study()
    found = frontier.frontier(studied, below(studied))
    least = found.least.set_index(["chance", "funding.level"])["least_force"]
    assert [least[0.5, money] for money in PLANTED] == pytest.approx([math.nan, 1000, 1000], nan_ok=True)
    assert [least[0.8, money] for money in PLANTED] == pytest.approx([math.nan, 2500, 1000], nan_ok=True)
    assert [least[0.9, money] for money in PLANTED] == pytest.approx([math.nan, 2500, 2500], nan_ok=True)
    cell = found.cells[(found.cells["funding.level"] == 1.0) & (found.cells["deployment.authorised"] == 2500)].iloc[0]
    assert (cell.runs, cell.hits) == (10, 9)
    assert (cell.low, cell.high) == pytest.approx((0.5958, 0.9821), abs=1e-4)  # Wilson, 9 of 10
    sure = found.least.set_index(["chance", "funding.level"])["sure"]
    assert (sure[0.5, 0.67], sure[0.5, 1.0]) == (2500, 2500)
    assert math.isnan(sure[0.9, 1.0])


def test_a_larger_force_that_does_worse_breaks_the_frontier_and_is_told(study):
    studied = study()
    found = frontier.frontier(studied, below(studied))
    broken = found.least[found.least.broken != ""]
    assert broken[["chance", "funding.level", "broken"]].values.tolist() == [[0.8, 0.67, "5,550"], [0.9, 0.67, "5,550"]]
    text = " ".join(frontier.sentences(found))
    assert "Broken at gated, funding.level 0.67, 80\u00a0%: 2,500 reaches it, larger forces (5,550) do not" in text
    least = "least money at funding.level 0.67 with deployment.authorised 2,500"
    assert f"gated, 80\u00a0%: {least}; least force at funding.level 1 with deployment.authorised 1,000." in text


def test_where_no_cell_reaches_it_that_is_said(study):
    studied = study(arms=("gated", "forced"))
    found = frontier.frontier(studied, below(studied))
    text = " ".join(frontier.sentences(found))
    assert "forced, 50\u00a0%: no cell reaches it, and no run meets it." in text
    _, rows = frontier.frontier_rows(found)
    assert [row[2:] for row in rows if row[0] == "forced"] == [("none", "none", "none")] * 3
    titles = [axes.get_title(loc="left") for axes in frontier.figure_frontier(found).axes[:2]]
    assert titles == ["Arm gated", "Arm forced (no cell reaches 50\u00a0%, 80\u00a0%, 90\u00a0%)"]


def test_the_nearest_cell_is_told_where_none_reaches_it(study):
    studied = study(vary=VARY | {"funding.level": (0.33, 0.67)})
    found = frontier.frontier(studied, wish(studied, "displaced_people_end", 5e5, None))
    found.cells["chance"] *= 0.8
    poor = frontier.least_force(found.cells, frontier.FORCE, frontier.MONEY)
    text = frontier._reach(found, poor[poor["chance"] == 0.8])
    assert (
        text == "no cell reaches it; the nearest has 72\u00a0% at funding.level 0.67 and deployment.authorised 2,500."
    )


def test_the_lines_of_the_figure_run_along_the_cells_that_reach_it(study):
    studied = study()
    figure = frontier.figure_frontier(frontier.frontier(studied, below(studied)))
    line = next(line for line in figure.axes[0].lines if line.get_label() == "80\u00a0%")
    across, up = line.get_data()
    assert np.allclose(across, [math.nan, math.nan, 1.5, 1.5, 0.5, 0.5], equal_nan=True)
    assert list(up) == [-0.5, 0.5, 0.5, 1.5, 1.5, 2.5]


def test_few_runs_and_other_parameters_are_said(study):
    studied = study(vary=VARY | {"hold.requirement": (1.0, 2.0)}, replicates=2)
    text = " ".join(frontier.sentences(frontier.frontier(studied, below(studied))))
    assert "2 seeds are few: even if all meet it, the chance may be as low as 34\u00a0%." in text
    assert "Taken together over all levels of hold.requirement; runs of one seed share their luck" in text


def test_levels_that_are_pooled_do_not_multiply_the_seeds(study):
    """Nine of ten seeds meet it, at four levels of something that does nothing: still nine of ten."""
    one, many = study(), study(vary=VARY | {"hold.requirement": (1.0, 2.0, 3.0, 4.0)})
    few, pooled = (frontier.frontier(studied, below(studied)).cells for studied in (one, many))
    assert (pooled.runs == 4 * few.runs).all()
    assert list(pooled.chance) == list(few.chance)
    assert (list(pooled.low), list(pooled.high)) == (list(few.low), list(few.high))


def test_runs_without_a_value_are_left_out_and_told(study):
    studied = study()
    runs = studied.runs.copy()
    runs.loc[runs["replicate"] == 9, "displaced_people_end"] = math.nan
    runs.loc[runs["deployment.authorised"] == 0, "displaced_people_end"] = math.nan
    studied = StudyResults(studied.folder, studied.card, runs)
    found = frontier.frontier(studied, below(studied))
    assert set(found.cells["deployment.authorised"]) == {1000, 2500, 5550}
    assert set(found.cells["runs"]) == {9}
    assert "Runs without a value of the outcome, left out: 39." in frontier.sentences(found)
    frontier.figure_frontier(found)
    with pytest.raises(InputError, match="no run has a value of it"):
        below(studied).known(runs[runs["replicate"] == 9])


def test_what_has_no_frontier_is_refused(study, tmp_path):
    studied = study()
    with pytest.raises(
        InputError, match=r"--money: unknown varied parameter 'funding.levl'. Did you mean funding.level"
    ):
        frontier.frontier(studied, below(studied), money="funding.levl")
    with pytest.raises(InputError, match="cannot be both"):
        frontier.frontier(studied, below(studied), force="funding.level")
    with pytest.raises(InputError, match="never an aim"):
        wish(studied, "gang_members_killed_total", None, 1.0)
    sampled = made_study(
        tmp_path / "l", lambda arm, levels, k: {"displaced_people_end": 1.0}, {"funding.level": Range(0, 1)},
        design="latin-hypercube", samples=4,
    )  # fmt: skip
    studied = StudyResults.read(sampled)
    with pytest.raises(InputError, match="a frontier needs levels, and this design has none"):
        frontier.frontier(studied, below(studied))
