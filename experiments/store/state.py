"""What a store holds, read while another process adds to it and from whatever damage has left of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from experiments.store import database
from experiments.store.records import Kept
from experiments.study.inputs import lost_place
from simulation.errors import InputError, typed
from simulation.files.json_file import kept, read_json

ABOUT = "study.json"
UNTOLD = 10_000  # runs to look for where nothing says how many there may be
MOST_PLANNED = 100_000_000  # runs, more than any study has


def store_of(folder: str | Path) -> Path:
    """The store in a study's folder; InputError if there is none, or one of an older version."""
    store = Path(folder) / "store"
    if not (store / ABOUT).exists() and not (store / database.NAME).exists():
        hint = "Give the folder that `katye sweep` made"
        if tables := ", ".join(sorted(path.name for path in Path(folder).glob("*.parquet"))):
            hint = f"Its tables are there, {typed('katye', 'export', folder)} writes them: {tables}"
        raise InputError("holds no study that could go on", f"folder {folder}", hint)
    if is_old(store):
        there = ", ".join(sorted(path.name for path in Path(folder).glob("*.parquet")))
        hint = f"Its tables stay: {there or 'store/shards has them in parts'}"
        what = "an older version of Katye made this study, and only that one can go on with it"
        raise InputError(what, f"folder {folder}", hint)
    return store


def is_old(store: Path) -> bool:
    """Whether a store is one of parquet files and a journal, as before there was a database."""
    return (store / "journal.jsonl").is_file() and not (store / database.NAME).exists()


SHAPE = {
    "name": str,
    "planned": int,
    "quick": bool,
    "file": str,
    "sizes": {"replicates": (int, type(None)), "days": (int, type(None)), "weight": (int, type(None))},
    "identity": {"sha256": str, "study": dict, "code": {str: str}, "data": {str: str}, "versions": {str: str}},
    "study": {"model": str, "start": str, "outcomes": [str], "replicates": int},
    "same_runs": [{"cell": int, "first": int, "row": dict}],
    "inputs": {str: str},
}
PARTS = ("sha256", "study", "code", "data", "versions")


def read_about(store: Path) -> dict[str, Any]:
    """What a store says about its study. InputError if that is gone or was damaged, with what is left."""
    runs = "What it has of runs is there" if (store / database.NAME).exists() else "Its database is gone too"
    hint = f"{runs}: {typed('katye', 'export', store.parent)} writes it; to run more, begin anew in another folder"
    where = f"{store / ABOUT}, which says what the study is,"
    try:
        about = read_json(store / ABOUT, SHAPE, hint)
    except InputError as error:
        raise InputError(f"{where} {error.what}", f"folder {store.parent}", hint) from None
    about = kept(about, f"folder {store.parent}: {where.rstrip(',')}", hint)
    identity = about.get("identity")
    for entry in about.get("same_runs") or ():
        if lacking := next((key for key in ("cell", "first", "row") if key not in entry), ""):
            raise InputError(
                f"{where} is damaged: cells that share runs have no {lacking}", f"folder {store.parent}", hint
            )
    wrong = next((part for part in PARTS if identity is not None and part not in identity), "")
    if wrong or not 0 <= about["planned"] <= MOST_PLANNED:
        wrong = f"it has no {wrong} of the program" if wrong else f"planned is {about['planned']}"
        raise InputError(f"{where} is damaged: {wrong}", f"folder {store.parent}", hint)
    if lost := lost_place(about.get("inputs") or {}):
        raise InputError(f"{where} is damaged: {lost!r} is none of the files it keeps", f"folder {store.parent}", hint)
    return about


class StoreState:
    """What a store holds: finished runs that are as they were written, failures, sessions.

    `runs`: numbers of the finished runs, in order. `done`: {run: {`seconds`, `memory_mb`, `time`}} of them. `failures`:
    {run: entry} of those that have not ended well since. `sessions`: who opened and closed it, in order. `lost`: runs that
    cannot be read any more. `fault`: what is wrong with the file, in words, or nothing. `about` is read when asked for, as
    `read_about` does. KatyeError if the database cannot be read now.
    """

    def __init__(self, store: Path):
        self.store = store
        self.sessions: list[dict[str, Any]] = []
        self.failures: dict[int, dict[str, Any]] = {}
        self.done: dict[int, dict[str, Any]] = {}
        self.lost: list[int] = []
        self.fault = ""
        path = store / database.NAME
        if not path.exists() or not path.stat().st_size:
            self.fault = "is empty" if path.exists() else "is missing"
            return
        try:
            with database.reader(store) as connection:
                self._read(connection)
        except database.ERRORS as error:
            self._note(error)

    @cached_property
    def about(self) -> dict[str, Any]:
        return read_about(self.store)

    @property
    def runs(self) -> Sequence[int]:
        return list(self.done)

    @property
    def owner(self) -> str:
        """Which process opened the store last, in words."""
        opened = [entry for entry in self.sessions if entry["kind"] == "opened"]
        return f"process {opened[-1]['pid']} on {opened[-1]['host']}" if opened else "another process"

    @property
    def damage(self) -> str:
        """What is wrong with the database, in words; nothing if nothing is."""
        if not self.fault and not self.lost:
            return ""
        path, fault = self.store / database.NAME, self.fault or "is damaged (wrong checksum)"
        if not self.done:
            return f"{path} {fault}, and no run of it can be read"
        what = f"{len(self.lost)} of its runs cannot be read" if self.lost else "all runs that it lists can be read"
        return f"{path} {fault}; {what}"

    def kept(self, runs: Iterable[int] | None = None) -> Iterator[Kept]:
        """The finished runs, or some of them, in order, as they are kept."""
        wanted = sorted(self.done if runs is None else runs)
        if wanted:
            with database.reader(self.store) as connection:
                yield from database.read_runs(connection, wanted)

    def _read(self, connection: sqlite3.Connection) -> None:
        # Failures before runs: should one end well meanwhile, it counts as finished.
        self.sessions = [json.loads(entry) for (entry,) in self._rows(connection, "sessions", ("entry",))]
        failures = [dict(zip(database.FAILURE, row)) for row in self._rows(connection, "failures", database.FAILURE)]
        listed = self._listed(connection)
        for item in database.read_runs(connection, listed):
            self.done[item.run] = {"time": item.time, "seconds": item.seconds, "memory_mb": item.memory_mb}
        self.lost = [run for run in listed if run not in self.done]
        self.failures = {entry["run"]: entry for entry in failures if entry["run"] not in self.done}

    def _rows(self, connection: sqlite3.Connection, table: str, columns: Sequence[str]) -> Iterator[list[Any]]:
        """Rows of a table up to where it is damaged."""
        try:
            yield from database.read(connection, table, columns)
        except database.ERRORS as error:
            self._note(error)

    def _listed(self, connection: sqlite3.Connection) -> list[int]:
        """All runs that the database has; if it cannot list them, all that it could have."""
        try:
            listed = [run for (run,) in database.select(connection, "SELECT run FROM runs")]
        except database.ERRORS as error:
            self._note(error)
            listed = list(range(self._planned))
        return sorted({run for run in listed if isinstance(run, int)})

    @property
    def _planned(self) -> int:
        """The number of its runs, or of more than most studies have where nothing tells it."""
        try:
            return self.about["planned"]
        except InputError:
            return UNTOLD

    def _note(self, error: Exception) -> None:
        if not database.is_damage(error):
            raise error
        no_database = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB
        self.fault = self.fault or ("is no database" if no_database else f"is damaged ({error})")
