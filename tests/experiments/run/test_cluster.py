"""A study on Dask workers that are processes of their own, over TCP: the same bytes, also when one of them is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import distributed
import pytest
from support.study_process import Session, count, tables, write_study

from experiments.run.fingerprint import code_digest
from experiments.store.load import load_runs
from simulation.errors import InputError


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Start a scheduler; gives its address and a function that starts one more worker, a process without a nanny."""
    root = tmp_path_factory.mktemp("cluster")
    path = os.pathsep.join(entry for entry in sys.path if entry)  # the stand-in for the model lives beside the tests
    environment = os.environ | {"PYTHONPATH": path, "FAULTS": str(root), "SECONDS": "0.004"}
    started = []

    def start(*words):
        with open(root / f"log-{len(started)}", "w") as log:
            command = [sys.executable, "-m", "dask", *map(str, words)]
            started.append(subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=log))
        return started[-1]

    about = root / "scheduler.json"
    start("scheduler", "--host", "127.0.0.1", "--port", 0, "--no-dashboard", "--scheduler-file", about)
    _wait_for(about.exists)
    address = json.loads(about.read_text())["address"]

    def worker():
        return start("worker", address, "--nthreads", 1, "--no-nanny", "--no-dashboard", "--memory-limit", 0)

    yield address, worker
    for process in started:
        process.kill()
        process.wait()


def _wait_for(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


@pytest.mark.slow
def test_a_thousand_runs_on_dask_workers_one_of_them_killed_give_the_same_bytes(cluster, tmp_path, calm):
    address, worker = cluster
    workers = [worker(), worker()]
    study = write_study(tmp_path, 50)
    out = tmp_path / "out"
    session = Session("sweep", study, "--cluster", address, "--out", out, said=tmp_path / "said")
    assert session.wait_for(lambda: count(out, "done") >= 300), session.text()
    workers[0].kill()
    status, said = session.wait()
    assert status == 0, said
    assert list(load_runs(out)["run"]) == list(range(1000))
    assert tables(out) == calm[50]


def test_an_address_where_nobody_answers_is_one_message(tmp_path, monkeypatch):
    study = write_study(tmp_path, 1)
    session = Session("sweep", study, "--cluster", "tcp//nowhere", "--out", tmp_path / "out", said=tmp_path / "said")
    status, said = session.wait()
    assert status == 2
    assert said.startswith("error: --cluster: no Dask scheduler answers at 'tcp//nowhere'")
    assert "tcp://host:8786" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_cluster_of_ones_own_is_started_and_ended(tmp_path):
    study = write_study(tmp_path, 1)
    session = Session(
        "sweep", study, "--cluster", "local", "--workers", 2, "--out", tmp_path / "out", said=tmp_path / "s"
    )
    status, said = session.wait()
    assert status == 0, said
    assert len(load_runs(tmp_path / "out")) == 20
    assert "Traceback" not in said


def test_a_worker_that_joins_with_other_code_fails_its_run():
    from experiments.run.sweep import _with_this_code

    assert _with_this_code(code_digest(), lambda task: task + 1, 1) == 2
    with pytest.raises(InputError, match="this worker runs other code than the study"):
        _with_this_code("0" * 64, lambda task: task + 1, 1)


def test_workers_with_other_code_are_refused_before_the_first_run(cluster):
    from simulation.runs.cluster import DaskWorkers

    address, worker = cluster
    worker()
    with distributed.Client(address) as client:
        client.wait_for_workers(1, timeout=60)

    def code():
        import os

        return str(os.getpid())

    with pytest.raises(InputError, match=r"workers run other code than this, tcp://.* Install the same version"):
        DaskWorkers(address, code=code)


@pytest.mark.slow
def test_ctrl_c_on_a_cluster_keeps_what_has_finished(tmp_path, calm):
    out = tmp_path / "out"
    study = write_study(tmp_path, 3)
    slow = {"SECONDS": "0.05"}
    session = Session(
        "sweep", study, "--cluster", "local", "--workers", 2, "--out", out, said=tmp_path / "said", environment=slow
    )
    assert session.wait_for(lambda: count(out, "done") >= 10), session.text()
    session.send(signal.SIGINT)
    status, said = session.wait()
    assert status == 130, said
    assert "Traceback" not in said
    assert "of 60 runs are kept. Go on with: katye resume" in said
    session = Session("resume", out, "--workers", 1, said=tmp_path / "said")
    assert session.wait()[0] == 0, session.text()
    assert tables(out) == calm[3]
