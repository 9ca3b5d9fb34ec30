"""Files that are whole or not there: written beside their place, flushed to the disk, and renamed."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from simulation.errors import UnwritableError, refusal


def write_atomically(path: Path, write: Callable[[Path], object], mark: str = "") -> None:
    """What `write(hidden path)` makes takes the place of `path` in one step, and is on the disk when this returns.

    Whatever stops it, `path` is as it was and nothing is left beside it. Raises what `write` raises, and OSError, which names
    `path`. mark: the end of the hidden name; one by chance unless given.
    """
    hidden = path.with_name(f".{path.name}-{mark or secrets.token_hex(4)}")
    with naming(path):
        try:
            write(hidden)
            flush(hidden)
            os.replace(hidden, path)
        except BaseException:
            with contextlib.suppress(OSError):  # what stopped it is told, not what came of that
                hidden.unlink(missing_ok=True)
            raise
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
    with writing(path):
        write_atomically(path, lambda hidden: hidden.write_bytes(content))


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """What the system refuses within is an UnwritableError of this file."""
    try:
        yield
    except OSError as error:
        raise UnwritableError(f"cannot be written ({refusal(error)})", str(path)) from None


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """An OSError from within names a file as its reader knows it: `path`, or what is to be there in the end.

    A full disk names no file, and hidden names (`.table.csv-1a2b3c4d`) tell nobody anything.
    """
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, refusal(error), str(_shown(path, error.filename))) from error
    except UnwritableError as error:
        raise UnwritableError(error.what, str(_shown(path, error.where)), error.hint) from None


def _shown(path: Path, name: object) -> Path:
    if not isinstance(name, str | bytes):
        return path
    found = Path(os.fsdecode(name))
    for place in (found, *found.parents):
        if place.parent == path.parent and place.name.startswith(f".{path.name}-"):
            return path / found.relative_to(place)
    return found
