"""Text from files that strangers made: what would steer a terminal or hide what is written is found, refused, or shown.

Line breaks and tabs are text; other control characters, halves of characters that nothing can print, and marks that turn
the direction of writing are not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from simulation.errors import InputError

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_HALVES = re.compile(r"\\ud[89a-f][0-9a-f]{2}")  # as `shown` writes them
LONGEST_NAME = 200


def shown(text: str) -> str:
    """The text with everything that steers a terminal written out, as \\x1b."""
    return _STEERING.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def told(error: BaseException) -> str:
    """What an error about a stranger's file says, in one short line."""
    text = shown(" ".join(str(error).split()))
    return text[:LONGEST_NAME] or type(error).__name__


def steering(content: Any) -> str | None:
    """The first text within dictionaries (keys too) and lists that would steer a terminal, written out; None if all is well."""
    waiting = [content]
    while waiting:
        thing = waiting.pop()
        if type(thing) is str:
            if _STEERING.search(thing):
                return shown(thing)
        elif isinstance(thing, Mapping):
            waiting.extend(thing.keys())
            waiting.extend(thing.values())
        elif isinstance(thing, (list, tuple, set, frozenset)):
            waiting.extend(thing)
    return None


def check_plain(content: Any, where: str) -> None:
    """InputError if any text within has characters that would steer a terminal."""
    found = steering(content)
    if found is None:
        return
    if _HALVES.search(found):  # a name of a file that is no Unicode, or that this process does not read as such
        hint = "Leave them out; if they are letters to you, set PYTHONUTF8=1"
        what = f"the text '{found[:LONGEST_NAME]}' has control characters in it, bytes that are no letters here"
        raise InputError(what, where, hint)
    raise InputError(f"the text '{found[:LONGEST_NAME]}' has control characters in it", where, "Leave them out")


def check_line(text: Any, what: str, where: str) -> None:
    """InputError unless this is text of one line without control characters."""
    if not isinstance(text, str):
        raise InputError(f"'{str(text)[:LONGEST_NAME]}' for {what} is no text", where)
    check_plain(text, f"{where}, {what}")
    if "\n" in text or "\t" in text:
        raise InputError(f"the {what} goes over several lines or has tabs", where, "Write it in one line")


def check_file_name(text: Any, what: str, where: str) -> None:
    """InputError unless this can be part of a file's name, in the folder that it is meant for."""
    check_line(text, what, where)
    if not text or len(text) > LONGEST_NAME or text in (".", "..") or set(text) & set("/\\\0"):
        raise InputError(f"the {what} '{text[:LONGEST_NAME]}' is no name of a file", where, "Leave / and \\ out of it")
