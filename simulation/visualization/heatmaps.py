"""Heat maps of two factors: the mean of each cell in large type, its spread over seeds in small type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from simulation.port.naming import unknown_column
from simulation.visualization import spread, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.image import AxesImage

SAME = "same runs"
SAME_NOTE = (
    "“Same runs”: the cell differs from one of its colour only in what changes nothing there, and shares its runs."
)


def cell_table(runs: pd.DataFrame, value: str, factors: Sequence[str]) -> pd.DataFrame:
    """One row a cell: the factors, then runs, mean, sd, standard_error, low and high of `value` (`spread.ends`), and same.

    `same`: its runs, by the column `run` if there is one, are those of a cell before it.

    `standard_error` is the Monte Carlo standard error of the mean, sd / sqrt(runs): it falls as runs are
    added, sd does not. With one run both are missing (NaN). Raises UnknownNameError for a column that is not
    there.
    """
    for name in (value, *factors):
        if name not in runs.columns:
            raise unknown_column("column", name, runs.columns)
    groups = runs.groupby(list(factors), sort=True)[value]
    table = groups.agg(runs="count", mean="mean", sd="std").reset_index()
    table["standard_error"] = table["sd"] / np.sqrt(table["runs"].where(table["runs"] > 0))
    table["low"], table["high"] = spread.ends(groups)
    table["same"] = same_runs(runs, factors)
    return table


def same_runs(runs: pd.DataFrame, factors: Sequence[str]) -> np.ndarray:
    """Whether the runs of a cell are those of one before it, in the order of the factors: bool (cells,)."""
    if "run" not in runs.columns:
        return np.zeros(len(runs.groupby(list(factors))), bool)
    own = runs.groupby(list(factors), sort=True)["run"].apply(lambda found: tuple(sorted(found)))
    return own.duplicated().to_numpy()


def colour_limits(*tables: pd.DataFrame) -> tuple[float, float]:
    """One colour scale for heat maps that stand side by side: from the smallest cell mean of all to the
    largest.

    It spans at least the usual range over seeds, or chance differences would be painted as a pattern.
    """
    joined = pd.concat(tables)
    means = joined["mean"].to_numpy(dtype=float)
    means = means[np.isfinite(means)]
    if means.size == 0:
        return 0.0, 1.0
    low, high = float(means.min()), float(means.max())
    noise = (joined["high"] - joined["low"]).median()
    smallest = float(noise) if noise > 0 else max(abs(high) / 10, 1e-9)
    missing = max(0.0, smallest - (high - low)) / 2
    return low - missing, high + missing


def draw_heatmap(
    axes: Axes,
    table: pd.DataFrame,
    across: str,
    up: str,
    *,
    limits: tuple[float, float],
    write: Callable[[float], str],
    write_across: Callable[[float], str] = str,
    write_up: Callable[[float], str] = str,
    colormap: Colormap | None = None,
    title: str = "",
) -> AxesImage:
    """Draws a table of `cell_table` with factor `across` on the x axis and `up` on the y axis.

    `write` turns a value into text. A cell without runs is hatched and says so; one that shares the runs of a cell
    before it says so too, and has that cell's colour. Returns the image, which a colour bar takes.
    """
    columns, rows = sorted(table[across].unique()), sorted(table[up].unique())
    means = table.pivot(index=up, columns=across, values="mean").reindex(index=rows, columns=columns)
    image = axes.imshow(
        np.ma.masked_invalid(means.to_numpy(dtype=float)),
        origin="lower",
        aspect="auto",
        cmap=colormap or style.amount_colormap(),
        vmin=limits[0],
        vmax=limits[1],
    )
    cells = table.set_index([up, across])
    for y, row in enumerate(rows):
        for x, column in enumerate(columns):
            cell = cells.loc[(row, column)] if (row, column) in cells.index else None
            _write_cell(axes, x, y, cell, image, write)
    axes.set_xticks(range(len(columns)), [write_across(c) for c in columns])
    axes.set_yticks(range(len(rows)), [write_up(r) for r in rows])
    _separate_cells(axes, len(columns), len(rows))
    axes.set_title(title)
    return image


def _write_cell(axes: Axes, x: int, y: int, cell: pd.Series | None, image: AxesImage, write) -> None:
    from matplotlib.patches import Rectangle

    if cell is None or not np.isfinite(cell["mean"]):
        box = Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=style.NO_DATA, edgecolor=style.PAPER, hatch="///")
        axes.add_patch(box)
        axes.text(x, y, "no run", ha="center", va="center", fontsize=11)
        return
    ink = style.ink_on(image.cmap(image.norm(cell["mean"])))
    if cell.get("same", False):
        axes.text(x, y, SAME.replace(" ", "\n"), ha="center", va="center", fontsize=11, color=ink)
        return
    axes.text(x, y + 0.16, write(cell["mean"]), ha="center", va="center", fontsize=16, fontweight="bold", color=ink)
    spread = "one run" if cell["runs"] < 2 else f"{write(cell['low'])} –\n{write(cell['high'])}"
    axes.text(x, y - 0.22, spread, ha="center", va="center", fontsize=10.5, color=ink, linespacing=1.1)


def _separate_cells(axes: Axes, columns: int, rows: int) -> None:
    axes.set_xticks(np.arange(-0.5, columns), minor=True)
    axes.set_yticks(np.arange(-0.5, rows), minor=True)
    axes.grid(which="minor", color=style.PAPER, linewidth=2.5)
    axes.tick_params(which="both", length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
