"""What all pages share: where the checkout is, the line that says who writes a page, and rows of tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = "Written by `python docs/pages`; do not edit."


def table_row(cells: Sequence[object]) -> str:
    """A line of a table; what Markdown would read as its own is taken out of the cells."""
    return "| " + " | ".join(str(cell).replace("|", "/").replace("*", "\\*") for cell in cells) + " |"
