"""Progress of a sweep on the screen: a bar in a terminal, a line now and then in a log."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

from experiments.screen import duration

# Bars appear with the first call, when all input has been checked: an error message then stands alone.


@contextlib.contextmanager
def watch(title: str) -> Iterator[Callable[[int, int, int], None]]:
    """A progress function for `run_sweep`: a bar with the time left, or lines where there is no terminal."""
    if not sys.stderr.isatty():
        yield _lines(title)
        return
    with _bar(title, "runs, left") as show:
        yield lambda finished, total, failed: show(finished, total, f"{failed} failed" if failed else "")


@contextlib.contextmanager
def watch_days(title: str) -> Iterator[Callable[[int, int], None] | None]:
    """A progress function for one run, called with days done and all days; None without terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    with _bar(title, "days, left") as show:
        yield lambda day, days: show(day, days, "")


@contextlib.contextmanager
def _bar(title: str, counted: str) -> Iterator[Callable[[int, int, str], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn(counted)]
    columns += [TimeRemainingColumn(), TextColumn("{task.fields[note]}")]
    bar = Progress(*columns, console=Console(stderr=True))
    row = bar.add_task(title, total=None, note="")

    def show(done: int, total: int, note: str) -> None:
        bar.update(row, completed=done, total=total, note=note)
        bar.start()

    try:
        yield show
    finally:
        bar.stop()


def _lines(title: str) -> Callable[[int, int, int], None]:
    """A line at the start, at the first run and at every tenth of them: enough for a log."""
    began = time.monotonic()
    first: int | None = None  # runs that were there before

    def progress(finished: int, total: int, failed: int) -> None:
        nonlocal first
        fresh, first = first is None, finished if first is None else first
        line = f"{title}: {finished} of {total} runs"
        if finished > first:
            line += f", {duration((time.monotonic() - began) / (finished - first) * (total - finished))} left"
        if failed:
            line += f", {failed} failed"
        if fresh or finished in (first + 1, total) or finished * 10 // total > (finished - 1) * 10 // total:
            print(line, file=sys.stderr, flush=True)

    return progress
