"""The words of a replay in three languages, from TOML files whose keys and slots are the same in all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from simulation.errors import InputError
from simulation.files.toml import read_toml

LANGUAGES = ("en", "fr", "ht")
SLOT = re.compile(r"\{(\w+)\}")


def read_words(folder: Path) -> dict[str, dict[str, str]]:
    """{language: {key: text}} of en.toml, fr.toml and ht.toml; the key of a table's entry is `table.entry`.

    InputError for what is no text, for a key that a language lacks or has alone, and for slots that differ.
    """
    found = {}
    for language in LANGUAGES:
        path = folder / f"{language}.toml"
        found[language] = dict(_flat(read_toml(path)[0], "", path))
    first = found[LANGUAGES[0]]
    for language in LANGUAGES[1:]:
        path = folder / f"{language}.toml"
        for key in sorted(first.keys() ^ found[language].keys()):
            what = "is missing" if key in first else f"is not in {LANGUAGES[0]}.toml"
            raise InputError(f"the text '{key}' {what}", str(path))
        for key, text in found[language].items():
            if slots(text) != slots(first[key]):
                wanted = ", ".join(sorted(slots(first[key]))) or "none"
                raise InputError(f"the text '{key}' has other slots than in {LANGUAGES[0]}.toml ({wanted})", str(path))
    return found


def joined(*parts: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """The words of several folders together. InputError for a key of two of them."""
    found: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for part in parts:
        for language in LANGUAGES:
            if both := found[language].keys() & part[language].keys():
                raise InputError(f"the text '{min(both)}' is there twice", f"words in {language}")
            found[language] |= part[language]
    return found


def slots(text: str) -> set[str]:
    """Names of the slots in a text."""
    return set(SLOT.findall(text))


def _flat(table: Mapping[str, Any], before: str, path: Path) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.", path)
        elif isinstance(value, str) and value:
            yield f"{before}{key}", value
        else:
            raise InputError(f"{before}{key} is no text", str(path))
