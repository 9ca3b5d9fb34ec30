"""Runs recorded for a replay: those of scenarios, made now, and those of a study, repeated from their seeds."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from experiments.run.evenings import finished, lived
from experiments.run.sweep import Progress, counted, executor_for
from experiments.run.task import Task
from experiments.run.travel import packed, unpacked
from simulation.replay.recipe import replay_of
from simulation.replay.recorded import Recorded
from simulation.replay.recording import Recording
from simulation.runs.runner import Failure, forget, stream


@dataclass(frozen=True)
class RecordedRun:
    """A recorded run, and the outcomes that it came to."""

    recorded: Recorded
    outcomes: dict[str, Any]


def record(task: Task) -> RecordedRun:
    """One run of a study, as `simulate` runs it, with somebody who looks at it each evening."""
    recording = Recording(replay_of(task.family))
    model = lived(task, recording)
    found = RecordedRun(finished(task.model, recording, model), model.summary())
    forget(model)
    return found


def record_all(
    tasks: Sequence[Task],
    workers: int | None = None,
    progress: Progress | None = None,
    check: Callable[[Task, RecordedRun], None] = lambda task, recorded: None,
) -> list[RecordedRun | Failure]:
    """Every task recorded, in the order of the tasks; what failed is a Failure. `progress` as for `run_sweep`.

    `check` looks at every run as it ends; what it raises ends all.
    """
    run: Callable[[Task], RecordedRun] = record
    with executor_for(workers, None, len(tasks)) as executor:
        if executor is not None:
            run = functools.partial(unpacked, tasks[0].model, packed(tasks[0].model, tasks[0].brought), record)
        count = counted(progress, len(tasks))
        found: dict[int, RecordedRun | Failure] = {}
        for batch in stream(run, tasks, executor):
            for result in batch:
                found[result.index] = result if isinstance(result, Failure) else result.value
                count(result)
                if not isinstance(result, Failure):
                    check(tasks[result.index], result.value)
    return [found[number] for number in range(len(tasks))]
