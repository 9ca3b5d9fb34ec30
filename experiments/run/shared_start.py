"""Shared starts: the first days of a replicate are run once, and every cell of a study goes on from there.

A shared start is kept as a checkpoint in `store/shared-starts`. It saves time and decides nothing: a process that does not
see the file, or finds it damaged, runs those days itself and comes to the same bits.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.errors import InputError
from simulation.port.family import find_family
from simulation.port.plugins import NOTHING, Brought
from simulation.runs.runner import Failure, forget, stream

if TYPE_CHECKING:
    from simulation.port.family import Case, Resumable

FOLDER = "shared-starts"


@dataclass(frozen=True)
class SharedStart:
    """The first `days` of all runs with one seed, before anything varies.

    `model`: the family, as `find_family` takes it. `case`: the study's scenario with what it fixes. `file`: where the days are
    kept; None: nowhere.
    """

    model: str
    case: Case
    seed: int
    days: int
    file: Path | None = None
    brought: Brought = NOTHING


class _Latest:
    """The shared start that this process used last: most of its runs that follow go on from the same."""

    key: SharedStart | None = None
    model: Resumable | None = None

    def hold(self, key: SharedStart, make: Callable[[SharedStart], Resumable]) -> Resumable:
        if self.key != key:
            self.drop()
            self.key, self.model = key, make(key)
        return self.model

    def drop(self) -> None:
        if self.model is not None:
            forget(self.model)
        self.key = self.model = None


_latest = _Latest()


def prepare(start: SharedStart) -> None:
    """Run a shared start and keep it, unless it is there."""
    _latest.hold(start, _ready)


def branched(start: SharedStart, overrides: Mapping[str, Any]) -> Resumable:
    """A model on the last of the shared days, with a cell's parameters from there on."""
    return _latest.hold(start, _ready).branch(changes_of(start, overrides))


def changes_of(start: SharedStart, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """What changes on the last of the shared days, of all that a cell sets."""
    case = start.case
    # What the study fixes was so from the first day; an event may have changed it since, and that is to last.
    return {n: v for n, v in overrides.items() if n not in case.chosen or case.parameters.get(n) != v}


def prepare_all(
    starts: Iterable[SharedStart], executor: Executor | None, run: Callable[[SharedStart], None] = prepare
) -> dict[SharedStart, Failure]:
    """Run all shared starts that are not kept yet, each once; those that could not be run, and why."""
    todo = [start for start in dict.fromkeys(starts) if start.file and not start.file.is_file()]
    results = [result for batch in stream(run, todo, executor) for result in batch]
    return {todo[result.index]: result for result in results if isinstance(result, Failure)}


def _ready(start: SharedStart) -> Resumable:
    """From the file if there is one, else run; kept where the folder can be seen and written."""
    family, file = find_family(start.model, start.brought), start.file
    if file is not None and file.is_file():
        with contextlib.suppress(InputError):  # damaged, or gone this moment
            return family.load(file)
    model = family.create(start.case, start.seed, places=True)
    model.run(start.days)
    if file is not None and file.parent.is_dir():
        with contextlib.suppress(InputError, OSError):  # a full disk: whoever writes the results says so
            file.unlink(missing_ok=True)
            model.save(file)
    return model
