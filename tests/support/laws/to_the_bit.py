"""Arrays compared to the last bit, and the city on which compiled passes are tried."""

from __future__ import annotations

import numpy as np

LIVELY = {"command.tempo": 0.05, "gang.act_rate": 0.5, "deployment.at_start": 600, "hold.thinness": 0.7}
"""Parameters of a city where a few weeks bring all that passes look at."""


def same(found, wanted):
    for one, other in zip(found, wanted, strict=True):
        one, other = np.asarray(one), np.asarray(other)
        assert one.shape == other.shape
        assert np.asarray(one, float).tobytes() == np.asarray(other, float).tobytes()
