"""Every error a user can meet: it says what is wrong, where, and the nearest right answer."""

from __future__ import annotations

import contextlib
import difflib
import importlib.metadata
import shlex
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from simulation.files.plain_text import plain_text, shortened

LONGEST = 400
"""Letters of a part of a message: what a file holds is quoted in it, and may be a text of a million letters."""
NEAR, BESIDE = 0.6, 0.5
"""How like the likest name must be to be offered, and others beside it (difflib's ratio): a word that is like none shares some
letters with many."""


class KatyeError(Exception):
    """Root of all errors raised on purpose. The command line prints it in one line and exits with 2."""

    def __str__(self) -> str:
        return plain_text(super().__str__())


class InputError(KatyeError):
    """Something a user gave is wrong: a value, a file, a date, a folder.

    `where` names the place (file, row, column, option, parameter) and `hint` the nearest right answer.
    """

    def __init__(self, what: str, where: str = "", hint: str = ""):
        what, where, hint = (shortened(part, LONGEST) for part in (what, where, hint))
        self.what, self.where, self.hint = what, where, hint
        message = f"{where}: {what}" if where else what
        super().__init__(f"{message}. {hint}" if hint else message)

    def in_short(self) -> InputError:
        """The same error in one line of a bearable length, where what it tells comes from a stranger's file."""
        lines = (" ".join(part.split()) for part in (self.what, self.hint))
        what, hint = (line if len(line) <= 2 * LONGEST else f"{line[: 2 * LONGEST]} ..." for line in lines)
        return type(self)(what, self.where, hint)

    def __reduce__(self):
        return type(self), (self.what, self.where, self.hint)


@contextlib.contextmanager
def named_in(where: str) -> Iterator[None]:
    """An InputError from within says this place before its own."""
    try:
        yield
    except InputError as error:
        raise type(error)(error.what, f"{where}, {error.where}" if error.where else where, error.hint) from None


class UnwritableError(InputError):
    """The system does not take a file: the disk is full or read-only, or it refuses the name or the permission."""


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
    name = str(name)[: LONGEST // 2]  # worth telling, and comparing with known ones
    matches = difflib.get_close_matches(name.casefold(), folded, n=3, cutoff=BESIDE)
    any_near = difflib.get_close_matches(name.casefold(), matches, n=1, cutoff=NEAR)
    near = [folded[match] for match in matches] if any_near else []
    if near:
        hint = f"Did you mean {' or '.join(near)}?"
    elif not choices:
        hint = "There is none"
    elif len(choices) <= 20:
        hint = f"Known: {', '.join(choices)}"
    else:
        hint = f"{len(choices)} are known, for example {', '.join(choices[:5])}"
    return UnknownNameError(f"unknown {kind} '{name}'", where, hint)


def refusal(error: Exception) -> str:
    """Why the system refused something: in its words, which an OSError has, without a number and the name of a file."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def typed(*words: Any) -> str:
    """A command as it is to be typed, for a hint: a folder with a space in its name stands in quotes."""
    return shlex.join(map(str, words))


def installing(what: str) -> str:
    """The hint that installs what is missing into the Python that runs now, whose `pip` may not be the one that a shell finds.

    what: a package, or "katye[app]" for what an extra of the program needs; in a checkout that was never installed, of it.
    """
    found, own = shutil.which("pip"), Path(sys.executable)
    pip = ("pip",) if found and Path(found).parent == own.parent else (own, "-m", "pip")
    name, bracket, extra = what.partition("[")
    if bracket:
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            return f"Install it with: {typed(*pip, 'install', '--editable', f'{Path(__file__).parents[1]}[{extra}')}"
    return f"Install it with: {typed(*pip, 'install', what)}"
