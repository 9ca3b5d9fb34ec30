"""TOML files that users write: read whole or refused in one line, with nothing in them that would be misread in silence."""

from __future__ import annotations

import datetime
import json
import math
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from simulation.errors import InputError, refusal

DEEPEST = 20  # tables in tables
PARTS = re.compile(r"""(?:^|[{,\[])[ \t]*(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){40}""", re.MULTILINE)
"""A key of so many parts that the reader, whose time grows with their square, would not come to an end."""
LEAST, MOST = -(2**63), 2**64 - 1  # of whole numbers, which NumPy and seeds can hold


def read_toml(path: Path, where: str = "") -> tuple[dict[str, Any], str]:
    """What a TOML file (UTF-8) holds, and its text. InputError that says `where` (the path unless given) and which key.

    Refused beside what is no TOML: times of day and offsets, as runs have whole days; whole numbers beyond 64 bits; numbers
    that are not finite; tables in tables without end.
    """
    where = where or str(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("is no TOML: it is not UTF-8 text", where, "Save it in UTF-8") from None
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise InputError(f"cannot be read ({refusal(error)})", where) from None
    if PARTS.search(text):
        raise InputError("tables or lists stand in one another without end", where)
    try:
        table = tomllib.loads(text)
    except RecursionError:
        raise InputError("tables or lists stand in one another without end", where) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"is no TOML: {error}", where) from None
    except ValueError:  # Python reads no whole number of thousands of digits
        raise InputError("is no TOML: a number in it has thousands of digits", where) from None
    _check_values(table, where)
    return table, text


def _check_values(table: Mapping[str, Any], where: str) -> None:
    left: list[tuple[str, Any, int]] = [("", table, 0)]
    while left:
        name, value, depth = left.pop()
        here = f"{where}, {name}" if name else where
        if depth > DEEPEST:
            raise InputError("tables or lists stand in one another without end", here)
        if isinstance(value, Mapping):
            left += [(f"{name}.{key}" if name else str(key), inner, depth + 1) for key, inner in value.items()]
        elif isinstance(value, list):
            left += [(name, inner, depth + 1) for inner in value]
        elif isinstance(value, datetime.datetime | datetime.time):
            raise InputError(f"'{value}' has a time of day, and runs have whole days", here, "Write 2024-06-01")
        elif isinstance(value, int) and not LEAST <= value <= MOST:  # not quoted: it may have a million digits
            raise InputError("the whole number is too large", here, "At most 2^64 - 1")
        elif isinstance(value, float) and not math.isfinite(value):
            raise InputError(f"'{value}' is no finite number", here)


def flat(table: Mapping[str, Any], where: str, prefix: str = "", stop: Iterable[str] = ()) -> dict[str, Any]:
    """`funding.level = 1` and `"funding.level" = 1` are the same to a reader, so they are here; InputError for both at once.

    A table with a key in `stop`, or with nothing in it, is a value and stays as it is.
    """
    found: dict[str, Any] = {}
    for key, value in table.items():
        name = prefix + key
        deeper = isinstance(value, dict) and value and not any(word in value for word in stop)
        inner = flat(value, where, f"{name}.", stop) if deeper else {name: value}
        for twice in [name for name in inner if name in found]:
            raise InputError(f"{twice} is given twice", where)
        found |= inner
    return found


def of_kind(value: Any, wanted: type | tuple[type, ...], words: str, where: str, hint: str = "") -> Any:
    """The value, if it is of this type; else InputError."""
    if not isinstance(value, wanted):
        raise InputError(f"'{value}' is no {words}", where, hint)
    return value


def toml_key(key: str) -> str:
    """A key as TOML writes it."""
    return key if key.isidentifier() and key.isascii() else _text(key)


def toml_value(value: Any, where: str) -> str:
    """A value as TOML writes it. InputError, which names where, for what it has no words for."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return (
            f"{{ {', '.join(f'{toml_key(key)} = {toml_value(one, where)}' for key, one in value.items())} }}"
            if value
            else "{}"
        )
    if isinstance(value, Sequence):
        return f"[{', '.join(toml_value(one, where) for one in value)}]"
    raise InputError(f"'{value}' is neither a number nor a text", where)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # which JSON leaves as it is
