"""Where tasks are run: in processes of this machine, or on a Dask cluster. Both speak the concurrent.futures protocol.

An executor here also has a `capacity`: how many tasks it can take at once, never more, so that a process that dies (out
of memory, say) is known with its one task, and nothing waits in a queue that a Ctrl-C would have to empty.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Any

from simulation.errors import InputError
from simulation.runs.streams import open_standard_streams

# Parallelism is one process a run; threads inside a run would only fight over the same cores.
THREAD_SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
ONE_THREAD = dict.fromkeys(THREAD_SETTINGS, "1")
# Loky's own guard against growing workers, which warns on the user's screen; renewal below takes its place.
NO_GUARD = {"LOKY_MAX_MEMORY_LEAK_SIZE": "1e15"}
# Starting a process and importing the model takes seconds, so a worker is replaced for a reason only.
RUNS_PER_WORKER = 1000
GROWTH_MB = 200.0


class RenewedWorkers(Executor):
    """Processes of this machine, each replaced after some tasks or once it has grown.

    Each is a loky pool of one process with one task in flight: no barrier between batches, and a process that dies takes
    only its own task with it. A task's result may carry `memory_mb`, the peak of its process.
    """

    def __init__(self, workers: int, runs_per_worker: int = RUNS_PER_WORKER, growth_mb: float = GROWTH_MB):
        if workers < 1 or runs_per_worker < 1:
            raise InputError(f"{min(workers, runs_per_worker)} is no positive number", "workers and runs a worker")
        open_standard_streams()
        self.capacity = workers
        self._lanes = [_Lane(runs_per_worker, growth_mb) for _ in range(workers)]

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Future:
        """A future of `function(*args)`. RuntimeError if `capacity` tasks are running."""
        lane = next((lane for lane in self._lanes if lane.idle), None)
        if lane is None:
            raise RuntimeError("all workers are busy")
        return lane.submit(function, *args)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End all processes; `cancel_futures` kills those that are at work."""
        # a second Ctrl-C would leave the work of the first half done, and a traceback on the screen
        with deaf_to_ctrl_c() if cancel_futures else contextlib.nullcontext():
            for lane in self._lanes:
                lane.close(kill=cancel_futures, wait=wait)


class _Lane:
    """One worker process at a time, one task at a time."""

    def __init__(self, runs_per_worker: int, growth_mb: float):
        self.runs_per_worker, self.growth_mb = runs_per_worker, growth_mb
        self.runs, self.first_mb = 0, 0.0
        self.pool: Executor | None = None
        self.future: Future | None = None

    @property
    def idle(self) -> bool:
        return self.future is None or self.future.done()

    def submit(self, function: Callable[..., Any], *args: Any) -> Future:
        self._renew_if_worn()
        try:
            self.future = self._pool().submit(function, *args)
        except BrokenExecutor:  # the process died while it had nothing to do
            self.close(kill=True)
            self.future = self._pool().submit(function, *args)
        self.runs += 1
        return self.future

    def _pool(self) -> Executor:
        if self.pool is None:
            self.pool = _new_pool()
        return self.pool

    def _renew_if_worn(self) -> None:
        if self.future is None:
            return
        broken = self.future.exception() is not None
        held = 0.0 if broken else getattr(self.future.result(), "memory_mb", 0.0)
        self.first_mb = self.first_mb or held
        if broken or self.runs >= self.runs_per_worker or held > self.first_mb + self.growth_mb:
            self.close(kill=broken, wait=broken)

    def close(self, kill: bool, wait: bool = True) -> None:
        if self.pool is not None:
            self.pool.shutdown(wait=wait, kill_workers=kill)
        self.pool, self.future, self.runs, self.first_mb = None, None, 0, 0.0


@contextlib.contextmanager
def deaf_to_ctrl_c() -> Iterator[None]:
    """Meanwhile Ctrl-C does nothing here, and processes started meanwhile ignore it for good: only their parent acts on it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _new_pool() -> Executor:
    """A pool of one process. The context is explicit: importing Mesa changes the default one to spawn."""
    import loky
    from loky.backend import get_context

    environment = ONE_THREAD | NO_GUARD
    return loky.ProcessPoolExecutor(
        1, context=get_context("loky"), env=environment, initializer=_start, initargs=(os.getpid(),)
    )


def _start(parent: int) -> None:
    """What a worker does first. A terminal sends Ctrl-C to every process; only the parent is to act on it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """A parent that was killed cannot end its workers, and nobody would ever collect what they do."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
