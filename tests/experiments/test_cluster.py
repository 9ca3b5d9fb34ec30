"""A study on Dask workers that are processes of their own, over TCP: the same bytes, also when one of them is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest
from study_process import Session, count, write_study

from experiments.load import load_runs

TABLES = ("runs", "curves", "places")
SILENT = {"DASK_DISTRIBUTED__ADMIN__LARGE_GRAPH_WARNING_THRESHOLD": "1GB"}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Start a scheduler; gives its address and a function that starts one more worker, a process without a nanny."""
    root = tmp_path_factory.mktemp("cluster")
    environment = os.environ | SILENT | {"FAULTS": str(root), "SECONDS": "0.004"}
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


def test_a_thousand_runs_on_dask_workers_one_of_them_killed_give_the_same_bytes(cluster, tmp_path):
    address, worker = cluster
    workers = [worker(), worker()]
    study = write_study(tmp_path, 50)
    alone = Session("sweep", study, "--workers", 1, "--out", tmp_path / "alone", said=tmp_path / "said-alone")
    assert alone.wait()[0] == 0, alone.text()
    out = tmp_path / "out"
    session = Session("sweep", study, "--cluster", address, "--out", out, said=tmp_path / "said")
    assert session.wait_for(lambda: count(out, "done") >= 300), session.text()
    workers[0].kill()
    status, said = session.wait()
    assert status == 0, said
    assert list(load_runs(out)["run"]) == list(range(1000))
    for name in TABLES:
        assert (out / f"{name}.parquet").read_bytes() == (tmp_path / "alone" / f"{name}.parquet").read_bytes(), name


def test_an_address_where_nobody_answers_is_one_message(tmp_path, monkeypatch):
    study = write_study(tmp_path, 1)
    session = Session("sweep", study, "--cluster", "tcp//nowhere", "--out", tmp_path / "out", said=tmp_path / "said")
    status, said = session.wait()
    assert status == 2
    assert said.startswith("error: --cluster: no Dask scheduler answers at 'tcp//nowhere'")
    assert "tcp://host:8786" in said
    assert not (tmp_path / "out").exists()


def test_a_cluster_of_ones_own_is_started_and_ended(tmp_path):
    study = write_study(tmp_path, 1)
    session = Session(
        "sweep", study, "--cluster", "local", "--workers", 2, "--out", tmp_path / "out", said=tmp_path / "s"
    )
    status, said = session.wait()
    assert status == 0, said
    assert len(load_runs(tmp_path / "out")) == 20
    assert "Traceback" not in said
