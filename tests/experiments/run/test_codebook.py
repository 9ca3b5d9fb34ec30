"""The codebook: no column of any table of any model without its unit and meaning, in the file and in `katye metrics`."""

from __future__ import annotations

import pyarrow.parquet
import pytest

from experiments.run.codebook import TABLES, codebook
from experiments.run.single import run_alone
from experiments.run.sweep import run_sweep
from experiments.study.study import Study
from simulation.port.family import find_family

MODELS = {"haiti": {"weight": 2000, "days": 3}, "epstein": {"days": 3}}


def folders(name, root):
    """A run, and a study with a shared start where the model can share one."""
    family = find_family(name)
    yield run_alone(family, family.load_case("baseline", **MODELS[name]), 1, root / "run")[0]
    levels = {
        "haiti": {"funding.level": (0.5, 1.0), "off": ("none", "trust")},
        "epstein": {"cops.density": (0.02, 0.04)},
    }
    fixed = {"haiti": {"funding.source": "level"}, "epstein": {"lattice.side": 16}}
    study = Study("s", "", "", "baseline", levels[name], fixed=fixed[name], model=name, replicates=1, **MODELS[name])
    yield run_sweep(study, workers=1, out=root / "study")


@pytest.mark.parametrize("name", MODELS)
def test_every_column_of_every_file_has_unit_and_meaning(name, tmp_path):
    seen = set()
    for folder in folders(name, tmp_path):
        for path in sorted(folder.rglob("*.parquet")):
            for column in pyarrow.parquet.read_schema(path):
                about = {key.decode(): value.decode() for key, value in (column.metadata or {}).items()}
                assert about.get("unit"), f"{path.relative_to(tmp_path)}: {column.name} has no unit"
                assert about.get("meaning"), f"{path.relative_to(tmp_path)}: {column.name} has no meaning"
                seen.add(column.name)
    assert len(seen) > 20


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_what_the_codebook_says_can_be_looked_up(name, capsys, monkeypatch):
    from experiments.cli.app import main

    monkeypatch.setenv("COLUMNS", "500")
    family = find_family(name)
    for table in TABLES:
        for column in list(codebook(family, table))[::150]:  # a sample: each look costs half a second
            with pytest.raises(SystemExit) as stop:
                main(["metrics", column, "--model", name])
            said = capsys.readouterr().out
            assert not stop.value.code, column
            assert column in said
