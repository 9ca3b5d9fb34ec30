"""The glossary in three languages: words of the pages from `glossary.toml`, words of the replay from the model's own files."""

from __future__ import annotations

import tomllib
from pathlib import Path

from models.haiti.replay.recipe import REPLAY
from pages.markdown import WRITTEN, table_row
from simulation.replay.words import LANGUAGES, read_words

FILE = Path(__file__).with_name("glossary.toml")
TITLES = {"en": "English", "fr": "Français", "ht": "Kreyòl ayisyen"}
SHOWN = {"class": "Who rules a place", "series": "Counters", "landmark": "Places on the map", "model": "The model"}
"""Tables of the replay's words that are words, and not sentences with numbers in them."""


def glossary() -> dict[str, dict[str, list[str]]]:
    """{key: {language: [word, meaning]}}."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def said() -> dict[str, dict[str, str]]:
    """{language: {key: word and meaning}}."""
    return {tag: {key: ": ".join(one[tag]) for key, one in glossary().items()} for tag in LANGUAGES}


def glossary_page() -> str:
    """The glossary as Markdown."""
    languages = [TITLES[language] for language in LANGUAGES]
    lines = ["# Glossary", "", WRITTEN, "", "French and Creole are for review by native speakers.", ""]
    lines += ["## Words of these pages", "", table_row(languages), table_row(["---"] * len(languages))]
    texts = said()
    lines += [table_row([texts[tag][key] for tag in LANGUAGES]) for key in sorted(texts["en"], key=texts["en"].get)]
    words = read_words(REPLAY.words)
    lines += ["", "## Words of the replay"]
    for table, title in SHOWN.items():
        lines += ["", f"### {title}", "", table_row(languages), table_row(["---"] * len(languages))]
        keys = [key for key in words["en"] if key.startswith(f"{table}.")]
        lines += [table_row([words[language][key] for language in LANGUAGES]) for key in keys]
    return "\n".join(lines) + "\n"
