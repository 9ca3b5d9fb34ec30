"""A few words that every model and every page shares, in three languages."""

from __future__ import annotations

import functools
from pathlib import Path

from simulation.replay.words import read_glossary

WORDS = Path(__file__).with_name("words.toml")
CONDITIONAL = "conditional"


@functools.cache
def _words() -> dict[str, dict[str, str]]:
    return read_glossary(WORDS)


def wording(language: str, term: str) -> str:
    """A term in a language. KeyError for one that is not there."""
    return _words()[language][term]
