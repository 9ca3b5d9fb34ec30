"""An archive holds what git has of a commit, the model in words, and metadata that name the commit; the same bytes again."""

import json
import shutil
import subprocess
import zipfile

import pytest

from experiments.exchange import archive
from experiments.exchange.archive import DOCUMENTS, TOP, write_archive
from experiments.run.task import ROOT
from simulation.errors import InputError

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="needs git")


def git(folder, *words):
    who = ("-c", "user.name=nobody", "-c", "user.email=nobody@localhost")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A small repository with the files that an archive names, and a file that git does not know."""
    folder = tmp_path / "checkout"
    for name in (*TOP, *DOCUMENTS, "codemeta.json", "experiments/exchange/archive.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "all")
    (folder / "private.txt").write_text("mine")
    monkeypatch.setattr(archive, "ROOT", folder)
    monkeypatch.chdir(tmp_path)
    return folder


def test_a_commit_is_packed_with_metadata_and_the_model_in_words(checkout, tmp_path):
    path = write_archive()
    assert path.name == "katye-0.1.0.zip"
    with zipfile.ZipFile(path) as found:
        assert found.testzip() is None
        names = {name.removeprefix("katye-0.1.0/") for name in found.namelist()}
        assert {"codemeta.json", "LICENSE", "CITATION.cff", "README.md", "docs/odd.md", "docs/day.svg"} <= names
        assert "code/experiments/exchange/archive.py" in names
        assert not any("private" in name for name in names)
        about = json.loads(found.read("katye-0.1.0/codemeta.json"))
        assert len(about["identifier"]) == 40
        assert about["identifier"] in found.read("katye-0.1.0/CONTENTS.txt").decode()
        code = found.read("katye-0.1.0/code/experiments/exchange/archive.py")
        assert code == (checkout / "experiments/exchange/archive.py").read_bytes()
    assert write_archive(tmp_path / "again.zip").read_bytes() == path.read_bytes()


def test_what_is_no_commit_or_is_there_already_is_refused(checkout, tmp_path, monkeypatch):
    (tmp_path / "there.zip").write_bytes(b"mine")
    with pytest.raises(InputError, match="exists already"):
        write_archive(tmp_path / "there.zip")
    (checkout / "README.md").write_text("changed")
    with pytest.raises(InputError, match="files differ from the commit"):
        write_archive()
    monkeypatch.setattr(archive, "ROOT", tmp_path)
    with pytest.raises(InputError, match="only a git checkout"):
        write_archive()
    assert not (tmp_path / "katye-0.1.0.zip").exists()


def test_documents_that_an_archive_names_are_there():
    assert all((ROOT / name).is_file() for name in (*TOP, *DOCUMENTS, archive.METADATA))
