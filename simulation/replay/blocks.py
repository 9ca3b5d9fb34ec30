"""Blocks: columns of numbers over days as a short text, which a page decodes with what every browser has.

A block holds whole numbers, each `scale` times smaller than its value. Along each column stand differences from the day
before (the first from 0), folded so that small ones of either sign are small (zigzag), seven bits to a byte (LEB128), deflated
without header, in base64.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from simulation.errors import InputError

LARGEST = 2**30 - 1
"""Beyond it a difference, folded, would not fit the whole numbers that JavaScript shifts."""


def encode(values: np.ndarray, scale: float = 1.0) -> dict[str, Any]:
    """A block of values, float or whole (frames,) or (frames, columns), rounded to multiples of `scale`; NaN is missing.

    InputError for a number that is infinite, or more than `LARGEST` times the scale.
    """
    table = np.asarray(values, np.float64)
    table = table[:, None] if table.ndim == 1 else table
    whole, missing = np.rint(table / scale), np.isnan(table)
    known = whole[~missing]
    if known.size and not np.abs(known).max() < LARGEST:
        raise InputError(f"a value is infinite or above {LARGEST * scale:g}", "recording")
    block: dict[str, Any] = {"columns": table.shape[1], "scale": scale}
    if missing.any():
        block["missing"] = int(min(known.min(initial=0), 0)) - 1
        whole[missing] = block["missing"]
    return block | {"data": base64.b64encode(_deflated(_bytes(whole.astype(np.int64)))).decode("ascii")}


def decode(block: Mapping[str, Any]) -> np.ndarray:
    """The values of a block, float64 (frames, columns), NaN where missing. InputError for what is no block."""
    try:
        columns, scale = int(block["columns"]), float(block["scale"])
        folded = _numbers(zlib.decompress(base64.b64decode(block["data"], validate=True), wbits=-15))
        steps = (folded >> 1) ^ -(folded & 1)
        whole = np.cumsum(steps.reshape(columns, -1), axis=1).T
    except (KeyError, TypeError, ValueError, binascii.Error, zlib.error) as error:
        raise InputError(f"a block of numbers is damaged ({error})", "recording") from error
    values = whole * scale
    if "missing" in block:
        values[whole == block["missing"]] = np.nan
    return values


def held(values: np.ndarray, least: float, share: float) -> np.ndarray:
    """Values (frames, columns) that stay until they are off by `least` or by this share, whichever is more.

    A place whose people come and go by a handful then stands still, and takes no room.
    """
    values = np.asarray(values, np.float64)
    if not least and not share:
        return values
    kept, now = np.empty_like(values), values[0].copy()
    enough = np.maximum(least, share * np.abs(now))
    for frame, row in enumerate(values):
        off = np.flatnonzero(np.abs(row - now) > enough)
        if off.size:
            now[off] = row[off]
            enough[off] = np.maximum(least, share * np.abs(row[off]))
        kept[frame] = now
    return kept


def _bytes(whole: np.ndarray) -> bytes:
    """Differences of each column, folded, seven bits to a byte, the last byte of each number below 128."""
    steps = np.diff(whole, axis=0, prepend=0).T.ravel()
    folded = ((steps << 1) ^ (steps >> 63)).astype(np.uint64)
    length = np.ones(folded.size, np.int64)
    for bits in (7, 14, 21, 28):
        length += folded >= np.uint64(1 << bits)
    ends = np.cumsum(length)
    place = np.arange(int(length.sum())) - np.repeat(ends - length, length)
    data = np.repeat(folded, length) >> (7 * place).astype(np.uint64) & np.uint64(127)
    data |= np.where(place < np.repeat(length, length) - 1, 128, 0).astype(np.uint64)
    return data.astype(np.uint8).tobytes()


def _numbers(data: bytes) -> np.ndarray:
    """The folded numbers, int64."""
    found = np.frombuffer(data, np.uint8).astype(np.int64)
    if not found.size:
        return found
    last = found < 128
    if not last[-1]:
        raise ValueError("its last number is cut")
    starts = np.concatenate(([0], np.flatnonzero(last)[:-1] + 1))
    lengths = np.diff(np.append(starts, found.size))
    if lengths.max() > 5:
        raise ValueError("a number is too long")
    place = np.arange(found.size) - np.repeat(starts, lengths)
    return np.add.reduceat((found & 127) << (7 * place), starts)


def _deflated(data: bytes) -> bytes:
    # runs of zeros are nearly all that repeats: looking for nothing else gives as few bytes in a hundredth of the time
    packer = zlib.compressobj(6, zlib.DEFLATED, -15, strategy=zlib.Z_RLE)
    return packer.compress(data) + packer.flush()
