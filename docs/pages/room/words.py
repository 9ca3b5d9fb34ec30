"""The sheet on which native speakers correct: every text that is there in three languages, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from experiments.app.catalogue import WORDS as APP_WORDS
from experiments.report.guide.papers import WORDS as GUIDE
from experiments.report.html import WORDS as REPORTS
from experiments.study.workshop import prepared, read_workshop
from models.haiti import FAMILY
from models.haiti.metrics.words import TITLES
from models.haiti.people.telling import story_words
from models.haiti.replay.recipe import REPLAY
from pages.glossary import said
from pages.markdown import ROOT, WRITTEN, table_row
from simulation.port.wording import WORDS as SHARED
from simulation.replay.page import player_words
from simulation.replay.words import GLOSSARY, LANGUAGES, read_glossary, read_words

TOP = """# Words to be corrected

French and Haitian Creole were not written by native speakers, and **none has reviewed them yet**. Whoever does: write the
better text into the last column, on paper or in a copy of this page, or change the file that stands above a table, and send
it as an issue or a pull request. What stands in braces is filled by the page and stays as it is. The glossary comes first:
its terms stand on every page.
"""


def words_page() -> str:
    """The whole sheet."""
    lines = [WRITTEN, "", TOP]
    glossary = read_glossary(REPLAY.words / GLOSSARY)
    whole = read_words(REPLAY.words)
    own = {tag: {key: text for key, text in whole[tag].items() if key not in glossary[tag]} for tag in LANGUAGES}
    for title, where, texts in (
        ("Glossary", "models/haiti/replay/words/glossary.toml", glossary),
        ("Words of the documentation", "docs/pages/glossary.toml", said()),
        ("Reports, and the brief on paper", "experiments/report/words", read_words(REPORTS)),
        ("Names of outcomes", "models/haiti/metrics/titles.toml", TITLES),
        ("Words that all share", "simulation/port/words.toml", read_glossary(SHARED)),
        ("Stories", "models/haiti/people/words", story_words()),
        ("The facilitator's papers", "experiments/report/guide/words", read_words(GUIDE)),
        ("The page", "simulation/replay/player/words", player_words()),
        ("The app", "experiments/app/words", read_words(APP_WORDS)),
        ("What happens in the city", "models/haiti/replay/words", own),
    ):
        lines += _table(title, where, texts)
    for path in prepared(FAMILY).values():
        texts = {tag: {} for tag in LANGUAGES}
        for key, text in _workshop(path):
            for tag in LANGUAGES:
                texts[tag][key] = text[tag]
        lines += _table(f"Workshop {path.stem}", path.relative_to(ROOT).as_posix(), texts)
    return "\n".join(lines)


def _workshop(path) -> Iterator[tuple[str, Mapping[str, str]]]:
    found = read_workshop(path)
    yield from (("title", found.title), ("a", found.a.title), ("b", found.b.title))
    for number, chapter in enumerate(found.chapters, start=1):
        yield from ((f"{number}, say", chapter.say), (f"{number}, ask", chapter.ask))


def _table(title: str, where: str, texts: Mapping[str, Mapping[str, str]]) -> list[str]:
    """A table of a file's words; the key stands above the English text, as a column of its own makes rows twice as high."""
    first, *others = LANGUAGES
    rows = [
        table_row((f"<small>{key}</small><br>{text}", *(texts[tag][key] for tag in others), " "))
        for key, text in texts[first].items()
    ]
    head = [table_row(("key, English", "French", "Kreyòl", "better")), "|---|---|---|---|"]
    return [f"## {title}", "", f"`{where}`", "", *head, *rows, ""]
