"""The second model that has a replay: squares of its torus, two lines, outbursts."""

import re

import numpy as np
import pytest

from models.epstein.family import FAMILY, load_case
from models.epstein.model import EpsteinModel
from models.epstein.replay import PLACES, REPLAY, lattice
from simulation.errors import InputError
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


def test_a_model_plays_its_days_so_far_in_a_frame_over_a_still_picture(lived, tmp_path):
    model = EpsteinModel(load_case("baseline", days=40), run_seed=1, replay=True).run(9)
    first = model.play()
    assert first.content["frames"] == 10
    run = model.run(31).play().content["arms"][0]["runs"][0]
    assert run == lived[1], "looked at on the way or not, it is the same run"
    assert first.content["frames"] == 10, "what was shown stays as it was"
    shown = first._repr_html_()
    assert shown.index("<img src") < shown.index('<iframe class="replay"')
    assert 'sandbox="allow-scripts"' in shown
    untrusted = re.sub(r"<iframe.*?</iframe>", "", shown, flags=re.S)  # as JupyterLab does
    assert untrusted.count("<img") == 1
    assert re.search(r'<img src="data:image/png;base64,[^"]+" alt="[^"]*not a forecast', untrusted)
    assert "<script" not in untrusted
    assert first.save(tmp_path / "run.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    with pytest.raises(InputError, match="EpsteinModel\\(case, replay=True\\)"):
        lived[0].play()
    late = lived[0].keep_replay().run(2).play()
    assert late.content["frames"] == 3, "from the day on which somebody begins to look"
