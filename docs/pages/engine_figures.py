"""The three pictures of `docs/engine.md`, computed by the engine's own classes: `python docs/pages --pictures`.

Nothing is drawn by hand that the code can compute: who is asked, who stands in which slot, and what a household feels come
from `Roster`, `LazyField` and `Dice`.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from simulation.dice import Dice
from simulation.memory import LazyField
from simulation.rosters import Roster
from simulation.visualization.style import (
    CATEGORICAL,
    INK,
    MUTED,
    PAPER,
    RULE,
    figure_png,
    figure_style,
    ink_on,
    new_figure,
    write_tick,
)

BLUE, ORANGE, GREEN = CATEGORICAL[:3]
FAINT = "#e9edee"


def draw_all(folder: Path) -> list[Path]:
    """Draw all pictures into a folder; returns their paths."""
    paths = []
    for draw in (thinning, rosters, memory):
        with figure_style():
            figure = draw()
        figure.get_layout_engine().set(w_pad=0.12, h_pad=0.12)
        paths.append(folder / f"engine-{draw.__name__}.png")
        paths[-1].write_bytes(small(figure_png(figure, dots_per_inch=120)))
    return paths


def small(png: bytes, colours: int = 64) -> bytes:
    """The same picture with a palette of so many colours: a third of the bytes, and no difference to the eye."""
    with Image.open(io.BytesIO(png)) as picture:
        few = picture.convert("RGB").quantize(colours, dither=Image.Dither.NONE)
    out = io.BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


# Thinning

MEMBERS, BOUND, COLUMNS = 240, 0.05, 16
DAY, DICE = 12, Dice(9)


def asked(members: int, bound: float):
    """One day in a group: its candidates, their luck, and the own chance of every member, 0 to `bound`."""
    roster = Roster(np.zeros(members, int), 1)
    chance = bound * DICE.each("own", 0, np.arange(members)) ** 2
    rows, _, luck = roster.candidates(DICE, "flight", DAY, np.array([bound]))
    return rows, luck, chance


def thinning():
    figure = new_figure(13.6, 7.6)
    grid = figure.add_gridspec(2, 2, width_ratios=(1.15, 1.0))
    rows, luck, chance = asked(MEMBERS, BOUND)
    leaves = luck * BOUND < chance[rows]
    _draw_jumps(figure.add_subplot(grid[:, 0]), rows, leaves)
    _draw_tests(figure.add_subplot(grid[0, 1]), luck, chance[rows], leaves)
    _draw_questions(figure.add_subplot(grid[1, 1]))
    return figure


def _draw_jumps(axes, rows: np.ndarray, leaves: np.ndarray) -> None:
    """Every member a dot in roster order, the jumps from candidate to candidate, and who leaves."""
    where = np.arange(MEMBERS)
    axes.scatter(where % COLUMNS, where // COLUMNS, s=26, color=MUTED, zorder=2)
    previous = -1
    for row in (*rows, MEMBERS):  # the last jump ends beyond everybody
        for line in range((previous + 1) // COLUMNS, min(row, MEMBERS - 1) // COLUMNS + 1):
            first, last = max(previous + 1, line * COLUMNS), min(row, line * COLUMNS + COLUMNS - 1)
            axes.plot(
                (first % COLUMNS - 0.25, last % COLUMNS + 0.25), (line, line), color=BLUE, linewidth=1.6, zorder=1
            )
        previous = row
    for chosen, face in ((leaves, ORANGE), (~leaves, PAPER)):
        axes.scatter(rows[chosen] % COLUMNS, rows[chosen] // COLUMNS, s=420, facecolor=face, edgecolor=BLUE, zorder=3)
    for number, (row, left) in enumerate(zip(rows, leaves), 1):
        colour = ink_on(ORANGE) if left else INK
        place = row % COLUMNS, row // COLUMNS
        axes.text(*place, str(number), ha="center", va="center_baseline", fontsize=13, color=colour, fontweight="bold")
    axes.text(
        -0.25, MEMBERS / COLUMNS + 0.2, "line: a jump, nobody on it is looked at\nring: asked; filled: leaves", va="top"
    )
    axes.set(xlim=(-0.8, COLUMNS - 0.2), ylim=(MEMBERS / COLUMNS + 1.7, -0.8))
    axes.set_axis_off()
    axes.set_title(
        f"{MEMBERS} households, bound {100 * BOUND:.0f} % a day:\n{rows.size} are asked, {leaves.sum()} leave"
    )


def _draw_tests(axes, luck: np.ndarray, chance: np.ndarray, leaves: np.ndarray) -> None:
    """For each candidate: the bound, its own chance, and where its luck fell."""
    number = np.arange(1, luck.size + 1)
    axes.bar(number, 100 * chance, width=0.72, color=FAINT, edgecolor=MUTED, linewidth=1.2)
    axes.axhline(100 * BOUND, color=BLUE)
    axes.text(luck.size + 0.6, 100 * BOUND + 0.15, "bound", color=BLUE, ha="right", va="bottom", fontsize=13)
    for chosen, face in ((leaves, ORANGE), (~leaves, PAPER)):
        edge = ORANGE if face == ORANGE else INK
        axes.scatter(number[chosen], 100 * BOUND * luck[chosen], s=70, facecolor=face, edgecolor=edge, zorder=3)
    axes.set(xlim=(0.4, luck.size + 0.6), ylim=(0, 100 * BOUND * 1.22), xticks=number, ylabel="% a day")
    axes.set_title("Luck (dot) below own chance (bar): leaves")


def _draw_questions(axes) -> None:
    """Questions in one day against the number of households, counted, on a lively and on a quiet day."""
    sizes = np.array([1000, 10_000, 100_000, 1_000_000])
    axes.plot(sizes, sizes, color=MUTED)
    axes.annotate("everybody", (sizes[-1], sizes[-1]), (6, 0), textcoords="offset points", va="center", color=MUTED)
    for name, bound, dashes in (("quiet", BOUND / 100, (4, 2)), ("lively", BOUND, (1, 0))):
        counts = []
        for size in sizes:
            rows, luck, chance = asked(int(size), bound)
            counts.append((rows.size, int((luck * bound < chance[rows]).sum())))
        ratio = counts[-1][0] / counts[-1][1]
        for part, (word, colour) in enumerate((("asked", BLUE), ("leave", ORANGE))):
            values = np.array(counts, float)[:, part]
            shown = values > 0
            axes.plot(sizes[shown], values[shown], color=colour, dashes=dashes, marker="o", markersize=5)
            axes.annotate(
                f"{word}, {name} day", (sizes[-1], values[-1]), (6, 4 if part == 0 else -6), color=colour,
                textcoords="offset points", va="center", fontsize=13,
            )  # fmt: skip
    axes.set(xscale="log", yscale="log", xlabel="households", xlim=(800, 2.2e7), xticks=sizes, ylim=(0.5, 3e6))
    axes.set_xticklabels([write_tick(size) for size in sizes])
    axes.set_yticks([1, 100, 10_000, 1_000_000], [write_tick(value) for value in (1, 100, 10_000, 1_000_000)])
    axes.minorticks_off()
    axes.set_title(f"Questions in one day, {ratio:.1f} for one who leaves")


# Rosters

GROUPS = ("A", "B", "C")
SHOWN = 9


def rosters():
    """One move, before and after: slots of three groups, and the positions that the roster keeps."""
    roster = Roster(np.array([0] * 6 + [1] * 4 + [2] * 5), 3)
    mover, target = 2, 2
    filler = int(roster.members(0)[-1])
    before = _copy(roster)
    roster.move(np.array([mover], np.int32), np.array([target], np.int32))
    after = _copy(roster)
    colours = {mover: ORANGE, filler: BLUE}
    figure = new_figure(13.6, 7.6)
    top, bottom = (figure.add_subplot(2, 1, number) for number in (1, 2))
    _draw_slots(top, before, colours)
    _draw_slots(bottom, after, colours)
    for member, colour in colours.items():
        _draw_arrow(bottom, before, after, member, colour)
    changed = (_inside(before) != _inside(after)).sum()
    words = f"{changed} of {after['slots'].size} slots change,\nhowever many live there"
    bottom.text(SHOWN + 3.0, 2.0, words, va="center")
    top.set_title(f"Before: household {mover} is about to move from {GROUPS[0]} to {GROUPS[target]}")
    bottom.set_title(
        f"After: {filler}, the last of {GROUPS[0]}, fills the gap; {mover} stands last in {GROUPS[target]}"
    )
    return figure


def _copy(roster: Roster) -> dict[str, np.ndarray]:
    return {name: getattr(roster, name).copy() for name in ("starts", "counts", "capacity", "slots", "position")}


def _inside(roster: dict[str, np.ndarray]) -> np.ndarray:
    """Slots, with -1 wherever nobody stands."""
    shown = np.full(roster["slots"].size, -1)
    for start, count in zip(roster["starts"], roster["counts"]):
        shown[start : start + count] = roster["slots"][start : start + count]
    return shown


def _draw_slots(axes, roster: dict[str, np.ndarray], colours: dict[int, str]) -> None:
    for g, name in enumerate(GROUPS):
        start, count, room = (int(roster[part][g]) for part in ("starts", "counts", "capacity"))
        axes.text(-0.25, g, f"place {name}\n{count} live here", ha="right", va="center")
        for k in range(SHOWN):
            taken = k < count
            member = int(roster["slots"][start + k]) if taken else -1
            face = colours.get(member, FAINT) if taken else PAPER
            axes.add_patch(_box(k, g, face, edge=MUTED if taken else RULE, dashed=not taken))
            if taken:
                axes.text(k + 0.45, g, str(member), ha="center", va="center", color=ink_on(face), fontweight="bold")
            axes.text(k + 0.45, g + 0.43, str(start + k), ha="center", va="center", fontsize=12, color=MUTED)
        axes.text(SHOWN + 0.1, g, f"and {room - SHOWN} more free", va="center", color=MUTED)
    for line, (member, colour) in enumerate(colours.items()):
        text = f"position[{member}] = {roster['position'][member]}"
        axes.text(SHOWN + 3.0, 0.55 * line, text, va="center", color=colour, fontweight="bold")
    axes.set(xlim=(-1.6, SHOWN + 5.6), ylim=(len(GROUPS) - 0.45, -0.65))
    axes.set_axis_off()


def _draw_arrow(axes, before: dict[str, np.ndarray], after: dict[str, np.ndarray], member: int, colour: str) -> None:
    """From the slot where a member stood to the slot where it stands."""
    ends = []
    for roster in (before, after):
        slot = roster["position"][member]
        g = int(np.searchsorted(roster["starts"], slot, side="right")) - 1
        ends.append((slot - roster["starts"][g] + 0.45, g))
    (x, g), (to_x, to_g) = ends
    same = g == to_g
    axes.annotate(
        "", (to_x, to_g - 0.32), (x, g + (-0.32 if same else 0.32)),
        arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 2.2, "shrinkA": 0, "shrinkB": 0,
                    "connectionstyle": f"arc3,rad={0.25 if same else 0.0}"},
    )  # fmt: skip


def _box(k: int, g: int, face: str, edge: str, dashed: bool):
    from matplotlib.patches import Rectangle

    return Rectangle((k, g - 0.32), 0.9, 0.64, facecolor=face, edgecolor=edge, linestyle="--" if dashed else "-")


# Lazy memory

DAYS, HURT, MOVED = 150, 40, 85


def memory():
    """A household's own value stepped every day and read now and then, and what it differs from its field."""
    fades, lazy = np.array([[0.96], [0.93]]), LazyField(2, 1, 1)
    one, rows = np.zeros(1, int), np.array([0])
    lazy.write(rows, one, one, np.array([0.15]))
    place, stepped = 0, float(lazy.read(rows, one, one)[0])
    fields, own, read = [lazy.field[:, 0].copy()], [stepped], [stepped]
    for day in range(1, DAYS + 1):
        goal = np.array([[0.75 if 25 <= day < 75 else 0.1], [0.2 + 0.1 * (day > 60)]])
        lazy.step(fades, (1.0 - fades) * goal)
        stepped = fades[place, 0] * stepped + (1.0 - fades[place, 0]) * goal[place, 0]
        if day == HURT:
            stepped += 0.5 * (1.0 - stepped)
            value = lazy.read(rows, one + place, one)
            lazy.write(rows, one + place, one, value + 0.5 * (1.0 - value))
        if day == MOVED:
            value = lazy.read(rows, one + place, one)
            place = 1
            lazy.write(rows, one + place, one, value)
        fields.append(lazy.field[:, 0].copy())
        own.append(stepped)
        read.append(float(lazy.read(rows, one + place, one)[0]))
    return _draw_memory(np.array(fields), np.array(own), np.array(read))


def _draw_memory(fields: np.ndarray, own: np.ndarray, read: np.ndarray):
    figure = new_figure(13.6, 7.6)
    grid = figure.add_gridspec(2, 1, height_ratios=(1.9, 1.0))
    top = figure.add_subplot(grid[0])
    days, seen = np.arange(DAYS + 1), np.arange(0, DAYS + 1, 4)
    for place, colour, dashes in ((0, BLUE, (1, 0)), (1, GREEN, (5, 2))):
        top.plot(days, fields[:, place], color=colour, dashes=dashes)
        top.annotate(
            f"field of place {GROUPS[place]}", (DAYS, fields[-1, place]), (8, 0), textcoords="offset points",
            color=colour, va="center",
        )  # fmt: skip
    top.plot(days, own, color=ORANGE, linewidth=6, alpha=0.4, solid_capstyle="butt", label="stepped every day")
    top.scatter(seen, read[seen], s=26, color=INK, zorder=3, label="read when asked for (every fourth day shown)")
    top.set(ylabel="fear", ylim=(-0.02, 0.92))
    top.legend(loc="upper right", title="one household's own value", alignment="left")
    worst = abs(read - own).max()
    top.set_title(f"Read is the same as stepped: largest difference in {DAYS} days {worst:.0e}")
    bottom = figure.add_subplot(grid[1], sharex=top)
    home = np.where(days < MOVED, 0, 1)
    deviation = read - fields[days, home]
    bottom.axhline(0.0, color=RULE)
    bottom.plot(days, deviation, color=ORANGE)
    bottom.set(ylabel="own minus field", xlabel="day", xlim=(0, DAYS + 24), xticks=range(0, DAYS + 1, 25))
    bottom.set_title("What it differs by: written at the start, at the shock and at the move; fading in between")
    for axes in (top, bottom):
        for day in (HURT, MOVED):
            axes.axvline(day, color=MUTED, linewidth=1.2, linestyle=":")
    for day, text in ((HURT, "a shock of its own"), (MOVED, f"it moves to place {GROUPS[1]}")):
        top.text(day - 1, 0.9, text, ha="right", va="top", fontsize=13, color=MUTED)
    return figure
