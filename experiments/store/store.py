"""The store of a study: every run that has ended is on the disk before it is called finished, whatever dies next.

A study's folder holds `store/`. A finished run is a line of the open spool; a hundred of them become a shard, a parquet file
a table; the journal says which shards there are, which runs failed and why, and when each run ended. All of it is written
so that any moment is a good one to be killed: lines carry checksums, files are written beside their place, flushed and
renamed, and the journal names a shard before its spool goes. `read_store` reads while another process writes.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from experiments.cli.terminal import typed
from experiments.store import shards
from experiments.store.journal import append_lines, read_lines
from experiments.store.shards import Kept
from simulation.errors import InputError
from simulation.runs.results import flush, new_folder, write_json
from simulation.runs.runner import Failure

SHARD_RUNS, SHARD_BYTES = 100, 32_000_000
ABOUT, JOURNAL, LOCK = "study.json", "journal.jsonl", "lock"


def store_of(folder: str | Path) -> Path:
    """The store in a study's folder; InputError if there is none."""
    store = Path(folder) / "store"
    if not (store / ABOUT).is_file():
        hint = "Give the folder that `katye sweep` made"
        raise InputError("holds no study that could go on", f"folder {folder}", hint)
    return store


def create_store(folder: Path, about: Mapping[str, Any]) -> None:
    """A new folder with an empty store; `about` is what JSON takes. InputError if the folder exists."""
    with new_folder(folder) as hidden:
        (hidden / "store" / shards.FOLDER).mkdir(parents=True)
        write_json(about, hidden / "store" / ABOUT)


def replace_file(path: Path, write: Callable[[Path], None]) -> None:
    """What `write(temporary path)` makes takes the place of `path` in one step, and is on the disk."""
    hidden = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        write(hidden)
        flush(hidden)
        os.replace(hidden, path)
    finally:
        hidden.unlink(missing_ok=True)
    flush(path.parent)


class StoreState:
    """What a store holds, as found on the disk: runs in whole shards and in spools, failures, sessions.

    `runs`: {run: shard number, or None in a spool}. `failures`: {run: journal entry} of those that have not ended well
    since. `done`: an entry a finished run with `seconds`, `memory_mb`, `time`.
    """

    def __init__(self, store: Path):
        self.store = store
        # First the spools: should one become a shard meanwhile, the journal read after it says so.
        self.spooled = {number: read_lines(path)[0] for number, path in shards.spools(store).items()}
        entries, self.bad_lines = read_lines(store / JOURNAL)
        self.about = json.loads((store / ABOUT).read_text(encoding="utf-8"))
        self.sessions = [entry for entry in entries if entry["kind"] in ("opened", "closed")]
        self.done = {entry["run"]: entry for entry in entries if entry["kind"] == "done"}
        given_up = {entry["number"] for entry in entries if entry["kind"] == "damaged"}
        sealed = {entry["number"]: entry for entry in entries if entry["kind"] == "shard"}
        self.sealed = {number: entry for number, entry in sealed.items() if number not in given_up}
        self.damaged = [number for number, entry in self.sealed.items() if not shards.is_whole(store, number, entry)]
        self.orphans = [
            number
            for number in shards.numbers(store)
            if number not in sealed and number not in self.spooled and shards.is_complete(store, number)
        ]
        self.whole = [number for number in self.sealed if number not in self.damaged]
        self.runs: dict[int, int | None] = {run: n for n in self.whole for run in self.sealed[n]["runs"]}
        self.runs |= {run: n for n in self.orphans for run in shards.runs_of(store, n)}
        for number, lines in self.spooled.items():
            if number not in self.whole:
                self.runs |= {entry["run"]: None for entry in lines if entry["run"] not in self.runs}
        failed = {entry["run"]: entry for entry in entries if entry["kind"] == "failed"}
        self.failures = {run: entry for run, entry in failed.items() if run not in self.runs}

    def spooled_runs(self) -> list[Kept]:
        """Finished runs that are in no shard yet, each once."""
        found = {}
        for number, lines in self.spooled.items():
            if number not in self.whole:
                found |= {entry["run"]: entry for entry in lines if self.runs[entry["run"]] is None}
        return [shards.decoded(entry) for entry in found.values()]

    def highest(self) -> int:
        """The highest number of any shard or spool so far."""
        return max([0, *self.sealed, *self.spooled, *shards.numbers(self.store)])


class Store:
    """A store that is open for writing, by this process alone. Made by `open_store`.

    `finished`: runs that are kept. `failures`: {run: entry}. `notes`: what was found damaged and what follows from it.
    """

    def __init__(self, folder: Path):
        self.folder, self.store = folder, store_of(folder)
        self.notes: list[str] = []
        state = StoreState(self.store)
        self.about = state.about
        self._mend(state)
        self.finished, self.failures = set(state.runs), state.failures
        self._pending = state.spooled_runs()
        self._number = state.highest() + 1
        self._spool_bytes = 0
        self.seal()
        for path in shards.spools(self.store).values():
            path.unlink()

    def _mend(self, state: StoreState) -> None:
        """Give up shards that are not whole, adopt whole ones that the journal does not know."""
        if state.bad_lines:
            self.notes.append(f"{state.bad_lines} lines of the journal were cut short; what they said was found again")
        for number in state.damaged:
            runs = [run for run in state.sealed[number]["runs"] if run not in state.runs]
            shards.set_aside(self.store, number)
            self._journal("damaged", number=number, runs=runs)
            what = f"shard {number} is damaged and was put into {self.store / shards.DAMAGED}"
            self.notes.append(f"{what}; {len(runs)} runs of it are run again")
        for number in shards.numbers(self.store):
            if number not in state.sealed and number not in state.orphans:
                shards.remove(self.store, number)  # begun and never named: its runs are still in the spool
        for number in state.orphans:
            runs = shards.runs_of(self.store, number)
            self._journal("shard", number=number, **shards.description(self.store, number, runs))

    def _journal(self, kind: str, **entry: Any) -> None:
        append_lines(self.store / JOURNAL, [{"kind": kind, "time": round(time.time(), 3), **entry}])

    def commit(self, batch: Iterable[tuple[int, Any]]) -> None:
        """Keep results: pairs of a run's number and what came of it, Done or Failure. On the disk when it returns.

        The value of a Done has `row` (a dict), `tables` ({name: DataFrame}) and `replay` ({name: DataFrame} or nothing).
        OSError if the disk does not take it: what was kept before stays.
        """
        spooled, said, kept = [], [], []
        for run, result in batch:
            moment = {"run": run, "time": round(time.time(), 3), "seconds": round(result.seconds, 4)}
            moment["memory_mb"] = round(result.memory_mb, 1)
            if isinstance(result, Failure):
                said.append({"kind": "failed", **moment, "error": result.error, "traceback": result.traceback})
                self.failures[run] = said[-1]
            elif run not in self.finished:
                if result.value.replay:
                    shards.keep_replay(self.folder, result.value)
                kept.append(shards.kept(run, result.value.row, result.value.tables()))
                spooled.append(shards.encoded(kept[-1]))
                said.append({"kind": "done", **moment})
        if spooled:
            self._spool_bytes += append_lines(shards.spool(self.store, self._number), spooled)
            self._pending += kept
            self.finished |= {item.run for item in kept}
            for item in kept:
                self.failures.pop(item.run, None)
        append_lines(self.store / JOURNAL, said)
        if len(self._pending) >= SHARD_RUNS or self._spool_bytes >= SHARD_BYTES:
            self.seal()

    def seal(self) -> None:
        """Make a shard of the spool."""
        if not self._pending:
            return
        shards.write(self.store, self._number, self._pending)
        runs = [item.run for item in self._pending]
        self._journal("shard", number=self._number, **shards.description(self.store, self._number, runs))
        shards.spool(self.store, self._number).unlink(missing_ok=True)
        self._number, self._pending, self._spool_bytes = self._number + 1, [], 0

    def opened(self, **about: Any) -> None:
        """Say in the journal who works here from now on."""
        self._journal("opened", pid=os.getpid(), host=platform.node(), **about)

    def closed(self, reason: str) -> None:
        """Say in the journal how this session ended."""
        self._journal("closed", reason=reason)

    def change(self, about: Mapping[str, Any]) -> None:
        """Replace what the store says about its study."""
        self.about = dict(about)
        replace_file(self.store / ABOUT, lambda path: write_json(self.about, path))


@contextlib.contextmanager
def open_store(folder: str | Path) -> Iterator[Store]:
    """The store of a study for writing. InputError if there is none, or another process has it.

    The lock belongs to the process: when that dies, however, the lock is free.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(store_of(folder) / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        hint = f"Look with: {typed('katye', 'status', folder)}; to end it, press Ctrl-C there"
        raise InputError(f"{owner(folder)} is at work here already", f"folder {folder}", hint) from None
    try:
        yield Store(Path(folder))
    finally:
        lock.release()


def owner(folder: str | Path) -> str:
    """Which process opened the store last, in words."""
    opened = [entry for entry in StoreState(store_of(folder)).sessions if entry["kind"] == "opened"]
    return f"process {opened[-1]['pid']} on {opened[-1]['host']}" if opened else "another process"


def is_open(folder: str | Path) -> bool:
    """Whether a process has this store open for writing right now."""
    from filelock import FileLock, Timeout

    lock = FileLock(store_of(folder) / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False
