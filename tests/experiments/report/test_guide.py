"""`katye guide`: papers of three languages with the pages that they should have; every refusal is one line."""

from __future__ import annotations

import itertools
import re
import sys

import pytest

from experiments.cli.app import main
from experiments.report.guide import paper
from experiments.report.guide.first_day import first_day
from experiments.report.guide.papers import HARM, PLAN, papers
from simulation.port.family import find_family
from simulation.replay.words import LANGUAGES

PAGES = {"guide": 6, "handout": 2, "map": 2}  # the guide has a page a prepared workshop


@pytest.fixture(scope="module")
def first():
    """The first day of the city."""
    return first_day(find_family("haiti"))


@pytest.fixture
def katye(tmp_path, monkeypatch, capsys, first):
    """Call the command in an empty folder: (status, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("experiments.report.guide.first_day.first_day", lambda family: first)

    def call(*arguments):
        with pytest.raises(SystemExit) as stop:
            main(["guide", *map(str, arguments)])
        return (stop.value.code or 0, *capsys.readouterr())

    return call


def pages_in(pdf):
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_papers_of_three_languages_have_their_pages(katye, tmp_path):
    status, out, err = katye()
    assert (status, err, out.count("\n")) == (0, "", 3)
    found = {path.name: path.read_bytes() for path in (tmp_path / "papers").iterdir()}
    assert sorted(found) == sorted(f"{name}-{tag}.pdf" for name in PAGES for tag in LANGUAGES)
    for name, pdf in found.items():
        assert pdf[:5] == b"%PDF-"
        assert pages_in(pdf) == PAGES[name.partition("-")[0]], name
        assert len(pdf) < 300_000
    assert katye("--language", "fr")[0] == 0, "papers give way to newer ones"
    assert (tmp_path / "papers" / "guide-fr.pdf").read_bytes() == found["guide-fr.pdf"], "the same bytes"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_minute_has_its_place_and_every_text_its_words(first, language):
    content = papers(find_family("haiti"), language, first)
    assert sum(lasts for _, lasts in PLAN) == 90
    assert [one["minute"].split("–")[0] for one in content["plan"][1:]] == [
        one["minute"].split("–")[1] for one in content["plan"][:-1]
    ]
    begins, ends = content["plan"][3]["minute"].split("–")
    for workshop in content["workshops"]:
        minutes = [chapter["minute"].split("–") for chapter in workshop["chapters"]]
        assert (minutes[0][0], minutes[-1][1]) == (begins, ends)
        assert all(before[1] == after[0] for before, after in itertools.pairwise(minutes))
        assert not any("{" in chapter["say"] for chapter in workshop["chapters"])
    assert [len(one["lines"]) for one in content["harm"]] == [3, 3, 3, 3, 2, 2]
    assert HARM[:4] == ("survivors", "names", "photographs", "stop")
    assert "{" not in content["draw"] + content["begins"]
    assert ", ".join(kind["letter"] for kind in content["kinds"]) in content["draw"]


def test_the_map_begins_as_the_model_does_and_the_blank_one_says_nothing(first):
    shaded, blank = first.svg("en", shaded=True), first.svg("en", shaded=False)
    assert shaded.count("<path d=") == blank.count("<path d=") > 80
    assert {"#5b3a5e", "url(#disputed)", "#d3e3ec"} == set(re.findall(r'd="[^"]*" fill="([^"]+)"', shaded)) - {"none"}
    assert set(re.findall(r'd="[^"]*" fill="([^"]+)"', blank)) == {"none"}
    assert "Pétion-Ville" in blank


def test_wrong_input_is_told_in_one_line(katye, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "map-en.pdf").write_bytes(b"%PDF-1.7 my own")
    for arguments, told in (
        (("--language", "es"), "unknown language 'es'"),
        (("-o", "file"), "papers cannot be written there"),
        (("-o", "no/where"), "no/where: its folder does not exist. Make no first"),
        (("-o", "mine"), "is there and is no paper of the guide"),
        (("--model", "epstein"), "it has no prepared workshops"),
    ):
        status, out, err = katye(*arguments)
        assert (status, out, err.count("\n"), told in err) == (2, "", 1, True), err
    assert (tmp_path / "mine" / "map-en.pdf").read_bytes() == b"%PDF-1.7 my own"
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["map-en.pdf"]
    monkeypatch.setitem(sys.modules, "typst", None)
    status, out, err = katye("-o", "new")
    assert (status, out, "typst is not installed" in err, "[guide]" in err) == (2, "", True, True), err
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "no").exists()
    assert tuple(PAGES) == paper.PAPERS
