"""What a study survives, with real processes: kills, full disks, broken files, two runners, impatience.

Each ends with the same tables, to the byte, as a study that nothing happened to.
"""

from __future__ import annotations

import contextlib
import json
import random
import signal
import sqlite3
import time

import pytest
from support.study_process import Session, count, tables, write_study

from experiments.store.load import load_runs

pytestmark = pytest.mark.slow

LARGE, SMALL = 50, 3  # replicates of 20 cells: 1,000 runs and 60


@pytest.fixture
def katye(tmp_path):
    """Start `katye sweep` of a study in tmp_path/out, or any other command."""
    (tmp_path / "faults").mkdir()
    sessions = []

    def start(*arguments, replicates=SMALL, seconds=0.0, limit=None, patience=None):
        if arguments[0] == "sweep":
            arguments = ("sweep", write_study(tmp_path, replicates), "--out", tmp_path / "out", *arguments[1:])
        environment = {"FAULTS": str(tmp_path / "faults"), "SECONDS": str(seconds)}
        if patience is not None:
            environment["PATIENCE"] = str(patience)
        said = tmp_path / f"said-{len(sessions)}"
        sessions.append(Session(*arguments, said=said, environment=environment, limit=limit))
        return sessions[-1]

    yield start
    for session in sessions:
        session.process.kill()


def test_a_thousand_runs_killed_ten_times_give_the_same_bytes(katye, tmp_path, calm):
    out, luck = tmp_path / "out", random.Random()
    kills = 0
    while kills < 10:
        workers = ("--workers", 1 + kills % 2)
        opened = count(out, "opened")
        if opened or out.exists():
            session = katye("resume", out, *workers, seconds=0.004)
        else:
            session = katye("sweep", *workers, replicates=LARGE, seconds=0.004)
        assert session.wait_for(lambda opened=opened: count(out, "opened") > opened), session.text()
        time.sleep(luck.uniform(0.0, 0.15 if kills % 2 == 0 else 0.9))
        assert session.process.is_alive(), f"done before it was killed: {session.text()}"
        session.send(signal.SIGKILL)
        session.process.join()
        kills += 1
    status, said = katye("resume", out, "--workers", 2).wait()
    assert status == 0, said
    assert tables(out) == calm[LARGE]
    assert list(load_runs(out)["run"]) == list(range(1000))


def test_a_worker_that_is_killed_costs_nothing(katye, tmp_path, calm):
    (tmp_path / "faults" / "kill-once-17").touch()
    status, said = katye("sweep", "--workers", 2).wait()
    assert status == 0, said
    assert not (tmp_path / "faults" / "kill-once-17").exists()
    assert tables(tmp_path / "out") == calm[SMALL]


def test_a_run_that_kills_its_worker_twice_is_a_failure_and_can_be_repeated(katye, tmp_path, calm):
    out, fault = tmp_path / "out", tmp_path / "faults" / "kill-17"
    fault.touch()
    status, said = katye("sweep", "--workers", 2).wait()
    assert status == 1
    assert "error: run 17, replicate " in said
    assert f"repeat it with: katye rerun {out} --run 17" in said
    (failure,) = json.loads((out / "failures.json").read_text())
    assert failure["run"] == 17
    assert "its worker died, and so did the one that tried again" in failure["error"]
    assert failure["command"] == f"katye rerun {out} --run 17"
    assert len(load_runs(out)) == 59
    fault.unlink()
    status, said = katye("rerun", out, "--run", 17).wait()
    assert (status, said) == (0, "run 17 ended well and is kept; 60 of 60 runs are there\n")
    assert tables(out) == calm[SMALL]
    assert not (out / "failures.json").exists()


def test_a_run_that_raises_is_told_with_its_traceback_and_repeated_on_demand(katye, tmp_path, calm):
    out, fault = tmp_path / "out", tmp_path / "faults" / "raise-5"
    fault.touch()
    assert katye("sweep", "--workers", 1).wait()[0] == 1
    said = katye("status", out).wait()[1]
    assert "made: 59 of 60 runs finished, 1 failed" in said
    assert f"run 5 failed: ValueError: the model broke. Repeat it with: katye rerun {out} --run 5" in said
    status, said = katye("rerun", out, "--run", 5).wait()
    assert status == 1
    assert 'raise ValueError("the model broke")' in said
    assert "run 5 failed again: ValueError: the model broke" in said
    assert katye("resume", out, "--workers", 1).wait()[0] == 1  # a failure is an answer, and not asked for again
    fault.unlink()
    assert katye("resume", out, "--failed", "--workers", 1).wait()[0] == 0
    assert tables(out) == calm[SMALL]
    assert katye("rerun", out, "--run", 5).wait() == (0, "run 5 gives the same 14 values as before\n")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_full_disk_stops_the_study_and_keeps_what_was_written(katye, tmp_path, calm, workers):
    out = tmp_path / "out"
    # runs of no time may all have ended before the first is written, and then none of them finds room
    status, said = katye("sweep", "--workers", workers, seconds=0.04, limit=60_000).wait()
    assert status == 2
    what = "the results cannot be written (disk I/O error: no room, a quota, or a broken disk); "
    assert said.splitlines()[-1].startswith(f"error: folder {out}: {what}")
    assert said.splitlines()[-1].endswith(f"Make room there, then type: katye resume {out}")
    kept = len(load_runs(out))
    assert 0 < kept < 60
    assert f"; {kept} of 60 runs are kept" in said
    status, said = katye("resume", out, "--workers", workers).wait()
    assert status == 0, said
    assert f"made: {kept} of 60 runs" in said or f"out: {kept} of 60 runs" in said
    assert tables(out) == calm[SMALL]


def test_a_database_that_is_cut_short_is_put_aside_and_what_is_lost_is_run_again(katye, tmp_path, calm):
    out = tmp_path / "out"
    assert katye("sweep", "--workers", 1).wait()[0] == 0
    database = out / "store" / "study.sqlite"
    database.write_bytes(database.read_bytes()[: database.stat().st_size // 2])
    kept = len(load_runs(out))
    assert kept < 60
    said = katye("status", out).wait()[1]
    assert f"{database} is damaged (database disk image is malformed); " in said
    assert "of its runs cannot be read. katye resume runs again what is lost" in said
    assert f"{60 - kept} runs are missing and nobody is at work. Go on with: katye resume {out}" in said
    status, said = katye("resume", out, "--workers", 1).wait()
    assert status == 0
    aside = out / "store" / "damaged" / "1.sqlite"
    assert f"note: {database} is damaged (database disk image is malformed); " in said
    assert f"It was put into {aside}; {kept} runs are kept, what is lost is run again" in said
    assert tables(out) == calm[SMALL]
    assert aside.exists()
    assert "note" not in katye("resume", out, "--workers", 1).wait()[1]


def test_what_a_kill_left_half_written_loses_no_run(katye, tmp_path, calm):
    out = tmp_path / "out"
    session = katye("sweep", "--workers", 1, seconds=0.1)
    assert session.wait_for(lambda: count(out, "done") >= 3)
    with contextlib.closing(sqlite3.connect(out / "store" / "study.sqlite", timeout=30)) as blocking:
        blocking.execute("BEGIN")
        blocking.execute("SELECT count(*) FROM runs").fetchall()  # until this ends no commit can
        assert session.wait_for((out / "store" / "study.sqlite-journal").exists)
        session.send(signal.SIGKILL)
        session.process.join()
    kept = len(load_runs(out))
    assert kept >= 3
    status, said = katye("resume", out, "--workers", 1).wait()
    assert status == 0, said
    assert f"{kept} of 60 runs" in said
    assert "note" not in said
    assert tables(out) == calm[SMALL]


def test_a_database_that_stays_locked_is_one_message_and_costs_no_run(katye, tmp_path, calm):
    out = tmp_path / "out"
    session = katye("sweep", "--workers", 1, seconds=0.1, patience=0.2)
    assert session.wait_for(lambda: count(out, "done") >= 3)
    with contextlib.closing(sqlite3.connect(out / "store" / "study.sqlite", timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        status, said = session.wait()
    assert status == 2
    what = "the study's database cannot be written: it stays locked (database is locked); all that was kept stays. "
    assert said.splitlines()[-1].startswith(f"error: folder {out}: {what}")
    assert "Traceback" not in said
    assert len(load_runs(out)) >= 3
    assert katye("resume", out, "--workers", 1).wait()[0] == 0
    assert tables(out) == calm[SMALL]


def test_two_runners_do_not_share_a_folder(katye, tmp_path, calm):
    out = tmp_path / "out"
    first = katye("sweep", "--workers", 1, seconds=0.15)  # slow enough to be there still when the others have looked
    assert first.wait_for(lambda: count(out, "done") >= 3)
    status, said = katye("resume", out).wait()
    assert status == 2
    assert said.startswith(f"error: folder {out}: process {first.process.pid} on ")
    assert f"is at work here already. Look with: katye status {out}" in said
    said = katye("status", out).wait()[1]
    assert f"process {first.process.pid} on " in said
    assert "left" in said
    assert "displaced_people_end" in said
    first.send(signal.SIGKILL)
    first.process.join()
    assert katye("resume", out, "--workers", 1).wait()[0] == 0
    assert tables(out) == calm[SMALL]


@pytest.mark.parametrize("pause", [None, 0.03])
def test_ctrl_c_once_or_twice_keeps_what_has_finished(katye, tmp_path, calm, pause):
    out = tmp_path / "out"
    session = katye("sweep", "--workers", 2, seconds=0.05)
    assert session.wait_for(lambda: count(out, "done") >= 10)
    session.send(signal.SIGINT)
    if pause is not None:
        time.sleep(pause)
        session.send(signal.SIGINT)
    status, said = session.wait()
    assert status == 130, said
    assert "Traceback" not in said
    assert f"katye resume {out}" in said
    kept = len(load_runs(out))
    assert 10 <= kept < 60
    status, said = katye("resume", out, "--workers", 2).wait()
    assert status == 0, said
    assert f"out: {kept} of 60 runs" in said
    assert tables(out) == calm[SMALL]
