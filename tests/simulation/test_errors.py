"""What a message tells one to type is right where it is read."""

import importlib.metadata
import shlex
import sys
from pathlib import Path

import pytest

from simulation.errors import installing, unknown_name

ROOT = Path(__file__).parents[2]


@pytest.fixture
def python(tmp_path, monkeypatch):
    """A Python in a folder of its own with a pip beside it, which no shell finds; the folder."""
    for name in ("python", "pip"):
        (tmp_path / "my env").mkdir(exist_ok=True)
        (tmp_path / "my env" / name).touch(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "my env" / "python"))
    monkeypatch.setenv("PATH", "/nowhere")
    return tmp_path / "my env"


def test_what_is_missing_is_installed_into_the_python_that_runs(python, monkeypatch):
    own = shlex.quote(str(python / "python"))
    assert installing("xarray") == f"Install it with: {own} -m pip install xarray"
    monkeypatch.setenv("PATH", str(python))
    assert installing("katye[app]") == "Install it with: pip install 'katye[app]'"


def test_a_checkout_that_was_never_installed_is(python, monkeypatch):
    def unknown(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", unknown)
    monkeypatch.setenv("PATH", str(python))
    assert installing("katye[app]") == f"Install it with: pip install --editable '{ROOT}[app]'"
    assert installing("xarray") == "Install it with: pip install xarray"


def test_a_name_like_none_gets_what_is_known_and_one_like_some_the_nearest():
    assert unknown_name("field", "nonsense", ["dose", "influence"]).hint == "Known: dose, influence"
    assert unknown_name("column", None, ["consent", "dose"]).hint == "Known: consent, dose"
    assert unknown_name("source", "levle", ["level", "pledges"]).hint == "Did you mean level or pledges?"
