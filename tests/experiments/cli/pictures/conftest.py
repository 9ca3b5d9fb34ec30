"""Fixtures: a player of a few lines, for tests of what is put into a page."""

import pytest

from simulation.replay.page import MARK


@pytest.fixture
def player(tmp_path, monkeypatch):
    """Its file, in place of the real player."""
    path = tmp_path / "player.html"
    path.write_text(f"<!doctype html><h1></h1>{MARK}<script>document.title = 1;</script>", encoding="utf-8")
    monkeypatch.setattr("simulation.replay.page.SHIPPED", path)
    return path
