"""Designs: how the levels of a study become design points. Every combination, rows of a table, or a sample.

A sample is drawn in the unit cube, a coordinate a varied parameter, from the study's seed alone; each coordinate then
becomes a value: between two limits, by the quantile of the parameter's prior or of its draws in a posterior, or one of a list.
Whole numbers and the members of a list are equally likely. Of a posterior each parameter is taken by itself, as indices of
variance want it: what is known of two only together is lost.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.errors import InputError, installing, unknown_name
from simulation.parameters import whole_number
from simulation.port.posterior import SHIPPED, read_posterior

if TYPE_CHECKING:
    from simulation.parameters import Row

SAMPLED = ("latin-hypercube", "sobol", "morris")
DESIGNS = ("factorial", "table", *SAMPLED)
PRIOR, POSTERIOR = "prior", SHIPPED
GRID = 4  # levels of a Morris screening, as usual
MOST_CELLS, MOST_RUNS = 1_000_000, 10_000_000  # more than fit into memory as a plan, or into a life as runs


@dataclass(frozen=True)
class Range:
    """All values between two limits, equally likely."""

    low: float
    high: float


Levels = tuple[Any, ...] | Range | str
"""What one parameter takes: a list, a range, or one of the words `prior` and `posterior`."""


def unit_points(design: str, factors: int, samples: int, seed: int) -> np.ndarray:
    """The sample of a sampled design: float64 (points, factors) between 0 and 1, in the order that SALib analyses.

    Points: `samples` of a Latin hypercube, samples * (factors + 2) of Sobol, samples * (factors + 1) of Morris.
    """
    drawn = int(np.random.SeedSequence(seed, spawn_key=(0, 0)).generate_state(1)[0])
    if design == "latin-hypercube":
        from scipy.stats import qmc

        return qmc.LatinHypercube(factors, rng=np.random.default_rng(drawn)).random(samples)
    try:
        from SALib.sample import morris, sobol
    except ImportError:
        hint = installing("katye[sensitivity]")
        raise InputError(f"SALib is not installed, and a {design} design needs it", hint=hint) from None
    problem = {"num_vars": factors, "names": [str(k) for k in range(factors)], "bounds": [[0.0, 1.0]] * factors}
    if design == "sobol":
        return sobol.sample(problem, samples, calc_second_order=False, seed=drawn)
    return morris.sample(problem, samples, num_levels=GRID, seed=drawn)


def even_points(design: str, unit: np.ndarray, samples: int, seed: int) -> np.ndarray:
    """The same sample for what takes few values (lists, whole numbers), evenly over 0 to 1, so that each is equally likely.

    Morris has `GRID` coordinates, on which three values cannot lie evenly: each becomes a stretch of its own, in which a
    trajectory has one random place in every coordinate. A step goes through half of them.
    """
    if design != "morris":
        return unit
    shape = (samples, -1, unit.shape[1])
    place = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0, 1))).random((samples, 1, unit.shape[1]))
    return ((np.rint(unit.reshape(shape) * (GRID - 1)) + place) / GRID).reshape(unit.shape)


def points(
    design: str,
    vary: Mapping[str, Levels],
    samples: int | None,
    seed: int,
    rows: Mapping[str, Row],
    posterior: Callable[[], Path | None] = lambda: None,
) -> list[dict[str, Any]]:
    """Every design point as {name: value}; the last name changes fastest in a factorial design.

    rows: the declared parameters, for priors, limits and whole numbers. posterior: finds the file that the study draws from.
    Checked by `check_design` before. InputError for a parameter that the posterior does not hold.
    """
    if design == "factorial":
        made = itertools.product(*vary.values())
    elif design == "table":
        made = zip(*vary.values(), strict=True)
    else:
        unit = unit_points(design, len(vary), samples, seed)
        even = even_points(design, unit, samples, seed)
        file = posterior() if POSTERIOR in vary.values() else None
        vary = {name: _drawn(name, file) if levels == POSTERIOR else levels for name, levels in vary.items()}
        made = zip(
            *([_value(levels, float(u), float(e), rows.get(name)) for u, e in zip(*columns, strict=True)]
              for (name, levels), *columns in zip(vary.items(), unit.T, even.T, strict=True)),
            strict=True,
        )  # fmt: skip
    return [dict(zip(vary, point, strict=True)) for point in made]


def _drawn(name: str, file: Path | None) -> Callable[[float], float]:
    """What a posterior has at a quantile of a parameter: one of its draws, those that weigh more the more often."""
    where = f"[vary] {name}"
    if file is None:
        raise InputError(
            "the study draws from no posterior", where, 'Add uncertainty = "posterior", or name its file there'
        )
    known = read_posterior(file)
    if name not in known.names:
        raise unknown_name("parameter of the posterior", name, known.names, where)
    column = known.values[:, known.names.index(name)]
    order = np.argsort(column, kind="stable")
    reached = np.cumsum(known.weights[order])
    return lambda u: float(column[order[min(int(np.searchsorted(reached, u, side="right")), len(order) - 1)]])


def _value(levels: Levels | Callable[[float], float], u: float, even: float, row: Row | None) -> Any:
    if isinstance(levels, tuple):
        return levels[whole_number(even, 0, len(levels) - 1)]
    if isinstance(levels, Range):
        if isinstance(row.default, int):
            return whole_number(even, int(levels.low), int(levels.high))
        return float(levels.low + u * (levels.high - levels.low))
    if callable(levels):
        return round(levels(u)) if isinstance(row.default, int) else levels(u)
    return row.draw(even if row.whole_ends() else u)


def check_design(
    design: str, vary: Mapping[str, Levels], samples: int | None, rows: Mapping[str, Row], where: str
) -> None:
    """InputError unless these levels fit this design and these parameters; names in `vary` are known to exist."""
    if design not in DESIGNS:
        raise unknown_name("design", design, DESIGNS, where)
    if design not in SAMPLED:
        _check_lists(design, vary, samples, where)
        return
    if not vary:
        raise InputError(f"a {design} design needs something to vary", f"{where}, [vary]")
    if samples is None:
        raise InputError(f"a {design} design needs a number of samples", where, "For example samples = 64")
    if design == "sobol" and samples & (samples - 1):
        below = 1 << (samples.bit_length() - 1)
        raise InputError(
            f"{samples} is no power of two", f"{where}, samples", f"A Sobol sample takes {below} or {2 * below}"
        )
    if design == "morris" and samples < 2:
        raise InputError(f"{samples} trajectory says nothing about spread", f"{where}, samples", "Take 4 or more")
    for name, levels in vary.items():
        if isinstance(levels, tuple):
            _check_repeated(levels, f"{where}, [vary] {name}")
        else:
            _check_continuous(name, levels, rows.get(name), f"{where}, [vary] {name}")


def check_size(
    design: str, vary: Mapping[str, Levels], samples: int | None, arms: int, replicates: int, where: str
) -> None:
    """InputError for more cells or runs than can be planned; nothing is drawn to find out. Checked by `check_design` before."""
    if design == "factorial":
        number = math.prod(map(len, vary.values()))
    elif design == "table":
        number = len(next(iter(vary.values()), ()))
    else:
        number = samples * {"sobol": len(vary) + 2, "morris": len(vary) + 1}.get(design, 1)
    for many, what, most in ((number * arms, "cells", MOST_CELLS), (number * arms * replicates, "runs", MOST_RUNS)):
        if many > most:
            raise InputError(
                f"it has {many:,} {what}", where, f"At most {most:,}: take fewer levels, samples or replicates"
            )


def _check_lists(design: str, vary: Mapping[str, Levels], samples: int | None, where: str) -> None:
    if samples is not None:
        hint = f"A sampled design is {', '.join(SAMPLED)}"
        raise InputError(f"a {design} design takes no samples", f"{where}, samples", hint)
    for name, levels in vary.items():
        if not isinstance(levels, tuple):
            hint = f"A range, a prior or a posterior belongs to a sampled design: {', '.join(SAMPLED)}"
            raise InputError(f"a {design} design needs a list of levels", f"{where}, [vary] {name}", hint)
        if design == "factorial":
            _check_repeated(levels, f"{where}, [vary] {name}")
    if design == "table" and len({len(levels) for levels in vary.values()}) > 1:
        raise InputError("a table needs equally many levels of every parameter", f"{where}, [vary]")


def _check_repeated(levels: Sequence[Any], where: str) -> None:
    for place, level in enumerate(levels):
        if level in levels[:place]:
            raise InputError(f"needs one level or more, each only once, and has {level} twice", where)


def _check_continuous(name: str, levels: Range | str, row: Row | None, where: str) -> None:
    if row is None or row.choices or isinstance(row.default, bool):
        raise InputError(f"{name} is no number, so it has no range", where, "Give a list of levels")
    if levels == PRIOR:
        if row.prior is None:
            hint = "Give { low = ..., high = ... } or a list of levels"
            raise InputError(f"no prior is declared for {name}", where, hint)
        return
    if levels == POSTERIOR:
        return
    if levels.low >= levels.high:
        raise InputError(f"low = {levels.low:g} is not below high = {levels.high:g}", where)
    if isinstance(row.default, int) and not (levels.low.is_integer() and levels.high.is_integer()):
        limit = levels.high if levels.low.is_integer() else levels.low
        raise InputError(f"{limit:g} is no whole number, and {name} takes no others", where)
    low, high = row.bounds or (-np.inf, np.inf)
    if levels.low < low or levels.high > high:
        raise InputError(
            f"{levels.low:g} to {levels.high:g} leaves the range of {name}", where, f"It takes {row.range_text()}"
        )
