"""In which share of draws, or of seeds, a level of a factor gives less than another: on days of the curves, pair by pair.

A claim of sign carries this share beside its mean: where parameters are drawn, it says in how many worlds the claim would be
right. Pairs that drew the same parameters are no worlds of their own, so that intervals go by draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from experiments.analysis.numbers import write_difference
from experiments.analysis.paired import grouped_interval, wilson, worth_of_groups
from experiments.analysis.study_results import StudyResults, parameter_words
from experiments.calibration.drawn import draws_by_replicate, studied_in
from experiments.store.sharing import load_cells
from experiments.study.study import Cell, Study
from simulation.errors import InputError, UnknownNameError, unknown_name
from simulation.port.naming import unknown_column
from simulation.port.outcomes import Outcome

FEWEST = 4  # draws
COLUMNS = [
    "arm", "level", "day", "outcome", "pairs", "draws", "worth", "share", "low", "high", "difference", "from", "to",
]  # fmt: skip


@dataclass(frozen=True)
class Shares:
    """table: a row an arm, level, day and outcome, COLUMNS; share: of pairs in which the level gives less than `against`.

    draws: how many of the pairs' draws are different, which is all of them unless a posterior is drawn from. worth: of how many
    independent pairs the share is as sure. low, high: its Wilson interval for that many; difference with its Student interval
    over draws (from, to). study: its name. alone: no other factor varies in it.
    """

    study: str
    factor: str
    against: str
    outcomes: tuple[Outcome, ...]
    days: tuple[int, ...]
    table: pd.DataFrame
    alone: bool


def shares(
    studied: StudyResults,
    factor: str | None = None,
    against: str | None = None,
    days: Sequence[int] = (),
    outcomes: Sequence[str] = (),
) -> Shares:
    """Every level of a factor against one of them, in pairs under one draw and one luck.

    factor: the only one that varies if none is given. against: its first level. days: of the curves, the nearest before each;
    the last one if none is given. outcomes: columns of the curves, else those that the study's outcomes end in. InputError,
    UnknownNameError.
    """
    where = f"study {studied.folder}"
    try:
        curves = load_cells(studied.folder, "curves")
    except UnknownNameError:
        raise InputError("this study kept no curves", where, "Set curves in its file: docs/studies.md") from None
    name = _factor(studied, factor, where)
    curves = curves.assign(level=curves[name].map(parameter_words))
    levels = list(dict.fromkeys(curves["level"]))
    base = levels[0] if against is None else level_asked(against, levels)
    if base not in levels:
        raise unknown_name(f"level of {name}", base, levels, "--against")
    known = studied.family.curve_columns
    chosen = [_column(one, known, curves) for one in outcomes] or _usual(studied, known, curves)
    at = [_nearest(curves["day"], day) for day in days] or [int(curves["day"].max())]
    study, rows = studied_in(studied.folder), []
    for arm in studied.arms if name != "arm" else [""]:
        draws = _draws(studied, study, {"arm": base} if name == "arm" else {"arm": arm, name: base})
        part = curves[curves["arm"] == arm] if name != "arm" else curves
        for day in dict.fromkeys(at):
            here = part[part["day"] == day]
            for item in chosen:
                wide = here.pivot_table(index="replicate", columns="level", values=item.name)
                rows += [_row(arm, level, day, item, wide, base, draws) for level in levels if level != base]
    table = pd.DataFrame([row for row in rows if row], columns=COLUMNS)
    if table.empty:
        raise InputError(f"no pairs of {FEWEST} different draws have finished", where, "Give it more replicates")
    return Shares(
        str(studied.card.get("study") or studied.folder.name),
        name,
        base,
        tuple(chosen),
        tuple(dict.fromkeys(at)),
        table,
        len(studied.factors) < 2,
    )


def _draws(studied: StudyResults, study: Study, levels: dict[str, str]) -> pd.Series:
    """Which draw each replicate of a cell is of; `levels`, in words, tell the cell."""
    cell = next(one for one in study.cells() if _is(one, levels))
    runs = studied.runs
    for factor, words in levels.items():
        runs = runs[runs[factor].map(parameter_words) == words]
    seeds = runs.drop_duplicates("replicate").set_index("replicate")["seed"]
    return draws_by_replicate(study, studied.folder, cell, seeds)


def _is(cell: Cell, levels: dict[str, str]) -> bool:
    here = {"arm": cell.arm, **cell.levels}
    return all(parameter_words(here[factor]) == words for factor, words in levels.items())


def _row(
    arm: str, level: str, day: int, item: Outcome, wide: pd.DataFrame, base: str, draws: pd.Series
) -> dict[str, object] | None:
    if level not in wide or base not in wide:
        return None
    both = wide[[level, base]].dropna()
    groups = draws.reindex(both.index).to_numpy()
    number = len(set(groups))
    if number < FEWEST:
        return None
    gaps = (both[level] - both[base]).to_numpy()
    below = gaps < 0
    share, worth = float(below.mean()), worth_of_groups(below, groups)
    (low, high), (first, last) = wilson(share, worth), grouped_interval(gaps, groups)
    about = {"arm": arm, "level": level, "day": day, "outcome": item.name, "pairs": len(both), "draws": number}
    about |= {"worth": worth, "share": share, "low": low, "high": high}
    return about | {"difference": float(gaps.mean()), "from": first, "to": last}


def level_asked(asked: str, levels: Sequence[str]) -> str:
    """The level that is meant, as tables write it: 2500 is 2,500; what is none of them stays."""
    plain = asked.replace(",", "")
    return next((level for level in levels if level.replace(",", "") == plain), asked)


def _factor(studied: StudyResults, asked: str | None, where: str) -> str:
    known = [*studied.factors, *(["arm"] if len(studied.arms) > 1 else [])]
    if asked is not None and asked not in known:
        raise unknown_name("factor", asked, known, "--factor")
    if asked is None and len(studied.factors) != 1:
        raise InputError(f"{len(studied.factors)} factors vary", where, f"Choose one with --factor: {', '.join(known)}")
    return asked or studied.factors[0]


def _column(name: str, known: dict[str, Outcome], curves: pd.DataFrame) -> Outcome:
    if name not in known or name not in curves:
        raise unknown_column("column of curves", name, [one for one in known if one in curves], "--outcome")
    return known[name]


def _usual(studied: StudyResults, known: dict[str, Outcome], curves: pd.DataFrame) -> list[Outcome]:
    asked = [name.removesuffix("_end") for name in (studied.card["outcomes"] or studied.family.usual)]
    return [known[name] for name in dict.fromkeys(asked) if name in known and name in curves]


def _nearest(days: pd.Series, day: int) -> int:
    before = days[days <= day]
    return int(before.max() if len(before) else days.min())


def share_cell(row: dict[str, object]) -> str:
    """A share with its interval, bold where that leaves out a half."""
    words = f"{100 * row['share']:.0f} % ({100 * row['low']:.0f} to {100 * row['high']:.0f})"
    return f"**{words}**" if row["low"] > 0.5 or row["high"] < 0.5 else words


def mean_cell(row: dict[str, object], item: Outcome) -> str:
    """A mean difference with its interval, bold where that leaves out 0."""
    ends = " to ".join(write_difference(row[key], item.format) for key in ("from", "to"))
    points = " points" if item.format == "share" else ""
    words = f"{write_difference(row['difference'], item.format)}{points} ({ends})"
    return f"**{words}**" if row["from"] > 0 or row["to"] < 0 else words
