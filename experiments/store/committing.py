"""Results go to the disk in a thread of their own: a disk answers in milliseconds, in which no worker is to wait."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any

WAITING = 100  # batches; more than the disk can take make the runner wait


class Committer:
    """Calls `commit` with all results that are waiting at once, in the order of `put`.

    What `commit` raises comes out of the next `put` or of `close`; nothing is committed after it.
    """

    def __init__(self, commit: Callable[[list[Any]], None]):
        self._commit = commit
        self._queue: queue.Queue[Sequence[Any] | None] = queue.Queue(WAITING)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def put(self, results: Sequence[Any]) -> None:
        """Hand over results; returns before they are on the disk."""
        self._raise()
        self._queue.put(results)

    def close(self, fail: bool = True) -> None:
        """Wait until all is on the disk. `fail`: raise what `commit` raised."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        if fail:
            self._raise()

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        ended = False
        while not ended:
            waiting = [self._queue.get()]
            while not self._queue.empty():
                waiting.append(self._queue.get())
            ended = None in waiting
            results = [result for batch in waiting if batch is not None for result in batch]
            if results and self._error is None:
                try:
                    self._commit(results)
                except BaseException as error:  # whatever it is, it belongs to the caller's thread
                    self._error = error
