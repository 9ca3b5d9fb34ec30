"""Scenario discovery (Bryant & Lempert 2010): under which parameters and policies does an outcome stay on one side of a limit?

A point of the design in an arm is one row; what counts at it is the share of its seeds that meet the wish, so density is
a chance over points and luck. Boxes come from `experiments/analysis/prim.py`.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.analysis.prim import Box, Limit, best_box, is_number, peel, quasi_p, resample, simplify
from experiments.analysis.sensitivity import block_size
from experiments.analysis.study_results import StudyResults, Wish, parameter_words
from simulation.errors import InputError
from simulation.visualization import style

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ARM = "arm"
FEW_POINTS = 50
MOST_NAMED, LETTERS = 8, 60  # parts of a bar that have their names, and letters that a bar has room for
FEW_HITS = 20  # points that meet the wish, or do not, below which a box is a guess
REPRODUCED = 0.5  # share of halves below which a restriction is not robust


@dataclass(frozen=True)
class Discovery:
    """A trajectory of boxes, the one chosen of it, and how far other runs would have given the same.

    box: the chosen one without the restrictions that may be chance. points: a row a point and arm, a column a factor;
    met: float64 (points,), share of seeds that meet the wish; numbers: int (points,), the point's number in the design.
    reproduced: share of random halves that restrict each factor; density and coverage in their unseen halves.
    """

    wish: Wish
    points: pandas.DataFrame
    met: np.ndarray
    numbers: np.ndarray
    seeds: int
    boxes: list[Box]
    chosen: int
    box: Box
    quasi_p: dict[str, float]
    reproduced: dict[str, float]
    unseen_density: float
    unseen_coverage: float
    design: str
    without: int = 0  # runs that have no value of the outcome

    @property
    def dropped(self) -> list[str]:
        """Restrictions of the chosen box that may be chance."""
        return [name for name in self.boxes[self.chosen].limits if name not in self.box.limits]


def discover(studied: StudyResults, wish: Wish, arm: str | None = None, number: int | None = None) -> Discovery:
    """Boxes in which the wish is met most. `arm`: only this one, else the arm is a factor. `number`: the box to choose.

    InputError: the wish is met in every run or in none, fewer than 20 points, or no box of that number.
    """
    points, met, numbers, seeds = points_met(studied, wish, arm)
    if (count := len(np.unique(numbers))) < 20:
        what = f"{count} {'point is' if count == 1 else 'points are'} too few to seek boxes in"
        raise InputError(what, f"folder {studied.folder}", "Take 100 or more")
    if not 0 < met.mean() < 1:
        values = studied.runs[studied.runs[ARM].isin(studied.of_arm(arm))][wish.outcome.name]
        low, high = (parameter_words(float(value)) for value in (values.min(), values.max()))
        what = f"{'every' if met.mean() == 1 else 'no'} run meets it"
        raise InputError(what, f"{wish}", f"The runs have {low} to {high}: choose a limit between")
    boxes = peel(points, met)
    chosen = best_box(boxes) if number is None else number
    if not 0 <= chosen < len(boxes):
        raise InputError(f"there is no box {chosen}", "--box", f"They are 0 to {len(boxes) - 1}")
    # One point in several arms, a trajectory and a row of a Sobol sample have nearly the same parameters, and the same luck.
    groups = numbers // block_size(studied.card["design"], len(studied.factors))
    if groups.max() == groups.min():
        raise InputError("one sample is too few to seek boxes in", f"folder {studied.folder}", "Take 20 or more")
    box = simplify(boxes[chosen], points, met, groups)
    again = resample(points, met, box.density, groups=groups)
    p = quasi_p(box, points, met, groups)
    without = int(studied.runs.loc[studied.runs[ARM].isin(studied.of_arm(arm)), wish.outcome.name].isna().sum())
    return Discovery(wish, points, met, numbers, seeds, boxes, chosen, box, p, *again, studied.card["design"], without)


def points_met(
    studied: StudyResults, wish: Wish, arm: str | None = None
) -> tuple[pandas.DataFrame, np.ndarray, np.ndarray, int]:
    """Points (a column a factor that varies among them), share of their seeds that meet the wish, their numbers in the
    design, and the most seeds of a point."""
    runs = wish.known(studied.runs[studied.runs[ARM].isin(studied.of_arm(arm))])
    groups = runs.assign(met=wish.met(runs[wish.outcome.name]).astype(float)).groupby([ARM, "point"], sort=False)
    first = groups[studied.factors].first().reset_index()
    counts = groups["met"].agg(["mean", "count"])
    points = first[[name for name in (ARM, *studied.factors) if first[name].nunique() > 1]]
    return points, counts["mean"].to_numpy(float), first["point"].to_numpy(int), int(counts["count"].max())


def trajectory_table(found: Discovery) -> pandas.DataFrame:
    """A row a box: density, coverage, mass, mean, restricted dimensions, and its limits in words."""
    import pandas

    rows = []
    for number, box in enumerate(found.boxes):
        limits = "; ".join(f"{name} {limit_words(limit)}" for name, limit in box.limits.items())
        row = {"box": number, "chosen": number == found.chosen, "density": box.density, "coverage": box.coverage}
        row |= {"mass": box.mass, "points": int(box.inside.sum()), "restricted": box.restricted, "limits": limits}
        rows.append(row)
    return pandas.DataFrame(rows)


def box_table(found: Discovery) -> pandas.DataFrame:
    """A row a restriction of the simplified box: its limits, quasi-p, and the share of random halves that have it too."""
    import pandas

    rows = []
    for name, limit in found.box.limits.items():
        row: dict[str, Any] = {"parameter": name, "low": limit.low, "high": limit.high}
        row |= {"among": None if limit.among is None else " ".join(map(str, limit.among))}
        rows.append(row | {"quasi_p": found.quasi_p[name], "reproduced": found.reproduced[name]})
    return pandas.DataFrame(rows, columns=["parameter", "low", "high", "among", "quasi_p", "reproduced"])


def limit_words(limit: Limit) -> str:
    if limit.among is not None:
        return " or ".join(parameter_words(value) for value in limit.among)
    if limit.low is None:
        return f"at most {parameter_words(limit.high)}"
    if limit.high is None:
        return f"at least {parameter_words(limit.low)}"
    return f"{parameter_words(limit.low)} to {parameter_words(limit.high)}"


def trajectory_rows(found: Discovery, most: int = 10) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Some boxes of the trajectory for the screen, the chosen one among them."""
    header = ("box", "density", "coverage", "points", "restricted", "limits")
    step = max(1, math.ceil(len(found.boxes) / most))
    shown = sorted({*range(0, len(found.boxes), step), found.chosen, len(found.boxes) - 1})
    table, rows = trajectory_table(found), []
    for row in table.iloc[shown].itertuples():
        mark = " (chosen)" * row.chosen
        numbers = (f"{row.density:.2f}", f"{row.coverage:.2f}", f"{row.points:,}", str(row.restricted))
        rows.append((f"{row.box}{mark}", *numbers, row.limits or "everything"))
    return header, rows


def box_rows(found: Discovery) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    header = ("parameter", "in the box", "quasi-p", "in random halves")
    rows = []
    for name, limit in found.box.limits.items():
        p, again = found.quasi_p[name], found.reproduced[name]
        rows.append((name, limit_words(limit), f"{p:.2g}" if p >= 0.001 else "< 0.001", f"{100 * again:.0f}\u00a0%"))
    return header, rows


def sentences(found: Discovery) -> list[str]:
    """The finding, and what weakens it."""
    box, base = found.box, found.boxes[0].density
    lines = [
        f"{found.wish}: met in {style.write_share(base)} of all runs, in {style.write_share(box.density)} of those in the "
        f"box, which holds {style.write_share(box.coverage)} of all that meet it."
    ]
    if math.isfinite(found.unseen_density):
        lines.append(
            f"Boxes as dense, from random halves of the points, hold {style.write_share(found.unseen_density)} density and "
            f"{style.write_share(found.unseen_coverage)} coverage in the halves they have not seen."
        )
    if found.dropped:
        lines.append(f"Left out of box {found.chosen}, as they may be chance (quasi-p): {', '.join(found.dropped)}.")
    if weak := [name for name in box.limits if found.reproduced[name] < REPRODUCED]:
        lines.append(f"Not robust (restricted in fewer than half of the random halves): {', '.join(weak)}.")
    if not box.limits:
        lines.append("No parameter helps to tell where it is met.")
    if (count := len(np.unique(found.numbers))) < FEW_POINTS:
        lines.append(f"{count} points are few: take 100 or more.")
    if (hits := min(found.met.sum(), len(found.met) - found.met.sum())) < FEW_HITS:
        side = "meet it" if found.met.mean() < 0.5 else "do not meet it"
        lines.append(f"Only {hits:.0f} points {side}: take more points, or a limit nearer the middle.")
    if found.design == "morris":
        lines.append(
            "The points are trajectories of a screening, not spread evenly: a latin-hypercube design is better."
        )
    if found.without:
        lines.append(f"Runs without a value of the outcome, left out: {found.without}.")
    if found.seeds == 1:
        lines.append("One seed a point: luck stands in the box as if it were a property of its point.")
    return lines


def figure_discovery(found: Discovery) -> Figure:
    """Density against coverage of all boxes, the chosen one marked; and what it restricts, as parts of each range."""
    with style.figure_style():
        figure = style.new_figure(16, max(6.4, 3.0 + 0.7 * found.box.restricted))
        left, right = figure.subplots(1, 2, width_ratios=(1, 1.15))
        _draw_trade(left, found)
        _draw_limits(right, found)
        figure.suptitle("\n".join(textwrap.wrap(f"{found.wish}", 90)), x=0.01, ha="left", fontsize=17, weight="bold")
    return figure


def _draw_trade(axes: Axes, found: Discovery) -> None:
    dimensions = sorted({box.restricted for box in found.boxes})
    markers = "osD^vP*X"
    for k, count in enumerate(dimensions):
        boxes = [box for box in found.boxes if box.restricted == count]
        axes.plot(
            [box.coverage for box in boxes], [box.density for box in boxes], markers[k % len(markers)], markersize=9,
            color=style.CATEGORICAL[k % len(style.CATEGORICAL)], label=f"{count} restricted",
        )  # fmt: skip
    box = found.box
    axes.plot(box.coverage, box.density, "o", markersize=22, markerfacecolor="none", color=style.INK, mew=2.5)
    axes.annotate(
        "chosen", (box.coverage, box.density), (-16, -24), textcoords="offset points", ha="right", fontsize=14
    )
    axes.set_xlabel("Coverage: part of all that meet it")
    axes.set_ylabel("Density: chance to meet it in the box")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: style.write_share(value))
    axes.set_xlim(0, 1.05)
    axes.set_ylim(0, 1.05)
    axes.grid()
    axes.set_axisbelow(True)
    axes.legend(loc="lower left")


def _draw_names(axes: Axes, place: int, known: Sequence[Any], limit: Limit) -> None:
    """A restriction on names: a part of the bar each, blue where the box has it, with what they are called if there is room."""
    part = 1.0 / len(known)
    for number, one in enumerate(known):
        if limit.among is None or one in limit.among:
            axes.barh(place, part - 0.01, left=number * part + 0.005, height=0.5, color=style.CATEGORICAL[0])
        if len(known) <= MOST_NAMED:
            words = parameter_words(one)
            text = words if len(words) <= LETTERS // len(known) else f"{words[: LETTERS // len(known) - 1]}…"
            axes.text(
                (number + 0.5) * part, place + 0.42, text, fontsize=12, color=style.MUTED, va="center", ha="center"
            )


def _draw_limits(axes: Axes, found: Discovery) -> None:
    """A bar a restriction: grey the whole range, blue what the box leaves of it."""
    names = list(found.box.limits)
    for place, (name, limit) in enumerate(found.box.limits.items()):
        axes.barh(place, 1, height=0.5, color=style.SEA)
        values = found.points[name]
        if limit.among is not None or not is_number(values):
            _draw_names(axes, place, sorted(set(values), key=str), limit)
        else:
            bottom, top = float(values.min()), float(values.max())
            low, high = bottom if limit.low is None else limit.low, top if limit.high is None else limit.high
            ends = [(end - bottom) / (top - bottom) for end in (low, high)]
            axes.barh(place, max(ends[1] - ends[0], 0.01), left=ends[0], height=0.5, color=style.CATEGORICAL[0])
            axes.text(0, place + 0.42, parameter_words(bottom), fontsize=12, color=style.MUTED, va="center")
            axes.text(1, place + 0.42, parameter_words(top), fontsize=12, color=style.MUTED, va="center", ha="right")
        words = limit_words(limit)
        axes.text(0.5, place - 0.4, words, ha="center", va="center", fontsize=14)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(max(len(names), 1) - 0.3, -0.8)
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0)
    axes.spines[:].set_visible(False)
    axes.set_title("The chosen box" if names else "The chosen box: everything")
