"""Shared spin-ups: the first days of a replicate are run once, and every cell of a study goes on from there.

A spin-up is kept as a checkpoint in `store/spin-ups`. It saves time and decides nothing: a process that does not see the
file, or finds it damaged, runs those days itself and comes to the same bits.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.errors import InputError
from simulation.runs.runner import Failure, forget, stream

if TYPE_CHECKING:
    from models.haiti.model import HaitiModel
    from models.haiti.scenario.scenario import Case

FOLDER = "spin-ups"


@dataclass(frozen=True)
class SpinUp:
    """The first `days` of all runs with one seed, before anything varies.

    `case`: the study's scenario with what it fixes. `events`: record them, for the run that is kept in full.
    `file`: where the spin-up is kept; None: nowhere.
    """

    case: Case
    seed: int
    days: int
    events: bool = False
    file: Path | None = None


class _Latest:
    """The spin-up that this process used last: most of its runs that follow go on from the same."""

    key: SpinUp | None = None
    model: HaitiModel | None = None

    def hold(self, key: SpinUp, make: Callable[[SpinUp], HaitiModel]) -> HaitiModel:
        if self.key != key:
            self.drop()
            self.key, self.model = key, make(key)
        return self.model

    def drop(self) -> None:
        if self.model is not None:
            forget(self.model)
        self.key = self.model = None


_latest = _Latest()


def prepare(spin_up: SpinUp) -> None:
    """Run a spin-up and keep it, unless it is there."""
    _latest.hold(spin_up, _ready)


def branched(spin_up: SpinUp, overrides: Mapping[str, Any]) -> HaitiModel:
    """A model on the last day of the spin-up, with a cell's parameters from there on."""
    case = spin_up.case
    # What the study fixes was so from the first day; an event may have changed it since, and that is to last.
    changes = {n: v for n, v in overrides.items() if n not in case.chosen or case.parameters.get(n) != v}
    return _latest.hold(spin_up, _ready).branch(changes)


def prepare_all(
    spin_ups: Iterable[SpinUp], executor: Executor | None, run: Callable[[SpinUp], None] = prepare
) -> dict[SpinUp, Failure]:
    """Run all spin-ups that are not kept yet, each once; those that could not be run, and why."""
    todo = [spin_up for spin_up in dict.fromkeys(spin_ups) if spin_up.file and not spin_up.file.is_file()]
    results = [result for batch in stream(run, todo, executor) for result in batch]
    return {todo[result.index]: result for result in results if isinstance(result, Failure)}


def _ready(spin_up: SpinUp) -> HaitiModel:
    """From the file if there is one, else run; kept where the folder can be seen and written."""
    from models.haiti.model import HaitiModel

    file = spin_up.file
    if file is not None and file.is_file():
        with contextlib.suppress(InputError):  # damaged, or gone this moment
            return HaitiModel.load(file)
    model = HaitiModel(spin_up.case, run_seed=spin_up.seed, neighbourhoods=True, events=spin_up.events)
    model.run(spin_up.days)
    if file is not None and file.parent.is_dir():
        with contextlib.suppress(InputError):  # a full disk: whoever writes the results says so
            file.unlink(missing_ok=True)
            model.save(file)
    return model
