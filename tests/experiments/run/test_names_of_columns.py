"""One name, one meaning: the end of a column's name says what was done with the days, in every table that is written."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from experiments.analysis.compared import compared_study
from experiments.analysis.study_results import StudyResults, wish
from experiments.cli.app import main
from experiments.run.codebook import OWN, codebook
from experiments.run.sweep import run_sweep
from experiments.store.export import export
from experiments.study.ready_made import comparison_study
from experiments.study.study import Study, check_study
from models.haiti import FAMILY, HaitiModel, load_case
from models.haiti.metrics import DAILY, RUN, Metric
from models.haiti.metrics.definition import RunMetric
from simulation.errors import UnknownNameError
from simulation.files.parquet import read_frame
from simulation.port.family import find_family
from simulation.port.naming import END, LAST, MEAN, TODAY, TOTAL, ending, running, stem
from simulation.port.outcomes import Outcome

OF_RUNS = (TOTAL, END, MEAN, LAST)
STUDY = Study("study", "", "", "baseline", {"hold.most_units": (3, 4)}, replicates=2, days=6, weight=5000)
CITIZENS = Study("citizens", "", "", "baseline", {"cops.density": (0.02, 0.04)}, 2, 20, model="epstein")


def call(*arguments):
    with pytest.raises(SystemExit) as stop:
        main([str(argument) for argument in arguments])
    return stop.value.code or 0


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Folders as commands leave them: of a run, a study, a comparison, and a study of the other model, each exported."""
    place = tmp_path_factory.mktemp("written")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        assert call("run", "--days", 6, "--weight", 5000, "--out", "run") == 0
    compared = comparison_study(["POL0", "POL1"], replicates=2, days=6, weight=5000)
    for name, study in (("study", STUDY), ("citizens", CITIZENS), ("comparison", compared)):
        run_sweep(study, workers=1, out=place / name)
    for name in ("run", "study", "citizens", "comparison"):
        export(place / name)
    return place


def tables(folder):
    """Every table in a folder and below: (what table it is, its columns)."""
    for path in sorted(folder.rglob("*.parquet")):
        yield path.stem, list(read_frame(path))
    for path in sorted((folder / "csv").glob("*.csv")):
        yield path.stem.removeprefix("replay-"), list(pd.read_csv(path, nrows=0))


def measured(family, columns):
    """The columns that say what was measured, and not which run, parameter or day it was."""
    about = {*OWN, *family.columns, *(row.name for row in family.parameters().rows())}
    return [name for name in columns if name not in about]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["run", "study", "citizens", "comparison"])
def test_every_column_of_every_table_says_what_it_is(written, name):
    family = find_family("epstein" if name == "citizens" else "haiti")
    seen = dict.fromkeys(("daily",) if name == "run" else ("runs", "curves", "daily"), False)
    for table, columns in tables(written / name):
        if table not in ("runs", "curves", "daily", "neighbourhoods", "places"):
            continue
        seen[table], book = True, codebook(family, table)
        for column in measured(family, columns):
            item = book[column]
            whole = "days" in column.split("_") or column in RUN or name == "citizens"
            if table == "runs":
                assert column.endswith(OF_RUNS) or whole, column
            elif table == "places":
                assert column.endswith(("_start", END)), column
            else:
                assert (ending(column) == TODAY) == item.summed, column
                assert not column.endswith((END, MEAN, LAST)), column
            if table == "curves":
                assert not item.summed, column
    assert all(seen.values())


@pytest.mark.slow
def test_tables_that_are_printed_name_the_columns_of_the_table_of_runs(written):
    differences = compared_study(written / "comparison").tables["differences"]
    assert set(differences.outcome) <= set(FAMILY.outcomes)
    assert {"residents_killed_total", "displaced_people_end"} <= set(differences.outcome)


@pytest.mark.parametrize("name", ["haiti", "epstein"])
def test_no_name_stands_for_two_reductions(name):
    """A name of a run's figures is that of a day only where both are the sum since the start."""
    family = find_family(name)
    days = {*family.daily, *family.fields, *family.curve_columns}
    both = {column for column in family.outcomes if column in days}
    assert all(column.endswith(TOTAL) for column in both)
    assert both & {*family.daily} == ({metric.column for metric in DAILY.values() if metric.so_far} & {*family.daily})
    bare = {column for column in family.outcomes if not ending(column)}
    assert not bare & {stem(column) for column in days}


def test_every_word_at_the_end_of_a_name_is_true_of_the_numbers():
    model = HaitiModel(load_case(weight=5000, days=95), run_seed=2).run()
    daily, whole = model.recorder.daily().set_index("day"), model.summary()
    checked = dict.fromkeys(OF_RUNS, 0)
    for name, value in whole.items():
        word, days = ending(name), daily.get(stem(name))
        if word == TOTAL:
            own = daily[name].iloc[-1] if name in daily else daily[stem(name) + TODAY].sum()
        elif word:
            own = {END: days.iloc[-1], MEAN: days[1:].mean(), LAST: days.tail(90).mean()}[word]
        else:
            assert "days" in name.split("_") or name in RUN, name
            continue
        assert value == pytest.approx(own, nan_ok=True), name
        checked[word] += 1
    assert min(checked.values()) > 10


def test_a_running_sum_of_a_curve_is_that_of_its_day_and_ends_at_the_total(written_curves):
    runs, curves, daily = written_curves
    for name in ("residents_killed", "gang_members_killed"):
        assert curves[f"{name}_total"].tolist() == daily[f"{name}_today"].cumsum().tolist()
        assert curves[f"{name}_total"].iloc[-1] == runs[f"{name}_total"]


@pytest.fixture
def written_curves():
    from experiments.run.outputs import curves_table

    model = HaitiModel(load_case(weight=5000, days=6), run_seed=2).run()
    table = curves_table(model.recorder, {"run": 0}, FAMILY.curves, 1, FAMILY.daily)
    return model.summary(), table.to_pandas(), model.recorder.daily()


# Names that columns had once


@pytest.mark.parametrize(
    ("old", "hint"),
    [
        ("residents_killed", r"Say residents_killed_total \(the sum since the start\)"),
        ("residents_killed_today", r"Say residents_killed_total \(the sum since the start\)"),
        (
            "displaced_people",
            r"Say displaced_people_end \(on the last day\) or displaced_people_last_90_days \(the mean of",
        ),
        ("displaced_people_last90", r"Say displaced_people_last_90_days \(the mean of the last 90 days\)$"),
        ("violence_per_resident", r"Say violence_per_resident_mean"),
        ("mission_cost_usd", r"Say mission_cost_usd_total"),
        ("gang_influence_mean", r"Say gang_influence_end"),
        ("funding_received_total_usd", r"Say funding_received_since_2023_usd_end"),
        ("displaced_peeple_end", "Did you mean displaced_people_end"),
    ],
)
def test_a_study_that_asks_for_a_former_name_is_told_todays(old, hint):
    study = Study("s", "", "", "baseline", {"hold.most_units": (3, 4)}, outcomes=(old,))
    with pytest.raises(UnknownNameError, match=f"unknown metric '{old}'. {hint}"):
        check_study(study)


@pytest.mark.parametrize(
    ("old", "hint"),
    [
        ("residents_killed", "Say residents_killed_total"),
        ("residents_killed_today", "Say residents_killed_total"),
        ("displaced_people_end", r"Say displaced_people \(as it is on its day\)"),
        ("authorised_force_today", "Say mandate_strength"),
        ("gang_influence_mean", "Say gang_influence"),
    ],
)
def test_so_is_one_that_asks_for_curves(old, hint):
    study = Study("s", "", "", "baseline", {"hold.most_units": (3, 4)}, curves=(old,))
    with pytest.raises(UnknownNameError, match=f"unknown column of curves '{old}'. {hint}"):
        check_study(study)


def test_so_are_analyses_and_the_list_of_metrics(tmp_path, monkeypatch, capsys):
    rows = [{"run": k, "residents_killed_total": 3.0 + k, "side": "ab"[k % 2], "replicate": k // 2} for k in range(4)]
    runs = pd.DataFrame(rows)
    studied = StudyResults(tmp_path, {"vary": {}, "points": None, "outcomes": [], "model": "haiti"}, runs)
    with pytest.raises(
        UnknownNameError, match=r"--outcome: unknown outcome 'residents_killed'. Say residents_killed_total"
    ):
        wish(studied, "residents_killed", 5, None)
    assert call("metrics", "displaced_people_last90") == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "Say displaced_people_last_90_days" in err


@pytest.mark.slow
def test_so_is_who_asks_a_comparison_for_a_difference(written):
    found = compared_study(written / "comparison")
    with pytest.raises(UnknownNameError, match=r"unknown outcome 'residents_killed'. Say residents_killed_total"):
        found.difference("residents_killed", "POL1")


# What somebody declares


def test_a_metric_is_called_by_rule():
    flow = Metric("births", "people", "people born that day", lambda model: 1, ("total", "mean"))
    stock = Metric("births_share", "share", "part of people born here", lambda model: 1, ("end", "last_90_days"))
    whole = Metric("born", "people", "people born since the start", lambda model: 1, ("total",), so_far=True)
    counted = Metric("closed", "days", "1 while all is closed", lambda model: 1, (("days_closed", "total"),))
    assert (flow.column, list(flow.named)) == ("births_today", ["births_total", "births_mean"])
    assert (stock.column, list(stock.named)) == ("births_share", ["births_share_end", "births_share_last_90_days"])
    assert (whole.column, list(whole.named)) == ("born_total", ["born_total"])
    assert (counted.column, list(counted.named)) == ("closed_today", ["days_closed"])
    assert running(flow.column) == "births_total"
    assert running(stock.column) == stock.column


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "births_mean"}, "no metric's name ends in _mean"),
        ({"name": "births_last90"}, "no metric's name ends in _last90"),
        ({"outcomes": (("births", "end"),)}, "say 'end' instead of"),
        ({"outcomes": ("last90",)}, "its days become total or end or mean or last_90_days"),
        ({"outcomes": ("end",), "so_far": True}, "is a sum already"),
    ],
)
def test_a_metric_under_another_name_cannot_be_declared(options, message):
    with pytest.raises(ValueError, match=message):
        Metric(**{"name": "births", "unit": "people", "meaning": "people born", "value": lambda model: 1} | options)


def test_nor_can_a_figure_of_a_whole_run_or_a_column_that_adds_up():
    with pytest.raises(ValueError, match="no metric's name ends in _end"):
        RunMetric("births_end", "people", "people born", lambda model: 1)
    with pytest.raises(ValueError, match="adds up over days, so its name ends in _today"):
        Outcome("births", "people", "people born", summed=True)
    with pytest.raises(ValueError, match="does not add up over days"):
        dataclasses.replace(FAMILY.daily["residents_killed_today"], summed=False)


def test_titles_say_which_of_several_figures_is_shown():
    titles = {name: FAMILY.outcomes[name].title for name in FAMILY.outcomes}
    assert titles["displaced_people_end"] == "People displaced at the end"
    for name, title in titles.items():
        words = {END: " at the end", MEAN: ", mean over the run", LAST: ", mean of the last 90 days"}
        assert title.endswith(words.get(ending(name), "")), name
    assert FAMILY.curve_columns["residents_killed_total"].title == "Residents killed since the start"
    assert FAMILY.daily["residents_killed_today"].title == "Residents killed that day"
    assert FAMILY.daily["mission_cost_usd_total"].title == "Cost of the mission since the start, US$"
    for family in (FAMILY, find_family("epstein")):
        sums = [item for name, item in family.curve_columns.items() if name.endswith(TOTAL)]
        assert all(" since the start" in item.title for item in sums)
    assert np.unique(list(titles.values())).size == len(titles)
