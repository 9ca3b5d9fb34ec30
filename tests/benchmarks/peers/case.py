"""The case that every peer runs: real households and days of the city, one rule, and the exact expectation of its moves.

The rule, for a household with its home in neighbourhood g, asked once a day by where it was in the morning:

    at home: it flees with chance  maximum · x / (1 + x),  x = (dose[day, g] / (half_dose · exp(threshold))) ** slope
    away:    it goes home with chance  return_rate  where calm[day, g], else never

A household knows nothing else, so its moves are a chain of two states: their mean and variance can be had without luck.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np

CHUNK = 50_000  # households looked at together: they stay in the processor's cache


@dataclass(frozen=True)
class Case:
    """home: (rows,) neighbourhood. threshold: (rows,) logarithms. away: (rows,) true for the displaced of the first morning.

    dose: (days, places). calm: (days, places), true where people go home. Chances are by the day.
    """

    home: np.ndarray
    threshold: np.ndarray
    away: np.ndarray
    dose: np.ndarray
    calm: np.ndarray
    maximum: float
    half_dose: float
    slope: float
    return_rate: float

    @property
    def days(self) -> int:
        return len(self.dose)

    def sample(self, rows: int | None, seed: int = 0) -> Case:
        """The case with so many of the households, each as likely as another; all of them for None."""
        if rows is None or rows >= self.home.size:
            return self
        chosen = np.sort(np.random.default_rng(seed).choice(self.home.size, rows, replace=False))
        return dataclasses.replace(
            self, **{name: getattr(self, name)[chosen] for name in ("home", "threshold", "away")}
        )

    def save(self, path: Path) -> None:
        np.savez(path, **vars(self))

    @classmethod
    def load(cls, path: Path) -> Case:
        """A case that was saved, with its numbers as plain floats."""
        with np.load(path) as file:
            return cls(**{name: file[name] if file[name].ndim else float(file[name]) for name in file.files})


def real_case(weight: int, days: int, before: int) -> Case:
    """Households and days of the baseline: what its neighbourhoods see from day `before` on, for `days` days."""
    from models.haiti.model import HaitiModel
    from models.haiti.scenario.scenario import load_case

    model = HaitiModel(load_case("baseline", weight=weight), run_seed=1).run(before)
    people, flight, displaced = model.population, model.parameters.flight, model.parameters.displaced
    columns = {
        "home": people.home.astype(np.int64),
        "threshold": people.threshold.copy(),
        "away": people.status > 0,
    }
    dose, calm = [], []
    for _ in range(days):
        model.step()
        dose.append(model.state.dose.copy())
        calm.append(model.state.safe_days >= displaced.return_days)
    return Case(
        **columns, dose=np.array(dose), calm=np.array(calm), maximum=flight.maximum, half_dose=flight.half_dose,
        slope=flight.slope, return_rate=displaced.return_rate,
    )  # fmt: skip


def expected_moves(case: Case) -> tuple[float, float]:
    """Mean and standard deviation of all moves of all days, exact up to rounding."""
    mean = variance = 0.0
    for begin in range(0, case.home.size, CHUNK):
        rows = slice(begin, begin + CHUNK)
        moves, squares = _moments(case, case.home[rows], case.threshold[rows], case.away[rows])
        mean += float(moves.sum())
        variance += float((squares - moves**2).sum())
    return mean, variance**0.5


def _moments(case: Case, home: np.ndarray, threshold: np.ndarray, away: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each household's expected moves, and their expected square: sums over both states it may be in, stepped by the day."""
    half = case.half_dose * np.exp(threshold)
    there, here = away.astype(float), 1.0 - away  # chance to be away, at home
    moves_there, moves_here, squares_there, squares_here = (np.zeros(home.size) for _ in range(4))
    for dose, calm in zip(case.dose, case.calm, strict=True):
        x = (dose[home] / half) ** case.slope
        leave, back = case.maximum * x / (1.0 + x), case.return_rate * calm[home]
        squares_here, squares_there = (
            squares_here * (1 - leave) + (squares_there + 2 * moves_there + there) * back,
            squares_there * (1 - back) + (squares_here + 2 * moves_here + here) * leave,
        )
        moves_here, moves_there = (
            moves_here * (1 - leave) + (moves_there + there) * back,
            moves_there * (1 - back) + (moves_here + here) * leave,
        )
        here, there = here * (1 - leave) + there * back, there * (1 - back) + here * leave
    return moves_here + moves_there, squares_here + squares_there
