"""A disk that refuses: from a chosen write on, nothing below a folder can be written, whatever the program writes with.

Python tells of every file that it opens, makes or renames (`sys.addaudithook`), also from within libraries; only SQLite opens
its own. What is deleted is deleted.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
NAMELESS = {errno.ENOSPC, errno.EIO}  # come when bytes are written, and then name no file
HIDDEN = re.compile(r"\..+-(?:[0-9a-f]{8}|\d+|[a-z0-9_]{8}|new|claim)")


class Disk:
    """`folder`, whose writes are counted in `writes`; those from number `first` on fail with `code`, if that is given."""

    def __init__(self, folder: Path, first: int | None = None, code: int = errno.ENOSPC):
        self.folder, self.first, self.code = str(folder), first, code
        self.writes: list[str] = []

    def asked(self, event: str, arguments: tuple) -> None:
        if event == "open":
            path, mode, flags = arguments
            if not (flags & WRITING if mode is None else set(str(mode)) & set("wax+")):
                return
        elif event in ("os.mkdir", "os.rename"):
            path = arguments[0]
        else:
            return
        if isinstance(path, str | bytes | os.PathLike) and os.path.abspath(os.fsdecode(path)).startswith(self.folder):
            self.writes.append(f"{event} {os.fsdecode(path)}")
            if self.first is not None and len(self.writes) > self.first:
                raise OSError(self.code, os.strerror(self.code), *([] if self.code in NAMELESS else [path]))


_disks: list[Disk] = []
_hooked: list[bool] = []


def _hook(event: str, arguments: tuple) -> None:
    for disk in _disks:
        disk.asked(event, arguments)


@contextlib.contextmanager
def broken(folder: Path, first: int | None = None, code: int = errno.ENOSPC) -> Iterator[Disk]:
    """Meanwhile the disk below `folder` is such a one."""
    if not _hooked:  # for good: Python takes no hook back
        sys.addaudithook(_hook)
        _hooked.append(True)
    _disks.append(Disk(folder, first, code))
    try:
        yield _disks[-1]
    finally:
        _disks.pop()


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder and what it holds."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def hidden(folder: Path) -> list[Path]:
    """What was to take the place of something, and is left."""
    return [path for path in folder.rglob(".*") if HIDDEN.fullmatch(path.name)]
