"""The diary: entries come back in order, by member, across blocks; what is not kept takes no memory."""

import numpy as np
import pytest

from simulation.diary import BLOCK, Diary

COLUMNS = {"origin": np.int16, "people": np.int32}


def diary(**options):
    return Diary(("came", "left"), COLUMNS, **options)


def test_entries_come_back_as_they_were_written():
    book = diary()
    book.write(3, "left", np.array([7, 9], np.int32), origin=np.array([1, 2]), people=5)
    book.write(4, "came", np.array([7], np.int32), people=4)
    assert book.entries().tolist() == [(3, 7, 1, 1, 5), (3, 9, 1, 2, 5), (4, 7, 0, 0, 4)]
    assert book.entries(7).tolist() == [(3, 7, 1, 1, 5), (4, 7, 0, 0, 4)]
    assert book.entries(8).size == 0
    assert [book.kinds[kind] for kind in book.entries(7)["kind"]] == ["left", "came"]
    assert len(book) == 3


@pytest.mark.parametrize("size", [1000, BLOCK, 3 * BLOCK + 1])
def test_entries_run_over_the_ends_of_blocks(size):
    book, written = diary(), 0
    while written < 3 * BLOCK:
        book.write(written % 100, "came", np.arange(written, written + size, dtype=np.int32))
        written += size
    np.testing.assert_array_equal(book.entries()["member"], np.arange(written))
    assert len(book) == written
    assert book.entries(BLOCK)["day"].tolist() == [BLOCK // size * size % 100]


def test_memory_is_that_of_the_entries_and_one_block_at_most():
    book = diary()
    assert book.dtype.itemsize == 4 + 4 + 1 + 2 + 4
    book.write(1, "came", np.zeros(5 * BLOCK + 1, np.int32))
    assert book.nbytes == 6 * BLOCK * book.dtype.itemsize


def test_what_is_not_kept_takes_no_memory():
    book = diary(keep=False)
    book.write(1, "came", np.arange(10, dtype=np.int32), nonsense="is not even looked at")
    assert len(book) == book.nbytes == book.entries().size == 0


def test_an_unknown_kind_or_column_is_an_error():
    book, one = diary(), np.zeros(1, np.int32)
    with pytest.raises(ValueError, match="not in tuple"):
        book.write(1, "fell", one)
    with pytest.raises(ValueError, match="colour"):
        book.write(1, "came", one, colour=3)
    assert len(book) == 0
