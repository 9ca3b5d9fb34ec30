"""A file is replaced whole or not at all, and nothing is left beside it."""

import os
from pathlib import Path

import pytest

from simulation.files import atomic


def test_a_file_is_replaced_in_one_step_and_has_the_usual_permissions(tmp_path):
    path, usual = tmp_path / "table.csv", tmp_path / "usual"
    path.write_text("old")
    usual.write_text("")
    seen = []

    def write(hidden: Path):
        hidden.write_text("new")
        seen.append((path.read_text(), hidden.parent))

    atomic.write_atomically(path, write)
    assert seen == [("old", tmp_path)]
    assert path.read_text() == "new"
    assert path.stat().st_mode == usual.stat().st_mode
    assert sorted(found.name for found in tmp_path.iterdir()) == ["table.csv", "usual"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError("bad")])
def test_whatever_stops_it_the_old_file_stays_alone(tmp_path, error):
    path = tmp_path / "table.csv"
    path.write_text("old")

    def write(hidden: Path):
        hidden.write_text("half")
        raise error

    with pytest.raises(type(error)):
        atomic.write_atomically(path, write)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failing_rename_leaves_nothing_behind(tmp_path, monkeypatch):
    def refused(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refused)
    with pytest.raises(PermissionError):
        atomic.write_atomically(tmp_path / "table.csv", lambda hidden: hidden.write_text("new"))
    assert not list(tmp_path.iterdir())


def test_content_is_on_the_disk_before_the_rename_and_the_name_after_it(tmp_path, monkeypatch):
    path, steps, replace = tmp_path / "table.csv", [], os.replace
    monkeypatch.setattr(atomic, "flush", lambda flushed: steps.append("folder" if flushed.is_dir() else "content"))
    monkeypatch.setattr(os, "replace", lambda *names: (steps.append("rename"), replace(*names)))
    atomic.write_atomically(path, lambda hidden: hidden.write_text("new"))
    assert steps == ["content", "rename", "folder"]
