"""A recorded run of the city: what is in it is what the model's own tables say, and the run is the same without it."""

import json
import zlib

import numpy as np
import pytest

from models.haiti.model import HaitiModel
from models.haiti.replay.recipe import CLASSES, FIELDS, REPLAY, SERIES
from models.haiti.scenario.scenario import load_case
from models.haiti.world.state import LABELS
from simulation.replay.blocks import decode
from simulation.replay.recipe import Replay
from simulation.replay.recorded import Recorded, check_recorded
from simulation.replay.recording import MOST_FLOWS, SMALLEST_FLOW, Recording

DAYS = 45


class Everybody(Recording):
    """A recording that also adds up all moves, day by day."""

    def __init__(self, replay: Replay):
        super().__init__(replay)
        self.moves, self.tallies = [], []
        tell = self._flows.tell
        self._flows.tell = lambda *moved: (self.moves.append(moved), tell(*moved))


@pytest.fixture(scope="module")
def lived():
    """(model, its recording, the run as a page gets it, balance of every day)."""
    model = HaitiModel(load_case("baseline", days=DAYS, weight=400), run_seed=3, neighbourhoods=True)
    recording, balance = Everybody(REPLAY), []
    before = model.state.present.copy()

    def evening(done, days):
        nonlocal before
        places = before.size
        origin, target, people = (
            map(np.concatenate, zip(*recording.moves)) if recording.moves else (np.zeros(0, int),) * 3
        )
        came, left = (np.bincount(where, people, places) for where in (target, origin))
        died = np.append(model.ledger.today["deaths_of_residents"], np.zeros(places - model.n))
        balance.append((model.state.present - before, came - left, died))
        recording.moves.clear()
        before = model.state.present.copy()

    progress = recording.progress(model, evening)
    model.run(DAYS, progress)
    return model, recording, recording.run(model), balance


def test_people_change_by_those_who_move_and_die(lived):
    """Nobody appears or is lost: of every place on every day."""
    _, _, run, balance = lived
    assert sum(np.abs(moved).sum() for _, moved, _ in balance) > 0
    for change, moved, died in balance:
        np.testing.assert_array_equal(change, moved - died)
    weeks = {week for week, *_ in run["flows"]}
    assert weeks <= set(range(DAYS // 7 + 1))
    for week in weeks:
        own = [people for when, _, _, people in run["flows"] if when == week]
        assert len(own) <= MOST_FLOWS
        assert min(own) >= SMALLEST_FLOW


def test_fields_are_those_of_the_tables(lived):
    model, _, run, _ = lived
    tables = {name: np.stack(values) for name, values in model.recorder.place_values.items()}
    assert tuple(CLASSES) == tuple(label.replace("gang", "armed") for label in LABELS)
    classes = decode(run["places"]["class"]).astype(int)
    np.testing.assert_array_equal(np.array(LABELS, object)[classes], tables["label"])
    np.testing.assert_allclose(decode(run["places"]["level"]), tables["influence"], atol=0.025 + 0.04 + 1e-6)
    for name, column in (("sheltering", "displaced_hosted"), ("present", "residents")):
        field = next(one for one in FIELDS if one.name == name)
        found = decode(run["places"][name])
        allowed = np.maximum(field.least, field.share * (found + field.scale)) + field.scale
        assert (np.abs(found - tables[column]) <= allowed).all()
    assert set(np.unique(decode(run["places"]["forces"]))) <= {0, 1, 2, 3}


def test_series_are_those_of_the_daily_table(lived):
    model, _, run, _ = lived
    values = model.recorder.values
    expected = {
        "displaced_people": values["displaced_people"],
        "returned": np.cumsum(values["returns_today"]),
        "usable_force": values["usable_force"],
        "deployed_force": values["deployed_force"],
        "held_by_armed_groups": values["gang_control_population_share"],
        "residents_killed": np.cumsum(values["residents_killed_today"]),
        "money_received": values["funding_received_usd_total"],
    }
    assert expected.keys() == {one.name for one in SERIES} == run["series"].keys()
    for one in SERIES:
        np.testing.assert_allclose(decode(run["series"][one.name])[:, 0], expected[one.name], atol=one.scale / 2 + 1e-9)


def test_nobody_who_looks_changes_a_run(lived):
    model, *_ = lived
    alone = HaitiModel(load_case("baseline", days=DAYS, weight=400), run_seed=3, neighbourhoods=True).run(DAYS)
    for name, values in alone.recorder.values.items():
        assert np.array(values).tobytes() == np.array(model.recorder.values[name]).tobytes() or values == pytest.approx(
            model.recorder.values[name], nan_ok=True, rel=0, abs=0
        )
    for name, value in alone.state.arrays().items():
        assert value.tobytes() == getattr(model.state, name).tobytes(), name
    assert alone.population.place.tobytes() == model.population.place.tobytes()


def test_a_recorded_run_can_be_saved_and_goes_on_as_the_same(tmp_path):
    model = HaitiModel(load_case("baseline", days=20, weight=2000), run_seed=1)
    recording = Recording(REPLAY)
    model.run(10, recording.progress(model))
    model.save(tmp_path / "kept.katye")
    again = HaitiModel.load(tmp_path / "kept.katye").run(5)
    assert again.population.moves_told is None
    child = model.branch({})
    child.run(5, recording.progress(child))
    np.testing.assert_array_equal(child.population.place, again.population.place)
    run = recording.run(child)
    assert decode(run["places"]["class"]).shape == (16, model.n)
    assert child.population.moves_told is None


def test_a_recording_is_whole_and_small(lived):
    model, _, run, _ = lived
    recorded = Recorded("haiti", "a run", "2024-06-01", DAYS + 1, tuple(model.city.ids), run)
    check_recorded(recorded, REPLAY, "here")
    packed = zlib.compress(json.dumps(run).encode(), 9)
    assert len(packed) < 60_000 * DAYS / 365


@pytest.mark.slow
def test_a_year_of_every_household_deflates_to_sixty_kilobytes():
    model = HaitiModel(load_case("baseline", days=365), run_seed=1)
    recording = Recording(REPLAY)
    model.run(365, recording.progress(model))
    assert len(zlib.compress(json.dumps(recording.run(model)).encode(), 9)) < 60_000
