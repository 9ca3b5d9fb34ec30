"""Plain data as a running model again: what `snapshot.py` took is put back, and what was shared is shared again.

Nothing of a snapshot is ever run: classes are looked up by name among those that the program gives, and nowhere else.
"""

from __future__ import annotations

import datetime
import math
import random
import sys
from collections import deque
from collections.abc import Iterable
from typing import Any

import numpy as np

from simulation.serialise.snapshot import (
    BIT_GENERATORS,
    Known,
    Snapshot,
    attributes,
    axes_of,
    describe,
    flat,
    is_whole,
    offset,
    owner,
)

WIDEST = 1 << 20  # bytes that a view may show of an array which has fewer, as one number shown for every place
CONTAINERS = {"list": list, "dict": dict, "set": set, "deque": deque}
FAULTS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError, MemoryError)
"""What `put` raises for a snapshot that does not fit together, or not to the program."""


def put(snapshot: Snapshot, known: Known, existing: Any = None) -> Any:
    """The object that was taken. Memory is copied, so that one snapshot can be put back many times.

    existing: an object of the same make, or parts of one. Objects and arrays of it that fit are filled rather than
    replaced, so that what others hold of them (views, left-out attributes) stays true. Raises one of `FAULTS`.
    """
    return _Putter(snapshot, known).put(existing)


class _Putter:
    """Objects are made, or claimed from `existing`, when first referred to, and filled afterwards, level by level."""

    def __init__(self, snapshot: Snapshot, known: Known):
        self.snapshot, self.known = snapshot, known
        self.made: dict[int, Any] = {}
        self.claimed: set[int] = set()  # ids of what `made` keeps alive
        self.waiting: deque[tuple[list, Any, Any]] = deque()
        self.used: set[int] = set()  # arrays of the snapshot: each is the memory of one

    def put(self, existing: Any) -> Any:
        root = self.reach(0, existing)
        while self.waiting:
            self.fill(*self.waiting.popleft())
        return root

    def reach(self, number: int, existing: Any) -> Any:
        if number not in self.made:
            record = self.snapshot.records[number]
            free = existing is not None and id(existing) not in self.claimed
            thing = existing if free and self.fits(record, existing) else self.make(record, existing)
            self.made[number] = thing
            self.claimed.add(id(thing))
            self.waiting.append((record, thing, existing))
        return self.made[number]

    def fits(self, record: list, existing: Any) -> bool:
        """Whether something that is there can become what was recorded without anybody noticing."""
        kind = type(existing)
        if record[0] == "object":
            return kind is self.known.classes.get(record[1])
        if record[0] == "random":
            return kind is random.Random
        if record[0] == "generator" and kind is np.random.Generator:
            return existing.bit_generator.state["bit_generator"] == record[1]["bit_generator"]
        if record[0] not in ("array", "view") or kind is not np.ndarray or not existing.flags.writeable:
            return False
        number, dtype, shape, lies, *start, writeable = record[1:]
        if not writeable or describe(existing.dtype) != dtype or list(existing.shape) != shape:
            return False
        base = owner(existing)
        if record[0] == "array":
            return base is existing and is_whole(existing) and axes_of(existing) == lies
        same = base is not existing and list(existing.strides) == lies and offset(existing, base) == start[0]
        return same and self.reach(number, base) is base

    def make(self, record: list, existing: Any) -> Any:
        """An empty thing of the recorded kind; arrays come with their content."""
        kind = record[0]
        if kind == "object":
            if record[1] not in self.known.classes:
                raise ValueError(f"'{record[1]}' is no class of the model")
            chosen = self.known.classes[record[1]]
            return chosen.__new__(chosen)
        if kind == "array":
            return self.memory(*record[1:])
        if kind == "view":
            return self.view(existing, *record[1:])
        if kind == "objects":
            if math.prod(record[1]) != len(record[2]):
                raise ValueError("an array is not what its record says")
            return np.empty(record[1], object)
        if kind == "random":
            return random.Random(0)
        if kind == "generator":
            if record[1]["bit_generator"] not in BIT_GENERATORS:
                raise ValueError(f"'{record[1]['bit_generator']}' is no generator")
            return np.random.Generator(getattr(np.random, record[1]["bit_generator"])(0))
        return deque(maxlen=record[2]) if kind == "deque" else CONTAINERS[kind]()

    def memory(self, number: int, dtype: str | list, shape: list[int], axes: list[int], writeable: bool) -> np.ndarray:
        """An array with memory of its own, in the order of axes that it had: sums depend on it in the last digits."""
        content = self.snapshot.arrays[self.once(number)]
        if (
            describe(content.dtype) != dtype
            or content.size != math.prod(shape)
            or sorted(axes) != list(range(len(shape)))
            or type(writeable) is not bool
        ):
            raise ValueError("an array is not what its record says")
        pattern = np.empty([shape[axis] for axis in axes], content.dtype).transpose(np.argsort(axes))
        array = np.empty_like(pattern)
        array.transpose(axes).reshape(-1)[...] = content
        array.setflags(write=writeable)
        return array

    def once(self, number: int) -> int:
        """The number of an array that no other record has: a small file may not be copied into a full memory."""
        if type(number) is not int or number in self.used:
            raise ValueError("two arrays have one memory")
        self.used.add(number)
        return number

    def view(
        self,
        existing: Any,
        number: int,
        dtype: str | list,
        shape: list[int],
        strides: list[int],
        start: int,
        writeable: bool,
    ) -> np.ndarray:
        base = self.reach(number, owner(existing) if type(existing) is np.ndarray else None)
        memory, item = flat(base), _dtype(dtype)
        reach = [(length - 1) * step for length, step in zip(shape, strides, strict=True)]
        first = start + sum(min(step, 0) for step in reach)
        last = start + sum(max(step, 0) for step in reach) + item.itemsize
        if min(shape, default=1) < 1 or first < 0 or last > memory.nbytes or item.hasobject or base.dtype.hasobject:
            raise ValueError("a view looks beyond its array")
        if math.prod(shape) * item.itemsize > max(memory.nbytes, WIDEST) or type(writeable) is not bool:
            raise ValueError("a view is far larger than its array")
        view = np.ndarray(shape, item, memory, start, strides)
        view.setflags(write=writeable and view.flags.writeable)
        return view

    def fill(self, record: list, thing: Any, existing: Any) -> None:
        kind = record[0]
        if kind == "object":
            self.fill_object(record[2], thing, claimed=thing is existing)
        elif kind == "array" and thing is existing:
            flat(thing)[...] = self.snapshot.arrays[self.once(record[1])]
        elif kind == "objects":
            content = np.empty(len(record[2]), object)
            content[:] = self.values(record[2])
            thing[...] = content.reshape(record[1])
        elif kind == "dict":
            old = existing if type(existing) is dict else {}
            for key, code in record[1]:
                key = self.key(key)
                thing[key] = self.value(code, old.get(key))
        elif kind == "set":
            thing.update(map(self.key, record[1]))
        elif kind in CONTAINERS:
            thing.extend(self.values(record[1], existing if type(existing) is type(thing) else ()))
        elif kind == "random":
            thing.setstate(self.value(record[1]))
        elif kind == "generator":
            thing.bit_generator.state = _checked_state(record[1])

    def fill_object(self, codes: dict[str, Any], thing: Any, claimed: bool) -> None:
        kind, old = type(thing), attributes(thing)
        left_out = self.known.left_out(kind)
        missing = old.keys() - codes.keys() - left_out if claimed else ()
        if missing:
            raise ValueError(f"it holds no {kind.__name__}.{min(missing)}")
        for name, code in codes.items():
            if name in left_out:
                raise ValueError(f"it holds {kind.__name__}.{name}, which is never kept")
            value = self.value(code, old.get(name))
            if hasattr(thing, "__dict__"):
                thing.__dict__[name] = value  # past properties and frozen dataclasses
            else:
                object.__setattr__(thing, name, value)

    def values(self, codes: list, existing: Iterable[Any] = ()) -> list:
        if list not in set(map(type, codes)):
            return codes
        old = dict(enumerate(existing))
        return [self.value(code, old.get(index)) for index, code in enumerate(codes)]

    def key(self, code: Any) -> Any:
        """A key or member of a set. Whole numbers that a stranger chose so that all fall together would take for ever."""
        key = self.value(code)
        for part in key if type(key) is tuple else (key,):
            if type(part) is int and abs(part) >= sys.hash_info.modulus:
                raise ValueError("a key is too large a number")
        return key

    def value(self, code: Any, existing: Any = None) -> Any:
        if type(code) is not list:
            return code
        kind, body = code[:2]
        if kind == "ref":
            return self.reach(body, existing)
        if kind == "outer":
            if body not in self.known.outer:
                raise ValueError(f"there is no {body}")
            return self.known.outer[body]
        if kind == "tuple":
            return tuple(self.values(body, existing if type(existing) is tuple else ()))
        if kind == "frozenset":
            return frozenset(map(self.key, body))
        if kind == "number":
            return np.frombuffer(bytes.fromhex(code[2]), _dtype(body))[0]
        if kind == "dtype":
            return _dtype(body)
        if kind == "float":
            return float(body)
        if kind == "date":
            return datetime.date.fromisoformat(body)
        raise ValueError(f"'{kind}' is no kind of value")


def _checked_state(state: dict[str, Any]) -> dict[str, Any]:
    """The state of a bit generator. NumPy believes where it says that it stands, and would read beyond its numbers."""
    place, most = {"MT19937": (state["state"].get("pos", 0), 624), "Philox": (state.get("buffer_pos", 0), 4)}.get(
        state["bit_generator"], (0, 0)
    )
    if type(place) is not int or not 0 <= place <= most:
        raise ValueError("a generator stands beyond its numbers")
    return state


def _dtype(description: str | list) -> np.dtype:
    """The type that `describe` put in words."""

    def field(name: str, kind: str | list, *shape: list[int]) -> tuple:
        return name, kind if isinstance(kind, str) else [field(*part) for part in kind], *map(tuple, shape)

    if isinstance(description, str):
        return np.dtype(description)
    return np.lib.format.descr_to_dtype([field(*part) for part in description])
