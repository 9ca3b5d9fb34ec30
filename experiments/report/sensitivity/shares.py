"""Shares of draws as tables: one for a single step, else a table of shares and one of means, for a screen and for a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.calibration.shares import Shares, mean_cell, share_cell
from experiments.report.page import markdown_table, write_between
from simulation.port.outcomes import Outcome
from simulation.runs.results import CAVEAT

if TYPE_CHECKING:
    import pandas

Table = tuple[list[str], list[list[str]]]
READING = (
    "Share of pairs in which the level gives less, with Wilson's 95 % interval, bold where that leaves out a half; mean "
    "differences with Student's, bold where 0 is left out. Every pair has its own luck."
)
REPEATED = (
    " Pairs of one draw are not worlds of their own: a share counts for as many pairs as its draws are worth, and a mean's "
    "interval goes by draws."
)


def tables(found: Shares) -> list[Table]:
    """Header and rows. Of one step a row an outcome; of several a row a level or arm, shares first, then mean differences."""
    rows = {(row["arm"], row["level"], row["day"], row["outcome"]): row for row in found.table.to_dict("records")}
    steps = list(dict.fromkeys((arm, level) for arm, level, *_ in rows))
    if len(steps) == 1:
        head = [f"{found.factor} {steps[0][1]} less {found.against}"]
        head += [words for day in found.days for words in (f"falls in, day {day}", f"mean difference, day {day}")]
        body = []
        for item in found.outcomes:
            own = [rows.get((*steps[0], day, item.name)) for day in found.days]
            body.append(
                [item.title, *(cell for row in own for cell in (_cell(row, item, _share), _cell(row, item, mean_cell)))]
            )
        return [(head, body)]
    arms, levels = {arm for arm, _ in steps}, {level for _, level in steps}
    made = []
    for words, cell in (("falls in", _share), ("mean difference", mean_cell)):
        head = [f"{found.factor}, less {found.against}: {words}"]
        head += [f"{item.title}, day {day}" for item in found.outcomes for day in found.days]
        body = []
        for arm, level in steps:
            name = arm if len(levels) == 1 else level if len(arms) == 1 else f"{arm}: {level}"
            own = [(rows.get((arm, level, day, item.name)), item) for item in found.outcomes for day in found.days]
            body.append([name, *(_cell(row, item, cell) for row, item in own)])
        made.append((head, body))
    return made


def _share(row: dict[str, Any], item: Outcome) -> str:
    return share_cell(row)


def _cell(row: dict[str, Any] | None, item: Outcome, write: Callable[[dict[str, Any], Outcome], str]) -> str:
    return write(row, item) if row else "–"


def mark(found: Shares) -> str:
    """The name of its part of a page: of the study, and of the factor where several vary."""
    return f"shares {found.study}" if found.alone else f"shares {found.study} by {found.factor}"


def write_page(page: Path, found: Shares) -> None:
    """Its part of a page, between the marks of its study."""
    lines = [f"{pairs_in_words(found)} {CAVEAT}", ""]
    for header, body in tables(found):
        lines += [*markdown_table(header, body), ""]
    write_between(page, mark(found), "\n".join([*lines, reading(found)]))


def reading(found: Shares) -> str:
    """How the tables are read: what stands under them."""
    return READING + (REPEATED if (found.table["draws"] < found.table["pairs"]).any() else "")


def pairs_in_words(found: Shares) -> str:
    """How many pairs there are, of how many different draws where some are of the same, and what that is worth."""
    table = found.table
    pairs = _span(table["pairs"])
    if (table["draws"] == table["pairs"]).all():
        return f"{pairs} pairs."
    worth = _span(table["worth"].round().astype(int))
    return f"{pairs} pairs of {_span(table['draws'])} different draws; their shares are as sure as of {worth} of their own."


def _span(numbers: pandas.Series) -> str:
    low, high = numbers.min(), numbers.max()
    return f"{low} to {high}" if low < high else f"{low}"
