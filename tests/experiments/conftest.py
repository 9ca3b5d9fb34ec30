"""Fixtures: reports of nothing, and what a study that nothing disturbed leaves."""

from __future__ import annotations

import pytest
from support.study_process import Session, tables, write_report, write_study


@pytest.fixture
def fake_report(monkeypatch):
    """Commands write a report of nothing."""
    monkeypatch.setattr("experiments.report.writing.write_study_report", write_report)


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
