"""Sums and exponentials whose last digit no processor picks, and that nothing of the models goes round them."""

import ast
import math
from pathlib import Path

import numpy as np
import pytest

from simulation import same_bits

ROOT = Path(__file__).parents[2]
# What a library for matrices sums in its own order, and what NumPy computes by another rule on other processors.
BANNED = {
    "dot", "vdot", "inner", "einsum", "matmul", "tensordot", "linalg", "convolve", "correlate", "cov", "corrcoef", "polyfit",
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "power", "float_power", "tanh", "sinh", "cosh", "sin", "cos",
    "tan", "arctan", "arctan2", "arcsin", "arccos", "cbrt", "hypot", "logaddexp",
}  # fmt: skip
# compiled code calls the system's library; pictures are no results
ASIDE = ("models/haiti/kernels.py", "simulation/kernels.py", "simulation/same_bits.py", "simulation/visualization/")


def test_weighted_sums_are_sums_of_products():
    weights, values = np.array([0.1, 0.2, 0.3]), np.array([3.0, -1.0, 7.0])
    assert same_bits.weighted_sum(weights, values) == pytest.approx(2.2, rel=1e-15)
    assert same_bits.weighted_sum(np.array([True, False, True]), values) == 10.0
    rows = np.array([[1, 2], [3, 4], [5, 6]])
    np.testing.assert_allclose(same_bits.weighted_rows(weights, rows), [2.2, 2.8], rtol=1e-15)
    assert same_bits.weighted_rows(np.zeros(0), np.zeros((0, 4))).tolist() == [0.0] * 4
    with pytest.raises(ValueError, match="zip"):
        same_bits.weighted_rows(weights, rows[:2])


def test_rows_are_added_from_the_first_on():
    weights, rows = np.random.default_rng(1).random(9), np.random.default_rng(2).random((9, 3))
    total = [0.0] * 3
    for weight, row in zip(weights.tolist(), rows.tolist(), strict=True):
        total = [so_far + weight * value for so_far, value in zip(total, row, strict=True)]
    assert same_bits.weighted_rows(weights, rows).tolist() == total


@pytest.mark.parametrize("name", ["exp", "expm1", "log", "log1p"])
def test_functions_of_arrays_are_those_of_one_number(name):
    values = np.random.default_rng(3).random((50, 20)) * 10.0
    found = getattr(same_bits, name)(values)
    assert found.shape == values.shape
    assert found.ravel().tolist() == [getattr(math, name)(value) for value in values.ravel().tolist()]
    assert found[:, 0].tolist() == getattr(same_bits, name)(values[:, 0]).tolist()


def test_powers_of_arrays_are_those_of_one_number():
    values = np.random.default_rng(4).random(100) * 10.0
    assert same_bits.power(values, 0.37).tolist() == [value**0.37 for value in values.tolist()]
    assert same_bits.power(np.array([0.0, 2.0]), 0.0).tolist() == [1.0, 1.0]


def test_what_leaves_the_numbers_is_told():
    for function, values in (
        ("exp", [1000.0]),
        ("expm1", [0.0, 1000.0]),
        ("log", [1.0, 0.0]),
        ("log", [-1.0]),
        ("log1p", [-1.0]),
    ):
        with pytest.raises(OverflowError, match=rf"^{function} of a number that is finite is not$"):
            getattr(same_bits, function)(np.array(values))
    for values, exponent in (([1e200], 2.0), ([0.0], -1.0), ([-1.0], 0.5)):
        with pytest.raises(OverflowError, match="power"):
            same_bits.power(np.array(values), exponent)
    assert same_bits.exp(np.array([-np.inf, np.inf, -1e9])).tolist() == [
        0.0,
        np.inf,
        0.0,
    ]  # what was infinite may stay so


def goes_round(tree: ast.AST) -> list[str]:
    """Lines of a file that multiply matrices or ask NumPy for an exponential."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.MatMult):
            found.append(f"{node.lineno}: @")
        if not isinstance(node, ast.Attribute):
            continue
        numpy = isinstance(node.value, ast.Name) and node.value.id in ("np", "numpy")
        if (numpy and node.attr in BANNED) or node.attr == "dot":
            found.append(f"{node.lineno}: {node.attr}")
    return sorted(found)


def test_the_guard_sees_what_it_looks_for():
    text = "a @ b\na @= b\nnp.exp(a)\na.dot(b)\nnp.linalg.solve(a, b)\nmath.exp(2)\nnp.sqrt(a)\n"
    assert [line[0] for line in goes_round(ast.parse(text))] == ["1", "2", "3", "4", "5"]


def test_models_add_and_raise_here():
    found = {}
    for package in ("models", "simulation"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            lines = [] if name.startswith(ASIDE) else goes_round(ast.parse(path.read_text(encoding="utf-8")))
            if lines:
                found[name] = lines
    assert found == {}, "take weighted_sum, weighted_rows, exp, ... of simulation/same_bits.py, or math"
