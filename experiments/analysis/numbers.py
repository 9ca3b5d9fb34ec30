"""Numbers as people write them, by the format of an outcome: 41.2 %, $312M, 1,230, and differences with their sign."""

from __future__ import annotations

import math

TINY = 1e-6  # what is smaller is written as 0


def write(value: float, format: str) -> str:
    """A value for a table: 41.2 %, 312M, 1,230. A dash where there is none."""
    text = _text(value, format, value).replace("-", "−")
    return f"{text}\u00a0%" if format == "share" and math.isfinite(value) else text


def write_difference(value: float, format: str, sign: bool = True, beside: float = 0.0) -> str:
    """A difference or an error: shares in percentage points; with its sign unless told otherwise, and none for 0.

    beside: the largest of the numbers it stands with, whose digits it takes: -5.9 alone, -6 beside 35.
    """
    text = _text(abs(value), format, max(abs(value), abs(beside) if math.isfinite(beside) else 0.0))
    if math.isnan(value) or not (math.isinf(value) or any(letter in "123456789" for letter in text)):
        return text
    return ("−" if value < 0 else "+" if sign else "") + text


def _text(value: float, format: str, largest: float) -> str:
    """Three figures at most; what is below ten with one decimal, if nothing larger stands beside it, or with the first that
    is not 0."""
    if not math.isfinite(value):
        return "–" if math.isnan(value) else "no limit"
    largest = abs(largest)
    if format == "share":
        return f"{100 * value:.{_decimals(100 * largest)}f}"
    if format == "number":
        return f"{value:,.{max(0, 2 - math.floor(math.log10(largest))) if largest > TINY else 0}f}"
    if format == "usd":
        for size, mark in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
            if abs(value) >= size * 0.9995:
                return f"{value / size:.3g}{mark}"
    if largest >= 9.95 or value == round(value) == math.copysign(largest, value):
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.{_decimals(largest)}f}"


def _decimals(largest: float) -> int:
    """One, or more where one would show 0 and the number is no rounding error."""
    return 1 if largest >= 0.05 or largest < TINY else -math.floor(math.log10(largest))
