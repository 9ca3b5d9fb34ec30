"""Many tasks on one machine or many: failures kept, lost workers replaced, a Ctrl-C that loses no result.

Mesa 3.3 keeps every model that ever had an agent, so a process that runs hundreds of models fills the memory:
`forget` frees a model, and a worker that grows all the same is replaced (`simulation/runs/executors.py`).
"""

from __future__ import annotations

import contextlib
import gc
import itertools
import sys
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulation.errors import InputError
from simulation.runs.executors import RUNS_PER_WORKER, RenewedWorkers

ATTEMPTS = 2  # a run that takes its worker with it twice is to blame
RECHECK_SECONDS = 5.0  # a cluster may have grown
FULL_COLLECTION = 100  # tasks of a process after which all of its memory is looked through
_TASKS = itertools.count(1)


@dataclass(frozen=True)
class Done:
    """A task that ended well: place in the list, result, seconds, and its process's peak memory in MB."""

    index: int
    value: Any
    seconds: float
    memory_mb: float


@dataclass(frozen=True)
class Failure:
    """A task that did not: the error in one line and the whole traceback as text."""

    index: int
    error: str
    traceback: str
    seconds: float = 0.0
    memory_mb: float = 0.0


@dataclass(frozen=True)
class Finished:
    """What came of a list of tasks, in the order of the tasks. `interrupted`: Ctrl-C ended it early."""

    done: tuple[Done, ...]
    failures: tuple[Failure, ...]
    interrupted: bool

    @property
    def values(self) -> list[Any]:
        return [item.value for item in self.done]

    @property
    def peak_memory_mb(self) -> float:
        """The largest process, MB; 0 when nothing ran."""
        return max((item.memory_mb for item in (*self.done, *self.failures)), default=0.0)


def peak_memory_mb() -> float:
    """The most memory this process has held so far, MB; 0 where the system does not tell (Windows)."""
    status = Path("/proc/self/status")  # getrusage would count what the parent held when it started this process
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 2**10
    try:
        import resource
    except ImportError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def forget(model: Any) -> None:
    """Free a finished Mesa model: its class Agent counts ids in a dictionary that holds every model for ever.

    That dictionary is private to Mesa. Should it go, nothing breaks: workers are renewed anyway.
    """
    import mesa

    with contextlib.suppress(AttributeError, KeyError):
        del mesa.Agent._ids[model]
    gc.collect()


@contextlib.contextmanager
def garbage_of_one_task() -> Iterator[None]:
    """At the end the circles of objects that a task has left are freed, a model above all.

    What was there before is not looked through: for a short run that would take as long as the run. Now and then it is.
    """
    if next(_TASKS) % FULL_COLLECTION == 0:
        gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.collect()
        gc.unfreeze()


def run_tasks(
    function: Callable[[Any], Any],
    tasks: Sequence[Any],
    workers: int = 1,
    on_done: Callable[[Done | Failure], None] | None = None,
    *,
    runs_per_worker: int = RUNS_PER_WORKER,
) -> Finished:
    """`function(task)` for every task: in this process when `workers` is 1, else in that many others.

    `on_done` is called here, in the order of completion. Errors of a task become a Failure and never stop the others.
    Ctrl-C stops at once and returns what has finished. InputError when `workers` is not positive.
    """
    if workers < 1 or runs_per_worker < 1:
        raise InputError(f"{min(workers, runs_per_worker)} is no positive number", "workers and runs a worker")
    results: list[Done | Failure] = []
    interrupted, clean = False, False
    workers = min(workers, len(tasks))
    executor = RenewedWorkers(workers, runs_per_worker) if workers > 1 else None
    try:
        for batch in stream(function, tasks, executor):
            results += batch
            if on_done:
                for result in batch:
                    on_done(result)
        clean = True
    except KeyboardInterrupt:
        interrupted = True
    finally:
        if executor is not None:
            executor.shutdown(cancel_futures=not clean)
    results.sort(key=lambda result: result.index)
    done = tuple(result for result in results if isinstance(result, Done))
    failures = tuple(result for result in results if isinstance(result, Failure))
    return Finished(done, failures, interrupted)


def stream(
    function: Callable[[Any], Any], tasks: Sequence[Any], executor: Executor | None = None
) -> Iterator[list[Done | Failure]]:
    """Results as they come, all that have ended since the last ones. The caller opens and closes the executor.

    None runs every task here. An executor takes as many tasks at once as its `capacity` says, read again and again. A task
    whose worker died is run a second time; whose worker died twice, is a Failure.
    """
    if executor is None:
        for index, task in enumerate(tasks):
            yield [attempt(function, index, task)]
        return
    waiting = deque(range(len(tasks)))
    running: dict[Future, int] = {}
    deaths: Counter[int] = Counter()

    def fill() -> None:
        while waiting and len(running) < executor.capacity:
            index = waiting.popleft()
            running[executor.submit(attempt, function, index, tasks[index])] = index

    fill()
    while running:
        results = []
        for future in wait(running, timeout=RECHECK_SECONDS, return_when=FIRST_COMPLETED).done:
            index = running.pop(future)
            error = future.exception()
            if error is None:
                results.append(future.result())
                continue
            deaths[index] += _deaths(error)
            if 0 < deaths[index] < ATTEMPTS:
                waiting.appendleft(index)
            else:
                results.append(_failure(index, error, deaths[index]))
        fill()  # first, so that no worker is idle while the caller looks at the results
        if results:
            yield results


def attempt(function: Callable[[Any], Any], index: int, task: Any) -> Done | Failure:
    """One task. The traceback travels as text: not every exception survives pickling."""
    started = time.perf_counter()
    try:
        with garbage_of_one_task():
            value = function(task)
    except Exception as error:
        name = type(error).__name__
        seconds = time.perf_counter() - started
        return Failure(index, f"{name}: {error}", traceback.format_exc(), seconds, peak_memory_mb())
    return Done(index, value, time.perf_counter() - started, peak_memory_mb())


def _deaths(error: BaseException) -> int:
    """How many workers have died of a task that ended with this error: a Dask scheduler gives up after several."""
    if isinstance(error, BrokenExecutor):
        return 1
    return ATTEMPTS if type(error).__name__ == "KilledWorker" else 0


def _failure(index: int, error: BaseException, deaths: int) -> Failure:
    """The process died, or the result could not be sent."""
    text = f"{type(error).__name__}: {' '.join(str(error).split())}"
    if deaths:
        text = f"its worker died, and so did the one that tried again ({text})"
    return Failure(index, text, "".join(traceback.format_exception(error)))
