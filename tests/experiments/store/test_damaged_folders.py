"""Folders of studies of which a file is gone or garbage: every command says in one line what is damaged and what can be had."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fuzz.folders import asked, finished_study, without_pictures

from experiments.cli.app import main
from experiments.store.load import load_runs
from experiments.store.store import StoreState, open_store
from simulation.errors import InputError
from simulation.files.json_file import misfit, read_json
from simulation.runs.results import new_folder

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The folder of a study of six runs, one of which failed."""
    return finished_study(tmp_path_factory.mktemp("whole") / "out")


@pytest.fixture
def folder(whole, tmp_path):
    return Path(shutil.copytree(whole, tmp_path / "out"))


def said(capsys, *words):
    """Exit status, what was printed, and the one line of the error."""
    with pytest.raises(SystemExit) as stop:
        main(list(map(str, words)))
    printed = capsys.readouterr()
    return stop.value.code or 0, printed.out, printed.err.strip()


JSON = ["", "{", "null", "[]", "{}", "5", "\x00", "[" * 9000]


@pytest.mark.parametrize("text", JSON, ids=["empty", "cut", "null", "list", "no keys", "number", "bytes", "deep"])
def test_what_the_study_is_was_damaged(folder, tmp_path, capsys, text):
    (folder / "store/study.json").write_text(text)
    for command in (("status",), ("resume", "--workers", 1), ("rerun", "--run", 1)):
        status, _, error = said(capsys, command[0], folder, *command[1:])
        assert status == 2
        assert "study.json, which says what the study is" in error
        assert f"What it has of runs is there: katye export {folder} writes it; to run more, begin anew" in error
        assert "\n" not in error
    assert said(capsys, "export", folder, "--out", tmp_path / "csv")[0] == 0
    assert (tmp_path / "csv/runs.csv").read_text().count("\n") == 6


@pytest.mark.parametrize(
    "inputs",
    [{"": 1}, {"mine.toml": "store/inputs/mine.toml"}, {"/mine.toml": "/etc/passwd"}, {"/x": "store/inputs/../../x"}],
    ids=["no path", "no whole path", "another's", "outside"],
)
def test_where_the_files_of_ones_own_are_was_damaged(folder, capsys, inputs):
    about = json.loads((folder / "store/study.json").read_text())
    (folder / "store/study.json").write_text(json.dumps(about | {"inputs": inputs}))
    status, _, error = said(capsys, "status", folder, "--run", 1)
    assert status == 2
    assert "study.json, which says what the study is, is damaged" in error
    assert "\n" not in error


@pytest.mark.parametrize("text", JSON[:6], ids=["empty", "cut", "null", "list", "no keys", "number"])
def test_the_card_was_damaged(folder, tmp_path, capsys, text):
    (folder / "card.json").write_text(text)
    for command in ("effects", "compare"):
        status, _, error = said(capsys, command, folder, *(["--out", tmp_path / "c"] if command == "compare" else []))
        assert status == 2
        assert "is damaged" in error or "no study with a design" in error
        assert "\n" not in error
    if text != "{}":
        assert f"katye resume {folder} writes it anew, and katye export {folder} what has finished" in error
    assert said(capsys, "export", folder, "--out", tmp_path / "csv")[0] == 0
    assert said(capsys, "status", folder)[0] == 0
    with without_pictures():
        assert said(capsys, "resume", folder, "--workers", 1)[0] == 1  # a run has failed
    assert said(capsys, "effects", folder)[0] == 0


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("vary", {"deployment.authorised": 5}), ("vary", {"nothing": [1, 2]}), ("outcomes", [[1]]), ("arms", {"main": None}),
        ("scenarios", {"baseline": 3}), ("start", "someday"), ("days", "x"), ("model", ["haiti"]), ("days", 10**12),
    ],
)  # fmt: skip
def test_a_value_of_the_card_was_damaged(folder, tmp_path, capsys, key, value):
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps(card | {key: value}))
    status, _, error = said(capsys, "compare", folder, "--out", tmp_path / "c")
    assert status == 2
    assert "card.json" in error
    assert "damaged" in error or "do not belong together" in error


def test_the_list_of_failures_was_damaged(folder, tmp_path, capsys):
    for text in ("{", "{}", "[1]", '[{"run": 5}]', "[[]]"):
        (folder / "failures.json").write_text(text)
        status, _, error = said(capsys, "compare", folder, "--out", tmp_path / "c")
        assert status == 2
        assert f"failures.json: is damaged" in error  # noqa: F541
        assert f"katye resume {folder} writes it anew" in error


def test_tables_without_a_store_and_a_store_without_tables(folder, tmp_path, capsys):
    (folder / "runs.parquet").write_bytes(b"garbage")
    assert said(capsys, "effects", folder)[0] == 0  # from the store
    assert said(capsys, "status", folder)[0] == 0
    with without_pictures():
        assert said(capsys, "resume", folder, "--workers", 1)[0] == 1
    (folder / "replay/daily.parquet").write_bytes(b"PAR1")
    status, _, error = said(capsys, "export", folder, "--out", tmp_path / "csv")
    assert status == 2
    assert "daily.parquet: is no parquet file that can be read" in error
    assert "What could be read is in" in error
    assert (tmp_path / "csv/runs.csv").exists()
    shutil.rmtree(folder / "store")
    for command in (("status",), ("resume",), ("rerun", "--run", 0)):
        status, _, error = said(capsys, command[0], folder, *command[1:])
        assert status == 2
        assert f"holds no study that could go on. Its tables are there, katye export {folder} writes them: " in error
    (folder / "runs.parquet").write_bytes(b"garbage")
    status, _, error = said(capsys, "effects", folder)
    assert status == 2
    assert "runs.parquet: is no parquet file that can be read" in error


def test_runs_that_a_damaged_database_has_lost_are_told_by_an_export(folder, tmp_path, capsys):
    import sqlite3

    with sqlite3.connect(folder / "store/study.sqlite") as connection:
        connection.execute("UPDATE runs SET content = content || x'00' WHERE run = 2")
    connection.close()
    status, _, error = said(capsys, "export", folder, "--out", tmp_path / "csv")
    assert status == 2
    assert "1 of its runs cannot be read. katye resume runs again what is lost" in error
    assert (tmp_path / "csv/runs.csv").read_text().count("\n") == 5


DAMAGE = (
    ("store/study.json", b"", "status", "study.json, which says what the study is, is damaged"),
    ("store/study.json", b"[]", "resume --workers 1", "study.json, which says what the study is, is damaged: it is []"),
    ("card.json", b"null", "effects", "card.json: is damaged: it is None"),
    ("failures.json", b"{", "compare --out COMPARED", "failures.json: is damaged"),
    ("runs.parquet store", b"garbage", "effects", "runs.parquet: is no parquet file that can be read"),
)


@pytest.mark.slow
def test_processes_that_have_imported_nothing_say_the_same(whole, tmp_path):
    def ask(number):
        names, content, command, wanted = DAMAGE[number]
        folder = Path(shutil.copytree(whole, tmp_path / str(number)))
        for name in names.split():
            if (folder / name).is_dir():
                shutil.rmtree(folder / name)
            else:
                (folder / name).write_bytes(content)
        name, *options = command.split()
        words = [sys.executable, "-m", "katye", name, folder, *options]
        path = os.pathsep.join(map(str, (ROOT, ROOT / "tests")))
        done = subprocess.run(
            words, cwd=folder.parent, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True
        )
        return done.returncode, done.stderr, wanted

    with ThreadPoolExecutor(2) as pool:
        for status, error, wanted in pool.map(ask, range(len(DAMAGE))):
            assert status == 2, error
            assert wanted in error
            assert error.count("\n") == 1, error


def test_what_killed_processes_left_is_cleared_by_the_next_one_that_writes(folder):
    kept = sorted(path.relative_to(folder) for path in folder.rglob("*"))
    for name in (".replay-ab12cd34", ".runs.parquet-4711", ".card.json-12", "store/study.sqlite.new", ".effects.csv-0a1b2c3d",
                 "csv/.runs.csv-99", "runs.parquet.part"):  # fmt: skip
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.mkdir() if "replay" in name else path.write_text("half")
        os.utime(path, (time.time() - 100,) * 2)
    (folder / ".discovery.csv-0a1b2c3d").write_text("somebody is at work here")
    (folder / ".hidden").write_text("mine")
    with open_store(folder):
        pass
    left = {path.relative_to(folder) for path in folder.rglob("*")} - {*kept}
    assert {str(path) for path in left} == {".discovery.csv-0a1b2c3d", ".hidden", "csv"}


def test_what_a_killed_beginning_left_beside_a_folder_is_cleared(tmp_path):
    for name in (".out-abcd1234", ".katye-abcd1234", ".other-abcd1234", ".out-new_one1"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "half").write_text("half")
        old = time.time() - 100 * (name != ".out-new_one1")
        os.utime(tmp_path / name / "half", (old, old))
        os.utime(tmp_path / name, (old, old))
    with new_folder(tmp_path / "out"):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == [".other-abcd1234", ".out-new_one1", "out"]


def test_finished_runs_outlive_every_question(folder, tmp_path):
    rows = load_runs(folder)
    (folder / "card.json").write_text("{")
    (folder / "failures.json").write_text("null")
    for command in (("status", "FOLDER"), ("effects", "FOLDER"), ("export", "FOLDER", "--out", "CSV")):
        asked(folder, tmp_path, command)
    assert load_runs(folder).equals(rows)
    assert StoreState(folder / "store").damage == ""


def test_shapes_of_files_that_were_written():
    shape = {"a": int, "b": [str], "c": {str: {"d": (int, float)}}, "e": object}
    assert misfit({"a": 1, "b": ["x"], "c": {"y": {"d": 0.5}}, "e": [None], "f": 3}, shape) == ""
    assert misfit({"a": None}, shape) == ""
    assert misfit({"a": True}, shape) == "a is True"
    assert misfit({"b": ["x", 1]}, shape) == "b[1] is 1"
    assert misfit({"c": {"y": {"d": None}}}, shape) == "c.y.d is None"
    assert misfit([], shape) == "it is []"


def test_a_key_that_is_missing_names_the_file(tmp_path):
    (tmp_path / "card.json").write_text('{"a": 1}')
    card = read_json(tmp_path / "card.json", {"a": int}, "Write it anew")
    with pytest.raises(InputError, match=r"card\.json: is damaged: it says nothing of b\. Write it anew"):
        card.but({"c": 1})["b"]
