"""Studies and comparisons show themselves: pairs with their mean and interval, bands by level, means of places."""

import numpy as np
import pandas as pd
import pytest
from support.made_study import made_study

from experiments import compare
from experiments.analysis import paired
from experiments.analysis.compared import Compared, compared_study
from experiments.analysis.study_results import StudyResults
from experiments.store.load import read_failures
from models.epstein import FAMILY as EPSTEIN
from models.haiti import FAMILY
from simulation.errors import InputError, UnknownNameError
from simulation.runs.results import CAVEAT, write_table

DAYS = pd.date_range("2024-06-01", periods=5)
SIDES = ["baseline", "one", "other"]
CARD = {"start": "2024-06-01", "days": 4, "replicates": 3, "title": "one and other against baseline"}


def compared(replicates=3, daily=True, **changes):
    """Sides that differ by the replicate's number a day; `other` has lost its last run."""
    runs, days = [], []
    for place, side in enumerate(SIDES):
        for k in range(replicates - (side == "other")):
            runs.append({"side": side, "replicate": k, "residents_killed_total": 100.0 + k + 10 * place})
            values = np.arange(5.0) * (1 + place * k)
            kinds = {"displaced_people": values, "gang_control_population_share": values / 100}
            days.append(pd.DataFrame({"side": side, "replicate": k, "date": DAYS, "day": range(5), **kinds}))
    return Compared(CARD, FAMILY, SIDES, pd.DataFrame(runs), pd.concat(days) if daily else None, **changes)


def test_pairs_are_thin_and_their_mean_and_interval_thick():
    picture = compared().curve("displaced_people", "one")
    axes = picture.axes[0]
    gaps = np.array([np.arange(5.0) * k for k in range(3)])
    thin = [line for line in axes.lines if line.get_linewidth() < 1 and len(line.get_xdata()) == 5]
    np.testing.assert_allclose([line.get_ydata() for line in thin], gaps)
    (mean,) = [line for line in axes.lines if line.get_label() == "mean of pairs"]
    np.testing.assert_allclose(mean.get_ydata(), gaps.mean(axis=0))
    low, high = paired.t_interval(gaps[:, -1])
    band = axes.collections[0].get_paths()[0].vertices
    assert (band[:, 1].min(), band[:, 1].max()) == pytest.approx((low, high))
    assert axes.get_title(loc="left") == "People displaced: one less baseline"
    assert "of 3 pairs" in picture.alt
    assert CAVEAT in picture.alt
    assert "the interval covers luck alone" in picture.alt


def test_a_pair_that_lacks_a_run_is_left_out():
    assert "of 2 pairs" in compared().curve("displaced_people", "other").alt


def test_without_names_the_first_pictured_outcome_and_side_are_drawn():
    assert "People displaced: one less baseline" in compared().curve().alt


def test_shares_differ_in_percentage_points():
    picture = compared().curve("gang_control_population_share")
    assert picture.axes[0].get_ylabel() == "percentage points"
    assert "less baseline (percentage points): on 5 June 2024 +4, 95 % interval" in picture.alt


@pytest.mark.parametrize(
    ("found", "given", "said"),
    [
        (compared(), ("displaced",), "comparison, curve: unknown column 'displaced'"),
        (compared(), ("displaced_people", "baseline"), "unknown side 'baseline'. Known: one, other"),
        (compared(), ("displaced_people", "on"), "unknown side 'on'. Did you mean one"),
        (
            compared(daily=False),
            (),
            "these runs kept no days to compare. compare([...]) and katye compare keep every day",
        ),
        (compared(replicates=1), (), "fewer than two pairs have finished"),
        (compared(replicates=1), ("displaced_people", "other"), "no run of other has finished"),
    ],
)
def test_a_comparison_that_cannot_be_drawn_says_why(found, given, said):
    with pytest.raises(InputError) as caught:
        found.curve(*given)
    assert said in str(caught.value)


def test_a_comparison_shows_a_picture_and_a_table_of_differences():
    shown = compared()._repr_html_()
    assert 'alt="People displaced: one less baseline' in shown
    assert "<td>+10 [+10, +10]</td>" in shown
    assert "<td>+20 [+20, +20]</td>" in shown
    assert "Deaths in gangs are deaths of people" in shown
    assert repr(compared()) == "<comparison of one, other with baseline: 3 pairs>"
    assert "<img" not in compared(daily=False)._repr_html_()
    assert "<table>" not in compared(replicates=1)._repr_html_()


@pytest.fixture
def study(tmp_path):
    """A study of two levels and three replicates, with curves and places whose values are known."""
    vary = {"funding.level": (0.5, 1.0)}
    folder = made_study(tmp_path / "made", outcome, vary, design="factorial", replicates=3)
    runs = pd.read_parquet(folder / "runs.parquet")
    curves, places = [], []
    for run in runs.itertuples():
        about = {"run": run.run, "arm": "main", "funding.level": runs.loc[run.Index, "funding.level"]}
        values = np.full(5, 100.0 * about["funding.level"] + run.replicate)
        curves.append(pd.DataFrame(about | {"date": DAYS, "displaced_people": values, "binding_ceiling": "cash"}))
        ids = sorted(FAMILY.presentation.geography().shapes)
        shares = np.full(len(ids), 0.5 * about["funding.level"] + 0.1 * run.replicate)
        places.append(pd.DataFrame(about | {"neighbourhood": ids, "influence_end": shares, "label_end": "gang"}))
    write_table(pd.concat(curves, ignore_index=True), folder / "curves.parquet")
    write_table(pd.concat(places, ignore_index=True), folder / "places.parquet")
    return StudyResults.read(folder)


def outcome(arm, levels, replicate):
    return {"displaced_people_end": 100.0 * levels["funding.level"] + replicate, "residents_killed_total": 7.0}


def test_a_study_shows_a_band_a_level(study):
    picture = study.curve()
    lines = {line.get_label(): line.get_ydata()[-1] for line in picture.axes[0].lines}
    assert lines == {"0.5": 51.0, "1": 101.0}
    assert "0.5 51; 1 101" in picture.alt
    assert "from the lowest to the highest of 3 runs" in picture.alt
    assert study.curve("displaced_people", by="funding.level").alt == picture.alt


def test_a_study_maps_the_mean_of_all_runs_or_of_a_level(study):
    values = {level: study.map(**given).axes[0].collections[-1].get_array()[0] for level, given in {
        None: {}, 0.5: {"funding.level": 0.5}, 1.0: {"funding.level": 1}}.items()}  # fmt: skip
    assert values == pytest.approx({None: 0.475, 0.5: 0.35, 1.0: 0.6})
    assert "funding.level = 1: mean of 3 runs, last day" in study.map(**{"funding.level": 1.0}).alt


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda study: study.curve("displaced"), "unknown column 'displaced'"),
        (lambda study: study.curve(by="force"), "unknown factor 'force'. Known: funding.level"),
        (lambda study: study.map("dose"), "unknown field 'dose'. Known: influence"),
        (lambda study: study.map(force=1), "unknown factor 'force'. Known: funding.level"),
        (lambda study: study.map(**{"funding.level": 2}), "unknown level of funding.level '2'. Known: 0.5, 1"),
    ],
)
def test_a_picture_of_what_a_study_has_not_is_refused(study, draw, said):
    with pytest.raises(UnknownNameError) as caught:
        draw(study)
    assert said in str(caught.value)


def test_what_many_runs_cannot_show_is_told_with_the_call_that_shows_it(study, tmp_path):
    with pytest.raises(InputError, match=r"last day alone, so 9999 is no field\. Leave it out, or name a field: map\("):
        study.map(9999)
    with pytest.raises(InputError, match=r"no days to play\. Play a single run: katye run"):
        study.play()
    (study.folder / "replay").mkdir()
    with pytest.raises(InputError, match=r"Play the run that it kept in full: Results\(.*\)\.replay\(\)\.play\(\)"):
        study.play()
    with pytest.raises(InputError, match=r"a comparison has no map\. .*StudyResults\.read\(.*\)\.map\(\)"):
        compared(folder=tmp_path).map("label")


def test_a_study_without_curves_or_places_says_what_it_has(study):
    (study.folder / "curves.parquet").unlink()
    (study.folder / "places.parquet").unlink()
    for name, draw in {"curves": study.curve, "places": study.map}.items():
        with pytest.raises(InputError) as caught:
            draw()
        assert f"this study kept no {name}. Its runs are there: StudyResults.read(" in str(caught.value)
    shown = study._repr_html_()
    assert "<img" not in shown
    assert "<td>76</td><td>50</td><td>102</td><td>people</td>" in shown


def test_too_many_levels_for_a_picture_are_refused(study, monkeypatch):
    monkeypatch.setattr("experiments.analysis.study_results.MOST_SIDES", 1)
    with pytest.raises(InputError, match="2 levels of funding.level are too many for one picture. Look at its report"):  # noqa: RUF043
        study.curve()
    assert "<img" not in study._repr_html_()


def test_a_study_shows_itself(study):
    assert repr(study) == f"<study Made up: 6 runs, varying funding.level, in {study.folder}>"
    shown = study._repr_html_()
    assert 'alt="People displaced' in shown
    assert CAVEAT in shown


def test_a_study_of_a_model_without_a_map_says_so(study):
    (study.folder / "card.json").write_text(
        (study.folder / "card.json").read_text().replace('"study": "made"', '"study": "made", "model": "epstein"')
    )
    again = StudyResults.read(study.folder)
    assert again.family is EPSTEIN
    with pytest.raises(InputError, match="the model epstein has no map"):
        again.map()
    with pytest.raises(InputError, match="this study kept no curves"):
        again.curve()


@pytest.mark.slow
def test_a_comparison_can_be_had_without_its_report(tmp_path):
    sides, options = ["baseline", "salami-tactics"], {"model": "epstein", "days": 3, "replicates": 2, "workers": 1}
    out = compare(sides, out=tmp_path / "out", report=False, **options)
    assert (out / "card.json").exists()
    assert not (out / "report.html").exists()


SLIP = """
from simulation.mechanism import Mechanism

class Slip(Mechanism):
    name = "slip"

    def step(self):
        self.model.attemptss += 1
"""


def test_a_slip_in_ones_own_rule_is_told_with_the_command_that_repeats_it(tmp_path, capsys):
    (tmp_path / "mine.py").write_text(SLIP)
    (tmp_path / "slip.toml").write_text('[bring]\nmechanisms = [{ add = "mine.py:Slip", after = "control" }]\n')
    out, options = tmp_path / "a b", {"days": 1, "weight": 5000, "replicates": 2, "workers": 1}
    compare(["baseline", tmp_path / "slip.toml"], out=out, report=False, **options)
    failed = next(item["run"] for item in read_failures(out))
    again = f"Repeat it with: katye rerun '{out}' --run {failed}"
    said = capsys.readouterr().err
    assert f"run {failed} failed: AttributeError: " in said
    assert "has no attribute 'attemptss'" in said
    assert f"{again}. 2 runs failed in all: katye status '{out}'" in said
    with pytest.raises(InputError, match="no run of slip has finished") as error:
        compared_study(out).curve()
    assert "has no attribute 'attemptss'" in str(error.value)
    assert str(error.value).endswith(again)
