"""What a scorecard says in words: its finding, misses first, rows of text, and how to read them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from experiments.analysis.numbers import write, write_difference
from experiments.analysis.scorecard.naive import FEWEST
from experiments.analysis.scorecard.table import FORECASTS, LINE, MODEL, PERSISTENCE, Scorecard, by_series
from experiments.report.common import drawn_from
from simulation.visualization import spread

TITLES = {MODEL: "The model's median", PERSISTENCE: "persistence", LINE: "the line"}
HEADER = (
    "figure",
    "when",
    "observed",
    "median",
    "band",
    "error",
    "persistence",
    "line",
    "nearest",
)
SUMMARY = ("series", "figures", "held", "missed", "nearest: model", "persistence", "line", "used to set parameters")


def of(row: Mapping[str, Any]) -> str:
    """The format of a row's values."""
    return "share" if row["unit"] == "share" else "count"


def observed(row: Mapping[str, Any]) -> str:
    """The figure, with its own interval if it has one."""
    value, low, high = (write(row[name], of(row)) for name in ("observed", "low", "high"))
    return value if row["low"] == row["high"] else f"{value} ({low} to {high})"


def band(row: Mapping[str, Any]) -> str:
    return f"{write(row['p05'], of(row))} to {write(row['p95'], of(row))}"


def error(row: Mapping[str, Any]) -> str:
    """The error of the median in the figure's unit and in per cent of it."""
    unit = "\u00a0points" if of(row) == "share" else ""
    text = f"{write_difference(row['error'], of(row))}{unit}"
    return f"{text} ({_per_cent(row)})" if pd.notna(row["error_pct"]) else text


def _per_cent(row: Mapping[str, Any]) -> str:
    value = row["error_pct"]
    return f"{'−' if round(value) < 0 else '+' if round(value) > 0 else ''}{abs(round(value)):,}\u00a0%"


def window(row: Mapping[str, Any]) -> str:
    """When a figure is of: the day at whose end it is read, or the days that it sums up; whole months without their days."""
    first, last = (pd.Timestamp(row[name]).date() for name in ("from", "date"))
    if row["reading"] == "at" or first == last:
        return _day(last)
    if first.day == 1 and (last + datetime.timedelta(days=1)).day == 1:
        same = first.year == last.year
        return f"{first:%b}–{last:%b %Y}" if same else f"{first:%b %Y}–{last:%b %Y}"
    return f"{_day(first)}–{_day(last)}"


def _day(date: datetime.date) -> str:
    return f"{date.day}\u00a0{date:%b}\u00a0{date.year}"


def rows(table: pd.DataFrame) -> list[tuple[str, ...]]:
    """A row a figure under `HEADER`; a star after the title: its series was used to set parameters."""
    made = []
    for row in table.to_dict("records"):
        naive = (write(row[name], of(row)) for name in (PERSISTENCE, LINE))
        title = row["title"] + "\u00a0*" * row["used"]
        made.append(
            (
                title,
                window(row),
                observed(row),
                write(row["median"], of(row)),
                band(row),
                error(row),
                *naive,
                row["nearest"] or "–",
            )
        )
    return made


def summary_rows(found: Scorecard) -> list[tuple[str, ...]]:
    """A row a series under `SUMMARY`, those with most misses first."""
    table = by_series(found.table)
    table["missed"] = table["figures"] - table["held"]
    table = table.sort_values("missed", ascending=False, kind="stable")
    return [
        (
            row["title"],
            *(str(row[name]) for name in ("figures", "held", "missed", MODEL, PERSISTENCE, LINE)),
            "yes" if row["used"] else "no",
        )
        for row in table.to_dict("records")
    ]


def finding(found: Scorecard) -> list[str]:
    """Misses first and by name; then what is held, and who comes nearest."""
    misses, held, number = found.misses, found.held, len(found.table)
    lines = [f"The band misses {len(misses) or 'none'} of {number} published figures."]
    if len(misses):
        lines.append(f"Missed, with the worst of each series: {'; '.join(_missed(found.table, misses))}.")
    if len(held):
        lines.append(f"Held: {_counted(held)}.")
    free = found.table[~found.table["used"]]
    if len(free):
        told = f"Of the {len(free)} figures of series by which no parameter and no starting point was set it holds "
        lines.append(f"{told}{int(free['in_band'].sum())}; agreement with the other {number - len(free)} is no test.")
    else:
        lines.append("All of these series were used to set parameters or the starting point, so agreement is no test.")
    return [*lines, nearest(found.table)]


def _missed(table: pd.DataFrame, misses: pd.DataFrame) -> Iterable[str]:
    """A series with misses a line, those with most of them first: how many, and the one whose error is the largest."""
    sizes = table["series"].value_counts()
    groups = sorted(misses.groupby("series", sort=False), key=lambda pair: -len(pair[1]))
    for series, group in groups:
        order = group["error_pct"].abs().sort_values(ascending=False, kind="stable").index
        row = group.loc[order[0]].to_dict()
        value = f"{write(row['observed'], of(row))} observed, band {band(row)}"
        yield f"{row['title']} ({len(group)} of {sizes[series]}; {window(row)}: {value})"


def _counted(table: pd.DataFrame) -> str:
    titles = table.groupby("series", sort=False)["title"].agg(["first", "size"])
    return "; ".join(f"{row['first']} ({row['size']})" for _, row in titles.iterrows())


def nearest(table: pd.DataFrame) -> str:
    """Who comes nearest how often, among figures for which a naive forecast says something."""
    asked = table[table["nearest"] != ""]
    if not len(asked):
        return "No figure was known before the runs begin, so there is no naive forecast to compare with."
    model, *naive = [(TITLES[name], int((asked["nearest"] == name).sum())) for name in reversed(FORECASTS)]
    rest = ", ".join(f"{title} to {number}" for title, number in naive)
    return f"{model[0]} comes nearest to {model[1]} of the {len(asked)} figures that have a naive forecast, {rest}."


def reading(found: Scorecard) -> list[tuple[str, str]]:
    """What the words of the page mean."""
    drawn = bool(found.card.get("uncertainty"))
    of_what = "draws of parameters and luck" if drawn else "seeds"
    more = (
        f" and of the parameters drawn from {drawn_from(found.card)} with it"
        if drawn
        else " alone: parameters keep one value"
    )
    terms = [
        (
            "Band",
            f"{spread.ends_words(found.runs, of_what).capitalize()}. It is of luck{more}.",
        ),
        (
            "Held and missed",
            "A figure is held where the band and the figure's own interval meet, and else missed. A wide band holds more and "
            "says less: read the error of the median too.",
        ),
        (
            "The figure's own interval",
            "What its source states. Where only a part of a figure falls to what the model simulates, it is taken times that "
            "part, which is known in limits only. Where neither is stated the interval is the figure alone.",
        ),
        (
            "When",
            "A figure is read at the end of its day, or added up over all days of its window, both in it. Of a count that took "
            "weeks it is the end of the last day in the field.",
        ),
        (
            "Persistence",
            f"The last figure of the series whose window had begun before {found.start}, unchanged; of counts, their number a "
            "day. It knows a little more than anybody did on that day.",
        ),
        (
            "Line",
            f"The least-squares line through all such figures, if there are {FEWEST} or more, as it would go on.",
        ),
        ("Nearest", "Whichever of median, persistence and line is nearest to the figure; of two as near the simpler."),
        (
            "Used (*)",
            "Parameters or the starting point were set by the series, so that its figures are no test of the model. Naive "
            "forecasts were fitted to nothing after the start.",
        ),
    ]
    return terms


def methods(found: Scorecard) -> str:
    """How runs were set against figures, for a paper."""
    drawn = bool(found.card.get("uncertainty"))
    ends = spread.ends_words(found.runs, "draws of parameters and luck" if drawn else "seeds")
    return (
        f"{len(found.table)} published figures that fall within the runs were read from their days. A figure is held where the "
        f"band of the runs ({ends}) and its own interval meet. Beside the median of the runs stand two naive forecasts made "
        f"from the figures of the series whose window had begun before {found.start}: the last of them, and their "
        "least-squares line, of counts by their number a day."
    )


def scope(found: Scorecard) -> str:
    """What was set against what, in a sentence or two."""
    card, last = found.card, found.table["date"].max()
    text = (
        f"{found.runs} run{'s' * (found.runs != 1)} of {card.get('scenario')}, {found.days} days from {found.start}, against "
        f"{len(found.table)} figures up to {last}."
    )
    if found.lacking:
        text += f" {found.lacking} more within these days are left out, as the runs kept no days of them."
    return text


def notes(found: Scorecard) -> list[tuple[str, str, str, str]]:
    """A row a series: title, what of the model it is read from, sources, notes."""
    scored = {item.series for item in found.observed}
    rows = []
    for series in dict.fromkeys(item.series for item in found.record if item.series in scored):
        items = [item for item in found.record if item.series == series]
        sources = ", ".join(dict.fromkeys(item.source for item in items))
        told = " / ".join(dict.fromkeys(item.note for item in items if item.note))
        if items[0].share_low is not None:
            share = items[0]
            part = f"{share.share:g} ({share.share_low:g} to {share.share_high:g})"
            told = f"Times {part}, the part that the model covers. {told}"
        rows.append((items[0].title, formula(items[0]), sources, told or "–"))
    return rows


def formula(item: Any) -> str:
    """What a figure is read from, as people would write it."""
    top, how = " + ".join(item.columns), "at the end of the day" if item.reading == "at" else "summed over the days"
    return f"({top}) / ({' + '.join(item.over)}), {how}" if item.over else f"{top}, {how}"
