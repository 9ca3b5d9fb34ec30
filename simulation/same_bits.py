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

from simulation.compiled import elementwise

ONE, TWO = ["float64(float64)"], ["float64(float64, float64)"]


def weighted_sum(weights: np.ndarray, values: np.ndarray) -> float:
    """Sum of the products of two vectors of one shape (n,)."""
    return float((weights * values).sum())


def weighted_rows(weights: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Rows (k, n) added up with a weight each (k,), float64 (n,), from the first row to the last."""
    total = np.zeros(rows.shape[1])
    for weight, row in zip(weights.tolist(), rows, strict=True):
        total += weight * row
    return total


@elementwise(ONE)
def exp(x):
    """e to the power x, of an array."""
    return math.exp(x)


@elementwise(ONE)
def expm1(x):
    """exp(x) - 1, of an array."""
    return math.expm1(x)


@elementwise(ONE)
def log1p(x):
    """Natural logarithm of 1 + x, of an array."""
    return math.log1p(x)


@elementwise(ONE)
def log(x):
    """The natural logarithm, of an array."""
    return math.log(x)


@elementwise(TWO)
def power(x, y):
    """x to the power y, of arrays that broadcast."""
    return math.pow(x, y)
