"""Cells that are the same run by construction are run once, and tables and pages show them once, and say so."""

from __future__ import annotations

import dataclasses
import json

import pandas as pd
import pytest
from support.stand_in import MODEL, SHARING_MODEL

from experiments.analysis.compared import compared_study
from experiments.analysis.frontier import figure_frontier, frontier
from experiments.analysis.study_results import StudyResults, wish
from experiments.report.force_funding.sections import _cell_rows
from experiments.report.study_tables import read_study_tables
from experiments.report.study_words import methods
from experiments.run import sweep
from experiments.run.estimate import estimate
from experiments.run.lookup import run_behind
from experiments.run.task import simulate
from experiments.store.export import export
from experiments.store.load import load_runs, load_table
from experiments.store.sharing import load_cells, load_sharing, over_cells
from experiments.store.status import study_status
from experiments.study.study import Study
from models.haiti import FAMILY, HaitiModel, load_case
from models.haiti.scenario.only_when import OF_A_NEED
from simulation.errors import InputError
from simulation.runs.results import Results
from simulation.visualization import heatmaps

LEVELS = {"deployment.authorised": (0, 400, 900), "funding.level": (0.33, 0.67, 1.0)}
STUDY = Study(
    "shared",
    "",
    "",
    "baseline",
    LEVELS,
    2,
    20,
    model=SHARING_MODEL,
    arms={"gated": {}, "forced": {"deployment.forced": True}},
)
FULL = dataclasses.replace(STUDY, model=MODEL)  # the same model, which does not know that cells are the same
CELLS, OWN = 18, 14


def ran(study, folder, **options):
    return sweep.run_sweep(study, workers=1, out=folder, **options)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return ran(STUDY, tmp_path_factory.mktemp("shared") / "out")


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    return ran(FULL, tmp_path_factory.mktemp("full") / "out")


# Which cells those are


def firsts(vary, arms=None, **more):
    return Study("s", "", "", more.pop("scenario", "baseline"), vary, arms=arms or {"main": {}}, **more).firsts


FORCE = {"deployment.authorised": (0, 2500), "funding.level": (0.33, 0.67, 1.0)}
LEVEL = {"funding.source": "level"}


def test_money_for_a_mission_of_nobody_is_one_run_an_arm():
    arms = {"gated": {}, "forced": {"deployment.forced": True}}
    assert firsts(FORCE, arms, fixed=LEVEL) == [0, 0, 0, 3, 4, 5, 6, 6, 6, 9, 10, 11]


def test_a_level_where_pledges_are_paid_is_one_run():
    vary = {"funding.source": ("pledges", "level"), "funding.level": (0.5, 1.0), "funding.cash_share": (0.2, 0.6)}
    assert firsts(vary) == [0, 0, 0, 0, 4, 5, 6, 7]


def test_parameters_that_are_idle_together_may_differ_together():
    vary = {"deployment.authorised": (0, 400), "funding.level": (0.5, 1.0), "funding.cash_share": (0.2, 0.6)}
    assert firsts(vary, fixed=LEVEL) == [0, 0, 0, 0, 4, 5, 6, 7]


def test_of_the_second_model_too():
    vary = {"legitimacy.fall": (0.0, 0.2), "legitimacy.fall_day": (5, 9)}
    assert firsts(vary, model="epstein") == [0, 0, 2, 3]


def test_not_where_an_event_brings_a_mission_later(tmp_path):
    text = '[[events]]\nday = 9\nset = { "deployment.authorised" = 900 }\n'
    (tmp_path / "later.toml").write_text(text)
    assert firsts(FORCE, fixed=LEVEL, scenario=str(tmp_path / "later.toml")) == [0, 1, 2, 3, 4, 5]


def test_nor_where_it_was_there_in_days_that_all_share():
    assert firsts(FORCE, fixed=LEVEL, shared_start=5, days=20) == [0, 1, 2, 3, 4, 5]
    fixed = LEVEL | {"deployment.authorised": 0}
    vary = {"funding.level": (0.3, 0.6)} | {"hold.most_units": (3, 4)}
    assert firsts(vary, fixed=fixed, shared_start=5, days=20) == [0, 1, 0, 1]


def test_where_parameters_are_drawn_only_what_is_chosen_is_known():
    fixed = LEVEL | {"deployment.authorised": 0}
    assert firsts({"funding.level": (0.3, 0.6)}, fixed=fixed, uncertainty=True) == [0, 0]
    arms = {
        "left": {},
        "chosen": {"appeal.rate": 0.5},
    }  # what the first leaves open is drawn, and changes nothing either
    assert firsts({"funding.level": (0.3, 0.6)}, arms, fixed=fixed, uncertainty=True) == [0, 0, 2, 2]


def test_a_user_may_still_set_money_for_a_mission_of_nobody():
    case = load_case(overrides={"deployment.authorised": 0, "funding.source": "level", "funding.level": 0.5})
    assert FAMILY.unmoved(case, ["funding.level"]) == {}
    assert FAMILY.idle_in(case, [*OF_A_NEED, "hold.most_units"]) == set(OF_A_NEED)


@pytest.mark.parametrize("forced", [False, True])
@pytest.mark.parametrize("name", OF_A_NEED)
def test_such_runs_are_the_same_to_the_bit(name, forced):
    given = {"deployment.authorised": 0, "deployment.forced": forced, "funding.source": "level"}
    one, other = (
        HaitiModel(load_case(overrides=given | {name: value}, weight=5000), run_seed=3).run(40) for value in (0.1, 0.9)
    )
    pd.testing.assert_frame_equal(one.recorder.daily(), other.recorder.daily(), check_exact=True)
    assert repr(one.summary()) == repr(other.summary())


# Runs, and tables of cells


def test_each_run_is_run_once_and_every_count_is_that_of_runs(folder, tmp_path):
    told = []
    ran(STUDY, tmp_path / "out", progress=lambda *counts: told.append(counts))
    assert told[0] == (0, 2 * OWN, 0)
    assert told[-1] == (2 * OWN, 2 * OWN, 0)
    assert len(load_runs(folder)) == load_runs(folder)["run"].nunique() == 2 * OWN
    status = study_status(folder)
    assert (status.planned, status.finished, status.missing) == (2 * OWN, 2 * OWN, 0)
    assert status.bands["runs"].tolist() == [OWN, OWN]
    card = Results(folder).card
    assert (card["planned_runs"], card["finished_runs"], card["same_runs"]) == (2 * OWN, 2 * OWN, CELLS - OWN)
    found = estimate(STUDY, 1)
    assert (found.points, found.arms, found.same_runs, found.runs) == (9, 2, CELLS - OWN, 2 * OWN)


@pytest.mark.parametrize("name", ["runs", "curves", "places"])
def test_tables_of_cells_are_those_of_a_study_that_runs_every_cell(folder, full, name):
    """All but the number of the run is the same to the bit, and of the same type."""
    mine, theirs = load_cells(folder, name), load_table(full, name)
    keys = [
        key
        for key in ("replicate", "arm", "deployment.authorised", "funding.level", "day", "neighbourhood")
        if key in mine
    ]
    mine, theirs = (table.sort_values(keys, ignore_index=True).drop(columns="run") for table in (mine, theirs))
    pd.testing.assert_frame_equal(mine, theirs, check_exact=True)


def test_runs_of_cells_stand_in_the_order_of_the_design(folder, full):
    mine, theirs = StudyResults.read(folder).runs, StudyResults.read(full).runs
    assert mine["point"].tolist() == theirs["point"].tolist()
    assert mine["arm"].tolist() == theirs["arm"].tolist()
    assert mine["run"].duplicated().sum() == 2 * (CELLS - OWN)


def test_columns_may_be_added_to_a_wide_table_of_cells():
    """Warnings are errors here, and pandas has one for tables in many pieces."""
    about = {"run": range(4), "replicate": 0, "arm": "main", "point": range(4), "level": [1.0, 2.0, 3.0, 4.0]}
    wide = pd.DataFrame(about | {f"count{k}": k for k in range(150)} | {f"share{k}": k / 7 for k in range(150)})
    sharing = pd.DataFrame({"run": [1], "arm": ["main"], "replicate": [0], "point": [4], "level": [5.0]})
    for table in (wide, wide.drop(columns="point")):
        cells = over_cells(table, sharing)
        assert cells.assign(met=True)["level"].tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]
        assert cells["share149"].nunique() == 1


def test_export_has_a_row_a_run_and_a_table_of_cells_that_share_it(folder, tmp_path):
    names = {path.name for path in export(folder, tmp_path / "csv")}
    assert {"runs.csv", "same_runs.csv"} <= names
    shared = pd.read_csv(tmp_path / "csv/same_runs.csv")
    runs = pd.read_csv(tmp_path / "csv/runs.csv")
    assert len(runs) == 2 * OWN
    assert len(shared) == 2 * (CELLS - OWN)
    assert set(shared["run"]) <= set(runs["run"])
    both = shared.merge(runs, on="run", suffixes=("", "_of_run"))
    assert (both["arm"] == both["arm_of_run"]).all()
    assert (both["deployment.authorised"] == 0).all()
    assert (both["funding.level"] > both["funding.level_of_run"]).all()


def test_a_folder_without_its_store_and_one_whose_study_is_damaged_say_the_same(folder, tmp_path):
    import shutil

    for name, file in (("bare", "store"), ("damaged", "store/study.json")):
        shutil.copytree(folder, tmp_path / name)
        gone = tmp_path / name / file
        shutil.rmtree(gone) if gone.is_dir() else gone.write_text("{")
        pd.testing.assert_frame_equal(load_sharing(tmp_path / name), load_sharing(folder), check_dtype=False)


def test_a_run_tells_all_cells_that_it_is_of(folder):
    cells = run_behind(folder, 0).cells
    assert len(cells) == 3
    assert cells[1] == "gated, deployment.authorised = 0, funding.level = 0.67"
    assert run_behind(folder, 1).cells == ()


def test_the_run_that_is_kept_in_full_may_be_that_of_several_cells(tmp_path):
    study = dataclasses.replace(STUDY, replay={"deployment.authorised": 0, "funding.level": 1.0, "arm": "forced"})
    about = Results(ran(study, tmp_path / "out")).replay().card
    assert (about["run"], about["arm"], about["authorised_force"]) == (OWN // 2, "forced", 0)


# Going on


def test_added_replicates_are_those_of_a_study_that_had_them_from_the_beginning(tmp_path):
    few = ran(dataclasses.replace(STUDY, replicates=1), tmp_path / "few")
    sweep.resume(few, replicates=2, workers=1)
    whole = ran(STUDY, tmp_path / "whole")
    for name in ("runs", "curves", "same_runs"):
        assert (few / f"{name}.parquet").read_bytes() == (whole / f"{name}.parquet").read_bytes(), name
    assert sweep.rerun(few, 2 * OWN - 1).words.startswith(f"run {2 * OWN - 1} gives the same")
    with pytest.raises(InputError, match=f"the study has no run {2 * OWN}"):
        sweep.rerun(few, 2 * OWN)


def test_a_stopped_study_goes_on_where_it_was(tmp_path):
    def stop(finished, total, failed):
        if finished == 5:
            raise KeyboardInterrupt

    folder = ran(STUDY, tmp_path / "out", progress=stop)
    assert 5 <= len(load_runs(folder)) < 2 * OWN
    assert len(load_cells(folder, "runs")) > len(load_runs(folder))
    sweep.resume(folder, workers=1)
    assert len(load_runs(folder)) == 2 * OWN
    assert len(load_cells(folder, "runs")) == 2 * CELLS


def test_a_study_goes_on_with_the_cells_it_began_with(tmp_path, monkeypatch):
    """Whatever this version of the program knows to be the same."""
    folder = ran(FULL, tmp_path / "out")
    path = folder / "store/study.json"
    about = json.loads(path.read_text())
    assert about.pop("same_runs") == []
    path.write_text(json.dumps(about))  # as versions wrote it that ran every cell
    monkeypatch.setattr("experiments.study.study.first_alike", lambda *given: [0] * CELLS)
    sweep.resume(folder, replicates=3, workers=1)
    assert len(load_runs(folder)) == 3 * CELLS


@pytest.mark.parametrize(
    "entry", [{"cell": 1, "first": 2, "row": {}}, {"cell": 99, "first": 0, "row": {}}, {"cell": 1}]
)
def test_what_was_damaged_is_told(tmp_path, entry):
    folder = ran(dataclasses.replace(STUDY, replicates=1), tmp_path / "out")
    path = folder / "store/study.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"same_runs": [entry]}))
    with pytest.raises(InputError, match="damaged"):
        sweep.resume(folder, workers=1)


@pytest.mark.parametrize("change", [{"point": "x"}, {"point": None}, {"deployment.authorised": {}}, {"run": None}])
def test_what_does_not_fit_the_runs_is_told(folder, change):
    sharing = load_sharing(folder)
    if "run" in change:
        sharing = sharing.drop(columns="run")
    else:
        sharing = sharing.assign(**{name: [value] * len(sharing) for name, value in change.items()})
    with pytest.raises(InputError, match="does not fit the table of runs"):
        over_cells(load_runs(folder), sharing)


# What readers see


def test_a_heat_map_has_the_value_once(folder):
    runs = StudyResults.read(folder).runs
    table = heatmaps.cell_table(runs[runs["arm"] == "forced"], "displaced_people_end", list(LEVELS))
    assert table["same"].tolist() == [False, True, True, *[False] * 6]
    assert table["mean"].iloc[:3].nunique() == 1
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    options = {"limits": heatmaps.colour_limits(table), "write": "{:.0f}".format}
    heatmaps.draw_heatmap(axes, table, *LEVELS, **options)
    texts = [text.get_text() for text in axes.texts]
    plt.close(figure)
    assert texts.count("same\nruns") == 2
    assert len(texts) == 2 + 2 * 7


def test_the_table_of_all_cells_has_one_row_for_them(folder):
    rows = _cell_rows(read_study_tables(folder).runs)["rows"]
    assert len(rows) == OWN
    assert rows[0]["funding"] == "33\u00a0%, 67\u00a0%, 100\u00a0%: same runs"
    assert [row["runs"] for row in rows] == [2] * OWN


def test_methods_say_how_many_runs_there_were_and_how_many_cells_share_them(folder):
    studied = StudyResults.read(folder)
    text = methods(studied.card, studied.runs, [])
    assert f"{2 * OWN} runs." in text
    assert "4 cells of the design differ from another only in what changes nothing there" in text


def test_sides_of_a_comparison_that_share_their_runs_are_both_there(tmp_path):
    study = Study("s", "", "", "baseline", {"funding.level": (0.3, 0.6)}, 3, 9, model=SHARING_MODEL, curve_days=1)
    study = dataclasses.replace(study, fixed={"deployment.authorised": 0})
    found = compared_study(ran(study, tmp_path / "out"))
    assert len(load_runs(tmp_path / "out")) == 3
    assert found.names == ["0.3", "0.6"]
    assert found.runs.groupby("side").size().tolist() == [3, 3]
    assert found.daily.groupby("side").size().tolist() == [30, 30]
    row = found.difference("displaced_people_end", "0.6")
    assert (row["low"], row["high"]) == (0, 0)


def test_so_does_the_table_of_chances(folder):
    studied = StudyResults.read(folder)
    found = frontier(studied, wish(studied, "displaced_people_end", 1e9, None))
    assert found.cells.groupby("arm")["same"].sum().tolist() == [2, 2]
    texts = [text.get_text() for axes in figure_frontier(found).axes for text in axes.texts]
    assert texts.count("same\nruns") == 4


def test_a_shared_run_that_fails_is_missing_on_every_side(tmp_path):
    def sometimes(task):
        if task.replicate == 1:
            raise RuntimeError("the model broke")
        return simulate(task)

    study = Study("s", "", "", "baseline", {"funding.level": (0.3, 0.6)}, 3, 9, model=SHARING_MODEL)
    study = dataclasses.replace(study, fixed={"deployment.authorised": 0})
    found = compared_study(ran(study, tmp_path / "out", run_task=sometimes))
    assert [(item["side"], item["replicate"]) for item in found.failures] == [("0.3", 1), ("0.6", 1)]
    assert found.runs.groupby("side").size().tolist() == [2, 2]
