"""Effects and interactions of a factorial study: every two levels of a factor, everywhere and at each level of another.

An interaction is a difference of differences: what a step of one factor does at one level of another, less what it does at
a second, replicate by replicate under shared luck. Main effects average it away: a factor that helps a small force and harms
a large one may have none. Cells are averaged, and cells that are missing adjusted for, as in `main_effects.adjusted`: a cell
counts for a difference where both of its runs are there, for an interaction where all four are, and a replicate that lacks
some of the cells is taken for what it would be with all.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.analysis.main_effects import EQUAL, Factor, cannot_respond, factors_of, grid, means_of
from experiments.analysis.paired import LEVEL, holm, p_value, standard_error, t_interval
from experiments.analysis.study_results import StudyResults, write_csv
from simulation.errors import InputError, typed, unknown_name

if TYPE_CHECKING:
    from simulation.port.outcomes import Outcome

EVERYWHERE = "everywhere"  # what stands in place of another factor where an effect is over all of them


@dataclass(frozen=True)
class Effects:
    """What a factorial study's factors do: `effects` and `interactions` have a row a comparison, with its outcome.

    `dead`: which settings cannot respond to a factor, as `main_effects.cannot_respond` has it.
    """

    factors: list[Factor]
    outcomes: Sequence[Outcome]
    dead: Mapping[str, np.ndarray]
    effects: pd.DataFrame
    interactions: pd.DataFrame

    @property
    def inert(self) -> list[Factor]:
        """Factors that changed nothing in any run."""
        return [factor for factor in self.factors if self.dead[factor.name].all()]

    def factor(self, name: str) -> Factor:
        """A factor of the study; UnknownNameError if none has that name."""
        for factor in self.factors:
            if factor.name == name:
                return factor
        raise unknown_name("factor", name, [factor.name for factor in self.factors], "--factor")


def read_effects(folder: str | Path, outcomes: Iterable[str] = ()) -> Effects:
    """Both tables of a study, of the outcomes asked for, else of those it names. InputError if it is no factorial study."""
    study = StudyResults.read(folder)
    if study.card["design"] != "factorial":
        what = f"effects of levels are those of a factorial study, and its design is {study.card['design']}"
        raise InputError(what, f"study in {folder}", f"Ask {typed('katye', 'sensitivity', folder)}")
    return pairwise(study, study.outcomes(outcomes))


def pairwise(study: StudyResults, outcomes: Sequence[Outcome]) -> Effects:
    """Both tables of a factorial study, of these outcomes."""
    factors = factors_of(study.card, study.runs)
    dead = cannot_respond(study.runs, factors)

    def table(make: Callable[..., pd.DataFrame]) -> pd.DataFrame:
        made = [make(study.runs, factors, item.name, dead) for item in outcomes]
        return pd.concat([part for part in made if len(part)] or [pd.DataFrame()], ignore_index=True)

    return Effects(factors, outcomes, dead, table(pairwise_effects), table(interactions))


def write_effects(found: Effects, folder: Path) -> list[Path]:
    """effects.csv and interactions.csv in a folder."""
    tables = {"effects": found.effects, "interactions": found.interactions}
    return [write_csv(table, folder / f"{name}.csv") for name, table in tables.items()]


def pairwise_effects(
    runs: pd.DataFrame, factors: Sequence[Factor], outcome: str, dead: Mapping[str, np.ndarray] | None = None
) -> pd.DataFrame:
    """A row for every two levels of every factor, over all other factors and at every level of each of them.

    factor, level, against: what is compared, in levels of the study. within, at: the other factor and its level, or
    `everywhere` and "". pairs: replicates. mean, mean_against, difference, error (Monte Carlo standard error), low, high (95 %,
    Student's), p, p_holm (Holm over the rows of the outcome), beyond (p_holm below 0.05). cells: settings of the factors
    that are averaged over; unresponsive: how many of them are left out because they cannot respond to the factor (`dead`,
    see `main_effects.cannot_respond`); where none can, the difference is 0 and has no p.
    """
    dead = cannot_respond(runs, factors) if dead is None else dead
    values, rows = grid(runs, factors, runs[outcome]) if factors else None, []
    for axis, factor in enumerate(factors):
        by_level = np.moveaxis(values, axis + 1, 1)  # (replicates, levels, levels of the others...)
        others = [other for other in factors if other is not factor]
        for about, here, still in _contexts(by_level, others, dead[factor.name]):
            for one, other in itertools.combinations(range(len(factor.levels)), 2):
                row = {"outcome": outcome, "factor": factor.name}
                row |= {"level": factor.levels[other], "against": factor.levels[one]} | about
                sides = _responsive([here[:, one], here[:, other]], still)
                found = means_of(sides)
                if found is not None:
                    against, mean = found
                    row |= {"mean": mean.mean(), "mean_against": against.mean()}
                    rows.append(row | _estimate([mean, against], [1, -1], still))
    return _with_holm(rows)


def _contexts(
    by_level: np.ndarray, others: Sequence[Factor], still: np.ndarray
) -> Iterator[tuple[dict[str, Any], np.ndarray, np.ndarray]]:
    """Where an effect is looked at: words, runs (replicates, levels, cells), and which cells cannot respond (cells,)."""
    replicates, levels = by_level.shape[:2]
    yield {"within": EVERYWHERE, "at": ""}, by_level.reshape(replicates, levels, -1), still.ravel()
    for axis, other in enumerate(others):
        for place, level in enumerate(other.levels):
            here = np.take(by_level, place, axis=axis + 2).reshape(replicates, levels, -1)
            yield {"within": other.name, "at": level}, here, np.take(still, place, axis=axis).ravel()


def interactions(
    runs: pd.DataFrame, factors: Sequence[Factor], outcome: str, dead: Mapping[str, np.ndarray] | None = None
) -> pd.DataFrame:
    """A row for every two levels of one factor and every two levels of another: how far the effect of the first differs.

    factor, level, against: the step. within, at, instead_of: the two levels of the other factor, which stands first in the
    study. effect_at, effect_instead: what the step does at each, over the same cells; difference: their difference, with
    error, low, high, p, p_holm and beyond as in `pairwise_effects`. The step of `within` at two levels of `factor` differs by
    the same, so no row is there for it; step_at, step_against are its effects at `level` and `against`. unresponsive: cells
    of the remaining factors that are left out because one of the two factors cannot act there at all.
    """
    dead = cannot_respond(runs, factors) if dead is None else dead
    values, rows = grid(runs, factors, runs[outcome]) if factors else None, []
    for (k, within), (m, factor) in itertools.combinations(enumerate(factors), 2):
        square = np.moveaxis(values, (k + 1, m + 1), (1, 2))
        square = square.reshape(*square.shape[:3], -1)  # (replicates, levels of within, levels of factor, cells)
        idle = _idle(dead[within.name], m - 1, len(factor.levels)), _idle(dead[factor.name], k, len(within.levels))
        for one, other in itertools.combinations(range(len(factor.levels)), 2):
            for first, second in itertools.combinations(range(len(within.levels)), 2):
                still = idle[0][[one, other]].all(axis=0) | idle[1][[first, second]].all(axis=0)
                corners = [square[:, b, a] for b in (second, first) for a in (other, one)]
                found = means_of(_responsive(corners, still))
                if found is None:
                    continue
                step_at, step_instead = found[0] - found[1], found[2] - found[3]
                row = {"outcome": outcome, "factor": factor.name}
                row |= {"level": factor.levels[other], "against": factor.levels[one], "within": within.name}
                row |= {"at": within.levels[second], "instead_of": within.levels[first]}
                row |= {"effect_at": step_at.mean(), "effect_instead": step_instead.mean()}
                row |= {"step_at": (found[0] - found[2]).mean(), "step_against": (found[1] - found[3]).mean()}
                rows.append(row | _estimate(found, [1, -1, -1, 1], still))
    return _with_holm(rows)


def _idle(dead: np.ndarray, axis: int, levels: int) -> np.ndarray:
    """Which cells of the remaining factors cannot respond to a factor, by level of another: bool (levels, cells)."""
    return np.moveaxis(dead, axis, 0).reshape(levels, -1)


def _responsive(sides: Sequence[np.ndarray], still: np.ndarray) -> list[np.ndarray]:
    """The cells that can respond; all of them where none can, as they show then that nothing happens."""
    return list(sides) if still.all() else [side[:, ~still] for side in sides]


def _estimate(parts: Sequence[np.ndarray], signs: Sequence[int], still: np.ndarray) -> dict[str, Any]:
    """What a sum of means over cells is, replicate by replicate; 0 where rounding alone makes it another number."""
    gaps = sum(sign * part for sign, part in zip(signs, parts))
    gaps = np.where(np.abs(gaps) <= EQUAL * np.max(np.abs(parts), axis=0), 0.0, gaps)
    low, high = t_interval(gaps)
    row = {"pairs": int(gaps.size), "difference": float(gaps.mean()), "error": standard_error(gaps)}
    row |= {"low": low, "high": high, "p": np.nan if still.all() else p_value(gaps)}
    return row | {"cells": int(still.size), "unresponsive": int(still.sum())}


def _with_holm(rows: list[dict[str, Any]]) -> pd.DataFrame:
    found = pd.DataFrame(rows)
    if rows:
        found["p_holm"] = holm(found["p"])
        found["beyond"] = found["p_holm"] < 1 - LEVEL
    return found
