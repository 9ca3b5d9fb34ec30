"""The page of rules: under each heading what speaks against it, what is left without it, equations, parameters and works."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from models.haiti.bibliography import bibliography, cited
from models.haiti.day import DAY
from models.haiti.parameters import GROUPS, default_parameters
from pages.markdown import table_row
from simulation.files.bibliography import KEY
from simulation.mechanism import Mechanism
from simulation.parameters import Row

WITHOUT = Path(__file__).with_name("without.toml")
DOTTED = re.compile(r"\b[a-z_]+\.[a-z_]+\b")
SYMBOLS = (
    "Names with a dot are parameters or state of the model as rules declare it; others are state of a place,",
    "a gang, a force or a household, or are said in a line of the same rule. x ← y: x becomes y today; x = y: it is. U: a",
    "number from 0 to 1, drawn anew each time, as are Normal, Poisson and Binomial. next door: over the neighbours by land.",
    "[it holds]: 1 or 0. members, present, influence and the like are those of the place, or of the gang in it. kit: the",
    "equipment of the mobile force. information: as in `trust`; caveat: as in `casualty_tolerance`; coordination: as in",
    "`liaison`. A rule that does not act today leaves everything as it was.",
    "",
    "In tables, range: what is plausible, drawn from when uncertainty is on; where there is none, what the model accepts",
    "(legal). What a parameter means: behind its name.",
)


def rules_part() -> list[str]:
    """Lines of the page: the list of rules, then a part a rule."""
    lines = ["## Rules, in the order of the day", "", "| rule | file | switched off |", "|---|---|---|"]
    lines += [table_row((f"[{kind.name}](#{kind.name})", file_of(kind), kind.neutral)) for kind in DAY]
    lines += ["", "## Rule by rule", "", *SYMBOLS]
    for kind in DAY:
        lines += ["", f"### {kind.name}", "", f"**Objection.** {kind.objection}", "", "```text", *kind.equations, "```"]
        lines += ["", *_parameters(kind), "", _works(kind)]
    return lines


def groups_of(kind: type[Mechanism]) -> list[str]:
    """Parameter groups that are declared in the mechanism's file."""
    return [name for name, group in GROUPS.items() if group.__module__ == kind.__module__]


def about(kind: type[Mechanism]) -> str:
    """What a rule says of itself in words."""
    return " ".join((sys.modules[kind.__module__].__doc__ or "", kind.__doc__ or "", kind.objection, *kind.equations))


def texts(kind: type[Mechanism]) -> list[str]:
    """What a rule says of itself, and the sources of the parameters that are declared in its file."""
    return [about(kind), *(row.source for row in _own(kind))]


def file_of(kind: type[Mechanism]) -> str:
    """Name of the file that has the rule."""
    return kind.__module__.rpartition(".")[2] + ".py"


@cache
def reasons() -> Mapping[str, Mapping[str, str]]:
    """Why rules have no `picture` and cite no `work`, by rule."""
    return tomllib.loads(WITHOUT.read_text(encoding="utf-8"))


def value_text(row: Row) -> str:
    """The default with its unit, as pages write it."""
    value = str(row.default).lower() if isinstance(row.default, bool) else row.default
    return f"{value} {row.unit}".removesuffix(" -").strip()


def source_text(row: Row) -> str:
    """The source, which begins with the status."""
    return row.source if row.source.startswith(row.status) else f"{row.status}: {row.source}"


def linked(text: str, page: str = "bibliography.md") -> str:
    """A text with the keys of works as links to the bibliography."""
    return KEY.sub(lambda key: f"[{key[0]}]({page}#{key[0]})" if key[0] in bibliography() else key[0], text)


def _own(kind: type[Mechanism]) -> list[Row]:
    groups = groups_of(kind)
    return [row for row in _rows() if row.name.partition(".")[0] in groups]


@cache
def _rows() -> tuple[Row, ...]:
    return tuple(default_parameters().rows())


def _link(name: str) -> str:
    return f"[{name}](../PARAMETERS.md#{name})"


def _parameters(kind: type[Mechanism]) -> list[str]:
    """The parameters declared with a rule as a table, and the names of others that its equations have."""
    own = _own(kind)
    lines = ["| parameter | default | range | source |", "|---|---|---|---|"] if own else ["No parameters of its own."]
    for row in own:
        span = row.prior or (f"{row.range_text()} (legal)" if row.range_text() else "")
        lines.append(table_row((_link(row.name), value_text(row), span, linked(source_text(row)))))
    named = set(DOTTED.findall(" ".join(kind.equations)))
    others = [row.name for row in _rows() if row.name in named and row not in own]
    return [*lines, "", f"Parameters of other rules: {', '.join(map(_link, others))}."] if others else lines


def _works(kind: type[Mechanism]) -> str:
    works = cited(texts(kind))
    if not works:
        return f"No published work: {reasons()['work'][kind.name]}"
    return f"Works: {', '.join(linked(entry.key) for entry in works)}."
