"""What commands print, and options they share: tables that fit the screen, numbers and times as people write them."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.errors import InputError, unknown_name
from simulation.errors import typed as typed
from simulation.files.paths import typed_path as typed_path
from simulation.files.plain_text import plain_json, plain_lines, plain_text
from simulation.replay.words import LANGUAGES

if TYPE_CHECKING:
    from rich.console import Console

Json = Annotated[bool, typer.Option("--json", help="As JSON, for a script.")]
# Columns of tables that are set to the right.
NUMBERS = ("value", "lowest", "highest", "ms a day", "share", "runs", "median", "lowest to highest", "50 %", "90 %")


def say(text: object = "", *, error: bool = False) -> None:
    """What commands print with: nothing that a file or a name holds steers the terminal. `error`: on the standard error."""
    print(plain_lines(text), file=sys.stderr if error else sys.stdout, flush=error)


def spoken(language: str) -> str:
    """A language that somebody typed. UnknownNameError if no page speaks it."""
    if language not in LANGUAGES:
        raise unknown_name("language", language, LANGUAGES, "--language")
    return language


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table with a header; numbers are written by `text`."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(plain_text(column), justify="right" if column in NUMBERS else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(text, row))
    console().print(table)


def print_records(columns: Sequence[str], rows: Sequence[Sequence[Any]], as_json: bool) -> None:
    """A table for people, or the same rows for a script: a JSON list of objects, numbers as numbers."""
    if as_json:
        print_json([dict(zip(columns, row)) for row in rows])
    else:
        print_table(columns, rows)


def print_json(content: Any) -> None:
    """Content as JSON on the standard output; what is no number is null."""
    import json

    from simulation.runs.results import plain

    codes = not str(sys.stdout.encoding or "").lower().startswith("utf")  # then letters as codes, so that none is lost
    print(plain_json(json.dumps(plain(content), indent=2, ensure_ascii=codes, allow_nan=False)))


def console() -> Console:
    """The screen; a file or a pipe gets long lines rather than 80 columns."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 200, markup=False, highlight=False)


def text(value: Any) -> str:
    """Numbers as people write them: 12,345 and 0.1234."""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return plain_text(value)


def duration(seconds: float) -> str:
    """A time in the two units that matter: 45 s, 12 min, 3 h 20 min, 2 days 5 h."""
    if seconds < 90:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min"
    days, hours = divmod(hours, 24)
    return f"{days} days {hours} h"


@contextlib.contextmanager
def interrupts_told(otherwise: str = "nothing is kept") -> Iterator[None]:
    """After a Ctrl-C it is said what is kept: what the KeyboardInterrupt carries, or else this."""
    try:
        yield
    except KeyboardInterrupt as stop:
        say(f"interrupted: {stop.args[0] if stop.args else otherwise}", error=True)
        raise


def size(number: float) -> str:
    """Bytes: 850 kB, 12 MB, 3.4 GB."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6)):
        if number >= scale:
            return f"{number / scale:.2g} {unit}" if number < 10 * scale else f"{number / scale:,.0f} {unit}"
    return f"{number / 1e3:.0f} kB"


def check_positive(**numbers: int | None) -> None:
    """InputError for an option that is given and no number from 1 up."""
    for name, number in numbers.items():
        if number is not None and number < 1:
            raise InputError(f"{number} is no positive whole number", f"--{name}")


def settings_of(changes: list[str] | None, option: str = "--set") -> dict[str, Any]:
    """{name: value} from an option; each name only once, as the second would silently win."""
    from simulation.parameters import parse_value

    settings: dict[str, Any] = {}
    for text in changes or []:
        name, sign, value = text.partition("=")
        name = name.strip()
        if not (name and sign and value.strip()):
            raise InputError(f"'{text}' is no name=value", option, f"For example {option} funding.level=0.67")
        if name in settings:
            raise InputError(f"{name} is given twice", option)
        settings[name] = parse_value(value)
    return settings
