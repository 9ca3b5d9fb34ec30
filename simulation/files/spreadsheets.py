"""Tables as CSV that somebody will open in a spreadsheet: no text in them is taken for a formula there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas

FORMULA = re.compile(r"[=+\-@\t\r]")
NUMBER = re.compile(r"[+-]?(\d[\d_]*\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|nan)", re.IGNORECASE)


def harmless(cell: Any) -> Any:
    """The cell; a text that a spreadsheet would compute (it begins with = + - @ or a tab, and is no number) after a quote."""
    if isinstance(cell, str) and FORMULA.match(cell) and not NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def csv_text(table: pandas.DataFrame) -> str:
    """The table as CSV: commas, no index, one kind of line end."""
    changed = {}
    for name in table.columns:
        if table[name].dtype.kind == "O":  # texts, and categories of them
            changed[name] = table[name].map(harmless)
    names = [harmless(name) for name in table.columns]
    return table.assign(**changed).set_axis(names, axis=1).to_csv(index=False, lineterminator="\n")
