"""Studies whose runs share their first days: the same results, to the byte, as if each had lived them alone."""

from __future__ import annotations

import dataclasses
import functools
import math
import shlex

import pandas
import pytest

from experiments.cli.app import main
from experiments.run import shared_start as starts
from experiments.run.estimate import estimate
from experiments.run.sweep import plan, resume, run_sweep
from experiments.run.task import simulate
from experiments.study.study import Study, check_study, load_study
from simulation.errors import InputError
from simulation.runs.results import Results

STUDY = Study(
    name="branches",
    title="Branches",
    question="What if the money stops?",
    scenario="baseline",
    days=10,
    shared_start=6,
    weight=1000,
    replicates=2,
    vary={"funding.level": (1.0, 0.0)},
    fixed={"funding.source": "level"},
    arms={"same": {}, "many": {"deployment.authorised": 9000}},
    replay={"arm": "many"},
)
TABLES = ("runs", "curves", "places", "replay/daily", "replay/events")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return run_sweep(STUDY, workers=1, out=tmp_path_factory.mktemp("shared-start") / "one")


def content(folder):
    return {name: (folder / f"{name}.parquet").read_bytes() for name in TABLES}


def outcomes(row, names):
    """What a row says under these names; a gap as a card writes it."""
    found = {name: row[name].item() for name in names}
    return {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in found.items()}


def test_a_cell_that_changes_nothing_is_a_run_from_the_first_day(folder):
    alone = pandas.DataFrame([simulate(plan(dataclasses.replace(STUDY, shared_start=None))[0]).row])
    runs = Results(folder).runs()
    row = runs[(runs["arm"] == "same") & (runs["funding.level"] == 1.0) & (runs["replicate"] == 0)]
    assert outcomes(row, alone.columns) == outcomes(alone, alone.columns)
    assert Results(folder).card["shared_start"] == STUDY.shared_start


def test_cells_part_after_the_shared_days(folder):
    daily = Results(folder / "replay").daily()
    assert len(daily) == STUDY.days + 1
    assert list(daily["mandate_strength"].unique()) == [2500, 9000]
    assert daily["mandate_strength"].eq(2500).sum() == STUDY.shared_start + 1
    events = Results(folder / "replay").events()
    assert (events["date"] < daily["date"][STUDY.shared_start]).any(), "events of the shared days are kept too"


@pytest.mark.slow
def test_workers_change_no_byte(folder, tmp_path):
    assert content(run_sweep(STUDY, workers=2, out=tmp_path / "two")) == content(folder)


def test_a_run_can_be_repeated_alone(folder, tmp_path, monkeypatch):
    cell = next(cell for cell in STUDY.cells() if cell.arm == "many" and cell.levels["funding.level"] == 0.0)
    monkeypatch.chdir(tmp_path)
    for number, command in enumerate(STUDY.run_command(cell, 1).split(" && ")):
        with pytest.raises(SystemExit) as stop:
            main([*shlex.split(command)[1:], "--out", str(number)])
        assert not stop.value.code
    alone = Results(tmp_path / "1").card["outcomes"]
    runs = Results(folder).runs()
    row = runs[(runs["arm"] == "many") & (runs["funding.level"] == 0.0) & (runs["replicate"] == 1)]
    assert outcomes(row, alone) == alone


@pytest.mark.slow
def test_days_are_run_once_a_replicate_and_their_files_go_in_the_end(tmp_path, monkeypatch):
    run, ready = [], starts._ready

    def counted(what):
        if not what.file.exists():
            run.append(what.seed)
        return ready(what)

    monkeypatch.setattr(starts, "_ready", counted)
    run_sweep(dataclasses.replace(STUDY, vary={"funding.level": (1.0, 0.5, 0.0)}), workers=1, out=tmp_path / "out")
    assert run == [STUDY.run_seed(0), STUDY.run_seed(1)]
    assert not (tmp_path / "out/store" / starts.FOLDER).exists()


@pytest.mark.slow
def test_shared_starts_that_cannot_be_read_are_run_again(folder, tmp_path):
    @functools.wraps(simulate)  # to the folder it is the same
    def stop_at_the_fourth(task):
        if task.run == 3:
            raise KeyboardInterrupt
        return simulate(task)

    begun = run_sweep(STUDY, workers=1, out=tmp_path / "out", run_task=stop_at_the_fourth)
    assert Results(begun).card["finished_runs"] == 3
    files = sorted((begun / "store" / starts.FOLDER).iterdir())
    assert [file.name for file in files] == ["000000.katye", "000001.katye"]
    starts._latest.drop()
    damaged, cut_short = files
    damaged.write_bytes(b"no checkpoint")
    cut_short.write_bytes(cut_short.read_bytes()[:5000])
    resume(begun, workers=1)
    assert content(begun) == content(folder)


@pytest.mark.slow
def test_ctrl_c_in_the_shared_starts_keeps_those_that_have_ended(folder, tmp_path, monkeypatch):
    ready = starts._ready

    def stopped(what):
        if what.seed == STUDY.run_seed(1):
            raise KeyboardInterrupt
        return ready(what)

    starts._latest.drop()
    monkeypatch.setattr(starts, "_ready", stopped)
    with pytest.raises(
        KeyboardInterrupt, match=r"no run has finished yet, 1 shared start is kept\. Go on with: katye resume"
    ):
        run_sweep(STUDY, workers=1, out=tmp_path / "out")
    monkeypatch.setattr(starts, "_ready", ready)
    assert content(resume(tmp_path / "out", workers=1)) == content(folder)


@pytest.mark.slow
def test_runs_of_a_shared_start_that_fails_are_failures_and_can_be_run_again(folder, tmp_path, monkeypatch):
    ready = starts._ready

    def broken(what):
        if what.seed == STUDY.run_seed(1):
            raise RuntimeError("nobody knows why")
        return ready(what)

    monkeypatch.setattr(starts, "_ready", broken)
    begun = run_sweep(STUDY, workers=1, out=tmp_path / "out")
    card = Results(begun).card
    assert (card["finished_runs"], card["failed_runs"]) == (4, 4)
    assert "nobody knows why" in (begun / "failures.json").read_text()
    monkeypatch.setattr(starts, "_ready", ready)
    resume(begun, workers=1, failed=True)
    assert content(begun) == content(folder)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"shared_start": 10}, "10 shared days leave none of the run's 10"),
        ({"vary": {"gang.members": (1.0, 2.0)}}, "gang.members only matters at the founding"),
        ({"fixed": {}, "vary": {"funding.level": (1.0, 0.5)}}, "means nothing while funding.source is 'pledges'"),
        ({"vary": {"scenario": ("POL0", "POL4")}}, "scenarios differ from their first day"),
        ({"arms": {"leave": {"scenario": "POL4"}}}, "scenarios differ from their first day"),
    ],
)
def test_what_cannot_share_its_first_days_is_refused(changes, said):
    with pytest.raises(InputError, match=r"shared.start") as error:
        check_study(dataclasses.replace(STUDY, **changes))
    assert said in str(error.value)


EVENTS = """
days = 10
[parameters.funding]
source = "level"
[[events]]
day = 2
what = "parameters"
set = { "command.tempo" = 0.2, "funding.level" = 0.5 }
"""


@pytest.fixture
def dated(tmp_path):
    """A study of a scenario in which money falls by half on its second day."""
    (tmp_path / "dated.toml").write_text(EVENTS)
    vary = {"deployment.authorised": (2500, 9000)}
    return dataclasses.replace(STUDY, scenario=str(tmp_path / "dated.toml"), vary=vary, fixed={"command.tempo": 0.1},
                               arms={"main": {}}, replay={})  # fmt: skip


@pytest.mark.slow
def test_what_an_event_has_changed_in_the_shared_days_stays_so(dated, tmp_path):
    alone = pandas.DataFrame([simulate(plan(dataclasses.replace(check_study(dated), shared_start=None))[0]).row])
    begun = run_sweep(dated, workers=1, out=tmp_path / "out")
    row = Results(begun).runs().iloc[[0]]
    assert outcomes(row, alone.columns) == outcomes(alone, alone.columns)


@pytest.mark.slow
def test_under_events_too_it_is_the_same_whether_a_shared_start_is_in_memory_or_read(dated, tmp_path):
    task = plan(dated)[1]
    kept = dataclasses.replace(task, shared=dataclasses.replace(task.shared, file=tmp_path / "shared-start.katye"))
    rows = []
    for _ in range(2):  # the first keeps it and goes on from memory, the second reads it
        starts._latest.drop()
        rows.append(simulate(kept).row)
    assert kept.shared.file.exists()
    pandas.testing.assert_frame_equal(*(pandas.DataFrame([row]) for row in rows), check_exact=True)


@pytest.mark.parametrize("how", [{"vary": {"funding.level": (1.0, 0.5)}}, {"arms": {"a": {"funding.level": 1.0}}}])
def test_what_an_event_holds_when_cells_part_cannot_vary(dated, how):
    with pytest.raises(InputError) as error:
        check_study(dataclasses.replace(dated, **how))
    assert "funding.level is varied from day 6 on, and an event holds it then" in str(error.value)
    assert "dated.toml, line 5, events[0]" in str(error.value)


def test_an_event_may_bring_what_a_cell_needs(dated, tmp_path):
    text = EVENTS.replace('source = "level"', "").replace('"funding.level" = 0.5', '"funding.source" = "level"')
    (tmp_path / "dated.toml").write_text(text)
    study = dataclasses.replace(dated, vary={"funding.level": (1.0, 0.0)})
    assert Results(run_sweep(study, workers=1, out=tmp_path / "out")).card["failed_runs"] == 0


def test_a_shorter_run_must_leave_days(tmp_path):
    with pytest.raises(InputError, match="leave none of the run's 5"):
        STUDY.resized(days=5)
    file = tmp_path / "bad.toml"
    file.write_text('shared_start = 0\n[vary]\n"deployment.authorised" = [1, 2]\n')
    with pytest.raises(InputError, match="shared_start"):
        load_study(file)


def test_the_estimate_counts_every_shared_start_once():
    found = estimate(STUDY, workers=1)
    assert found.shared_seconds > 0
    assert found.seconds == pytest.approx(2 * found.shared_seconds + 8 * found.run_seconds)
    assert found.shared_bytes > 2 * 50_000
    without = estimate(dataclasses.replace(STUDY, shared_start=None), workers=1)
    assert (without.shared_seconds, without.shared_bytes) == (0, 0)
