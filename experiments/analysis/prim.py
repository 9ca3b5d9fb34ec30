"""PRIM, the patient rule induction method (Friedman & Fisher 1999): boxes of a design in which something is frequent.

Own code: of the two libraries that have it, `prim` is under GPL-3 and has no resampling, and `ema-workbench` brings
scikit-learn, statsmodels and an optimiser along and warns when it is imported. No pasting: a box only ever shrinks, so
that every box of a trajectory contains the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    import pandas

PEEL = 0.05  # part of a box that one step takes off
LEAST_MASS = 0.05  # part of all points that a box keeps
FEWEST = 5  # and their number
CHANCE = 0.05  # quasi-p above which a restriction may be chance


@dataclass(frozen=True)
class Limit:
    """What a box demands of one factor: `low` to `high`, both in, None is open; or, for names, one of `among`."""

    low: float | None = None
    high: float | None = None
    among: tuple[Any, ...] | None = None

    def holds(self, values: np.ndarray) -> np.ndarray:
        if self.among is not None:
            return np.isin(values, np.array(self.among, dtype=values.dtype))
        inside = np.ones(len(values), bool)
        if self.low is not None:
            inside &= values >= self.low
        if self.high is not None:
            inside &= values <= self.high
        return inside


@dataclass(frozen=True)
class Box:
    """A step of a peeling trajectory. `limits` has the restricted factors only, `inside` is bool (points,).

    density: mean of the wish inside (share of runs that meet it); coverage: part of all that meet it that lie inside;
    mass: part of all points inside.
    """

    limits: dict[str, Limit]
    inside: np.ndarray = field(repr=False)
    density: float
    coverage: float
    mass: float

    @property
    def restricted(self) -> int:
        return len(self.limits)

    def holds(self, points: pandas.DataFrame) -> np.ndarray:
        """bool (points,): which of other points lie in the box."""
        inside = np.ones(len(points), bool)
        for name, limit in self.limits.items():
            inside &= limit.holds(column(points, name))
        return inside


def column(points: pandas.DataFrame, name: str) -> np.ndarray:
    """A factor as float64, or as objects where it is no number (a name, true or false)."""
    values = points[name]
    return values.to_numpy(float) if is_number(values) else values.to_numpy(object)


def is_number(values: pandas.Series) -> bool:
    return values.dtype.kind in "iuf"


def peel(points: pandas.DataFrame, met: np.ndarray, part: float = PEEL, least_mass: float = LEAST_MASS) -> list[Box]:
    """The peeling trajectory, from the box of all points on. points: a column a factor; met: float64 (points,), 0 to 1.

    Every step takes off the side with the largest gain in density for each point lost, so that factors of few levels do
    not lose to others because their steps are larger; where nothing gains, the side that costs least density. Of sides that
    gain the same, which is common where few points meet the wish, it takes that of the factor that goes with it most.
    It goes on to `least_mass` of the points and is then cut after its densest box.
    """
    values = {name: column(points, name) for name in points}
    inside, limits = np.ones(len(met), bool), {}
    boxes = [_box(limits, inside, met)]
    fewest = max(FEWEST, least_mass * len(met))
    while boxes[-1].density < 1:
        best, most = None, (-np.inf, 0.0)
        slopes = {name: _slope(column[inside], met[inside]) for name, column in values.items()}
        for name, limit, kept in _candidates(values, limits, inside, part):
            size = kept.sum()
            if size >= fewest:
                gain = met[kept].mean() - boxes[-1].density
                score = (gain / (inside.sum() - size) if gain > 0 else gain, slopes[name])
                if score > most:
                    best, most = (name, limit, kept), score
        if best is None:
            break
        name, limit, inside = best
        limits = limits | {name: limit}
        boxes.append(_box(limits, inside, met))
    densest = int(np.argmax([box.density for box in boxes]))
    return boxes[: densest + 1]


def _slope(values: np.ndarray, met: np.ndarray) -> float:
    """Size of the correlation of a factor with the wish; 0 for names and where one of both does not vary."""
    if values.dtype == object or np.ptp(values) == 0 or np.ptp(met) == 0:
        return 0.0
    return float(abs(np.corrcoef(values, met)[0, 1]))


def _box(limits: dict[str, Limit], inside: np.ndarray, met: np.ndarray) -> Box:
    total = met.sum()
    coverage = float(met[inside].sum() / total) if total > 0 else 0.0
    return Box(limits, inside, float(met[inside].mean()), coverage, float(inside.mean()))


def _candidates(
    values: dict[str, np.ndarray], limits: dict[str, Limit], inside: np.ndarray, part: float
) -> Iterator[tuple[str, Limit, np.ndarray]]:
    """Every side that can be taken off: factor, its limit then, and the points that stay."""
    for name, all_values in values.items():
        here, limit = all_values[inside], limits.get(name, Limit())
        if all_values.dtype == object:
            left = sorted(set(here), key=str)
            for gone in left if len(left) > 1 else ():
                stays = Limit(among=tuple(one for one in left if one != gone))
                yield name, stays, inside & stays.holds(all_values)
            continue
        low, high = _new_ends(here, part)
        if low is not None:
            yield name, Limit(low, limit.high), inside & (all_values >= low)
        if high is not None:
            yield name, Limit(limit.low, high), inside & (all_values <= high)


def _new_ends(values: np.ndarray, part: float) -> tuple[float | None, float | None]:
    """The ends of a factor's values once a part is off at one side; of repeated values all go or none. None: all are equal."""
    levels = np.unique(values)
    if len(levels) < 2:
        return None, None
    ordered = np.sort(values)
    count = max(1, int(part * len(ordered)))
    low, high = ordered[count], ordered[-1 - count]
    return float(max(low, levels[1])), float(min(high, levels[-2]))


def quasi_p(box: Box, points: pandas.DataFrame, met: np.ndarray, groups: np.ndarray | None = None) -> dict[str, float]:
    """For every restriction the chance that the box is as dense without meaning it (Bryant & Lempert 2010).

    One-sided binomial test of the number inside that meets the wish against the density of the box without that
    restriction. 'Quasi', as the box was sought in the same points: read large ones as a warning, not small ones as proof.
    groups: int (points,); points of one group hang together and count as one, by the share that meets the wish.
    """
    found, inside = {}, box.inside
    size = int(inside.sum()) if groups is None else len(np.unique(groups[inside]))
    hits = round(met[inside].sum() * (size / inside.sum()))
    for name in box.limits:
        others = {other: limit for other, limit in box.limits.items() if other != name}
        wider = np.ones(len(met), bool)
        for other, limit in others.items():
            wider &= limit.holds(column(points, other))
        base = float(met[wider].mean())
        found[name] = float(stats.binom.sf(hits - 1, size, base)) if base > 0 else 0.0
    return found


def simplify(box: Box, points: pandas.DataFrame, met: np.ndarray, groups: np.ndarray | None = None) -> Box:
    """The box without the restrictions that may be chance: the one with the largest quasi-p goes first, until all are small."""
    while box.limits:
        found = quasi_p(box, points, met, groups)
        worst = max(found, key=found.get)
        if found[worst] <= CHANCE:
            break
        limits = {name: limit for name, limit in box.limits.items() if name != worst}
        box = _box(limits, Box(limits, box.inside, 0, 0, 0).holds(points), met)
    return box


def best_box(boxes: Sequence[Box]) -> int:
    """The number of the box with the largest harmonic mean of coverage and density; the first of equals."""
    return int(np.argmax([2 * box.coverage * box.density / max(box.coverage + box.density, 1e-12) for box in boxes]))


def resample(
    points: pandas.DataFrame,
    met: np.ndarray,
    density: float,
    times: int = 50,
    seed: int = 1,
    groups: np.ndarray | None = None,
) -> tuple[dict[str, float], float, float]:
    """PRIM on random halves of the points: would other runs have given the same box?

    Takes the box of each half whose density is nearest `density`, simplified. Returns the share of halves that restrict
    each factor, and density and coverage of these boxes in the halves that they have not seen (means; NaN where none had
    points). groups: int (points,); points of one group go into one half, or the other half would have seen them.
    """
    rng = np.random.default_rng(seed)
    groups = np.arange(len(met)) if groups is None else np.unique(groups, return_inverse=True)[1]
    number = int(groups.max()) + 1
    counts, densities, coverages = dict.fromkeys(points, 0), [], []
    for _ in range(times):
        place = np.argsort(rng.permutation(number))[groups]
        order = np.argsort(place, kind="stable")
        seen, unseen = np.split(order, [int((place < number // 2).sum())])
        boxes = peel(points.iloc[seen], met[seen])
        box = min(boxes, key=lambda box: abs(box.density - density))
        box = simplify(box, points.iloc[seen], met[seen], groups[seen])
        for name in box.limits:
            counts[name] += 1
        inside = box.holds(points.iloc[unseen])
        if inside.any() and met[unseen].any():
            densities.append(met[unseen][inside].mean())
            coverages.append(met[unseen][inside].sum() / met[unseen].sum())
    means = [float(np.mean(values)) if values else float("nan") for values in (densities, coverages)]
    return {name: count / times for name, count in counts.items()}, *means
