"""Files that are whole or not there: written beside their place, flushed to the disk, and renamed."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from simulation.errors import InputError


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """What `write(hidden path)` makes takes the place of `path` in one step, and is on the disk when this returns.

    Whatever stops it, `path` is as it was and nothing is left beside it. Raises what `write` raises, and OSError.
    """
    hidden = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        write(hidden)
        flush(hidden)
        os.replace(hidden, path)
    finally:
        hidden.unlink(missing_ok=True)
    flush(path.parent)


def flush(path: Path) -> None:
    """What was written to a file, or the names in a folder, is on the disk when this returns."""
    if path.is_dir() and os.name == "nt":  # Windows cannot open a folder
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes) -> None:
    """A file written beside its place and then renamed: never half of it. InputError if it cannot be."""
    try:
        write_atomically(path, lambda hidden: hidden.write_bytes(content))
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", str(path)) from None
