"""Main effects of a factorial study: what each level of a factor changes against the factor's first, under shared luck.

Everything else is averaged over, replicate by replicate, so an effect is a mean over the cells of the study and its interval
covers luck alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from experiments.analysis.paired import LEVEL, difference, holm, t_interval
from experiments.analysis.study_results import parameter_words
from experiments.study.study import level_text

ARM = "arm"
LABEL = 40  # letters of a scenario's title that a label can hold beside its name
EQUAL = 1e-9  # relative: means of the same runs added in another order differ by less


@dataclass(frozen=True)
class Factor:
    """What differs between the cells of a study: a parameter, the scenario or the arm. Its first level is the reference.

    `plain`: what the study's file calls it; `level_titles`: and its levels, by their text.
    """

    name: str
    levels: tuple[Any, ...]
    plain: str = ""
    level_titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Its plain name, else its own."""
        return self.plain or self.name

    def words(self, place: int) -> str:
        """A level of it for a sentence or a label: `funding.level = 1`, or the name of a scenario alone."""
        level = self.level_words(place)
        if self.name == "scenario" or (self.name == ARM and self.level_titles):
            return level
        return f"{self.title}: {level}" if self.plain else f"{self.title} = {level}"

    def level_words(self, place: int) -> str:
        """A level of it where the factor has been named."""
        level = self.levels[place]
        return self.level_titles.get(level_text(level), parameter_words(level))


def factors_of(card: Mapping[str, Any], runs: pd.DataFrame) -> list[Factor]:
    """What varies in a study of which `runs` have finished: its factors with two levels or more, then its arms.

    Levels stand in the order of the study's file.
    """
    names = [*(card.get("vary") or (card.get("points") or [{}])[0])]
    arms, titles = {ARM: list(card.get("arms") or {})}, dict(card.get("titles") or {})
    by_level = {ARM: titles.pop("arms", {})} | titles.pop("levels", {})
    if "scenario" in names:
        by_level.setdefault("scenario", _scenario_titles(card))
    found = []
    for name in dict.fromkeys([*names, ARM]):
        told = (dict(card.get("vary") or {}) | arms).get(name)
        levels = pd.unique(runs.sort_values("run")[name].dropna()).tolist()
        if isinstance(told, list):
            levels.sort(key=lambda level, told=told: told.index(level) if level in told else len(told))
        if len(levels) > 1:
            found.append(Factor(name, tuple(levels), titles.get(name, ""), by_level.get(name, {})))
    return found


def _scenario_titles(card: Mapping[str, Any]) -> dict[str, str]:
    """Names of scenarios with their titles, where these are short enough for a label."""
    told = {name: item["title"] for name, item in (card.get("scenarios") or {}).items()}
    return {name: f"{name} ({title})" for name, title in told.items() if title != name and len(title) <= LABEL}


def coded(runs: pd.DataFrame, factors: Sequence[Factor]) -> pd.DataFrame:
    """The runs with every factor's level as its place, 0 for the first: levels of any kind then sort as the study has them."""
    places = {
        factor.name: runs[factor.name].map({level: k for k, level in enumerate(factor.levels)}) for factor in factors
    }
    return runs.assign(**{name: column.astype(float) for name, column in places.items()})


def effects(runs: pd.DataFrame, factors: Sequence[Factor], outcome: str) -> pd.DataFrame:
    """A row a factor and a level after its first: what `experiments.analysis.paired.difference` says of level and first level.

    Pairs are replicates. A cell counts where the outcome is there at both levels; a replicate that lacks some cells counts
    as `adjusted` has it. Also joint_low, joint_high (all intervals of the outcome at once, Bonferroni), p_holm (Holm over
    the same rows) and beyond (p_holm below 0.05). Empty where no replicate has both levels of anything.
    """
    table, pairs = coded(runs, factors), []
    for factor in factors:
        others = [other.name for other in factors if other is not factor]
        wide = table.pivot_table(outcome, ["replicate", *others], factor.name, aggfunc="mean")
        for place in range(1, len(factor.levels)):
            if not {0.0, float(place)} <= set(wide.columns):
                continue
            both = wide[[0.0, float(place)]].dropna()
            if len(both):
                pairs.append((factor, place, *_by_replicate(both, others)))
    rows = []
    for factor, place, reference, one in pairs:
        one = np.where(np.isclose(one, reference, rtol=EQUAL, atol=0), reference, one)
        low, high = t_interval(one - reference, 1 - (1 - LEVEL) / len(pairs))
        row = {"factor": factor.name, "place": place, "level": factor.levels[place], "against": factor.levels[0]}
        rows.append(row | difference(one, reference) | {"joint_low": low, "joint_high": high})
    found = pd.DataFrame(rows)
    if rows:
        found["p_holm"] = holm(found["p"])
        found["beyond"] = found["p_holm"] < 1 - LEVEL
    return found


def _by_replicate(both: pd.DataFrame, others: Sequence[str]) -> list[np.ndarray]:
    """Means over cells of both columns, float64 (replicates,) each. `both`: its index is replicate and all other factors."""
    if not others:
        return [both[level].to_numpy() for level in both]
    grids = [both[level].unstack(others).to_numpy(float) for level in both]
    there = ~np.isnan(grids[0])
    return [adjusted(grid, there) for grid in grids]


def adjusted(values: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Mean over cells for every replicate, as if each had all cells: float64 and bool (replicates, cells) -> (replicates,).

    Plain means where nothing is missing. Else the replicates' least-squares means of an additive model of replicate and
    cell: the mean of those cells alone that a replicate has would take the effect of other cells for its luck. Replicates
    that share no cell with the others, even through third ones, are left out: nothing adjusts them.
    """
    linked = _linked(there)
    values, there = values[linked], there[linked]
    values, there = values[:, there.any(axis=0)], there[:, there.any(axis=0)]
    if there.all():
        return values.mean(axis=1)
    weight = there.astype(float)
    known = np.where(there, values, 0.0)
    in_cell = weight.sum(axis=0)
    own = known.sum(axis=1) - weight @ (known.sum(axis=0) / in_cell)  # what replicates add, once cells are taken out
    luck = np.linalg.lstsq(np.diag(weight.sum(axis=1)) - (weight / in_cell) @ weight.T, own, rcond=None)[0]
    cells = (known.sum(axis=0) - luck @ weight) / in_cell
    return cells.mean() + luck


def _linked(there: np.ndarray) -> np.ndarray:
    """bool (replicates,): those that hang together by cells they share, the largest such group."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    _, group = connected_components(csr_array(there.astype(float) @ there.T.astype(float) > 0), directed=False)
    return group == np.argmax(np.bincount(group, weights=there.sum(axis=1)))
