"""Fixtures: the model or the report replaced by a stand-in for one test."""

from __future__ import annotations

import sys

import pytest
from support.stand_in import haiti_modules, report_modules
from support.study_process import Session, tables, write_study


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
    return modules["experiments.report.force_funding.sections"]


@pytest.fixture(scope="session")
def calm(tmp_path_factory):
    """{replicates: tables of the study of `study_process` that ran undisturbed in one process}."""
    made = {}
    for replicates in (3, 50):
        root = tmp_path_factory.mktemp("calm")
        study = write_study(root, replicates)
        session = Session("sweep", study, "--workers", 1, "--out", root / "out", said=root / "said")
        status, said = session.wait()
        assert status == 0, said
        made[replicates] = tables(root / "out")
    return made
