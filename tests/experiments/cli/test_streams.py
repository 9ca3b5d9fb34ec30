"""A screen that is closed, full, gone in the middle or short of letters costs no run, no file and no right exit status."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.made_study import made_study

from experiments.cli.app import main

ROOT = Path(__file__).parents[3]
RUN = "run few-cops --model epstein --days 5 --out out"
COMPARE = "compare baseline few-cops --model epstein --replicates 3 --days 5 --workers 2 --out out"
STUDY = (
    'title = "Étude – ‘deux’ ≥ 3"\nmodel = "epstein"\ndays = 5\nreplicates = 3\n[vary]\ncitizens.density = [0.5, 0.6]\n'
)


def katye(folder: Path, command: str, after: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """A command in a shell, with what stands after it (`>&-`); the shell's status is that of the command."""
    line = f"set -o pipefail; {sys.executable} -m katye {command} {after}"
    settings = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(
        ["bash", "-c", line], cwd=folder, env=settings, capture_output=True, timeout=120, encoding="utf-8"
    )


def check_whole(folder: Path, done: subprocess.CompletedProcess[str], status: int = 0) -> None:
    from experiments.store.load import load_runs

    assert done.returncode == status, done.stderr
    assert len(load_runs(folder / "out")) == 6
    assert (folder / "out" / "report.html").exists()
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("closed", ["2>&-", "<&- >&- 2>&-"])
def test_with_streams_closed_two_workers_lose_no_run(tmp_path, closed):
    check_whole(tmp_path, katye(tmp_path, COMPARE, closed))


@pytest.mark.slow
@pytest.mark.parametrize("closed", ["<&- >&- 2>&-", "2>/dev/full | true"])
def test_a_run_is_kept_whatever_becomes_of_the_screen(tmp_path, closed):
    done = katye(tmp_path, RUN, closed)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "out" / "card.json").exists()


@pytest.fixture
def screen(tmp_path, monkeypatch):
    """Run a command whose standard output and error are files of this encoding, or what stands at a path; (status, text)."""

    def run(*command: str, encoding: str = "ascii", to: str | int = "") -> tuple[int, str, str]:
        paths = [to or tmp_path / "said", tmp_path / "complained"]
        with contextlib.ExitStack() as opened:
            for name, path in zip(("stdout", "stderr"), paths):
                monkeypatch.setattr(sys, name, opened.enter_context(open(path, "w", encoding=encoding)))
            with pytest.raises(SystemExit) as stop:
                main(command)
            monkeypatch.undo()
        return stop.value.code, *("" if path == to else path.read_text(encoding=encoding) for path in paths)

    return run


def test_a_full_disk_behind_the_standard_output_is_told_in_the_end(tmp_path, screen):
    out = tmp_path / "out"
    status, _, said = screen("run", "few-cops", "--model", "epstein", "--days", "3", "--out", str(out), to="/dev/full")
    assert (status, said) == (2, "error: standard output: cannot be written (No space left on device)\n")
    assert (out / "card.json").exists()
    assert screen("run", "nowhere", to="/dev/full")[0] == 2


def test_a_reader_that_stops_is_no_error_and_what_is_still_to_do_is_done(tmp_path, screen):
    vary = {"n.force": (100, 200), "n.money": (1, 2)}
    folder = made_study(tmp_path / "made", lambda arm, levels, k: {"residents_killed": k + levels["n.force"]}, vary,
                        design="factorial", replicates=3)  # fmt: skip
    reading, writing = os.pipe()
    os.close(reading)
    status, _, said = screen("sensitivity", str(folder), "--outcome", "residents_killed", to=writing)
    assert (status, said) == (0, "")
    assert (folder / "variance.csv").exists()


def test_letters_that_the_screen_lacks_are_replaced(tmp_path, screen):
    """A command of every kind."""
    (tmp_path / "étude.toml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "mine.toml").write_text('title = "Où ‘ça’"\ndays = 5\n', encoding="utf-8")
    out, study = str(tmp_path / "out"), str(tmp_path / "étude.toml")
    commands = [("--help",), ("compare", "--help"), ("scenarios",), ("parameters",), ("parameters", "funding")]
    commands += [
        ("mechanisms",),
        ("metrics",),
        ("models",),
        ("plan", study),
        ("sweep", study, "--workers", "1", "--out", out),
    ]
    commands += [
        ("status", out),
        ("status", out, "--run", "1"),
        ("export", out),
        ("effects", out),
        ("rerun", out, "--run", "1"),
    ]
    commands += [("run", str(tmp_path / "mine.toml"), "--model", "epstein", "--out", str(tmp_path / "one"))]
    commands += [("rerun", out, "--run", "1")]
    told = ""
    for command in commands:
        status, said, complained = screen(*command)
        assert status == 0, complained
        told += said + complained
    assert "?tude - 'deux' >= 3" in told
    assert "O? '?a'" in told
    plain, known = (screen("status", out, "--json", encoding=encoding)[1] for encoding in ("ascii", "utf-8"))
    assert json.loads(plain) == json.loads(known)
    assert json.loads(plain)["name"] == "étude"
    assert screen("metrics", "déjà")[0] == 2
    title = json.loads((tmp_path / "out" / "card.json").read_text(encoding="utf-8"))["title"]
    assert title == "Étude – ‘deux’ ≥ 3"


def test_a_number_keeps_its_sign_on_a_screen_that_has_ascii_only(screen, monkeypatch):
    from experiments.cli import app, terminal

    told = {"ascii": "-1.5 +- 0.2, 1 -> 2\n", "utf-8": "\u22121.5 \u00b1 0.2, 1 \u2192 2\n"}
    for encoding, wanted in told.items():
        monkeypatch.setattr(app, "app", lambda args: terminal.say(told["utf-8"].strip()) or sys.exit(0))
        assert screen(encoding=encoding)[1] == wanted


def test_a_name_of_bytes_that_are_no_letters_is_a_folder_like_any_other(tmp_path, screen):
    folder = os.fsdecode(bytes(tmp_path) + b"/h\xff")
    status, said, complained = screen("run", "--model", "epstein", "--days", "3", "--out", folder)
    assert (status, complained) == (0, "")
    assert "\\udcff" in said
    assert screen("export", folder)[::2] == (0, "")
    assert (Path(folder) / "csv" / "daily.csv").exists()


def test_a_name_of_a_study_or_scenario_has_letters(tmp_path, screen):
    study = tmp_path / os.fsdecode(b"b\xff.toml")
    study.write_text(STUDY, encoding="utf-8")
    status, _, said = screen("sweep", str(study))
    assert status == 2
    assert said.startswith("error: study ")
    assert "has control characters in it, bytes that are no letters here. Leave them out; " in said
    assert "if they are letters to you, set PYTHONUTF8=1" in said
    assert said.count("\n") == 1


def test_closed_streams_are_opened_before_a_file_gets_their_number():
    """In a process of its own: the number 2 is that of nothing else, and of every worker."""
    code = (
        "import os, sys\nfrom simulation.runs.streams import open_standard_streams\nos.close(2)\nsys.stderr = None\n"
        "open_standard_streams()\nassert os.get_inheritable(2) and open(os.devnull).fileno() > 2\n"
        "print('nobody', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=200)
    assert (done.returncode, done.stdout) == (0, "")
