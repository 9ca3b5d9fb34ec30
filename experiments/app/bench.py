"""Runs in the background: jobs of many clients share some worker processes, take turns, and get their pages as runs finish."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import OrderedDict, deque
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass, field
from typing import Any

from experiments.app.lived import Lived, Order, live, warm
from experiments.app.scenarios import Wish
from experiments.report.replay import Sides, content
from simulation.errors import InputError
from simulation.port.plugins import NOTHING
from simulation.replay.page import page_html
from simulation.replay.payload import Arm
from simulation.runs.executors import RenewedWorkers
from simulation.runs.runner import ATTEMPTS, Failure, attempt

MOST_OPEN = 20  # jobs that are not finished
MOST_KEPT = 30  # jobs whose pages are kept, the latest
MOST_RUNS = 1000  # finished runs that are kept for jobs with the same side, some 60 kB each
OPENING, SKETCH = -2, -1  # in place of a pair's number
OPENING_SAID = "The first day; a sketch of the run is being made"
SKETCH_SAID = ("Sketch: one light run", "Sketch: one light pair")
log = logging.getLogger("katye.app")


@dataclass
class Job:
    """A wish on its way. `page`: of the pairs so far; `pages`: how many it has had. `version` grows with every change."""

    number: int
    wish: Wish
    todo: deque[tuple[int, int]]
    begun: float = field(default_factory=time.monotonic)
    state: str = "waiting"  # running, done, stopped, failed
    stopping: bool = False
    error: str = ""
    results: dict[tuple[int, int], Lived | Failure] = field(default_factory=dict)
    page: bytes = b""
    pages: int = 0
    shown: int = 0  # pairs in the page; 0 of a sketch
    version: int = 0

    @property
    def open(self) -> bool:
        return self.state in ("waiting", "running")

    def order(self, pair: int, side: int) -> Order:
        one = self.wish.sides[side]
        return Order(self.wish.model, one.name, one.text, self.wish.seed + max(pair, 0), pair < 0, pair == OPENING)

    def whole(self) -> list[int]:
        """Pairs of which every side has ended well; a sketch is none."""
        sides = range(len(self.wish.sides))
        pairs = range(self.wish.pairs)
        return [pair for pair in pairs if all(isinstance(self.results.get((pair, side)), Lived) for side in sides)]

    def seen(self) -> dict[str, Any]:
        """What a client is told."""
        runs = [one for (pair, _), one in list(self.results.items()) if pair >= 0]
        lost = [one.error for one in runs if isinstance(one, Failure)]
        total, passed = self.wish.pairs * len(self.wish.sides), time.monotonic() - self.begun
        left = passed / len(runs) * (total - len(runs)) if runs and self.open else None
        return {
            "job": self.number,
            "state": self.state,
            "error": self.error,
            "done": len(runs),
            "total": total,
            "pairs": len(self.whole()),
            "shown": self.shown,
            "pages": self.pages,
            "lost": lost[:3],
            "left": left,
            "sides": [{"name": one.name, "title": one.title} for one in self.wish.sides],
        }


class Bench:
    """Worker processes and the jobs before them. All methods may be called from any thread."""

    def __init__(self, workers: int):
        self.workers = workers
        self.closed = False
        self._executor = RenewedWorkers(workers)
        self._numbers = itertools.count(1)
        self._jobs: OrderedDict[int, Job] = OrderedDict()
        self._known: OrderedDict[Order, Lived] = OrderedDict()
        self._waiting: dict[Order, list[tuple[Job, int, int]]] = {}
        self._deaths: dict[Order, int] = {}
        self._lock, self._wake = threading.RLock(), threading.Event()
        self._ended: deque[tuple[Order, Future]] = deque()
        self._warming: Future | None = None
        self._thread = threading.Thread(target=self._work, name="bench", daemon=True)
        self._thread.start()

    def warm(self, model: str) -> None:
        """A worker reads the code of a model while this process does; nothing is run before it is there. Before any wish."""
        self._warming = self._executor.submit(warm, model)
        self._warming.add_done_callback(lambda _: self._wake.set())

    def submit(self, wish: Wish) -> Job:
        """A job for a wish. InputError if too many wait."""
        sides = range(len(wish.sides))
        with self._lock:
            # who opens the page sees the first day while the first run is on its way
            alone = not wish.pairs and all(order.opening for order in self._known)
            todo = deque((pair, side) for pair in range(OPENING if alone else SKETCH, wish.pairs) for side in sides)
            if sum(job.open for job in self._jobs.values()) >= MOST_OPEN:
                raise InputError(f"{MOST_OPEN} others wait for their runs already", "runs", "Try again in a while")
            job = Job(next(self._numbers), wish, todo)
            self._jobs[job.number] = job
            # sketches go first
            ended = sorted((one for one in self._jobs.values() if not one.open), key=lambda one: one.wish.pairs > 0)
            for old in ended[: max(0, len(self._jobs) - MOST_KEPT)]:
                del self._jobs[old.number]
        self._wake.set()
        return job

    def job(self, number: int) -> Job:
        """InputError if there is none, or none any more."""
        with self._lock:
            if number not in self._jobs:
                raise InputError(
                    f"there are no runs with the number {number}", "runs", f"The last {MOST_KEPT} are kept"
                )
            return self._jobs[number]

    def last_shown(self) -> Job | None:
        """The newest job whose picture has pairs, or none."""
        with self._lock:
            return next((job for job in reversed(self._jobs.values()) if job.shown), None)

    def stop(self, number: int) -> Job:
        """Nothing more is begun for it; what has finished stays."""
        job = self.job(number)
        job.stopping = True
        self._wake.set()
        return job

    def close(self) -> None:
        """End all, runs under way too."""
        self.closed = True
        self._wake.set()
        self._thread.join()
        self._executor.shutdown(cancel_futures=True)

    def _work(self) -> None:
        """The only thread that changes jobs."""
        while not self.closed:
            self._wake.wait()
            self._wake.clear()
            try:
                while self._ended:
                    self._took(*self._ended.popleft())
                self._fill()
            except Exception as error:  # of a page, say: others go on
                log.exception("the bench stumbled: %s", error)

    def _fill(self) -> None:
        """Give every idle worker the next run that is wanted, of whoever has waited for a first picture or has had least."""
        while not self.closed and (self._warming is None or self._warming.done()):
            with self._lock:
                there = [job for job in self._jobs.values() if job.open]
            for job in there:
                if job.stopping:
                    self._end(job, "stopped")
            wanting = [job for job in there if job.open and job.todo]
            if not wanting:
                return
            job = min(wanting, key=lambda one: (one.todo[0][0], one.number))
            pair, side = job.todo[0]
            order = job.order(pair, side)
            if order in self._known:
                self._deliver(job, pair, side, self._known[order])
            elif order in self._waiting:
                self._waiting[order].append((job, pair, side))
            elif len(self._waiting) < self.workers:
                self._waiting[order] = [(job, pair, side)]
                self._start(order)
            else:
                return
            job.todo.popleft()

    def _start(self, order: Order) -> None:
        future = self._executor.submit(attempt, live, 0, order)
        future.add_done_callback(lambda done: (self._ended.append((order, done)), self._wake.set()))

    def _took(self, order: Order, future: Future) -> None:
        error = future.exception()
        if error is None:
            one = future.result()
            result = one if isinstance(one, Failure) else one.value
        elif isinstance(error, BrokenExecutor) and self._deaths.get(order, 0) + 1 < ATTEMPTS:
            self._deaths[order] = self._deaths.get(order, 0) + 1
            self._start(order)
            return
        else:
            result = Failure(0, f"its worker died ({type(error).__name__})", "")
        slots = self._waiting.pop(order)
        if isinstance(result, Lived):
            self._known[order] = result
            while len(self._known) > MOST_RUNS:
                self._known.popitem(last=False)
        for slot in slots:
            self._deliver(*slot, result)

    def _deliver(self, job: Job, pair: int, side: int, result: Lived | Failure) -> None:
        if not job.open:
            return
        job.state = "running"
        job.results[pair, side] = result
        if pair < 0 and isinstance(result, Failure):  # what only a founded model can tell: the same for all
            job.error = result.error.partition(": ")[2] or result.error
            self._end(job, "failed")
            return
        sides = range(len(job.wish.sides))
        if all((pair, one) in job.results for one in sides):
            whole, left = job.whole(), job.wish.pairs - sum(one >= 0 for one, _ in job.results) // len(sides)
            last = not left and all((SKETCH, one) in job.results for one in sides)
            if (pair < 0 and not job.shown) or (whole and (last or len(whole).bit_count() == 1)):
                self._draw(job, whole or [pair])
            if last:
                well = whole or not job.wish.pairs
                job.error = "" if well else f"no run ended well ({result.error})"
                self._end(job, "done" if well else "failed")
        job.version += 1

    def _end(self, job: Job, state: str) -> None:
        whole = job.whole()
        if state == "stopped" and len(whole) > job.shown:
            self._draw(job, whole)
        job.state = state
        job.version += 1

    def _draw(self, job: Job, pairs: list[int]) -> None:
        """The page of the pairs so far, or of the first day or the sketch; what goes wrong is told, and the runs go on."""
        wish = job.wish
        arms = tuple(
            Arm(one.title, [job.results[pair, side].recorded for pair in pairs]) for side, one in enumerate(wish.sides)
        )
        title = wish.sides[-1].title
        whole = [pair for pair in pairs if pair >= 0]
        if not whole:
            title = OPENING_SAID if OPENING in pairs else SKETCH_SAID[len(arms) - 1]
        drawn = any(one.case.uncertainty for one in wish.sides)
        made = content(Sides(wish.family, NOTHING, title, arms, drawn=drawn), command="katye app")
        job.page, job.shown, job.pages = page_html(made).encode("utf-8"), len(whole), job.pages + 1
