"""A damaged database: every run comes back exactly as it was, or it is said to be lost and is run again."""

from __future__ import annotations

import random
import sqlite3

import pytest
from support.made_store import RUNS, content, done, made

from experiments.cli.app import main
from experiments.store.load import load_runs
from experiments.store.status import study_status
from experiments.store.store import StoreState, open_store
from simulation.errors import KatyeError

PAGE = 4096


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A study's folder with all runs, what is kept of them, and its tables."""
    folder = made(tmp_path_factory.mktemp("whole") / "out", [range(0, 30), range(30, RUNS)])
    kept = {item.run: item for item in StoreState(folder / "store").kept()}
    return folder, kept, content(folder, folder)


@pytest.fixture
def harmed(whole, tmp_path):
    """A function that gives a copy of that folder whose database has other bytes."""

    def harm(bytes_of):
        folder = made(tmp_path / "out", []) if not (tmp_path / "out").exists() else tmp_path / "out"
        path = folder / "store" / "study.sqlite"
        path.write_bytes(bytes_of((whole[0] / "store" / "study.sqlite").read_bytes()))
        return folder

    return harm


def offsets(size):
    """The file's header, every page's header and first pointers, and more bytes anywhere."""
    luck = random.Random(3)
    heads = [page + byte for page in range(0, size, PAGE) for byte in (0, 1, 4, 5, 6, 7, 9, 13)]
    return [*range(16, 108), *heads, *(luck.randrange(size) for _ in range(150))]


def test_no_flipped_byte_changes_a_run(whole, harmed):
    _, kept, _ = whole
    luck, lost = random.Random(4), 0
    for offset in offsets((whole[0] / "store" / "study.sqlite").stat().st_size):
        flip = luck.randrange(1, 256)
        folder = harmed(lambda old: old[:offset] + bytes([old[offset] ^ flip]) + old[offset + 1 :])  # noqa: B023
        state = StoreState(folder / "store")
        found = {item.run: item for item in state.kept()} if state.done else {}
        assert all(item == kept[run] for run, item in found.items()), (offset, flip)
        assert found.keys() <= set(state.runs), (offset, flip)
        assert state.runs == list(kept) or state.damage or not _sound(folder), (offset, flip)
        lost += len(kept) > len(found)
    assert lost > 100


def _sound(folder):
    with sqlite3.connect(folder / "store" / "study.sqlite") as connection:
        try:
            return connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        except sqlite3.DatabaseError:
            return False


@pytest.mark.slow
def test_what_is_lost_is_told_and_after_a_resume_all_is_as_it_was(whole, harmed, tmp_path):
    _, kept, tables = whole
    luck, mended = random.Random(5), 0
    size = (whole[0] / "store" / "study.sqlite").stat().st_size
    for offset in luck.sample(offsets(size), 60):
        flip = luck.randrange(1, 256)
        folder = harmed(lambda old: old[:offset] + bytes([old[offset] ^ flip]) + old[offset + 1 :])  # noqa: B023
        with open_store(folder) as again:
            left = set(kept) - again.finished
            assert again.finished <= set(kept)
            assert not left or len(again.notes) == 1, (offset, flip)
            mended += len(again.notes)
            again.commit([done(run) for run in left])
        assert content(folder, tmp_path) == tables, (offset, flip)
        with open_store(folder) as sound:
            assert sound.notes == []
            assert sound.finished == set(kept)
    assert mended > 20
    assert len(list((folder / "store" / "damaged").iterdir())) == mended


@pytest.mark.parametrize(
    ("bytes_of", "said"),
    [
        (lambda old: b"", "study.sqlite is empty, and no run of it can be read"),
        (lambda old: b"no database" * 1000, "study.sqlite is no database, and no run of it can be read"),
        (lambda old: old[: PAGE * 9], "study.sqlite is damaged ("),
        (lambda old: old[:-10], "study.sqlite is damaged ("),
        (lambda old: old[:700], "study.sqlite is damaged ("),
    ],
    ids=["empty", "text", "cut", "cut at the end", "cut in its first page"],
)
def test_a_file_that_is_cut_short_or_something_else(whole, harmed, tmp_path, capsys, bytes_of, said):
    _, kept, tables = whole
    folder = harmed(bytes_of)
    (folder / "runs.parquet").touch()
    found = study_status(folder)
    assert said in found.damaged
    with pytest.raises(SystemExit) as stop:
        main(["status", str(folder)])
    assert stop.value.code in (0, None)
    assert f"{found.damaged}. katye resume runs again what is lost" in capsys.readouterr().out
    if not found.finished:
        with pytest.raises(KatyeError, match=r"Its tables of the last stop are there: runs\.parquet") as error:
            load_runs(folder)
        assert "\n" not in str(error.value)
    with open_store(folder) as again:
        assert len(again.finished) == found.finished
        (note,) = again.notes
        assert said in note
        assert note.endswith(f"{found.finished} runs are kept, what is lost is run again")
        again.commit([done(run) for run in kept])
    assert content(folder, tmp_path) == tables


def test_a_database_that_is_gone_is_begun_anew(whole, harmed, tmp_path):
    folder = harmed(lambda old: old)
    (folder / "store" / "study.sqlite").unlink()
    assert "study.sqlite is missing, and no run of it can be read" in study_status(folder).damaged
    with pytest.raises(KatyeError, match=r"study\.sqlite is missing.*katye resume runs all of them again"):
        load_runs(folder)
    with open_store(folder) as again:
        assert again.notes[0].endswith("no run of it can be read. 0 runs are kept, what is lost is run again")
        again.commit([done(run) for run in range(RUNS)])
    assert content(folder, tmp_path) == whole[2]
    assert not (folder / "store" / "damaged").exists()


def test_failures_and_sessions_outlive_the_damage_of_a_run(harmed):
    folder = harmed(lambda old: old)
    with sqlite3.connect(folder / "store" / "study.sqlite") as connection:
        connection.execute("UPDATE runs SET content = content || x'00' WHERE run = 7")
        connection.execute("UPDATE runs SET row = replace(row, 'gated', 'forced') WHERE run = 9")
    connection.close()
    before = StoreState(folder / "store")
    assert before.lost == [7, 9]
    assert before.damage.endswith("study.sqlite is damaged (wrong checksum); 2 of its runs cannot be read")
    with open_store(folder) as again:
        assert again.finished == set(range(RUNS)) - {7, 9}
    after = StoreState(folder / "store")
    assert after.damage == ""
    assert after.sessions == before.sessions
    assert [entry["kind"] for entry in after.sessions] == ["opened", "closed"]


def test_a_damaged_word_on_what_the_study_is(harmed):
    folder = harmed(lambda old: old)
    about = folder / "store" / "study.json"
    about.write_text(about.read_text()[:20])
    with pytest.raises(
        KatyeError, match=r"study\.json, which says what the study is, is damaged .* katye export .* writes it"
    ):
        open_store(folder).__enter__()
    assert len(load_runs(folder)) == RUNS
