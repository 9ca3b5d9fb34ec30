"""The database of a study: its tables, connections for one writer and many readers, and what SQLite's errors mean in words.

It keeps a rollback journal rather than a write-ahead log, which needs memory that all processes share and so no network disk.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from experiments.store.records import Kept, checksum
from simulation.errors import KatyeError
from simulation.runs.results import flush

NAME = "study.sqlite"
PATIENCE = 60.0  # seconds to wait for others: a reader is done in milliseconds, on a slow network disk in seconds
SECOND_LOOK = 0.5  # seconds, in which a commit that goes on is done
CHUNK = 500  # runs read at once; between two chunks the writer gets its turn
SCHEMA = """
CREATE TABLE runs (
    run INTEGER PRIMARY KEY, time REAL, seconds REAL, memory_mb REAL, row TEXT, sizes TEXT, content BLOB, checksum INTEGER);
CREATE TABLE failures (
    run INTEGER PRIMARY KEY, time REAL, seconds REAL, memory_mb REAL, error TEXT, traceback TEXT, checksum INTEGER);
CREATE TABLE sessions (session INTEGER PRIMARY KEY, entry TEXT, checksum INTEGER);
"""
FAILURE = ("run", "time", "seconds", "memory_mb", "error", "traceback")
ERRORS = (sqlite3.Error, UnicodeDecodeError)  # the latter where damage is part of an error's own words
# Primary codes of errors that say nothing about what the database holds. All others mean that it is damaged.
LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
REFUSED = {sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH}
TROUBLE = LOCKED | REFUSED | {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT}
LOCKING = ("SQLITE_IOERR_LOCK", "SQLITE_IOERR_RDLOCK", "SQLITE_IOERR_UNLOCK", "SQLITE_IOERR_CHECKRESERVEDLOCK",
           "SQLITE_IOERR_BLOCKED")  # fmt: skip


def create(path: Path) -> None:
    """A new database without runs. OSError as the disk has it."""
    with told(path.parent, "made"), contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(f"BEGIN; {SCHEMA} COMMIT;")


def connect(path: Path, how: str = "mode=rw", reading: bool = False) -> sqlite3.Connection:
    """A connection that any thread may use, one at a time. EXTRA: after a power cut too what was committed is there."""
    uri = f"{path.absolute().as_uri()}?{how}"
    connection = sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        if reading:
            connection.execute("PRAGMA writable_schema = ON")  # else SQLite reads nothing of a file that is cut short
            connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA synchronous = EXTRA")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def reader(store: Path) -> Iterator[sqlite3.Connection]:
    """A connection to look with, while another process writes or from a disk that cannot be written.

    It may do one thing to the disk: take back the half commit of a process that was killed. Not at once: where locks do not
    work, as on some network disks, that process may be at work. KatyeError if it cannot read now; an error for which
    `is_damage` holds if there is nothing to read.
    """
    path = store / NAME
    with told(store, "read"), contextlib.ExitStack() as stack:
        try:
            connection = connect(path, "mode=ro", reading=True)
        except ERRORS as error:
            if is_damage(error) or _code(error) in LOCKED:
                raise
            if os.access(store, os.W_OK):
                time.sleep(SECOND_LOOK)
                connection = connect(path, "mode=rw", reading=True)
            elif not _journal(path).exists():  # a disk without locks, where nobody on this machine can write
                connection = connect(path, "immutable=1", reading=True)
            else:
                raise
        yield stack.enter_context(contextlib.closing(connection))


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection, store: Path) -> Iterator[None]:
    """All of it is on the disk in the end, or nothing. OSError as the disk has it, KatyeError for locks and damage."""
    with told(store, "written", damage=True):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):  # SQLite may have done so itself
                connection.execute("ROLLBACK")
            raise


def is_damage(error: Exception) -> bool:
    """Whether an error says that bytes are not what was written, rather than that this is no good moment."""
    return _code(error) not in TROUBLE


def _code(error: Exception) -> int:
    """SQLite's primary code of an error; 0 for those of Python's own."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


@contextlib.contextmanager
def told(store: Path, done: str, damage: bool = False) -> Iterator[None]:
    """Errors of SQLite as this program's: `done` is what cannot be done. Damage stays as it is unless asked for."""
    try:
        yield
    except ERRORS as error:
        if is_damage(error) and not damage:
            raise
        code, name = _code(error), getattr(error, "sqlite_errorname", "")
        what, where = f"the study's database cannot be {done}", f"folder {store.parent}"
        if is_damage(error):
            what = f"the study's database is damaged ({error})"
            hint = "katye resume keeps what is whole and runs the rest again"
        elif code in LOCKED or name in LOCKING:
            what += f": it stays locked ({error}); all that was kept stays"
            hint = "Another program holds it, or this disk cannot lock files: then take a folder on another disk"
        elif done == "read":
            what += f" now ({error})"
            hint = "Look at a copy of the whole folder on a disk that can be written"
        elif code == sqlite3.SQLITE_FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from None
        else:
            broken = ": no room, a quota, or a broken disk" if code == sqlite3.SQLITE_IOERR else ""
            raise OSError(errno.EIO, f"{error}{broken}") from None
        raise KatyeError(f"{where}: {what}. {hint}") from None


def insert(connection: sqlite3.Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Rows with their checksums, within a transaction; a row with the same key gives way."""
    names, marks = ", ".join((*columns, "checksum")), ", ".join("?" * (len(columns) + 1))
    query = f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})"
    connection.executemany(query, ((*row, checksum(*row)) for row in rows))


def read(
    connection: sqlite3.Connection, table: str, columns: Sequence[str], where: str = "", limits: Sequence[int] = ()
) -> Iterator[list[Any]]:
    """Rows that are as they were written, in the order of their keys."""
    query = f"SELECT {', '.join(columns)}, checksum FROM {table} {where} ORDER BY rowid"
    for *values, written in select(connection, query, limits):
        if checksum(*values) == written:
            yield values


def select(connection: sqlite3.Connection, query: str, limits: Sequence[int] = ()) -> sqlite3.Cursor:
    """Rows that a query finds. A commit that begins just now can look like a half one, which a reader must leave alone."""
    end = time.monotonic() + SECOND_LOOK
    while True:
        try:
            return connection.execute(query, limits)
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_READONLY or time.monotonic() > end:
                raise
        time.sleep(SECOND_LOOK / 50)


def read_runs(connection: sqlite3.Connection, runs: Sequence[int]) -> Iterator[Kept]:
    """Those of these runs, given in order, that are there and as they were written.

    Around a damaged page of the file everything else is read: by halves, down to the single run.
    """
    for start in range(0, len(runs), CHUNK):
        yield from _read_runs(connection, runs[start : start + CHUNK])


def _read_runs(connection: sqlite3.Connection, runs: Sequence[int]) -> list[Kept]:
    try:
        found = read(connection, "runs", Kept._fields, "WHERE run BETWEEN ? AND ?", (runs[0], runs[-1]))
        return [Kept(*values) for values in found]
    except ERRORS as error:
        if not is_damage(error):
            raise
    middle = len(runs) // 2
    return _read_runs(connection, runs[:middle]) + _read_runs(connection, runs[middle:]) if middle else []


def problem(store: Path) -> str:
    """The first thing that is wrong with the file's structure; nothing if it is sound."""
    with told(store, "read"):
        try:
            with contextlib.closing(connect(store / NAME)) as connection:
                (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        except ERRORS as error:
            if not is_damage(error):
                raise
            return str(error)
    return "" if found == "ok" else " ".join(found.split())


def replace(store: Path, fresh: Path, damaged: Path) -> None:
    """Put a new database into the place of a damaged one, which is kept as `damaged`. At any moment one of them is there."""
    path = store / NAME
    if path.exists():
        damaged.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, damaged)
        flush(damaged)
    _journal(path).unlink(missing_ok=True)  # of half a commit: SQLite would take it for one of the new file
    flush(fresh)
    fresh.replace(path)
    flush(store)


def _journal(path: Path) -> Path:
    return path.with_name(f"{path.name}-journal")
