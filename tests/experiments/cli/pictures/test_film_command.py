"""`katye film` and `katye workshop --brief`: what they refuse, a film of a few pictures, a brief of two pages."""

from __future__ import annotations

import copy
import importlib.util

import pytest
from PIL import Image
from support.invented.replay import payload

from experiments.cli.app import main
from simulation.replay.page import CARRIER, script_json

DAYS = 5


@pytest.fixture(scope="module")
def short():
    """Five days of the invented city, two sides, with a chapter."""
    whole = payload(pairs=2)
    from simulation.replay.blocks import decode, encode

    def cut(run):
        parts = {
            kind: {name: encode(decode(block)[:DAYS], block["scale"]) for name, block in run[kind].items()}
            for kind in ("series", "places")
        }
        return {**run, **parts, "events": [event for event in run["events"] if event[0] < DAYS]}

    arms = [{**arm, "runs": [cut(run) for run in arm["runs"]]} for arm in whole["arms"]]
    chapter = {**whole["chapters"][2], "at": 2}
    return {**whole, "frames": DAYS, "branch": 3, "arms": arms, "chapters": [chapter]}


@pytest.fixture
def katye(tmp_path, short, monkeypatch, capsys):
    """Call the command in a folder with a page: (status, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def write(name, content):
        page = f"<!doctype html>{CARRIER}{script_json(content)}</script>"
        (tmp_path / name).write_text(page, encoding="utf-8")

    write("page.html", short)
    damaged = copy.deepcopy(short)
    damaged["arms"][1]["runs"][0]["series"]["force"]["data"] = "AAAA"
    write("damaged.html", damaged)
    write("plain.html", {**short, "chapters": []})

    def call(*arguments):
        with pytest.raises(SystemExit) as stop:
            main([*map(str, arguments)])
        return (stop.value.code or 0, *capsys.readouterr())

    return call


def test_a_page_becomes_a_gif_whose_every_picture_has_the_mark(katye, tmp_path):
    status, out, err = katye("film", "page.html", "-o", "f.gif", "--height", 270, "--language", "fr")
    assert status == 0, err
    assert "f.gif (16 s," in out, "an opening, three days at ten a second, a chapter, the last day"
    assert "left" in err
    with Image.open(tmp_path / "f.gif") as film:
        assert film.size == (480, 270)
        assert film.n_frames == DAYS + 1
        assert b"ni une pr" in film.info["comment"]
        durations = []
        for number in range(film.n_frames):
            film.seek(number)
            durations.append(film.info["duration"])
            near = [film.convert("RGB").getpixel((at, 15)) for at in (8, 9, 10)]
            assert any(abs(red - 255) + abs(green - 210) + abs(blue - 74) < 60 for red, green, blue in near)
    assert durations == [5000, 100, 100, 8000, 100, 3000]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["damaged.html", "f.gif", "page.html", "plain.html"]


@pytest.mark.skipif(importlib.util.find_spec("imageio_ffmpeg") is None, reason="needs the extra film")
def test_with_ffmpeg_it_becomes_an_mp4(katye, tmp_path):
    status, _, err = katye("film", "page.html", "-o", "f.mp4", "--height", 270, "--hold", 1)
    assert status == 0, err
    assert (tmp_path / "f.mp4").read_bytes()[4:8] == b"ftyp"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("page.html", "-o", "f.avi"), "Name a file that ends with .mp4 or .gif"),
        (("page.html", "-o", "no/f.gif"), "its folder does not exist"),
        (("page.html", "-o", "f.gif", "--language", "de"), "unknown language 'de'"),
        (("page.html", "-o", "f.gif", "--height", 271), "271 is no height"),
        (("page.html", "-o", "f.gif", "--speed", 0), "0 is no pace"),
        (("page.html", "-o", "f.gif", "--pairs", 3), "--pairs belongs to runs"),
        (("damaged.html", "-o", "f.gif"), "damaged"),
        (("no.html", "-o", "f.gif"), "cannot be read"),
        ((".", "-o", "f.gif"), "it has no recording that could be shown"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(katye, tmp_path, arguments, told):
    before = sorted(tmp_path.iterdir())
    status, _, err = katye("film", *arguments)
    assert status == 2
    assert told in err.splitlines()[-1]
    assert sorted(tmp_path.iterdir()) == before


def test_without_ffmpeg_an_mp4_is_refused_before_anything_runs(katye, monkeypatch):
    monkeypatch.setattr("simulation.replay.film.writing.has_ffmpeg", lambda: False)
    status, _, err = katye("film", "page.html", "-o", "f.mp4")
    assert status == 2
    assert len(err.splitlines()) == 1
    assert "-o f.gif" in err


def test_a_page_has_a_brief_with_its_numbers_and_no_more_than_two_pages(katye, tmp_path):
    status, _, err = katye("workshop", "page.html", "--brief", "b.html", "--language", "ht")
    assert status == 0, err
    text = (tmp_path / "b.html").read_text(encoding="utf-8")
    assert text.count('<section class="sheet"') == 2
    assert "SIMILASYON" in text
    assert "Jou 2" in text
    assert "{" not in text[text.index("<body>") :], "every slot is filled"
    assert "http" not in text
    assert "<script" not in text
    assert "Pétion &lt;b&gt;Zero" in text
    assert katye("workshop", "page.html", "--brief", "b.html")[0] == 0, "a brief gives way to a newer one"
    for arguments, told in (
        (("page.html",), "is a page already"),
        (("page.html", "--brief", "page.html"), "is the page itself"),
        (("page.html", "--brief", "plain.html"), "is no brief"),
        (("plain.html", "--brief", "c.html"), "two sides with chapters"),
        (("page.html", "--brief", "c.html", "--language", "es"), "unknown language 'es'"),
        (("money-stops", "--language", "fr"), "it belongs to --brief"),
    ):
        status, _, err = katye("workshop", *arguments)
        assert (status, told in err) == (2, True), err
