"""Every error a user can meet: it says what is wrong, where, and the nearest right answer."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterable
from typing import Any


class KatyeError(Exception):
    """Root of all errors raised on purpose. The command line prints it in one line and exits with 2."""


class InputError(KatyeError):
    """Something a user gave is wrong: a value, a file, a date, a folder.

    `where` names the place (file, row, column, option, parameter) and `hint` the nearest right answer.
    """

    def __init__(self, what: str, where: str = "", hint: str = ""):
        self.what, self.where, self.hint = what, where, hint
        message = f"{where}: {what}" if where else what
        super().__init__(f"{message}. {hint}" if hint else message)

    def __reduce__(self):
        return type(self), (self.what, self.where, self.hint)


class UnknownNameError(InputError):
    """A name that does not exist (scenario, parameter, metric, neighbourhood ...)."""


class InvariantError(KatyeError):
    """The model broke one of its own laws (people, money, members or vehicles not conserved)."""


class BoundError(InvariantError):
    """A thinning bound was lower than the hazard it must cover; names mechanism, place and day."""


class NumberError(InvariantError, ArithmeticError):
    """A rule came to what is no number (a division by zero, an overflow); names the rule and the day."""


class DrawError(NumberError):
    """A count or a choice was to be drawn from what is no number or no chance; names the draw."""


def unknown_name(kind: str, name: object, known: Iterable[str], where: str = "") -> UnknownNameError:
    """The error for a name that is not among `known`, with the closest known names as a hint."""
    choices = sorted(map(str, known))
    folded = {choice.casefold(): choice for choice in choices}
    near = [folded[match] for match in difflib.get_close_matches(str(name).casefold(), folded, n=3, cutoff=0.5)]
    if near:
        hint = f"Did you mean {' or '.join(near)}?"
    elif not choices:
        hint = "There is none"
    elif len(choices) <= 20:
        hint = f"Known: {', '.join(choices)}"
    else:
        hint = f"{len(choices)} are known, for example {', '.join(choices[:5])}"
    return UnknownNameError(f"unknown {kind} '{name}'", where, hint)


def typed(*words: Any) -> str:
    """A command as it is to be typed, for a hint: a folder with a space in its name stands in quotes."""
    return shlex.join(map(str, words))
