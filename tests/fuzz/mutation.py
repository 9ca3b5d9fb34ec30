"""Seeded damage: to a tree of keys and values as TOML has it, to the text that says it, and to bytes of any file."""

from __future__ import annotations

import copy
import datetime
import json
import math
from random import Random
from typing import Any

BIDI = "\u202egnp.exe\u202c"
CONTROLS = "\x1b[31mred\x1b[0m\x07\x9b2J"
ATOMS: tuple[Any, ...] = (
    0, 1, -1, 2, 5, 7, 2**31, 2**63 - 1, 2**63, 2**64 + 1, 10**30, -(10**30), 10**5000, 20240601, 99999,
    0.0, -0.0, 0.5, 1.5, 1e308, -1e308, 5e-324, math.inf, -math.inf, math.nan, True, False,
    "", " ", "x", "none", "all", "main", "baseline", "flight", "flight, trust", "prior", "/", "..", ".toml", "a.toml", "a.csv",
    "2024-06-01", "2024-13-45", "9999-12-31", "true", "0.5", "\x00", "é", "日本",
    BIDI, CONTROLS, "a\nb", "x" * 20000, "{{ 1 }}",
    "=1+1", "file.py:NAME", "module:NAME", "os:system", ":", "x:", ":x", "json", "json:dumps", "math:pi",
    datetime.date(2024, 6, 1), datetime.date(1, 1, 1), datetime.date(9999, 12, 31), datetime.date(2026, 2, 7),
    datetime.datetime(2024, 6, 1, 23, 59), datetime.datetime(2024, 6, 1, 0, 0, tzinfo=datetime.UTC), datetime.time(12, 0),
    [], [[]], [1], ["x"], [None], [[1], [2]], [{}], [1, "x", True], ["x", "x"], [0.5, 0.5], ["flight"], list(range(50)),
    {}, {"x": 1}, {"flight": False}, {"low": 0, "high": 1}, {"low": 1, "high": 0}, {"low": "a"}, {"": 1}, {"x": {"y": 1}},
    {"add": "x:y", "after": "flight"}, {"replace": [], "by": 1}, {"low": 0, "high": math.inf}, {"x" * 5000: 1}, {BIDI: BIDI},
)  # fmt: skip
"""What somebody may write where something else belongs."""


def _is_json(value: Any) -> bool:
    try:
        return len(json.dumps(value)) < 10**6
    except (TypeError, ValueError):
        return False


ATOMS_OF_JSON: tuple[Any, ...] = (None, *(atom for atom in ATOMS if _is_json(atom)))
DEEP = 3000
"""Levels of a list in a list, or a table in a table, that no reader goes down."""


def flattened(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value below a tree, tables and lists among them."""
    found = [path] if path else []
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in items:
        found += flattened(value, (*path, key))
    return found


def at(tree: Any, path: tuple[Any, ...]) -> Any:
    """What stands at a path."""
    for key in path:
        tree = tree[key]
    return tree


def mutated(tree: dict[str, Any], luck: Random, words: tuple[str, ...]) -> dict[str, Any]:
    """A copy with one to three changes. `words`: names that mean something in such a file."""
    tree = copy.deepcopy(tree)
    for _ in range(luck.choice((1, 1, 1, 2, 3))):
        paths = flattened(tree)
        path = luck.choice(paths) if paths else ()
        parent, key = at(tree, path[:-1]), path[-1] if path else None
        how = luck.randrange(10)
        if key is None or how == 0:
            _add(tree, luck, words)
        elif how <= 4:
            parent[key] = copy.deepcopy(luck.choice(ATOMS))
        elif how == 5:
            parent[key] = _near(parent[key], luck)
        elif how == 6:
            del parent[key]
        elif how == 7 and isinstance(parent, dict):
            parent[_other_name(str(key), luck, words)] = parent.pop(key)
        elif how == 8:
            parent[key] = copy.deepcopy(at(tree, luck.choice(paths)))
        else:
            parent[key] = luck.choice(([parent[key]], [parent[key], parent[key]], {"x": parent[key]}))
    return tree


def _add(tree: Any, luck: Random, words: tuple[str, ...]) -> None:
    tables = [tree, *(at(tree, path) for path in flattened(tree) if isinstance(at(tree, path), dict))]
    luck.choice(tables)[luck.choice(words)] = copy.deepcopy(luck.choice(ATOMS))


def _near(value: Any, luck: Random) -> Any:
    """Something of the same kind: another number, a longer text, a list in another order."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return luck.choice((value + 1, -value, value * 10, value // 3, f"{value}" if abs(value) < 10**9 else "1e9"))
    if isinstance(value, str):
        return luck.choice((value + "x", value[:-1], value.upper(), value + " ", value[::-1]))
    if isinstance(value, datetime.date):
        return luck.choice((value.replace(year=1 + luck.randrange(9999)), str(value), value.year))
    if isinstance(value, list):
        return luck.sample(value, len(value)) + value[:1]
    return value


def _other_name(key: str, luck: Random, words: tuple[str, ...]) -> str:
    return luck.choice((key + "x", key.upper(), key[:-1], f"{key}.{key}", "", luck.choice(words)))


def written(tree: dict[str, Any]) -> str:
    """A tree as TOML, a key a line; tables within lists stand in braces."""
    lines = [f"{_key(key)} = {_value(value)}" for key, value in tree.items() if not isinstance(value, dict)]
    for key, value in tree.items():
        if isinstance(value, dict):
            lines += [f"[{_key(key)}]", *(f"{_key(inner)} = {_value(one)}" for inner, one in value.items())]
    return "\n".join(lines) + "\n"


def _key(key: Any) -> str:
    return _text(str(key))


def _text(text: str) -> str:
    plain = "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in text)
    return f'"{plain}"'


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:_}".replace("_", "") if abs(value) < 10**300 else "1" + "0" * 5000
    if isinstance(value, float):
        return str(value)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + "}"
    return _text(str(value))


def damaged_text(text: str, luck: Random) -> bytes:
    """The text with lines or letters out of place, in another encoding, or with something in it that nests without end."""
    lines = text.splitlines()
    how, line = luck.randrange(11), luck.randrange(max(1, len(lines)))
    if how == 0:
        lines = lines[:line]
    elif how == 1:
        lines.insert(luck.randrange(len(lines) + 1), lines[line] if lines else "x")
    elif how == 2:
        luck.shuffle(lines)
    elif how == 3:
        lines.insert(
            line,
            luck.choice(("[[events]]", "[parameters]", "[vary]", "[[vary]]", "x.y.z = 1", "= 1", "[", "'''", "\x00")),
        )
    elif how == 4:
        lines.insert(0, f"parameters = {'[' * DEEP}{']' * DEEP}")
    elif how == 5:
        lines.insert(0, f"{'a.' * DEEP}b = 1")
    elif how == 6:
        lines.insert(0, f"days = {'9' * 6000}")
    elif how == 7:
        lines[line:line] = ["x = " + "{y = " * DEEP + "1" + "}" * DEEP]
    else:
        return ("\n".join(lines) + "\n").encode(luck.choice(("utf-8-sig", "utf-16", "cp037", "utf-32")), "replace")
    return ("\n".join(lines) + "\n").encode()


def damaged_bytes(content: bytes, luck: Random) -> bytes:
    """Bytes with some flipped, cut out, doubled, or put in."""
    how, place = luck.randrange(5), luck.randrange(max(1, len(content)))
    if how == 0:
        return content[:place]
    if how == 1:
        return content[:place] + content[place + luck.randrange(1, 40) :]
    if how == 2:
        return content[:place] + luck.randbytes(luck.randrange(1, 20)) + content[place:]
    if how == 3:
        return content[:place] + content[place : place + 30] + content[place:]
    changed = bytearray(content)
    for _ in range(luck.choice((1, 1, 4, 50))):
        if changed:
            changed[luck.randrange(len(changed))] ^= luck.randrange(1, 256)
    return bytes(changed)
