"""Commands that write, on a disk that refuses at any moment: one line that names the file, status 2, nothing half-written."""

from __future__ import annotations

import errno
import re
import shutil

import pytest
from support.faults.broken_disk import broken, contents, hidden

from experiments.cli.app import main

STUDY = 'model = "epstein"\ndays = 2\nreplicates = 3\n[vary]\ncitizens.density = [0.5, 0.6]\n'
CODES = (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.ENAMETOOLONG, errno.EISDIR, errno.EMFILE)
PROGRESS = re.compile(r"\S+: \d+ of \d+ runs.*")
EPSTEIN = ("--model", "epstein")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a study that was run without a report: `study.toml` and `st`."""
    from experiments.run.sweep import run_sweep

    folder = tmp_path_factory.mktemp("made")
    (folder / "study.toml").write_text(STUDY)
    run_sweep(folder / "study.toml", workers=1, out=folder / "st")
    return folder


@pytest.fixture
def disk(made, tmp_path, monkeypatch, capsys):
    """Run a command in a copy of that folder on a disk that is broken from a write on; its writes. Checks how it ends."""

    def run(command, first=None, code=errno.ENOSPC):
        work = tmp_path / "work"
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(made, work)
        monkeypatch.chdir(work)
        before = contents(work)
        with pytest.raises(SystemExit) as stop, broken(work, first, code) as found:
            main(command)
        lines = [line for line in capsys.readouterr().err.splitlines() if not PROGRESS.fullmatch(line)]
        if first is None:
            assert (stop.value.code, lines) == (0, [])
            return found.writes
        assert stop.value.code == 2, lines
        assert len(lines) == 1, lines
        assert re.match(r"error: (folder |output folder )?\S*\w", lines[0])
        assert not re.search(r"/\.\w|Errno|None", re.sub(r"the results are in .*", "", lines[0])), lines
        assert before.keys() <= contents(work).keys()
        if "the results are in" not in lines[0]:
            assert hidden(work) == []
        return lines

    return run


def check(disk, command, most):
    """Whichever write is the first that fails; `most` of them are tried, and each kind of refusal at one."""
    command = list(map(str, command))
    number = len(disk(command))
    tried = sorted({*range(0, number, max(1, number // most)), number - 1})
    for place, first in enumerate(tried):
        disk(command, first, CODES[place % len(CODES)])


def test_a_run(disk):
    check(disk, ["run", *EPSTEIN, "--days", 2, "--out", "deep/new"], 12)


def test_exports_and_tables_of_effects(disk):
    check(disk, ["export", "st"], 9)
    check(disk, ["effects", "st"], 6)


@pytest.mark.slow
def test_pictures_of_a_sensitivity(disk):
    check(disk, ["sensitivity", "st", "--outcome", "active_mean", "--out", "s"], 3)


def without_reports(monkeypatch):
    monkeypatch.setattr("experiments.report.study.write_report", lambda folder, out, language: None)


@pytest.mark.slow
def test_a_sweep_and_what_goes_on_with_it(disk, monkeypatch):
    without_reports(monkeypatch)
    check(disk, ["sweep", "study.toml", "--workers", 1, "--out", "new"], 7)
    check(disk, ["resume", "st", "--workers", 1, "--replicates", 4], 4)


@pytest.mark.slow
def test_a_report_and_a_comparison_of_folders(disk):
    command = ["compare", "st", "--out", "both"]
    for first in (0, 2, 8, len(disk(command)) - 1):
        disk(command, first)
    command = ["resume", "st", "--workers", "1"]
    lines = disk(command, len(disk(command)) - 2)
    assert "the results cannot be written (" in lines[0]
    assert "6 of 6 runs are kept. Make room there, then type: katye resume " in lines[0]


def test_a_kept_run(disk):
    check(disk, ["run", "--days", 2, "--weight", 5000, "--save", "kept.katye", "--out", "new"], 3)


def test_a_store_that_cannot_be_made_leaves_nothing(disk, monkeypatch, tmp_path):
    without_reports(monkeypatch)
    command = ["sweep", "study.toml", "--workers", "1", "--out", "new"]
    (rename,) = [place for place, what in enumerate(disk(command)) if re.search(r"rename \S+/\.new-", what)]
    (line,) = disk(command, rename)
    assert line == f"error: {tmp_path}/work/new: cannot be made (No space left on device)"
    assert sorted(path.name for path in (tmp_path / "work").iterdir()) == ["st", "study.toml"]
