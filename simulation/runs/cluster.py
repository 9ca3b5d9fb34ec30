"""A Dask cluster as an executor: a scheduler somewhere (`tcp://host:8786`), or a small one started here (`local`)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from simulation.errors import InputError, installing
from simulation.runs.executors import ONE_THREAD, deaf_to_ctrl_c
from simulation.runs.streams import open_standard_streams

LOCAL = "local"
CONNECT_SECONDS = 15
RECOUNT_SECONDS = 5.0  # how often the size of the cluster is asked for: workers come and go


class DaskWorkers(Executor):
    """The workers of a cluster, as many tasks at once as they have threads. A task lost with its worker is run again.

    InputError if Dask is not installed, nobody answers at the address, or the workers run another code than `code` says
    (a function without arguments, called here and on every worker).
    """

    elsewhere = True  # workers may not have the program that started them

    def __init__(self, address: str, workers: int | None = None, code: Callable[[], str] | None = None):
        try:
            import distributed
        except ImportError:
            hint = installing("katye[cluster]")
            raise InputError("Dask is not installed, and a cluster needs it", "--cluster", hint) from None
        # A worker that dies, or a cluster that is closed under running tasks, is told by what comes of the tasks.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        self._own = _local_cluster(workers) if address == LOCAL else None
        try:
            self._client = distributed.Client(self._own or address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            what = f"no Dask scheduler answers at '{address}' ({' '.join(str(error).split())[:200]})"
            hint = "It is 'local' or an address like tcp://host:8786, which `dask scheduler` prints when it starts"
            raise InputError(what, "--cluster", hint) from None
        self._executor = self._client.get_executor(pure=False)
        self._counted, self._capacity = -RECOUNT_SECONDS, 1
        if code is not None:
            self._check_code(code)

    def _check_code(self, code: Callable[[], str]) -> None:
        try:
            found = self._client.run(code)
        except Exception as error:  # whatever the worker met when it imported the program
            self.shutdown(wait=False, cancel_futures=True)
            what = f"a worker cannot load this program ({type(error).__name__}: {error})"
            raise InputError(what, "--cluster", "Install the same version of it where the workers run") from None
        other = [address for address, digest in found.items() if digest != code()]
        if other:
            self.shutdown(wait=False, cancel_futures=True)
            what = f"{len(other)} of {len(found)} workers run other code than this, {other[0]} for example"
            raise InputError(what, "--cluster", "Install the same version of the program there, and restart them")

    @property
    def capacity(self) -> int:
        """Threads of all workers now; 1 while none has come yet, as a first task may wait for them."""
        if time.monotonic() - self._counted >= RECOUNT_SECONDS:
            self._capacity = max(1, sum(self._client.nthreads().values()))
            self._counted = time.monotonic()
        return self._capacity

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Future:
        return self._executor.submit(function, *args)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; one that was started here ends."""
        self._executor.shutdown(wait=wait and not cancel_futures)
        self._client.close()
        if self._own is not None:
            self._own.close()


def _local_cluster(workers: int | None) -> Any:
    """Processes of this machine under a scheduler of their own; one a core unless `workers` says how many."""
    import dask
    import distributed

    open_standard_streams()
    # Killed with a second worker, a task is given up; Dask's own default is the fourth.
    dask.config.set({"distributed.scheduler.allowed-failures": 1})
    try:
        with deaf_to_ctrl_c():
            return distributed.LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                env=ONE_THREAD,
                dashboard_address=None,
                silence_logs=logging.CRITICAL,
            )
    except RuntimeError as error:
        hint = "In a script of your own, start it under: if __name__ == '__main__'"
        raise InputError(f"no cluster could be started here ({error})", "--cluster local", hint) from None
