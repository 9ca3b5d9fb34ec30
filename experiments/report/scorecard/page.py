"""A scorecard in a page of the documentation, between its marks."""

from __future__ import annotations

from pathlib import Path

from experiments.analysis.scorecard.table import Scorecard
from experiments.report.page import check_page, markdown_table, write_between
from experiments.report.scorecard import words
from experiments.report.scorecard.figure import figure_scorecard
from simulation.files.atomic import write_whole
from simulation.runs.results import CAVEAT
from simulation.visualization import style

NAME = "scorecard"
DOTS = 105  # an inch


def write_page(page: Path, folder: Path) -> Path:
    """Put tables and figure of a study between the marks of a page; returns the figure, a PNG beside it of the same name."""
    check_page(page, NAME)
    found, figure = Scorecard.read(folder), page.with_suffix(".png")
    # As wide as a small laptop's screen.
    write_whole(figure, style.figure_png(figure_scorecard(found), DOTS))
    write_between(page, NAME, markdown(found, figure.name))
    return figure


def markdown(found: Scorecard, figure: str) -> str:
    """The text between the marks: misses first."""
    card = found.card
    lines = [words.scope(found), f"{card.get('weight')} households to a row. {CAVEAT}", ""]
    for line in words.finding(found):
        lines += [line, ""]
    lines += [f"![Bands of the ensemble against published figures, each divided by the figure]({figure})", ""]
    for title, table in (("Missed:", found.misses), ("Held:", found.held)):
        if len(table):
            lines += [title, "", *markdown_table(words.HEADER, words.rows(table)), ""]
    lines += ["Series by series:", "", *markdown_table(words.SUMMARY, words.summary_rows(found))]
    if card.get("command"):
        lines += ["", f"    {card['command']}"]
    return "\n".join(lines)
