"""Progress of a sweep on the screen: a bar in a terminal, a line now and then in a log."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress


@contextlib.contextmanager
def watch(title: str) -> Iterator[Callable[[int, int, int], None]]:
    """A progress function for `run_sweep`: a bar with the time left, or lines where there is no terminal."""
    if not sys.stderr.isatty():
        yield _lines(title)
        return
    with _bar("runs, left") as bar:
        row = bar.add_task(title, total=None, note="")

        def progress(finished: int, total: int, failed: int) -> None:
            note = f"{failed} failed" if failed else ""
            bar.update(row, completed=finished, total=total, note=note)

        yield progress


@contextlib.contextmanager
def watch_days(title: str) -> Iterator[Callable[[int, int], None] | None]:
    """A progress function for one run, called with days done and all days; None without terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    with _bar("days, left") as bar:
        row = bar.add_task(title, total=None, note="")
        yield lambda day, days: bar.update(row, completed=day, total=days)


def _bar(counted: str) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn(counted)]
    columns += [TimeRemainingColumn(), TextColumn("{task.fields[note]}")]
    return Progress(*columns, console=Console(stderr=True))


def _lines(title: str) -> Callable[[int, int, int], None]:
    began = time.monotonic()

    def progress(finished: int, total: int, failed: int) -> None:
        if finished in (1, total) or finished * 10 // total > (finished - 1) * 10 // total:
            left = (time.monotonic() - began) / finished * (total - finished)
            note = f", {failed} failed" if failed else ""
            line = f"{title}: {finished} of {total} runs, {left:.0f} s left{note}"
            print(line, file=sys.stderr, flush=True)

    return progress
