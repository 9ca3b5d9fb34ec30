"""A kept run with much in it, and a process of its own in which forgeries of it are opened."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from simulation.serialise import checkpoint

ROOT = Path(__file__).parents[3]
PATIENCE = 60  # seconds for one forged run; an honest one takes a tenth of one
BUSY = {
    "deployment.at_start": 2500, "strike.active": True, "self_defence.active": True, "prosecution.removal": 0.02,
    "abuse.base": 0.001, "abuse.accountability": 1.0, "abuse.detect_internal": 0.8, "liaison.effort": 1.0,
}  # fmt: skip
EVENTS = (
    {"what": "donor_shock", "day": 3, "days": 20, "donor": "all", "in_kind": 0.5},
    {"what": "donor_loss", "day": 5},
    {"what": "adoption", "day": 5, "option": "un_logistics", "probability": 1, "lag": 25},
    {"what": "corridor_closure", "day": 8, "days": 10, "between": ["Martissant", "Bolosse"]},
    {"what": "airport_closure", "day": 20, "days": 10},
    {"day": 9, "days": 10, "set": {"clearing.fire_gang": 0.5}},
)


def busy_run() -> HaitiModel:
    """A run of a few rows in which nearly everything happens that can, on its day 13."""
    case = load_case(weight=10_000, days=30, overrides=BUSY, events=EVENTS)
    return HaitiModel(case, neighbourhoods=True, events=True).run(13)


def kept(model: HaitiModel, path: Path) -> Path:
    """The file of a branch of a run."""
    model.branch({"gang.act_rate": 0.4}).save(path)
    return path


class Worker:
    """A process that opens forged runs; a new one where the last has ended."""

    def __init__(self, path: Path):
        self.path, self.taken = path, checkpoint.read(path)[0]
        self._begin()

    def _begin(self) -> None:
        places = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
        command = [sys.executable, "-m", "support.forgery.forging_worker", str(self.path)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(command, **pipes, env=os.environ | {"PYTHONPATH": places})
        assert self._said() == "ready"

    def _said(self) -> str:
        timer = threading.Timer(PATIENCE, self.process.kill)
        timer.start()
        try:
            line = self.process.stdout.readline()
        finally:
            timer.cancel()
        return line.strip() or f"the process ended ({self.process.wait()})"

    def _asked(self, what: list | str) -> str:
        if self.process.poll() is not None:
            self.close()
            self._begin()
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        return self._said()

    def opened(self, number: int, name: str, what: str, seed: int) -> str:
        """What came of a forged run: "refused", "sound", or what was wrong."""
        return self._asked([number, name, what, seed])

    def opened_file(self, path: Path) -> str:
        """The same of a file."""
        return self._asked(str(path))

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.communicate()
