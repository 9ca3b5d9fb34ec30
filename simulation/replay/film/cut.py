"""How long each day of a film is seen: an opening that says what it is, days in even steps, a halt at every chapter."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

OPENING, ENDING = 5.0, 3.0  # seconds
SMOOTH = 20  # frames a second of a film, at least


@dataclass(frozen=True)
class Shot:
    """One picture and how long it stands. chapter: that at which it stands still. opening: it says what the film is."""

    day: int
    seconds: float
    chapter: Mapping[str, Any] | None = None
    opening: bool = False


def shots(content: Mapping[str, Any], speed: float, hold: float, step: int = 1) -> Iterator[Shot]:
    """All pictures in order. speed: days a second; hold: seconds of a chapter; step: days from one picture to the next."""
    chapters, last = {chapter["at"]: chapter for chapter in content["chapters"]}, content["frames"] - 1
    yield Shot(0, OPENING, opening=True)
    for day in range(last + 1):
        if day in chapters:
            yield Shot(day, hold, chapters[day])
        elif day == last:
            yield Shot(day, ENDING)
        elif day % step == 0:
            yield Shot(day, step / speed)


def rate(speed: float) -> float:
    """Frames a second: so many that every day has the same whole number of them."""
    return speed * max(1, math.ceil(SMOOTH / speed))
