"""Two processes that want one folder: the place is claimed before the work, and no finished result is thrown away."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.cli.app import main
from simulation.errors import InputError
from simulation.runs.claim import claimed_folder
from simulation.runs.results import new_folder, write_json

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_claimed_place_is_not_given_to_anybody_else(here):
    with claimed_folder(None, Path("runs/a")) as one, claimed_folder(None, Path("runs/a")) as two:
        assert (one, two) == (here / "runs/a", here / "runs/a-2")
        assert not one.exists()
        two.mkdir()
        with claimed_folder(None, Path("runs/a")) as three:
            assert three == here / "runs/a-3"
        with pytest.raises(
            InputError, match=r"output folder runs/a: another process is about to make it. Choose another"
        ):
            claimed_folder("runs/a", Path("unused")).__enter__()
        with pytest.raises(InputError, match="exists already"):
            claimed_folder("runs/a-2", Path("unused")).__enter__()
    with claimed_folder(None, Path("runs/a")) as again:
        assert again == one
    assert os.listdir("runs") == ["a-2"]


def test_a_claim_that_came_to_nothing_leaves_nothing(here):
    with pytest.raises(ZeroDivisionError), claimed_folder("deep/down/a", Path("unused")):
        1 / len(os.listdir("deep/down/..")[1:])
    assert os.listdir(here) == []


def test_a_disk_without_locks_still_has_a_place(here, monkeypatch):
    import filelock

    def refused(*_, **__):
        raise NotImplementedError

    monkeypatch.setattr(filelock.FileLock, "acquire", refused)
    with claimed_folder(None, Path("runs/a")) as folder:
        assert folder == here / "runs/a"


def test_a_folder_made_meanwhile_is_left_and_the_next_is_made(here):
    told = []
    with new_folder(here / "a", elsewhere=told.append) as hidden:
        write_json({"mine": True}, hidden / "card.json")
        (here / "a").mkdir()
        (here / "a" / "theirs").touch()
        (here / "a-2").touch()
    assert told == [here / "a-3"]
    assert os.listdir(here / "a") == ["theirs"]
    assert (here / "a-3" / "card.json").is_file()
    with new_folder(here / "b", elsewhere=told.append):
        pass
    assert len(told) == 1
    with new_folder(here / "b", elsewhere=told.append):
        pass
    assert told[1:] == [here / "b-2"]


@pytest.mark.slow
def test_two_runs_at_once_both_keep_their_days(here):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    run = [sys.executable, "-m", "katye", "run", "--weight", "5000", "--seed", "1", "--days", "20"]
    pair = [subprocess.Popen(run, env=environment, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [one.wait(timeout=120) for one in pair] == [0, 0]
    assert sorted(os.listdir("runs")) == ["baseline-seed1", "baseline-seed1-2"]


def test_a_run_towards_a_claimed_folder_is_refused_before_its_work(here, monkeypatch, capsys):
    monkeypatch.setattr("models.haiti.model.HaitiModel.run", lambda *_, **__: pytest.fail("it ran"))
    with claimed_folder("mine", Path("unused")), pytest.raises(SystemExit) as stop:
        main(["run", "--weight", "5000", "--days", "3", "--out", "mine"])
    assert stop.value.code == 2
    assert "output folder mine: another process is about to make it" in capsys.readouterr().err


def test_a_process_that_is_killed_leaves_its_place_free(here):
    hold = "import sys\nwith claimed_folder('mine', Path('x')): print('held', flush=True); sys.stdin.read()"
    script = f"from pathlib import Path\nfrom simulation.runs.claim import claimed_folder\n{hold}"
    pipes, environment = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}, os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", script], env=environment, **pipes) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(InputError, match="another process"):
            claimed_folder("mine", Path("unused")).__enter__()
        other.kill()
    with claimed_folder("mine", Path("unused")) as folder:
        assert folder == here / "mine"
    assert os.listdir(here) == []
