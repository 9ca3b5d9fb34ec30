"""Memory that is read, not updated: a household's own value is its place's field plus a fading deviation.

Everybody's value follows x' = a x + b with a and b shared by place and class. So the difference between a household and
its field shrinks by the product of the a's. The field is stepped daily; a household stores its difference when something
happened to it and the logarithm of that product at that moment. Reading today's value is exact and costs two look-ups.
"""

from __future__ import annotations

import math

import numpy as np

from simulation.kernels import read_field, write_field
from simulation.same_bits import log
from simulation.serialise.kept import kept
from simulation.serialise.limits import Limits, floats


@kept
class LazyField:
    """A field over (places, classes) and what households deviate from it.

    field: float64 (places, classes), today's shared value. fading: float64 (places, classes), the sum of log a so far.
    deviation, mark: float64 (households,), the difference from the field at the last touch and `fading` at that moment.
    """

    limits = Limits(
        {
            "field": floats("places", 3, low=-100.0, high=100.0),
            "fading": floats("places", 3, low=-1e6, high=0.0),
            "deviation": floats("rows", low=-1e6, high=1e6),
            "mark": floats("rows", low=-1e6, high=0.0),
        }
    )

    def __init__(self, places: int, classes: int, households: int):
        self.field = np.zeros((places, classes))
        self.fading = np.zeros((places, classes))
        self.deviation = np.zeros(households)
        self.mark = np.zeros(households)

    def step(self, a: np.ndarray | float, b: np.ndarray | float) -> None:
        """One day for everybody: x' = a x + b, 0 < a <= 1; a and b broadcast to (places, classes)."""
        self.field *= a
        self.field += b
        self.fading += math.log(a) if isinstance(a, float) else log(a)

    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """What kernels take to read and write it: field, fading, deviation and mark."""
        return self.field, self.fading, self.deviation, self.mark

    def read(self, households: np.ndarray, place: np.ndarray, group: np.ndarray) -> np.ndarray:
        """Today's own values of households that live at `place` and belong to class `group`; float64."""
        return read_field(self.field, self.fading, self.deviation, self.mark, households, place, group)

    def write(self, households: np.ndarray, place: np.ndarray, group: np.ndarray, values: np.ndarray) -> None:
        """Set today's own values of households now at `place` in class `group`."""
        write_field(self.field, self.fading, self.deviation, self.mark, households, place, group, values)
