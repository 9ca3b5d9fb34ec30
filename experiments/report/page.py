"""Pages of the documentation of which a command writes a part, between two marks; files that are never half there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from simulation.errors import InputError, refusal
from simulation.files.atomic import write_whole


def marks(name: str) -> tuple[str, str]:
    """The two lines between which `katye NAME` writes."""
    return f"<!-- katye {name} begins: written by the command, not by hand -->", f"<!-- katye {name} ends -->"


def check_page(page: Path, name: str) -> str:
    """The text of a page with both marks; InputError if it cannot be read or has none."""
    begin, end = marks(name)
    try:
        text = page.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"cannot be read ({refusal(error)})", f"page {page}", "It must exist, with two marks in it"
        ) from None
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
        raise InputError("does not have its two marks once each", f"page {page}", f"The lines '{begin}' and '{end}'")
    return text


def write_between(page: Path, name: str, content: str) -> None:
    """Replace what stands between the marks."""
    text, (begin, end) = check_page(page, name), marks(name)
    before, after = text[: text.index(begin) + len(begin)], text[text.index(end) :]
    write_whole(page, f"{before}\n{content}\n{after}".encode())


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a Markdown table whose columns after the first are to the right."""
    rule = ["---", *["---:"] * (len(header) - 1)]
    return [f"| {' | '.join(cells)} |" for cells in (header, rule, *rows)]
