"""Where a key stands in a TOML file, so that an error can name the line; the standard reader does not tell."""

from __future__ import annotations

import re

_TABLE = re.compile(r"^\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*((?:\"[^\"]*\"|'[^']*'|[\w.-])+)\s*=")


class TomlLines:
    """Line numbers of tables and keys. Tables of an array are numbered from 0 in the order of the file."""

    def __init__(self, text: str):
        self._lines: dict[tuple[str, int, str], int] = {}
        table, number, seen = "", 0, {}
        for line, words in enumerate(text.splitlines(), start=1):
            if header := _TABLE.match(words):
                table = _plain(header[1])
                number = seen[table] = seen.get(table, -1) + 1
                self._lines.setdefault((table, number, ""), line)
            elif key := _KEY.match(words):
                self._lines.setdefault((table, number, _plain(key[1])), line)

    def find(self, table: str, key: str = "", number: int = 0) -> int | None:
        """The line of a key of the table's `number`-th appearance, else of the table itself; None if it has none."""
        return self._lines.get((table, number, key)) or self._lines.get((table, number, ""))

    def find_dotted(self, name: str, under: str) -> int | None:
        """The line of `name` ("group.leaf") below the table `under`, however it is written there."""
        group, _, leaf = name.partition(".")
        spellings = ((f"{under}.{group}", leaf), (under, name), (f"{under}.{group}", ""), (under, ""))
        return next((self._lines[table, 0, key] for table, key in spellings if (table, 0, key) in self._lines), None)


def _plain(name: str) -> str:
    return name.replace('"', "").replace("'", "").replace(" ", "")
