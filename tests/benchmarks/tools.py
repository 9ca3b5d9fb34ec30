"""What the parts of the benchmark share: models of the city, turns on one machine, and counters of calls and moves."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from models.haiti.model import HaitiModel

BLOCKS = 6


def built(weight: int, **world: Any) -> HaitiModel:
    """The baseline with one row for `weight` households; `world`: another city, another start."""
    from models.haiti import HaitiModel, load_case

    return HaitiModel(load_case("baseline", weight=weight), run_seed=1, **world)


def warm_up() -> None:
    """Load the compiled loops and the map: a few days of a small city reach all of them."""
    clear({"small": built(2000).run(5)})


class Spent(NamedTuple):
    """Seconds of a block of days: on the clock, and of the processor."""

    clock: float
    processor: float


def take_turns(models: dict[str, HaitiModel], days: int) -> dict[str, list[Spent]]:
    """Run every model for about `days` days, a block at a time in turn; what each block took."""
    spent: dict[str, list[Spent]] = {name: [] for name in models}
    length = max(1, round(days / BLOCKS))
    for _ in range(BLOCKS):
        for name, model in models.items():
            began = time.perf_counter(), time.process_time()
            model.run(length)
            spent[name].append(Spent(time.perf_counter() - began[0], time.process_time() - began[1]))
    return spent


def time_calls(owner: Any, name: str) -> list[float]:
    """A list that grows by the seconds of every call of the method from now on."""
    seconds, method = [], getattr(owner, name)

    def timed(*given: Any) -> None:
        began = time.perf_counter()
        method(*given)
        seconds.append(time.perf_counter() - began)

    setattr(owner, name, timed)
    return seconds


def count_moves(population: Any) -> list[int]:
    """A list that grows by the number of households of every move from now on."""
    moved, move = [], population.move

    def counted(rows, *given):
        moved.append(int(rows.size))
        move(rows, *given)

    population.move = counted
    return moved


def peak_memory_mb() -> float:
    """Peak resident memory of this process, 10^6 bytes."""
    from simulation.runs import runner

    return runner.peak_memory_mb() * 2**20 / 1e6


def held_memory_mb() -> float:
    """Resident memory of this process now, 10^6 bytes; 0 where the system does not tell."""
    found = Path("/proc/self/statm")
    return int(found.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if found.exists() else 0.0


def clear(models: dict[str, HaitiModel]) -> None:
    """Forget all models, the memory with them."""
    from simulation.runs.runner import forget

    while models:
        forget(models.popitem()[1])
