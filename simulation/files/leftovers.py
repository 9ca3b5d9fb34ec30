"""What killed processes have left: hidden files and folders that were to take the place of others, and never did."""

from __future__ import annotations

import contextlib
import re
import shutil
import time
from pathlib import Path

UNTOUCHED = 60.0  # seconds, after which nobody is at work in it: a table is written in a few
LEFT = re.compile(r"\..+-(?:[0-9a-f]{8}|\d+|[a-z0-9_]{8})|.+\.(?:part|new)")
"""Names as `write_atomically`, `replace_file` and `tempfile.mkdtemp` give them."""


def clear_leftovers(folder: Path, mine: bool = True) -> None:
    """Delete what is left in a folder and its store. What cannot be deleted stays.

    mine: whether this process alone writes here, so that the tables, replays and databases that a store has are left for good.
    """
    for place in (folder, folder / "store", folder / "csv", folder / "figures", folder / "replay"):
        for path in place.iterdir() if place.is_dir() else ():
            if LEFT.fullmatch(path.name) and ((mine and _of_a_store(path)) or _untouched(path)):
                delete(path)


def clear_beside(folder: Path) -> None:
    """Delete the hidden folders in which earlier processes began to make this one, and folders that tried the disk."""
    name = re.compile(rf"\.(?:{re.escape(folder.name)}|katye)-[a-z0-9_]{{8}}")
    for path in folder.parent.iterdir() if folder.parent.is_dir() else ():
        if name.fullmatch(path.name) and path.is_dir() and _untouched(path):
            delete(path)


def delete(path: Path) -> None:
    """A file or a folder with all that is in it, if it can be deleted."""
    with contextlib.suppress(OSError):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def _of_a_store(path: Path) -> bool:
    return (
        path.name.startswith((".replay-", "study.sqlite"))
        or re.fullmatch(r"\..+\.(?:parquet|json)-\d+", path.name) is not None
    )


def _untouched(path: Path) -> bool:
    """Whether nobody has written in it for a while."""
    try:
        times = [one.lstat().st_mtime for one in (path, *(path.rglob("*") if path.is_dir() else ()))]
    except OSError:  # somebody is at work there
        return False
    return time.time() - max(times) > UNTOUCHED
