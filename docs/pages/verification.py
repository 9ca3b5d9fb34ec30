"""The verification page: requirements from `requirements.toml`, and the tests that say which of them they verify.

A test carries `@pytest.mark.verifies("V-03")`, or several numbers. Which tests do is asked of pytest, not kept in a list.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pages.markdown import ROOT, WRITTEN, table_row

HERE = Path(__file__).parent
MARK = "mark.verifies("


@dataclass(frozen=True)
class Requirement:
    """What must hold, and where it does with a limit, which."""

    text: str
    limit: str = ""


@dataclass(frozen=True)
class Verifying:
    """A test function: its file below tests/, the requirements it verifies, what its docstring says."""

    file: str
    name: str
    numbers: Sequence[str]
    docstring: str | None


def requirements() -> dict[str, Requirement]:
    """{number: requirement}, in the order of their file. TypeError for a key that no requirement has."""
    with open(HERE / "requirements.toml", "rb") as file:
        return {number: Requirement(**about) for number, about in tomllib.load(file).items()}


@cache
def collected() -> tuple[Verifying, ...]:
    """All tests of the files in which any verifies something, in the order of files and lines.

    A process of its own collects them, as a running pytest cannot collect once more. RuntimeError with what it printed, if
    it cannot.
    """
    tests = sorted((ROOT / "tests").rglob("test_*.py"))
    files = [str(path) for path in tests if MARK in path.read_text(encoding="utf-8")]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "collected.json"
        command = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider", "-p", "pages.collected"]
        command += ["--verified-into", str(out), *files]
        path = os.pathsep.join(filter(None, (str(HERE.parent), os.environ.get("PYTHONPATH"))))
        done = subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"the tests could not be collected:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return tuple(Verifying(**about) for about in json.loads(out.read_text(encoding="utf-8")))


def problems(known: Mapping[str, Requirement], tests: Sequence[Verifying]) -> list[str]:
    """What is wrong between requirements and tests, a sentence each: a number without a test, a test with an unknown number."""
    named = {number for test in tests for number in test.numbers}
    found = [f"{number} has no test" for number in known if number not in named]
    return found + [
        f"{test.file}::{test.name} verifies {number}, which requirements.toml does not have"
        for test in tests
        for number in test.numbers
        if number not in known
    ]


def verification_page() -> str:
    """What must hold of the model, which tests say so, and with what limit, as Markdown. ValueError for any of `problems`."""
    known, tests = requirements(), collected()
    if wrong := problems(known, tests):
        raise ValueError("; ".join(wrong))
    lines = ["# Verification", "", WRITTEN, ""]
    lines += [
        "What must hold of the model whatever its figures, and which tests say so. It is no evidence that the model is",
        "right about Haiti. Directions (V-21 to V-28) are judged on thirty pairs of runs that share their luck; what is",
        "known not to be monotone is not tested as if it were.",
        "",
        "| number | what must hold | with this limit | tests |",
        "|---|---|---|---|",
    ]
    lines += [table_row((number, one.text, one.limit, _tests_of(number, tests))) for number, one in known.items()]
    return "\n".join(lines) + "\n"


def _tests_of(number: str, tests: Sequence[Verifying]) -> str:
    """The tests of a requirement by file, those made for the list first."""
    files: dict[str, list[str]] = {}
    for test in tests:
        if number in test.numbers:
            files.setdefault(test.file, []).append(test.name)
    ordered = sorted(files, key=lambda file: "/test_verification_" not in file)
    return "; ".join(f"tests/{file}: {', '.join(files[file])}" for file in ordered)
