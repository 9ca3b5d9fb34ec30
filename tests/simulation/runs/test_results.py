"""Folders of results: whole or not at all, never overwritten, the same bytes for the same table."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from simulation.errors import InputError, UnknownNameError
from simulation.runs import results
from simulation.runs.results import Results, check_output_folder, free_folder, new_folder, run_card, write_run


def table(seed=0):
    rng = np.random.default_rng(seed)
    days = pd.date_range("2024-06-01", periods=20)
    words = rng.choice(["contested", "gang", "state"], 20)
    return pd.DataFrame({"date": days, "share": rng.random(20), "people": rng.integers(0, 9, 20), "label": words})


def card(**changes):
    usual = {
        "scenario": "baseline",
        "seed": 3,
        "parameters": {"funding.level": np.float64(0.67)},
    }
    return run_card(**(usual | {"started": datetime.now(UTC)} | changes))


def test_a_run_is_a_folder_of_four_files_and_opens_again(tmp_path):
    folder = write_run(tmp_path / "deep" / "one", table(), table(1), table(2).iloc[:0], card())
    names = ["card.json", "daily.parquet", "events.parquet", "neighbourhoods.parquet"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert [path.name for path in folder.parent.iterdir()] == ["one"]
    opened = Results(folder)
    pd.testing.assert_frame_equal(opened.daily(), table(), check_dtype=False)
    assert opened.card["seed"] == 3
    pd.testing.assert_frame_equal(opened.places_daily(), table(1), check_dtype=False)
    assert opened.neighbourhoods().equals(opened.places_daily())
    assert len(opened.events()) == 0
    assert list(opened.events().columns) == list(table().columns)
    assert folder.stat().st_mode & 0o777 == 0o777 & ~_umask()


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_same_table_same_bytes(tmp_path):
    files = [tmp_path / "one.parquet", tmp_path / "two.parquet", tmp_path / "three.parquet"]
    other_index = table().set_index(pd.Index(range(100, 120), name="left over"))
    for path, frame in zip(files, [table(), other_index, table(5)], strict=True):
        results.write_table(frame, path)
    assert files[0].read_bytes() == files[1].read_bytes() != files[2].read_bytes()


@pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
def test_what_exists_is_never_overwritten(tmp_path, kind):
    there = tmp_path / "there"
    if kind == "folder":
        there.mkdir()
    elif kind == "file":
        there.write_text("mine")
    else:
        there.symlink_to(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"exists already.*does not resume.*Choose another --out, or delete"):
        check_output_folder(there)
    with pytest.raises(InputError, match="exists already"), new_folder(there):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_a_parent_that_is_no_folder_or_takes_nothing(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="cannot write in"):
        check_output_folder(tmp_path / "file" / "out")
    if sys.platform == "linux":
        with pytest.raises(InputError, match="cannot write in /proc"):
            check_output_folder("/proc/katye/out")


def test_checking_makes_nothing(tmp_path):
    assert check_output_folder(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failure_while_writing_leaves_nothing(tmp_path, error):
    def fail():
        with new_folder(tmp_path / "a" / "b") as hidden:
            (hidden / "half").write_text("half")
            raise error

    with pytest.raises(error):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_appeared_meanwhile_costs_no_results(tmp_path):
    def work():
        with new_folder(tmp_path / "b") as hidden:
            (hidden / "runs.parquet").write_text("hours of work")
            (tmp_path / "b").mkdir()
            (tmp_path / "b" / "other").write_text("mine")

    with pytest.raises(InputError, match=r"the results are in .*b-2$"):
        work()
    assert (tmp_path / "b-2" / "runs.parquet").read_text() == "hours of work"
    assert (tmp_path / "b" / "other").read_text() == "mine"


def test_free_folder_counts_up(tmp_path):
    for expected in ("run", "run-2", "run-3"):
        free = free_folder(tmp_path / "run")
        assert free.name == expected
        free.mkdir()


def test_card_tells_how_to_repeat_and_how_to_read(tmp_path):
    data = tmp_path / "data" / "places.csv"
    data.parent.mkdir()
    data.write_bytes(b"abc")
    made = card(data_files=[data], root=tmp_path, memory_mb=1e6, details={"days": 10})
    results.write_json(made, tmp_path / "card.json")
    read = json.loads((tmp_path / "card.json").read_text())
    assert read["caveat"] == "Conditional on the mechanisms and assumptions of the model; not a forecast."
    assert read["parameters"] == {"funding.level": 0.67}
    assert read["days"] == 10
    assert read["commit"] is None
    assert read["peak_memory_mb"] == 1e6
    assert read["data_sha256"]["data/places.csv"].startswith("ba7816bf")
    assert {"python", "mesa", "numpy", "numba", "scipy", "networkx", "pandas", "pyarrow"} <= set(read["versions"])
    assert datetime.fromisoformat(read["started"]) <= datetime.fromisoformat(read["finished"])
    assert read["wall_seconds"] >= 0


def test_json_takes_dates_and_numpy_numbers(tmp_path):
    content = {"date": date(2024, 6, 1), "number": np.int64(3), "path": tmp_path, "true": np.bool_(True)}
    results.write_json(content, tmp_path / "x.json")
    read = json.loads((tmp_path / "x.json").read_text())
    assert read == {"date": "2024-06-01", "number": 3, "path": str(tmp_path), "true": True}


def test_opening_what_is_not_there(tmp_path):
    with pytest.raises(InputError, match=r"card\.json is missing"):
        Results(tmp_path)
    folder = write_run(tmp_path / "one", table(), table(), table(), card())
    with pytest.raises(UnknownNameError, match="Did you mean daily"):
        Results(folder).table("dayly")
    with pytest.raises(InputError, match=r"card\.json is missing"):
        Results(folder).replay()


def test_xarray_is_optional(tmp_path, monkeypatch):
    folder = write_run(tmp_path / "one", table(), table(), table(), card())
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(InputError, match="pip install xarray"):
        Results(folder).to_xarray()


def test_what_is_no_number_is_null_for_every_reader(tmp_path):
    results.write_json({"a": float("nan"), "b": [np.float64("inf"), np.array([1.0, np.nan])]}, tmp_path / "x.json")
    text = (tmp_path / "x.json").read_text()
    assert "NaN" not in text
    assert json.loads(text) == {"a": None, "b": [None, [1.0, None]]}
