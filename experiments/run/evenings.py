"""One run with somebody who looks at it each evening: the days of its model, and what a recording holds once they are over."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from experiments.run.shared_start import branched, changes_of
from simulation.errors import InputError
from simulation.port.family import ModelFamily, RunningModel
from simulation.replay.recorded import Recorded, recorded_of
from simulation.replay.recording import Recording
from simulation.runs.runner import forget

if TYPE_CHECKING:
    from experiments.run.task import Task


def recording_of(family: ModelFamily) -> Recording | None:
    """Somebody who looks at a run for a replay, if the model has one."""
    return Recording(family.replay()) if family.replay else None


def lived(task: Task, recording: Recording | None = None, events: bool = False) -> RunningModel:
    """The model after all days of a run. `recording` looks at each of them; `events`: they are kept.

    Days that are shared with other runs are lived alone where all of them are looked at or kept: their file holds no evenings.
    """
    family, start = task.family, task.shared

    def looking(model: RunningModel) -> dict[str, Any]:
        return {"progress": recording.progress(model)} if recording else {}

    if start is None:
        model = family.create(task.case, task.seed, places=True, events=events)
        model.run(**looking(model))
        return model
    if recording or events:
        parent = family.create(start.case, start.seed, places=True, events=events)
        parent.run(start.days, **looking(parent))
        model = parent.branch(changes_of(start, task.cell.overrides))
        forget(parent)
    else:
        model = branched(start, task.cell.overrides)
    model.run(task.case.days - start.days, **looking(model))
    return model


def finished(name: str, recording: Recording, model: RunningModel) -> Recorded:
    """What a recording holds once the run is over. InputError for numbers that no page takes."""
    return recorded_of(name, recording, model, recording.run(model))


def finished_if_it_can_be(name: str, recording: Recording | None, model: RunningModel) -> Recorded | None:
    """The same beside a run whose other results are worth more than its picture: None where there is none."""
    if recording is not None:
        with contextlib.suppress(InputError):
            return finished(name, recording, model)
    return None
