"""What a run of the city records: the engine's recorder, whose places are neighbourhoods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from models.haiti.metrics import together
from simulation.recorder import Recorder
from simulation.serialise.kept import kept


@kept
class CityRecorder(Recorder):
    """A recorder whose table of days and places has a column `neighbourhood`."""

    place_name = "neighbourhood"

    def together(self, model: Any) -> Mapping[Callable[[Any], Any], Any]:
        """Most of the city's metrics, from one look at it."""
        return together.figures(model)

    def neighbourhoods(self) -> pd.DataFrame:
        """A row a day and neighbourhood: `day`, `date`, `neighbourhood`, then a column a field; empty unless recorded."""
        return self.places()
