"""Effects of every two levels and their interactions in words and rows: where what one factor does depends on another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.analysis.interactions import EVERYWHERE, Effects
from experiments.analysis.main_effects import Factor
from experiments.analysis.numbers import write_difference

if TYPE_CHECKING:
    from simulation.port.outcomes import Outcome

TOLD = 2  # pairs of factors that one sentence tells; the table has the others
MOST_ROWS = 120  # of a table on a page: beyond, only what is beyond chance in an outcome
STEP = ("factor", "level", "against", "within", "at")
CROSSING = (*STEP, "instead_of")
Rows = tuple[list[str], list[list[str]]]


def inert_sentence(found: Effects) -> str:
    """Which factors changed nothing in any run, to the last bit; nothing where all did something."""
    names = [factor.title for factor in found.inert]
    if not names:
        return ""
    told = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    it = "it" if len(names) == 1 else "they"
    return f"{told} changed nothing in any run: {it} cannot act in this scenario."


def interaction_sentence(outcome: Outcome, found: Effects) -> str:
    """The strongest interactions beyond chance, one a pair of factors, with the effect at both levels; nothing without any."""
    table = found.interactions
    if table.empty:
        return ""
    sure = table[(table["outcome"] == outcome.name) & table["beyond"]]
    if sure.empty:
        return ""
    order = sure["difference"].abs().sort_values(ascending=False, kind="stable").index
    strongest = sure.loc[order].drop_duplicates(["factor", "within"])
    told = [interaction_words(row, outcome, found) for row in strongest.head(TOLD).to_dict("records")]
    more = len(sure) - len(told)
    rest = f" {more} more {'interaction is' if more == 1 else 'interactions are'} beyond chance (see the table)."
    return " ".join(told) + (rest if more > 0 else "")


def interaction_words(row: Mapping[str, Any], outcome: Outcome, found: Effects) -> str:
    """One interaction: what a step does at one level of another factor and what at a second.

    The step is of the factor that stands later in the study, unless only that of the other one changes its sign.
    """
    factor, within = found.factor(row["factor"]), found.factor(row["within"])
    step, at = (row["level"], row["against"]), (row["at"], row["instead_of"])
    effects = row["effect_at"], row["effect_instead"]
    other = row["step_at"], row["step_against"]
    if effects[0] * effects[1] >= 0 > other[0] * other[1]:
        factor, within, step, at, effects = within, factor, at, step, other
    wide = max(map(abs, (*effects, row["low"], row["high"])))

    def write(value: float) -> str:
        return write_difference(value, outcome.format, beside=wide)

    unit = " percentage points" if outcome.format == "share" else ""
    low, high = (write(row[name]) for name in ("low", "high"))
    return (
        f"The effect of {_level(factor, step[0])} instead of {_plain(factor, step[1])} on {outcome.title} is "
        f"{write(effects[1])}{unit} at {_level(within, at[1])} and {write(effects[0])}{unit} at {_plain(within, at[0])} "
        f"(they differ by {write(row['difference'])}, 95 % interval {low} to {high})."
    )


def pairwise_rows(found: Effects) -> Rows | None:
    """A row a comparison of two levels, an outcome a column: difference [interval], * beyond chance."""

    def label(row: Mapping[str, Any]) -> str:
        factor = found.factor(row["factor"])
        where = "" if row["within"] == EVERYWHERE else f", at {_level(found.factor(row['within']), row['at'])}"
        return f"{_level(factor, row['level'])} instead of {_plain(factor, row['against'])}{where}"

    return _rows(found, found.effects, STEP, label)


def interaction_rows(found: Effects) -> Rows | None:
    """A row a pair of steps, an outcome a column: the difference of differences [interval], * beyond chance."""

    def label(row: Mapping[str, Any]) -> str:
        factor, within = found.factor(row["factor"]), found.factor(row["within"])
        step = f"{_level(factor, row['level'])} instead of {_plain(factor, row['against'])}"
        return f"{step}: at {_level(within, row['at'])} less at {_plain(within, row['instead_of'])}"

    return _rows(found, found.interactions, CROSSING, label)


def _rows(found: Effects, table: pd.DataFrame, keys: Sequence[str], label: Any) -> Rows | None:
    if table.empty:
        return None
    shown = [item for item in found.outcomes if (table["outcome"] == item.name).any()]
    groups = table.groupby(list(keys), sort=False)
    if groups.ngroups > MOST_ROWS:
        table = table[groups["beyond"].transform("any")]
        groups = table.groupby(list(keys), sort=False)
    rows = []
    for _, part in groups:
        by_outcome = {row["outcome"]: row for row in part.to_dict("records")}
        cells = [_cell(by_outcome[item.name], item) if item.name in by_outcome else "–" for item in shown]
        rows.append([label(part.iloc[0]), *cells])
    return (["", *(item.title for item in shown)], rows) if rows else None


def _cell(row: Mapping[str, Any], item: Outcome) -> str:
    wide = 0.0 if pd.isna(row["low"]) else max(abs(row["low"]), abs(row["high"]))
    gap, low, high = (write_difference(row[name], item.format, beside=wide) for name in ("difference", "low", "high"))
    if row["cells"] == row["unresponsive"]:
        return "cannot act"
    return gap if pd.isna(row["low"]) else f"{gap} [{low}, {high}]{' *' if row['beyond'] else ''}"


def _level(factor: Factor, level: Any) -> str:
    return factor.words(factor.levels.index(level))


def _plain(factor: Factor, level: Any) -> str:
    return factor.level_words(factor.levels.index(level))
