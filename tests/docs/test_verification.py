"""The verification list: every number has tests, no test an unknown one, and those made for it say what they verify."""

import re

import pytest
from pages.verification import Requirement, Verifying, collected, problems, requirements

MADE_FOR_IT = "models/haiti/verification/test_verification_"


def test_every_number_is_there_once_and_says_what_must_hold():
    known = requirements()
    assert list(known) == [f"V-{number:02}" for number in range(1, 37)]
    for number, one in known.items():
        assert one.text.endswith("."), number
        assert not one.limit or one.limit.endswith("."), number


@pytest.mark.slow
def test_every_number_has_tests_and_every_test_a_known_number():
    assert not problems(requirements(), collected())


@pytest.mark.parametrize(
    ("numbers", "wrong"),
    [
        ([], ["V-01 has no test"]),
        (["V-02"], ["V-01 has no test", "a/test_b.py::test_c verifies V-02, which requirements.toml does not have"]),
        (["V-01"], []),
    ],
)
def test_what_is_missing_or_unknown_is_named(numbers, wrong):
    assert problems({"V-01": Requirement("It holds.")}, [Verifying("a/test_b.py", "test_c", numbers, None)]) == wrong


def test_tests_made_for_the_list_say_their_number_and_what_they_require():
    made = [test for test in collected() if test.file.startswith(MADE_FOR_IT)]
    assert {number for test in made for number in test.numbers} >= {"V-02", "V-14", "V-20", "V-21", "V-26"}
    for test in made:
        number = re.match(r"test_v(\d\d)_", test.name)
        assert number, test.name
        assert f"V-{number[1]}" in test.numbers, test.name
        assert test.docstring, test.name
        assert test.docstring.endswith("."), test.name
        assert "\n" not in test.docstring, test.name
