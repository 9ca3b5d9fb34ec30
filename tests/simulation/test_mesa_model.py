"""Models that nobody holds any more are freed, in scripts and notebooks too, and their agents keep their numbers."""

import gc
import resource
import weakref
from pathlib import Path

import mesa
import numpy as np
import pytest

from models.epstein.family import FAMILY as EPSTEIN
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from simulation import mesa_model


def haiti(seed):
    return HaitiModel(load_case(weight=5000, days=2), run_seed=seed)


def epstein(seed):
    return EPSTEIN.create(EPSTEIN.load_case("baseline", days=2), run_seed=seed)


class Cell(mesa_model.Model):
    """A model of somebody else, with agents that know nothing of this package."""

    def __init__(self, seed):
        super().__init__(rng=seed)
        self.people, self.big = [mesa.Agent(self) for _ in range(3)], np.zeros(10)


@pytest.mark.parametrize("make", [haiti, epstein, Cell])
def test_models_that_nobody_holds_are_freed(make):
    left = []
    for seed in range(5):
        model = make(seed)
        model.step()
        left.append(weakref.ref(model))
        if make is haiti:
            left += [weakref.ref(model.branch()), weakref.ref(model.gangs[0])]
        del model
    gc.collect()
    assert [ref() for ref in left if ref() is not None] == []


MEMORY = Path("/proc/self/statm")


@pytest.mark.slow
@pytest.mark.skipif(not MEMORY.exists(), reason="only Linux says how much memory a process has now")
def test_twenty_models_of_the_whole_city_leave_less_than_five_megabytes():
    """Of each less than half a byte a household: 738,000 live in the city."""
    case, used = load_case(days=2), []
    for seed in range(23):
        model = HaitiModel(case, run_seed=seed).run(2)
        assert model.population.count > 700_000
        del model
        gc.collect()
        used.append(int(MEMORY.read_text().split()[1]) * resource.getpagesize())
    assert used[-1] - used[2] < 5e6  # the first ones fill what stays: compiled code, tables read once


def test_few_models_are_in_memory_at_once_though_nobody_asks_for_it():
    gc.collect()
    held = len(mesa_model._in_memory)
    mesa_model._look_at[0] = held + 3
    seen = [len(mesa_model._in_memory) for _ in range(12) if Cell(1)]
    assert max(seen) <= 2 * (held + 3)
    kept = [Cell(1) for _ in range(12)]
    assert len(mesa_model._in_memory) >= len(kept) == 12


def test_agents_are_numbered_from_one_whatever_their_class():
    one, two = Cell(1), Cell(2)
    for model in (one, two):
        assert [agent.unique_id for agent in model.people] == [1, 2, 3]
        assert list(model.agents) == model.people
    assert mesa.Agent(one).unique_id == 4
    assert mesa.Agent(two).unique_id == 4


def test_models_of_others_are_numbered_by_mesa_as_before():
    other = mesa.Model(rng=1)
    agents = [mesa.Agent(other) for _ in range(2)]
    Cell(1)
    assert [agent.unique_id for agent in (*agents, mesa.Agent(other))] == [1, 2, 3]
