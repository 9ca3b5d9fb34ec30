"""How long cleared places last: spells from a clearing until gangs hold the place again, and their survival (M23)."""

from __future__ import annotations

import numpy as np

from models.haiti.passes.places import look_at_held
from simulation.serialise.kept import kept
from simulation.serialise.limits import Limits, listed, whole, wholes


@kept
class HeldPlaces:
    """Spells of cleared places. since: int32 (n,), day of the clearing, -1 where no spell runs. lost: days of ended spells.

    A place that is cleared once more while it is held goes on with its spell. place_days: places held, summed over days.
    """

    limits = Limits(
        {
            "since": wholes(np.int32, "n", low=-1, high="day"),
            "lost": listed(whole(0, "day")),
            "place_days": whole(),
            "day": whole(0, "day"),
        }
    )

    def __init__(self, n: int):
        self.since = np.full(n, -1, np.int32)
        self.lost: list[int] = []
        self.place_days = 0
        self.day = 0

    def look(self, state, day: int) -> None:
        """Evening of a day: spells end where the label says gang, and begin where a place was cleared today."""
        self.day = day
        ended, running = look_at_held(state.label, state.cleared_day, self.since, day)
        self.lost.extend(ended.tolist())
        self.place_days += running

    def still(self) -> np.ndarray:
        """Days so far of the spells that run, int64."""
        return (self.day - self.since[self.since >= 0]).astype(np.int64)

    def survival(self, days: float) -> float:
        """Share of cleared places not gang-held again after `days` (kaplan1958); NaN if none was cleared."""
        times, share = self._curve()
        return float(share[np.searchsorted(times, days, side="right")]) if times is not None else float("nan")

    def median(self) -> float:
        """Days after which half of the cleared places are gang-held again; NaN if none was cleared.

        If more than half last to the end of the run, the longest time seen: the median is that or more.
        """
        times, share = self._curve()
        if times is None:
            return float("nan")
        fallen = np.flatnonzero(share[1:] <= 0.5)
        return float(times[fallen[0]] if fallen.size else times[-1])

    def _curve(self) -> tuple[np.ndarray | None, np.ndarray]:
        """Times, and the share that lasts before the first and after each of them."""
        still = self.still()
        ends = np.concatenate([np.asarray(self.lost, np.int64), still])
        if not ends.size:
            return None, np.ones(1)
        times, at = np.unique(ends, return_inverse=True)
        running = ends.size - np.append(0, np.cumsum(np.bincount(at))[:-1])  # until just before each time
        fell = np.bincount(at[: len(self.lost)], minlength=times.size)
        return times, np.append(1.0, np.cumprod((running - fell) / running))
