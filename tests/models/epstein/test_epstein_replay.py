"""The second model that has a replay: squares of its torus, two lines, outbursts."""

import numpy as np
import pytest

from models.epstein.family import FAMILY, load_case
from models.epstein.replay import PLACES, REPLAY, lattice
from simulation.port.plugins import NOTHING
from simulation.replay.blocks import decode
from simulation.replay.recording import Recording
from simulation.replay.words import read_words, slots


@pytest.fixture(scope="module")
def lived():
    model = FAMILY.create(load_case("baseline", days=40), 1)
    recording = Recording(REPLAY)
    model.run(progress=recording.progress(model))
    return model, recording.run(model)


def test_squares_hold_everybody_and_lines_are_those_of_the_table(lived):
    model, run = lived
    free = np.array(model.recorder.values["active"]) + np.array(model.recorder.values["quiet"])
    present = decode(run["places"]["present"])
    assert present.shape == (41, len(PLACES))
    np.testing.assert_array_equal(present.sum(axis=1), free)
    np.testing.assert_array_equal(decode(run["series"]["active"])[:, 0], model.recorder.values["active"])
    active = (decode(run["places"]["level"]) * present).sum(axis=1)
    np.testing.assert_allclose(active, model.recorder.values["active"], atol=0.025 * free.max())
    assert run["flows"] == []
    assert len(run["events"]) > 0


def test_its_map_and_its_words():
    places = lattice(NOTHING)["places"]
    assert tuple(place["id"] for place in places) == PLACES
    texts = read_words(REPLAY.words)
    wanted = {f"class.{one}" for one in REPLAY.classes} | {f"series.{one.name}" for one in REPLAY.series}
    wanted |= {"event.outburst", "model.name", "model.about", "model.assumption"}
    assert all(set(words) == wanted for words in texts.values())
    assert slots(texts["ht"]["event.outburst"]) == {"a"}
