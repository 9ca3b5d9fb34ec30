"""What a study found, as its command prints it: by what the study is for, the table that its readers want first."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.cli.terminal import console, print_table, say
from simulation.errors import InputError
from simulation.files.plain_text import plain_text

if TYPE_CHECKING:
    from experiments.analysis.compared import Compared
    from experiments.analysis.scorecard.table import Scorecard

FIRST, EACH = 75, 30  # letters across that outcome and reference take, and each side beside them


def print_found(folder: Path, card: Mapping[str, Any]) -> None:
    """The table of a study by its analysis; nothing for what was made of folders, which has printed its own."""
    from experiments.study import ready_made as kinds

    if card.get("analysis") == kinds.COMPARISON:
        from experiments.analysis.compared import compared_study

        print_comparison(compared_study(folder))
    elif card.get("analysis") == kinds.ABLATION:
        print_ablation(folder)
    elif card.get("analysis") == kinds.COMMON_RANDOM_NUMBERS:
        print_saving(folder)
    elif card.get("analysis") == kinds.SCORECARD:
        from experiments.analysis.scorecard.table import Scorecard

        print_scorecard(Scorecard.read(folder))
    elif "study" in card and "folders" not in card:
        print_extremes(folder)


def print_comparison(found: Compared) -> None:
    """The table of differences, and the sentences that belong under it."""
    from experiments.report.comparison.words import decomposition_sentences, notes, price_sentences

    _print_table(found)
    for line in (*notes(found), *decomposition_sentences(found), *price_sentences(found)):
        say(line)


def _print_table(found: Compared) -> None:
    """Outcomes down, sides across, in as many tables as are needed for a line to be read."""
    from rich import box
    from rich.table import Table

    from experiments.report.comparison.words import summary_rows

    header, rows = summary_rows(found)
    screen = console()
    shown = max(1, (screen.width - FIRST) // EACH)
    for first in range(2, max(len(header), 3), shown):
        wanted = [0, 1, *range(first, min(first + shown, len(header)))]
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for place in wanted:
            table.add_column(plain_text(header[place]), justify="left" if place == 0 else "right", overflow="fold")
        for row in rows:
            table.add_row(*(plain_text(row[place]) for place in wanted))
        screen.print(table)
    sys.stdout.flush()


def print_ablation(folder: Path) -> None:
    """Means with every mechanism, then a row a mechanism, the heaviest first."""
    from experiments.analysis.ablation import Ablation
    from experiments.report import ablation as shown

    found = Ablation.read(folder)
    table = found.table()
    if not len(table):
        say("Too few runs of any mechanism have finished to compare anything.")
        return
    say(shown.reference_words(found))
    print_table(shown.header(found), [*shown.rows(found, table), *shown.rows(found, table, heaviest=False)])


def print_saving(folder: Path) -> None:
    """What sharing seeds saves, an outcome a row, and how luck drifts apart."""
    from experiments.analysis.common_random_numbers import Pairs, saving_table
    from experiments.report import common_random_numbers as shown

    try:
        pairs = Pairs.read(folder)
    except InputError as error:  # too few pairs: the study can go on
        say(error)
        return
    table = saving_table(pairs)
    words = shown.sides_in_words(pairs)
    say(f"one: {words[0]}; other: {words[1]}; {pairs.number} seeds a side, day {pairs.days}")
    print_table(shown.HEADER, shown.saving_rows(pairs, table))
    print_table(*shown.drift_rows(pairs, table))


def print_scorecard(found: Scorecard) -> None:
    """The figures that the band misses, then a row a series, and who comes nearest."""
    from experiments.report.scorecard import words

    say(words.scope(found))
    if len(found.misses):
        print_table(("missed", *words.HEADER[1:]), words.rows(found.misses))
    print_table(words.SUMMARY, words.summary_rows(found))
    say(f"The band holds {len(found.held)} of {len(found.table)} figures. {words.nearest(found.table)}")


def print_extremes(folder: Path) -> None:
    """For every outcome that the study names: the cells with the lowest and the highest mean."""
    from experiments.analysis.study_results import parameter_words, varied_names
    from simulation.runs.results import Results

    results = Results(folder)
    if "runs" not in results.names() or results.card.get("samples"):
        return
    runs = results.runs()
    cell = ["arm", *varied_names(results.card)]
    rows = []
    for outcome in results.card["outcomes"]:
        if outcome in runs:
            means = runs.groupby(cell)[outcome].mean().dropna()
            means.index = [at if isinstance(at, tuple) else (at,) for at in means.index]  # the arm alone is no tuple
            if len(means):
                alike = len(means) > 1 and means.min() == means.max()
                ends = [
                    (means[at], "all alike" if alike else ", ".join(map(parameter_words, at)))
                    for at in (means.idxmin(), means.idxmax())
                ]
                rows.append((outcome, *ends[0], *ends[1]))
    if rows:
        where = f"at {', '.join(cell)}"
        print_table(("mean of", "lowest", where, "highest", where), rows)
