"""The verification list is complete: every number has tests, they exist, and those made for it say what they require."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from models.haiti.verification import VERIFICATION

TESTS = Path(__file__).parents[3]
HERE = "models/haiti/verification"
MADE_FOR_IT = sorted(path.name for path in Path(__file__).parent.glob("test_verification_*.py"))


@cache
def functions(file):
    """Test functions of a file below tests/: name -> docstring (None without one)."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return {
        node.name: ast.get_docstring(node)
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_every_number_is_there_once():
    assert list(VERIFICATION) == list(range(1, 29))


@pytest.mark.parametrize("number", VERIFICATION)
def test_every_number_has_tests_that_exist(number):
    assert VERIFICATION[number].tests
    for test in VERIFICATION[number].tests:
        file, _, name = test.partition("::")
        assert name in functions(file), test


@pytest.mark.parametrize("file", MADE_FOR_IT)
def test_tests_made_for_the_list_say_their_number_and_what_they_require(file):
    for name, docstring in functions(f"{HERE}/{file}").items():
        number = re.match(r"test_v(\d\d)_", name)
        assert number, name
        assert f"{HERE}/{file}::{name}" in VERIFICATION[int(number[1])].tests
        assert docstring, name
        assert docstring.endswith("."), name
        assert "\n" not in docstring, name
