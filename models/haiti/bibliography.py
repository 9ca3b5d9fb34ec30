"""The works and reports that parameters, rules and pages cite by key, from `data/sources.bib`."""

from __future__ import annotations

import functools
from collections.abc import Iterable

from models.haiti.world.city import DATA
from simulation.files.bibliography import Reference, keys_in, read_bibliography


@functools.cache
def bibliography() -> dict[str, Reference]:
    """Every entry by key, in alphabetical order."""
    return dict(sorted(read_bibliography(DATA / "sources.bib").items()))


def cited(texts: Iterable[str]) -> list[Reference]:
    """The entries whose keys stand in these texts, in alphabetical order."""
    keys = {key for text in texts for key in keys_in(text)}
    return [entry for key, entry in bibliography().items() if key in keys]


def references(text: str) -> list[str]:
    """The full reference of every key in a text, 'key: reference', as `ModelFamily.references` wants it."""
    return [f"{entry.key}: {entry.text()}" for entry in cited([text])]
