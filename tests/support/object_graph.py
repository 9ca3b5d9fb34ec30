"""Two objects compared down to the last thing they can reach: values, attributes, order, and who shares what with whom.

It knows nothing of how models are saved, so that what saving forgets is found here.
"""

from __future__ import annotations

import datetime
import itertools
import pathlib
import random
import types
import weakref
from collections import deque

import numpy as np

from simulation.port.plugins import Brought

ATOMS = (type(None), bool, int, float, complex, str, bytes, datetime.date, datetime.datetime, datetime.timedelta)
SAME = (type, types.ModuleType, types.BuiltinFunctionType, types.CodeType, np.dtype, pathlib.Path, Brought)


def differences(a, b, ignore=(), common=(), most=10) -> list[str]:
    """What differs, as text with the way to it, nearest first; empty if nothing does.

    ignore: "Class.attribute" names that are not looked at. common: types of which both sides may hold the same instance;
    anything else that can change and belongs to both is reported as shared.
    """
    return _Comparison(frozenset(ignore), tuple(common)).run(a, b, most)


class _Comparison:
    def __init__(self, ignore, common):
        self.ignore, self.common = ignore, common
        self.found: list[str] = []
        self.twins: dict[int, object] = {}  # id on the left -> its counterpart on the right
        self.backward: dict[int, object] = {}
        self.kept: list = []  # temporaries stay alive, so that ids mean one thing
        self.waiting: deque = deque()

    def run(self, a, b, most) -> list[str]:
        self.waiting.append((a, b, ""))
        while self.waiting and len(self.found) < most:
            self.compare(*self.waiting.popleft())
        return self.found

    def say(self, path, text) -> None:
        self.found.append(f"{path or 'the whole'}: {text}")

    def compare(self, a, b, path) -> None:
        if type(a) is not type(b):
            self.say(path, f"{type(a).__name__} against {type(b).__name__}")
        elif isinstance(a, ATOMS):
            if repr(a) != repr(b):  # tells -0.0 from 0.0 and finds nan equal to nan
                self.say(path, f"{a!r} against {b!r}")
        elif isinstance(a, np.generic):
            if a.dtype != b.dtype or a.tobytes() != b.tobytes():
                self.say(path, f"{a!r} against {b!r}")
        elif isinstance(a, SAME):
            if a != b:
                self.say(path, f"{a!r} against {b!r}")
        elif isinstance(a, types.FunctionType):
            self.function(a, b, path)
        elif isinstance(a, types.MethodType):
            self.waiting += [(a.__func__, b.__func__, path + ".__func__"), (a.__self__, b.__self__, path + ".__self__")]
        elif isinstance(a, tuple):
            self.items(list(a), list(b), path)
        else:
            self.thing(a, b, path)

    def function(self, a, b, path) -> None:
        if a is not b and a.__code__ is not b.__code__:
            self.say(path, f"{a!r} against {b!r}")
        elif a is not b:
            cells = [[cell.cell_contents for cell in one.__closure__ or ()] for one in (a, b)]
            self.items(*cells, path + ".__closure__")

    def thing(self, a, b, path) -> None:
        if id(a) in self.twins or id(b) in self.backward:
            if self.twins.get(id(a)) is not b or self.backward.get(id(b)) is not a:
                self.say(path, "another object than elsewhere")
            return
        self.twins[id(a)], self.backward[id(b)] = b, a
        self.kept += [a, b]
        if a is b:
            if not isinstance(a, (*self.common, frozenset)):  # nobody can change a frozen set
                self.say(path, f"both share one {type(a).__name__}")
            return
        if isinstance(a, np.ndarray):
            self.array(a, b, path)
        elif isinstance(a, dict):
            self.mapping(a, b, path)
        elif isinstance(a, (set, frozenset)):
            if a != b:
                self.say(path, f"{a!r} against {b!r}")
        elif isinstance(a, (list, deque)):
            self.items(list(a), list(b), path)
        elif isinstance(a, random.Random):
            self.compare(a.getstate(), b.getstate(), path)
        elif isinstance(a, np.random.Generator):
            self.waiting.append((a.bit_generator.state, b.bit_generator.state, path))
        elif isinstance(a, weakref.ref):
            self.waiting.append((a(), b(), path + "()"))
        elif isinstance(a, weakref.WeakKeyDictionary):
            self.items(list(a.keys()), list(b.keys()), path)
        elif isinstance(a, itertools.count):
            self.compare(repr(a), repr(b), path)
        else:
            self.attributes(a, b, path)

    def array(self, a, b, path) -> None:
        looks = [(one.dtype.descr, one.shape, one.strides, one.flags.writeable) for one in (a, b)]
        if looks[0] != looks[1]:
            self.say(path, f"{looks[0]} against {looks[1]}")
        elif a.dtype.hasobject:
            self.items(list(a.flat), list(b.flat), path)
        elif a.tobytes() != b.tobytes():
            unequal = np.flatnonzero(a.ravel() != b.ravel())
            self.say(path, f"{unequal.size} of {a.size} entries differ")
        # memory that another library lent (compiled code, say) is as good as memory of one's own
        bases = [one.base if isinstance(one.base, np.ndarray) else None for one in (a, b)]
        if any(base is not None for base in bases):
            self.waiting.append((*bases, path + ".base"))
        if all(base is not None for base in bases):
            starts = [one.__array_interface__["data"][0] - one.base.__array_interface__["data"][0] for one in (a, b)]
            self.compare(*starts, path + ".offset")

    def mapping(self, a, b, path) -> None:
        self.items(list(a), list(b), path + ".keys()")
        if len(a) == len(b):
            self.waiting += [(x, y, f"{path}[{key!r:.40}]") for (key, x), y in zip(a.items(), b.values())]

    def items(self, a, b, path) -> None:
        self.kept += [a, b]
        if len(a) != len(b):
            self.say(path, f"{len(a)} items against {len(b)}: {a!r:.200} against {b!r:.200}")
        else:
            self.waiting += [(x, y, f"{path}[{index}]") for index, (x, y) in enumerate(zip(a, b))]

    def attributes(self, a, b, path) -> None:
        ours, theirs = self.held(a), self.held(b)
        if not ours and not theirs and (a != b):
            self.say(path, f"cannot tell {a!r} from {b!r}")
        for name in sorted(ours.keys() ^ theirs.keys()):
            self.say(f"{path}.{name}", "only on one side")
        self.waiting += [(ours[name], theirs[name], f"{path}.{name}") for name in ours if name in theirs]

    def held(self, thing) -> dict:
        found = dict(getattr(thing, "__dict__", {}))
        for base in type(thing).__mro__:
            slots = base.__dict__.get("__slots__", ())
            for name in (slots,) if isinstance(slots, str) else slots:
                if name not in ("__dict__", "__weakref__") and hasattr(thing, name):
                    found[name] = getattr(thing, name)
        left_out = {f"{base.__name__}.{name}" for base in type(thing).__mro__ for name in found} & self.ignore
        return {name: value for name, value in found.items() if not any(one.endswith("." + name) for one in left_out)}
