"""The three standard streams of a process: there before anything else is opened, in its workers too."""

from __future__ import annotations

import os
import sys

NAMES = ("stdin", "stdout", "stderr")


def open_standard_streams() -> None:
    """Open what a shell has closed (`2>&-`) towards nowhere; what is there stays as it is.

    Else the next file that is opened gets the number of the stream: what is meant for the screen lands in it, and a worker
    that inherits three streams finds a pipe of its own closed.
    """
    for number, name in enumerate(NAMES):
        if _is_closed(number):
            opened = os.open(os.devnull, os.O_RDWR)  # the lowest free number, and the lower ones are open by now
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            os.set_inheritable(number, True)
        if getattr(sys, name) is None:
            mode = "w" if number else "r"
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", errors="replace", closefd=False))


def _is_closed(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return True
    return False
