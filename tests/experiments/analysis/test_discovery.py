"""PRIM finds planted boxes, says how sure it is of them, and refuses what cannot be sought."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba
from scipy import stats
from support.made_study import made_study

from experiments.analysis import discovery
from experiments.analysis.prim import Limit, best_box, peel, quasi_p, resample, simplify
from experiments.analysis.study_results import StudyResults, wish
from experiments.study.designs import Range
from simulation.errors import InputError
from simulation.visualization import style


def cube(size=600, seed=1):
    return pd.DataFrame(np.random.default_rng(seed).random((size, 4)), columns=["a", "b", "c", "d"])


def planted(points):
    """a below 0.4 and b between 0.5 and 0.9: 16 % of the cube."""
    return ((points.a < 0.4) & (points.b > 0.5) & (points.b < 0.9)).to_numpy(float)


def test_a_planted_box_is_found():
    points = cube()
    met = planted(points)
    boxes = peel(points, met)
    box = boxes[best_box(boxes)]
    assert set(box.limits) == {"a", "b"}
    a, b = box.limits["a"], box.limits["b"]
    assert a.low is None
    assert (a.high, b.low, b.high) == pytest.approx((0.4, 0.5, 0.9), abs=0.03)
    assert box.density > 0.9
    assert box.coverage > 0.9
    assert max(quasi_p(box, points, met).values()) < 1e-6


def test_every_box_lies_in_the_one_before_and_its_figures_are_those_of_its_points():
    points = cube()
    met = planted(points)
    boxes = peel(points, met)
    assert (boxes[0].mass, boxes[0].coverage, boxes[0].density) == pytest.approx((1, 1, met.mean()))
    for before, box in itertools.pairwise(boxes):
        assert not (box.inside & ~before.inside).any()
        assert box.inside.sum() < before.inside.sum()
        assert before.inside.sum() - box.inside.sum() <= max(1, 0.05 * before.inside.sum())
        assert np.array_equal(box.inside, box.holds(points))
        assert box.density == pytest.approx(met[box.inside].mean())
        assert box.coverage == pytest.approx(met[box.inside].sum() / met.sum())
    assert boxes[-1].mass >= 0.05
    assert boxes[-1].density == max(box.density for box in boxes)


def test_names_true_and_false_and_few_levels_are_restricted_too():
    rng = np.random.default_rng(2)
    points = pd.DataFrame(
        {
            "force": rng.choice([0, 400, 1000, 2500], 500),
            "forced": rng.random(500) < 0.5,
            "source": rng.choice(["level", "pledges", "gifts"], 500),
            "idle": rng.random(500),
        }
    )
    met = ((points.force >= 1000) & points.forced & (points.source != "gifts")).to_numpy(float)
    boxes = peel(points, met)
    assert boxes[-1].limits == {
        "force": Limit(low=1000.0), "forced": Limit(among=(True,)), "source": Limit(among=("level", "pledges")),
    }  # fmt: skip
    assert (boxes[-1].density, boxes[-1].coverage) == (1, 1)
    end = len(boxes) - 1
    found = discovery.Discovery(
        "few flee", points, met, np.arange(500), 1, boxes, end, boxes[end], {}, {}, 1.0, 1.0, "x"
    )
    bars = discovery.figure_discovery(found).axes[1]
    blue = [bar for bar in bars.patches if bar.get_facecolor() == to_rgba(style.CATEGORICAL[0])]
    assert len(bars.patches) == 3 + len(blue) == 3 + 1 + 1 + 2  # a number, true, and the two sources that stay
    assert {"gifts", "level", "pledges", "true", "false"} <= {text.get_text() for text in bars.texts}


def test_a_restriction_that_means_nothing_has_a_large_quasi_p():
    points = cube()
    met = planted(points)
    box = peel(points, met)[-1]
    idle = Limit(low=0.1)
    wider = type(box)(box.limits | {"d": idle}, box.inside & idle.holds(points.d.to_numpy()), box.density, 1, 1)
    found = quasi_p(wider, points, met)
    assert found["d"] > 0.05
    assert found["a"] < 1e-6


def test_a_restriction_that_may_be_chance_is_dropped_and_only_that():
    points = cube()
    met = planted(points)
    box = peel(points, met)[-1]
    idle = Limit(low=0.1)
    wider = type(box)(box.limits | {"d": idle}, box.inside & idle.holds(points.d.to_numpy()), 0, 0, 0)
    simple = simplify(wider, points, met)
    assert simple.limits == box.limits
    assert np.array_equal(simple.inside, box.inside)
    assert (simple.density, simple.coverage) == (box.density, box.coverage)


def test_where_few_points_meet_the_wish_the_factor_that_matters_is_peeled():
    points = cube(size=100)
    met = (points.d > 0.86).to_numpy(float)
    boxes = peel(points, met)
    assert set(boxes[best_box(boxes)].limits) == {"d"}


def test_random_halves_find_a_real_box_again_and_not_one_of_noise():
    points = cube()
    reproduced, density, coverage = resample(points, planted(points), 0.95, times=20)
    assert (reproduced["a"], reproduced["b"]) == (1, 1)
    assert max(reproduced["c"], reproduced["d"]) < 0.3
    assert density > 0.85
    assert coverage > 0.8
    noise = (np.random.default_rng(0).random(len(points)) < 0.3).astype(float)
    boxes = peel(points, noise)
    seen = boxes[-1].density
    _, unseen, _ = resample(points, noise, seen, times=20)
    assert seen > 2 * noise.mean()  # looks like a find
    assert unseen < 0.4  # and is none


def test_points_that_hang_together_go_into_one_half_and_count_as_one():
    """Forty points of pure noise, each the same in eight arms: halves by rows would have seen the other half."""
    rng = np.random.default_rng(2)
    points, noise = cube(size=40), (rng.random(40) < 0.3).astype(float)
    rows = pd.concat([points.assign(arm=f"arm {k}") for k in range(8)], ignore_index=True)
    met, groups = np.tile(noise, 8), np.tile(np.arange(40), 8)
    box = peel(rows, met)[-1]
    _, density, _ = resample(rows, met, box.density, times=20)
    assert density > noise.mean() + 0.06  # what rows would say
    _, density, _ = resample(rows, met, box.density, times=20, groups=groups)
    assert density < noise.mean() + 0.03
    alone, together = quasi_p(box, rows, met), quasi_p(box, rows, met, groups)
    assert all(together[name] > alone[name] for name in box.limits)
    size, hits = len(set(groups[box.inside])), len(set(groups[box.inside & (met == 1)]))
    name = next(iter(box.limits))
    wider = np.all([limit.holds(rows[key].to_numpy()) for key, limit in box.limits.items() if key != name], axis=0)
    assert together[name] == pytest.approx(stats.binom.sf(hits - 1, size, met[wider].mean()))


def test_arms_are_no_more_points(tmp_path):
    made_study(
        tmp_path / "s", lambda arm, levels, k: {"y": levels["a.x"]}, {"a.x": Range(0, 1)}, design="latin-hypercube",
        samples=15, arms=("one", "two"),
    )  # fmt: skip
    study = StudyResults.read(tmp_path / "s")
    with pytest.raises(InputError, match="15 points are too few"):
        discovery.discover(study, wish(study, "y", 0.5, None))


def fled(arm, levels, replicate):
    """Few flee with money, and force between limits; in the arm `forced` more of it will do."""
    rng = np.random.default_rng([replicate, int(1e6 * levels["funding.level"])])
    good = levels["funding.level"] > 0.8 and levels["deployment.authorised"] > (6000 if arm == "gated" else 3000)
    return {"new_displacements_total": (1e5 if good else 5e5) + rng.normal(0, 1e4), "gang_members_killed_total": 10.0}


@pytest.fixture(scope="module")
def studied(tmp_path_factory):
    vary = {"funding.level": Range(0.2, 1.2), "deployment.authorised": Range(0, 9000), "hold.requirement": Range(1, 5)}
    folder = tmp_path_factory.mktemp("study") / "s"
    made_study(folder, fled, vary, design="latin-hypercube", samples=200, replicates=2, arms=("gated", "forced"))
    return StudyResults.read(folder)


@pytest.mark.slow
def test_a_study_is_searched_over_its_arms_and_in_one(studied):
    found = discovery.discover(studied, wish(studied, "new_displacements_total", 200_000, None))
    assert set(found.points) == {"arm", "funding.level", "deployment.authorised", "hold.requirement"}
    assert (len(found.met), found.seeds) == (400, 2)
    assert found.box.limits["funding.level"].low == pytest.approx(0.8, abs=0.05)
    only = discovery.discover(studied, wish(studied, "new_displacements_total", 200_000, None), arm="gated")
    assert set(only.box.limits) == {"funding.level", "deployment.authorised"}
    assert only.box.limits["deployment.authorised"].low == pytest.approx(6000, abs=300)
    assert only.box.density > 0.9
    assert "People" not in str(only.wish)
    assert str(only.wish) == "New displacements: below 200,000"
    table = discovery.box_table(only).set_index("parameter")
    assert (table.reproduced == 1).all()
    assert (table.quasi_p < 0.001).all()
    assert discovery.trajectory_table(only).chosen.sum() == 1


def test_a_limit_is_told_as_it_was_asked_for(studied):
    assert str(wish(studied, "new_displacements_total", 123_456, None)) == "New displacements: below 123,456"


def test_a_point_counts_by_the_share_of_its_seeds(tmp_path):
    made_study(
        tmp_path / "s", lambda arm, levels, k: {"y": float(k)}, {"a.x": Range(0, 1)}, design="latin-hypercube",
        samples=30, replicates=4,
    )  # fmt: skip
    study = StudyResults.read(tmp_path / "s")
    _, met, _, seeds = discovery.points_met(study, wish(study, "y", 1.0, None))
    assert seeds == 4
    assert np.allclose(met, 0.25)  # equal to the limit is not below it


def test_runs_without_a_value_are_left_out_and_told(studied):
    runs = studied.runs.copy()
    runs.loc[runs["replicate"] == 1, "new_displacements_total"] = np.nan
    less = StudyResults(studied.folder, studied.card, runs)
    asked = wish(less, "new_displacements_total", 200_000, None)
    one = discovery.points_met(less, asked)
    assert one[3] == 1
    assert np.array_equal(one[1], discovery.points_met(studied, asked)[1])  # both seeds agree
    found = discovery.discover(less, asked)
    assert "Runs without a value of the outcome, left out: 400." in discovery.sentences(found)


def test_what_cannot_be_sought_is_refused(studied):
    with pytest.raises(InputError, match=r"below 1,000: no run has|below 1,000: no run meets it. The runs have"):
        discovery.discover(studied, wish(studied, "new_displacements_total", 1000, None))
    with pytest.raises(InputError, match="every run meets it"):
        discovery.discover(studied, wish(studied, "new_displacements_total", 1e9, None))
    with pytest.raises(InputError, match=r"there is no box 999"):
        discovery.discover(studied, wish(studied, "new_displacements_total", 2e5, None), number=999)
    with pytest.raises(InputError, match=r"unknown arm 'gate'. Did you mean gated"):
        discovery.discover(studied, wish(studied, "new_displacements_total", 2e5, None), arm="gate")


def test_deaths_in_gangs_are_no_aim(studied):
    with pytest.raises(
        InputError, match=r"gang_members_killed_total: deaths in gangs are deaths of people.*never an aim"
    ):
        wish(studied, "gang_members_killed_total", None, 5)
    assert wish(studied, "gang_members_killed_total", 5, None).below


def test_the_words_say_what_weakens_a_box(tmp_path):
    def noise(arm, levels, replicate):
        return {"y": float(np.random.default_rng(int(1e6 * levels["a.x"])).random())}

    vary = {"a.x": Range(0, 1), "a.y": Range(0, 1), "a.z": Range(0, 1)}
    made_study(tmp_path / "s", noise, vary, design="morris", samples=10)
    study = StudyResults.read(tmp_path / "s")
    text = " ".join(discovery.sentences(discovery.discover(study, wish(study, "y", 0.4, None))))
    assert "40 points are few" in text
    assert "trajectories of a screening" in text
    assert "One seed a point" in text
    assert re.search(r"Only \d+ points meet it", text)
