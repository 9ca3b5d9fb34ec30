"""Progress: lines in a log, a bar in a notebook, and a time left that counts this session only."""

from __future__ import annotations

import io
import re
import sys
import time
import types

import pytest

from experiments.cli import progress
from experiments.cli.terminal import duration, size


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass only when told."""
    now = types.SimpleNamespace(seconds=100.0)
    monkeypatch.setattr(progress.time, "monotonic", lambda: now.seconds)
    return now


def test_the_time_left_leaves_out_what_was_there_before(clock, capsys):
    with progress.watch("made") as show:
        show(900, 1000, 0)
        clock.seconds += 10
        show(910, 1000, 1)
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["made: 900 of 1000 runs"]
    with progress.watch("made") as show:
        show(900, 1000, 0)
        clock.seconds += 10
        show(901, 1000, 1)
        for finished in (902, 903):
            clock.seconds += 1
            show(finished, 1000, 1)
    first, third = capsys.readouterr().err.splitlines()[1:]
    assert first == "made: 901 of 1000 runs, 1 failed"
    assert third == f"made: 903 of 1000 runs, {duration(97)} left, 1 failed"


def test_the_time_left_leaves_out_what_comes_once_before_the_first_run(clock, capsys):
    with progress.watch("made") as show:
        show(0, 10, 0)
        clock.seconds += 600  # workers start, shared days are run
        show(1, 10, 0)
        clock.seconds += 10
        show(2, 10, 0)
        clock.seconds += 10
        show(3, 10, 0)
    lines = capsys.readouterr().err.splitlines()[1:]
    assert lines == ["made: 1 of 10 runs", "made: 2 of 10 runs", f"made: 3 of 10 runs, {duration(70)} left"]


def test_a_bar_says_no_time_before_three_runs_have_ended(monkeypatch):
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")

    def told(*ended):
        screen.seek(0), screen.truncate()
        with progress.watch("made") as show:
            for finished in ended:
                show(finished, 1000, 0)
                time.sleep(0.01)
        return re.findall(r"(?:\d|-):(?:\d\d|--):(?:\d\d|--)", screen.getvalue())[-1]

    assert told(900, 901, 902) == "-:--:--"
    assert told(900, 901, 902, 903) != "-:--:--"


def test_a_notebook_gets_one_bar_that_is_updated(clock, monkeypatch):
    pages = []

    class Handle:
        def update(self, page):
            pages.append(page)

    def display(page, display_id):
        pages.append(page)
        return Handle()

    shell = types.SimpleNamespace(kernel=object())
    ipython = types.ModuleType("IPython")
    ipython.get_ipython = lambda: shell
    shown = types.ModuleType("IPython.display")
    shown.HTML, shown.display = str, display
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", shown)
    with progress.watch("<made>") as show:
        for finished in range(5):
            show(finished, 4, 0)
            clock.seconds += 0.15
    assert pages[0] == '<progress value="0" max="4"></progress> &lt;made&gt;: 0 of 4 runs'
    assert pages[-1].startswith('<progress value="4" max="4"></progress>')
    assert len(pages) == 3  # no more often than eyes can follow
    shell.kernel = None
    assert not progress.in_notebook()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0123, "0.012 s"), (45.2, "45 s"), (300, "5 min"), (3600 * 3 + 1200, "3 h 20 min"), (3600 * 53, "2 days 5 h")],
)
def test_times_in_words(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(("number", "words"), [(850_000, "850 kB"), (3.44e6, "3.4 MB"), (1.2e10, "12 GB")])
def test_sizes_in_words(number, words):
    assert size(number) == words
