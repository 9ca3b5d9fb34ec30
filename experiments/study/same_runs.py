"""Cells of a study that are the same run by construction: what differs between them changes nothing in either.

A level of money while nobody is authorised, say. Such cells have one run a replicate, which all of them share.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.study.study import Cell
    from simulation.port.family import Case, ModelFamily


def first_alike(
    family: ModelFamily, cells: Sequence[Cell], cases: Sequence[Case], shared: Case | None = None
) -> list[int]:
    """For every cell, the number of the first cell that has the same runs: its own where there is none before it.

    Two cells are the same if they have the same scenario, population and mechanisms, and differ in parameters only that are
    idle in both (`ModelFamily.idle_in`): none of these is ever read, so that any number of them may differ at once.
    shared: the case of the days that all runs share. What matters there may leave something behind that it changes later.
    """
    names = list(dict.fromkeys(name for cell in cells for name in cell.overrides))
    early = family.idle_in(shared, names) if shared is not None else None
    found: dict[Any, int] = {}
    return [
        found.setdefault(_run_of(family, cell, case, names, early), number)
        for number, (cell, case) in enumerate(zip(cells, cases, strict=True))
    ]


def _run_of(family: ModelFamily, cell: Cell, case: Case, names: Sequence[str], early: frozenset[str] | None) -> Any:
    """All on which a cell's runs depend, beside their seeds and what all cells have in common."""
    idle = family.idle_in(case, names)
    idle = idle if early is None else idle & early
    values = tuple((name, repr(case.parameters.get(name))) for name in names if name not in idle)
    # Whether a parameter is drawn from its prior depends on who has chosen it; without uncertainty nothing does.
    chosen = frozenset(case.chosen) if case.uncertainty else frozenset(case.chosen) - set(names)
    return cell.scenario, cell.off, cell.population, values, chosen
