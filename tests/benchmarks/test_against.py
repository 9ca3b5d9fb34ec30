"""An older version beside this one: both are found, take turns, and a commit that is none is refused at once."""

from __future__ import annotations

import subprocess

import pytest

from benchmarks import against, benchmark
from experiments.cli import app as command
from simulation.errors import InputError, KatyeError

MODEL = '''
import time
from types import SimpleNamespace

spent = 0.0
time.process_time = lambda: spent  # the seconds are those that the days say, however much else the machine does

class HaitiModel:
    def __init__(self, case, run_seed):
        self.population = SimpleNamespace(count=1)

    def run(self, days):
        global spent
        spent += days * {seconds}
'''  # fmt: skip
CASE = "def load_case(name, weight):\n    return name, weight\n"


def git(folder, *words):
    who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
    return subprocess.run(
        ["git", "-C", folder, *who, *words], check=True, capture_output=True, text=True
    ).stdout.strip()


def commit(folder, seconds, case):
    """A program whose days take so many seconds each, with its scenarios in the module `case`."""
    haiti = folder / "models" / "haiti"
    (haiti / case).parent.mkdir(parents=True, exist_ok=True)
    for path, text in (("model.py", MODEL.format(seconds=seconds)), (case, CASE), ("__init__.py", "")):
        (haiti / path).write_text(text)
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", case)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A program that became three times as fast and moved a module, and the name of its first commit."""
    folder = tmp_path_factory.mktemp("checkout")
    git(folder, "init", "--quiet")
    (folder / "models").mkdir()
    (folder / "models" / "__init__.py").touch()
    old = commit(folder, 0.03, "scenario.py")
    (folder / "models" / "haiti" / "scenario.py").unlink()
    commit(folder, 0.01, "scenario/scenario.py")
    return folder, old


def test_both_versions_run_and_the_ratio_is_theirs(checkout):
    folder, old = checkout
    found = against.compare(old[:9], days=5, repeats=1, weights=(50,), root=folder)
    assert found["against_50_ratio"] == pytest.approx(1 / 3)
    assert found["against_50_s"] == pytest.approx(730 * 0.03)
    assert git(folder, "status", "--porcelain") == ""
    assert git(folder, "worktree", "list").count("\n") == 0


def test_a_version_that_does_not_run_is_named(checkout, capfd):
    folder, _ = checkout
    (folder / "models" / "haiti" / "model.py").write_text("raise RuntimeError('of today')\n")
    try:
        with pytest.raises(KatyeError, match="this version did not run"):
            against.compare("HEAD", days=1, repeats=1, weights=(50,), root=folder)
    finally:
        git(folder, "checkout", "--", ".")
    assert "of today" in capfd.readouterr().err


@pytest.mark.parametrize("wrong", ["nonsense", "--help", "HEAD:models"])
def test_what_is_no_commit_is_refused(checkout, wrong):
    with pytest.raises(InputError, match="no such commit here"):
        against.full_name(wrong, checkout[0])


def test_a_folder_without_history_is_refused_before_anything_is_measured(monkeypatch, tmp_path, capsys):
    measured = []
    monkeypatch.setattr(benchmark, "measure", lambda *given: measured.append(given))
    monkeypatch.setattr(against.full_name, "__defaults__", (tmp_path,))
    with pytest.raises(SystemExit) as stop:
        command.main(["benchmark", "--against", "HEAD"])
    assert stop.value.code == 2
    err = capsys.readouterr().err
    assert err.startswith("error: --against: ")
    assert "no checkout of git" in err
    assert err.count("\n") == 1
    assert not measured
