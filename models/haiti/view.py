"""Windows on the model: households as Mesa agents made on demand, and Mesa's data collector over the recorder."""

from __future__ import annotations

from collections.abc import Iterator

import mesa
import numpy as np
import pandas as pd

from models.haiti.households import BETTER_OFF, NO_TIE, STATUS_WORDS, WEALTH_WORDS
from models.haiti.kernels import GONE
from simulation.errors import InputError


class Household(mesa.Agent):
    """One household (a row of the columns) as an agent. Two views of one row show the same household.

    Made when asked for and not registered with the model: `model.agents` holds only those who decide.
    """

    def __init__(self, model, row: int):
        self.model, self.row = model, int(row)
        self.unique_id = f"household {row}"
        self.pos = None

    @property
    def _columns(self):
        return self.model.population

    def _place_name(self, place: int) -> str:
        city = self.model.city
        return city.names[place] if place < self.model.n else city.external[place - self.model.n].name

    @property
    def home(self) -> str:
        """Name of the neighbourhood it comes from."""
        return self._place_name(int(self._columns.home[self.row]))

    @property
    def place(self) -> str:
        """Name of the place where it is today."""
        return self._place_name(int(self._columns.place[self.row]))

    @property
    def people(self) -> int:
        """People alive in it (of all households that the row stands for)."""
        return int(self._columns.people[self.row])

    @property
    def status(self) -> str:
        """Where and how it lives, in words."""
        return STATUS_WORDS[self._columns.status[self.row]]

    @property
    def wealth(self) -> str:
        return WEALTH_WORDS[min(int(self._columns.wealth[self.row]), BETTER_OFF)]

    @property
    def ties(self) -> str:
        """Department where it has family; empty if none."""
        tie = int(self._columns.tie[self.row])
        return "" if tie == NO_TIE else self._place_name(tie)

    @property
    def fear(self) -> float:
        """Its own fear today, 0 to 1."""
        value = self._columns.fear_of(np.array([self.row]))[0]
        return float(np.clip(value, 0.0, 1.0))

    @property
    def moves(self) -> int:
        """How often it had to flee."""
        return int(self._columns.moves[self.row])

    @property
    def home_destroyed(self) -> bool:
        return bool(self._columns.destroyed[self.row])

    @property
    def displaced(self) -> bool:
        return self.status not in (STATUS_WORDS[0], STATUS_WORDS[GONE])

    def remove(self) -> None:
        """Households are never removed; their rows stay in the ledger."""
        raise InputError("a household cannot be removed from the model", f"household {self.row}")

    def __repr__(self) -> str:
        return f"<household {self.row}: {self.people} people, {self.status}, {self.place}>"


class HouseholdViews:
    """All households of a model, as a sequence of agents: `households[17]`, `len(households)`, `select(...)`."""

    def __init__(self, model):
        self.model = model

    def __len__(self) -> int:
        return self.model.population.count

    def __getitem__(self, row: int) -> Household:
        if not isinstance(row, (int, np.integer)) or not -len(self) <= row < len(self):
            raise InputError(f"there is no household {row}", "households", f"They are numbered 0 to {len(self) - 1}")
        return Household(self.model, int(row) % len(self))

    def __iter__(self) -> Iterator[Household]:
        return (Household(self.model, row) for row in range(len(self)))

    def select(self, *, home: str | None = None, status: str | None = None, at_most: int = 1000) -> list[Household]:
        """Households by home neighbourhood and status (words of `STATUS_WORDS`), a list of at most `at_most` agents.

        The list holds the agents: an `AgentSet` made from it holds them weakly and needs it to stay alive.
        """
        columns = self.model.population
        chosen = np.ones(columns.count, bool)
        if home is not None:
            chosen &= columns.home == self.model.city.resolve(home)
        if status is not None:
            if status not in STATUS_WORDS:
                raise InputError(f"unknown status '{status}'", "households.select", f"Known: {', '.join(STATUS_WORDS)}")
            chosen &= columns.status == STATUS_WORDS.index(status)
        return [Household(self.model, row) for row in np.flatnonzero(chosen)[:at_most]]


class RecorderView(mesa.DataCollector):
    """Mesa's data collector for those who expect one; the recorder has collected already."""

    def __init__(self, recorder):
        super().__init__()
        self._recorder = recorder
        self.model_reporters = dict(recorder.metrics)

    def collect(self, model) -> None:
        """Nothing to do: every day is recorded as it ends."""

    @property
    def model_vars(self) -> dict[str, list]:
        recorder = getattr(self, "_recorder", None)
        return recorder.values if recorder else {}

    @model_vars.setter
    def model_vars(self, value) -> None:
        """Mesa's constructor sets an empty dictionary; the recorder's values stand instead."""

    def get_model_vars_dataframe(self) -> pd.DataFrame:
        """The daily table."""
        return self._recorder.daily()
