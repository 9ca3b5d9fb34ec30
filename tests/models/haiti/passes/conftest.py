"""What tests of compiled passes share: a lively city on some of its evenings."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from support.laws.to_the_bit import LIVELY

from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case


@pytest.fixture(scope="module")
def days():
    """A lively city on some of its evenings."""
    model = HaitiModel(load_case(overrides=LIVELY, weight=1000), run_seed=4)
    return [model.run(25) and copy_of(model) for _ in range(3)]


def copy_of(model):
    state = copy.copy(model.state)
    state.__dict__.update(model.state.copy())
    return model, state, np.random.default_rng(model.day)
