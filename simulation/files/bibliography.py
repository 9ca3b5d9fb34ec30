"""Bibliographies in BibTeX: a small strict reader, the full reference of an entry in words, and the keys in a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from simulation.errors import InputError, refusal

KINDS = ("article", "book", "incollection", "techreport", "misc")
WANTED = ("author", "title", "year")
PLACES = ("journal", "howpublished", "publisher")
KNOWN = (*WANTED, *PLACES, "doi", "url", "note")
KEY = re.compile(r"\b[a-z]{2,}(?:19|20)[0-9]{2}[a-z0-9]*\b")
"""How a key looks: letters, a year, and what tells works of a year apart."""
_BETWEEN = re.compile(r" and (?![^{]*\})")  # names, not within one that stands in braces
_FIRST = re.compile(rf"@([a-z]+)\{{({KEY.pattern}),$")
_FIELD = re.compile(r"  ([a-z]+) = \{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\},$")


@dataclass(frozen=True)
class Reference:
    """An entry. `fields` are as in the file, names of authors in BibTeX's form."""

    key: str
    kind: str
    fields: Mapping[str, str]

    def authors(self) -> str:
        """Authors as one reads them: 'Lu, X., Bengtsson, L., Holme, P.'."""
        names = [name.strip().strip("{}") for name in _BETWEEN.split(self.fields["author"])]
        return ", ".join("et al." if name == "others" else name for name in names)

    def text(self) -> str:
        """The full reference in one line."""
        fields = self.fields
        place = next((fields[name] for name in PLACES if name in fields), "")
        address = f"https://doi.org/{fields['doi']}" if "doi" in fields else fields.get("url", "")
        said = [f"{self.authors()} ({fields['year']})", fields["title"], place, address, fields.get("note", "")]
        return " ".join(part if part.endswith((".", "?")) or part == address else f"{part}." for part in said if part)


def read_bibliography(path: Path) -> dict[str, Reference]:
    """The entries of a file by key, in its order. InputError naming the line for whatever is not in the form below.

    `@kind{key,` on a line of its own, then `  name = {text},` a line a field, then `}`. Lines that begin with % say nothing.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = refusal(error) if isinstance(error, OSError) else "it is not UTF-8 text"
        raise InputError(f"cannot be read ({why})", str(path)) from None
    entries: dict[str, Reference] = {}
    kind, key, fields = "", "", {}
    for number, line in enumerate(lines, 1):
        where = f"{path}, line {number}"
        if not key:
            if not line.strip() or line.startswith("%"):
                continue
            kind, key = _first(line, entries, where)
            fields = {}
        elif line == "}":
            if missing := [name for name in WANTED if name not in fields]:
                raise InputError(f"{key} has no {missing[0]}", where)
            entries[key] = Reference(key, kind, fields)
            key = ""
        else:
            name, text = _field(line, where)
            if name in fields:
                raise InputError(f"{key} has two fields {name}", where)
            fields[name] = text
    if key:
        raise InputError(f"{key} does not end", str(path), "Close it with } on a line of its own")
    return entries


def _first(line: str, entries: Mapping[str, Reference], where: str) -> tuple[str, str]:
    found = _FIRST.match(line)
    if not found:
        raise InputError("no entry begins so", where, "Write @article{name2024, alone on a line")
    kind, key = found.groups()
    if kind not in KINDS:
        raise InputError(f"'{kind}' is no kind of entry", where, f"There are {', '.join(KINDS)}")
    if key in entries:
        raise InputError(f"{key} is there twice", where)
    return kind, key


def _field(line: str, where: str) -> tuple[str, str]:
    found = _FIELD.match(line)
    if not found or not found[2].strip():
        raise InputError("no field looks so", where, "Write `  title = {A title},` on a line, or } to close the entry")
    if found[1] not in KNOWN:
        raise InputError(f"'{found[1]}' is no field", where, f"There are {', '.join(KNOWN)}")
    return found[1], found[2]


def keys_in(text: str) -> list[str]:
    """What looks like a key in a text, in order, each once."""
    return list(dict.fromkeys(KEY.findall(text)))
