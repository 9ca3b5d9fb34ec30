"""Every attribute of a kept run forged in turn: it is refused in one line, or the run goes on soundly. Nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.forgery import forging
from support.forgery.opening import Worker, busy_run, kept

from models.haiti.day import DAY
from models.haiti.saving import saving, sound
from simulation.errors import InputError
from simulation.serialise import checking
from simulation.serialise.kept import KEPT

OUTSIDE = {
    "Case", "Event", "Run",  # made anew, from the header, or asked for by `sound.check`
    "City", "PlaceGraph", "Gateway", "ExternalPlace",  # the map and what it begins with are the program's own
    "StartingPoint", "GangRecord", "PoliceStrength", "VehicleRecord", "BaseRecord", "ContributorRecord", "PledgeRecord",
    "ReceiptRecord", "Recorder",
}  # fmt: skip
"""Kept classes whose instances no kept run brings along."""


@pytest.fixture(scope="module")
def model():
    return busy_run()


@pytest.fixture(scope="module")
def kept_file(model, tmp_path_factory):
    return kept(model, tmp_path_factory.mktemp("kept") / "run.katye")


def looked(model):
    sizes = sound.sizes_of(model) | {"day": model.day, "rows": model.population.count}
    return checking.check(model, saving.known(model), sizes, sound.rules_of(model))


def test_every_attribute_of_a_kept_class_says_what_it_may_hold(model):
    """Fails for a new attribute: add it to `limits` beside the fields of its class (`simulation/serialise/limits.py`)."""
    look = looked(model)
    assert checking.undeclared(look, sound.rules_of(model)) == []
    met = {type(thing).__name__ for thing in look.seen.values()}
    assert {kind.__name__ for kind in DAY} <= met
    ours = {name for name, kind in KEPT.items() if kind.__module__.startswith(checking.OURS)}
    assert ours - met == OUTSIDE - {"Recorder"} or ours - met == OUTSIDE


def test_an_attribute_that_nobody_declared_is_found(model):
    model.pool.tips, model.flight.hurry = 0.5, 1
    try:
        assert checking.undeclared(looked(model), sound.rules_of(model)) == ["Flight.hurry", "FundingPool.tips"]
    finally:
        del model.pool.tips, model.flight.hurry


def test_what_could_not_be_opened_again_is_not_kept(model, tmp_path):
    cash, model.pool.cash = model.pool.cash, float("nan")
    try:
        with pytest.raises(InputError, match=r"cannot be kept \(FundingPool\.cash is nan, not a number"):
            model.save(tmp_path / "run")
    finally:
        model.pool.cash = cash
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def worker(kept_file):
    worker = Worker(kept_file)
    yield worker
    worker.close()


def check(worker, number, name, what, seed):
    said = worker.opened(number, name, what, seed)
    assert said in ("refused", "sound"), (forging.name_of(worker.taken, number, name), what, seed, said)
    return said


CRASHED = (
    ("Roster", "counts", "fill 6"), ("Roster", "starts", "fill 6"), ("Roster", "slots", "one 6"), ("Roster", "slots", "one 5"),
    ("Roster", "position", "fill 6"), ("Roster", "group", "one 6"), ("Roster", "group", "fill 5"),
    ("Roster", "capacity", "fill 8"),
    ("Households", "people", "one 0"), ("Households", "place", "one 4"),
    ("CityState", "members", "one 6"),
    ("CityState", "influence", "fill 9"), ("CityState", "owner", "fill 5"), ("CityState", "label", "one 4"),
    ("FundingPool", "cash", "value 14"), ("FundingPool", "cash", "value 15"), ("Unit", "strength", "value 6"),
    ("Unit", "place", "value 0"), ("Kidnapping", "held_by", "one 6"), ("Diary", "_count", "value 6"),
    ("Passage", "cost", "value 12"), ("CityState", "ruled_days", "one 5"),
    ("Mesa", "steps", "value 6"), ("LazyField", "mark", "fill 10"), ("Gang", "homes", "item 4"),
)  # fmt: skip
"""Forgeries that ended the interpreter, hung, or went on in silence, by class, attribute and what is done to it."""


@pytest.mark.slow
def test_what_once_broke_the_interpreter_is_refused(worker):
    places = {}
    for number, name in forging.fields(worker.taken):
        places.setdefault(tuple(forging.name_of(worker.taken, number, name).split(".")), (number, name))
    for kind, name, what in CRASHED:
        place = places.get((kind, name)) or places[("Lives", name)]
        assert check(worker, *place, what, 1) == "refused", (kind, name, what)


@pytest.mark.slow
def test_every_attribute_forged_in_turn_is_refused_or_sound(worker):
    luck, found = np.random.default_rng(1), []
    named = {forging.name_of(worker.taken, *field): field for field in forging.fields(worker.taken)}
    for number, name in named.values():
        ways = list(forging.forgeries(worker.taken, number, name))
        found.append(check(worker, number, name, ways[int(luck.integers(len(ways)))], 1))
    assert found.count("refused") > 0.7 * len(found)
    assert "sound" in found


@pytest.mark.slow
@settings(derandomize=True, max_examples=30, deadline=None, database=None)
@given(st.data())
def test_any_forgery_of_any_attribute_is_refused_or_sound(worker, data):
    number, name = data.draw(st.sampled_from(forging.fields(worker.taken)))
    what = data.draw(st.sampled_from(list(forging.forgeries(worker.taken, number, name))))
    check(worker, number, name, what, data.draw(st.integers(0, 1000)))
