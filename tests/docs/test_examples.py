"""Python on the pages: what it imports exists, README's example runs, and examples in docstrings give what they say."""

import ast
import doctest
import importlib
import re

import pytest
from pages.markdown import FENCE, ROOT, pages_of_the_repository

PACKAGES = ("simulation", "models", "experiments", "katye")
OWN_TESTS = ("CONTRIBUTING.md", "mesa.md", "engine.md")  # recipes, and pages whose examples are run whole


def blocks():
    """(page, code) of every Python block that no test of its own runs."""
    for page in pages_of_the_repository():
        if page.name not in OWN_TESTS:
            for block in FENCE.finditer(page.read_text(encoding="utf-8")):
                if block[2] == "python":
                    yield pytest.param(block[3], id=f"{page.relative_to(ROOT)}:{block.start()}")


@pytest.mark.parametrize("code", list(blocks()))
def test_what_an_example_imports_exists(code):
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.module.partition(".")[0] in PACKAGES:
            module = importlib.import_module(node.module)
            assert not [name.name for name in node.names if not hasattr(module, name.name)]


def test_the_example_of_the_readme_runs():
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)[1]
    found = {}
    exec(compile(code.replace("weight=200", "weight=2000"), "README.md", "exec"), found)
    assert found["model"].day == 30
    named = set(re.findall(r"\.(\w+)\(\)", code.partition("# ")[2]))
    assert {"daily", "to_xarray"} <= named <= set(dir(found["tables"]))
    assert found["tables"].daily()["day"].iloc[-1] == 30


def test_examples_in_docstrings_give_what_they_say():
    """Of those modules that have any; which they are is read from the files, as importing all would take long."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    found = [path for path in paths if ">>> " in path.read_text(encoding="utf-8")]
    assert {"model.py", "scenario.py"} <= {path.name for path in found}
    for path in found:
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        failed, tried = doctest.testmod(module)
        assert (failed, tried > 0) == (0, True), path
