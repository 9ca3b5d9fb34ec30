"""What a calibration is of: its file, its figures, and what is said of a wrong one."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from support import town

from experiments.calibration.plan import quantiles, read_plan
from experiments.calibration.targets import Target, choose_targets, synthetic
from simulation.errors import InputError
from simulation.port.family import find_family
from simulation.port.record import COLUMNS

DAYS = {"2000-01-05": 40, "2000-01-10": 60}


def plan_of(folder, text=town.PLAN):
    path = folder / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return read_plan(path, town.FAMILY, town.MODEL)


def test_a_plan_says_what_is_free(tmp_path):
    plan = plan_of(tmp_path)
    assert plan.names == ["leaving.rate", "leaving.pull", "harm.rate", "harm.idle"]
    assert (plan.points, plan.quickly().points, plan.quickly().seeds) == (40, 12, 1)


def test_the_last_wave_has_a_size_of_its_own_or_that_of_the_others(tmp_path):
    plan = plan_of(tmp_path, town.PLAN.replace("points = 40", "points = 40\nlast = 90", 1))
    sizes = [plan, plan.quickly(), plan.resized(points=50), plan.resized(points=50, last=60), plan.resized(seeds=1)]
    assert [one.drawn for one in sizes] == [90, 12, 50, 60, 90]
    with pytest.raises(InputError, match="3 points say nothing"):
        plan.resized(last=3)


def test_parameters_that_are_moved_as_one_follow_one_coordinate(tmp_path):
    both = '[[free]]\nparameters = ["leaving.rate", "-harm.rate"]\nwhy = "x"\n[targets.away]\n'
    plan = plan_of(tmp_path, both)
    rows = {row.name: row for row in town.register().rows()}
    values = plan.settings(np.array([[0.1], [0.9]]), rows)
    assert values["leaving.rate"][0] < values["leaving.rate"][1]
    assert values["harm.rate"][0] > values["harm.rate"][1]
    np.testing.assert_allclose(quantiles(rows["harm.rate"], np.array(values["harm.rate"])), [0.9, 0.1], atol=1e-6)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("waves = 2", "wave = 2"), "unknown key 'wave'. Did you mean waves"),
        (("waves = 2", "waves = 0"), "0 is no positive whole number"),
        (('["harm.rate"]', '["harm.rat"]'), "unknown parameter 'harm.rat'. Did you mean harm.rate"),
        (('["harm.rate"]', '["leaving.rate"]'), "leaving.rate is set free twice"),
        (('["harm.rate"]', "[]"), "it names no parameter"),
        (('why = "people hurt"', 'why = " "'), "it does not say why harm.rate is free"),
        (("points = 40", "points = 3"), "3 points say nothing of 4 parameters"),
        (("[targets.away]", "[targets.away]\ndiscrepancy = -1"), "'-1' is no number from 0 up"),
        (("[targets.away]", "[targets.away]\ndiscrepancy = 0.1"), "it does not say why the model may be off"),
        (("days = 95", "days = 95\ncut = 0"), "'0' is no number above 0"),
        (("days = 95", "days = 95\narms = { blind = 5 }"), "[arms], blind"),
        (("days = 95", "days = 95\nmissed = 1.5"), "'1.5' is no whole number from 0 up"),
    ],
)
def test_a_wrong_plan_is_refused_in_one_line(tmp_path, change, said):
    with pytest.raises(InputError) as caught:
        plan_of(tmp_path, town.PLAN.replace(*change, 1))
    assert said in str(caught.value)
    assert "plan.toml" in str(caught.value)


def test_figures_are_those_in_the_days_and_published_by_the_cutoff():
    record, sizes = town.figures(), {"away": 0.0, "hurt": 0.1}
    assert len(choose_targets(record, sizes, town.START, 95)) == 6
    assert len(choose_targets(record, sizes, town.START, 60)) == 4
    assert (
        len(choose_targets(record, sizes, town.START, 95, town.day(56))) == 3
    )  # published five days after their window


@pytest.mark.parametrize(
    ("sizes", "cutoff", "said"),
    [
        ({"aways": 0.0}, None, "unknown series 'aways'. Did you mean away"),
        ({"away": 0.0}, datetime.date(2001, 1, 1), "2001-01-01 is after the data"),
        ({"away": 0.0}, town.START, "no figure lies within its days"),
    ],
)
def test_figures_that_cannot_be_are_refused(sizes, cutoff, said):
    with pytest.raises(InputError, match=said):
        choose_targets(town.figures(), sizes, town.START, 95, cutoff)


def test_a_target_has_every_error_on_its_scale():
    item = town.figure("a", 1, 1, 100.0, 8.0, "away_people", share=0.5, share_low=0.4, share_high=0.6)
    target = Target(item, 0.2)
    assert target.item.value == 50
    assert (item.own_sd, item.shared_sd) == (4.0, pytest.approx(20 / 3.2898))
    step = 1e-3
    slope = (target.scaled(50 + step) - target.scaled(50 - step)) / (2 * step)
    assert target.variance == pytest.approx(float(slope) ** 2 * (item.own_sd**2 + item.shared_sd**2 + 10.0**2))
    assert target.scaled(0.0) < target.observed


def test_reporting_and_share_turn_a_figure_into_the_models():
    item = town.figure("a", 1, 1, 100.0, 8.0, "away_people", share=0.5, reporting=0.8)
    assert item.value == pytest.approx(62.5)
    assert item.own_sd == pytest.approx(5.0)


def test_an_interval_counts_as_one_of_ninety_per_cent():
    item = town.figure("a", 1, 1, 100.0, None, "away_people", published_low=83.551, published_high=116.449)
    assert item.own_sd == pytest.approx(10.0, rel=1e-4)


def test_synthetic_figures_have_the_errors_of_the_real_ones():
    targets = [Target(item) for item in town.figures()]
    values = np.array([2 * target.item.value for target in targets])
    rng = np.random.default_rng(1)
    made = np.array([[t.item.value for t in synthetic(targets, values, rng)] for _ in range(800)])
    expected = [t.item.own_sd * (2 if t.counted else 1) for t in targets]
    np.testing.assert_allclose(made.mean(axis=0), values, rtol=0.02)
    np.testing.assert_allclose(made.std(axis=0), expected, rtol=0.12)


EPSTEIN = """
days = 12
observations = "figures.csv"
points = 6
seeds = 1
waves = 1
[[free]]
parameters = ["NAME"]
why = "people who are active"
[targets.active]
"""


def test_a_model_without_figures_is_fitted_to_those_of_a_file(tmp_path, capsys):
    pytest.importorskip("sklearn")
    from experiments.cli.app import main

    name = next(row.name for row in find_family("epstein").parameters().rows() if row.prior is not None)
    (tmp_path / "plan.toml").write_text(EPSTEIN.replace("NAME", name))
    lines = [
        ",".join(COLUMNS),
        *(
            f"active,Active,people,{day},{day},{value},,,,,,at,active,,no,A,{day},town,20,,"
            for day, value in DAYS.items()
        ),
    ]
    (tmp_path / "figures.csv").write_text("\n".join(lines) + "\n")
    words = ["calibrate", tmp_path / "plan.toml", "--model", "epstein", "--workers", 1, "-o", tmp_path / "out"]
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    assert ended.value.code == 0
    assert (tmp_path / "out/posterior.parquet").is_file()
    assert "2 figures" in capsys.readouterr().out


def test_the_plan_of_the_city_can_be_read_and_knows_its_figures():
    family = find_family("haiti")
    plan = read_plan(family.calibration, family, "haiti")
    assert len(plan.free) == 23
    series = {item.series for item in family.record()}
    assert set(plan.targets) <= series
    assert all(item.released and item.area and item.own_sd + item.shared_sd > 0 for item in family.record())
    sizes = dict.fromkeys(plan.targets, 0.0)
    assert len(choose_targets(family.record(), sizes, plan.start, plan.days)) > 30
    early = choose_targets(family.record(), sizes, plan.start, plan.days, datetime.date(2024, 11, 30))
    assert all(target.item.released <= datetime.date(2024, 11, 30) for target in early)
