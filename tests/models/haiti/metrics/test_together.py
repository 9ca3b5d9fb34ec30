"""Figures that are taken together are those of their metrics, to the last bit and of the same kind."""

from __future__ import annotations

import pytest

from models.haiti import metrics
from models.haiti.metrics import together
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case

LIVELY = {
    "command.tempo": 0.05, "gang.act_rate": 0.5, "deployment.at_start": 600, "strike.active": True,
    "displaced.return_days": 5, "displaced.return_rate": 0.05,
}  # fmt: skip


@pytest.fixture(scope="module")
def model():
    return HaitiModel(load_case(overrides=LIVELY, weight=1000), run_seed=3)


def test_figures_are_those_of_their_metrics(model):
    moved = set()
    for _ in range(40):
        model.step()
        found = together.figures(model)
        assert len(found) > 80
        for name, metric in metrics.DAILY.items():
            if metric.value in found:
                alone = metric.value(model)
                assert repr(found.pop(metric.value)) == repr(alone), name
                moved |= {name} if alone else set()
        assert not found, "a figure of no metric"
    assert {"places_cleared_today", "strikes_today", "returns_today", "gang_recruits_today"} <= moved


def test_a_metric_in_the_place_of_another_is_asked_itself(model):
    model.recorder.metrics["gang_members"] = lambda _: -1
    model.recorder.record(model)
    assert model.recorder.values["gang_members"][-1] == -1
