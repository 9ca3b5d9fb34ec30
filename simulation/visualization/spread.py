"""The spread of a few runs, and what may be said of it: quantiles of enough runs, of fewer the lowest and the highest."""

from __future__ import annotations

from typing import Any

import numpy as np

ENOUGH = 20  # runs; of fewer the 5 % point would be a guess between the lowest and the next
HALF = 8  # runs from which on the middle half says more than the line


def ends(values: Any) -> tuple[Any, Any]:
    """What nine runs in ten lie between; of fewer than `ENOUGH` runs the lowest and the highest.

    values: a pandas Series, for two numbers, or groups of one, for two arrays with an entry a group.
    """
    enough = values.count() >= ENOUGH
    return np.where(enough, values.quantile(0.05), values.min()), np.where(enough, values.quantile(0.95), values.max())


def ends_words(runs: int, of: str = "seeds") -> str:
    """What `ends` are, in words: 5–95 % of seeds; lowest to highest of 3 seeds."""
    if runs >= ENOUGH:
        return f"5–95\u00a0% of {of}"
    return f"lowest to highest of {runs} {of}" if runs > 1 else f"one of {of}, so no spread"


def bands_words(runs: int) -> str:
    """What the bands of a curve are, in words."""
    if runs >= ENOUGH:
        return "Line: median. Darker band: the middle half of the runs; lighter band: nine runs in ten."
    if runs >= HALF:
        return (
            f"Line: median. Darker band: the middle half of {runs} runs; lighter band: from the lowest to the highest."
        )
    return f"Line: median. Band: from the lowest to the highest of {runs} runs." if runs > 1 else "One run a line."
