"""A comparison, an ablation and a measure of shared seeds that are killed give the same tables as those that are not."""

from __future__ import annotations

import random
import signal
import time

import pytest
from support.study_process import Session, count

SIZE = ("--model", "epstein", "--days", 10)
COMPARED = ("compare", "baseline", "salami-tactics", "--set", "lattice.side=16", "--replicates", 30, *SIZE)
MADE = {
    "comparison": COMPARED,
    "ablation": ("ablation", "--seeds", 6, "--weight", 1, *SIZE),
    "shared seeds": (
        *("common-random-numbers", "--set", "lattice.side=16", "--weight", 1),
        *("--one", "cops.density=0.02", "--other", "cops.density=0.05", "--seeds", 12, *SIZE),
    ),
}
KILLS = {"comparison": 10, "ablation": 1, "shared seeds": 1}


def left(folder):
    """Every table that a folder holds, by name: its bytes."""
    return {path.name: path.read_bytes() for kind in ("*.csv", "*.parquet") for path in folder.glob(kind)}


@pytest.fixture
def katye(tmp_path):
    """Start the command as it is, in a process of its own."""
    sessions = []

    def start(*arguments):
        sessions.append(Session(*arguments, said=tmp_path / f"said-{len(sessions)}", cheap=False))
        return sessions[-1]

    yield start
    for session in sessions:
        session.process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("kind", MADE)
def test_what_was_killed_and_resumed_has_the_tables_of_what_was_not(katye, tmp_path, kind):
    out, luck, words = tmp_path / "out", random.Random(), MADE[kind]
    for kill in range(KILLS[kind]):
        before, opened = count(out, "done"), count(out, "opened")
        workers = ("--workers", 2 if kill == 4 else 1)
        session = katye(*words, *workers, "--out", out) if kill == 0 else katye("resume", out, *workers)
        assert session.wait_for(lambda opened=opened: count(out, "opened") > opened), session.text()
        # On a machine that held this process up, the last runs may have ended before the kill: nothing is left to kill.
        if not session.wait_for(lambda before=before: count(out, "done") > before):
            assert session.wait()[0] == 0, session.text()
            break
        time.sleep(luck.uniform(0.0, 0.05))
        session.send(signal.SIGKILL)
        session.process.join()
    status, said = katye("resume", out, "--workers", 1).wait(200)
    assert status == 0, said
    status, said = katye(*words, "--workers", 1, "--out", tmp_path / "calm").wait(200)
    assert status == 0, said
    calm = left(tmp_path / "calm")
    assert left(out) == calm
    assert len(calm) >= 4
    assert (out / "report.html").exists()
