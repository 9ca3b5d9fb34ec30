"""What is asked of any input: it is taken, or refused in one line that names it; no traceback, no endless wait."""

from __future__ import annotations

import contextlib
import signal
import traceback
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulation.errors import KatyeError

PATIENCE = 30.0  # seconds for one input, on a machine that does much else
LONGEST = 1200  # letters of a message, the path of the file among them


class TooLong(BaseException):
    """An input that took longer than anybody waits. No Exception: nobody on the way is to catch it."""


@dataclass
class Tally:
    """How many inputs were taken and refused, and what was wrong with the rest, an example a kind."""

    taken: int = 0
    refused: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        kinds = [f"  {number} x {kind}\n      {self.examples[kind]}" for kind, number in self.faults.most_common()]
        total = self.taken + self.refused + self.faults.total()
        head = f"{total} inputs: {self.taken} taken, {self.refused} refused, {self.faults.total()} faults"
        return "\n".join([head, *kinds])


def judge(tally: Tally, call: Callable[[], Any], names: Sequence[str], example: str) -> None:
    """Count one input. `names`: what a refusal must say, one of them; `example`: how to make the input again."""
    try:
        with _limited():
            call()
    except KatyeError as error:
        fault = _faulty(str(error), names)
    except TooLong as error:
        fault = f"took over {PATIENCE:g} s, in {_place(error)}"
    except Exception as error:  # whatever it is: a user would have seen its traceback
        fault = f"{type(error).__name__} in {_place(error)}"
        example += f": {str(error)[:200]}"
    else:
        tally.taken += 1
        return
    if fault:
        tally.faults[fault] += 1
        tally.examples.setdefault(fault, example)
    else:
        tally.refused += 1


def count(tally: Tally, said: str, example: str) -> None:
    """Count one input of which another process said what came of it: "sound", "refused", or a fault."""
    if said in ("sound", "refused"):
        tally.taken += said == "sound"
        tally.refused += said == "refused"
    else:
        fault = said.removesuffix(" | ").split(" | ")[-1][:200]
        tally.faults[fault] += 1
        tally.examples.setdefault(fault, f"{example}: {said[-800:]}")


def _faulty(message: str, names: Sequence[str]) -> str:
    if not any(name in message for name in names):
        return f"a message that does not name the file: {message[:60]!r}"
    if len(message) > LONGEST:
        return f"a message of very many letters: {message[:100]!r}"
    odd = {unicodedata.category(letter) for letter in message} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return f"a message with letters that are none ({odd}): {message[:200]!r}" if odd else ""


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    def stop(number: int, frame: Any) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _place(error: BaseException) -> str:
    """The innermost line of the program itself."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if any(f"/{folder}/" in f.filename for folder in ("simulation", "models", "experiments"))]
    frame = (own or frames)[-1]
    return f"{'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}"
