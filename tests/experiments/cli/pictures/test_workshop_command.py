"""The command `katye workshop`: the prepared ones hold together, a page has its chapters, and every refusal is one line."""

from __future__ import annotations

import json
import re

import pytest

from experiments.cli.app import main
from experiments.report.replay import check_chapters
from experiments.study.workshop import prepared, read_workshop
from simulation.port.family import find_family
from simulation.replay.page import CARRIER

WORKSHOP = """
title = { en = "<b>Stop?</b>", fr = "Arrêt ?", ht = "Kanpe?" }
model = "epstein"
days = 12
pairs = 2

[a]
title = { en = "As it is", fr = "Tel quel", ht = "Jan l ye" }
[b]
title = { en = "More police", fr = "Plus de police", ht = "Plis lapolis" }
set = { cops.density = 0.08 }

[[chapter]]
at = 0
see = "map"
say = { en = "A: {active.a}.", fr = "A : {active.a}.", ht = "A: {active.a}." }
ask = { en = "Who?", fr = "Qui ?", ht = "Kiyès?" }
"""


@pytest.fixture
def katye(tmp_path, player, monkeypatch, capsys):
    """Call the command in an empty folder: (status, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(WORKSHOP, encoding="utf-8")

    def call(*arguments):
        with pytest.raises(SystemExit) as stop:
            main(["workshop", *map(str, arguments)])
        return (stop.value.code or 0, *capsys.readouterr())

    return call


def test_prepared_workshops_are_listed_and_fit_their_runs(katye):
    known = prepared(find_family("haiti"))
    assert sorted(known) == ["clear-or-hold", "money-stops", "people-or-pay"]
    listed = json.loads(katye("--list", "--json")[1])
    assert [one["workshop"] for one in listed] == sorted(known)
    for path in known.values():
        found = read_workshop(path)
        study = found.study()
        check_chapters(found, study)
        assert len(study.cells()) == 2
        assert len(set(study.firsts)) == 2, "the sides differ"


def test_two_futures_become_a_page_with_chapters(katye, tmp_path):
    status, out, err = katye("mine.toml", "--weight", 1, "--workers", 1, "-o", "page.html")
    assert status == 0, err
    assert "1 chapters, 2 pairs of runs" in out
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    shown = json.loads(re.search(re.escape(CARRIER) + "(.*?)</script>", page, re.DOTALL)[1])
    assert shown["title"] == {"en": "<b>Stop?</b>", "fr": "Arrêt ?", "ht": "Kanpe?"}
    assert [arm["title"]["ht"] for arm in shown["arms"]] == ["Jan l ye", "Plis lapolis"]
    assert shown["chapters"][0]["say"]["fr"] == "A : {active.a}."
    assert shown["source"]["command"] == "katye workshop mine.toml --weight 1"
    assert shown["arms"][0]["runs"] != shown["arms"][1]["runs"]


@pytest.mark.parametrize(
    ("change", "options", "told"),
    [
        (("at = 0", "at = 13"), (), "13 is no day of its runs"),
        (('ht = "Kanpe?"', 'es = "Alto"'), (), "title: unknown language 'es'"),
        (("cops.density", "cops.densty"), (), "Did you mean cops.density"),
        (('model = "epstein"', 'model = "epstien"'), (), "Did you mean epstein"),
        (("days = 12", "days = 12\nshared_start = 12"), (), "12 shared days leave none"),
        (("days = 12", "day = 12"), (), "unknown key 'day'. Did you mean days"),
        (("days = 12", "days = 12\nuncertainty = 3"), (), "uncertainty: '3' is no true or false"),
        (
            ("days = 12", "days = 12\nuncertainty = 'some'"),
            (),
            "mine.toml, study workshop-mine, cell A: scenario baseline, uncertainty: 'some' is no fit",
        ),
        (("[[chapter]]", "[[chapters]]"), (), "unknown key 'chapters'"),
        (("[b]", "[c]"), (), "unknown key 'c'"),
        ((WORKSHOP, "title ="), (), "is no TOML"),
        (("", ""), ("--pairs", "0"), "--pairs: 0 is no positive whole number"),
        (("", ""), ("--json",), "belongs to --list"),
        (("", ""), ("-o", "mine.toml"), "is there and is no replay"),
    ],
)
def test_what_is_wrong_is_one_line_and_no_page(katye, tmp_path, change, options, told):
    (tmp_path / "mine.toml").write_text(WORKSHOP.replace(*change), encoding="utf-8")
    status, _, err = katye("mine.toml", "--weight", 1, "--workers", 1, *options)
    assert status == 2
    assert told in err
    assert err.count("\n") <= 2
    assert not (tmp_path / "workshop.html").exists()


def test_no_name_an_unknown_name_and_a_file_that_is_not_there(katye):
    assert "katye workshop --list names the prepared ones" in katye()[2]
    assert "Did you mean money-stops" in katye("money-stop")[2]
    assert katye("none.toml")[0] == 2
    assert "it does not say its cell of a study" in katye("mine.toml", "--study", "none")[2]
