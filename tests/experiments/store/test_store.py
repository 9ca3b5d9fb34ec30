"""The store: the same tables however runs are batched, nothing lost or counted twice whatever is found on the disk."""

from __future__ import annotations

import contextlib
import json
import random
import shutil

import pandas as pd
import pyarrow
import pytest

from experiments.run.task import Record
from experiments.store import journal, shards, store
from experiments.store.journal import append_lines, read_lines
from experiments.store.load import load_runs, load_table
from experiments.store.store import StoreState, create_store, is_open, open_store
from simulation.errors import InputError, UnknownNameError
from simulation.runs.results import write_table
from simulation.runs.runner import Done, Failure

RUNS = 40


def record(run):
    """Values that tables are apt to get wrong: gaps, whole numbers beside fractions, words, dates, nothing at all."""
    row = {
        "run": run,
        "arm": "gated",
        "whole": run,
        "gap": None if run % 3 else run,
        "mixed": run if run % 2 else run / 3,
    }
    row |= {
        "nothing": None,
        "flag": run % 2 == 0,
        "large": 2**60 + run,
        "exact": 0.1 * run,
        "word": None if run < 9 else "x",
    }
    dates = pd.date_range("2024-06-01", periods=2, freq="7D", unit="s")
    people = pyarrow.array([run, None if run % 5 else 1.5], pyarrow.float64())
    curves = pyarrow.table({"run": [run] * 2, "date": dates, "people": people, "binding": ["beds"] * 2})
    places = pyarrow.table({"run": [run], "share": pyarrow.array([run / 7], pyarrow.float32()), "label": ["gang"]})
    return Record(row, curves, places, {}, {})


def done(run):
    return run, Done(0, record(run), 0.1, 5.0)


def made(folder, batches, sealed=()):
    """A store that got these batches of runs; sealed after those whose place is named."""
    create_store(folder, {"planned": RUNS})
    with open_store(folder) as open_one:
        for place, batch in enumerate(batches):
            open_one.commit([done(run) for run in batch])
            if place in sealed:
                open_one.seal()
    return folder


def content(folder, tmp_path):
    """The bytes of every table as a study would write it."""
    found = []
    for name in ("runs", "curves", "places"):
        write_table(load_table(folder, name), tmp_path / "table")
        found.append((tmp_path / "table").read_bytes())
    return found


def test_batches_order_and_shards_change_no_byte(tmp_path):
    once = content(made(tmp_path / "once", [range(RUNS)], sealed=[0]), tmp_path)
    luck = random.Random(5)
    for number in range(6):
        runs = luck.sample(range(RUNS), RUNS)
        cuts = sorted(luck.sample(range(1, RUNS), 7))
        batches = [runs[a:b] for a, b in zip([0, *cuts], [*cuts, RUNS])]
        folder = made(tmp_path / str(number), batches, sealed=luck.sample(range(8), number))
        assert content(folder, tmp_path) == once, number


def test_rows_come_back_as_they_went_in(tmp_path):
    runs = load_runs(made(tmp_path / "out", [[3, 1], [2]], sealed=[0]))
    assert list(runs["run"]) == [1, 2, 3]
    assert list(runs["exact"]) == [0.1 * run for run in (1, 2, 3)]
    assert list(runs["large"]) == [2**60 + run for run in (1, 2, 3)]
    assert runs["whole"].dtype == "int64"
    assert runs["gap"].isna().tolist() == [True, True, False]


def test_many_runs_become_shards_by_themselves(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "SHARD_RUNS", 10)
    folder = made(tmp_path / "out", [[run] for run in range(35)])
    assert shards.numbers(folder / "store") == [1, 2, 3]
    assert list(shards.spools(folder / "store")) == [4]
    assert len(load_runs(folder)) == 35
    with open_store(folder) as again:
        assert again.finished == set(range(35))
    assert len(shards.numbers(folder / "store")) == 4
    assert not shards.spools(folder / "store")


def test_a_result_that_comes_twice_counts_once(tmp_path):
    folder = made(tmp_path / "out", [[1, 2], [2, 3], [3]], sealed=[0])
    assert list(load_runs(folder)["run"]) == [1, 2, 3]
    assert len(load_table(folder, "curves")) == 6


def test_a_kill_between_any_two_steps_loses_and_doubles_nothing(tmp_path, monkeypatch):
    """Stop at every fsync of a seal in turn: what is on the disk then is all there is."""

    class Killed(BaseException):
        pass

    stops = 0
    while True:
        folder = made(tmp_path / f"out{stops}", [range(6)])
        left = stops

        def flush(path):
            nonlocal left
            if left == 0:
                raise Killed
            left -= 1

        with monkeypatch.context() as patch:
            for module in (shards, journal):
                patch.setattr(module, "flush", flush)
            patch.setattr(journal.os, "fsync", flush)
            with contextlib.suppress(Killed), open_store(folder):
                pass
        assert list(load_runs(folder)["run"]) == list(range(6)), stops
        with open_store(folder) as again:
            assert again.finished == set(range(6))
        assert list(load_runs(folder)["run"]) == list(range(6)), stops
        if left > 0:
            break
        stops += 1
    assert stops >= 4


def test_a_shard_that_its_spool_outlived_counts_once(tmp_path):
    folder = made(tmp_path / "out", [range(4)])
    spool = shards.spool(folder / "store", 1)
    lines = spool.read_bytes()
    with open_store(folder):
        pass
    (folder / "store" / "spool-000002.jsonl").write_bytes(lines)  # its shard has the number 2
    assert list(load_runs(folder)["run"]) == [0, 1, 2, 3]
    with open_store(folder) as again:
        assert len(again.finished) == 4
    assert list(load_runs(folder)["run"]) == [0, 1, 2, 3]
    assert not shards.spools(folder / "store")


def test_a_shard_that_the_journal_lost_is_found(tmp_path):
    folder = made(tmp_path / "out", [range(4), range(4, 8)], sealed=[0, 1])
    path = folder / "store" / "journal.jsonl"
    lines = [line for line in path.read_bytes().splitlines(keepends=True) if b'"number":1' not in line]
    path.write_bytes(b"".join(lines))
    assert len(load_runs(folder)) == 8
    with open_store(folder) as again:
        assert len(again.finished) == 8
    assert StoreState(folder / "store").orphans == []


@pytest.mark.parametrize("harm", ["cut", "changed", "gone"])
def test_a_damaged_shard_is_not_counted(tmp_path, harm):
    folder = made(tmp_path / "out", [range(4), range(4, 8)], sealed=[0, 1])
    path = folder / "store" / "shards" / "000001-places.parquet"
    whole = path.read_bytes()
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(whole[:-9] if harm == "cut" else whole[:50] + b"?" + whole[51:])
    assert list(load_runs(folder)["run"]) == [4, 5, 6, 7]
    with open_store(folder) as again:
        assert again.finished == {4, 5, 6, 7}
        assert "shard 1 is damaged" in again.notes[0]
        again.commit([done(run) for run in range(4)])
    assert list(load_runs(folder)["run"]) == list(range(8))
    path.write_bytes(whole)  # were it to come back, it would not count
    assert len(load_runs(folder)) == 8


def test_failures_are_kept_until_the_run_ends_well(tmp_path):
    folder = made(tmp_path / "out", [[1]])
    with open_store(folder) as open_one:
        open_one.commit([(2, Failure(0, "ValueError: no", "Traceback ..."))])
    with open_store(folder) as again:
        assert again.failures[2]["error"] == "ValueError: no"
        again.commit([done(2)])
        assert not again.failures
    assert not StoreState(folder / "store").failures


def test_journal_lines_are_whole_or_not_there(tmp_path):
    path = tmp_path / "lines.jsonl"
    append_lines(path, [{"a": 1}, {"b": "é", "c": float("inf")}])
    text = path.read_bytes()
    assert all(json.loads(line)["crc"] for line in text.splitlines())
    for cut in range(len(text)):
        path.write_bytes(text[:cut])
        entries, bad = read_lines(path)
        assert len(entries) <= 2
        append_lines(path, [{"d": 4}])
        again, bad_again = read_lines(path)
        assert again == [*entries, {"d": 4}]
        assert bad_again == bad
    path.write_bytes(text.replace(b'"a":1', b'"a":2'))
    assert read_lines(path) == ([{"b": "é", "c": float("inf")}], 1)


def test_one_process_at_a_time(tmp_path):
    folder = made(tmp_path / "out", [[1]])
    with open_store(folder) as first:
        first.opened(workers=1, todo=0)
        assert is_open(folder)
        with pytest.raises(InputError, match=r"process \d+ on .* is at work here already\. Look with: katye status"):
            open_store(folder).__enter__()
    assert not is_open(folder)
    with open_store(folder):
        pass


def test_what_is_not_there_is_told(tmp_path):
    with pytest.raises(InputError, match="holds no study that could go on"):
        open_store(tmp_path).__enter__()
    with pytest.raises(InputError, match="no results here"):
        load_runs(tmp_path)
    folder = made(tmp_path / "out", [])
    with pytest.raises(InputError, match="no run has finished yet"):
        load_runs(folder)
    with open_store(folder) as open_one:
        open_one.commit([done(1)])
    with pytest.raises(UnknownNameError, match="Did you mean curves"):
        load_table(folder, "curvs")


def test_the_replay_is_there_whole_or_not_at_all(tmp_path):
    folder = made(tmp_path / "out", [])
    replayed = Record(
        record(1).row, record(1).curves, record(1).places, {"daily": pd.DataFrame({"day": [1]})}, {"run": 1}
    )
    with open_store(folder) as open_one:
        for _ in range(2):  # a second time after a kill before the run was kept
            shards.keep_replay(folder, replayed)
        open_one.commit([(1, Done(0, replayed, 0.1, 1.0))])
    assert sorted(path.name for path in folder.iterdir()) == ["replay", "store"]
    assert sorted(path.name for path in (folder / "replay").iterdir()) == ["card.json", "daily.parquet"]
    shutil.rmtree(folder)
