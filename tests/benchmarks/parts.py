"""What the benchmark measures, part by part: each is a function that gives named figures, units in the names.

`python -m benchmarks.parts NAME OPTIONS` does one in a fresh process and prints a line of JSON.
Ratios come from one process in which both sides take turns, block of days by block of days, so that what
else the machine does hits both.
"""

from __future__ import annotations

import json
import math
import statistics
import sys
import time
from typing import TYPE_CHECKING

from benchmarks.tools import built, clear, count_moves, held_memory_mb, peak_memory_mb, take_turns, time_calls, warm_up

if TYPE_CHECKING:
    from benchmarks.tools import Spent
    from models.haiti.model import HaitiModel

YEAR, TWO_YEARS = 365.0, 730.0
TEN_MILLION = 10e6  # households
STUDY_RUNS = 3000


def imports() -> dict[str, float]:
    """Seconds to import the model, and the memory of a process that has done nothing else."""
    began = time.perf_counter()
    from models.haiti import HaitiModel  # noqa: F401

    return {"import_s": time.perf_counter() - began, "import_memory_mb": peak_memory_mb()}


def first(weight: int) -> dict[str, float]:
    """The time of day, Unix seconds, at which the first simulated day is over."""
    built(weight).step()
    return {"at": time.time()}


def memory(weight: int, days: int) -> dict[str, float]:
    """Peak of a process that does nothing but build the city and run it."""
    built(weight).run(days)
    return {"peak_memory_mb": peak_memory_mb()}


def deleted(weight: int, models: int) -> dict[str, float]:
    """What a process holds more after each model that was built, run and deleted: the slope, without the first two.

    Nothing where the system does not tell what a process holds (all but Linux).
    """
    import gc

    import numpy as np

    held = []
    for _ in range(models):
        built(weight).run(5)
        gc.collect()
        held.append(held_memory_mb())
    if not all(held):
        return {}
    return {"growth_mb": float(np.polyfit(np.arange(models - 2), held[2:], 1)[0])}


def speed(weight: int, days: int, repeats: int) -> dict[str, float]:
    """Build and run once all is compiled, beside a city with a tenth of the households; and the work that was done."""
    warm_up()
    found: list[dict[str, float]] = []
    work: dict[str, float] = {}
    for _ in range(repeats):
        began = time.perf_counter()
        whole = built(weight)
        ready = time.perf_counter()
        models = {"whole": whole, "tenth": built(10 * weight)}
        moved = count_moves(whole.population)
        spent = take_turns(models, days)
        seconds = {name: sum(block.clock for block in blocks) for name, blocks in spent.items()}
        processor = sum(block.processor for block in spent["whole"])
        work = _work(whole, sum(moved))
        found.append(
            {
                "build_s": ready - began,
                "seconds_per_year": seconds["whole"] * YEAR / whole.day,
                "seconds_per_730_days": seconds["whole"] * TWO_YEARS / whole.day,
                "cpu_seconds_per_730_days": processor * TWO_YEARS / whole.day,
                "households_ratio": seconds["whole"] / seconds["tenth"],
            }
        )
        clear(models)
    return {name: statistics.median(one[name] for one in found) for name in found[0]} | work


def _work(model: HaitiModel, moves: int) -> dict[str, float]:
    """Candidates and moves per 1,000 household-days, and the share of candidates whose question was answered yes.

    Yes is a move, or a flight for which the money was lacking.
    """
    days = model.population.count * model.day / 1000.0
    people_a_row = model.initial_people / model.population.count
    trapped = model.ledger.sum_total("trapped_people") / people_a_row
    return {
        "households": model.population.count,
        "candidates_per_1000": model.candidates / days,
        "moves_per_1000": moves / days,
        "accepted_share": (moves + trapped) / max(model.candidates, 1),
    }


def more_places(weight: int, days: int) -> dict[str, float]:
    """Time with 2 and 4 times the neighbourhoods, and with 2 and 4 times the gangs, over the real city's."""
    from benchmarks.cities import with_copies, with_more_gangs

    warm_up()
    base = built(weight)
    real = base.city, base.start
    models = {"base": base}
    for number in (2, 4):
        city, start = with_copies(*real, number)
        models[f"neighbourhoods_{number}"] = built(weight, city=city, start=start)
        models[f"gangs_{number}"] = built(weight, start=with_more_gangs(base.start, number))
    return _ratios(take_turns(models, days))


def more_people(weight: int, days: int, factor: int = 10) -> dict[str, float]:
    """Time with `factor` times the people and households, at the same weight, over the real city's."""
    from benchmarks.cities import with_more_people

    warm_up()
    base = built(weight)
    city, start = with_more_people(base.city, base.start, factor)
    return _ratios(take_turns({"base": base, "people_10": built(weight, city=city, start=start)}, days))


def large(weight: int, days: int) -> dict[str, float]:
    """Time of ten million households and more in a city of the same shape over the real city's, and the peak with both."""
    from benchmarks.cities import with_more_people

    warm_up()
    base = built(weight)
    factor = math.ceil(TEN_MILLION / (base.population.count * weight))
    city, start = with_more_people(base.city, base.start, factor)
    models = {"base": base, "large": built(weight, city=city, start=start)}
    seconds = {name: sum(block.clock for block in blocks) for name, blocks in take_turns(models, days).items()}
    return {"large_ratio": seconds["large"] / seconds["base"], "large_memory_mb": peak_memory_mb()}


def _ratios(spent: dict[str, list[Spent]]) -> dict[str, float]:
    """Median over blocks of each model's time over the base's."""
    base = spent.pop("base")
    return {
        f"{name}_ratio": statistics.median(one.clock / other.clock for one, other in zip(blocks, base, strict=True))
        for name, blocks in spent.items()
    }


def day(weight: int, days: int) -> dict[str, float]:
    """Milliseconds a day by mechanism, and of the whole `day`."""
    warm_up()
    model = built(weight)
    watched = [(mechanism, "step", mechanism.name) for mechanism in model.mechanisms]
    watched += [(getattr(model, owner), name, f"{owner}.{name}") for owner, name in
                (("ledger", "open"), ("recorder", "record"))]  # fmt: skip
    spent = {label: time_calls(owner, name) for owner, name, label in watched}
    began = time.perf_counter()
    model.run(days)
    whole = time.perf_counter() - began
    return {label: sum(seconds) / days * 1e3 for label, seconds in spent.items()} | {"day": whole / days * 1e3}


def rivals(weight: int, days: int, agents: int, repeats: int) -> dict[str, float]:
    """The household rules, the same in NumPy columns, and the same as Mesa agents."""
    from benchmarks.rivals import compare

    warm_up()
    return compare(weight, days, agents, repeats)


def studies(weight: int, days: int, runs: int, pairs: int) -> dict[str, float]:
    """What the store of a study costs, and what a second worker gains."""
    from benchmarks.studies import overhead, two_workers

    warm_up()
    return overhead(4 * runs, pairs) | two_workers(weight, days, runs, pairs)


def coarse(weight: int, days: int, runs: int) -> dict[str, float]:
    """Minutes that 3,000 such runs take two workers with a store, from `runs` of them; nothing on a machine with one core."""
    from benchmarks import studies as of_studies
    from experiments.run.sweep import available_workers

    if available_workers() < 2:
        return {}
    warm_up()
    rate = of_studies.runs_per_second(of_studies.short_tasks(weight, days, runs), 2)
    return {"coarse_minutes": STUDY_RUNS / rate / 60.0}


def analysis(runs: int, repeats: int) -> dict[str, float]:
    """What it takes to read and compare the runs of a study."""
    from benchmarks import studies as of_studies

    warm_up()
    return of_studies.analysis(runs, repeats)


PARTS = {part.__name__: part for part in
         (imports, first, memory, deleted, speed, more_places, more_people, large, studies, coarse, analysis, day,
          rivals)}  # fmt: skip


if __name__ == "__main__":
    try:
        print(json.dumps(PARTS[sys.argv[1]](**json.loads(sys.argv[2]))))
    except KeyboardInterrupt:
        sys.exit(130)  # the command that started this process was told as well, and says so
