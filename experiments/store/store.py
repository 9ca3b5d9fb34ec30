"""The store of a study: every run that has ended is on the disk before it is called finished, whatever dies next.

A study's folder holds `store/`: `study.json` says what the study is, `study.sqlite` has its runs, failures and sessions. A
batch of results is one transaction of SQLite, so any moment is a good one to be killed. What the study is stands apart from
what is written to for hours: were the database lost, the study could still be run again.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from experiments.store import database
from experiments.store.records import Kept, keep
from experiments.store.replay import keep_replay
from experiments.store.state import ABOUT, StoreState, store_of
from simulation.errors import InputError, KatyeError, refusal, typed
from simulation.files.atomic import write_atomically
from simulation.files.leftovers import clear_leftovers
from simulation.runs.results import new_folder, write_json
from simulation.runs.runner import Failure

LOCK, DAMAGED = "lock", "damaged"
LOOKING = 0.5  # seconds: `is_open` of another process holds the lock for a moment


def create_store(folder: Path, about: Mapping[str, Any], inputs: Mapping[str, str] | None = None) -> None:
    """A new folder with an empty store; `about` is what JSON takes. InputError if the folder exists.

    inputs: {path: place in the folder} of files that are copied into it.
    """
    with new_folder(folder, keep=False) as hidden:
        (hidden / "store").mkdir()
        write_json(about, hidden / "store" / ABOUT)
        database.create(hidden / "store" / database.NAME)
        for path, place in (inputs or {}).items():
            target = hidden / place
            (target if Path(path).is_dir() else target.parent).mkdir(parents=True, exist_ok=True)
            if Path(path).is_file():
                shutil.copyfile(path, target)


def replace_file(path: Path, write: Callable[[Path], None]) -> None:
    """As `write_atomically`; the name of the hidden file tells which process left it, if that was killed."""
    write_atomically(path, write, mark=str(os.getpid()))


class Store:
    """A store that is open for writing, by this process alone. Made by `open_store`.

    `finished`: runs that are kept. `failures`: {run: entry}. `notes`: what was found damaged and what follows from it.
    Results may come from any thread.
    """

    def __init__(self, folder: Path):
        self.folder, self.store = folder, store_of(folder)
        self.notes: list[str] = []
        state = StoreState(self.store)
        self.about = state.about
        state = self._mended(state)
        self.finished, self.failures = set(state.runs), state.failures
        self._busy = threading.Lock()
        with database.told(self.store, "opened", damage=True):
            self._connection = database.connect(self.store / database.NAME)
            self._connection.execute("PRAGMA journal_mode = DELETE")

    def _mended(self, state: StoreState) -> StoreState:
        """A database that is not whole gives way to a new one with all that is; nothing writes on in a damaged one."""
        if not state.damage:
            found = database.problem(self.store)
            state.fault = found and f"is damaged ({found})"
        if not state.damage:
            return state
        number = sum(1 for _ in self.store.glob(f"{DAMAGED}/*.sqlite")) + 1
        damaged, fresh = self.store / DAMAGED / f"{number}.sqlite", self.store / f"{database.NAME}.new"
        was_there = (self.store / database.NAME).exists()
        fresh.unlink(missing_ok=True)
        database.create(fresh)
        with contextlib.closing(database.connect(fresh)) as connection:
            connection.execute("PRAGMA journal_mode = OFF")
            with database.transaction(connection, self.store):
                database.insert(connection, "runs", Kept._fields, state.kept())
                failures = [tuple(entry.values()) for entry in state.failures.values()]
                database.insert(connection, "failures", database.FAILURE, failures)
                database.insert(connection, "sessions", ["entry"], [[json.dumps(entry)] for entry in state.sessions])
        database.replace(self.store, fresh, damaged)
        mended = StoreState(self.store)  # what is finished is what stands there, not what could be read a moment ago
        kept = f"{len(mended.runs)} runs are kept, what is lost is run again"
        self.notes.append(f"{state.damage}. {f'It was put into {damaged}; ' if was_there else ''}{kept}")
        return mended

    def commit(self, batch: Iterable[tuple[int, Any]]) -> None:
        """Keep results: pairs of a run's number and what came of it, Done or Failure. On the disk when it returns.

        The value of a Done is what a run gives: `row`, `tables()`, `replay` and `card`. OSError if the disk does not take it,
        KatyeError if it stays locked: what was kept before stays.
        """
        done: dict[int, Kept] = {}
        failed: dict[int, tuple[Any, ...]] = {}
        for run, result in batch:
            if run in self.finished or run in done:
                continue
            moment = (round(time.time(), 3), round(float(result.seconds), 4), round(float(result.memory_mb), 1))
            if isinstance(result, Failure):
                failed[run] = (run, *moment, _text(result.error), _text(result.traceback))
                continue
            if result.value.replay:
                keep_replay(self.folder, result.value)
            done[run] = keep(run, *moment, result.value)
            failed.pop(run, None)
        with self._busy, database.transaction(self._connection, self.store):
            database.insert(self._connection, "runs", Kept._fields, done.values())
            database.insert(self._connection, "failures", database.FAILURE, failed.values())
            self._connection.executemany("DELETE FROM failures WHERE run = ?", [(run,) for run in done])
        self.finished |= done.keys()
        self.failures |= {run: dict(zip(database.FAILURE, entry)) for run, entry in failed.items()}
        for run in done:
            self.failures.pop(run, None)

    def opened(self, **about: Any) -> None:
        """Say in the store who works here from now on."""
        self._session("opened", pid=os.getpid(), host=platform.node(), **about)

    def closed(self, reason: str) -> None:
        """Say in the store how this session ended."""
        self._session("closed", reason=reason)

    def _session(self, kind: str, **about: Any) -> None:
        with self._busy, database.transaction(self._connection, self.store):
            entry = json.dumps({"kind": kind, "time": round(time.time(), 3), **about})
            database.insert(self._connection, "sessions", ["entry"], [[entry]])

    def change(self, about: Mapping[str, Any]) -> None:
        """Replace what the store says about its study."""
        self.about = dict(about)
        replace_file(self.store / ABOUT, lambda path: write_json(self.about, path))

    def close(self) -> None:
        """Nothing is written after this; waits for a commit of another thread."""
        with self._busy:
            self._connection.close()


def _text(words: str) -> str:
    """Words as a database takes them: a traceback may hold names of files that are no Unicode."""
    return words.encode(errors="backslashreplace").decode()


@contextlib.contextmanager
def open_store(folder: str | Path) -> Iterator[Store]:
    """The store of a study for writing. InputError if there is none, or another process has it.

    The lock belongs to the process: when that dies, however, the lock is free. KatyeError if the disk does not lock.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(store_of(folder) / LOCK)
    try:
        lock.acquire(timeout=LOOKING, poll_interval=0.02)
    except Timeout:
        hint = f"Look with: {typed('katye', 'status', folder)}; to end it, press Ctrl-C there"
        raise InputError(f"{owner(folder)} is at work here already", f"folder {folder}", hint) from None
    except (OSError, NotImplementedError) as error:
        what = f"folder {folder}: a study cannot be written here, its lock cannot be taken ({refusal(error)})"
        raise KatyeError(f"{what}. Nothing is lost; go on with a copy of the folder on another disk") from None
    try:
        clear_leftovers(Path(folder))
        store = Store(Path(folder))
        try:
            yield store
        finally:
            store.close()
    finally:
        lock.release()


def owner(folder: str | Path) -> str:
    """Which process opened the store last, in words."""
    return StoreState(store_of(folder)).owner


def is_open(folder: str | Path) -> bool:
    """Whether a process has this store open for writing right now."""
    from filelock import FileLock, Timeout

    lock = FileLock(store_of(folder) / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except (OSError, NotImplementedError):  # a folder in which this user writes nothing, or a disk without locks
        return _is_held(Path(lock.lock_file))
    lock.release()
    return False


def _is_held(path: Path) -> bool:
    """Whether a process holds a lock, asked without writing to its file. Windows cannot ask that."""
    try:
        import fcntl

        with open(path, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except (ImportError, OSError):
        return False
    return False
