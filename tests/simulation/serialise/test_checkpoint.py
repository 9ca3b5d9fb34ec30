"""Plain data made of living things and back: exact, shared as before, fails at what it does not know; and the file."""

import datetime
import io
import json
import math
import os
import random
import zipfile
from collections import deque
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from support.object_graph import differences

from simulation.errors import InputError
from simulation.serialise import checkpoint
from simulation.serialise.restoring import FAULTS, put
from simulation.serialise.snapshot import Known, Snapshot, take


class Thing:
    """Whatever it is given."""

    def __init__(self, **held):
        vars(self).update(held)


@dataclass(frozen=True)
class Note:
    day: int
    text: str


class Slotted:
    __slots__ = ("state",)

    def __init__(self, state):
        self.state = state


class Counts:
    """Rows of one array by name, as a ledger may keep them."""

    def __init__(self, names, places):
        self.all = np.zeros((len(names), places))
        self.today = dict(zip(names, self.all))
        self.fixed = [row for row in self.all]


CLASSES = {kind.__name__: kind for kind in (Thing, Note, Slotted, Counts)}
KNOWN = Known(CLASSES)


def again(thing, known=KNOWN, existing=None):
    taken = take(thing, known)
    return put(Snapshot(json.loads(json.dumps(taken.records, allow_nan=False)), taken.arrays), known, existing)


def everything():
    memory = np.arange(24.0)
    rng = np.random.default_rng(3)
    rng.random(5)
    plain = random.Random(5)
    plain.gauss(0, 1)
    thing = Thing(
        numbers=[0, -1, 2**70, True, False, None, 0.1 + 0.2, -0.0, 1e-320, math.inf, -math.inf, math.nan],
        words=["", "Cité Soleil", "\ud800", '"quoted"'],
        days=(datetime.date(2024, 6, 1), (1, (2.5,), [3])),
        scalars=[np.float32(0.1), np.int8(-3), np.bool_(True), np.datetime64("2024-06-01", "ns"), np.str_("x")],
        table={"a": 1, 2: "b", (3, "c"): [], None: 0.5, np.int64(7): {}},
        sets=[{3, 1, 2}, {"b", "a"}, frozenset({(1, 2), (0, 5)}), set()],
        queue=deque([1, [2]], maxlen=4),
        row=np.arange(10, dtype=np.int16),
        fortran=np.asfortranarray(np.arange(12).reshape(3, 4)),
        turned=np.arange(24).reshape(2, 3, 4).transpose(1, 2, 0).copy("K"),
        empty=np.zeros((0, 3)),
        point=np.array(2.5),
        text=np.array(["ab", "c"]),
        objects=np.array(["state", None, 3], object),
        diary=np.array([(1, 2.5, [1, 2]), (2, math.nan, [3, 4])], [("day", "i4"), ("x", "f8"), ("pair", "i2", (2,))]),
        other=np.array([(7, b"abcdefghijklmn")], [("n", "i4"), ("text", "S14")]),
        kinds=[np.dtype("i4"), np.dtype([("a", [("b", "f4", (2,))])])],
        memory=memory,
        pages=[],
        windows=[memory[3:9], memory[::-2], memory.reshape(4, 6)[:, 1], memory.view(np.int64)],
        rng=rng,
        others=[np.random.Generator(kind(8)) for kind in (np.random.Philox, np.random.MT19937, np.random.SFC64)],
        plain=plain,
        note=Note(3, "cleared"),
        slotted=Slotted(np.array([2**64 - 1], np.uint64)),
    )
    thing.pages = [thing.diary["x"], thing.diary[1:]]
    thing.myself, thing.twice = thing, [thing.note, thing.note]
    thing.by_thing = {thing: 1}
    memory.setflags(write=True)
    thing.row.setflags(write=False)
    return thing


def test_all_comes_back_exactly_and_shares_what_it_shared():
    thing = everything()
    back = again(thing)
    assert differences(thing, back) == []
    assert back.rng.random() == thing.rng.random()
    assert back.plain.gauss(0, 1) == thing.plain.gauss(0, 1)
    back.memory[:] = 7.0
    assert all((window == 7.0).all() for window in back.windows[:3])
    assert thing.memory[1] == 1.0


def test_one_snapshot_gives_many_independent_things():
    taken = take(everything(), KNOWN)
    one, two = put(taken, KNOWN), put(taken, KNOWN)
    assert differences(one, two) == []


def test_memory_known_only_through_its_views_stays_one():
    base = np.arange(6.0)
    thing = Thing(left=base[:3], right=base[2:])
    del base
    back = again(thing)
    back.left[2] = -1.0
    assert back.right[0] == -1.0


def test_what_is_there_is_filled_and_not_replaced():
    counts = Counts(("killed", "injured"), 4)
    counts.today["killed"][2] = 5.0
    fresh = Counts(("killed", "injured"), 4)
    held = fresh.all, fresh.today["killed"], fresh.fixed[1]
    back = again(counts, existing=fresh)
    assert back is fresh
    assert back.all is held[0]
    assert back.today["killed"] is held[1]
    assert back.fixed[1] is held[2]
    assert held[0][0, 2] == 5.0
    assert differences(counts, back) == []


def test_one_thing_that_is_there_never_becomes_two():
    shared = [np.zeros(3)]
    fresh = Thing(a=shared[0], b=shared[0])
    back = again(Thing(a=np.ones(3), b=np.full(3, 2.0)), existing=fresh)
    assert back.a.tolist() == [1.0] * 3
    assert back.b.tolist() == [2.0] * 3


def test_what_is_of_another_make_is_replaced():
    fresh = Thing(a=np.zeros(4), b=Note(1, ""), c=np.zeros(3, np.int64), d={"x": 1})
    again(Thing(a=np.ones(3), b=Thing(), c=np.ones(3), d=[1]), existing=fresh)
    assert (fresh.a.size, type(fresh.b), fresh.c.dtype, fresh.d) == (3, Thing, np.float64, [1])


def test_named_things_and_left_out_attributes_are_not_taken():
    rules, function = Note(1, "rules"), math.sin
    known = Known(CLASSES, {"rules": rules, "sine": function}, {Thing: ("cache",)})
    thing = Thing(rules=rules, wave=[function], cache=lambda: None)
    taken = take(thing, known)
    assert "cache" not in json.dumps(taken.records)
    others = Known(CLASSES, {"rules": "other rules", "sine": math.cos}, known.rebuilt)
    back = put(taken, others, Thing(rules=None, wave=None, cache=4))
    assert (back.rules, back.wave, back.cache) == ("other rules", [math.cos], 4)


@pytest.mark.parametrize(
    ("held", "path"),
    [
        ({"a": [1, {"b": lambda: None}]}, "a[1]['b']"),
        ({"a": (0, object())}, "a[1]"),
        ({"a": datetime.datetime(2024, 6, 1)}, "a"),
        ({"a": np.zeros(2, [("x", float)]).view(np.recarray)}, "a"),
        ({"a": np.zeros(2, [("x", object)])}, "a"),
        ({"a": np.array([1, object()], object)}, "a[1]"),
        ({"a": np.array([[1, None]], object)[0, 1:]}, "a"),
        ({"a": {Note(1, "x"): 1}}, "a[Note(day=1, text='x')]"),
        ({"a": Path("x")}, "a"),
        ({"a": random.SystemRandom()}, "a"),
    ],
)
def test_what_cannot_be_saved_is_named(held, path):
    with pytest.raises(InputError) as error:
        take(Thing(**held), KNOWN)
    assert error.value.where == path


def test_memory_of_another_library_is_saved_unless_two_share_it():
    memory = bytearray(np.arange(6.0).tobytes())
    one, two = np.frombuffer(memory, float, 3), np.frombuffer(memory, float, 3, 24)
    gaps = np.ndarray(2, float, bytearray(64), strides=(16,))
    back = again(Thing(one=one, two=two, gaps=gaps))
    assert (back.one.tolist(), back.two.tolist(), back.gaps.tolist()) == ([0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [0.0, 0.0])
    with pytest.raises(InputError, match="shares memory") as error:
        take(Thing(one=one, whole=np.frombuffer(memory, float)), KNOWN)
    assert error.value.where in ("one", "whole")


def test_an_attribute_that_the_program_has_and_the_snapshot_lacks_is_an_error():
    with pytest.raises(ValueError, match=r"Thing\.new"):
        again(Thing(a=1), existing=Thing(a=0, new=0))


ROW = ["array", 0, "<f8", [4], [0], True]


@pytest.mark.parametrize(
    "records",
    [
        [["object", "os.system", {}]],
        [["object", "Thing", {"a": ["ref", 99]}]],
        [["object", "Thing", {"a": ["outer", "eval"]}]],
        [["object", "Thing", {"a": ["pickle", "x"]}]],
        [["generator", {"bit_generator": "Generator"}]],
        [["array", 0, "<i8", [4], [0], True]],
        [["array", 0, "<f8", [2**40], [0], True]],
        [["array", 7, "<f8", [4], [0], True]],
        [["objects", [2**40], [1]]],
        [["view", 1, "<f8", [5], [8], 0, True], ROW],
        [["view", 1, "<f8", [2], [8], 24, True], ROW],
        [["view", 1, "<f8", [2], [-8], 0, True], ROW],
        [["view", 1, "<f8", [2], [8], -8, True], ROW],
        [["view", 1, "O", [2], [8], 0, True], ROW],
        [["view", 0, "<f8", [2], [8], 0, True]],
        [["view", 1, "<f8", [2], [8], 0, True], ["list", []]],
        [["list", [["number", "O", "00" * 8]]]],
        [["dict", [[["ref", 0], 1]]]],
        [[]],
        [],
    ],
)
def test_crafted_snapshots_are_refused(records):
    with pytest.raises(FAULTS):
        put(Snapshot(records, [np.zeros(4)]), KNOWN)


# The file


def write(path, thing=None, header=None):
    checkpoint.write(path, take(thing or printable(), KNOWN), header or {"day": 3})
    return path


def printable():
    """Everything but half a character, which is a fault in a file."""
    thing = everything()
    thing.words.remove("\ud800")
    return thing


def test_a_file_gives_back_what_was_written(tmp_path):
    thing = printable()
    thing.long = np.random.default_rng(1).random(10_000)
    path = write(tmp_path / "run.katye", thing)
    taken, header, made_by = checkpoint.read(path)
    assert header == {"day": 3}
    assert made_by["numpy"] == np.__version__
    assert differences(thing, put(taken, KNOWN)) == []
    assert [one.name for one in tmp_path.iterdir()] == ["run.katye"]


def test_equal_content_gives_equal_bytes(tmp_path):
    assert write(tmp_path / "a").read_bytes() == write(tmp_path / "b").read_bytes()


def test_a_checkpoint_is_replaced_whole_and_other_files_are_left_alone(tmp_path, monkeypatch):
    path = write(tmp_path / "run.katye", Thing(a=1))
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(InputError, match="No space left"):
            write(path, Thing(a=2))
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["run.katye"]
    write(path, Thing(a=2))
    assert path.read_bytes() != before
    table = tmp_path / "results.csv"
    table.write_text("a,b")
    for target, words in ((table, "no checkpoint"), (tmp_path, "folder"), (tmp_path / "no" / "x", "no folder")):
        with pytest.raises(InputError, match=words):
            write(target)
    assert table.read_text() == "a,b"


def refused(path, words):
    with pytest.raises(InputError, match=words):
        checkpoint.read(path)


def test_foreign_files_are_refused(tmp_path):
    for name, content in (("text", b"day,value\n1,2\n"), ("empty", b""), ("pickle", b"\x80\x04}.")):
        (tmp_path / name).write_bytes(content)
        refused(tmp_path / name, "not a Katye checkpoint")
    np.savez(tmp_path / "arrays.npz", a=np.zeros(3))
    refused(tmp_path / "arrays.npz", "not a Katye checkpoint")
    refused(tmp_path / "missing.katye", "no such file")


def test_a_file_cut_anywhere_is_refused(tmp_path):
    path = write(tmp_path / "run.katye")
    content = path.read_bytes()
    for length in (len(content) - 1, len(content) // 2, 60):
        path.write_bytes(content[:length])
        refused(path, "incomplete or damaged")


def test_a_file_with_any_byte_changed_is_refused_or_the_same(tmp_path):
    """Bytes that no reader looks at (dates, systems in the zip's directory) may change; nothing else may."""
    path = write(tmp_path / "run.katye", Thing(a=np.arange(5), b="text"))
    content, (right, _, _) = path.read_bytes(), checkpoint.read(path)
    passed = 0
    for at in range(0, len(content), 7):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x41]) + content[at + 1 :])
        try:
            found, _, _ = checkpoint.read(path)
        except InputError:
            continue
        passed += 1
        assert found.records == right.records
        assert [one.tolist() for one in found.arrays] == [one.tolist() for one in right.arrays]
    assert passed < len(content) / 7 / 4


def rewrite(path, change, sign=True):
    """The file with its members changed by `change(head, members)`, and its checksum made right again if `sign`."""
    with zipfile.ZipFile(path) as archive:
        head = json.loads(archive.read(checkpoint.HEADER))
        members = {name: archive.read(name) for name in archive.namelist() if name != checkpoint.HEADER}
    checksum = head.pop("sha256")
    change(head, members)
    head["sha256"] = checkpoint._digest(head, members) if sign else checksum
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(checkpoint.HEADER, json.dumps(head))
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_altered_content_does_not_match_its_checksum(tmp_path):
    path = write(tmp_path / "run.katye")
    assert checkpoint.read(rewrite(path, lambda head, members: None))[1] == {"day": 3}

    def later(head, members):
        head["model"]["day"] = 4

    refused(rewrite(path, later, sign=False), "does not match its checksum")
    refused(rewrite(write(path), lambda _, members: members.pop("places.json"), sign=False), "does not match")


@pytest.mark.parametrize(("version", "words"), [(checkpoint.FORMAT + 1, "newer version.*Update"), (0, "older version")])
def test_other_formats_are_named(tmp_path, version, words):
    path = write(tmp_path / "run.katye")
    refused(rewrite(path, lambda head, _: head.update(version=version)), words)


class Bomb:
    """Runs when it is unpickled."""

    def __reduce__(self):
        return exec, ("raise SystemExit('a file ran something')",)


def test_a_signed_file_with_a_pickle_inside_runs_nothing(tmp_path):
    path = write(tmp_path / "run.katye", Thing(a=np.zeros(3)))
    buffer = io.BytesIO()
    np.save(buffer, np.array([Bomb()], object), allow_pickle=True)

    def smuggle(_, members):
        members["small-0.npy"] = buffer.getvalue()

    refused(rewrite(path, smuggle), "damaged")


def test_a_small_file_may_not_fill_the_memory(tmp_path, monkeypatch):
    path = write(tmp_path / "run.katye", Thing(a=np.zeros(100_000)))
    monkeypatch.setattr(checkpoint, "MOST", 100_000)
    refused(path, "would unpack to")
