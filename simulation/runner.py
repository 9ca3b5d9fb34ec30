"""Many runs on one machine: workers renewed before they grow, failures kept, a Ctrl-C that loses no result.

Mesa 3.3 keeps every model that ever had an agent, so a process that runs hundreds of models fills the memory:
`forget` frees a model, and no process lives long enough to matter where that is not done.
Each worker is therefore a pool of one process with one task in flight, replaced after some runs:
no barrier between batches, and when a process dies (out of memory, say) it is known with which task.
"""

from __future__ import annotations

import contextlib
import gc
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from typing import Any

from simulation.errors import InputError

# Parallelism is one process a run; threads inside a run would only fight over the same cores.
THREAD_SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
ONE_THREAD = dict.fromkeys(THREAD_SETTINGS, "1")
# Loky's own guard against growing workers, which warns on the user's screen; renewal below takes its place.
NO_GUARD = {"LOKY_MAX_MEMORY_LEAK_SIZE": "1e15"}


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


def run_tasks(
    function: Callable[[Any], Any],
    tasks: Sequence[Any],
    workers: int = 1,
    on_done: Callable[[Done | Failure], None] | None = None,
    *,
    runs_per_worker: int = 20,
) -> Finished:
    """`function(task)` for every task: in this process when `workers` is 1, else in that many others.

    `on_done` is called here, in the order of completion. A worker is replaced after `runs_per_worker` tasks.
    Errors of a task become a Failure and never stop the others. Ctrl-C stops at once and returns what has
    finished. InputError when `workers` is not positive.
    """
    if workers < 1 or runs_per_worker < 1:
        raise InputError(f"{min(workers, runs_per_worker)} is no positive number", "workers and runs a worker")
    results: list[Done | Failure] = []
    interrupted = False
    workers = min(workers, len(tasks))
    if workers <= 1:
        stream = _inline(function, tasks)
    else:
        stream = _in_workers(function, tasks, workers, runs_per_worker)
    try:
        for result in stream:
            results.append(result)
            if on_done:
                on_done(result)
    except KeyboardInterrupt:
        interrupted = True
    finally:
        stream.close()
    results.sort(key=lambda result: result.index)
    done = tuple(result for result in results if isinstance(result, Done))
    failures = tuple(result for result in results if isinstance(result, Failure))
    return Finished(done, failures, interrupted)


def _attempt(function: Callable[[Any], Any], index: int, task: Any) -> Done | Failure:
    """One task. The traceback travels as text: not every exception survives pickling."""
    started = time.perf_counter()
    try:
        value = function(task)
    except Exception as error:
        name = type(error).__name__
        seconds = time.perf_counter() - started
        return Failure(index, f"{name}: {error}", traceback.format_exc(), seconds, peak_memory_mb())
    return Done(index, value, time.perf_counter() - started, peak_memory_mb())


def _inline(function: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[Done | Failure]:
    for index, task in enumerate(tasks):
        yield _attempt(function, index, task)


def _in_workers(
    function: Callable[[Any], Any], tasks: Sequence[Any], workers: int, runs_per_worker: int
) -> Iterator[Done | Failure]:
    """Results as they come. Closing the generator kills whatever still runs."""
    waiting = iter(enumerate(tasks))
    lanes = [_Lane(runs_per_worker) for _ in range(workers)]
    running: dict[Future, tuple[int, _Lane]] = {}
    clean = False
    try:
        _fill(lanes, waiting, running, function)
        while running:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                index, lane = running.pop(future)
                result = _result(future, index)
                lane.renew_if_worn(broken=future.exception() is not None)
                _fill([lane], waiting, running, function)
                yield result
        clean = True
    finally:
        for lane in lanes:
            lane.close(kill=not clean)


def _fill(
    lanes: Iterable[_Lane],
    waiting: Iterator[tuple[int, Any]],
    running: dict[Future, tuple[int, _Lane]],
    function: Callable[[Any], Any],
) -> None:
    """The next waiting task for each of these idle lanes."""
    for lane, (index, task) in zip(lanes, waiting):
        running[lane.submit(function, index, task)] = (index, lane)


def _result(future: Future, index: int) -> Done | Failure:
    """What the worker sent, or a Failure when the process died or the result could not be sent."""
    error = future.exception()
    if error is None:
        return future.result()
    text = "".join(traceback.format_exception(error))
    return Failure(index, f"{type(error).__name__}: {' '.join(str(error).split())}", text)


class _Lane:
    """One worker process at a time, one task at a time."""

    def __init__(self, runs_per_worker: int):
        self.runs_per_worker = runs_per_worker
        self.runs = 0
        self.pool: Executor | None = None

    def submit(self, function: Callable[[Any], Any], index: int, task: Any) -> Future:
        if self.pool is None:
            self.pool = _new_pool()
        self.runs += 1
        return self.pool.submit(_attempt, function, index, task)

    def renew_if_worn(self, broken: bool) -> None:
        if broken or self.runs >= self.runs_per_worker:
            self.close(kill=broken, wait=broken)

    def close(self, kill: bool, wait: bool = True) -> None:
        if self.pool is not None:
            self.pool.shutdown(wait=wait, kill_workers=kill)
        self.pool, self.runs = None, 0


def _new_pool() -> Executor:
    """A pool of one process. The context is explicit: importing Mesa changes the default one to spawn."""
    import loky
    from loky.backend import get_context

    return loky.ProcessPoolExecutor(
        1, context=get_context("loky"), env=ONE_THREAD | NO_GUARD, initializer=_ignore_ctrl_c
    )


def _ignore_ctrl_c() -> None:
    """A terminal sends Ctrl-C to every process; only the parent is to act on it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
