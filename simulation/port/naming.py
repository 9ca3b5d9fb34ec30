"""How columns are called, so that one name has one meaning: the word at its end says what was done with the days.

    residents_killed_today            one day's number; days add up
    residents_killed_total            sum since the start: of a run, and in curves up to that day
    displaced_people                  a stock or a share on its day, in tables with a row a day
    displaced_people_end              its value on the last day of a run
    displaced_people_mean             its mean over the run
    displaced_people_last_90_days     its mean over the last 90 days

Places have their fields on two days, as `influence_start` and `influence_end`. What only a whole run has, and counts of days,
say what they are by themselves and have none of these words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from simulation.errors import UnknownNameError, unknown_name
from simulation.port.wording import wording

TODAY, TOTAL, END, MEAN, LAST = "_today", "_total", "_end", "_mean", "_last_90_days"
SO_FAR = "_so_far"  # of no name: a total on a day before the last, in titles
WORDS = {
    TOTAL: "the sum since the start",
    END: "on the last day",
    MEAN: "the mean over the run",
    LAST: "the mean of the last 90 days",
    TODAY: "one day's number",
}
"""What each ending says."""
FORMER = {"_last90": LAST}
"""Endings that columns had once, and have no more."""


def stem(name: str) -> str:
    """What a column measures, without the word for its days."""
    ending = next((word for word in (*WORDS, *FORMER) if name.endswith(word)), "")
    return name.removesuffix(ending)


def ending(name: str) -> str:
    """The word for its days at the end of a column's name; "" without one."""
    return next((word for word in WORDS if name.endswith(word)), "")


def said(ending: str, language: str) -> str:
    """What a title says of the days, with the blank or comma before it; "" for a name that has no word for them."""
    return wording(language, f"ending.{ending.removeprefix('_')}") if ending else ""


def running(name: str) -> str:
    """The column of curves in which a daily column stands: what adds up is summed since the start."""
    return name.removesuffix(TODAY) + TOTAL if name.endswith(TODAY) else name


def unknown_column(
    kind: str, name: object, known: Iterable[str], where: str = "", before: Mapping[str, str] | None = None
) -> UnknownNameError:
    """The error for a column that there is not, with those that measure the same.

    A name without a word for its days could mean several of them and is never guessed at. `before`: {former name: today's}.
    """
    known, name = list(known), str(name)
    if before and before.get(name) in known:
        return UnknownNameError(f"unknown {kind} '{name}'", where, f"Say {before[name]}")
    words = FORMER.values() if name.endswith(tuple(FORMER)) else WORDS
    near = {f"{stem(name)}{word}": WORDS[word] for word in words if f"{stem(name)}{word}" in known}
    if stem(name) != name and stem(name) in known:
        near[stem(name)] = "as it is on its day"
    if not near:
        return unknown_name(kind, name, known, where)
    told = [f"{column} ({meaning})" for column, meaning in near.items()]
    return UnknownNameError(f"unknown {kind} '{name}'", where, f"Say {' or '.join(told)}")
