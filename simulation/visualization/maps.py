"""Maps of places: polygons coloured by a number or a label, with land, sea, scale and names."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from simulation.errors import InputError
from simulation.visualization import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

Rings = Sequence[np.ndarray]
Extent = tuple[float, float, float, float]


@dataclass(frozen=True)
class Geography:
    """What a map needs: polygons of places, and optionally land, names and text positions.

    `shapes` maps a place to its rings, each an (N, 2) array of longitude and latitude in degrees; `land` is a
    list of such rings; `names` maps a place to what people call it; `captions` maps a text to its (longitude,
    latitude); `extent` is (west, east, south, north) in degrees.
    """

    shapes: Mapping[str, Rings]
    extent: Extent
    land: Rings = ()
    names: Mapping[str, str] = field(default_factory=dict)
    captions: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def centre_of(rings: Rings) -> tuple[float, float]:
    """Longitude and latitude of the centre of gravity of the largest ring."""
    best, best_area = np.mean(rings[0], axis=0), 0.0
    for ring in rings:
        x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
        cross = x * np.roll(y, -1) - np.roll(x, -1) * y
        area = cross.sum() / 2
        if abs(area) > best_area:
            shift = np.array([((x + np.roll(x, -1)) * cross).sum(), ((y + np.roll(y, -1)) * cross).sum()])
            best, best_area = ring[0] + shift / (6 * area), abs(area)
    return float(best[0]), float(best[1])


def _compound(rings: Rings):
    from matplotlib.path import Path as Outline

    # One path per place: a hole inside its outer ring then stays a hole.
    return Outline.make_compound_path(*[Outline(ring, closed=False) for ring in rings])


def draw_map(
    axes: Axes,
    geography: Geography,
    values: Mapping[str, float] | None = None,
    labels: Mapping[str, str] | None = None,
    *,
    colormap: Colormap | None = None,
    label_colours: Mapping[str, str] | None = None,
    limits: tuple[float, float] = (0.0, 1.0),
    title: str = "",
    captions: bool = True,
) -> object:
    """Colours the places by `values` (within `limits`, in `colormap`: that of amounts if None) or by `labels`.

    `label_colours`: label -> colour. A place without a value, or whose label has no colour, is grey. Returns the
    collection of polygons, which a colour bar takes. Raises InputError unless exactly one of `values` and `labels` is given.
    """
    from matplotlib.collections import PathCollection

    if (values is None) == (labels is None):
        raise InputError("a map shows either values or labels, not both and not neither")
    _draw_ground(axes, geography)
    places = sorted(geography.shapes)
    collection = PathCollection([_compound(geography.shapes[p]) for p in places], zorder=2)
    # A middle grey is seen on the pale and on the dark end of the colours.
    collection.set_edgecolor("#928d88")
    collection.set_linewidth(0.5)
    if labels is not None:
        collection.set_facecolor([(label_colours or {}).get(labels.get(p, ""), style.NO_DATA) for p in places])
    else:
        numbers = np.array([values.get(p, np.nan) for p in places], dtype=float)
        collection.set_array(np.ma.masked_invalid(numbers))
        collection.set_cmap(colormap or style.amount_colormap())
        collection.set_clim(*limits)
    axes.add_collection(collection, autolim=False)
    _frame(axes, geography.extent)
    draw_scale_bar(axes, geography.extent)
    if captions:
        draw_captions(axes, geography.captions, geography.extent)
    if title:
        axes.set_title(title)
    return collection


def _draw_ground(axes: Axes, geography: Geography) -> None:
    from matplotlib.collections import PathCollection

    axes.set_facecolor(style.SEA if geography.land else style.LAND)
    if geography.land:
        ground = PathCollection([_compound(geography.land)], facecolor=style.LAND, zorder=1)
        ground.set_edgecolor("#9aa7ac")
        ground.set_linewidth(0.8)
        axes.add_collection(ground, autolim=False)


def _frame(axes: Axes, extent: Extent) -> None:
    west, east, south, north = extent
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    # A degree of longitude is shorter than one of latitude by the cosine of the latitude.
    axes.set_aspect(1 / math.cos(math.radians((south + north) / 2)))
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(True)
        spine.set_edgecolor(style.RULE)


def draw_scale_bar(axes: Axes, extent: Extent) -> None:
    """A bar of a round number of kilometres, about a fifth of the width, in the lower left corner."""
    west, east, south, north = extent
    kilometre = 1 / (111.32 * math.cos(math.radians((south + north) / 2)))
    length = max((k for k in (1, 2, 5, 10, 20, 50, 100) if k * kilometre <= 0.24 * (east - west)), default=1)
    x, y = west + 0.03 * (east - west), south + 0.045 * (north - south)
    axes.plot([x, x + length * kilometre], [y, y], color=style.INK, linewidth=3, solid_capstyle="butt", zorder=5)
    axes.text(
        x,
        y + 0.018 * (north - south),
        f"{length} km",
        ha="left",
        va="bottom",
        fontsize=11,
        path_effects=_halo(),
        zorder=5,
    )


def draw_captions(axes: Axes, captions: Mapping[str, tuple[float, float]], extent: Extent) -> None:
    """Place names at their positions, with a pale halo; a name outside `extent` is left out."""
    west, east, south, north = extent
    for text, (x, y) in captions.items():
        if west < x < east and south < y < north:
            axes.text(
                x,
                y,
                text,
                ha="center",
                va="center",
                fontsize=10.5,
                fontweight="bold",
                path_effects=_halo(),
                zorder=6,
            )


def _halo() -> list:
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=3, foreground=(1, 1, 1, 0.85))]


def mean_by_place(places: Iterable[str], values: Iterable[float]) -> dict[str, float]:
    """Mean of `values` of each place: one number a place from one row a run and place."""
    import pandas as pd

    return pd.Series(list(values), index=list(places), dtype=float).groupby(level=0).mean().to_dict()
