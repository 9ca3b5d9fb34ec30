"""Progress of a study on the screen: a bar in a terminal or a notebook, a line now and then in a log."""

from __future__ import annotations

import contextlib
import html
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from experiments.cli.terminal import duration, say
from experiments.store.status import PACE
from simulation.files.plain_text import plain_text

BLINK = 0.2  # seconds between two pictures of a bar
# Bars appear with the first call, when all input has been checked: an error message then stands alone.


@contextlib.contextmanager
def watch(title: str, what: str = "runs") -> Iterator[Callable[[int, int, int], None]]:
    """A progress function for `run_sweep`: a bar with the time left, or lines where there is no terminal. what: is counted."""
    if in_notebook():
        yield _notebook_bar(title, what)
        return
    if not sys.stderr.isatty():
        yield _lines(title, what)
        return
    with _bar(title, f"{what}, left") as show:
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

    before: int | None = None  # what was there at the first call

    class Left(TimeRemainingColumn):
        def render(self, task: Any) -> Any:
            return super().render(task) if before is not None and task.completed - before >= PACE else "-:--:--"

    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn(counted)]
    columns += [Left(), TextColumn("{task.fields[note]}")]
    bar = Progress(*columns, console=Console(stderr=True))
    row = bar.add_task(plain_text(title), total=None, note="")

    def show(done: int, total: int, note: str) -> None:
        nonlocal before
        before = done if before is None else before
        bar.update(row, completed=done, total=total, note=note)
        bar.start()

    try:
        yield show
    finally:
        bar.stop()


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return getattr(shell, "kernel", None) is not None


def _notebook_bar(title: str, what: str) -> Callable[[int, int, int], None]:
    """A bar of plain HTML, which needs no widgets and stays in the saved notebook."""
    from IPython.display import HTML, display

    pace, shown, handle = _Pace(title, what), 0.0, None

    def progress(finished: int, total: int, failed: int) -> None:
        nonlocal shown, handle
        line = pace.line(finished, total, failed)
        if time.monotonic() - shown < BLINK and finished < total:
            return
        shown = time.monotonic()
        page = HTML(f'<progress value="{finished}" max="{total}"></progress> {html.escape(line)}')
        if handle is None:
            handle = display(page, display_id=True)
        else:
            handle.update(page)

    return progress


def _lines(title: str, what: str) -> Callable[[int, int, int], None]:
    """A line at the start, at the first run, at the first with a time left and at every tenth of them: enough for a log."""
    pace, fresh = _Pace(title, what), True

    def progress(finished: int, total: int, failed: int) -> None:
        nonlocal fresh
        line = pace.line(finished, total, failed)
        told = (
            finished in (pace.before + 1, pace.before + PACE, total)
            or finished * 10 // total > (finished - 1) * 10 // total
        )
        if fresh or told:
            say(line, error=True)
        fresh = False

    return progress


class _Pace:
    """How many runs are there and how long the rest will take.

    At the pace since the first run that ended, as what comes before it (workers that start, days that all runs share) does
    not come again. No time is said before `PACE` have ended: one or two would say a multiple of what it takes.
    """

    def __init__(self, title: str, what: str):
        self.title, self.what = plain_text(title), what
        self.before: int | None = None  # runs that were there at the first call
        self.counted, self.since = 0, 0.0  # runs and moment from which the pace counts

    def line(self, finished: int, total: int, failed: int) -> str:
        now = time.monotonic()
        if self.before is None:
            self.before, self.counted, self.since = finished, finished, now
        line = f"{self.title}: {finished} of {total} {self.what}"
        if finished - self.before >= PACE and self.counted > self.before:
            line += f", {duration((now - self.since) / (finished - self.counted) * (total - finished))} left"
        if finished > self.before == self.counted:
            self.counted, self.since = finished, now
        return line + (f", {failed} failed" if failed else "")
