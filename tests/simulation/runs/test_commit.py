"""Which commit the program is: git's word in a checkout, the build's note elsewhere, never that of somebody else's checkout."""

import shutil
import subprocess

import pytest

from simulation.runs.commit import NOTED, commit, git_commit

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder, *words):
    about = ["-c", "user.name=nobody", "-c", "user.email=nobody@localhost"]
    done = subprocess.run(["git", "-C", str(folder), *about, *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path):
    """A git repository with one file committed."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "program.py").write_text("1\n")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "first")
    return folder


def note(folder, text):
    (folder / NOTED).parent.mkdir(parents=True, exist_ok=True)
    (folder / NOTED).write_text(text)


def test_a_checkout_asks_git_and_says_what_is_modified(checkout):
    head = git(checkout, "rev-parse", "HEAD")
    note(checkout, "an older commit, left by a build\n")
    assert commit(checkout) == git_commit(checkout) == head
    (checkout / "program.py").write_text("2\n")
    assert commit(checkout) == f"{head}-modified"


def test_without_git_the_note_of_the_build_is_read(tmp_path):
    assert commit(tmp_path) is None
    note(tmp_path, "0123abc\n")
    assert commit(tmp_path) == "0123abc"
    assert git_commit(tmp_path) is None
    assert commit(None) is None


def test_an_installation_within_somebody_elses_checkout_is_not_theirs(checkout):
    installed = checkout / "venv" / "site-packages"
    installed.mkdir(parents=True)
    (installed / "program.py").write_text("1\n")
    assert commit(installed) is None
    note(installed, "0123abc\n")
    assert commit(installed) == "0123abc"
