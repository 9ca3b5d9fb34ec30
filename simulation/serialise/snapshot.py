"""A running model as plain data, with everything that is shared noted as shared; `restoring.py` puts it back.

`take` walks all that can be reached from an object. It knows plain values, containers, NumPy arrays (views of one memory
stay views of one memory), random generators, and instances of the classes it is told about. It fails at anything else and
names the attribute: state that is added to a model is either kept or noticed.
"""

from __future__ import annotations

import datetime
import math
import random
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from simulation.errors import InputError
from simulation.serialise.kept import derived_of

PLAIN = {type(None), bool, int, str}  # what JSON takes and gives back as it is, and so it does finite floats
BIT_GENERATORS = ("PCG64", "PCG64DXSM", "Philox", "SFC64", "MT19937")


@dataclass(frozen=True)
class Known:
    """What a snapshot may hold besides plain data, arrays and generators.

    classes: name -> class whose instances are taken attribute by attribute. outer: name -> thing that is named and not
    taken, because whoever puts the snapshot back has it (parameters, maps, functions). rebuilt: class -> attributes that
    are left out besides those that the class itself calls `derived` (`kept.py`); subclasses inherit both.
    """

    classes: Mapping[str, type]
    outer: Mapping[str, Any] = field(default_factory=dict)
    rebuilt: Mapping[type, Collection[str]] = field(default_factory=dict)

    def left_out(self, kind: type) -> set[str]:
        """Attributes of a class that are not taken."""
        return derived_of(kind) | {name for base in kind.__mro__ for name in self.rebuilt.get(base, ())}


@dataclass
class Snapshot:
    """records: one list for each object, as JSON takes it; the first is the root. arrays: memory, one-dimensional each.

    The arrays are those of the living object: write them, or put them back, before it goes on.
    """

    records: list[list]
    arrays: list[np.ndarray]


def take(root: Any, known: Known) -> Snapshot:
    """All that is reachable from `root`, which is left as it is. InputError naming the first attribute it cannot take."""
    return _Taker(known).take(root)


def attributes(thing: Any) -> dict[str, Any]:
    """Attributes that an instance itself holds, slots included."""
    slots = [name for base in type(thing).__mro__ for name in getattr(base, "__slots__", ())]
    held = {name: getattr(thing, name) for name in slots if name != "__dict__" and hasattr(thing, name)}
    return held | getattr(thing, "__dict__", {})


def describe(dtype: np.dtype) -> str | list:
    """A type of array elements as JSON takes it: a text, or for records a list of fields."""

    def listed(part: Any) -> Any:
        return [listed(item) for item in part] if isinstance(part, (list, tuple)) else part

    return dtype.str if dtype.names is None else listed(np.lib.format.dtype_to_descr(dtype))


def owner(array: np.ndarray) -> np.ndarray:
    """The array whose memory this one looks at; itself if it has its own."""
    while type(array.base) is np.ndarray:
        array = array.base
    return array


def axes_of(array: np.ndarray) -> list[int]:
    """The order of axes in which the array lies in memory, slowest first."""
    return sorted(range(array.ndim), key=lambda axis: -array.strides[axis])


def is_whole(array: np.ndarray) -> bool:
    """Whether the array fills its stretch of memory without gaps, in whatever order of axes."""
    return array.transpose(axes_of(array)).flags.c_contiguous


def flat(array: np.ndarray) -> np.ndarray:
    """The memory of a whole array, one-dimensional, as a view."""
    return array.transpose(axes_of(array)).reshape(-1)


def offset(view: np.ndarray, base: np.ndarray) -> int:
    """Bytes from the start of `base` to that of a view of it."""
    return view.__array_interface__["data"][0] - base.__array_interface__["data"][0]


class _Taker:
    """Objects are numbered as they are met, level by level; a value that cannot change stands where it is used.

    A path is (path of the owner, ".attribute", key or index); it becomes text when an error needs it.
    """

    def __init__(self, known: Known):
        self.known = known
        self.names = {kind: name for name, kind in known.classes.items()}
        self.outer = {id(thing): name for name, thing in known.outer.items()}
        self.numbers: dict[int, int] = {}
        self.met: list[tuple[Any, tuple]] = []  # keeps everything alive, so that no id comes twice
        self.arrays: list[np.ndarray] = []
        self.lent: list[
            tuple[int, int, tuple]
        ] = []  # first and last byte of memory that is not NumPy's, and whose it is

    def take(self, root: Any) -> Snapshot:
        self.number(root, ())
        records: list[list] = []
        while len(records) < len(self.met):
            records.append(self.record(*self.met[len(records)]))
        self.check_lent()
        return Snapshot(records, self.arrays)

    def check_lent(self) -> None:
        """Arrays over one piece of memory of another library do not know of each other, and would be parted."""
        end = -1
        for first, last, path in sorted(self.lent, key=lambda piece: piece[:2]):
            if first <= end:
                raise InputError("it shares memory that NumPy does not own", _as_text(path), "Keep a copy of it")
            end = max(end, last)

    def number(self, thing: Any, path: tuple) -> int:
        found = self.numbers.get(id(thing))
        if found is None:
            found = self.numbers[id(thing)] = len(self.met)
            self.met.append((thing, path))
        return found

    def code(self, value: Any, path: tuple) -> Any:
        kind = type(value)
        if kind in PLAIN or (kind is float and math.isfinite(value)):
            return value
        if id(value) in self.outer:
            return ["outer", self.outer[id(value)]]
        if kind is float:
            return ["float", repr(value)]
        if kind is tuple:
            return ["tuple", self.codes(value, path)]
        if kind is frozenset:
            return ["frozenset", self.codes(self.keys(value, path), path)]
        if isinstance(value, np.generic) and not value.dtype.hasobject:
            return ["number", describe(value.dtype), value.tobytes().hex()]
        if isinstance(value, np.dtype) and not value.hasobject:
            return ["dtype", describe(value)]
        if kind is datetime.date:
            return ["date", value.isoformat()]
        return ["ref", self.number(value, path)]

    def codes(self, values: Iterable[Any], path: tuple) -> list:
        values = list(values)
        if set(map(type, values)) <= PLAIN:
            return values
        return [self.code(value, (path, index)) for index, value in enumerate(values)]

    def record(self, thing: Any, path: tuple) -> list:
        kind = type(thing)
        if kind is list:
            return ["list", self.codes(thing, path)]
        if kind is dict:
            pairs = zip(self.keys(thing, path), thing.values())
            return ["dict", [[self.code(key, path), self.code(value, (path, key))] for key, value in pairs]]
        if kind is set:
            return ["set", self.codes(self.keys(thing, path), path)]
        if kind is deque:
            return ["deque", self.codes(thing, path), thing.maxlen]
        if kind is np.ndarray:
            return self.array(thing, path)
        if kind is random.Random:
            return ["random", self.code(thing.getstate(), path)]
        if kind is np.random.Generator and thing.bit_generator.state["bit_generator"] in BIT_GENERATORS:
            return ["generator", _listed(thing.bit_generator.state)]
        if kind in self.names:
            left_out = self.known.left_out(kind)
            held = [(name, value) for name, value in attributes(thing).items() if name not in left_out]
            return ["object", self.names[kind], {name: self.code(value, (path, f".{name}")) for name, value in held}]
        raise _unknown(thing, path)

    def keys(self, keys: Collection, path: tuple) -> list:
        """Keys of a dictionary in its order, members of a set sorted if they can be. InputError if one cannot be a key again.

        What is looked up by content must have it when it becomes a key; objects get theirs later.
        """
        for key in keys:
            for part in key if type(key) is tuple else (key,):
                plain = part is None or isinstance(part, (bool, int, float, str, datetime.date, np.generic))
                if not plain and type(part).__hash__ is not object.__hash__:
                    raise _unknown(part, (path, key))
        if isinstance(keys, (set, frozenset)):
            try:
                return sorted(keys)
            except TypeError:
                pass
        return list(keys)

    def array(self, array: np.ndarray, path: tuple) -> list:
        base = owner(array)
        if array.dtype == object and base is array:
            return ["objects", list(array.shape), self.codes(array.flat, path)]
        if array.dtype.hasobject:
            raise _unknown(array, path)
        writeable = bool(array.flags.writeable)
        whole = is_whole(base)
        if base is not array and whole and array.size:
            number = self.number(base, (path, ".base"))
            looks = [list(array.shape), list(array.strides), offset(array, base)]
            return ["view", number, describe(array.dtype), *looks, writeable]
        if base.base is not None and array.size:
            start, reach = (
                base.__array_interface__["data"][0],
                [(n - 1) * step for n, step in zip(base.shape, base.strides)],
            )
            first, last = (start + sum(edge(step, 0) for step in reach) for edge in (min, max))
            self.lent.append((first, last + base.itemsize - 1, path))
        if not whole:
            array = np.ascontiguousarray(array)
        self.arrays.append(flat(array))
        looks = [list(array.shape), axes_of(array)]
        return ["array", len(self.arrays) - 1, describe(array.dtype), *looks, writeable]


def _listed(state: Any) -> Any:
    """The state of a bit generator with lists for arrays; NumPy takes it back like this."""
    if isinstance(state, dict):
        return {name: _listed(value) for name, value in state.items()}
    return state.tolist() if isinstance(state, (np.ndarray, np.generic)) else state


def _as_text(path: tuple) -> str:
    steps: list[str] = []
    while path:
        path, step = path
        steps.append(step if isinstance(step, str) and step.startswith(".") else f"[{step!r}]")
    return "".join(reversed(steps)).lstrip(".")


def _unknown(thing: Any, path: tuple) -> InputError:
    kind = type(thing)
    hint = "Hold numbers, text, lists, dictionaries, arrays, or instances of classes that the model names as its own"
    return InputError(f"a {kind.__module__}.{kind.__qualname__} cannot be saved", _as_text(path), hint)
