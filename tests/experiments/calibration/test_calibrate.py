"""The whole path at a small size: waves, posterior, commands, what is recovered, and how it goes on."""

from __future__ import annotations

import contextlib
import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
from support import town
from typer.testing import CliRunner

from experiments.calibration.calibrate import calibrate, prepare
from experiments.calibration.draws import check_weights, learnt, resample, together, weigh
from experiments.calibration.emulator import fit, luck_together
from experiments.calibration.implausibility import Wave
from experiments.calibration.known import check_known
from experiments.calibration.plan import read_plan
from experiments.calibration.targets import Target
from experiments.calibration.waves import scaled
from experiments.cli.app import app, main
from experiments.report.page import marks
from simulation.errors import InputError
from simulation.port.posterior import KEY, read_posterior, write_posterior

pytest.importorskip("sklearn")


@contextlib.contextmanager
def watch(name):
    yield None


def share(series, value, sd):
    return Target(town.figure(series, 1, 1, value, sd, "away_share", unit="share"))


def ready(folder, text=town.PLAN, **options):
    path = folder / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return prepare(read_plan(path, town.FAMILY, town.MODEL), workers=1, **options)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """A calibration of the town, and its setting."""
    root = tmp_path_factory.mktemp("town")
    setting = ready(root, town.PLAN.replace("points = 40", "points = 40\nlast = 120", 1))
    return setting, calibrate(setting, root / "out", watch)


def test_the_truth_is_found_and_what_no_figure_knows_is_not(fitted):
    setting, found = fitted
    assert [len(found.weights), *(wave.points for wave in found.waves)] == [120, 40, 40]
    posterior = read_posterior(found.posterior)
    lines = {one.name: one for one in learnt(posterior, setting.rows)}
    assert lines["harm.rate"].shrinkage > 0.8
    assert lines["harm.rate"].posterior[0] < town.TRUTH["harm.rate"] < lines["harm.rate"].posterior[2]
    assert lines["harm.idle"].unlearnt
    product = posterior.values[:, 0] * posterior.values[:, 1]
    assert float(posterior.weights @ product) == pytest.approx(0.01, rel=0.15)
    ((one, other, r),) = together(posterior, setting.rows)
    assert {one, other} == {"leaving.rate", "leaving.pull"}
    assert r < -0.8
    assert found.effective > 5
    assert 0 < found.waves[-1].share < found.waves[0].share < 0.3


@pytest.mark.slow
def test_a_calibration_goes_on_where_it_stopped(fitted, tmp_path, monkeypatch):
    """Stopped in the second wave it ends as if nothing had been; what is done is not run again."""
    setting, whole = fitted
    from experiments.calibration import waves as module

    asked, real = [], module.run_sweep

    def stopped(study, **options):
        asked.append(study.name)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return real(study, **options)

    monkeypatch.setattr(module, "run_sweep", stopped)
    with pytest.raises(KeyboardInterrupt):
        calibrate(setting, tmp_path / "out", watch)
    again = calibrate(setting, tmp_path / "out", watch)
    assert asked == ["wave-1", "wave-2", "wave-2", "final"]
    np.testing.assert_array_equal(read_posterior(again.posterior).values, read_posterior(whole.posterior).values)


def test_a_folder_of_something_else_is_left_alone(fitted, tmp_path):
    setting, found = fitted
    with pytest.raises(InputError, match="another calibration: seed differ"):
        calibrate(dataclasses.replace(setting, seed=2), found.folder, watch)
    with pytest.raises(InputError, match=r"another calibration: plan, plan\.last differ"):
        calibrate(dataclasses.replace(setting, plan=setting.plan.resized(last=121)), found.folder, watch)
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine.txt").write_text("mine")
    with pytest.raises(InputError, match="holds no calibration"):
        calibrate(setting, tmp_path / "full", watch)


def test_a_figure_that_nothing_reaches_empties_the_space_and_is_named(tmp_path):
    record = [*town.figures()[1:], town.figure("away", 19, 19, 9000.0, 100.0, "away_people")]
    setting = ready(tmp_path, record=record)
    done = []
    found = calibrate(setting, tmp_path / "out", watch, done.append)
    assert done[-1].empty
    assert done[-1].least > 3
    worst = done[-1].table.sort_values("nearest").iloc[-1]
    assert worst["figure"] == "away 2000-01-20"
    assert worst["nearest"] > 3
    assert read_posterior(found.posterior).about["space_ended"] is True


@pytest.mark.slow
def test_known_draws_are_recovered_with_the_stated_coverage(tmp_path):
    table = check_known(ready(tmp_path), 3, tmp_path / "out", watch)
    assert len(table) == 12
    assert table["in90"].mean() >= 0.75
    assert table.groupby("free")["spread"].mean()["harm.rate"] < 0.3
    assert not (tmp_path / "out/truth-1/wave-1").exists()  # the first wave is run once


def test_weights_are_likelihood_over_what_points_were_drawn_from():
    target = share("a", 0.5, 0.1)
    unit, runs = np.array([[0.1], [0.5], [0.9]]), np.array([[[0.5]], [[0.9]], [[np.nan]]])
    wave = Wave(
        [target], [fit(unit, runs[..., 0] * np.nan, 0.5)]
    )  # an emulator that knows nothing leaves it to the runs
    weights, effective = weigh(wave, wave.expected(unit, runs), runs, np.zeros(3))
    assert weights[0] > 10 * weights[1] > 0 == weights[2]
    assert 1 < effective < 1.2
    other, _ = weigh(wave, wave.expected(unit, runs), runs, np.log([10.0, 1.0, 1.0]))
    assert other[0] / other[1] == pytest.approx(weights[0] / weights[1] / 10)


def test_weights_do_not_choose_the_lucky():
    """Of points whose runs differ by luck alone one is worth as much as another, however near its runs came to the figure."""
    target = share("a", 0.5, 0.01)
    rng = np.random.default_rng(1)
    unit, runs = rng.random((200, 2)), 0.5 + 0.1 * rng.standard_normal((200, 2, 1))
    wave = Wave([target], [fit(unit, runs[..., 0], 0.5)])
    weights, effective = weigh(wave, wave.expected(unit, runs), runs, np.zeros(200))
    assert effective > 150
    assert abs(np.corrcoef(weights, np.abs(runs.mean(axis=(1, 2)) - 0.5))[0, 1]) < 0.3


def test_intervals_of_the_weights_hold_what_runs_were_made_with():
    """A figure that says where a point is, with luck that two figures share: nine of ten lie in the 90 % interval."""
    targets = [share("a", 0.5, 0.1), share("b", 0.5, 0.1)]
    rng = np.random.default_rng(5)
    unit = rng.random((400, 3))
    luck = rng.multivariate_normal([0, 0], [[0.01, 0.009], [0.009, 0.01]], (400, 2))
    runs = unit[:, None, :1] + luck
    wave = Wave(targets, [fit(unit, runs[..., n], 0.5) for n in (0, 1)], together=luck_together(runs))
    found = check_weights(wave, wave.expected(unit, runs), unit, runs, rng, 200)
    assert found.groupby("free")["in90"].mean().between(0.82, 0.97).all()
    assert found["in50"].mean() == pytest.approx(0.5, abs=0.07)
    assert found["effective"].mean() < 250  # they are told apart
    too_sure = dataclasses.replace(
        wave,
        emulators=[dataclasses.replace(one, luck=1e-4) for one in wave.emulators],
        targets=[share("a", 0.5, 0.001), share("b", 0.5, 0.001)],
    )
    assert (
        check_weights(too_sure, too_sure.expected(unit, runs), unit, runs, rng, 100).query("free == 0")["in90"].mean()
        < 0.6
    )


def test_resampling_keeps_the_weights():
    weights = np.array([0.5, 0.25, 0.2, 0.05])
    kept, times = resample(weights, 200, np.random.default_rng(1))
    np.testing.assert_allclose(times / 200, weights[kept], atol=0.005)


def test_runs_are_read_as_the_scorecard_reads_them(fitted):
    setting, found = fitted
    runs = pd.read_parquet(found.folder / "wave-1/runs.parquet")
    first = runs[(runs["point"] == 0) & (runs["replicate"] == 0)].iloc[0]
    case = town.FAMILY.load_case(overrides={name: first[name] for name in setting.plan.names}, days=setting.days)
    daily = town.Town(case, int(first["seed"])).run().recorder.values
    expected = [float(target.item.read(daily, town.START)) for target in setting.targets]
    from experiments.calibration.waves import read_points

    values = read_points(found.folder / "wave-1", setting, 40)
    np.testing.assert_allclose(values[0, 0], expected)
    assert np.isfinite(scaled(setting.targets, values)).all()


def test_runs_draw_from_a_posterior_and_the_rest_stays(fitted, tmp_path):
    _, found = fitted
    posterior = read_posterior(found.posterior)
    small = pd.DataFrame({"weight": [3.0, 1.0], "harm.rate": [2.0, 4.0]})
    path = write_posterior(tmp_path / "small.parquet", small, posterior.about)
    case = town.FAMILY.load_case(uncertainty=str(path))
    drawn = [case.drawn(seed).parameters for seed in range(400)]
    rates = np.array([one.harm.rate for one in drawn])
    assert set(rates) == {2.0, 4.0}
    assert (rates == 2.0).mean() == pytest.approx(0.75, abs=0.07)
    assert {one.leaving.rate for one in drawn} == {case.parameters.leaving.rate}  # as it was in the fit
    held = town.FAMILY.load_case(uncertainty=str(path), overrides={"harm.rate": 7.0})
    assert held.drawn(1).parameters.harm.rate == 7.0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": "0.0.9"}, "it was fitted with version 0.0.9"),
        ({"register": {"harm.rate": ["3.0", "uniform(1, 9)"]}}, "harm.rate is another than when it was fitted"),
        ({"register": {"harm.rate": ["2.0", "uniform(1, 8)"]}}, "prior uniform.1, 8. then"),
        ({"register": {"harm.rate": ["2.0", "uniform(1, 9)"], "gone.rate": ["1", "none"]}}, "gone.rate is another"),
        ({"register": {}}, "do not belong together"),
    ],
)
def test_a_posterior_of_another_model_is_refused(fitted, tmp_path, change, said):
    about = {**read_posterior(fitted[1].posterior).about, **change}
    draws = pd.DataFrame({"weight": [1.0], "harm.rate": [3.0]})
    path = write_posterior(tmp_path / "other.parquet", draws, about)
    with pytest.raises(InputError, match=said):
        town.FAMILY.load_case(uncertainty=str(path))


@pytest.mark.parametrize(
    ("draws", "said"),
    [
        ({"weight": [1.0], "harm.rate": [1e9]}, "leaves its range"),
        ({"weight": [-1.0], "harm.rate": [3.0]}, "no numbers from 0 up"),
        ({"weight": [1.0], "harm.rate": ["many"]}, "are no numbers"),
        ({"harm.rate": [3.0]}, "no weighted draws"),
    ],
)
def test_a_damaged_posterior_is_refused(fitted, tmp_path, draws, said):
    about = read_posterior(fitted[1].posterior).about
    path = write_posterior(tmp_path / "bad.parquet", pd.DataFrame(draws), about)
    with pytest.raises(InputError, match=said):
        town.FAMILY.load_case(uncertainty=str(path))


@pytest.mark.parametrize("word", ["posterior", "mine.parquet", "perhaps"])
def test_a_posterior_that_is_not_there_is_said(word):
    with pytest.raises(InputError):
        town.FAMILY.load_case(uncertainty=word)


def told(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    return ended.value.code, *capsys.readouterr()


def test_the_commands_show_the_whole_path(tmp_path, capsys):
    (tmp_path / "plan.toml").write_text(town.PLAN)
    words = [
        "calibrate",
        tmp_path / "plan.toml",
        "--model",
        town.MODEL,
        "--quick",
        "--workers",
        1,
        "-o",
        tmp_path / "out",
    ]
    page = tmp_path / "page.md"
    page.write_text("none")
    code, _, err = told(capsys, *words, "--page", page)
    assert (code, (tmp_path / "out").exists()) == (2, False)  # before anything is run
    assert "does not have its two marks" in err
    page.write_text("\n".join(marks("calibrate")))
    code, out, _ = told(capsys, *words, "--page", page)
    assert code == 0
    assert "7 figures that they were fitted to" in page.read_text()
    assert "harm.rate" in page.read_text()
    assert (tmp_path / "page-fit.png").is_file()
    for said in (out, page.read_text()):
        assert "The walkers of the last wave moved" in said
        assert "taken for the figures in their turn, true values lie" in said
    assert "Left of the priors:" in out
    assert "Effective number of draws:" in out
    file = tmp_path / "out/posterior.parquet"
    code, out, _ = told(capsys, "posterior", file)
    assert code == 0
    assert "harm.rate" in out
    assert "All other parameters stay as they are" in out
    code, out, _ = told(capsys, "posterior", tmp_path / "out", "--json")
    assert {one["parameter"] for one in json.loads(out)["parameters"]} == set(town.TRUTH) | {"harm.idle"}
    code, _, err = told(capsys, "posterior", tmp_path / "ou")
    assert (code, f"Did you mean {tmp_path / 'out'}?" in err) == (2, True)
    run = ["run", "--model", town.MODEL, "--days", 5, "--posterior", tmp_path / "out", "--out", tmp_path / "run"]
    told(capsys, *run)
    card = json.loads((tmp_path / "run/card.json").read_text())
    assert (card["posterior"], card["uncertainty"]) == ("posterior.parquet", True)


def test_a_study_draws_from_a_posterior_and_goes_on_with_its_own_copy(fitted, tmp_path):
    from experiments.run.sweep import run_sweep

    file = tmp_path / "draws.parquet"
    file.write_bytes(fitted[1].posterior.read_bytes())
    study = f'model = "{town.MODEL}"\nuncertainty = "draws.parquet"\ndays = 5\nreplicates = 3\n'
    (tmp_path / "drawing.toml").write_text(study)
    folder = run_sweep(tmp_path / "drawing.toml", workers=1, out=tmp_path / "out")
    kept = json.loads((folder / "store/study.json").read_text())
    assert kept["study"]["uncertainty"] == str(file)
    assert (folder / kept["inputs"][str(file)]).read_bytes() == file.read_bytes()
    card = json.loads((folder / "card.json").read_text())
    assert (card["posterior"], card["uncertainty"]) == ("draws.parquet", True)


def test_cells_with_luck_of_their_own_have_seeds_of_their_own(fitted):
    runs = pd.read_parquet(fitted[1].folder / "wave-1/runs.parquet")
    assert runs["seed"].nunique() == len(runs) == 80


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["calibrate", "--points", 0], "0 is no positive whole number"),
        (["calibrate", "--cutoff", "soon"], "--cutoff"),
        (["calibrate", "--cutoff", "2030-01-01"], "is after the data"),
        (["calibrate", "--model", "epstein"], "has no plan of a calibration"),
        (["posterior", "nowhere.parquet"], "'nowhere.parquet' is no fit: neither a .parquet file"),
        (["backtest", "posteriro"], "'posteriro' is no fit: neither a .parquet file of katye calibrate nor its folder"),
        (
            ["backtest", "posterior"],
            "it was fitted on all figures, so that none is left to be forecast. Fit one that stops",
        ),
        (["observations", "kiled"], "unknown series 'kiled'. Did you mean killed"),
        (["observations", "--model", "epstein"], "it has no published figures"),
        (["run", "--posterior", "posteriro"], "nor 'posterior', the model's own. Did you mean posterior?"),
        (["run", "--posterior", "."], "the folder . holds no posterior.parquet"),
        (["run", "--posterior", "a.parquet", "--uncertainty"], "Leave one of the two out"),
    ],
)
def test_wrong_words_are_refused_in_one_line(capsys, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    code, out, error = told(capsys, *words)
    assert code == 2
    assert out == ""
    assert said in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_observations_are_listed_with_their_sources():
    found = CliRunner().invoke(app, ["observations", "deployed", "--json"])
    rows = json.loads(found.stdout)
    assert len(rows) == 6
    assert all(row["source"] and row["published"] >= row["to"] and row["error"] > 0 for row in rows)
    late = CliRunner().invoke(app, ["observations", "deployed", "--cutoff", "2024-11-30", "--json"])
    assert len(json.loads(late.stdout)) == 4


def test_the_provenance_stands_in_the_file(fitted):
    import pyarrow.parquet

    about = json.loads(pyarrow.parquet.read_schema(fitted[1].posterior).metadata[KEY])
    assert about["observations"] == fitted[0].digest
    assert about["register"]["harm.rate"] == ["2.0", "uniform(1, 9)"]
    assert {"seed", "cutoff", "free", "figures", "effective", "waves"} <= about.keys()
