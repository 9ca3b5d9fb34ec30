"""The store: the same tables however runs are batched, nothing lost or counted twice whatever is found on the disk."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from support.made_store import RUNS, content, done, made, record

from experiments.run.task import Record
from experiments.store import load
from experiments.store.export import export
from experiments.store.load import load_runs, load_table
from experiments.store.replay import keep_replay
from experiments.store.store import StoreState, is_open, open_store
from simulation.errors import InputError, UnknownNameError
from simulation.runs.results import write_json, write_table
from simulation.runs.runner import Done, Failure


def test_batches_and_order_change_no_byte(tmp_path):
    once = content(made(tmp_path / "once", [range(RUNS)]), tmp_path)
    luck = random.Random(5)
    for number in range(6):
        runs = luck.sample(range(RUNS), RUNS)
        cuts = sorted(luck.sample(range(1, RUNS), 7))
        batches = [runs[a:b] for a, b in zip([0, *cuts], [*cuts, RUNS])]
        assert content(made(tmp_path / str(number), batches), tmp_path) == once, number


@pytest.mark.parametrize("part", [1, 3, 7, 39])
def test_parts_in_which_tables_are_made_change_no_byte(tmp_path, monkeypatch, part):
    folder = made(tmp_path / "out", [range(RUNS)])
    once = content(folder, tmp_path)
    monkeypatch.setattr(load, "PART", part)
    assert content(folder, tmp_path) == once


def test_rows_come_back_as_they_went_in(tmp_path):
    runs = load_runs(made(tmp_path / "out", [[3, 1], [2]]))
    assert list(runs["run"]) == [1, 2, 3]
    assert list(runs["exact"]) == [0.1 * run for run in (1, 2, 3)]
    assert list(runs["large"]) == [2**60 + run for run in (1, 2, 3)]
    assert runs["whole"].dtype == "int64"
    assert runs["gap"].isna().tolist() == [True, True, False]


def test_a_result_that_comes_twice_counts_once(tmp_path):
    folder = made(tmp_path / "out", [[1, 2], [2, 3, 3], [3]])
    assert list(load_runs(folder)["run"]) == [1, 2, 3]
    assert len(load_table(folder, "curves")) == 6


KILLED_IN_A_COMMIT = """
import os, signal, sys
from pathlib import Path
from experiments.store.store import open_store
from support.made_store import done

folder, stop = Path(sys.argv[1]), int(sys.argv[2])
with open_store(folder) as store:
    calls = 0
    def count():
        global calls
        calls += 1
        if calls == stop:
            os.kill(os.getpid(), signal.SIGKILL)
    store._connection.set_progress_handler(count, 20)
    store._connection.execute("PRAGMA cache_spill = 1")
    store._connection.execute("PRAGMA cache_size = 5")  # pages reach the file long before the commit
    store.commit([done(run) for run in range(6, 20)])
print("through")
"""


@pytest.mark.slow
def test_a_kill_anywhere_in_a_commit_keeps_all_of_it_or_nothing(tmp_path):
    """The process dies after every so many steps of SQLite in turn; pages of the half commit are in the file by then."""
    stop, rolled_back = 1, 0
    while True:
        folder = made(tmp_path / f"out{stop}", [range(6)])
        command = [sys.executable, "-c", KILLED_IN_A_COMMIT, folder, str(stop)]
        path = os.pathsep.join(entry for entry in sys.path if entry)
        ended = subprocess.run(command, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True)
        if ended.returncode == 0:
            assert list(load_runs(folder)["run"]) == list(range(20))
            break
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        rolled_back += (folder / "store" / "study.sqlite-journal").exists()
        assert list(load_runs(folder)["run"]) == list(range(6)), stop
        with open_store(folder) as again:
            assert again.notes == []
            again.commit([done(run) for run in range(6, 20)])
        assert content(folder, tmp_path) == content(made(tmp_path / f"calm{stop}", [range(20)]), tmp_path)
        stop *= 2
    assert stop > 16
    assert rolled_back > 1, "no half commit was ever on the disk"


def test_a_commit_that_fails_keeps_nothing_of_it_and_the_next_goes_well(tmp_path):
    folder = made(tmp_path / "out", [[1]])
    with open_store(folder) as open_one:
        open_one._connection.set_progress_handler(lambda: 1, 30)  # SQLite gives up after some steps
        with pytest.raises(OSError, match="interrupted"):
            open_one.commit([done(run) for run in range(2, 30)])
        assert open_one.finished == {1}
        open_one._connection.set_progress_handler(None, 0)
        open_one.commit([done(2)])
    assert list(load_runs(folder)["run"]) == [1, 2]


def test_failures_are_kept_until_the_run_ends_well(tmp_path):
    folder = made(tmp_path / "out", [[1]])
    with open_store(folder) as open_one:
        open_one.commit([(2, Failure(0, "ValueError: no \udcff", "Traceback ..."))])  # of a file with a strange name
    with open_store(folder) as again:
        assert again.failures[2]["error"] == "ValueError: no \\udcff"
        again.commit([done(2)])
        assert not again.failures
    assert not StoreState(folder / "store").failures


def test_one_process_at_a_time(tmp_path):
    folder = made(tmp_path / "out", [[1]])
    with open_store(folder) as first:
        first.opened(workers=1, todo=0)
        assert is_open(folder)
        with pytest.raises(InputError, match=r"process \d+ on .* is at work here already\. Look with: katye status"):
            open_store(folder).__enter__()
    assert not is_open(folder)
    with open_store(folder):
        pass


def test_what_is_not_there_is_told(tmp_path):
    with pytest.raises(InputError, match="holds no study that could go on"):
        open_store(tmp_path).__enter__()
    with pytest.raises(InputError, match="no results here"):
        load_runs(tmp_path)
    folder = made(tmp_path / "out", [])
    with pytest.raises(InputError, match="no run has finished yet"):
        load_runs(folder)
    with open_store(folder) as open_one:
        open_one.commit([done(1)])
    with pytest.raises(UnknownNameError, match="Did you mean curves"):
        load_table(folder, "curvs")


def test_the_replay_is_there_whole_or_not_at_all(tmp_path):
    folder = made(tmp_path / "out", [])
    replayed = Record(record(1).row, record(1).parts, {"daily": pd.DataFrame({"day": [1]})}, {"run": 1})
    with open_store(folder) as open_one:
        for _ in range(2):  # a second time after a kill before the run was kept
            keep_replay(folder, replayed)
        open_one.commit([(1, Done(0, replayed, 0.1, 1.0))])
    assert sorted(path.name for path in folder.iterdir()) == ["replay", "store"]
    assert sorted(path.name for path in (folder / "replay").iterdir()) == ["card.json", "daily.parquet"]


def test_a_study_of_an_older_version_says_so_and_its_tables_are_read(tmp_path):
    folder = made(tmp_path / "out", [[1]])
    (folder / "store" / "study.sqlite").unlink()
    (folder / "store" / "journal.jsonl").touch()
    write_table(pd.DataFrame({"run": [1, 2]}), folder / "runs.parquet")
    write_json({}, folder / "card.json")
    words = r"an older version of Katye made this study, and only that one can go on with it\. Its tables stay: runs\.parquet"
    with pytest.raises(InputError, match=words):
        open_store(folder).__enter__()
    assert list(load_runs(folder)["run"]) == [1, 2]
    assert [path.name for path in export(folder)] == ["runs.csv"]


def test_a_process_that_has_imported_nothing_else_reads_every_table(tmp_path):
    folder = made(tmp_path / "out", [[1, 2]])
    code = "import sys; from experiments.store.load import load_table; print(len(load_table(*sys.argv[1:])))"
    for name, rows in (("runs", "2"), ("curves", "4"), ("places", "2")):
        command = [sys.executable, "-c", code, folder, name]
        root = Path(load.__file__).parents[2]
        ended = subprocess.run(command, cwd=root, capture_output=True, text=True)
        assert (ended.stdout.strip(), ended.stderr) == (rows, "")
