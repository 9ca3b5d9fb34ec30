"""The engine: it knows no country."""

import contextlib
import gc
import importlib
import inspect
import sys
import threading
import warnings
from collections.abc import Iterator
from types import ModuleType

# Mesa loads a bar of progress that nobody here shows; in a notebook without ipywidgets it would begin with a red warning.
warnings.filterwarnings("ignore", message="IProgress not found")

_BARE = threading.Lock()


@contextlib.contextmanager
def collector_at_rest() -> Iterator[None]:
    """Meanwhile no circles of objects are looked for: of what a library makes when it is loaded, nothing is garbage."""
    at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if at_work:
            gc.enable()


@contextlib.contextmanager
def bare_stacks() -> Iterator[None]:
    """Meanwhile `inspect` tells of a stack without the source of its lines, and of a frame's module by its name.

    Mesa asks for both when it is imported. Lines take a tenth of a second each time, the module a look at every other one.
    """
    if not _BARE.acquire(blocking=False):  # another import is at it, and puts back what it found
        yield
        return
    outer, module = inspect.getouterframes, inspect.getmodule

    def module_of(thing: object, *more: str) -> ModuleType | None:
        return sys.modules.get(thing.f_globals.get("__name__")) if inspect.isframe(thing) else module(thing, *more)

    inspect.getouterframes, inspect.getmodule = lambda frame, context=1: outer(frame, 0), module_of
    try:
        yield
    finally:
        inspect.getouterframes, inspect.getmodule = outer, module
        _BARE.release()


def quick_import(name: str) -> ModuleType:
    """The module of this name, as `importlib.import_module` gives it; Mesa and a model load in a seventh less time.

    With the first model comes Mesa, and what the process holds by then is not looked through for circles again: it is classes
    and functions, which stay. Later there are models, which go.
    """
    if name in sys.modules:
        return importlib.import_module(name)  # which waits where another thread has not yet loaded the whole of it
    models_before = "mesa" in sys.modules
    with bare_stacks(), collector_at_rest():
        found = importlib.import_module(name)
        if "mesa" in sys.modules and not models_before:
            gc.freeze()
    return found
