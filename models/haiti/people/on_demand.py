"""Windows on the model: households as Mesa agents made on demand, and Mesa's data collector over the recorder."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pandas as pd

from models.haiti.agents.household import Household
from models.haiti.kernels import GONE, HOME
from models.haiti.people.columns import NO_TIE, STATUS_WORDS, WEALTH_WORDS, Households
from models.haiti.people.household_sets import MOST, HouseholdSet
from models.haiti.people.population_file import write_people
from models.haiti.world.naming import find_beyond, find_neighbourhood, find_place
from simulation.errors import InputError, unknown_name

Words = str | Sequence[str]
"""One text or several; several mean any of them."""
Span = float | tuple[float, float]
"""A number, or (low, high) with both ends included."""


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

    def __repr__(self) -> str:
        return f"<{len(self):,} households of {self.model._called()}>"

    def select(
        self,
        filter_func: Callable[[Household], bool] | None = None,
        *,
        at_most: int | None = 1000,
        sample: int | None = None,
        luck: str = "select",
        **filters: Any,
    ) -> HouseholdSet:
        """Households that pass all filters of `rows`, as a Mesa `AgentSet`: the first `at_most`, or a random `sample`.

        filter_func: of a household, as Mesa has it; it asks one by one, so let `rows` leave few. luck: another text draws
        another sample; the run's own luck is not touched. at_most: None for no limit; an agent takes about a kilobyte, so
        ask `rows` for numbers when there are many. The set holds its agents, and so do all that are made from it.

            poor = model.households.select(home="Solino", wealth="poor", people=(1, 3), sample=50)
            poor.set("fear", 0.9)
            poor.agg("people", sum)
        """
        for name in filters.keys() - set(FILTERS):
            raise unknown_name("filter", name, [*FILTERS, "at_most", "sample", "luck"], "households.select")
        chosen = self.rows(**filters)
        for name, number in (("at_most", at_most), ("sample", sample)):
            if number is not None and (isinstance(number, bool) or number != int(number) or number < 0):
                raise InputError(f"'{number}' is no number of households", f"households.select, {name}")
        if filter_func is not None:
            asked = (row for row in chosen if filter_func(Household(self.model, row)))
            few = None if sample is not None or at_most is None else int(at_most)
            chosen = np.fromiter(itertools.islice(asked, few), np.int64)
        if sample is not None:
            draw = self.model.generator(f"select.{luck}.{self.model.day}")
            chosen = np.sort(draw.choice(chosen, min(int(sample), chosen.size), replace=False))
        else:
            chosen = chosen[:at_most]
        return HouseholdSet((Household(self.model, row) for row in chosen), self.model.random)

    # As a Mesa AgentSet of all of them, one at a time: no more than one is an agent at any moment

    def do(self, method: str | Callable, *arguments: Any, **options: Any) -> HouseholdViews:
        """Call a method, or a function, of every household; returns these households."""
        self.map(method, *arguments, **options)
        return self

    def map(self, method: str | Callable, *arguments: Any, **options: Any) -> list[Any]:
        """The same, and what every call returned."""
        if isinstance(method, str):
            return [getattr(one, method)(*arguments, **options) for one in self]
        return [method(one, *arguments, **options) for one in self]

    def get(self, names: str | Sequence[str], *arguments: Any, **options: Any) -> list[Any]:
        """An attribute of every household, or several in a list each; options as Mesa's."""
        if arguments or options:
            return [HouseholdSet([one], self.model.random).get(names, *arguments, **options)[0] for one in self]
        if isinstance(names, str):
            return [getattr(one, names) for one in self]
        return [[getattr(one, name) for name in names] for one in self]

    def set(self, name: str, value: Any) -> HouseholdViews:
        """Write an attribute of every household; returns these households."""
        for one in self:
            setattr(one, name, value)
        return self

    def agg(self, name: str, function: Callable | Sequence[Callable]) -> Any:
        """A function of all values of an attribute, or several of them."""
        values = self.get(name)
        return function(values) if callable(function) else [one(values) for one in function]

    def groupby(self, by: Callable | str, result_type: str = "agentset") -> Any:
        """Households by an attribute or a function, as Mesa groups them."""
        return self.everybody().groupby(by, result_type)

    def shuffle_do(self, method: str | Callable, *arguments: Any, **options: Any) -> HouseholdViews:
        """`do` in random order, by Mesa's own generator of the model."""
        self.everybody().shuffle_do(method, *arguments, **options)
        return self

    def everybody(self) -> HouseholdSet:
        """All of them as agents at once. InputError if they are too many for that."""
        if len(self) > MOST:
            hint = "Take a sample: model.households.select(sample=1000); or make the model with a larger weight"
            raise InputError(f"{len(self):,} households are too many agents at once", "households", hint)
        return HouseholdSet(self, self.model.random)

    def rows(
        self,
        *,
        home: Words | None = None,
        place: Words | None = None,
        status: Words | None = None,
        wealth: Words | None = None,
        ties: Words | None = None,
        displaced: bool | None = None,
        home_destroyed: bool | None = None,
        people: Span | None = None,
        moves: Span | None = None,
        fear: Span | None = None,
        threshold: Span | None = None,
        where: Callable[[Households], np.ndarray] | None = None,
        **unknown: Any,
    ) -> np.ndarray:
        """Numbers of the households that pass all filters, int64, ascending. Looks at whole columns and makes no agents.

        home, place, ties: ids or names; ties="" means none. status, wealth: words. people, moves, fear, threshold: a
        number or (low, high), both included. where: a function of the columns (`Households`) that returns true or false
        for every row: `where=lambda h: h.since > 30`. Raises InputError for what is unknown, a filter too.
        """
        for name in unknown:
            raise unknown_name("filter", name, FILTERS, "households.rows")
        columns, city = self.model.population, self.model.city
        chosen = np.ones(columns.count, bool)
        words = (
            (home, columns.home, lambda text: find_neighbourhood(city, text, "households, home")),
            (place, columns.place, lambda text: find_place(city, text, "households, place")),
            (status, columns.status, lambda text: _position(text, STATUS_WORDS, "status")),
            (wealth, columns.wealth, lambda text: _position(text, WEALTH_WORDS, "wealth")),
            (ties, columns.tie, lambda text: find_beyond(city, text, "households, ties") if text else NO_TIE),
        )
        for wanted, column, find in words:
            if wanted is not None:
                texts = [wanted] if isinstance(wanted, str) else wanted
                chosen &= np.isin(column, [find(text) for text in texts])
        away = ~np.isin(columns.status, (HOME, GONE))
        for name, wanted, column in (
            ("displaced", displaced, away),
            ("home_destroyed", home_destroyed, columns.destroyed),
        ):
            if wanted is not None:
                if not isinstance(wanted, (bool, np.bool_)):
                    raise InputError(f"'{wanted}' is neither True nor False", f"households, {name}")
                chosen &= column == wanted
        for name, wanted in (("people", people), ("moves", moves), ("threshold", threshold)):
            if wanted is not None:
                chosen &= _within(getattr(columns, name), wanted, name)
        if fear is not None:
            values = columns.fear_of(np.arange(columns.count, dtype=np.int32))
            chosen &= _within(np.clip(values, 0.0, 1.0), fear, "fear")
        if where is not None:
            passed = np.asarray(where(columns))
            if passed.dtype != bool or passed.shape != chosen.shape:
                hint = "For example lambda h: h.since > 30"
                raise InputError("does not return true or false for every row", "households, where", hint)
            chosen &= passed
        return np.flatnonzero(chosen)

    def write(self, path: str | Path) -> Path:
        """Write all households with somebody alive as a population file (.csv or .parquet) to read or to change.

        `load_case(population=path)` takes it. Not in it is where they are today: displacement is founded anew. Raises
        InputError if something is at `path` already.
        """
        return write_people(path, self.model.population, self.model.city)


def _position(text: str, words: Sequence[str], name: str) -> int:
    if text not in words:
        raise unknown_name(name, text, words, f"households, {name}")
    return words.index(text)


def _within(values: np.ndarray, wanted: Span, name: str) -> np.ndarray:
    try:
        low, high = (wanted, wanted) if np.isscalar(wanted) else wanted
        return (values >= low) & (values <= high)
    except (TypeError, ValueError):
        raise InputError(f"'{wanted}' is neither a number nor (low, high)", f"households, {name}") from None


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

    @property
    def _collection_steps(self) -> list[int]:
        """The days that Mesa 3.5 takes rows of a batch from; it has none without."""
        recorder = getattr(self, "_recorder", None)
        return recorder.days if recorder else []

    @_collection_steps.setter
    def _collection_steps(self, value) -> None:
        """Mesa's constructor sets an empty list."""

    def get_model_vars_dataframe(self) -> pd.DataFrame:
        """The daily table."""
        return self._recorder.daily()


FILTERS = tuple(
    name for name, one in inspect.signature(HouseholdViews.rows).parameters.items() if one.kind is one.KEYWORD_ONLY
)
"""What `rows` takes."""
