"""Which classes a snapshot may hold: each says so itself, and names beside its fields those that are derived.

A class attribute `derived` names what follows from things that whoever puts a snapshot back has anyway (parameters, map,
code): it is not kept. Subclasses inherit it, but are kept only if they say so too.
"""

from __future__ import annotations

from typing import TypeVar

Class = TypeVar("Class", bound=type)

KEPT: dict[str, type] = {}
"""Name -> class, of all that are kept. A file is opened by these and by what a model names as its own."""


def kept(cls: Class) -> Class:
    """Class decorator: snapshots keep instances. Raises TypeError if another class is kept under the name."""
    before = KEPT.setdefault(cls.__name__, cls)
    if (before.__module__, before.__qualname__) != (cls.__module__, cls.__qualname__):
        raise TypeError(f"{before.__module__} keeps a class called {cls.__name__} already")
    KEPT[cls.__name__] = cls
    return cls


def derived_of(kind: type) -> set[str]:
    """Attributes that a class and its bases call derived."""
    return {name for base in kind.__mro__ for name in vars(base).get("derived", ())}
