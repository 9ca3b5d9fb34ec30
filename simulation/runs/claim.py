"""The place of a result is claimed before the work begins, so that two processes never work towards one folder."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from simulation.errors import InputError
from simulation.files.atomic import naming
from simulation.runs.results import check_output_folder, numbered


@contextlib.contextmanager
def claimed_folder(out: str | Path | None, usual: Path) -> Iterator[Path]:
    """The absolute path of a folder to make, which nobody else who asks like this gets meanwhile.

    `out`, or if it is None the first of usual, usual-2, usual-3 ... that neither is there nor claimed. InputError if `out` is
    there, cannot be made, or is claimed. The claim belongs to the process: when that dies, however, it is gone. On a disk
    without locks nothing is claimed; whoever comes second then finds the folder taken.
    """
    for place in [out] if out else numbered(usual):
        if not out and os.path.lexists(place):
            continue
        folder = check_output_folder(place)
        with _lock(folder) as ours:
            if ours:
                yield folder
                return
        if out:
            hint = "Choose another --out, or wait until it is done"
            raise InputError("another process is about to make it", f"output folder {out}", hint)


@contextlib.contextmanager
def _lock(folder: Path) -> Iterator[bool]:
    """A hidden file beside a folder that is to be made, locked; false if another process has it or has made the folder."""
    from filelock import FileLock, Timeout

    made = [parent for parent in folder.parents if not parent.exists()]
    lock = FileLock(folder.with_name(f".{folder.name}-claim"), thread_local=False)
    try:
        with naming(folder):
            folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            yield False
            return
        except (OSError, NotImplementedError):
            yield True
            return
        try:
            yield not os.path.lexists(folder)
        finally:
            # Whoever opened the file just before has a lock on nothing, and finds the folder made or taken in the end.
            with contextlib.suppress(OSError):
                os.unlink(lock.lock_file)
            lock.release()
    finally:
        for parent in made:
            with contextlib.suppress(OSError):
                parent.rmdir()
