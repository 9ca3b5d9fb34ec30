"""The front door: Katye's own packages are imported wherever it is started, or it says in one line why not."""

import os
import subprocess
import sys

import pytest

from katye.__main__ import HOME, own_packages_first

STUDY = """
title = "Small"
question = "Does it run?"
scenario = "baseline"
days = 2
weight = 5000
replicates = 2
[vary]
"deployment.authorised" = [0, 2500]
"""


@pytest.fixture(params=["__init__.py", "cholera.py"])
def workplace(tmp_path, request):
    """A folder with a `models` package of somebody's own, with or without an __init__.py; to import it is a mistake."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / request.param).write_text('raise RuntimeError("somebody else\'s models")\n')
    return tmp_path


def run(folder, *command, path=""):
    """What a fresh process in this folder did. `path`: what stands on PYTHONPATH before the checkout."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (path, str(HOME))))}
    return subprocess.run([sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["--help"], ["scenarios"], ["models"]])
def test_commands_work_beside_another_models_package(workplace, arguments):
    done = run(workplace, "-m", "katye", *arguments, path=".")
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("workplace", ["__init__.py"], indirect=True)
def test_workers_too_import_the_right_package(workplace):
    (workplace / "small.toml").write_text(STUDY)
    done = run(workplace, "-m", "katye", "sweep", "small.toml", "--workers", "2", "--out", "out", path=".")
    assert done.returncode == 0, done.stderr
    assert (workplace / "out" / "runs.parquet").is_file()


def test_a_foreign_package_that_is_imported_already_is_refused_in_one_line(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "__init__.py").write_text("")
    done = run(tmp_path, "-c", "import models\nfrom katye.__main__ import main\nmain(['scenarios'])")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert str(tmp_path / "models") in done.stderr
    assert not done.stdout


def test_folders_of_others_go_last_and_the_rest_keeps_its_order(workplace, monkeypatch):
    """Also where Katye itself was found by other means than the path, as an editable installation may be."""
    other = workplace / "tools"
    other.mkdir()
    (workplace / "models" / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [str(workplace), str(other), str(HOME), "/nowhere"])
    own_packages_first()
    assert sys.path == [str(other), str(HOME), "/nowhere", str(workplace)]
    monkeypatch.setattr(sys, "path", [str(workplace), str(other)])
    own_packages_first()
    assert sys.path == [str(other), str(HOME), str(workplace)]


def test_a_folder_without_an_init_file_hides_an_editable_installation_too(tmp_path, monkeypatch):
    (tmp_path / "models").mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    own_packages_first()
    assert sys.path == [str(HOME), str(tmp_path)]


@pytest.mark.parametrize("behind", [False, True])
def test_a_path_on_which_the_right_packages_are_found_stays_as_it_is(tmp_path, monkeypatch, behind):
    """Nothing of these names elsewhere, or only behind Katye's own."""
    if behind:
        (tmp_path / "models").mkdir()
        (tmp_path / "models" / "__init__.py").write_text("")
    usual = ["", str(HOME), str(tmp_path)] if behind else [str(tmp_path), "", str(HOME)]
    monkeypatch.chdir(HOME / "docs")
    monkeypatch.setattr(sys, "path", list(usual))
    own_packages_first()
    assert sys.path == usual
