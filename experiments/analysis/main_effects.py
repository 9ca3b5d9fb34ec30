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
from experiments.analysis.study_results import ABOUT, parameter_words
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


def grid(runs: pd.DataFrame, factors: Sequence[Factor], column: pd.Series) -> np.ndarray:
    """A column of the runs as float64 (replicates, levels of the first factor, of the second, ...); NaN where no run is."""
    table = coded(runs, factors)
    names = [factor.name for factor in factors]
    known = table[names].notna().all(axis=1).to_numpy() & column.notna().to_numpy()
    replicate = pd.factorize(table["replicate"], sort=True)[0]
    shape = (replicate.max() + 1, *(len(factor.levels) for factor in factors))
    place = (replicate[known], *(table.loc[known, name].to_numpy(int) for name in names))
    total, count = np.zeros(shape), np.zeros(shape)
    np.add.at(total, place, column.to_numpy(float)[known])
    np.add.at(count, place, 1.0)
    return np.divide(total, count, out=np.full(shape, np.nan), where=count > 0)


def cannot_respond(runs: pd.DataFrame, factors: Sequence[Factor]) -> dict[str, np.ndarray]:
    """For each factor: which settings of all other factors cannot respond to it, bool (their levels, in order).

    There every replicate has the same row of figures, to the last bit, at each level of the factor: force that nobody
    has authorised cannot be paid better. What has not run at two levels under one seed is not called so.
    """
    other = {*ABOUT, *(factor.name for factor in factors)}
    figures = [
        name for name in runs
        if name not in other and "." not in name and pd.api.types.is_numeric_dtype(runs[name])
    ]  # fmt: skip
    if not figures:  # nothing was measured, so nothing is known to be the same
        return {name: np.zeros(shape, bool) for name, shape in _rest_shapes(factors).items()}
    same_row = pd.factorize(pd.util.hash_pandas_object(runs[figures].astype(float), index=False))[0]
    rows, found = grid(runs, factors, pd.Series(same_row, runs.index)), {}
    for axis, factor in enumerate(factors, start=1):
        here = np.moveaxis(rows, axis, 1)  # (replicates, levels, levels of the others...)
        there = ~np.isnan(here)
        lowest = np.where(there, here, np.inf).min(axis=1)
        highest = np.where(there, here, -np.inf).max(axis=1)
        compared = (there & (there.sum(axis=1, keepdims=True) > 1)).any(axis=0).all(axis=0)
        found[factor.name] = compared & (lowest >= highest).all(axis=0)
    return found


def _rest_shapes(factors: Sequence[Factor]) -> dict[str, tuple[int, ...]]:
    return {one.name: tuple(len(other.levels) for other in factors if other is not one) for one in factors}


def effects(
    runs: pd.DataFrame, factors: Sequence[Factor], outcome: str, dead: Mapping[str, np.ndarray] | None = None
) -> pd.DataFrame:
    """A row a factor and a level after its first: what `experiments.analysis.paired.difference` says of level and first level.

    Pairs are replicates. A cell counts where the outcome is there at both levels; a replicate that lacks some cells counts
    as `adjusted` has it. Cells that cannot respond to the factor (`dead`, from `cannot_respond` unless given) are left out:
    cells is the number of settings of all other factors, unresponsive how many of them. A factor that none responds to has a
    difference of 0 and no p. Also joint_low, joint_high (all intervals of the outcome at once, Bonferroni), p_holm (Holm over
    the same rows) and beyond (p_holm below 0.05). Empty where no replicate has both levels of anything.
    """
    if not factors:
        return pd.DataFrame()
    dead = cannot_respond(runs, factors) if dead is None else dead
    values, pairs = grid(runs, factors, runs[outcome]), []
    for axis, factor in enumerate(factors, start=1):
        by_level = np.moveaxis(values, axis, 1).reshape(values.shape[0], len(factor.levels), -1)
        still = dead[factor.name].ravel()
        kept = by_level if still.all() else by_level[:, :, ~still]
        for place in range(1, len(factor.levels)):
            both = means_of([kept[:, 0], kept[:, place]])
            if both is not None:
                pairs.append((factor, place, still, *both))
    tested = sum(not still.all() for _, _, still, _, _ in pairs)
    rows = []
    for factor, place, still, reference, one in pairs:
        one = np.where(np.isclose(one, reference, rtol=EQUAL, atol=0), reference, one)
        low, high = t_interval(one - reference, 1 - (1 - LEVEL) / max(tested, 1))
        row = {"factor": factor.name, "place": place, "level": factor.levels[place], "against": factor.levels[0]}
        row |= difference(one, reference) | {"joint_low": low, "joint_high": high}
        rows.append(row | {"cells": still.size, "unresponsive": int(still.sum())})
        if still.all():
            rows[-1]["p"] = np.nan
    found = pd.DataFrame(rows)
    if rows:
        found["p_holm"] = holm(found["p"])
        found["beyond"] = found["p_holm"] < 1 - LEVEL
    return found


def means_of(sides: Sequence[np.ndarray]) -> list[np.ndarray] | None:
    """Means over cells of each side, float64 (replicates,), from the cells where all sides are; None where there is none.

    sides: float64 (replicates, cells) each, NaN where there is no run. Replicates that lack cells count as in `adjusted`.
    """
    there = ~np.any([np.isnan(side) for side in sides], axis=0)
    if not there.any():
        return None
    return [adjusted(side, there) for side in sides]


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
