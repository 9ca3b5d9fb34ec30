"""What all pages share: where the checkout is, what a page names, the comment that says who writes it, and rows of tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = "<!-- Written by `python docs/pages`; do not edit. -->"
FENCE = re.compile(r"^(```+|~~~+)(\w*)[^\n]*\n(.*?)^\1[ \t]*$", re.M | re.S)
LINK = re.compile(r"\]\((?!\w+:)([^\s)]+)\)")


@dataclass
class Named:
    """What a page names: inline code, targets of its links within the repository, and lines of its shell blocks."""

    code: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    shell: list[str] = field(default_factory=list)


def pages_of_the_repository() -> list[Path]:
    """Every page of the checkout that is read where it is: none of hidden folders, and no templates."""
    found = (
        path for folder in ("docs", "models", "experiments", "notebooks") for path in (ROOT / folder).rglob("*.md")
    )
    pages = sorted((*ROOT.glob("*.md"), *found))
    hidden = ("templates", ".")
    return [page for page in pages if not any(part.startswith(hidden) for part in page.relative_to(ROOT).parts)]


def code_and_prose(page: Path) -> Named:
    """What a page names. Of recipes nothing, as those name what they make."""
    text = page.read_text(encoding="utf-8")
    start, end = text.find("## Recipes"), text.find("## Style")
    text = text[:start] + text[end:] if 0 <= start < end else text
    named = Named()
    for match in FENCE.finditer(text):
        if match[2] in ("sh", "bash", "shell"):
            lines = match[3].replace("\\\n", " ").splitlines()
            named.shell += [line.strip() for line in lines if line.strip()]
    prose = FENCE.sub("", text)
    named.shell += [line.strip() for line in re.findall(r"^ {4}(katye .*)$", prose, re.M)]
    named.code = [" ".join(code.split()) for code in re.findall(r"(?<!`)`([^`]+)`(?!`)", prose)]
    named.links = LINK.findall(re.sub(r"(?<!`)`[^`]+`(?!`)", "`", prose))
    return named


def table_row(cells: Sequence[object]) -> str:
    """A line of a table; what Markdown would read as its own is taken out of the cells."""
    return "| " + " | ".join(str(cell).replace("|", "/").replace("*", "\\*") for cell in cells) + " |"
