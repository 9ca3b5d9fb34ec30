"""A pytest plugin that writes down which tests verify which requirements: `pytest -p pages.collected --verified-into FILE`.

The file is a JSON list with an entry a test function (one for all its parameters): `file` below tests/, `name`, `numbers` of
the requirements in the order in which they are given, and `docstring` (or null). Tests that verify nothing are listed too.
"""

from __future__ import annotations

import json
from pathlib import Path


def pytest_addoption(parser):
    parser.addoption("--verified-into", metavar="FILE", help="write the list of tests and requirements there")


def pytest_configure(config):
    if config.getoption("--verified-into"):
        config.pluginmanager.register(Listing(Path(config.getoption("--verified-into")), config.rootpath / "tests"))


class Listing:
    """Every test as it is found, before any is left out by its marks."""

    def __init__(self, path: Path, tests: Path):
        self.path, self.tests, self.found = path, tests, {}

    def pytest_itemcollected(self, item):
        file, name = item.path.relative_to(self.tests).as_posix(), getattr(item, "originalname", item.name)
        marks = list(item.iter_markers("verifies"))[::-1]  # those of the module first, as they are read
        numbers = list(dict.fromkeys(number for mark in marks for number in mark.args))
        docstring = getattr(getattr(item, "function", None), "__doc__", None)
        about = {"file": file, "name": name, "numbers": numbers, "docstring": docstring}
        self.found.setdefault((file, name), about)

    def pytest_sessionfinish(self):
        self.path.write_text(json.dumps(list(self.found.values())), encoding="utf-8")
