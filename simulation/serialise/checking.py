"""Asks all that a kept run holds for the limits that its classes declare (`limits.py`), before anything runs on it."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulation.serialise.limits import Anything, Later, Limit
from simulation.serialise.snapshot import Known, attributes

OURS = ("models.", "simulation.", "mesa.")
NO_MORE: Mapping[str, Limit] = types.MappingProxyType({})


@dataclass
class Look:
    """What a check knows. root: what is checked. sizes: by name. memory: id of an array -> the attribute that holds it."""

    root: Any
    known: Known
    sizes: Mapping[str, int]
    memory: dict[int, str] = field(default_factory=dict)
    seen: dict[int, Any] = field(default_factory=dict)
    waiting: list[Any] = field(default_factory=list)
    kinds: dict[type, tuple[dict[str, Limit], set[str]]] = field(default_factory=dict)

    def size(self, size: float | str) -> Any:
        return self.sizes[size] if isinstance(size, str) else size

    def visit(self, thing: Any) -> None:
        """An instance of a kept class is checked as well, once."""
        if id(thing) not in self.seen:
            self.seen[id(thing)] = thing
            self.waiting.append(thing)

    def said(self, kind: type) -> tuple[dict[str, Limit], set[str]]:
        """The limits of a class, and what of it is never kept."""
        if kind not in self.kinds:
            self.kinds[kind] = limits_of(kind), self.known.left_out(kind)
        return self.kinds[kind]


def check(root: Any, known: Known, sizes: Mapping[str, int], more: Mapping[str, Limit] = NO_MORE) -> Look:
    """Check all that can be reached from `root`, a kept object. `more`: limits of attributes of the root alone.

    ValueError for the first thing that no sound run can have. Nothing of what is checked runs before its parts are right.
    """
    look = Look(root, known, sizes)
    look.visit(root)
    while look.waiting:
        thing = look.waiting.pop()
        _check_object(thing, look, more if thing is root else NO_MORE)
    for thing in look.seen.values():
        if hasattr(type(thing), "check_kept"):
            thing.check_kept(look)
    return look


def limits_of(kind: type) -> dict[str, Limit]:
    """The limits of a class, those of its bases among them."""
    found: dict[str, Limit] = {}
    for base in reversed(kind.__mro__):
        found |= vars(base).get("limits", {})
    return found


def _check_object(thing: Any, look: Look, more: Mapping[str, Limit]) -> None:
    kind = type(thing)
    limits, left_out = look.said(kind)
    limits = limits | more if more else limits
    held = {name: value for name, value in attributes(thing).items() if name not in left_out}
    for name, limit in limits.items():
        if name not in held and name not in left_out and not isinstance(limit, Later):
            raise ValueError(f"it holds no {kind.__name__}.{name}")
    for name, value in held.items():
        where = f"{kind.__name__}.{name}"
        if name in limits:
            limits[name].check(value, where, look)
        else:
            _check_free(kind, name, where)
            Anything().check(value, where, look)


def _check_free(kind: type, name: str, where: str) -> None:
    """An attribute that nobody has declared may not stand before one of its class."""
    for base in kind.__mro__:
        if name in vars(base):
            thing = vars(base)[name]
            if callable(thing) or hasattr(type(thing), "__get__") or base.__module__.startswith(OURS):
                raise ValueError(f"it holds {where}, which belongs to the class")
            return


def undeclared(look: Look, more: Mapping[str, Limit] = NO_MORE) -> list[str]:
    """Attributes of this program's own classes, among those that were checked, for which nobody has said a limit."""
    found = set()
    for thing in look.seen.values():
        kind = type(thing)
        known = look.said(kind)[0].keys() | look.said(kind)[1] | (more.keys() if thing is look.root else set())
        if kind.__module__.startswith(OURS):
            found |= {f"{kind.__name__}.{name}" for name in attributes(thing).keys() - known}
    return sorted(found)
