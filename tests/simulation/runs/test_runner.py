"""Many runs at once: order, failures, dead workers, fresh processes, Ctrl-C."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import textwrap
import time
import weakref

import pytest

from simulation.errors import InputError
from simulation.runs.runner import Done, Failure, forget, run_tasks

# Functions for workers are made inside functions: cloudpickle sends those by value, without this module.


def slow_first():
    def work(task):
        import time

        time.sleep(0.3 if task == 0 else 0.0)
        return task * task

    return work


@pytest.mark.parametrize("workers", [1, 2, 7])
def test_results_come_in_the_order_of_tasks(workers):
    seen = []
    finished = run_tasks(slow_first(), [0, 1, 2, 3, 4], workers, seen.append)
    assert finished.values == [0, 1, 4, 9, 16]
    assert sorted(result.index for result in seen) == [0, 1, 2, 3, 4]
    assert not finished.failures
    assert not finished.interrupted
    assert finished.peak_memory_mb > 1


def test_no_tasks_is_no_work():
    assert run_tasks(slow_first(), [], 2).values == []


@pytest.mark.parametrize("workers", [0, -1])
def test_workers_are_positive(workers):
    with pytest.raises(InputError, match="positive"):
        run_tasks(slow_first(), [1], workers)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failing_task_keeps_its_traceback_and_the_others(workers):
    def work(task):
        class Unpicklable(Exception):
            def __init__(self, one, two):
                super().__init__(f"{one} {two}")

        if task == 1:
            raise Unpicklable("gangs", "everywhere")
        return task

    finished = run_tasks(work, [0, 1, 2], workers)
    assert finished.values == [0, 2]
    (failure,) = finished.failures
    assert (failure.index, failure.error) == (1, "Unpicklable: gangs everywhere")
    assert ", in work" in failure.traceback


def test_a_worker_that_dies_loses_only_its_own_task():
    def work(task):
        import os

        if task == 2:
            os._exit(1)
        return task

    finished = run_tasks(work, range(6), 2)
    assert finished.values == [0, 1, 3, 4, 5]
    assert [failure.index for failure in finished.failures] == [2]
    assert "TerminatedWorkerError" in finished.failures[0].error


def test_a_result_that_cannot_be_sent_is_a_failure():
    def work(task):
        import threading

        return threading.Lock() if task else task

    finished = run_tasks(work, [0, 1, 0], 2)
    assert finished.values == [0, 0]
    assert [failure.index for failure in finished.failures] == [1]


def test_workers_are_replaced_before_they_grow():
    def work(task):
        import os
        import sys

        sys.kept = [*getattr(sys, "kept", []), bytearray(20_000_000)]  # what Mesa does with models
        return os.getpid(), len(sys.kept)

    finished = run_tasks(work, range(24), 2, runs_per_worker=3)
    assert len({pid for pid, _ in finished.values}) >= 8
    assert max(kept for _, kept in finished.values) == 3
    peaks = [done.memory_mb for done in finished.done]
    assert max(peaks[-6:]) < max(peaks[:6]) + 20


@pytest.mark.slow
def test_a_forgotten_model_is_freed():
    import mesa

    models = [mesa.Model(rng=1), mesa.Model(rng=2)]
    for model in models:
        mesa.Agent(model)
    left = [weakref.ref(model) for model in models]
    forget(models[0])
    forget(mesa.Model(rng=3))  # never had an agent
    del models, model
    gc.collect()
    assert left[0]() is None
    if left[1]() is not None:  # Mesa 3.3 keeps models with agents, later versions do not
        forget(left[1]())
    gc.collect()
    assert left[1]() is None


def test_workers_use_one_thread_and_ignore_ctrl_c():
    def work(task):
        import os
        import signal

        return os.environ["NUMBA_NUM_THREADS"], signal.getsignal(signal.SIGINT) == signal.SIG_IGN

    assert run_tasks(work, [1, 2], 2).values == [("1", True)] * 2


@pytest.mark.parametrize("workers", [1, 2])
def test_interrupting_keeps_what_has_finished(workers):
    def stop(result):
        if result.index >= 2:
            raise KeyboardInterrupt

    def work(task):
        import time

        time.sleep(0.05)
        return task

    finished = run_tasks(work, range(500), workers, stop)
    assert finished.interrupted
    assert max(finished.values) >= 2
    assert len(finished.values) < 10


def test_ctrl_c_stops_at_once_and_leaves_no_process(tmp_path):
    script = tmp_path / "long.py"
    script.write_text(
        textwrap.dedent("""
        import os, signal, time
        from simulation.runs.runner import forget, run_tasks

        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs start deaf to it

        def work(task):
            open(os.path.join(os.environ["PIDS"], str(os.getpid())), "w").close()
            if task:
                time.sleep(600)
            return task

        print("finished", run_tasks(work, [0, 1, 2, 3], 2), flush=True)
        """)
    )
    pids = tmp_path / "pids"
    pids.mkdir()
    process = subprocess.Popen(
        [sys.executable, str(script)],
        env=os.environ | {"PIDS": str(pids)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    _wait_for(lambda: len(list(pids.iterdir())) == 2)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=150)
    assert "interrupted=True" in out
    assert "value=0" in out
    assert err == ""
    _wait_for(lambda: not any(os.path.exists(f"/proc/{path.name}") for path in pids.iterdir()))


def _wait_for(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def test_results_are_frozen():
    for result in (Done(0, 1, 0.1, 1.0), Failure(0, "", "")):
        with pytest.raises(AttributeError):
            result.index = 3


def test_a_worker_killed_from_outside_costs_no_run(tmp_path):
    def work(task):
        import os
        import pathlib
        import signal

        mark = pathlib.Path(task)
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return mark.name

    paths = [str(tmp_path / str(number)) for number in range(4)]
    (tmp_path / "1").touch()
    finished = run_tasks(work, paths, 2)
    assert finished.values == ["0", "1", "2", "3"]


def test_a_worker_that_has_grown_is_replaced():
    from simulation.runs.executors import RenewedWorkers
    from simulation.runs.runner import stream

    def work(task):
        import os
        import sys

        sys.kept = [*getattr(sys, "kept", []), b"1" * 30_000_000]
        return os.getpid()

    with RenewedWorkers(1, growth_mb=50) as executor:
        found = [result.value for batch in stream(work, range(8), executor) for result in batch]
    assert 3 <= len(set(found)) <= 5


@pytest.mark.slow
def test_workers_end_with_a_parent_that_was_killed(tmp_path):
    script = tmp_path / "killed.py"
    script.write_text(
        textwrap.dedent("""
        import os, signal, time
        from simulation.runs.runner import run_tasks

        def work(task):
            open(os.path.join(os.environ["PIDS"], str(os.getpid())), "w").close()
            time.sleep(600)

        run_tasks(work, [0, 1], 2)
        """)
    )
    pids = tmp_path / "pids"
    pids.mkdir()
    process = subprocess.Popen([sys.executable, str(script)], env=os.environ | {"PIDS": str(pids)})
    _wait_for(lambda: len(list(pids.iterdir())) == 2)
    process.kill()
    process.wait()
    _wait_for(lambda: not any(os.path.exists(f"/proc/{path.name}") for path in pids.iterdir()))
