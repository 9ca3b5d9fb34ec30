"""What a run leaves behind: a row a day, a row a day and place, and dated incidents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from simulation.clock import Clock
from simulation.serialise.kept import kept
from simulation.serialise.limits import PLAIN, TEXT, Anything, Limits, given, listed, table, whole

if TYPE_CHECKING:
    from simulation.serialise.checking import Look


@kept
class Recorder:
    """Collects daily values of metrics and, if asked, of place fields. Day 0 is the state at the start.

    metrics: name -> function(model) -> number or text. fields: name -> function(model) -> array (places,). A model's own
    recorder may say what its places are called: `place_name` is a column of the table of days and places.
    """

    place_name = "place"
    limits = Limits(
        {
            "clock": given("clock"),
            "metrics": table(Anything()),
            "fields": table(Anything()),
            "place_ids": listed(TEXT, "n"),
            "days": listed(whole(0, "day")),
            "values": table(listed(PLAIN)),
            "place_values": table(listed(Anything())),
        }
    )

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
        known = self.together(model)
        for name, metric in self.metrics.items():
            self.values[name].append(known[metric] if metric in known else metric(model))
        for name, field in self.fields.items():
            self.place_values[name].append(np.array(field(model)))

    def together(self, model: Any) -> Mapping[Callable[[Any], Any], Any]:
        """Today's values of metrics that are cheaper taken together, by the metric's function; the others are asked."""
        return {}

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

    def check_kept(self, look: Look) -> None:
        """Every figure of every day, and nothing but numbers and words in them; functions are the program's own."""
        days = len(self.days)
        if self.days != list(range(look.sizes["day"] + 1)):
            raise ValueError("Recorder has not one row for each day")
        for kind, functions, kept_values in (
            ("metric", self.metrics, self.values),
            ("field", self.fields, self.place_values),
        ):
            if functions.keys() != kept_values.keys():
                raise ValueError(f"Recorder has not every {kind} that it names")
            for name, rows in kept_values.items():
                if functions[name] is not look.known.outer.get(f"{kind} {name}"):
                    raise ValueError(f"Recorder measures '{name}' by something else")
                if len(rows) != days:
                    raise ValueError(f"Recorder has {len(rows)} days of '{name}', not {days}")
        for name, rows in self.values.items():
            if len({isinstance(value, str) for value in rows if value is not None}) > 1:
                raise ValueError(f"Recorder has '{name}' of several kinds")
        for name, rows in self.place_values.items():
            for values in rows:
                if type(values) is not np.ndarray or values.shape != (len(self.place_ids),):
                    raise ValueError(f"Recorder has not one '{name}' for each place")
                if values.dtype != rows[0].dtype or values.dtype.kind not in "biufO":
                    raise ValueError(f"Recorder has '{name}' of several kinds")
                if values.dtype == object and not all(type(value) is str for value in values):
                    raise ValueError(f"Recorder has a '{name}' that is no word")
