"""Pictures of rules as small PNG files, and what stands under each on the page."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from pages.curves.tried import Curve, lined, lived_in
from simulation.visualization import style

WIDE, HIGH, DOTS = 7.2, 4.0, 75  # inches, dots an inch
LOOK = ((":", 0.85), ("-", 1.0), ("--", 0.85))  # of the lower end, the default, the upper end


def draw_all(folder: Path, curves: Iterable[Curve]) -> dict[str, str]:
    """Write RULE.png for each curve; returns the line of Markdown that shows it, by the rule's name."""
    folder.mkdir(parents=True, exist_ok=True)
    city, told = lived_in(), {}
    for curve in curves:
        lines = lined(curve, city)
        (folder / f"{curve.rule}.png").write_bytes(drawn(curve, lines))
        told[curve.rule] = f"![{alternative(curve, lines)}]({folder.name}/{curve.rule}.png)"
    return told


def drawn(curve: Curve, lines: list[tuple[float, np.ndarray, np.ndarray]]) -> bytes:
    """The picture of one curve."""
    with style.figure_style():
        figure = style.new_figure(WIDE, HIGH)
        axes = figure.subplots()
        for (value, x, y), (dashes, width), colour in zip(lines, LOOK, style.CATEGORICAL):
            named = number(value) + (" (default)" if dashes == "-" else "")
            axes.plot(x, y, dashes, lw=2.6 * width, color=style.INK if dashes == "-" else colour, label=named)
        axes.set_xlabel(curve.across)
        axes.set_ylabel(
            curve.shows if len(curve.shows) < 28 else curve.shows.replace(" ", "\n", 4).replace("\n", " ", 3)
        )
        axes.legend(title=curve.parameter, title_fontsize=12)
        axes.margins(x=0.01)
        axes.set_axisbelow(True)
        axes.grid(True)
        style.lay_out(figure, DOTS)
        return style.figure_png(figure, DOTS)


def alternative(curve: Curve, lines: list[tuple[float, np.ndarray, np.ndarray]]) -> str:
    """The picture in words, for those who do not see it."""
    (low, _, _), (value, x, y), (high, _, _) = lines
    found = f"it is {number(y[0])} at {number(x[0])} and {number(y[-1])} at {number(x[-1])}"
    return (
        f"{curve.rule}, tried alone: {curve.shows} by {curve.across}. At the default of {curve.parameter} ({number(value)}) "
        f"{found}; dotted at {number(low)} and dashed at {number(high)}, the ends of what is plausible. "
        "Conditional on the model's assumptions, not a forecast."
    )


def number(value: float) -> str:
    """With three figures, and thousands as such."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
