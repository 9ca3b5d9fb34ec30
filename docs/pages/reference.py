"""What to import from Python: public names with signature and docstring, read without running them."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

from pages.markdown import ROOT, WRITTEN

PACKAGES = ("experiments", "models.haiti")
"""Packages that say in `__all__` what is public, and in `HOMES` where it lives."""
MORE = {
    "simulation.runs.results": ("Results", "RunResults"),
    "simulation.visualization.short_ways": ("Shown",),
    "simulation.port.family": ("ModelFamily", "Presentation"),
    "simulation.port.outcomes": ("Outcome",),
    "simulation.parameters": ("parameter", "uniform", "ParameterSet"),
    "simulation.mechanism": ("Mechanism",),
    "simulation.recorder": ("Recorder",),
    "simulation.errors": ("InputError", "UnknownNameError"),
}
"""What people meet who write a model, a mechanism or a figure of their own."""


def reference_page() -> str:
    """The public names as Markdown."""
    lines = [
        "# Reference",
        "",
        WRITTEN,
        "",
        "What to import from Python, as docstrings say it. Names that begin with `_` are nobody's.",
    ]
    shown: set[tuple[str, str]] = set()
    for package in PACKAGES:
        module = importlib.import_module(package)
        lines += ["", f"## {package}", "", *_text(ast.get_docstring(_tree(package)) or "")]
        for name in module.__all__:
            home = module.HOMES.get(name, package)
            shown.add((home, name))
            lines += _entry(home, name)
    for home, names in MORE.items():
        wanted = [name for name in names if (home, name) not in shown]
        if wanted:
            lines += ["", f"## {home}"]
            for name in wanted:
                lines += _entry(home, name)
    return "\n".join(lines) + "\n"


def _tree(module: str) -> ast.Module:
    path = Path(ROOT, *module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(file.read_text(encoding="utf-8"))


def _entry(home: str, name: str) -> list[str]:
    """A heading, where the name lives, its signature and what is said of it; of a class its public methods too."""
    node = next((one for one in _tree(home).body if getattr(one, "name", None) == name), None)
    lines = ["", f"### {name}", "", f"`from {home} import {name}`"]
    if node is None:
        return lines
    if isinstance(node, ast.ClassDef):
        bases = ", ".join(map(ast.unparse, node.bases))
        lines += ["", *_code(f"class {name}({bases})" if bases else f"class {name}")]
    else:
        lines += ["", *_code(_signature(node))]
    lines += ["", *_text(ast.get_docstring(node) or "")]
    for method in getattr(node, "body", []) if isinstance(node, ast.ClassDef) else []:
        if isinstance(method, ast.FunctionDef) and not method.name.startswith("_") and ast.get_docstring(method):
            lines += ["", *_code(_signature(method)), "", *_text(ast.get_docstring(method) or "")]
    return lines


def _signature(node: ast.FunctionDef) -> str:
    """As one would type it, without hints that make it long."""
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    text = f"{node.name}({ast.unparse(node.args)}){returns}"
    for decorator in node.decorator_list:
        if ast.unparse(decorator) in ("property", "functools.cached_property"):
            return node.name
    return text


def _code(text: str) -> list[str]:
    return ["```text", text, "```"]


def _text(docstring: str) -> list[str]:
    """A docstring as prose; its examples as code, since `>` is a quotation elsewhere."""
    lines: list[str] = []
    inside = False
    for line in docstring.splitlines():
        begins = line.startswith(">>> ") and not inside
        ends = inside and not line.strip()
        lines += ["```pycon", line] if begins else ["```", line] if ends else [line]
        inside = (inside or begins) and not ends
    return [*lines, "```"] if inside else lines
