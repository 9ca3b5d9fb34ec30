"""The command `katye` in a process of its own, with cheap runs that fail on demand: for tests that kill it.

Sessions are forked from a server that has imported everything, so that killing one costs no seconds of imports.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import resource
import signal
import sqlite3
import sys
import time
from pathlib import Path

STUDY = """
model = "support.stand_in:FAMILY"
replicates = {replicates}
days = 20
outcomes = ["displaced_people_end"]
[vary]
deployment.authorised = [0, 400, 1000, 2500, 5550]
funding.level = [0.5, 1.0]
[arms.gated]
[arms.forced]
deployment.forced = true
"""


def cheap_run():
    """A run of a few milliseconds. Made inside a function, so that it travels to workers by value.

    A file in the folder FAULTS named after what should happen and the run (raise-3, kill-3, kill-once-3) makes it happen.
    """

    def run(task):
        import os
        import pathlib
        import signal
        import time

        import numpy as np
        import pyarrow

        from experiments.run.task import Record

        faults = pathlib.Path(os.environ.get("FAULTS", "/nowhere"))
        if (faults / f"raise-{task.run}").exists():
            raise ValueError("the model broke")
        once = faults / f"kill-once-{task.run}"
        if once.exists() or (faults / f"kill-{task.run}").exists():
            once.unlink(missing_ok=True)
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(float(os.environ.get("SECONDS", "0")))
        rng = np.random.default_rng([task.seed, task.run])
        # Whole numbers, numbers with gaps and words: what tables are made of.
        row = {"scenario": "baseline", **task.design(), "seed": task.seed, "point": task.cell.point, **task.cell.levels}
        row |= {"displaced_people_end": rng.random() * 1e5, "operations_total": int(rng.integers(9))}
        row |= {"first_day": None if task.run % 7 else task.run, "label": "gang" if task.run % 2 else "state"}
        curves = pyarrow.table({"run": [task.run] * 60, "people": rng.random(60)})
        places = pyarrow.table({"run": [task.run], "influence_end": rng.random(1).astype("float32")})
        return Record(row, {"curves": curves, "places": places}, {}, {})

    return run


def make_runs_cheap():
    """From here on this process has cheap runs, and reports of nothing."""
    from experiments.report import writing
    from experiments.run import sweep

    for function in (sweep.run_sweep, sweep.resume, sweep.rerun):
        function.__kwdefaults__["run_task"] = cheap_run()
    writing.write_study_report = write_report


def write_report(folder, language="en"):
    assert (folder / "runs.parquet").exists()
    (folder / "report.html").write_text("<html>", encoding="utf-8")


def write_study(folder, replicates):
    """A study of 20 cells; returns its file."""
    path = Path(folder) / "made.toml"
    path.write_text(STUDY.format(replicates=replicates), encoding="utf-8")
    return path


class Session:
    """`katye ARGUMENTS` in a process group of its own. `environment` reaches its workers; `limit`: bytes a file may have.

    cheap: with cheap runs and no report; else it does all that the command does.
    """

    def __init__(self, *arguments, said, environment=None, limit=None, cheap=True):
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(
            [
                "support.study_process",
                "support.stand_in",
                "pandas",
                "pyarrow.parquet",
                "loky",
                "experiments.run.sweep",
                "rich",
            ]
        )
        self.said = Path(said)
        given = (list(map(str, arguments)), str(said), dict(environment or {}), limit, cheap)
        self.process = context.Process(target=_call, args=given)
        self.process.start()

    def wait(self, seconds=150):
        """Exit status and all that it printed."""
        self.process.join(seconds)
        assert self.process.exitcode is not None, f"still running: {self.text()}"
        return self.process.exitcode, self.text()

    def text(self):
        return self.said.read_text(encoding="utf-8") if self.said.exists() else ""

    def send(self, number):
        """A signal to the process and its workers, as a terminal sends them; SIGKILL to the process only."""
        if number == signal.SIGKILL:
            self.process.kill()
        else:
            os.killpg(self.process.pid, number)

    def wait_for(self, condition, seconds=150):
        """Until `condition()` holds or the process has ended; whether it holds."""
        end = time.monotonic() + seconds
        while not (found := condition()) and self.process.is_alive():
            assert time.monotonic() < end, f"waited too long: {self.text()}"
            time.sleep(0.005)
        return found


def _call(arguments, said, environment, limit, cheap):
    os.setsid()
    os.environ.update(environment)
    handle = os.open(said, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    sys.stdout, sys.stderr = os.fdopen(1, "w", buffering=1), os.fdopen(2, "w", buffering=1)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    if cheap:
        make_runs_cheap()
    if "PATIENCE" in os.environ:
        from experiments.store import database

        database.PATIENCE = float(os.environ["PATIENCE"])
    from experiments.cli.app import main

    main(arguments)


def tables(folder):
    """The bytes of every table of a study that has ended."""
    return [(Path(folder) / f"{name}.parquet").read_bytes() for name in ("runs", "curves", "places")]


def count(folder, kind):
    """How many runs are `done` or how many sessions `opened` in a study's store so far."""
    path = Path(folder) / "store" / "study.sqlite"
    if not path.exists():
        return 0
    query = f"SELECT count(*) FROM sessions WHERE json_extract(entry, '$.kind') = '{kind}'"
    if kind == "done":
        query = "SELECT count(*) FROM runs"
    with contextlib.closing(sqlite3.connect(path, timeout=30)) as connection:
        return connection.execute(query).fetchone()[0]
