"""Luck by name: no stream serves two purposes in one run, and two policies under one seed meet the same streams.

Every compiled function that takes (seed, mechanism, day) is wrapped wherever the model holds it, so whatever asks for
luck is seen, by Dice, by rosters or by a rule that calls a kernel itself.
"""

from __future__ import annotations

import inspect
import sys
from collections import Counter

import numpy as np
import pytest

from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from simulation import kernels
from simulation.dice import Dice, Stream, day_key

KEY = {"seed", "mechanism", "day"}
DAY_ZERO = int(day_key(0))
WHOLE_DAY = -1  # stands for the place of those who take all streams of a mechanism and day


class Record:
    """Keys (mechanism, day, place) as they are asked for: how often each, and the first number of its stream."""

    def __init__(self):
        self.names: dict[int, str] = {}
        self.times: Counter = Counter()
        self.numbers: dict[tuple, float] = {}
        self.kernels: set[str] = set()
        self.generators: Counter = Counter()

    def take(self, kernel: str, given: dict, result) -> None:
        self.kernels.add(kernel)
        name, day = self.names[int(given["mechanism"])], int(given["day"]) - DAY_ZERO
        if kernel == "stream":
            places, numbers = [int(given["place"])], [Stream(result.copy()).uniform()]
        elif kernel == "streams":
            places, numbers = given["members"].tolist(), [Stream(state.copy()).uniform() for state in result]
        elif kernel == "each":
            places, numbers = given["members"].tolist(), result.tolist()
        else:
            places, numbers = [WHOLE_DAY], [0.0]
        keys = [(name, day, place) for place in places]
        self.times.update(keys)
        self.numbers.update(zip(keys, numbers, strict=True))

    def used_twice(self) -> set[tuple]:
        """Keys asked for again, and keys of a mechanism and day that somebody else took whole."""
        whole = {(name, day) for name, day, place in self.times if place == WHOLE_DAY}
        again = {key for key, times in self.times.items() if times > 1}
        return again | {key for key in self.times if key[:2] in whole and key[2] != WHOLE_DAY}


@pytest.fixture
def record(monkeypatch):
    """A record of all luck asked for while the test lasts."""
    kept = Record()
    name, philox = Dice.name, np.random.Philox

    def named(self, mechanism):
        number = name(self, mechanism)
        kept.names[int(number)] = mechanism
        return number

    def generator(*given, key):
        kept.generators[tuple(key)] += 1
        return philox(*given, key=key)

    monkeypatch.setattr(Dice, "name", named)
    monkeypatch.setattr(np.random, "Philox", generator)
    for module_name, module in list(sys.modules.items()):
        if module_name.partition(".")[0] in ("simulation", "models") and module is not kernels:
            for word, value in list(vars(module).items()):
                inner = getattr(value, "py_func", None)
                if inner is not None and set(inspect.signature(inner).parameters) >= KEY:
                    monkeypatch.setattr(module, word, _watched(value, inner, kept))
    return kept


def _watched(compiled, inner, kept: Record):
    signature = inspect.signature(inner)

    def call(*given):
        result = compiled(*given)
        kept.take(inner.__name__, signature.bind(*given).arguments, result)
        return result

    return call


def lived(seed=2, days=120, uncertainty=False, **overrides) -> HaitiModel:
    settings = {name.replace("__", "."): value for name, value in overrides.items()}
    return HaitiModel(load_case(overrides=settings, weight=200, uncertainty=uncertainty), run_seed=seed).run(days)


# Returns need weeks of safety by default, unpaid companies months to leave; here they come soon.
SOON = {"displaced__return_days": 10, "arrears__tolerance": 0.0, "arrears__withdraw_hazard": 0.02}
UNPAID = {
    "funding__source": "level",
    "funding__level": 0.0,
    "deployment__authorised": 9000,
    "deployment__at_start": 9000,
}
MANY_OPERATIONS = {"deployment__forced": True, "deployment__authorised": 5550, "command__tempo": 0.08}
# Parameters, and streams that each run is there for.
RUNS = {
    "unpaid": (SOON | UNPAID, {"deployment.leave", "deployment.offer", "contributor", "onward.kind"}),
    "forced": (SOON | {"deployment__forced": True}, {"returning", "flight.fee", "relocation.destroyed", "casualties"}),
    "uncertain": ({"uncertainty": True}, {"map", "prior.gang.members", "equipment", "police"}),
    "many-assaults": (
        {"gang__act_rate": 2.0, "gang__raid_rate": 5.0, "gang__cohesion": 0.0},
        {"assaults", "assaults.raid0", "background.clash", "background.ambush", "recruitment", "redistribution"},
    ),
    "many-operations": (
        MANY_OPERATIONS | {"command__p_min": 0.05, "economy__gang_wage": 90.0},
        {"operations.launch3", "operations.expel", "wages"},
    ),
}


@pytest.mark.verifies("V-19")
@pytest.mark.parametrize("name", RUNS)
def test_no_luck_is_used_twice(record, name):
    changes, streams = RUNS[name]
    lived(**changes)
    assert not record.used_twice()
    assert streams <= {stream for stream, _, _ in record.times}


def test_generators_before_the_start_have_names_of_their_own(record):
    lived(days=1)
    assert len(record.generators) == 3
    assert set(record.generators.values()) == {1}


def test_everything_that_deals_luck_is_watched(record):
    """Should a kernel of this list go or lose its parameters' names, this file would see less than it says."""
    lived(days=30)
    assert record.kernels >= {"stream", "each", "hit_candidates", "flow_along_edges"}
    asked = {name.partition(".")[0] for name, _, _ in record.times}
    assert asked >= {
        "gang",
        "operations",
        "assaults",
        "background",
        "recruitment",
        "redistribution",
        "flight",
        "police",
    }


def test_a_second_use_is_seen(record):
    dice = Dice(1)
    dice.roll("one", 3, 5)
    dice.roll("one", 4, 5)
    dice.each("two", 3, np.array([1, 2]))
    assert not record.used_twice()
    dice.each("one", 3, np.array([4, 5]))
    assert record.used_twice() == {("one", 3, 5)}


@pytest.mark.verifies("V-19")
def test_policies_under_one_seed_meet_the_same_streams(record):
    lived(deployment__forced=True)
    first = dict(record.numbers)
    record.times.clear()
    record.numbers.clear()
    lived(deployment__forced=True, deployment__authorised=1000)
    common = first.keys() & record.numbers.keys()
    assert all(first[key] == record.numbers[key] for key in common)
    streams = {name.partition(".")[0] for name, _, place in common if place != WHOLE_DAY}
    assert streams >= {"gang", "operations", "assaults", "background", "recruitment", "flight", "relocation", "police"}
    assert len(common) > 0.5 * len(first)


def test_other_seeds_meet_other_streams(record):
    lived(seed=2, days=20)
    first = dict(record.numbers)
    record.numbers.clear()
    lived(seed=3, days=20)
    common = [key for key in first.keys() & record.numbers.keys() if key[2] != WHOLE_DAY]
    assert len(common) > 500
    assert not any(first[key] == record.numbers[key] for key in common)
