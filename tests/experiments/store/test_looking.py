"""Looking at a store while it is written to, where nothing can be written, and on a disk that locks badly."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import sqlite3
import tempfile
import threading
import time
from pathlib import Path

import filelock
import pytest
from support.made_store import RUNS, content, done, made

from experiments.cli.app import main
from experiments.store import database
from experiments.store.export import export
from experiments.store.load import load_runs, load_table
from experiments.store.status import study_status
from experiments.store.store import StoreState, is_open, open_store
from simulation.errors import KatyeError

NOBODY = 65534
BUSY = r"it stays locked \(database is locked\); all that was kept stays\. Another program holds it"


@contextlib.contextmanager
def writing(folder, how):
    """Another connection in the midst of a transaction."""
    with contextlib.closing(sqlite3.connect(folder / "store" / "study.sqlite", isolation_level=None)) as other:
        other.execute(f"BEGIN {how}")
        other.execute("INSERT INTO runs (run) VALUES (99)")
        yield other


def test_reading_does_not_wait_for_a_transaction(tmp_path):
    folder = made(tmp_path / "out", [range(3)])
    with writing(folder, "IMMEDIATE"):
        began = time.monotonic()
        assert study_status(folder).finished == 3
        assert [path.name for path in export(folder, tmp_path / "csv")] == ["runs.csv", "curves.csv", "places.csv"]
        assert time.monotonic() - began < 5


def test_reading_waits_while_a_commit_is_written(tmp_path):
    folder = made(tmp_path / "out", [range(3)])
    found = []
    thread = threading.Thread(target=lambda: found.append(study_status(folder).finished))
    with writing(folder, "EXCLUSIVE") as other:
        thread.start()
        time.sleep(0.3)
        assert not found
        other.execute("ROLLBACK")
        thread.join()
    assert found == [3]


def test_what_stays_locked_is_one_message_and_no_damage(tmp_path, monkeypatch, capsys):
    folder = made(tmp_path / "out", [range(3)])
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    with writing(folder, "EXCLUSIVE"):
        for look in (study_status, load_runs, lambda folder: open_store(folder).__enter__()):
            with pytest.raises(KatyeError, match=BUSY):
                look(folder)
        with pytest.raises(SystemExit) as stop:
            main(["status", str(folder)])
        assert stop.value.code == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert study_status(folder).damaged == ""
    with open_store(folder) as again:
        assert again.notes == []
        with writing_elsewhere(folder), pytest.raises(KatyeError, match=BUSY):
            again.commit([done(7)])
        assert again.finished == {0, 1, 2}
        again.commit([done(7)])  # the next one may go well
    assert list(load_runs(folder)["run"]) == [0, 1, 2, 7]


@contextlib.contextmanager
def writing_elsewhere(folder):
    with contextlib.closing(sqlite3.connect(folder / "store" / "study.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM runs").fetchall()  # a reader that does not end
        yield


@pytest.mark.parametrize("text", ["disk I/O error", "locking protocol"])
def test_a_disk_that_cannot_lock_says_so(tmp_path, monkeypatch, text):
    folder = made(tmp_path / "out", [range(3)])
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_LOCK if "I/O" in text else sqlite3.SQLITE_PROTOCOL
    error.sqlite_errorname = "SQLITE_IOERR_LOCK" if "I/O" in text else "SQLITE_PROTOCOL"

    def connect(*given, **named):
        raise error

    monkeypatch.setattr(database.sqlite3, "connect", connect)
    for look in (study_status, lambda folder: open_store(folder).__enter__()):
        with pytest.raises(KatyeError, match=rf"it stays locked \({text}\); .* take a folder on another disk"):
            look(folder)


@pytest.mark.parametrize(
    "error", [NotImplementedError("FileSystem does not appear to support flock"), OSError("no locks")]
)
def test_a_disk_without_locks_of_processes_is_no_place_to_write(tmp_path, monkeypatch, error):
    folder = made(tmp_path / "out", [range(3)])

    def acquire(*given, **named):
        raise error

    monkeypatch.setattr(filelock.FileLock, "acquire", acquire)
    with pytest.raises(KatyeError, match=r"its lock cannot be taken \(.*\)\. Nothing is lost; go on with a copy"):
        open_store(folder).__enter__()
    assert study_status(folder).finished == 3


@pytest.fixture
def open_folder():
    """A folder that any user may look into, as tmp_path is not."""
    folder = Path(tempfile.mkdtemp(prefix="katye-test-"))
    folder.chmod(0o755)
    yield folder
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(folder)


def only_reading(folder, work):
    """`work()` where it can write nothing in `folder`: by permissions, for the superuser as another user. What it returns."""
    for path in (*folder.rglob("*"), folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)

    def child():
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        try:
            there.send(work())
        except BaseException as error:
            there.send(error)

    process = context.Process(target=child)
    process.start()
    found = here.recv()
    process.join()
    return found


def look(folder, out):
    """What a reader gets: tables, the state, and CSV written elsewhere."""

    def work():
        found = study_status(folder)
        tables = [load_table(folder, name).shape for name in ("runs", "curves", "places")]
        with tempfile.TemporaryDirectory() as csv:
            written = len(export(folder, csv))
        return found.finished, bool(found.at_work), found.damaged, tables, written

    return only_reading(out, work)


def test_a_folder_that_can_only_be_read_is_read(open_folder):
    folder = made(open_folder / "out", [range(RUNS)])
    load_runs(folder)  # all that is imported on demand is there before another user needs it
    shapes = [load_table(folder, name).shape for name in ("runs", "curves", "places")]
    before = sorted(path.name for path in (folder / "store").iterdir())
    assert look(folder, folder) == (RUNS, False, "", shapes, 3)
    assert sorted(path.name for path in (folder / "store").iterdir()) == before


def test_a_folder_that_can_only_be_read_while_its_owner_writes(open_folder, tmp_path):
    folder = made(open_folder / "out", [range(5)])
    with open_store(folder) as owner:
        owner.opened(workers=1, todo=1)
        owner.commit([done(5)])
        finished, at_work, damaged, *_ = look(folder, folder)
        assert (finished, at_work, damaged) == (6, True, "")
        assert StoreState(folder / "store").sessions[-1]["kind"] == "opened"
        folder.joinpath("store").chmod(0o755)
        folder.joinpath("store/study.sqlite").chmod(0o644)
        owner.commit([done(run) for run in range(6, RUNS)])
    assert only_reading(folder, lambda: is_open(folder)) is False  # as if killed: it has not said that it ended
    assert is_open(folder) is False
    assert content(folder, tmp_path) == content(made(tmp_path / "calm", [range(RUNS)]), tmp_path)


def test_half_a_commit_where_nothing_can_be_written_is_told_and_elsewhere_taken_back(open_folder):
    folder = made(open_folder / "out", [range(5)])
    half_a_commit(folder)
    found = only_reading(folder, lambda: load_runs(folder))
    assert isinstance(found, KatyeError)
    assert "Look at a copy of the whole folder on a disk that can be written" in str(found)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    assert list(load_runs(folder)["run"]) == list(range(5))
    assert not (folder / "store" / "study.sqlite-journal").exists()


@pytest.mark.parametrize("opened", ["before", "meanwhile"])
def test_where_locks_do_not_work_a_reader_does_not_take_back_a_commit_that_goes_on(tmp_path, opened):
    folder = made(tmp_path / "out", [range(5)])
    uri = f"{(folder / 'store' / 'study.sqlite').as_uri()}?nolock=1"
    writer = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    thread = threading.Timer(0.2, lambda: writer.execute("COMMIT"))
    with contextlib.closing(writer), contextlib.ExitStack() as stack:
        if opened == "before":
            reading = stack.enter_context(database.reader(folder / "store"))
        _begin_and_spill(writer)
        thread.start()
        if opened == "meanwhile":
            reading = stack.enter_context(database.reader(folder / "store"))
        (found,) = database.select(reading, "SELECT count(*) FROM runs").fetchone()
        thread.join()
    assert found in (5, 60)
    with contextlib.closing(sqlite3.connect(folder / "store" / "study.sqlite")) as after:
        assert after.execute("SELECT count(*) FROM runs").fetchone() == (60,)
        assert after.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def _begin_and_spill(connection):
    """A transaction so large that half of it is in the file before it ends."""
    connection.execute("PRAGMA cache_size = 1")
    connection.execute("BEGIN")
    for run in range(5, 60):
        connection.execute("INSERT INTO runs (run, content) VALUES (?, ?)", (run, bytes(5000)))


def half_a_commit(folder):
    """The files as a kill in the midst of a commit leaves them."""
    store = folder / "store"
    with contextlib.closing(sqlite3.connect(store / "study.sqlite", isolation_level=None)) as other:
        _begin_and_spill(other)
        assert (store / "study.sqlite-journal").stat().st_size > 512
        for name in ("study.sqlite", "study.sqlite-journal"):
            shutil.copyfile(store / name, folder / name)
        other.execute("ROLLBACK")
    for name in ("study.sqlite", "study.sqlite-journal"):
        (folder / name).replace(store / name)


def test_reading_all_the_time_does_not_stop_the_writer(tmp_path):
    folder = made(tmp_path / "out", [[0]])
    ended, seen = threading.Event(), []

    def read():
        while not ended.is_set():
            seen.append(StoreState(folder / "store").runs)

    readers = [threading.Thread(target=read) for _ in range(2)]
    with open_store(folder) as store:
        for thread in readers:
            thread.start()
        try:
            for run in range(1, RUNS):
                store.commit([done(run)])
                time.sleep(0.01)
        finally:
            ended.set()
            for thread in readers:
                thread.join()
    assert all(runs == list(range(len(runs))) for runs in seen)
    assert len(seen) > 5
    assert len(load_runs(folder)) == RUNS
