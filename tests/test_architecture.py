"""The shape of the house: imports point one way, never in circles; files and folders stay small."""

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import networkx
import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("katye", "simulation", "models", "experiments")
SOURCES = sorted(path for folder in PACKAGES for path in (ROOT / folder).rglob("*.py"))
SCRIPTS = sorted(
    path for folder in ("docs", "tests") for path in (ROOT / folder).rglob("*.py") if "node_modules" not in path.parts
)
MAY_IMPORT = {
    "simulation": set(),
    "models": {"simulation"},
    "experiments": {"simulation", "models"},
    "katye": {"experiments"},
}
OUTSIDE = {"docs", "pages", "tests", "benchmarks", "fuzz", "oracle", "support"}  # what is not the product
LAYERS = (
    "cli",
    "app",
    "report",
    "calibration",
    "exchange",
    "run",
    "analysis",
    "store",
    "study",
)  # of experiments, each may import those to its right
MOST_FILES = 15


@cache
def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path, types=True):
    """(module, names taken from it) of every import, also inside functions; without `types` not those for hints alone."""
    left = [tree(path)]
    while left:
        node = left.pop()
        if isinstance(node, ast.Import):
            yield from ((name.name, ()) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports relatively; everything here has its full name"
            yield node.module, [name.name for name in node.names]
        hints = not types and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        left += node.orelse if hints else ast.iter_child_nodes(node)


def imported(path):
    return [module for module, _ in imports(path)]


def module_of(path, root=ROOT):
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def import_graph(paths, root=ROOT):
    """An edge from every module to each that it imports when it runs; `from a import b` may mean the module a.b."""
    modules = {module_of(path, root): path for path in paths}
    graph = networkx.DiGraph()
    for module, path in modules.items():
        for source, names in imports(path, types=False):
            wanted = [f"{source}.{name}" if f"{source}.{name}" in modules else source for name in names] or [source]
            graph.add_edges_from((module, other) for other in wanted if other in modules and other != module)
    return graph


def circles(graph):
    return sorted((found for found in networkx.strongly_connected_components(graph) if len(found) > 1), key=sorted)


def folder_of(module):
    """The folder of experiments that a module lies in, or nothing for those beside the folders."""
    parts = module.split(".")
    return parts[1] if parts[0] == "experiments" and len(parts) > 2 else ""


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path):
    layer = path.relative_to(ROOT).parts[0]
    for module in imported(path):
        first = module.split(".")[0]
        assert first not in OUTSIDE, f"{path} imports {module}, which is not part of the product"
        if first in MAY_IMPORT and first != layer:
            assert first in MAY_IMPORT[layer], f"{path} imports {module}"


def test_imports_between_the_folders_of_experiments_point_down():
    found = set()
    for path in SOURCES:
        module = module_of(path)
        if here := folder_of(module):
            assert here in LAYERS, f"{path}: give its folder a place in LAYERS"
            for other in imported(path):
                there = folder_of(other + ".x") if other.count(".") == 1 else folder_of(other)
                if there and LAYERS.index(there) < LAYERS.index(here):
                    found.add((module, other))
    assert found == set(), "these imports point up"


@pytest.mark.slow
def test_modules_do_not_import_one_another_in_a_circle():
    assert circles(import_graph(SOURCES)) == []
    for root in (ROOT / "docs", ROOT / "tests"):
        assert circles(import_graph(sorted(root.rglob("*.py")), root)) == []


def test_a_circle_is_found_also_through_functions_and_not_through_hints(tmp_path):
    one, two, three = (tmp_path / f"{name}.py" for name in ("one", "two", "three"))
    one.write_text("import two\n")
    two.write_text("def late():\n    from one import name\n")
    three.write_text("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import two\nimport one\n")
    assert circles(import_graph([one, two, three], tmp_path)) == [{"one", "two"}]


def test_mechanisms_never_import_one_another():
    for folder in ROOT.glob("models/*/mechanisms"):
        package = module_of(folder)
        for path in folder.rglob("*.py"):
            found = [name for name in imported(path) if name.startswith(package)]
            assert not found, f"{path.name} imports {found}"


def test_every_folder_with_code_is_a_package():
    """Else no wheel would hold it."""
    bare = {path.parent for path in SOURCES} - {path.parent for path in SOURCES if path.name == "__init__.py"}
    assert not bare


@pytest.mark.parametrize("path", [*SOURCES, *SCRIPTS], ids=lambda path: str(path.relative_to(ROOT)))
def test_files_are_short_and_say_what_they_are(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    if text.strip():
        assert ast.get_docstring(tree(path)), f"{path} has no first sentence"


def test_folders_hold_few_files():
    number = Counter(
        path.parent.relative_to(ROOT).as_posix() for path in (*SOURCES, *SCRIPTS) if path.name != "__init__.py"
    )
    assert {folder: files for folder, files in number.items() if files > MOST_FILES} == {}
