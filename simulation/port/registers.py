"""What a program adds to a model's registers while it runs, so that it can be added in another process too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Registers:
    """Tables of names that a program may add to. Made when they are complete: what is there then is there everywhere.

    tables: {what an entry is called: table}. The tables stay the program's own.
    """

    def __init__(self, tables: Mapping[str, dict[str, Any]]):
        self.tables = dict(tables)
        self._first = {word: dict(table) for word, table in tables.items()}

    def added(self) -> list[tuple[str, str, Any]]:
        """Word, name and entry of all that has been added or replaced since."""
        return [
            (word, name, entry)
            for word, table in self.tables.items()
            for name, entry in table.items()
            if self._first[word].get(name) is not entry
        ]

    def add(self, word: str, name: str, entry: Any) -> None:
        """An entry that was added elsewhere; an earlier one gives way."""
        self.tables[word][name] = entry
