"""The shape of the house: imports point one way, files stay short, documents name things that exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted(path for folder in ("simulation", "models", "experiments") for path in (ROOT / folder).rglob("*.py"))
DOCUMENTS = (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "models/haiti/README.md")
MAY_IMPORT = {"simulation": set(), "models": {"simulation"}, "experiments": {"simulation", "models"}}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path):
    layer = path.relative_to(ROOT).parts[0]
    for module in imported(path):
        first = module.split(".")[0]
        if first in MAY_IMPORT and first != layer:
            assert first in MAY_IMPORT[layer], f"{path} imports {module}"


def test_mechanisms_never_import_one_another():
    folder = ROOT / "models/haiti/mechanisms"
    for path in folder.rglob("*.py"):
        found = [name for name in imported(path) if name.startswith("models.haiti.mechanisms")]
        assert not found, f"{path.name} imports {found}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_are_short_and_say_what_they_are(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), f"{path} has no first sentence"


def test_documents_name_paths_that_exist():
    for document in DOCUMENTS:
        for found in re.findall(
            r"`((?:simulation|models|experiments|notebooks|tests|docs)/[\w./-]*)`", document.read_text()
        ):
            assert (ROOT / found).exists(), f"{document.name} names {found}"


def test_documents_name_commands_that_exist():
    command = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "experiments/cli").glob("*.py"))
    for document in DOCUMENTS:
        for found in re.findall(r"\bkatye (\w+)", document.read_text(encoding="utf-8")):
            assert re.search(rf'def {found}\b|command\("{found}"', command), f"{document.name} names katye {found}"
