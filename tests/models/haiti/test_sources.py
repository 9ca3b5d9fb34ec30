"""Every parameter says where it comes from or that it is assumed and why, and every key resolves to a work or report."""

import dataclasses
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from experiments.cli.app import app
from models.haiti.bibliography import bibliography, cited, references
from models.haiti.day import DAY
from models.haiti.parameters import default_parameters
from models.haiti.world.city import DATA
from simulation.files.bibliography import keys_in

ROOT = Path(__file__).parents[3]
ROWS = default_parameters().rows()
DATA_FILE = re.compile(r"\b[a-z_]+\.(?:csv|geojson)\b")
REASON = re.compile(r"assumed: \S.{5,}")
TEXTS = [
    path
    for pattern in (
        "models/haiti/**/*.py",
        "models/haiti/**/*.md",
        "docs/*.md",
        "experiments/**/*.py",
        "simulation/port/*.py",
        "*.md",
    )
    for path in sorted(ROOT.glob(pattern))
]


def what_is_missing(row):
    """Why a parameter's source is none; nothing if it is one."""
    if row.status == "policy":
        return "" if row.source else "say what this choice stands for"
    files = DATA_FILE.findall(row.source)
    if lacking := [name for name in files if not (DATA / name).is_file()]:
        return f"there is no {lacking[0]} in data/"
    known = [key for key in keys_in(row.source) if key in bibliography()]
    if known or files or (REASON.fullmatch(row.source) and row.status != "published"):
        return ""
    return f"'{row.source}' names no work of sources.bib and no file of data/, and is not 'assumed: why its range ends there'"


def test_every_parameter_has_a_source_or_a_reason():
    assert {row.name: why for row in ROWS if (why := what_is_missing(row))} == {}


@pytest.mark.parametrize(
    ("status", "source", "complaint"),
    [
        ("assumed", "", "names no work"),
        ("assumed", "assumed", "names no work"),
        ("assumed", "three shifts", "names no work"),
        ("assumed", "nobody1999", "names no work"),
        ("assumed", "none.csv", "no none.csv in data/"),
        ("published", "assumed: from one to two", "names no work"),
        ("policy", "", "stands for"),
        ("assumed", "assumed: from one to two", ""),
        ("assumed", "direction: lu2012", ""),
        ("published", "1,663 of 13,196 in 2023 (police.csv)", ""),
        ("policy", "study factor", ""),
    ],
)
def test_what_is_no_source_is_told(status, source, complaint):
    why = what_is_missing(dataclasses.replace(ROWS[0], status=status, source=source))
    assert complaint in why if complaint else not why


def test_every_key_of_parameters_rules_and_pages_is_in_the_bibliography():
    unknown = {(row.name, key) for row in ROWS for key in keys_in(row.source)}
    unknown |= {(kind.name, key) for kind in DAY for key in keys_in(f"{kind.objection} {kind.__doc__}")}
    unknown |= {(str(path), key) for path in TEXTS for key in keys_in(path.read_text(encoding="utf-8"))}
    assert {(where, key) for where, key in unknown if key not in bibliography()} == set()


def test_every_entry_of_the_bibliography_is_cited():
    written = {
        key for path in TEXTS if path.name != "bibliography.md" for key in keys_in(path.read_text(encoding="utf-8"))
    }
    assert sorted(set(bibliography()) - written) == []


def test_references_of_a_text_are_told_in_full_and_only_those():
    assert [entry.key for entry in cited(["direction: osorio2015", "lu2012, and nobody1999"])] == [
        "lu2012",
        "osorio2015",
    ]
    (told,) = references("lu2012: movements followed family ties")
    assert told.startswith("lu2012: Lu, X., Bengtsson, L., Holme, P. (2012). Predictability of")
    assert told.endswith("https://doi.org/10.1073/pnas.1203882109")


def test_a_parameter_is_listed_with_the_works_that_it_cites():
    def listed(*words):
        return CliRunner().invoke(app, ["parameters", *words]).stdout

    assert "reference  lu2012: Lu, X., Bengtsson, L., Holme, P. (2012)." in listed("destination.tie")
    assert "reference" not in listed("destination.nest")
    (row,) = json.loads(listed("hold.requirement", "--json"))
    assert [work.partition(":")[0] for work in row["references"]] == ["friedman2011", "quinlivan1995"]
