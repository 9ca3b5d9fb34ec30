"""Sums of products and exponentials of arrays that are the same to the last bit on every processor.

A library for matrices (`@`, `np.dot`, `np.einsum`) adds in an order that it picks by the kind of processor and the number of
threads; NumPy has its own exponentials, logarithms and powers of arrays for newer processors, with other last digits; and the
built-in `sum` of real numbers carries its rounding along from Python 3.12 on. A last digit that tips one decision makes another
history. So what reaches a model's state or its outcomes is added up and raised here, or by NumPy's `.sum()`, which adds in one
order everywhere, and by `math.fsum`. Exponentials of one number and of arrays alike come from the system's library: another
system, and a processor without fused multiplication (before 2013), may have other last digits.

It calls no compiled code of other files: the compiler's cache would not see them change.
"""

from __future__ import annotations

import math

import numpy as np

from simulation.compiled import compiled

EXP, EXPM1, LOG1P, LOG, POWER = range(5)


def weighted_sum(weights: np.ndarray, values: np.ndarray) -> float:
    """Sum of the products of two vectors of one shape (n,)."""
    return float((weights * values).sum())


def weighted_rows(weights: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Rows (k, n) added up with a weight each (k,), float64 (n,), from the first row to the last."""
    total = np.zeros(rows.shape[1])
    for weight, row in zip(weights.tolist(), rows, strict=True):
        total += weight * row
    return total


@compiled
def _fill(function, x, y, found):
    """`function` of every number of `x` into `found`; whether all that is finite stayed so."""
    fine = True
    for i in range(x.size):
        if function == EXP:
            value = math.exp(x[i])
        elif function == EXPM1:
            value = math.expm1(x[i])
        elif function == LOG1P:
            value = math.log1p(x[i])
        elif function == LOG:
            value = math.log(x[i])
        else:
            value = math.pow(x[i], y)
        found[i] = value
        if math.isfinite(x[i]) and not math.isfinite(value):
            fine = False
    return fine


def _of(function: int, name: str, x: np.ndarray, y: float = 0.0) -> np.ndarray:
    x = np.asarray(x, np.float64)
    found = np.empty(x.size)
    if not _fill(function, x.ravel(), y, found):
        raise OverflowError(f"{name} of a number that is finite is not")
    return found.reshape(x.shape)


def exp(x: np.ndarray) -> np.ndarray:
    """e to the power x, of an array of any shape; OverflowError where a finite number gives none, as in all that follow."""
    return _of(EXP, "exp", x)


def expm1(x: np.ndarray) -> np.ndarray:
    """exp(x) - 1, of an array."""
    return _of(EXPM1, "expm1", x)


def log1p(x: np.ndarray) -> np.ndarray:
    """Natural logarithm of 1 + x, of an array."""
    return _of(LOG1P, "log1p", x)


def log(x: np.ndarray) -> np.ndarray:
    """The natural logarithm, of an array."""
    return _of(LOG, "log", x)


def power(x: np.ndarray, exponent: float) -> np.ndarray:
    """An array to the power of one number."""
    return _of(POWER, "power", x, float(exponent))
