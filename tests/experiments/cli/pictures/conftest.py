"""Fixtures: a player of a few lines, for tests of what is put into a page."""

import pytest


@pytest.fixture
def player(tmp_path, monkeypatch):
    """Its folder, in place of the real player."""
    folder = write_player(tmp_path / "player")
    monkeypatch.setattr("simulation.replay.page.PLAYER", folder)
    return folder


def write_player(folder):
    (folder / "words").mkdir(parents=True)
    (folder / "page.html").write_text(
        "<!doctype html><!-- katye:css --><h1></h1><!-- katye:payload --><!-- katye:js -->", encoding="utf-8"
    )
    (folder / "player.css").write_text("h1 { color: navy }\n", encoding="utf-8")
    (folder / "main.js").write_text("document.title = 1;\n", encoding="utf-8")
    for language in ("en", "fr", "ht"):
        (folder / "words" / f"{language}.toml").write_text('[ui]\nmark = "SIMULATION"\n', encoding="utf-8")
    return folder
