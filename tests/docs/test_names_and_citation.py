"""What names the program and says how to cite it: the files agree, are what their formats ask for, and results carry it."""

import configparser
import json
import tomllib

import pytest
import yaml
from pages.markdown import ROOT

from experiments.run.citation import AUTHORS, citation

# Of the format's schema, version 1.2.0.
KNOWN = {
    "abstract", "authors", "cff-version", "commit", "contact", "date-released", "doi", "identifiers", "keywords", "license",
    "license-url", "message", "preferred-citation", "references", "repository", "repository-artifact", "repository-code",
    "title", "type", "url", "version",
}  # fmt: skip


def setup():
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return config


@pytest.fixture(scope="module")
def cff():
    return yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def codemeta():
    return json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))


def test_title_version_licence_and_authors_agree(cff, codemeta):
    about = setup()["metadata"]
    words = about["description"]
    title = f"{about['name'].capitalize()}: {words[0].lower()}{words[1:]}"
    assert cff["title"] == codemeta["name"] == title
    assert cff["version"] == codemeta["version"] == about["version"]
    assert codemeta["license"].endswith(f"/{cff['license']}")
    assert cff["license"] == about["license"]
    assert [one["name"] for one in cff["authors"]] == [one["name"] for one in codemeta["author"]] == [AUTHORS]
    assert cff["keywords"] == codemeta["keywords"]
    assert cff["abstract"] == codemeta["description"]


def test_the_citation_file_has_what_its_format_asks_for(cff):
    assert cff["cff-version"] == "1.2.0"
    assert {"message", "title", "authors", "type"} <= set(cff)
    assert set(cff) <= KNOWN


def test_codemeta_is_of_version_3_and_names_what_is_needed(codemeta):
    assert codemeta["@context"] == "https://w3id.org/codemeta/3.0"
    assert codemeta["@type"] == "SoftwareSourceCode"
    needed = [line.split()[0] for line in setup()["options"]["install_requires"].splitlines() if line[:1].isalpha()]
    assert codemeta["softwareRequirements"] == needed
    python = setup()["options"]["python_requires"]
    assert codemeta["runtimePlatform"].replace(" ", "").endswith(python)
    lowest = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["target-version"]
    assert lowest == "py" + python.removeprefix(">=").replace(".", "")


def test_who_reports_an_error_in_the_data_is_asked_for_row_value_source_and_date():
    form = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/data-error.yml").read_text(encoding="utf-8"))
    asked = {part["id"]: part for part in form["body"] if part["type"] != "markdown"}
    assert list(asked) == ["file", "row", "is", "ought", "source", "date", "safe"]
    assert all(part["attributes"]["label"] for part in asked.values())
    assert all(part["validations"]["required"] for name, part in asked.items() if name != "safe")
    assert (ROOT / asked["file"]["attributes"]["placeholder"]).is_file()


@pytest.mark.parametrize(
    ("card", "end"),
    [
        ({"scenario": "baseline", "days": 30, "seed": 4}, "Scenario 'baseline', 30 days, seed 4."),
        ({"study": "core", "scenario": "baseline", "seed": 1}, "Study 'core', seed 1."),
        ({"comparison": ["a", "b"], "seed": 1}, "Comparison of a, b, seed 1."),
    ],
)
def test_results_are_cited_with_version_commit_and_seed(card, end):
    said = citation(card | {"versions": {"katye": "9.8"}, "commit": "abc-modified"})
    assert said == (
        f"{AUTHORS}. Katye, an open agent-based simulation of Port-au-Prince, version 9.8, commit abc-modified. {end}"
    )
    assert "model “Epstein's civil violence”" in citation(card | {"model": "epstein"})
    assert "model “gone”" in citation(card | {"model": "gone"})
