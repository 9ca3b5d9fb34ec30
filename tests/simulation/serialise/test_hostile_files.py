"""A kept file that somebody forged: whatever its bytes, it is refused in one line, in little time and memory."""

import datetime
import io
import itertools
import json
import tracemalloc
import zipfile

import numpy as np
import pytest

from simulation.errors import InputError
from simulation.files.checked_text import check_file_name, check_line, check_plain, shown, steering
from simulation.serialise import checkpoint
from simulation.serialise.restoring import FAULTS, put
from simulation.serialise.snapshot import Known, Snapshot, take


class Thing:
    """Whatever it is given."""

    def __init__(self, **held):
        vars(self).update(held)


KNOWN = Known({"Thing": Thing})


def saved(path, **held):
    checkpoint.write(path, take(Thing(**held), KNOWN), {"day": 3})
    with zipfile.ZipFile(path) as archive:
        head = json.loads(archive.read(checkpoint.HEADER))
        members = {name: archive.read(name) for name in archive.namelist() if name != checkpoint.HEADER}
    head.pop("sha256")
    return head, members


def signed(path, head, members, method=zipfile.ZIP_DEFLATED):
    head = head | {"sha256": checkpoint._digest(head, members)}
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr(checkpoint.HEADER, json.dumps(head), zipfile.ZIP_STORED)
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def refused(path, words):
    with pytest.raises(InputError, match=words) as error:
        checkpoint.read(path)
    assert "\n" not in str(error.value)
    assert steering(str(error.value)) is None


def npy(array):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array)
    return buffer.getvalue()


MEMBERS = {
    "a million lists": ("records.json", b"[" + b"[]," * (checkpoint.MOST_PARTS // 2) + b"[]]"),
    "a tower of lists": ("records.json", b"[" * 200_000 + b"]" * 200_000),
    "no JSON": ("records.json", b"\x1b]0;me\x07"),
    "no number": ("records.json", b"[" + b"9" * 5000 + b"]"),
    "one array as many": ("places.json", json.dumps([["small-0", 0, 5]] * 1000).encode()),
    "elements before the first": ("places.json", b'[["small-0",-2,5]]'),
    "elements that are no numbers": ("places.json", b'[["small-0",0.0,5]]'),
    "elements beyond the last": ("places.json", b'[["small-0",0,6]]'),
    "no table of places": ("places.json", b"{}x"),
    "an array cut off": ("small-0.npy", npy(np.arange(5))[:-8]),
    "more elements than bytes": (
        "small-0.npy",
        npy(np.arange(5)).replace(b"(5,), }" + b" " * 12, b"(%d,), }" % 10**12),
    ),
    "a bracket that never closes": ("small-0.npy", npy(np.arange(5)).replace(b"(5,), }", b"(5,, (({")),
    "no bytes an element": ("small-0.npy", npy(np.zeros(5, "V0")) if np.dtype("V0").itemsize == 0 else b""),
    "two axes": ("small-0.npy", npy(np.zeros((5, 1), np.int64))),
    "no array": ("small-0.npy", b"PK\x03\x04"),
    "an escape sequence": ("records.json", b'[["list",["\\u001b[31mred"]]]'),
    "a turned text": ("records.json", b'[["list",["\\u202eabc"]]]'),
    "half a character": ("records.json", b'[["list",["\\ud800"]]]'),
}


@pytest.mark.parametrize("name", MEMBERS)
def test_any_member_may_be_forged(tmp_path, name):
    head, members = saved(tmp_path / "run", a=np.arange(5))
    member, content = MEMBERS[name]
    refused(signed(tmp_path / "run", head, members | {member: content}), "damaged|control characters")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_is_compressed_in_another_way_is_not_unpacked(tmp_path, method):
    head, members = saved(tmp_path / "run", a=np.arange(5))
    refused(signed(tmp_path / "run", head, members, method), "damaged")


def test_a_member_that_holds_more_than_it_says_is_not_unpacked(tmp_path):
    head, members = saved(tmp_path / "run", a=np.arange(5))
    path = signed(tmp_path / "run", head, members | {"more.npy": bytes(30_000_000)})
    content = path.read_bytes()
    assert content.count((30_000_000).to_bytes(4, "little")) == 2
    path.write_bytes(content.replace((30_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    tracemalloc.start()
    refused(path, "damaged")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 5_000_000


@pytest.mark.parametrize(
    "change",
    [
        {"made_by": 5},
        {"made_by": {}, "format": []},
        {"version": "1"},
        {"version": None},
        {"model": {"a": "\u0007"}},
        {"made_by": {"katye": "\u001b[2J"}, "version": 9},
    ],
)
def test_any_header_may_be_forged(tmp_path, change):
    head, members = saved(tmp_path / "run", a=1)
    refused(signed(tmp_path / "run", head | change, members), ".")


def test_a_run_that_could_not_be_opened_again_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "MOST", 1000)
    with pytest.raises(InputError, match="too much"):
        checkpoint.write(tmp_path / "run", take(Thing(a=np.zeros(1000)), KNOWN), {})
    assert not (tmp_path / "run").exists()


ROW = ["array", 0, "<f8", [4], [0], True]
COLLIDING = [[number * (2**61 - 1), 1] for number in range(1, 50)]


@pytest.mark.parametrize(
    "records",
    [
        [["list", [["ref", 1], ["ref", 2]]], ROW, ROW],
        [["view", 1, "<f8", [2**40], [0], 0, True], ROW],
        [["array", 0, "<f8", [4], [0], 7]],
        [["dict", COLLIDING]],
        [["set", [key for key, _ in COLLIDING]]],
        [["list", [["frozenset", [key for key, _ in COLLIDING]]]]],
        [["generator", np.random.MT19937(0).state | {"state": {"key": [1] * 624, "pos": 10**6}}]],
        [["generator", np.random.Philox(0).state | {"buffer_pos": -(10**6)}]],
    ],
)
def test_records_that_cost_or_break_much_are_refused(records):
    with pytest.raises(FAULTS):
        put(Snapshot(records, [np.zeros(4)]), KNOWN)


def test_text_that_steers_a_terminal_is_found_wherever_it_stands():
    for text in ("\x1b[31m", "\x07", "\x7f", "\x9b2J", "\u202eabc", "\u2028", "\ud800", "\r"):
        assert steering(text) == shown(text) != text
        for content in ({text: 1}, {"a": [1, {"b": ("c", text)}]}, [datetime.date(2024, 1, 1), {text}]):
            with pytest.raises(InputError, match="control characters"):
                check_plain(content, "scenario x.toml")
    for text in ("Cité Soleil", "two\nlines\tand a tab", "12\u202f500\u00a0people", "\N{GRINNING FACE}"):
        assert steering({"a": [text]}) is None
        assert shown(text) == text


def test_names_are_no_paths_and_titles_are_one_line():
    check_file_name("no-mission", "name", "x")
    for name in ("", ".", "..", "../x", "/tmp/x", "a/b", "a\\b", "a\nb", "x" * 300, 5, None):
        with pytest.raises(InputError):
            check_file_name(name, "name", "x")
    for line in ("a\nb", "a\tb", "\x1b", 5):
        with pytest.raises(InputError):
            check_line(line, "title", "x")


def test_counts_of_parts_take_all_that_json_can_nest():
    for content in itertools.chain([b'{"a":1}', b"[1,2]"], [b"[[],[]]"]):
        assert checkpoint._is_modest(content)
    assert not checkpoint._is_modest(b":" * (checkpoint.MOST_PARTS + 1))
    assert not checkpoint._is_modest(b" " * (checkpoint.MOST_TEXT + 1))
