"""The recipes of CONTRIBUTING.md, followed to the letter in a copy of the program."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COPIED = ("katye", "simulation", "models", "experiments", "tests", "docs")
STEP = re.compile(
    r"(?:New file `(?P<new>[^`]+)`|In `(?P<old>[^`]+)`, after the line `(?P<line>[^`]+)`|(?P<check>Check)):"
    r"\n\n```\w+\n(?P<code>.*?)```",
    re.S,
)


def recipes():
    """Title -> steps of every recipe."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    text = text[text.index("## Recipes") : text.index("## Style")]
    return {part.partition("\n")[0]: list(STEP.finditer(part)) for part in text.split("### ")[1:]}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The program in a folder of its own, compiled code and all: the recipes are followed in it one after the other."""
    folder = tmp_path_factory.mktemp("copy")
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name)
    shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
    return folder


def test_every_kind_of_thing_has_its_recipe():
    kinds = ("mechanism", "metric", "actor", "command", "figure")
    assert list(recipes()) == [*(f"A new {kind}" for kind in kinds), "A country of your own"]


@pytest.mark.slow
@pytest.mark.parametrize("title", recipes())
def test_a_recipe_works_as_it_is_written(copy, title):
    steps = recipes()[title]
    assert steps
    assert steps[-1]["check"]
    for step in steps:
        if step["new"]:
            path = copy / step["new"]
            assert not path.exists()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step["code"], encoding="utf-8")
        elif step["old"]:
            text = (copy / step["old"]).read_text(encoding="utf-8")
            assert text.count(f"\n{step['line']}\n") == 1, f"{step['old']} has no single line {step['line']}"
            changed = text.replace(f"\n{step['line']}\n", f"\n{step['line']}\n{step['code']}")
            (copy / step["old"]).write_text(changed, encoding="utf-8")
        else:
            for line in step["code"].splitlines():
                run(copy, shlex.split(line))
    if importlib.util.find_spec("ruff"):  # it comes with the tests, not with the least versions that they are run with
        run(copy, ["python", "-m", "ruff", "check", "."])
        run(copy, ["python", "-m", "ruff", "format", "--check", "."])


def run(folder, words):
    """A line of a shell, with the program of the copy."""
    if words[0] == "katye":
        words = [sys.executable, "-m", "katye", *words[1:]]
    elif words[0] == "python":
        words = [sys.executable, *words[1:]]
    environment = os.environ | {"PYTHONPATH": str(folder)}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
