"""What to learn first: how much surer an answer would be if one parameter, or one figure of the world as it is, were known.

An answer is what an outcome differs by between two levels of a factor, under the same draw of parameters and the same luck.
Draws differ in it. What is worth knowing goes with it: the part of the answer's variance that a thing explains is the part
that would be gone, on average, if the thing were known (the expected value of partial information for a squared loss; Felli &
Hazen 1998). Taken from ranks, less what chance alone explains.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.analysis.main_effects import ARM
from experiments.analysis.paired import LEVEL, holm
from experiments.analysis.study_results import StudyResults
from experiments.calibration.drawn import drawn_parameters, same_draw, studied_in
from experiments.study.study import Cell, Study
from simulation.errors import InputError, unknown_name
from simulation.port.outcomes import Outcome

FEWEST = 12  # different draws
SAME = 0.999  # rank correlation from which two things are one
ENDINGS = ("_total", "_end", "_mean")
PARAMETER, FIGURE = "parameter", "figure"
COLUMNS = [
    "kind",
    "name",
    "correlation",
    "explained",
    "p_holm",
    "beyond",
    "below_where_low",
    "below_where_high",
    "moves_with",
]


@dataclass(frozen=True)
class Answer:
    """`gaps`: the outcome at level `other` less that at `one`, by draw. table: a row a thing that could be known, COLUMNS.

    explained: part of the variance of the gaps, 0 to 1. below_where_low, below_where_high: share of draws with a gap below 0
    in the third of them in which the thing is smallest and largest. moves_with: others that are the same in rank.
    """

    outcome: Outcome
    factor: str
    one: object
    other: object
    arm: str
    gaps: pd.Series
    table: pd.DataFrame

    @property
    def draws(self) -> int:
        return len(self.gaps)


def answer(studied: StudyResults, outcome: str, factor: str | None = None, arm: str | None = None) -> Answer:
    """What to learn first about what `factor` does to `outcome` in a study whose parameters are drawn.

    InputError: a study without draws or with too few; a factor that has not two levels; an outcome without variance.
    """
    where = f"study {studied.folder}"
    if not studied.card.get("uncertainty"):
        raise InputError("no parameters are drawn in it", where, 'Its file needs uncertainty = true or "posterior"')
    told = studied.outcome(outcome)
    name = _factor(studied, factor, where)
    arms = studied.of_arm(arm)
    if len(arms) > 1:
        raise InputError(f"it has {len(arms)} arms: {', '.join(arms)}", where, "Choose one with --arm")
    runs = studied.runs[studied.runs[ARM] == arms[0]]
    one, other = sorted(runs[name].unique())
    tables = [runs[runs[name] == level].groupby("replicate").mean(numeric_only=True) for level in (one, other)]
    both = tables[0].index.intersection(tables[1].index)
    seeds = runs[runs[name] == one].drop_duplicates("replicate").set_index("replicate")["seed"].loc[both]
    study = studied_in(studied.folder)
    values = drawn_parameters(study, studied.folder, _cell(study, arms[0], name, one), seeds)
    draw = same_draw(values)
    gaps = (tables[1][outcome] - tables[0][outcome]).loc[both].groupby(draw).mean()
    if len(gaps) < FEWEST:
        raise InputError(f"{len(gaps)} different draws are too few to say", where, f"Take {FEWEST} replicates or more")
    if gaps.nunique() < 2:
        raise InputError(f"{outcome} differs by the same in all draws", where)
    figures = tables[0].loc[both, _published(studied, tables[0].columns)]
    parts = [
        _rows(PARAMETER, values.groupby(draw).mean(), gaps),
        _rows(FIGURE, figures.groupby(draw).mean(), gaps),
    ]
    return Answer(told, name, one, other, arms[0], gaps, pd.concat(parts, ignore_index=True)[COLUMNS])


def _factor(studied: StudyResults, asked: str | None, where: str) -> str:
    if asked is not None and asked not in studied.factors:
        raise unknown_name("factor", asked, studied.factors, "--factor")
    two = [name for name in studied.factors if studied.runs[name].nunique() == 2 and asked in (None, name)]
    if len(two) != 1:
        what = f"{asked} has {studied.runs[asked].nunique()} levels" if asked else f"{len(two)} factors have two levels"
        raise InputError(f"{what}: an answer is of two", where, "Choose a factor of two levels with --factor")
    return two[0]


def _cell(study: Study, arm: str, factor: str, level: object) -> Cell:
    return next(cell for cell in study.cells() if cell.arm == arm and cell.levels[factor] == level)


def _published(studied: StudyResults, columns: Iterable[str]) -> list[str]:
    """Outcomes that somebody could publish: those of the model's record, and those that the study or the model names."""
    family = studied.family
    known = {name for item in family.record() for name in item.needed} if family.record else set()
    named = {*(studied.card["outcomes"] or ()), *family.usual}
    found = []
    for name in columns:
        ending = next((one for one in ENDINGS if name.endswith(one)), None)
        base = name.removesuffix(ending) if ending else name
        if name in studied.outcome_names and (name in named or (ending and known & {base, f"{base}_today"})):
            found.append(name)
    return found


def _rows(kind: str, table: pd.DataFrame, gaps: pd.Series) -> pd.DataFrame:
    """A row for each column of `table`, by what it explains of the gaps; what moves with one further up stands beside that."""
    from scipy import stats

    table = table.loc[gaps.index, table.nunique() > 1]
    count, found = len(gaps), []
    third = count // 3
    for name in table:
        correlation, p = stats.spearmanr(table[name], gaps)
        order = np.argsort(table[name].to_numpy(), kind="stable")
        below = (gaps.to_numpy() < 0)[order]
        explained = max(0.0, 1.0 - (1.0 - correlation**2) * (count - 1) / (count - 2))
        row = {"kind": kind, "name": name, "correlation": correlation, "explained": explained, "p": p}
        found.append(row | {"below_where_low": below[:third].mean(), "below_where_high": below[-third:].mean()})
    rows = pd.DataFrame(found, columns=["kind", "name", "correlation", "explained", "p", *COLUMNS[6:8]])
    rows = rows.sort_values("correlation", key=abs, ascending=False, kind="stable", ignore_index=True)
    beside = _beside(table.rank().corr(), list(rows["name"]))
    rows = rows[rows["name"].isin(beside)].reset_index(drop=True)
    rows["p_holm"] = holm(rows["p"])
    rows["beyond"] = rows["p_holm"] < 1 - LEVEL
    return rows.assign(moves_with=[", ".join(beside[name]) for name in rows["name"]])


def _beside(ranks: pd.DataFrame, order: list[str]) -> Mapping[str, list[str]]:
    """{first: others that go with it entirely}."""
    found: dict[str, list[str]] = {}
    for name in order:
        first = next((one for one in found if abs(ranks.loc[name, one]) >= SAME), None)
        if first is None:
            found[name] = []
        else:
            found[first].append(name)
    return found
