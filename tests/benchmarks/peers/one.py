"""Times one peer on the case, in a process of its own on one thread: `python -m benchmarks.peers.one NAME CASE SEED`.

Prints a line of JSON: versions, households, seconds of the processor, moves. A peer whose library is not there says so instead.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module, metadata
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.peers.case import Case

SMALL = 2000  # households of the run before the one that is timed: it compiles and loads


def measure(peer: ModuleType, case: Case, seed: int) -> dict[str, Any]:
    """Build and run a peer's city; nanoseconds are those of the days alone."""
    _run(peer.City(case.sample(SMALL), 0), case.days)
    case = case.sample(peer.HOUSEHOLDS)
    began = time.process_time()
    city = peer.City(case, seed)
    ready = time.process_time()
    moves = _run(city, case.days)
    spent = time.process_time() - ready
    nanoseconds = spent / (case.home.size * case.days) * 1e9
    return {"households": int(case.home.size), "ns": nanoseconds, "build_s": ready - began, "moves": moves}


def _run(city: Any, days: int) -> int:
    return sum(city.day(number) for number in range(days))


def main(name: str, path: str, seed: int) -> dict[str, Any]:
    """What is printed: title, versions and figures, or `why` there are none. An error of the peer's own code goes on."""
    try:
        peer = import_module(f"benchmarks.peers.rows.{name}")
    except ImportError as error:
        return {"why": str(error)}
    versions = {package: metadata.version(package) for package in peer.PACKAGES}
    return {"title": peer.TITLE, "versions": versions, **measure(peer, Case.load(Path(path)), seed)}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
