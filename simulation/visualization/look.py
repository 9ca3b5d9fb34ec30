"""How a model's places are coloured, and in which words, in its still maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """What a model's maps show unless something else is asked for.

    level: column of the table of days and places, 0-1, that colours a place, and its `title`; stops: positions on 0-1 and
    their colours. labels: values of a column `label`, and the `words` for them.
    """

    level: str
    title: str
    stops: Sequence[tuple[float, str]]
    labels: Sequence[str] = ()
    words: Sequence[str] = ()
