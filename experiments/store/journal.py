"""Files of JSON lines that only grow: every line carries its checksum and is on the disk before the next step.

A line that was cut short, by a kill or a full disk, is left as it is and skipped by the reader; the next line starts anew.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from simulation.runs.results import flush, plain

TAIL = len(',"crc":"00000000"}')


def append_lines(path: Path, entries: Iterable[Mapping[str, Any]]) -> int:
    """Add a line an entry, one write and one fsync for all; returns the bytes written. OSError as the disk has it."""
    content = b"".join(_line(entry) for entry in entries)
    fresh = not path.exists()
    with open(path, "ab+", buffering=0) as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                content = b"\n" + content
        written = 0
        while written < len(content):  # the last write before a disk is full takes a part only
            written += file.write(content[written:])
        os.fsync(file.fileno())
    if fresh:
        flush(path.parent)
    return written


def read_lines(path: Path) -> tuple[list[dict[str, Any]], int]:
    """All whole entries, and how many lines are not whole. No file: no entries."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return [], 0
    lines = [line for line in lines if line]
    entries = [entry for entry in map(_entry, lines) if entry is not None]
    return entries, len(lines) - len(entries)


def _line(entry: Mapping[str, Any]) -> bytes:
    text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"), default=plain).encode()
    return b'%b,"crc":"%08x"}\n' % (text[:-1], zlib.crc32(text))


def _entry(line: bytes) -> dict[str, Any] | None:
    body = line[:-TAIL] + b"}"
    if line[-TAIL:] != b',"crc":"%08x"}' % zlib.crc32(body):
        return None
    return json.loads(body)
