"""The screen as commands see it: closed, full, gone in the middle or short of letters, it makes no command fail."""

from __future__ import annotations

import codecs
import contextlib
import errno
import io
import sys
from collections.abc import Iterator

from experiments.cli.terminal import say
from simulation.errors import refusal
from simulation.runs.streams import open_standard_streams

GONE = {errno.EPIPE, errno.EBADF, errno.EIO}
"""Nobody reads any more (`katye scenarios | head -1`, a terminal that was closed): nothing to complain about, and to nobody."""


NEAREST = {
    "\u2212": "-", "\u2013": "-", "\u2014": "-", "\u00b1": "+-", "\u00d7": "x", "\u00b7": "*", "\u2264": "<=", "\u2265": ">=",
    "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2026": "...", "\u00a0": " ", "\u202f": " ", "\u2190": "<-",
    "\u2192": "->",
}  # fmt: skip
"""What stands for signs that a screen lacks: a minus that became a question mark would change a number. All others are one."""


def _nearest(error: UnicodeError) -> tuple[str, int]:
    """An error handler of `codecs`."""
    assert isinstance(error, UnicodeEncodeError)
    lacking = error.object[error.start : error.end]
    return "".join(NEAREST.get(letter, "?") for letter in lacking), error.end


codecs.register_error("nearest", _nearest)


class _Outlet(io.FileIO):
    """A file descriptor that takes everything: once a write has failed, the rest is dropped. `lost`: why."""

    lost: OSError | None = None

    def write(self, content: bytes) -> int | None:
        """As of FileIO, and never an OSError."""
        if self.lost is None:
            try:
                return super().write(content)
            except OSError as error:
                self.lost = error
        return len(content)


@contextlib.contextmanager
def patient_streams() -> Iterator[None]:
    """Meanwhile printing raises nothing: what cannot be written is dropped, letters that the stream lacks are replaced.

    So a command does what it has still to do, whoever has stopped reading. If the standard output was lost for another
    reason (a full disk), this is said in the end, and a status of 0 becomes 2.
    """
    open_standard_streams()
    before = {name: getattr(sys, name) for name in ("stdout", "stderr")}
    outlets = {name: outlet for name, stream in before.items() if (outlet := _patient(name, stream))}
    status: int | str | None = None
    try:
        try:
            yield
        except SystemExit as stop:
            status = stop.code or 0
        sys.stdout.flush()
        lost = outlets["stdout"].lost if "stdout" in outlets else None
        if lost is not None and lost.errno not in GONE:
            say(f"error: standard output: cannot be written ({refusal(lost)})", error=True)
            status = status or 2
    finally:
        for name in outlets:
            getattr(sys, name).flush()
            setattr(sys, name, before[name])
    if status is not None:
        sys.exit(status)


def _patient(name: str, stream: io.TextIOBase) -> _Outlet | None:
    """Put an outlet in the place of a stream that writes to a descriptor; others (a notebook's, a test's) stay."""
    raw = getattr(getattr(stream, "buffer", None), "raw", getattr(stream, "buffer", None))
    if type(stream) is not io.TextIOWrapper or type(raw) is not io.FileIO:
        return None
    stream.flush()
    outlet = _Outlet(stream.fileno(), "w", closefd=False)
    errors = "nearest" if name == "stdout" else "backslashreplace"
    shown = io.TextIOWrapper(
        outlet if stream.buffer is raw else io.BufferedWriter(outlet),  # as it is: `python -u` has no buffer
        encoding=stream.encoding,
        errors=errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
    setattr(sys, name, shown)
    return outlet
