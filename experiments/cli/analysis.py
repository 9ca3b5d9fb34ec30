"""The commands that read a study and run nothing: `katye sensitivity`, `discover`, `frontier` and `effects`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.cli.terminal import Json, print_json, print_table, say, typed, typed_path

if TYPE_CHECKING:
    import pandas

    from experiments.analysis.interactions import Effects
    from experiments.analysis.sensitivity import Finding
    from experiments.analysis.study_results import StudyResults

Folder = Annotated[Path, typer.Argument(parser=typed_path, help="The folder of a study.")]
Outcome = Annotated[str, typer.Option(metavar="NAME", help="An outcome from `katye metrics`.")]
Below = Annotated[float | None, typer.Option(metavar="X", help="The outcome is to stay below X.")]
Above = Annotated[float | None, typer.Option(metavar="X", help="The outcome is to stay above X.")]
Arm = Annotated[str | None, typer.Option(help="Only this arm of the study; all unless given.")]
Out = Annotated[Path | None, typer.Option(parser=typed_path, help="Folder to write to; the study's own unless given.")]


def sensitivity(
    folder: Folder,
    outcome: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this outcome; repeatable. The study's unless given.")
    ] = None,
    out: Out = None,
) -> None:
    """Say which parameters decide the outcomes of a study, and how much is luck; after a screening, write what to run next."""
    from experiments.analysis.sensitivity import analyse, index_table, usable, variance_table
    from experiments.analysis.study_results import StudyResults, analysis_folder, write_csv
    from experiments.report.common import drawn_from
    from experiments.report.sensitivity import words
    from simulation.runs.results import CAVEAT

    studied = StudyResults.read(folder)
    kept, lost = usable(studied, studied.outcomes(outcome or ()))
    findings = analyse(studied, kept)
    target = analysis_folder(studied, out)
    written = [write_csv(variance_table(findings), target / "variance.csv")]
    for finding in findings:
        if finding.indices:
            say(f"\n{words.title(finding)}")
            print_table(*words.index_rows(finding))
    if any(finding.indices for finding in findings):
        say(words.READING[studied.card["design"]])
        written.insert(0, write_csv(index_table(findings), target / "sensitivity.csv"))
    several = [finding for finding in findings if finding.split.replicates > 1]
    if several:
        print_table(*words.split_rows(several))
        say(words.split_reading(several))
        if studied.card["design"] == "morris":
            say(words.SCREENING_SPLIT)
    told = [*(f"left out: {line}" for line in lost), *words.notes(findings)]
    for line in [*told, *([words.DRAWN.format(drawn_from(studied.card))] if studied.card.get("uncertainty") else [])]:
        say(f"note: {line}")
    written += _pictures(findings, target)
    if studied.card["design"] == "morris" and several:
        written += _next_study(studied, findings, target)
    _tell(written, CAVEAT)


def _pictures(findings: list[Finding], target: Path) -> list[Path]:
    """A picture of indices for each arm or difference, and one of the variance's parts."""
    from experiments.analysis.study_results import write_picture
    from experiments.report.sensitivity.figures import figure_indices, figure_split

    written, names = [], []
    for number, of in enumerate(dict.fromkeys(finding.sample.of for finding in findings)):
        part = [finding for finding in findings if finding.sample.of == of and finding.indices]
        if part:
            word = re.sub(r"[^\w.,+-]+", "-", of)  # an arm may be called with/without
            name = "sensitivity.png" if number == 0 else f"sensitivity-{word}.png"
            name = f"sensitivity-{word}-{number}.png" if name in names else name
            names.append(name)
            written.append(write_picture(figure_indices(part), target / name))
    split = [finding for finding in findings if finding.split.total > 0]
    if split:
        written.append(write_picture(figure_split(split), target / "variance.png"))
    return written


def _next_study(studied: StudyResults, findings: list[Finding], target: Path) -> list[Path]:
    from experiments.analysis.sensitivity import survivors
    from experiments.study.follow_up import NAME, survivors_study
    from simulation.files.atomic import write_whole

    kept = survivors(findings)
    if not kept:
        say("No parameter survives the screening, so there is no study to go on with.")
        return []
    path = target / f"{NAME}.toml"
    write_whole(path, survivors_study(studied.content, kept).encode())
    say(f"Survive the screening in one outcome or more: {', '.join(kept)}")
    say(f"Their Sobol indices: {typed('katye', 'plan', path)}, then {typed('katye', 'sweep', path)}")
    return [path]


def discover(
    folder: Folder,
    outcome: Outcome,
    below: Below = None,
    above: Above = None,
    arm: Arm = None,
    box: Annotated[int | None, typer.Option(help="Take this box of the trajectory rather than the best.")] = None,
    out: Out = None,
) -> None:
    """Find where in a study an outcome stays below or above a limit: a few limits on parameters and policies (PRIM)."""
    from experiments.analysis import discovery
    from experiments.analysis.study_results import StudyResults, analysis_folder, wish, write_csv, write_picture
    from simulation.runs.results import CAVEAT

    studied = StudyResults.read(folder)
    found = discovery.discover(studied, wish(studied, outcome, below, above), arm, box)
    target = analysis_folder(studied, out)
    say(found.wish)
    print_table(*discovery.trajectory_rows(found))
    if found.box.limits:
        print_table(*discovery.box_rows(found))
    for line in discovery.sentences(found):
        say(line)
    written = [
        write_csv(discovery.trajectory_table(found), target / f"discovery-{outcome}.csv"),
        write_csv(discovery.box_table(found), target / f"discovery-{outcome}-box.csv"),
        write_picture(discovery.figure_discovery(found), target / f"discovery-{outcome}.png"),
    ]
    _tell(written, CAVEAT)


def frontier(
    folder: Folder,
    outcome: Outcome,
    below: Below = None,
    above: Above = None,
    arm: Arm = None,
    force: Annotated[str, typer.Option(metavar="NAME", help="What stands for force.")] = "deployment.authorised",
    money: Annotated[str, typer.Option(metavar="NAME", help="What stands for money.")] = "funding.level",
    out: Out = None,
) -> None:
    """Find the least money and force that keep an outcome below or above a limit with 50, 80 and 90 % probability."""
    from experiments.analysis import frontier as found_in
    from experiments.analysis.study_results import StudyResults, analysis_folder, wish, write_csv, write_picture
    from simulation.runs.results import CAVEAT

    studied = StudyResults.read(folder)
    found = found_in.frontier(studied, wish(studied, outcome, below, above), arm, force, money)
    target = analysis_folder(studied, out)
    say(f"{found.wish}: least {found.force}, with which probability")
    print_table(*found_in.frontier_rows(found))
    for line in found_in.sentences(found):
        say(line)
    written = [
        write_csv(found.cells, target / f"frontier-{outcome}-cells.csv"),
        write_csv(found.least, target / f"frontier-{outcome}.csv"),
        write_picture(found_in.figure_frontier(found), target / f"frontier-{outcome}.png"),
    ]
    _tell(written, CAVEAT)


def _tell(written: list[Path], caveat: str) -> None:
    say(caveat)
    for path in written:
        say(f"Written: {path}")


def effects(
    folder: Annotated[Path, typer.Argument(parser=typed_path, help="The folder of a factorial study.")],
    outcome: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this outcome; repeatable. The study's unless given.")
    ] = None,
    factor: Annotated[
        str | None, typer.Option(metavar="NAME", help="Show only what this factor does, and what changes it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what every two levels of a factor change, everywhere and at each level of another, and where that differs.

    Shows what is beyond chance; effects.csv and interactions.csv in the study's folder hold every row. With --json nothing
    is written, and every row is printed.
    """
    from dataclasses import replace

    from experiments.analysis.interactions import read_effects, write_effects
    from experiments.report import effect_words as words
    from simulation.runs.results import CAVEAT

    found = read_effects(folder, outcome or ())
    shown = found if factor is None else replace(found, **_about_factor(found, found.factor(factor).name))
    if as_json:
        print_json({"effects": _records(shown.effects), "interactions": _records(shown.interactions)})
        return
    say(CAVEAT)
    _print_beyond(words.pairwise_rows(_sure(shown, "effects")), "effect")
    _print_beyond(words.interaction_rows(_sure(shown, "interactions")), "interaction")
    for line in (words.inert_sentence(shown), *(words.interaction_sentence(item, shown) for item in shown.outcomes)):
        if line:
            say(line)
    if outcome is None:
        for path in write_effects(found, folder):
            say(f"Written: {path}")


def _about_factor(found: Effects, name: str) -> dict[str, pandas.DataFrame]:
    """The rows of both tables that tell of one factor; all p values stay as they are among all rows."""
    tables = {"effects": found.effects, "interactions": found.interactions}
    columns = {"effects": ["factor"], "interactions": ["factor", "within"]}
    return {
        key: table[(table[columns[key]] == name).any(axis=1)] if len(table) else table for key, table in tables.items()
    }


def _sure(found: Effects, which: str) -> Effects:
    """With only those rows of a table that are beyond chance."""
    from dataclasses import replace

    table = getattr(found, which)
    return replace(found, **{which: table[table["beyond"]] if len(table) else table})


def _print_beyond(rows: tuple[list[str], list[list[str]]] | None, word: str) -> None:
    if rows is None:
        say(f"No {word} can be told from chance.")
        return
    header, lines = rows
    print_table([f"{word}s beyond chance", *header[1:]], lines)


def _records(table: pandas.DataFrame) -> list[dict[str, Any]]:
    return table.to_dict("records")


COMMANDS = (sensitivity, discover, frontier, effects)
