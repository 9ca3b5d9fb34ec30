"""The day as a picture and a table: every rule in the order in which it acts, with what it reads, changes and asks."""

from __future__ import annotations

import inspect
from html import escape

from models.haiti import day
from models.haiti.day import DAY
from pages.markdown import WRITTEN, table_row
from simulation.mechanism import Mechanism

WIDE, BOX, HIGH, GAP, A_ROW = 1220, 156, 40, 10, 6
LABEL = 216  # where boxes begin: words of a part stand before them
INK, PAPER, FRAME, LINE, OWN = "#1d2733", "#ffffff", "#f2f4f6", "#8a96a3", "#dbe7f3"


def parts() -> list[tuple[str, list[type[Mechanism]]]]:
    """The parts of the day as comments in the list of rules name them, and the rules of each."""
    text = inspect.getsource(day)
    text = text[text.index("DAY: tuple") : text.index("SWITCHES")]
    by_class = {kind.__name__: kind for kind in DAY}
    found: list[tuple[str, list[type[Mechanism]]]] = []
    for line in (line.strip() for line in text.splitlines()):
        if line.startswith("#"):
            found.append((line.removeprefix("#").strip(), []))
        elif (name := line.rstrip(",")) in by_class:
            found[-1][1].append(by_class[name])
    assert [kind for _, kinds in found for kind in kinds] == list(DAY)
    return found


def day_picture() -> str:
    """The day as SVG: parts from top to bottom, rules from left to right; what cannot be switched off has a thick frame."""
    drawn, top, number = [], GAP, 0
    for title, kinds in parts():
        rows = -(-len(kinds) // A_ROW)
        height = max(rows * (HIGH + GAP) + GAP, 17 * len(_lines(title)) + 2 * GAP)
        drawn.append(f'<rect x="4" y="{top}" width="{WIDE - 8}" height="{height}" rx="6" fill="{FRAME}"/>')
        for at, line in enumerate(_lines(title)):
            drawn.append(f'<text x="16" y="{top + 26 + 17 * at}" font-weight="600">{escape(line)}</text>')
        for at, kind in enumerate(kinds):
            number += 1
            left, above = LABEL + at % A_ROW * (BOX + GAP), top + GAP + at // A_ROW * (HIGH + GAP)
            thick = "1" if kind.switch else "3"
            drawn.append(
                f'<g><title>{escape(_says(kind))}</title><rect x="{left}" y="{above}" width="{BOX}" height="{HIGH}" rx="4" '
                f'fill="{PAPER if kind.switch else OWN}" stroke="{LINE}" stroke-width="{thick}"/>'
                f'<text x="{left + 8}" y="{above + 25}"><tspan fill="#5b6673">{number} </tspan>'
                f"{escape(kind.name.replace('_', ' '))}</text></g>"
            )
        top += height + GAP
        drawn.append(f'<path d="M 600 {top - GAP} v {GAP}" stroke="{INK}" stroke-width="2"/>')
    drawn.pop()
    words = f"The day of the model: {len(DAY)} rules in {len(parts())} parts, in the order in which they act"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {top}" width="{WIDE}" height="{top}" role="img" '
        f'aria-label="{words}" font-family="system-ui, sans-serif" font-size="13" fill="{INK}">\n'
        f'<rect width="{WIDE}" height="{top}" fill="{PAPER}"/>\n' + "\n".join(drawn) + "\n</svg>\n"
    )


def _lines(title: str, most: int = 24) -> list[str]:
    """A title in lines of at most so many letters."""
    lines = [""]
    for word in title.split():
        if len(lines[-1]) + len(word) >= most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _says(kind: type[Mechanism]) -> str:
    """The first sentence of what a rule says of itself."""
    return " ".join((kind.__doc__ or "").split("\n\n")[0].split())


def day_page() -> str:
    """The day as Markdown."""
    lines = ["# The day", "", WRITTEN, ""]
    lines += [
        f"A day is {len(DAY)} rules, one after the other, in the order of `DAY` in `models/haiti/day.py`. Security forces act",
        "before gangs, and people decide last. Those who decide look at the state of the morning; a rule then resolves all",
        "intentions at once. A rule sees what rules before it have changed on the same day. What cannot be switched off",
        "is blue.",
        "",
        f"![{len(DAY)} rules in {len(parts())} parts, from dates and the Council at the top to people at the bottom](day.svg)",
        "",
        "Names of state are paths from the model (`influence` is that of every neighbourhood, `pool.cash` the mission's cash).",
        "A rule only looks at what it reads, changes what it writes, and calls the rules that it uses. A watched city",
        "proves it (`tests/models/haiti/mechanisms/test_contract.py`). Equations, parameters and objections:",
        "`docs/mechanisms.md`.",
    ]
    number = 0
    for title, kinds in parts():
        lines += ["", f"## {title[0].upper()}{title[1:]}", ""]
        lines += ["| | rule, what it does | reads | writes | uses |", "|---|---|---|---|---|"]
        for kind in kinds:
            number += 1
            named = [", ".join(names) for names in (kind.reads, kind.writes, kind.uses)]
            lines.append(table_row((number, f"[{kind.name}](mechanisms.md#{kind.name})<br>{_says(kind)}", *named)))
    return "\n".join(lines) + "\n"
