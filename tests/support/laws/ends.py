"""Runs at the ends of what parameters may legally be: one at a time, in pairs, or in hands of many.

`PYTHONPATH=tests python -m support.laws.ends` lives through every end alone (ten minutes) and prints what broke;
`--hand 2 --number 500` through so many random pairs. Exit status 1 if anything broke.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from models.haiti.model import HaitiModel
from models.haiti.parameters import default_parameters
from models.haiti.scenario.scenario import load_case
from simulation.runs.runner import forget
from support.laws.invariants import check_days

# Places in which much happens, so that more of what is at an end is asked for.
SCENES = {
    "baseline": {},
    "POL6": {"deployment.at_start": 1000, "command.tempo": 0.05, "gang.act_rate": 1.0},
    "POL9": {"self_defence.active": True, "strike.active": True, "deployment.forced": True},
    "POL11": {"prosecution.removal": 0.05, "region.mobility": 0.01, "displaced.return_days": 5},
}
PATIENCE = 60  # seconds for one run


def every_end() -> list[tuple[str, Any]]:
    """Every parameter at each end of its bounds, and at each of its choices, other than its default."""
    found = []
    for row in default_parameters().rows():
        values = row.bounds or row.choices or (True, False)
        kind = type(row.default)
        found += [(row.name, kind(value)) for value in values if value != row.default]
    return found


def hands(size: int, number: int | None, seed: int) -> Iterator[dict[str, Any]]:
    """Every end once, dealt at random into hands of `size` different parameters; dealt again until there are `number`."""
    luck, dealt = random.Random(seed), 0
    while number is None or dealt < number:
        deck = every_end()
        luck.shuffle(deck)
        while deck:
            hand: dict[str, Any] = {}
            for name, value in list(deck):
                if name not in hand and len(hand) < size:
                    hand[name] = value
                    deck.remove((name, value))
            yield hand
            dealt += 1
            if dealt == number:
                return
        if number is None:
            return


def live(hand: dict[str, Any], scene: str, days: int, weight: int, seed: int) -> None:
    """Found a city with these values and live through days of it; whatever law is broken is raised."""
    case = load_case(scene, overrides=SCENES[scene] | hand, weight=weight)
    model = HaitiModel(case, run_seed=seed)
    try:
        check_days(model, days, finite)
        model.summary()
    finally:
        forget(model)


def finite(model) -> None:
    """Nothing that a run holds or records is infinite, and no state is NaN."""
    for name, values in model.state.arrays().items():
        assert np.isfinite(values).all(), f"{name} is not finite on day {model.day}"
    for name, values in model.recorder.values.items():
        if isinstance(values[-1], float):
            assert not np.isinf(values[-1]), f"{name} is infinite on day {model.day}"


def _too_long(*_):
    raise TimeoutError(f"a run of more than {PATIENCE} seconds")


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--hand", type=int, default=1, help="parameters at an end at a time")
    ask.add_argument("--number", type=int, help="runs; every end once if left out")
    ask.add_argument("--days", type=int, default=31)
    ask.add_argument("--weight", type=int, default=2000)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--scene", choices=SCENES, help="all in turn if left out")
    given = ask.parse_args()
    warnings.simplefilter("error")
    signal.signal(signal.SIGALRM, _too_long)
    broken, slow, began = 0, [], time.perf_counter()
    for number, hand in enumerate(hands(given.hand, given.number, given.seed)):
        scene = given.scene or list(SCENES)[number % len(SCENES)]
        start = time.perf_counter()
        signal.alarm(PATIENCE)
        try:
            live(hand, scene, given.days, given.weight, given.seed + number)
        except Exception as error:
            broken += 1
            line = traceback.extract_tb(error.__traceback__)[-1]
            text = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
            print(
                f"{scene} seed {given.seed + number} {hand}: {type(error).__name__} {text} ({line.filename}:{line.lineno})"
            )
        finally:
            signal.alarm(0)
        slow.append((time.perf_counter() - start, scene, hand))
    print(f"{len(slow)} runs in {time.perf_counter() - began:.0f} s, {broken} broken; the slowest:")
    for seconds, scene, hand in sorted(slow, key=lambda one: -one[0])[:5]:
        print(f"  {seconds:.1f} s: {scene} {hand}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
