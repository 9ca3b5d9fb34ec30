"""The benchmark's history: a CSV file with a row for every run that was recorded, and a look at its last rows."""

from __future__ import annotations

import csv
import io
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from simulation.errors import InputError
from simulation.files.atomic import write_whole
from simulation.runs.commit import commit
from simulation.runs.results import versions

ROOT = Path(__file__).resolve().parents[2]
ABOUT = ("date", "commit", "python", "mesa", "numba", "numpy", "processor", "cores", "quick", "against")
LAST_ROWS = 5


def columns(figures: Iterable[str]) -> tuple[str, ...]:
    """The file's columns: when, where and with what it was measured, then the figures by name."""
    return (*ABOUT, *figures)


def row(figures: Mapping[str, float], names: Iterable[str], quick: bool, against: str = "") -> dict[str, Any]:
    """One line of the file, with the columns `columns(names)`; figures that were not measured are left empty.

    `against`: the commit that was measured beside this version.
    """
    found = versions()
    about = {"date": datetime.now(UTC).isoformat(timespec="seconds"), "commit": commit(ROOT) or ""}
    about |= {name: found.get(name, "") for name in ("python", "mesa", "numba", "numpy")}
    about |= {"processor": processor(), "cores": os.cpu_count(), "quick": "yes" if quick else "no"}
    about["against"] = against
    return about | {name: f"{figures[name]:.6g}" if name in figures else "" for name in names}


def processor() -> str:
    """The model of the processor as the system names it."""
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def check(path: Path, wanted: Sequence[str]) -> None:
    """InputError if `path` cannot take a row with the columns `wanted`. Changes nothing."""
    path = path.expanduser()
    if path.exists():
        _check_columns(path, read(path)[0], wanted)
        if not os.access(path, os.W_OK):
            raise InputError("the file is read-only", str(path))
    try:
        # Asking for permission is not enough: to root all seems writable, a read-only disk takes nothing.
        _write(_beside(path), "")
        _beside(path).unlink()
    except OSError as error:
        hint = "Choose another file for --record"
        raise InputError(f"cannot write in {path.parent} ({error.strerror})", str(path), hint) from None


def append(path: Path, new: Mapping[str, Any]) -> None:
    """Add one row, after `check`; a new file gets its first line. The file is replaced whole or not at all."""
    check(path, list(new))
    path = path.expanduser().resolve()
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = io.StringIO()
    writer = csv.DictWriter(lines, list(new), lineterminator="\n")
    if not text:
        writer.writeheader()
    elif not text.endswith("\n"):
        text += "\n"
    writer.writerow(new)
    write_whole(path, (text + lines.getvalue()).encode())


def read(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Columns and rows of a history file; InputError if it is none."""
    try:
        text = path.expanduser().read_text(encoding="utf-8")
        reader = csv.DictReader(io.StringIO(text), strict=True)
        return list(reader.fieldnames or ()), list(reader)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", str(path)) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"no readable CSV file ({error})", str(path)) from None


def last_rows(path: Path, names: Iterable[str]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Head and lines of a table of the last runs, a column each, and of the last over the one before."""
    found = read(path)[1][-LAST_ROWS:]
    if not found or "date" not in found[0]:
        what = "this is no history of the benchmark: no row with a date"
        raise InputError(what, str(path), "katye benchmark --record FILE makes one")
    runs = [f"{one['date'][:10]} {(one.get('commit') or '')[:7]}".strip() for one in found]
    lines = [(name, *(one.get(name) or "-" for one in found), "") for name in ABOUT[2:]]
    lines += [(name, *(one.get(name) or "-" for one in found), _change(found, name)) for name in names]
    return ("figure", *runs, "last / before"), lines


def _change(found: Sequence[Mapping[str, str]], name: str) -> str:
    try:
        before, last = (float(one[name]) for one in found[-2:])
        return f"{last / before:.2f}"
    except (KeyError, ValueError, TypeError, ZeroDivisionError):
        return "-"


def _check_columns(path: Path, found: Sequence[str], wanted: Sequence[str]) -> None:
    if not found or list(found) == list(wanted):
        return
    missing = [name for name in wanted if name not in found]
    foreign = [name for name in found if name not in wanted]
    parts = [f"without {_some(missing)}"] * bool(missing) + [f"with {_some(foreign)}"] * bool(foreign)
    what = f"its columns are not those of this version ({'; '.join(parts) or 'another order'})"
    raise InputError(what, str(path), "Nothing is written; give --record a new file")


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + f" and {len(names) - 3} more" * (len(names) > 3)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}-new")


def _write(path: Path, text: str) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        file.write(text)
