"""What a run of the city records: the engine's recorder, whose places are neighbourhoods."""

from __future__ import annotations

import pandas as pd

from simulation.recorder import Recorder
from simulation.serialise.kept import kept


@kept
class CityRecorder(Recorder):
    """A recorder whose table of days and places has a column `neighbourhood`."""

    place_name = "neighbourhood"

    def neighbourhoods(self) -> pd.DataFrame:
        """A row a day and neighbourhood: `day`, `date`, `neighbourhood`, then a column a field; empty unless recorded."""
        return self.places()
