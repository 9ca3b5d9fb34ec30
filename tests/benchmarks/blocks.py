"""Runs the city block by block when told to, in a process of its own, with whichever version of the program it is pointed at.

`python -P blocks.py FOLDER WEIGHT`: builds the baseline once all is compiled, says its number of households, then answers each
line of its input, a number of days, with the seconds of the processor that they took. It imports nothing of the benchmark, and
knows where each version keeps what it calls.
"""

from __future__ import annotations

import sys
import time
from importlib import import_module
from pathlib import Path

CASES = ("models.haiti.scenario.scenario", "models.haiti.scenario")  # the newest first
WARM_UP = (2000, 5)  # households a row, days: reaches every compiled function


def main(folder: str, weight: int) -> None:
    sys.path.insert(0, folder)
    model = import_module("models.haiti.model")
    found = Path(model.__file__).resolve()
    if not found.is_relative_to(Path(folder).resolve()):
        sys.exit(f"{found} was imported in place of the program in {folder}")
    load_case = _loader()

    def built(rows: int):
        return model.HaitiModel(load_case("baseline", weight=rows), run_seed=1)

    built(WARM_UP[0]).run(WARM_UP[1])
    city = built(weight)
    print(city.population.count, flush=True)
    for line in sys.stdin:
        began = time.process_time()
        city.run(int(line))
        print(time.process_time() - began, flush=True)


def _loader():
    """The function that reads a scenario."""
    for name in CASES:
        try:
            return import_module(name).load_case
        except (ModuleNotFoundError, AttributeError):
            continue
    sys.exit(f"this version reads scenarios neither in {' nor in '.join(CASES)}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
