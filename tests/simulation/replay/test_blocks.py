"""Blocks: what goes in comes out, rounded; small numbers of either sign are small; damage is told."""

import base64
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from simulation.errors import InputError
from simulation.replay.blocks import LARGEST, decode, encode, held

NUMBERS = st.one_of(st.floats(-1e6, 1e6), st.just(float("nan")), st.integers(-3, 3).map(float))
TABLES = arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=12), elements=NUMBERS)


@given(TABLES, st.sampled_from([0.002, 0.05, 1.0, 10.0, 500.0]))
@settings(max_examples=80, deadline=None)
def test_a_block_gives_back_its_values_rounded(values, scale):
    block = encode(values, scale)
    found = decode(block)
    assert found.shape == values.shape
    assert block["columns"] == values.shape[1]
    assert ("missing" in block) == bool(np.isnan(values).any())
    np.testing.assert_array_equal(np.isnan(found), np.isnan(values))
    np.testing.assert_allclose(found, np.rint(values / scale) * scale, rtol=1e-12, atol=scale * 1e-9, equal_nan=True)


def test_the_bytes_are_those_that_the_page_reads():
    """By hand: column after column, differences in time, zigzag, seven bits to a byte."""
    block = encode(np.array([[5, -1], [4, 300], [np.nan, 300]]), 1)
    assert block["missing"] == -2
    data = zlib.decompress(base64.b64decode(block["data"]), wbits=-15)
    # 5, 4, -2 -> 5, -1, -6 -> 10, 1, 11; and -1, 300, 300 -> -1, 301, 0 -> 1, 602, 0
    assert list(data) == [10, 1, 11, 1, 602 % 128 + 128, 602 // 128, 0]


def test_the_largest_steps_fit_and_what_is_larger_is_refused():
    edge = LARGEST - 1
    np.testing.assert_array_equal(decode(encode(np.array([edge, -edge, edge])))[:, 0], [edge, -edge, edge])
    for value in (LARGEST, -LARGEST, np.inf):
        with pytest.raises(InputError, match="infinite or above"):
            encode(np.array([0.0, value]))


@pytest.mark.parametrize(
    "change",
    [
        {"data": "??"}, {"data": base64.b64encode(b"no deflate").decode()}, {"columns": 0}, {"columns": 2}, {"scale": "x"},
        {"data": base64.b64encode(b"\x4b\x6a\x00\x00").decode()}, {"data": 5}, {"columns": None},
    ],
)  # fmt: skip
def test_a_damaged_block_is_told(change):
    block = encode(np.arange(3.0)) | change
    with pytest.raises(InputError, match="damaged"):
        decode({key: value for key, value in block.items() if value is not None})


@given(TABLES.map(np.nan_to_num), st.floats(0, 100), st.floats(0, 0.5))
@settings(max_examples=40, deadline=None)
def test_what_is_held_is_never_further_off_than_it_may_be(values, least, share):
    kept = held(values, least, share)
    assert (np.abs(kept - values) <= np.maximum(least, share * np.abs(kept)) + 1e-9).all()
    moved = kept[1:] != kept[:-1]
    np.testing.assert_array_equal(kept[1:][moved], values[1:][moved])  # where it moves, it is right
    np.testing.assert_array_equal(kept[0], values[0])
