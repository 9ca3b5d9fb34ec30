"""A snapshot as one file, which cannot run anything: a zip of JSON and of NumPy arrays that hold no objects.

The file says what it is (format and its version, versions of the program and of its libraries), carries whatever header the
model gives, and a SHA-256 of all of it. It is written beside its place and moved there when it is whole.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from simulation.errors import InputError, refusal
from simulation.files.atomic import write_atomically, writing
from simulation.files.checked_text import check_plain, shown, told
from simulation.files.paths import whole_path
from simulation.runs.results import versions
from simulation.serialise.snapshot import Snapshot, describe

NAME = "katye checkpoint"
FORMAT = 1  # grows with every change after which older programs or older files cannot be read
HEADER, RECORDS = "katye-checkpoint.json", "records.json"
POOLED = 1 << 15  # arrays of fewer bytes share one member of the zip for each type
SAMPLE = 1 << 15  # bytes that tell whether compressing an array is worth its time
MOST = 1 << 29  # bytes that a file may unpack to; a year of the whole city, everything recorded, is a sixth of it
MOST_TEXT = 1 << 27  # bytes of one JSON member; the records of such a year are a hundredth of it
MOST_PARTS = (
    1 << 22
)  # things in one JSON member, each a hundred bytes of memory or two; such a year has a twentieth of them
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def write(path: str | Path, snapshot: Snapshot, header: Mapping[str, Any]) -> None:
    """Write a snapshot with the model's own header (whatever JSON takes). Equal content gives equal bytes.

    A checkpoint that is there already is replaced in one step; any other file is left alone (InputError, as for a folder
    that is missing or cannot be written).
    """
    path = check_target(path)
    members = {RECORDS: _json(snapshot.records), **_packed(snapshot.arrays)}
    head = {"format": NAME, "version": FORMAT, "made_by": versions(), "model": header}
    head["sha256"] = _digest(head, members)
    size = sum(map(len, members.values()))
    if size > MOST or not _is_modest(members[RECORDS]):
        raise InputError(f"the run holds too much ({size:,} bytes) to be opened again", str(path), "Record less")

    def zipped(hidden: Path) -> None:
        with zipfile.ZipFile(hidden, "w") as archive:
            _add(archive, HEADER, _json(head), zipfile.ZIP_STORED)
            for name, content in members.items():
                _add(archive, name, content, zipfile.ZIP_DEFLATED if _shrinks(content) else zipfile.ZIP_STORED)

    with writing(path):
        write_atomically(path, zipped)


def check_target(path: str | Path) -> Path:
    """The absolute path of a checkpoint that can be written; InputError otherwise. Makes nothing."""
    path, where = whole_path(path), str(path)
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {path.parent}", where)
    if path.is_dir():
        raise InputError("it is a folder", where, "A checkpoint is one file")
    if path.exists() and not is_checkpoint(path):
        raise InputError("it exists and is no checkpoint; it is not overwritten", where, "Choose another name")
    try:
        os.rmdir(tempfile.mkdtemp(prefix=".katye-", dir=path.parent))
    except OSError as error:
        raise InputError(f"cannot write in {path.parent} ({refusal(error)})", where) from None
    return path


def is_checkpoint(path: Path) -> bool:
    """Whether a file begins like a checkpoint, whole or not."""
    try:
        with path.open("rb") as file:
            start = file.read(30 + len(HEADER))
    except OSError:
        return False
    return start[:4] == b"PK\x03\x04" and start[30:] == HEADER.encode()


def read(path: str | Path) -> tuple[Snapshot, dict[str, Any], dict[str, str]]:
    """Snapshot, the model's header, and the versions of what made the file.

    InputError: no such file, no checkpoint, incomplete, altered, or of another format version.
    """
    path, where = whole_path(path), str(path)
    if not path.is_file():
        near = sorted(found.name for found in path.parent.glob(f"*{path.suffix}"))[:5] if path.suffix else []
        raise InputError("no such file", where, f"The folder holds {', '.join(near)}" if near else "")
    if not is_checkpoint(path):
        raise InputError("this is not a Katye checkpoint", where, "They are written by save() and by --save")
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(archive, where)
            head = _parsed(_content(archive, HEADER))
            _check_version(head, where)
            members = {name: _content(archive, name) for name in archive.namelist() if name != HEADER}
        if head.pop("sha256") != _digest(head, members):
            raise InputError("the file was altered or damaged: its content does not match its checksum", where)
        records = _parsed(members.pop(RECORDS))
        check_plain([head, records], where)
        return Snapshot(records, _unpacked(members)), head["model"], head["made_by"]
    except InputError:
        raise
    except zipfile.BadZipFile:
        hint = "Copy it again or run the simulation again"
        raise InputError("the file is incomplete or damaged", where, hint) from None
    except Exception as error:  # whatever readers of zip, JSON and arrays raise for bytes that a stranger wrote
        raise InputError(f"the file is damaged ({told(error)})", where) from None


def maker(made_by: Mapping[str, Any]) -> str:
    """The program that made a file, by what the file says."""
    return f"Katye {shown(str(made_by.get('katye', 'of an unknown version')).replace(chr(10), ' '))[:40]}"


def _check_sizes(archive: zipfile.ZipFile, where: str) -> None:
    """What the file says it unpacks to, before anything is unpacked: a small file may not fill the memory."""
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > MOST:
        raise InputError(f"it would unpack to {unpacked / 2**30:.1f} GB and is not opened", where)


def _content(archive: zipfile.ZipFile, name: str) -> bytes:
    """A member, of which no more is ever unpacked than it says that it holds."""
    member = archive.getinfo(name)
    if member.compress_type not in METHODS:
        raise ValueError(f"{name} is compressed in a way that is never used")
    with archive.open(member) as file:
        content = file.read(member.file_size)
        if len(content) != member.file_size or file.read(1):
            raise ValueError(f"{name} is not as long as it says")
    return content


def _is_modest(content: bytes) -> bool:
    """Whether JSON would take a bounded memory once it is read."""
    return len(content) <= MOST_TEXT and sum(content.count(mark) for mark in (b"[", b"{", b",", b":")) <= MOST_PARTS


def _parsed(content: bytes) -> Any:
    if not _is_modest(content):
        raise ValueError("it holds too many things")
    return json.loads(content)


def _check_version(head: Mapping[str, Any], where: str) -> None:
    if head["format"] != NAME:
        raise InputError("this is not a Katye checkpoint", where)
    made = maker(head["made_by"])
    if head["version"] > FORMAT:
        raise InputError(f"made by a newer version ({made})", where, "Update Katye to open it")
    if head["version"] < FORMAT:
        hint = "Run the simulation again, or open it with that version"
        raise InputError(f"made by an older version ({made}), whose checkpoints cannot be read any more", where, hint)


def _json(content: Any) -> bytes:
    return json.dumps(content, separators=(",", ":"), allow_nan=False).encode()


def _digest(head: Mapping[str, Any], members: Mapping[str, Any]) -> str:
    """SHA-256 of the header and of every member's name, length and content."""
    total = hashlib.sha256(_json({key: head[key] for key in sorted(head)}))
    for name in sorted(members):
        total.update(f"\n{name} {len(members[name])}\n".encode())
        total.update(members[name])
    return total.hexdigest()


def _packed(arrays: list[np.ndarray]) -> dict[str, bytes]:
    """Members of the zip: `array-<number>.npy`, and small arrays of one type end to end in `small-<number>.npy`.

    `places.json` tells for each array its member and, in a shared one, its first and last element.
    """
    alone: dict[str, np.ndarray] = {}
    small: dict[str, list[np.ndarray]] = {}
    places: list[list] = []
    ends: dict[str, int] = {}
    for number, array in enumerate(arrays):
        if array.nbytes >= POOLED:
            alone[f"array-{number}"] = array
            places.append([f"array-{number}", 0, array.size])
        else:
            kind = str(describe(array.dtype))
            small.setdefault(kind, []).append(array)
            name = f"small-{list(small).index(kind)}"
            places.append([name, ends.get(name, 0), ends.get(name, 0) + array.size])
            ends[name] = places[-1][2]
    pools = {f"small-{number}": np.concatenate(pool) for number, pool in enumerate(small.values())}
    members = {"places.json": _json(places)}
    return members | {f"{name}.npy": _npy(array) for name, array in (pools | alone).items()}


def _unpacked(members: dict[str, bytes]) -> list[np.ndarray]:
    places = _parsed(members.pop("places.json"))
    found = {}
    for name, content in members.items():
        array = np.load(io.BytesIO(content), allow_pickle=False)
        if not isinstance(array, np.ndarray) or array.ndim != 1 or not array.itemsize:
            raise ValueError(f"{name} is no row of numbers")
        found[name.removesuffix(".npy")] = array
    arrays, ends = [], dict.fromkeys(found, 0)
    for name, start, stop in places:  # each piece of memory belongs to one array: no small file becomes many copies
        if not (type(start) is type(stop) is int and ends[name] == start <= stop <= found[name].size):
            raise ValueError(f"an array lies outside {name}, or on another")
        ends[name] = stop
        arrays.append(found[name][start:stop])
    return arrays


def _npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _shrinks(content: bytes) -> bool:
    """Whether compressing is worth its time: the digits of random numbers hardly shrink, and cost most of it."""
    if len(content) < SAMPLE:
        return True
    middle = len(content) // 2
    sample = content[middle : middle + SAMPLE]
    return len(zlib.compress(sample, 1)) < 0.85 * len(sample)


def _add(archive: zipfile.ZipFile, name: str, content: bytes, method: int) -> None:
    entry = zipfile.ZipInfo(name)  # its fixed date keeps equal content equal
    entry.compress_type = method
    archive.writestr(entry, content, compresslevel=1)
