"""Forges a kept run field by field, as a stranger could who knows the format: content changes, the digest fits."""

from __future__ import annotations

import copy
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np

from simulation.serialise import checkpoint
from simulation.serialise.snapshot import Snapshot, describe

NUMBERS = (-1, 0, 1, 127, 10**6, 2**31 - 1, 2**40, -(2**40), 2**63, 10**30)
SINGLE = (
    *NUMBERS,
    0.5,
    -0.5,
    1e300,
    -1e300,
    ["float", "nan"],
    ["float", "inf"],
    None,
    True,
    "x",
    ["tuple", []],
    ["ref", 0],
)
SINGLE += (["number", "<f8", "000000000000f87f"], ["outer", "city"], ["dtype", "<f8"], ["frozenset", []])
FILLS = (-1, 0, 1, 3, 127, 10**6, 2**31 - 1, -(2**31), 2**62, 1e300, -1e300, float("nan"), float("inf"), 0.5)
SHAPES = ("flat", "short", "long", "turned", "read-only", "another's", "other type", "objects")


def fields(taken: Snapshot) -> list[tuple[int, str]]:
    """(number of the record, attribute) of every attribute of the first and last object of each class, Mesa's books too."""
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    for number, record in enumerate(taken.records):
        if record[0] == "object":
            first.setdefault(record[1], number)
            last[record[1]] = number
    found = [(number, name) for number in {*first.values(), *last.values()} for name in taken.records[number][2]]
    books = taken.records[0][2]
    for part in ("mesa", "roads"):
        number = books[part][1]
        found += [(number, key) for key, _ in taken.records[number][1]]
    return sorted(found)


def name_of(taken: Snapshot, number: int, name: str) -> str:
    record = taken.records[number]
    return f"{record[1] if record[0] == 'object' else 'Mesa'}.{name}"


def _get(record: list, name: str) -> Any:
    return record[2][name] if record[0] == "object" else next(value for key, value in record[1] if key == name)


def _set(record: list, name: str, value: Any) -> None:
    if record[0] == "object":
        record[2][name] = value
    else:
        next(pair for pair in record[1] if pair[0] == name)[1] = value


def forgeries(taken: Snapshot, number: int, name: str) -> Iterator[str]:
    """Words for everything that can be done to a field; `forge` does one of them."""
    yield from (f"value {index}" for index in range(len(SINGLE)))
    yield "gone"
    code = _get(taken.records[number], name)
    yield from _inner(taken, code, "")


def _inner(taken: Snapshot, code: Any, way: str) -> Iterator[str]:
    if type(code) is not list or code[0] != "ref":
        if type(code) is list and code[0] == "tuple" and code[1]:
            yield from (f"{way}item {index}" for index in range(len(SINGLE)))
        return
    record = taken.records[code[1]]
    yield from (f"{way}other record {index}" for index in range(8))
    if record[0] in ("array", "view"):
        yield from (f"{way}fill {index}" for index in range(len(FILLS)))
        yield from (f"{way}one {index}" for index in range(len(FILLS)))
        yield from (f"{way}shape {index}" for index in range(len(SHAPES)))
    elif record[0] in ("list", "dict", "set", "objects"):
        yield from (f"{way}{what}" for what in ("empty", "twice", "fewer"))
        yield from (f"{way}item {index}" for index in range(len(SINGLE)))
        yield from (f"{way}key {index}" for index in range(len(SINGLE)) if record[0] == "dict")
        items = record[1] if record[0] != "objects" else record[2]
        if items and not way:
            inner = items[0][1] if record[0] == "dict" else items[0]
            yield from _inner(taken, inner, "in: ")


def forge(taken: Snapshot, number: int, name: str, what: str, luck: np.random.Generator) -> Snapshot:
    """A copy with one thing done to one field; what is left as it is belongs to both."""
    forged = Snapshot(list(taken.records), list(taken.arrays))
    record = _own(forged, number)
    code = _get(record, name)
    if what == "gone":
        if record[0] == "object":
            del record[2][name]
        else:
            record[1][:] = [pair for pair in record[1] if pair[0] != name]
        return forged
    if what.startswith("value "):
        _set(record, name, SINGLE[int(what.split()[1])])
        return forged
    if what.startswith("in: "):
        what = what[4:]
        inner = _own(forged, code[1])
        items = inner[1] if inner[0] != "objects" else inner[2]
        code = items[0][1] if inner[0] == "dict" else items[0]
    _change(forged, code, what, luck)
    return forged


def _own(forged: Snapshot, number: int) -> list:
    """A record that may be changed."""
    forged.records[number] = copy.deepcopy(forged.records[number])
    return forged.records[number]


def _change(forged: Snapshot, code: list, what: str, luck: np.random.Generator) -> None:
    kind, _, rest = what.partition(" ")
    if kind == "other":
        code[1] = int(luck.integers(len(forged.records)))
        return
    if code[0] == "tuple":
        code[1][int(luck.integers(len(code[1])))] = SINGLE[int(rest)]
        return
    record = _own(forged, code[1])
    if record[0] in ("array", "view"):
        while record[0] == "view" and kind != "shape":
            record = _own(forged, record[1])
        _change_array(forged, record, kind, int(rest), luck)
        return
    items = record[2] if record[0] == "objects" else record[1]
    if kind == "empty":
        items.clear()
    elif kind == "fewer" and items:
        items.pop()
    elif kind == "twice" and items:
        items.append(items[0])
    elif kind == "key" and items:
        items[int(luck.integers(len(items)))][0] = SINGLE[int(rest)]
    elif kind == "item":
        if not items:
            items.append(["x", SINGLE[int(rest)]] if record[0] == "dict" else SINGLE[int(rest)])
        elif record[0] == "dict":
            items[int(luck.integers(len(items)))][1] = SINGLE[int(rest)]
        else:
            items[int(luck.integers(len(items)))] = SINGLE[int(rest)]


def _change_array(forged: Snapshot, record: list, kind: str, which: int, luck: np.random.Generator) -> None:
    if kind == "shape" and record[0] == "view":
        record[3], record[5] = [1], 0
        return
    array = forged.arrays[record[1]].copy()
    if kind in ("fill", "one"):
        parts = [array[name] for name in array.dtype.names] if array.dtype.names else [array]
        for part in parts:
            if part.dtype.kind in "iuf" and part.size:
                value = np.float64(FILLS[which])
                if part.dtype.kind in "iu":
                    limits = np.iinfo(part.dtype)
                    value = np.nan_to_num(np.clip(value, limits.min, limits.max - (limits.max > 2**53) * 1024))
                part[slice(None) if kind == "fill" else int(luck.integers(part.size))] = value
            elif part.dtype.kind == "b" and part.size:
                part[:] = ~part
    else:
        shape = SHAPES[which]
        if shape == "flat":
            record[3], record[4] = [array.size], [0]
        elif shape in ("short", "long"):
            array = array[:-1] if shape == "short" else np.append(array, array[:1])
            record[3], record[4] = [array.size], [0]
        elif shape == "turned":
            record[3], record[4] = record[3][::-1], record[4][::-1]
        elif shape == "read-only":
            record[5] = False
        elif shape == "another's":
            record[1] = int(luck.integers(len(forged.arrays)))
            return
        elif shape == "other type":
            array = array.astype(">i8") if not array.dtype.names else array.view(np.uint8)
            record[2], record[3], record[4] = describe(array.dtype), [array.size], [0]
        elif shape == "objects":
            record[:] = ["objects", [array.size], [None] * array.size]
            return
    forged.arrays[record[1]] = array


def forge_file(saved, tmp_path, change):
    """A copy of the file with `change(header, records)` done to it and its checksum made right."""
    path = tmp_path / "forged.katye"
    path.write_bytes(saved)
    with zipfile.ZipFile(path) as archive:
        head = json.loads(archive.read(checkpoint.HEADER))
        members = {name: archive.read(name) for name in archive.namelist() if name != checkpoint.HEADER}
    head.pop("sha256")
    records = json.loads(members[checkpoint.RECORDS])
    change(head["model"], records)
    members[checkpoint.RECORDS] = json.dumps(records).encode()
    head["sha256"] = checkpoint._digest(head, members)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(checkpoint.HEADER, json.dumps(head))
        for name, content in members.items():
            archive.writestr(name, content)
    return path
