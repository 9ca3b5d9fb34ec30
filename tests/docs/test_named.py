"""What pages name exists: links, paths, commands with their options, parameters, columns, scenarios and studies."""

import re
import shlex
from functools import cache
from pathlib import Path

import pytest
import typer
from pages.markdown import ROOT, code_and_prose, pages_of_the_repository

from experiments.cli.app import app
from experiments.study.file import study_names
from models.haiti.parameters import GROUPS, default_parameters
from simulation.port.family import find_family

PAGES = pages_of_the_repository()
"""Every page, with what its recipes make left out: those have a test of their own."""
FOLDERS = ("simulation", "models", "experiments", "notebooks", "tests", "docs", "katye", ".github", ".ci")
SUFFIXES = ("csv", "py", "toml", "md", "json", "parquet")
COMMAND = re.compile(r"^\$? ?(?:[\w./-]*/)?katye (?P<words>\w.*)$")
HISTORY = ROOT / "CHANGELOG.md"  # it names what was there
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


@cache
def parts(page):
    """Inline code, lines of shell blocks, and targets of links of a page."""
    return code_and_prose(page)


@cache
def group():
    return typer.main.get_command(app)


@every_page
def test_links_lead_somewhere(page):
    for target in parts(page).links:
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"it links to {target}"
        if anchor and there.suffix == ".md":
            assert anchor in headings(there), f"it links to {target}"


@cache
def headings(page):
    """Anchors of a page, as they are made of its headings, and those that it sets itself."""
    text = page.read_text(encoding="utf-8")
    lines = re.findall(r"^#+ (.+)$", text, re.M)
    return set(re.findall(r'<a id="([^"]+)"', text)) | {
        re.sub(r"[^\w\- ]", "", line.lower()).strip().replace(" ", "-") for line in lines
    }


pages_of_today = pytest.mark.parametrize(
    "page", [page for page in PAGES if page != HISTORY], ids=lambda page: page.relative_to(ROOT).as_posix()
)


@pages_of_today
def test_paths_exist(page):
    for code in parts(page).code:
        if re.fullmatch(rf"(?:{'|'.join(map(re.escape, FOLDERS))})/[\w./-]*", code):
            assert (ROOT / code).exists(), f"it names {code}"


@pages_of_today
def test_commands_can_be_typed(page):
    shown = [match["words"] for text in (*parts(page).code, *parts(page).shell) if (match := COMMAND.match(text))]
    for line in shown:
        name, *words = shlex.split(line.partition(" #")[0])
        name = name.strip(",;")
        if name.startswith("-"):
            continue
        assert name in group().commands, f"it names katye {name}"
        if words:
            assert wrong_with(name, words) == "", f"it names katye {line}"


def wrong_with(name, words):
    """What the command would say to these words before it does anything; that some are left out is no matter."""
    command = group().commands[name]
    if words[-1] in ("...", "…"):
        words = words[:-1]
    try:
        with command.make_context(name, list(words), resilient_parsing=False) as context:
            return values_of(name, context.params)
    except Exception as error:
        if not hasattr(error, "format_message"):  # of click, which newer versions of typer have inside
            raise
        return "" if type(error).__name__ == "MissingParameter" else error.format_message()


def values_of(name, given):
    """What is named as a value and is not there: a parameter, a study, a scenario, a mechanism, a metric."""
    family = (
        find_family(given.get("model") or "haiti") if (given.get("model") or "haiti") in ("haiti", "epstein") else None
    )
    if family is None:
        return ""
    known = {row.name for row in family.parameters().rows()}
    for change in given.get("changes") or ():
        if "=" in change and change.partition("=")[0] not in known:
            return f"no parameter {change}"
    scenarios = {one.name for one in family.scenarios()}
    if name in ("plan", "sweep") and plain(given["study"]) and given["study"] not in study_names():
        return f"no study {given['study']}"
    if name in ("run", "scorecard") and plain(given.get("scenario")) and given["scenario"] not in scenarios:
        return f"no scenario {given['scenario']}"
    for off in given.get("off") or ():
        if off not in family.mechanisms:
            return f"no mechanism {off}"
    return ""


def plain(value):
    """It is a name: no file, no folder, no stand-in in capitals."""
    return bool(value) and re.fullmatch(r"[A-Za-z][\w-]*", value) and not value.isupper()


@pages_of_today
def test_parameters_exist(page):
    known = {row.name for row in default_parameters().rows()}
    for code in parts(page).code:
        first, _, last = code.partition(".")
        if re.fullmatch(r"[a-z_]+\.[a-z_0-9]+", code) and first in GROUPS and last not in SUFFIXES:
            assert code in known, f"it names the parameter {code}"


def test_what_is_not_there_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("`katye run --dayz 3` [a](b.md) `flight.nobody`\n\n```sh\nkatye sweeep core  # a study\n```\n")
    found = code_and_prose(page)
    assert found.code == ["katye run --dayz 3", "flight.nobody"]
    assert found.links == ["b.md"]
    assert found.shell == ["katye sweeep core  # a study"]
    assert "No such option" in wrong_with("run", ["--dayz", "3"])
    assert wrong_with("run", ["baseline", "--days", "3", "--set", "flight.half_dose=2"]) == ""
    assert "no parameter" in wrong_with("run", ["--set", "flight.nobody=2"])
    assert "no study" in wrong_with("sweep", ["cores"])
    assert "no scenario" in wrong_with("run", ["baselin"])
    assert "no mechanism" in wrong_with("run", ["--off", "flying"])


def test_there_are_pages():
    assert {Path("README.md"), Path("docs/studies.md"), Path("models/haiti/README.md")} <= {
        page.relative_to(ROOT) for page in PAGES
    }
