"""What the benchmark measures, part by part: each is a function that gives named figures, units in the names.

`python -m experiments.benchmark.parts NAME OPTIONS` does one in a fresh process and prints a line of JSON.
Ratios come from one process in which both sides take turns, block of days by block of days, so that what
else the machine does hits both.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.haiti.model import HaitiModel

YEAR, TWO_YEARS = 365.0, 730.0
BLOCKS = 6


def imports() -> dict[str, float]:
    """Seconds to import the model, and the memory of a process that has done nothing else."""
    began = time.perf_counter()
    import models.haiti.model  # noqa: F401

    return {"import_s": time.perf_counter() - began, "import_memory_mb": peak_memory_mb()}


def first(weight: int) -> dict[str, float]:
    """The time of day, Unix seconds, at which the first simulated day is over."""
    built(weight).step()
    return {"at": time.time()}


def memory(weight: int, days: int) -> dict[str, float]:
    """Peak of a process that does nothing but build the city and run it."""
    built(weight).run(days)
    return {"peak_memory_mb": peak_memory_mb()}


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
        seconds = {name: sum(blocks) for name, blocks in take_turns(models, days).items()}
        work = _work(whole, sum(moved))
        found.append(
            {
                "build_s": ready - began,
                "seconds_per_year": seconds["whole"] * YEAR / whole.day,
                "seconds_per_730_days": seconds["whole"] * TWO_YEARS / whole.day,
                "households_ratio": seconds["whole"] / seconds["tenth"],
            }
        )
        _forget(models)
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
    from experiments.benchmark.cities import with_copies, with_more_gangs

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
    from experiments.benchmark.cities import with_more_people

    warm_up()
    base = built(weight)
    city, start = with_more_people(base.city, base.start, factor)
    return _ratios(take_turns({"base": base, "people_10": built(weight, city=city, start=start)}, days))


def _ratios(seconds: dict[str, list[float]]) -> dict[str, float]:
    """Median over blocks of each model's time over the base's."""
    base = seconds.pop("base")
    return {
        f"{name}_ratio": statistics.median(one / other for one, other in zip(blocks, base, strict=True))
        for name, blocks in seconds.items()
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
    from experiments.benchmark import rivals as benchmark_rivals

    warm_up()
    return benchmark_rivals.compare(weight, days, agents, repeats)


def studies(weight: int, days: int, runs: int, pairs: int) -> dict[str, float]:
    """What the store of a study costs, and what a second worker gains."""
    from experiments.benchmark import studies as benchmark_studies

    warm_up()
    return benchmark_studies.overhead(4 * runs, pairs) | benchmark_studies.two_workers(weight, days, runs, pairs)


def analysis(runs: int, repeats: int) -> dict[str, float]:
    """What it takes to read and compare the runs of a study."""
    from experiments.benchmark import studies as benchmark_studies

    warm_up()
    return benchmark_studies.analysis(runs, repeats)


# Tools


def built(weight: int, **world: Any) -> HaitiModel:
    """The baseline with one row for `weight` households; `world`: another city, another start."""
    from models.haiti.model import HaitiModel
    from models.haiti.scenario.scenario import load_case

    return HaitiModel(load_case("baseline", weight=weight), **world)


def warm_up() -> None:
    """Load the compiled loops and the map: a few days of a small city reach all of them."""
    _forget({"small": built(2000).run(5)})


def take_turns(models: dict[str, HaitiModel], days: int) -> dict[str, list[float]]:
    """Run every model for about `days` days, a block at a time in turn; seconds of each block."""
    seconds: dict[str, list[float]] = {name: [] for name in models}
    length = max(1, round(days / BLOCKS))
    for _ in range(BLOCKS):
        for name, model in models.items():
            began = time.perf_counter()
            model.run(length)
            seconds[name].append(time.perf_counter() - began)
    return seconds


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


def _forget(models: dict[str, HaitiModel]) -> None:
    from simulation.runs.runner import forget

    while models:
        forget(models.popitem()[1])


PARTS = {part.__name__: part for part in
         (imports, first, memory, speed, more_places, more_people, studies, analysis, day, rivals)}  # fmt: skip


if __name__ == "__main__":
    try:
        print(json.dumps(PARTS[sys.argv[1]](**json.loads(sys.argv[2]))))
    except KeyboardInterrupt:
        sys.exit(130)  # the command that started this process was told as well, and says so
