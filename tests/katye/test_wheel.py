"""What a wheel is made of holds every file of the program, knows its commit, and works beside somebody's own `models`.

The packages are built as pip has them built; to zip them and to fetch what they need would take the network.
"""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("katye", "simulation", "models", "experiments")
FILES = ("setup.py", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")
NOT_SHIPPED = (".md", ".pyc")
WANTED = shutil.which("git") and find_spec("setuptools")
pytestmark = pytest.mark.skipif(not WANTED, reason="needs git and setuptools")


def call(folder, *command, **environment):
    done = subprocess.run(command, cwd=folder, env=os.environ | environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def build(source, folder):
    """The folder of the packages that a wheel of this source holds."""
    call(source, sys.executable, "setup.py", "--quiet", "build_py", "--build-lib", str(folder))
    return folder


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """The program alone in a git repository of its own, and its commit."""
    folder = tmp_path_factory.mktemp("source")
    for name in FILES:
        shutil.copy(ROOT / name, folder)
    for name in PACKAGES:
        left_out = shutil.ignore_patterns("__pycache__", "commit.txt")
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    git = ("git", "-c", "user.name=nobody", "-c", "user.email=nobody@localhost")
    call(folder, *git, "init", "--quiet")
    call(folder, *git, "add", *FILES, *PACKAGES)
    call(folder, *git, "commit", "--quiet", "--message", "all of it")
    return folder, call(folder, *git, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def built(source, tmp_path_factory):
    return build(source[0], tmp_path_factory.mktemp("built"))


def files(folder):
    found = (path for name in PACKAGES for path in (folder / name).rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix() for path in found if path.suffix not in NOT_SHIPPED}


def test_all_files_of_the_program_are_in_it_and_nothing_else(source, built):
    assert files(built) == files(source[0]) | {"katye/commit.txt"}
    assert sorted(path.name for path in built.iterdir()) == sorted(PACKAGES)


@pytest.mark.slow
def test_it_works_beside_other_models_and_knows_its_commit(source, built, tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "__init__.py").write_text('raise RuntimeError("somebody else\'s models")\n')
    said = call(tmp_path, sys.executable, "-m", "katye", "scenarios", PYTHONPATH=str(built))
    assert "baseline" in said
    ask = "from experiments.run.task import ROOT; from simulation.runs.commit import commit; print(ROOT, commit(ROOT))"
    assert call(built, sys.executable, "-c", ask) == f"{built} {source[1]}"


def test_the_benchmark_says_where_it_is(built, tmp_path):
    command, environment = [sys.executable, "-m", "katye", "benchmark"], os.environ | {"PYTHONPATH": str(built)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "source checkout" in done.stderr


def test_an_sdist_hands_the_commit_on(source, tmp_path):
    call(source[0], sys.executable, "setup.py", "--quiet", "sdist", "--dist-dir", str(tmp_path))
    call(tmp_path, sys.executable, "-m", "tarfile", "-e", str(next(tmp_path.glob("katye-*.tar.gz"))))
    built = build(next(path for path in tmp_path.iterdir() if path.is_dir()), tmp_path / "built")
    assert (built / "katye" / "commit.txt").read_text(encoding="utf-8").strip() == source[1]
