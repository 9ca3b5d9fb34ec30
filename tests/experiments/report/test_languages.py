"""Headings and outcomes of reports in three languages: none is missing, none is left over, and pages show them."""

import ast
import re
from pathlib import Path

import pytest
from support.general_study import general_study

import experiments
from experiments.report.html import TEMPLATES, heading, report_word
from experiments.report.html import WORDS as REPORTS
from experiments.report.study import study_page
from models.haiti import FAMILY
from simulation.port.wording import CONDITIONAL, wording
from simulation.replay.words import LANGUAGES, read_words
from simulation.runs.results import CAVEAT

CALLS = ("Section", "_section", "heading")


def headings_used():
    """Keys of headings that code and templates name."""
    used = set()
    for path in Path(experiments.__file__).parent.rglob("report/**/*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
                used |= {one.value for one in node.args[:2] if isinstance(one, ast.Constant)}
        keys = (
            node for node in ast.walk(tree) if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "key"
        )
        used |= {node.value.value for node in keys if isinstance(node.value, ast.Constant)}
    for path in TEMPLATES.rglob("*.html"):
        used |= set(re.findall(r'word\("heading\.([\w-]+)"\)', path.read_text(encoding="utf-8")))
    return {key for key in used if isinstance(key, str) and not key.endswith(".html")}


def test_every_heading_is_there_and_none_is_left_over():
    known = {key.removeprefix("report.heading.") for key in read_words(REPORTS)["en"] if ".heading." in key}
    by_table = {"missed", "held"}  # of a scorecard, named in a list
    assert headings_used() | by_table == known


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_what_comparisons_and_pictures_show_has_a_title_in_every_language(language):
    spoken = FAMILY.speaking(language)
    shown = [*FAMILY.headlines, *(FAMILY.outcomes[name] for name in FAMILY.usual)]
    for item in shown:
        assert spoken.outcomes[item.name].title != item.title, item.name
    for name in FAMILY.presentation.pictured:
        title = spoken.curve_columns[name].title
        assert title != FAMILY.curve_columns[name].title, name
        assert not re.search(r"that day|since the start|at the end|over the run", title)
    assert FAMILY.speaking("en") is FAMILY


def test_the_sentence_that_no_report_goes_without_is_the_one_of_all_outputs():
    assert wording("en", CONDITIONAL) == CAVEAT


def test_a_report_in_another_language(tmp_path):
    folder = general_study(tmp_path / "study", {"funding.level": [0.5, 1.0]}, lambda levels: levels["funding.level"])
    page = study_page(folder, "ht").html()
    titles = re.findall(r"<h2(?: lang=\"(\w+)\")?>(.*?)</h2>", page)
    assert {language for language, _ in titles} == {"ht"}
    assert [title for _, title in titles][:2] == [heading("ht", "finding"), heading("ht", "reading")]
    assert FAMILY.speaking("ht").outcomes["displaced_people_end"].title in page
    assert report_word("ht", "languages") in page
    assert wording("ht", CONDITIONAL) in page
    plain = study_page(folder).html()
    assert "Moun" not in plain
    assert ' lang="ht"' not in plain
