"""Curves over time with the spread over seeds: median, middle half, and nine tenths or all of the runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from simulation.port.naming import unknown_column
from simulation.visualization import spread, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

QUANTILES = {"lower": 0.25, "median": 0.5, "upper": 0.75}


def band_table(frame: pd.DataFrame, value: str, by: str = "date") -> pd.DataFrame:
    """One row a date with columns lower, median, upper (25, 50, 75 %), low, high (`spread.ends`) and runs, over the rows.

    `frame` has one row a run and date. Raises UnknownNameError if `value` is not one of its columns.
    """
    if value not in frame.columns:
        raise unknown_column("column", value, frame.columns)
    groups = frame.groupby(by, sort=True)[value]
    table = pd.DataFrame({name: groups.quantile(level) for name, level in QUANTILES.items()})
    table["low"], table["high"] = spread.ends(groups)
    table["runs"] = groups.count()
    return table


def draw_bands(axes: Axes, table: pd.DataFrame, colour: str, label: str = "", line: str = "-") -> None:
    """Draws a table of `band_table`: median as a line, the ends as a light band, and of enough runs the middle half darker.

    With one run there is no spread, so only the line is drawn. `spread.bands_words` says what the bands are.
    """
    when = table.index
    if table["runs"].max() > 1:
        axes.fill_between(when, table["low"], table["high"], color=colour, alpha=0.13, linewidth=0)
    if table["runs"].max() >= spread.HALF:
        axes.fill_between(when, table["lower"], table["upper"], color=colour, alpha=0.26, linewidth=0)
    axes.plot(when, table["median"], color=colour, linestyle=line, label=label or None, zorder=3)


def draw_observed(axes: Axes, observed: pd.DataFrame, label: str = "Published figure") -> None:
    """Published figures as points: columns date and value, or date, low and high for a stated range."""
    look = {"color": style.INK, "zorder": 5, "linestyle": "none", "markersize": 7}
    when = pd.to_datetime(observed["date"])
    if "value" in observed.columns:
        axes.plot(when, observed["value"], marker="o", markerfacecolor="white", mew=1.8, label=label, **look)
        return
    middle = (observed["low"] + observed["high"]) / 2
    half = (observed["high"] - observed["low"]) / 2
    axes.errorbar(when, middle, yerr=half, marker="D", markerfacecolor="white", mew=1.6, capsize=5, label=label, **look)


def draw_events(axes: Axes, dates: Sequence[str]) -> None:
    """Dotted lines at dates, numbered from 1 at the top; a caption says what the numbers stand for."""
    for number, date in enumerate(dates, start=1):
        when = pd.Timestamp(date)
        axes.axvline(when, color=style.MUTED, linestyle=":", linewidth=1.3, zorder=1)
        where = axes.get_xaxis_transform()
        axes.text(when, 1.0, f" {number}", transform=where, va="top", ha="left", fontsize=11, color=style.MUTED)


def finish_time_axes(axes: Axes, write: Callable[[float], str], title: str, zero: bool = True) -> None:
    """Title, light grid, short dates and readable numbers (`write` turns a value into text)."""
    from matplotlib.dates import AutoDateLocator, DateFormatter
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_title(title)
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    axes.margins(x=0.01)
    if zero:
        axes.set_ylim(bottom=0)
    locator = AutoDateLocator(minticks=3, maxticks=5)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(DateFormatter("%b %Y"))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))
