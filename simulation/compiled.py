"""Compiled functions, kept from one start to the next where a folder takes them; where none does, they are compiled each time.

Numba keeps them beside their file, else in the user's folder of caches, or where NUMBA_CACHE_DIR says. It raises when it can
write nowhere, when the disk is full and when a kept file is damaged; none of that is a reason for a model not to run.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import os
from collections.abc import Callable
from typing import Any

import numba

from simulation import collector_at_rest

LOG = logging.getLogger("katye")  # without a program's own settings its warnings go to the standard error
TOLD = "KATYE_CACHE_TOLD"
"""Set in the environment once this was said, for processes that are started from here: one line is enough."""


def compiled(function: Callable[..., Any]) -> Any:
    """The function, compiled when it is first called with arguments of some types."""
    return _compiled(function, ())


def compiled_with(*called: Any) -> Callable[[Callable[..., Any]], Any]:
    """`compiled`, for a function that calls compiled functions of other files: it is compiled anew when those change."""
    return lambda function: _compiled(function, called)


def _compiled(function: Callable[..., Any], called: tuple[Any, ...]) -> Any:
    found = numba.njit(function)
    try:
        found.enable_caching()
        cache = found._cache
        if called:  # what was kept is fresh while its own file and theirs are as they were
            files = [one._cache._cache_file._source_stamp for one in (found, *called)]
            cache._cache_file._source_stamp = tuple(files)
        cache.load_overload = _forgiving(cache.load_overload, cache.flush)
        cache.save_overload = _forgiving(cache.save_overload)
    except AttributeError:  # another Numba: as it comes
        pass
    except (RuntimeError, OSError) as error:  # of Numba when no folder takes it
        _tell(error)
    return found


def _forgiving(act: Callable[..., Any], mend: Callable[[], object] | None = None) -> Callable[..., Any]:
    """Loading from a cache, or saving to it, that at worst does nothing. What `mend` mends is not told."""

    @functools.wraps(act)
    def tried(*arguments: Any) -> Any:
        try:
            with collector_at_rest():
                return act(*arguments)
        except Exception as error:  # a full disk, or whatever reading a damaged file comes to
            with contextlib.suppress(Exception):
                if mend:
                    return mend()
            _tell(error)

    return tried


def _tell(error: Exception) -> None:
    if TOLD not in os.environ:
        os.environ[TOLD] = "1"
        why = "no folder takes it" if isinstance(error, RuntimeError) else f"{type(error).__name__}: {error}"
        LOG.warning("note: compiled code cannot be kept (%s); NUMBA_CACHE_DIR may name a folder for it", why)
