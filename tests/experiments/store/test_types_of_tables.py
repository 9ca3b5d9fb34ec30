"""One thing has one type in all tables of a run and of a study, so that they can be joined without a cast."""

from __future__ import annotations

from collections import defaultdict

import pandas
import pyarrow
import pyarrow.parquet
import pytest

from experiments.run.single import run_alone
from experiments.run.sweep import run_sweep
from experiments.store.load import load_table, table_names
from experiments.study.study import Study
from simulation.port.family import find_family
from simulation.runs.results import Results, write_table

MODELS = {"haiti": ({"weight": 5000}, {"funding.level": (0.5, 1.0)}), "epstein": ({}, {"cops.density": (0.02, 0.04)})}
KEYS = {"date": "timestamp[us]", "day": "int64", "run": "int64", "replicate": "int64", "scenario": "string"}
TEXT = {"neighbourhood", "place", "kind", "text", "actor", "label"}


@pytest.fixture(scope="module", params=MODELS)
def folders(request, tmp_path_factory):
    """A short run without an event, a longer one, and a study."""
    root, family = tmp_path_factory.mktemp("types"), find_family(request.param)
    options, levels = MODELS[request.param]
    found = [
        run_alone(family, family.load_case("baseline", days=d, **options), 1, root / f"run-{d}")[0] for d in (1, 60)
    ]
    fixed = {"funding.source": "level"} if request.param == "haiti" else {"lattice.side": 16}
    study = Study("s", "", "", "baseline", levels, fixed=fixed, model=family.name, replicates=1, days=8, **options)
    return [*found, run_sweep(study, workers=1, out=root / "study")]


def test_keys_have_one_type_in_every_file(folders):
    kinds = defaultdict(set)
    for folder in folders:
        for path in folder.rglob("*.parquet"):
            for column in pyarrow.parquet.read_schema(path):
                kinds[column.name].add(str(column.type))
                assert not pyarrow.types.is_large_string(column.type), f"{path.name}: {column.name}"
                assert column.name != "date" or str(column.type) == "timestamp[us]", path
    assert {"date", "day", "run"} <= set(kinds)
    for name in KEYS.keys() & kinds.keys():
        assert kinds[name] == {KEYS[name]}, name
    for name in TEXT & kinds.keys():
        assert kinds[name] == {"string"}, name


def test_the_same_table_of_another_run_has_the_same_types(folders):
    short, long, _ = folders
    for path in short.glob("*.parquet"):
        assert pyarrow.parquet.read_schema(path).equals(pyarrow.parquet.read_schema(long / path.name)), path.name


def test_frames_join_in_memory_and_from_files(folders):
    *runs, study = folders
    frames = [Results(folder).table(name) for folder in folders for name in Results(folder).names()]
    frames += [load_table(study, name) for name in table_names(study)]
    for frame in frames:
        assert "date" not in frame or frame["date"].dtype == "datetime64[us]"
        assert "day" not in frame or frame["day"].dtype == "int64"
    daily, events, curves = Results(runs[1]).daily(), Results(runs[1]).events(), Results(study).curves()
    assert len(events.merge(daily, on=["day", "date"])) == len(events)
    assert len(curves.merge(daily, on=["day", "date"])) == len(curves)


def test_tables_in_memory_have_the_types_of_the_files(folders):
    family = find_family(Results(folders[0]).card.get("model", "haiti"))
    model = family.create(family.load_case("baseline", days=2), 1, places=True, events=True)
    results = model.results()
    for name in results.names():
        frame = results.table(name)
        assert frame["date"].dtype == "datetime64[us]"
        assert frame["day"].dtype == "int64"


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_tables_of_other_models_are_written_in_these_types_too(unit, tmp_path):
    frame = pandas.DataFrame({"day": pandas.Series([3], dtype="int32"), "date": pandas.to_datetime(["2024-06-01"])})
    write_table(frame.astype({"date": f"datetime64[{unit}]"}), tmp_path / "a.parquet")
    write_table(pandas.DataFrame({"day": [], "date": [], "text": []}), tmp_path / "empty.parquet")
    assert [str(one.type) for one in pyarrow.parquet.read_schema(tmp_path / "a.parquet")] == ["int64", "timestamp[us]"]
    empty = pyarrow.parquet.read_schema(tmp_path / "empty.parquet")
    assert [str(one.type) for one in empty][:2] == ["int64", "timestamp[us]"]
