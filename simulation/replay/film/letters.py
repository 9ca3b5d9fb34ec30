"""Letters of a film: the font that matplotlib brings along, so that frames are the same on every machine."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from matplotlib import get_data_path
from PIL import ImageDraw, ImageFont

SMALLEST = 24  # pixels of a frame of 1080 lines: read from the last row of a room
FRENCH = re.compile(" ([:;!?»])")  # signs that no line begins with
Font = ImageFont.FreeTypeFont


@functools.lru_cache(maxsize=64)
def font(size: int, bold: bool = False) -> Font:
    """DejaVu Sans of so many pixels."""
    return ImageFont.truetype(f"{get_data_path()}/fonts/ttf/DejaVuSans{'-Bold' * bold}.ttf", size)


@functools.lru_cache(maxsize=512)
def broken(text: str, letters: Font, width: float) -> tuple[str, ...]:
    """A text in lines that fit a width."""
    lines = [""]
    for part in FRENCH.sub("\u00a0\\1", text).split(" "):
        longer = f"{lines[-1]} {part}".strip()
        if lines[-1] and letters.getlength(longer) > width:
            lines.append(part)
        else:
            lines[-1] = longer
    return tuple(lines)


def fitted(
    text: str, width: float, lines: int, sizes: Sequence[int], bold: bool = False
) -> tuple[tuple[str, ...], Font, int]:
    """The text in the largest of the sizes in which it needs no more than so many lines; what does not fit the last is cut."""
    for size in sizes:
        letters = font(size, bold)
        found = broken(text, letters, width)
        if len(found) <= lines and max(map(letters.getlength, found)) <= width:
            return found, letters, size
    last = found[lines - 1]
    while letters.getlength(f"{last}…") > width and last:
        last = last[:-1]
    return (*found[: lines - 1], f"{last}…"), letters, size


def write(
    draw: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    letters: Font,
    colour: str,
    anchor: str = "ls",
    halo: tuple[int, str] | None = None,
) -> float:
    """Write a line (the anchor: left end of its baseline); its width. halo: pixels and colour around the letters."""
    around = {"stroke_width": halo[0], "stroke_fill": halo[1]} if halo else {}
    draw.text(at, text, fill=colour, font=letters, anchor=anchor, **around)
    return letters.getlength(text)
