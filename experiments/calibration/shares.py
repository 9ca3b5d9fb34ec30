"""In which share of draws, or of seeds, a level of a factor gives less than another: on days of the curves, pair by pair.

A claim of sign carries this share beside its mean: where every pair is a world of its own (drawn parameters and luck), it says
in how many of them the claim would be right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from experiments.analysis.numbers import write_difference
from experiments.analysis.paired import chance, t_interval
from experiments.analysis.study_results import StudyResults, parameter_words
from experiments.store.sharing import load_cells
from simulation.errors import InputError, UnknownNameError, unknown_name
from simulation.port.naming import unknown_column
from simulation.port.outcomes import Outcome

FEWEST = 4  # pairs
COLUMNS = ["arm", "level", "day", "outcome", "pairs", "share", "low", "high", "difference", "from", "to"]


@dataclass(frozen=True)
class Shares:
    """table: a row an arm, level, day and outcome, COLUMNS; share: of pairs in which the level gives less than `against`.

    low, high: Wilson's interval of the share; difference with its Student interval (from, to). study: its name.
    """

    study: str
    factor: str
    against: str
    outcomes: tuple[Outcome, ...]
    days: tuple[int, ...]
    table: pd.DataFrame


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
    base = against if against is not None else levels[0]
    if base not in levels:
        raise unknown_name(f"level of {name}", base, levels, "--against")
    known = studied.family.curve_columns
    chosen = [_column(one, known, curves) for one in outcomes] or _usual(studied, known, curves)
    at = [_nearest(curves["day"], day) for day in days] or [int(curves["day"].max())]
    rows = []
    for arm in studied.arms if name != "arm" else [""]:
        part = curves[curves["arm"] == arm] if name != "arm" else curves
        for day in dict.fromkeys(at):
            here = part[part["day"] == day]
            for item in chosen:
                wide = here.pivot_table(index="replicate", columns="level", values=item.name)
                rows += [_row(arm, level, day, item, wide, base) for level in levels if level != base]
    table = pd.DataFrame([row for row in rows if row], columns=COLUMNS)
    if table.empty:
        raise InputError(f"no {FEWEST} pairs have finished", where)
    return Shares(
        str(studied.card.get("study") or studied.folder.name),
        name,
        base,
        tuple(chosen),
        tuple(dict.fromkeys(at)),
        table,
    )


def _row(arm: str, level: str, day: int, item: Outcome, wide: pd.DataFrame, base: str) -> dict[str, object] | None:
    if level not in wide or base not in wide:
        return None
    both = wide[[level, base]].dropna()
    if len(both) < FEWEST:
        return None
    one, other = both[level].to_numpy(), both[base].to_numpy()
    won, ends = chance(one, other, -1), t_interval(one - other)
    about = {"arm": arm, "level": level, "day": day, "outcome": item.name, "pairs": won["pairs"]}
    about |= {key: won[key] for key in ("share", "low", "high")}
    return about | {"difference": float((one - other).mean()), "from": ends[0], "to": ends[1]}


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
