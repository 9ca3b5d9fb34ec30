"""The words of a replay in three languages, from TOML files whose keys and slots are the same in all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from simulation.errors import InputError
from simulation.files.toml import read_toml

LANGUAGES = ("en", "fr", "ht")
GLOSSARY = "glossary.toml"
SLOT = re.compile(r"\{(\w+)\}")


def read_words(folder: Path) -> dict[str, dict[str, str]]:
    """{language: {key: text}} of en.toml, fr.toml and ht.toml; the key of a table's entry is `table.entry`.

    A folder may have a glossary (`glossary.toml`), in which an entry has its languages below one another. InputError for what
    is no text, for a key that a language lacks or has alone or that is there twice, and for slots that differ.
    """
    glossary = folder / GLOSSARY
    found = read_glossary(glossary) if glossary.is_file() else {language: {} for language in LANGUAGES}
    own = {}
    for language in LANGUAGES:
        path = folder / f"{language}.toml"
        own[language] = dict(_flat(read_toml(path)[0], "", path))
        if both := own[language].keys() & found[language].keys():
            raise InputError(f"the text '{min(both)}' is in the glossary already", str(path))
    first = own[LANGUAGES[0]]
    for language in LANGUAGES[1:]:
        path = folder / f"{language}.toml"
        for key in sorted(first.keys() ^ own[language].keys()):
            what = "is missing" if key in first else f"is not in {LANGUAGES[0]}.toml"
            raise InputError(f"the text '{key}' {what}", str(path))
        for key, text in own[language].items():
            _check_slots(key, text, first[key], str(path), f"{LANGUAGES[0]}.toml")
    return {language: found[language] | own[language] for language in LANGUAGES}


def read_glossary(path: Path) -> dict[str, dict[str, str]]:
    """{language: {key: text}} of a glossary. InputError for a term that is not there in every language."""
    found: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for key, text in _flat(read_toml(path)[0], "", path):
        term, _, language = key.rpartition(".")
        if not term or language not in LANGUAGES:
            raise InputError(f"'{key}' says no language", str(path), f"Below [{key}] there are {', '.join(LANGUAGES)}")
        found[language][term] = text
    first = found[LANGUAGES[0]]
    for language in LANGUAGES[1:]:
        for term in sorted(first.keys() ^ found[language].keys()):
            lacks = language if term in first else LANGUAGES[0]
            raise InputError(f"the term '{term}' is missing in {lacks}", str(path))
        for term, text in found[language].items():
            _check_slots(term, text, first[term], str(path), LANGUAGES[0])
    return found


def _check_slots(key: str, text: str, first: str, where: str, source: str) -> None:
    if slots(text) != slots(first):
        wanted = ", ".join(sorted(slots(first))) or "none"
        raise InputError(f"the text '{key}' has other slots than in {source} ({wanted})", where)


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
