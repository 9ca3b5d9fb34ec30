"""JSON files that the program wrote and that may have been damaged since: read in the shape they had, or refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulation.errors import InputError, refusal

NUMBER = (int, float)
Shape = Any
"""A type, a tuple of types, [shape] for a list, {str: shape} for any keys, or {"key": shape, ...} for those keys if there."""


class Kept(dict[str, Any]):
    """The content of a file; a key that is missing is an InputError that names the file, as such files are written whole."""

    where, hint = "", ""

    def __missing__(self, key: str) -> Any:
        raise InputError(f"is damaged: it says nothing of {key}", self.where, self.hint)

    def but(self, changes: Mapping[str, Any]) -> Kept:
        """The same with some values changed."""
        return kept({**self, **changes}, self.where, self.hint)


def kept(content: Mapping[str, Any], where: str, hint: str = "") -> Kept:
    """Content as that of a file."""
    made = Kept(content)
    made.where, made.hint = where, hint
    return made


def read_json(path: Path, shape: Shape, hint: str = "") -> Any:
    """What a JSON file holds, a table as `Kept`. InputError with the hint if it is gone, unreadable or of another shape."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read ({refusal(error)})", str(path), hint) from None
    return json_of(text, shape, str(path), hint)


def json_of(text: str | bytes, shape: Shape, where: str, hint: str = "") -> Any:
    """The same of a text that a program wrote."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"is damaged ({error})", where, hint) from None
    if wrong := misfit(content, shape):
        raise InputError(f"is damaged: {wrong}", where, hint)
    return kept(content, where, hint) if isinstance(content, dict) else content


def misfit(value: Any, shape: Shape, name: str = "", depth: int = 0) -> str:
    """The first thing in which a value differs from a shape, in words; nothing if it fits. Keys of the whole may be null."""
    if value is None and depth == 1:
        return ""
    wanted = list if isinstance(shape, list) else dict if isinstance(shape, dict) else shape
    wanted = wanted if isinstance(wanted, tuple) else (wanted,)
    if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted and object not in wanted):
        return f"{name or 'it'} is {value!r}"
    inner: list[tuple[str, Any, Shape]] = []
    if isinstance(shape, list):
        inner = [(f"{name}[{place}]", one, shape[0]) for place, one in enumerate(value)]
    elif isinstance(shape, dict):
        inner = [
            (f"{name}.{key}" if name else key, one, shape.get(key, shape.get(str, object)))
            for key, one in value.items()
        ]
    return next((wrong for at, one, part in inner if (wrong := misfit(one, part, at, depth + 1))), "")
