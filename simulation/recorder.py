"""What a run leaves behind: a row a day, a row a day and place, and dated incidents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from simulation.clock import Clock
from simulation.serialise.kept import kept


@kept
class Recorder:
    """Collects daily values of metrics and, if asked, of place fields. Day 0 is the state at the start.

    metrics: name -> function(model) -> number or text. fields: name -> function(model) -> array (places,). A model's own
    recorder may say what its places are called: `place_name` is a column of the table of days and places.
    """

    place_name = "place"

    def __init__(
        self,
        clock: Clock,
        metrics: Mapping[str, Callable[[Any], Any]],
        fields: Mapping[str, Callable[[Any], np.ndarray]],
        place_ids: Sequence[str],
    ):
        self.clock = clock
        self.metrics = dict(metrics)
        self.fields = dict(fields)
        self.place_ids = list(place_ids)
        self.days: list[int] = []
        self.values: dict[str, list[Any]] = {name: [] for name in self.metrics}
        self.place_values: dict[str, list[np.ndarray]] = {name: [] for name in self.fields}

    def record(self, model: Any) -> None:
        self.days.append(model.day)
        for name, metric in self.metrics.items():
            self.values[name].append(metric(model))
        for name, field in self.fields.items():
            self.place_values[name].append(np.array(field(model)))

    def daily(self) -> pd.DataFrame:
        """A row a day: `day`, `date`, then a column a metric."""
        return pd.DataFrame({"day": np.asarray(self.days, np.int64), "date": self.dates(), **self.values})

    def places(self) -> pd.DataFrame:
        """A row a day and place: `day`, `date`, the place's id, then a column a field; empty unless recorded."""
        names, days = len(self.place_ids), len(self.days) if self.fields else 0
        frame = {
            "day": np.repeat(np.asarray(self.days[:days], np.int64), names),
            "date": np.repeat(self.dates()[:days], names),
            self.place_name: np.tile(np.asarray(self.place_ids, object), days),
        }
        for name, rows in self.place_values.items():
            frame[name] = np.concatenate(rows)
        return pd.DataFrame(frame)

    def dates(self) -> np.ndarray:
        """The date of every day, datetime64[us] (days,)."""
        return self.clock.dates(self.days)
