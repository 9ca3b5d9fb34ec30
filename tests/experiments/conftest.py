"""Fixtures: the model or the report replaced by a stand-in for one test."""

from __future__ import annotations

import sys

import pytest
from stand_in import haiti_modules, report_modules


def replace(monkeypatch, modules):
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)


@pytest.fixture
def fake_haiti(monkeypatch):
    """Everything under models.haiti that experiments import, replaced for one test."""
    replace(monkeypatch, haiti_modules())


@pytest.fixture
def fake_report(monkeypatch):
    modules = report_modules()
    replace(monkeypatch, modules)
    return modules["experiments.report"]
