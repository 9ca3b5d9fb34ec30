"""Limits of attributes, one by one: what a sound run has passes, all else is refused and named."""

import numpy as np
import pytest

from simulation.ledger import Ledger
from simulation.memory import LazyField
from simulation.rosters import Roster
from simulation.serialise import limits as say
from simulation.serialise.checking import Look, check, undeclared
from simulation.serialise.kept import KEPT
from simulation.serialise.snapshot import Known

SIZES = {"n": 3, "rows": 8, "counts": 2, "places": 4, "day": 5}
CITY = object()
KNOWN = Known(dict(KEPT), {"city": CITY})
NAN, INF = float("nan"), float("inf")
FINE = np.zeros((2, 3))

LIMITS = [
    (say.whole(0, 5), [0, 5, np.int64(3)], [-1, 6, True, 2.0, "3", None, 2**70, [1]]),
    (say.whole(0, "day"), [5], [6]),
    (say.amount(0, 5), [0, 5.0, np.float64(3)], [-0.1, 6, NAN, INF, True, "3", None, 10**400]),
    (say.amount(0, 5, nan=True), [NAN, 1.0], [INF, -INF]),
    (say.amount(endless=True), [INF, 5.0, 1e15], [NAN, -INF, 1e300]),
    (say.share(), [0.0, 1.0, 1.0 + 1e-12], [1.1, -0.1]),
    (say.position("n"), [0, 2], [-1, 3, 0.0]),
    (say.position("n", none=True), [-1], [-2, 3]),
    (say.FLAG, [True, np.bool_(False)], [0, 1, None, "true"]),
    (say.TEXT, ["", "Solino"], [0, None, b"x", "x" * 30_000]),
    (say.Text(("a", "b")), ["a"], ["c", "", ["a"]]),
    (say.floats(2, "n", high=1.0), [FINE], [FINE.T, FINE + 2, FINE.astype(int), FINE * NAN, FINE + INF, FINE[:1], [0.0]]),
    (say.floats(2, "n", high=1.0), [], [np.asfortranarray(FINE), FINE.astype(">f8"), FINE.ravel(), FINE.astype("f4")]),
    (say.wholes(np.int32, None), [np.zeros(9, "i4"), np.zeros(0, "i4")], [np.full(2, -1, "i4"), np.zeros(2, "i8")]),
    (say.positions(np.int8, "n", 3, none=True), [np.array([-1, 0, 2], "i1")], [np.full(3, -2, "i1"), np.full(3, 3, "i1")]),
    (say.flags("n"), [np.zeros(3, bool)], [np.zeros(3, "i1"), np.zeros(4, bool)]),
    (say.listed(say.whole()), [[], [1, 2]], [(), [-1], [[1]], None, "12"]),
    (say.listed(say.whole(), "n"), [[1, 2, 3]], [[1, 2]]),
    (say.several(say.whole()), [(), (1,)], [[1], (-1,)]),
    (say.row(say.whole(), say.TEXT), [[1, "a"]], [[1], ["a", 1], (1, "a"), []]),
    (say.row(say.whole(), empty=True), [[], [1]], [(), [1, 2]]),
    (say.table(say.whole()), [{}, {"a": 1}], [{1: 1}, {"a": -1}, [], None]),
    (say.table(say.whole(), ("a", "b")), [{"b": 1, "a": 1}], [{"a": 1}, {"a": 1, "b": 1, "c": 1}]),
    (say.table(say.whole(), key=say.whole()), [{1: 1}], [{"a": 1}]),
    (say.Fields({"a": say.whole(), "b": say.TEXT}), [{"a": 1, "b": ""}], [{"a": 1}, {"a": "", "b": ""}, []]),
    (say.PLAIN, [1, 0.5, NAN, "x", True, None, np.float32(1)], [[], {}, np.zeros(2), 10**30]),
    (say.maybe(say.whole()), [None, 1], [-1, "x"]),
    (say.exactly(None), [None], [0, "", False]),
    (say.given("city"), [CITY], [object(), None]),
    (say.a("LazyField"), [LazyField(4, 3, 8)], [None, Ledger(("a",), 3, False), say.FLAG]),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(LIMITS)))
def test_what_is_sound_passes_and_all_else_is_named(number):
    limit, right, wrong = LIMITS[number]
    for value in right:
        limit.check(value, "Here.it", Look(None, KNOWN, SIZES))
    for value in wrong:
        with pytest.raises(ValueError, match=r"Here\.it"):
            limit.check(value, "Here.it", Look(None, KNOWN, SIZES))


def test_an_array_that_cannot_be_written_or_belongs_to_another_attribute_is_refused():
    look, array, locked = Look(None, KNOWN, SIZES), np.zeros(3), np.zeros(3)
    locked.setflags(write=False)
    with pytest.raises(ValueError, match="cannot be written"):
        say.floats("n").check(locked, "Here.it", look)
    say.floats("n").check(array, "Here.it", look)
    with pytest.raises(ValueError, match=r"Here\.other has the memory of Here\.it"):
        say.floats("n").check(array[:], "Here.other", look)


def test_an_attribute_may_not_hide_one_of_its_class_and_may_otherwise_be_anything():
    ledger = Ledger(("a", "b"), 3, True)
    ledger.mine = {"notes": [object()]}
    look = check(ledger, KNOWN, SIZES)
    assert undeclared(look) == ["Ledger.mine"]
    ledger.sum = lambda name: 0.0
    with pytest.raises(ValueError, match=r"Ledger\.sum, which belongs to the class"):
        check(ledger, KNOWN, SIZES)


def test_what_is_missing_is_named():
    ledger = Ledger(("a", "b"), 3, True)
    del ledger.incidents
    with pytest.raises(ValueError, match=r"it holds no Ledger\.incidents"):
        check(ledger, KNOWN, SIZES)


def test_counts_are_rows_of_one_array():
    ledger = Ledger(("a", "b"), 3, True)
    ledger.today["b"] = ledger.today["a"]
    with pytest.raises(ValueError, match="counts 'b' in two places"):
        check(ledger, KNOWN, SIZES)
    ledger = Ledger(("a", "b"), 3, True)
    ledger.rows["b"] = 0
    with pytest.raises(ValueError, match="each of its counts once"):
        check(ledger, KNOWN, SIZES)


def roster():
    made = Roster(np.array([0, 1, 1, -1, 2, 0, 2, 1]), 3)
    made.move(np.array([2, 3], np.int32), np.array([-1, 0], np.int32))
    return made


def set_to(name, where, value):
    def change(made):
        getattr(made, name)[where] = value

    return change


CHANGES = {
    "a group that there is not": set_to("group", 0, 3),
    "all in one group": set_to("group", slice(None), 0),
    "more members than stand there": set_to("counts", 0, 4),
    "more members than room": set_to("counts", 0, 2**31 - 1),
    "blocks on one another": set_to("starts", 1, 3),
    "a block beyond the slots": set_to("starts", 2, 10**6),
    "more room than there is": set_to("capacity", 2, 2**31 - 1),
    "a member twice": set_to("slots", 0, 5),
    "a member that there is not": set_to("slots", 0, 8),
    "a place that there is not": set_to("position", 0, 10**6),
    "the place of another": set_to("position", 0, 1),
    "fewer slots used than given": lambda made: setattr(made, "used", 10),
    "more slots used than there are": lambda made: setattr(made, "used", 10**6),
    "fewer groups": lambda made: setattr(made, "size", 2),
    "many groups": lambda made: setattr(made, "size", 2**31 - 1),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_roster_that_is_no_partition_of_its_members_is_refused(name):
    made = roster()
    check(made, KNOWN, SIZES)
    CHANGES[name](made)
    with pytest.raises(ValueError, match="Roster"):
        check(made, KNOWN, SIZES)
