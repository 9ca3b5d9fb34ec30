"""Households as Mesa's sets of agents: those that somebody has selected, and all of them by their type, on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import mesa
from mesa.agent import AgentSet

from models.haiti.agents.household import Household

MOST = 100_000  # households that are agents at once: a hundred megabytes


class HouseholdSet(AgentSet):
    """A Mesa `AgentSet` of households that holds them: nobody else does, and a set of Mesa's own would be empty at once.

    `do`, `shuffle_do`, `map`, `get`, `set`, `agg`, `select`, `sort`, `shuffle` and `groupby` are Mesa's; what they return
    holds its households too.
    """

    def __init__(self, agents: Iterable[Household], random: Any):
        self._held = list(dict.fromkeys(agents))
        super().__init__(self._held, random=random)

    def __iter__(self) -> Iterator[Household]:
        return iter(self._held)  # which holds them also where the set itself is gone: for one in select(...)

    def __getitem__(self, item: int | slice) -> Household | list[Household]:
        return self._held[item]  # later versions of Mesa warn of theirs

    def to_list(self) -> list[Household]:
        return list(self._held)

    def __repr__(self) -> str:
        return f"<{len(self):,} households>"

    def _repr_html_(self) -> str:
        from simulation.visualization.picture import shown, table_html

        rows = [
            (one.row, one.home, one.place, one.status, one.people, one.wealth, f"{one.fear:.2f}") for one in self[:10]
        ]
        more = (
            f"the first {len(rows)} of {len(self):,} households" if len(self) > len(rows) else f"{len(self)} households"
        )
        return shown(more, table_html(rows, ("row", "home", "place", "status", "people", "wealth", "fear")))

    def _update(self, agents: Iterable[Household]) -> HouseholdSet:
        self._held = list(dict.fromkeys(agents))
        return super()._update(self._held)

    def add(self, agent: Household) -> None:
        super().add(agent)
        self._held = list(dict.fromkeys([*self._held, agent]))

    def discard(self, agent: Household) -> None:
        super().discard(agent)
        self._held = [one for one in self._held if one != agent]

    def remove(self, agent: Household) -> None:
        super().remove(agent)
        self._held = [one for one in self._held if one != agent]

    def select(self, *arguments: Any, inplace: bool = False, **options: Any) -> HouseholdSet:
        return self._held_too(super().select(*arguments, inplace=inplace, **options), inplace)

    def shuffle(self, inplace: bool = False) -> HouseholdSet:
        found = super().shuffle(inplace)
        return self._update(list(found._agents)) if inplace else self._held_too(found, inplace)

    def sort(self, *arguments: Any, inplace: bool = False, **options: Any) -> HouseholdSet:
        return self._held_too(super().sort(*arguments, inplace=inplace, **options), inplace)

    def groupby(self, by: Callable | str, result_type: str = "agentset") -> Any:
        groups = super().groupby(by, "list")
        if result_type == "agentset":
            groups.groups = {key: HouseholdSet(group, self.random) for key, group in groups.groups.items()}
        return groups

    def _held_too(self, found: AgentSet, inplace: bool) -> HouseholdSet:
        return self if inplace else found if isinstance(found, HouseholdSet) else HouseholdSet(found, self.random)


class AgentsByType(dict):
    """Mesa's table of agents by their class, which also answers for households: `model.agents_by_type[Household]`.

    They are made when asked for, so the table does not list them, and whoever goes through it meets those who decide only.
    """

    def __init__(self, model: mesa.Model):
        super().__init__()
        self._model = model

    def __missing__(self, kind: type) -> Any:
        if kind is Household:
            return self._model.households
        raise KeyError(kind)
