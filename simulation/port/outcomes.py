"""Outcomes: every figure that a run leaves behind, declared once with all that readers of tables and pages need of it."""

from __future__ import annotations

import ast
import copy
import functools
import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from simulation.port import naming

FORMATS = ("count", "share", "usd", "number")
"""How a value is written: 1,230 people; 41.2 %; $312M; 0.123 (an index, a rate, a ratio)."""
POINT = 0.01  # precision wanted of a share: one percentage point
PART = 0.05  # and of all else, as a part of the reference's mean


@dataclass(frozen=True)
class Outcome:
    """A column of a table. `title` is for figures and tables, `plain` for a room that knows no jargon; both never empty.

    `name` says what was done with the days (`simulation/port/naming.py`). `unit` and `meaning` define it. `format`: one of
    `FORMATS`. `direction`: +1 or -1 where more or fewer is what everybody wants, else 0; deaths of people in gangs have
    none. `headline`: shown in comparisons and on the screen unless others are asked for. `reduction`: how a run's value
    comes from its days, in words; "" for a daily column. `value`: the function of the model that computes it, or its days.
    `summed`: days add up to a meaningful total (flows do, stocks do not); its name then ends in `_today`. `part`: one of
    several that a total is split into, which pages leave out where it is 0 in every run. `never_aim`: why no analysis may
    look for more of it, or "". `before`: names that it had once, for errors that lead to today's. `titles`: {language: title}
    for those languages that have one; the others show `title`, which is in `language`.
    """

    name: str
    unit: str
    meaning: str
    title: str = ""
    plain: str = ""
    format: str = "count"
    direction: int = 0
    headline: bool = False
    reduction: str = ""
    value: Callable[[Any], Any] | None = field(default=None, compare=False, repr=False)
    summed: bool = False
    part: bool = False
    never_aim: str = ""
    before: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict, compare=False)
    language: str = field(default="en", compare=False)

    def __post_init__(self) -> None:
        if self.summed != self.name.endswith(naming.TODAY):
            says = (
                "adds up over days, so its name ends"
                if self.summed
                else "does not add up over days, so no name of it ends"
            )
            raise ValueError(f"{self.name} {says} in {naming.TODAY}")
        if self.format not in FORMATS:
            raise ValueError(f"format {self.format!r} of {self.name} is not one of {FORMATS}")
        if self.direction not in (-1, 0, 1):
            raise ValueError(f"direction {self.direction} of {self.name} is not -1, 0 or 1")
        title = self.title or self.name.replace("_", " ").capitalize()
        object.__setattr__(self, "title", title)
        object.__setattr__(self, "plain", self.plain or title)

    def spoken(self, language: str) -> Outcome:
        """The same outcome, called by its title in a language, if it has one there."""
        known = language in self.titles
        return replace(self, title=self.titles[language], language=language) if known else self

    @property
    def formula(self) -> str:
        """How the value is computed from the model, as an expression of Python; "" where that cannot be shown."""
        return "" if self.value is None else source_of(self.value)

    def precision(self, mean: float) -> float:
        """Half width of an interval that would do: a percentage point, or 5 % of the reference's mean; NaN if that is 0."""
        return POINT if self.format == "share" else PART * abs(mean) or math.nan


def on_curves(daily: Mapping[str, Outcome]) -> dict[str, Outcome]:
    """The columns of curves, which hold daily columns on some days: what adds up stands there as its sum since the start."""
    return {naming.running(name): _so_far(item) if item.summed else item for name, item in daily.items()}


def _so_far(item: Outcome) -> Outcome:
    """A flow as its running sum."""

    def since(text: str, language: str) -> str:
        return text.removesuffix(naming.said(naming.TODAY, language)) + naming.said(naming.SO_FAR, language)

    more = {language: since(title, language) for language, title in item.titles.items()}
    told = {"title": since(item.title, item.language), "plain": since(item.plain, "en"), "titles": more}
    meaning = f"{item.meaning.removesuffix(' that day')}, since the start"
    return replace(item, name=naming.running(item.name), meaning=meaning, summed=False, **told)


def former(columns: Iterable[Outcome]) -> dict[str, str]:
    """{name that a column had once: today's}."""
    return {old: item.name for item in columns for old in item.before}


def source_of(function: Callable[[Any], Any]) -> str:
    """What a function computes: the body of a lambda as an expression, the statements of a named one.

    Numbers and texts that it closes over stand in place of their names. "" where the source is not to be had.
    """
    function = inspect.unwrap(function)
    kind = ast.Lambda if function.__name__ == "<lambda>" else ast.FunctionDef
    try:
        tree = _tree(inspect.getsourcefile(function) or "")
        found = [
            node
            for node in ast.walk(tree)
            if isinstance(node, kind) and _line(node) == function.__code__.co_firstlineno
        ]
        node = copy.deepcopy(found[0])
    except (OSError, TypeError, SyntaxError, AttributeError, IndexError):
        return _described(function)
    names = {
        name: value
        for name, value in inspect.getclosurevars(function).nonlocals.items()
        if isinstance(value, str | int)
    }
    node = _Named(names).visit(node)
    if isinstance(node, ast.Lambda):
        return ast.unparse(node.body)
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return "; ".join(ast.unparse(line) for line in body)


@functools.cache
def _tree(path: str) -> ast.AST:
    """The source file, parsed."""
    return ast.parse(Path(path).read_text(encoding="utf-8"))


def _line(node: Any) -> int:
    """The line on which a function begins, its decorators too."""
    return min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))])


def _described(function: Callable[[Any], Any]) -> str:
    """The first line of its docstring, for what has no source of its own to show."""
    return (inspect.getdoc(function) or "").partition("\n")[0]


class _Named(ast.NodeTransformer):
    """Names with known values as these values."""

    def __init__(self, names: dict[str, Any]):
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Constant(self.names[node.id]) if node.id in self.names else node
