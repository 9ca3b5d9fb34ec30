"""The report of a study, written into its folder: whatever goes wrong with it, the results stay."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.analysis.compared import Compared, compared_folders, compared_study
from experiments.analysis.scorecard.table import Scorecard
from experiments.analysis.scorecard.table import write_tables as write_scorecard_tables
from experiments.analysis.study_results import read_card, write_csv
from experiments.run.citation import cited
from experiments.run.task import ROOT
from experiments.study import ready_made as kinds
from simulation.errors import UnwritableError
from simulation.files.atomic import write_whole
from simulation.port.family import DEFAULT
from simulation.runs.results import Results, check_output_folder, free_folder, new_folder, run_card, write_json

if TYPE_CHECKING:
    from experiments.report.html import Page


def write_study_report(folder: Path, language: str = "en") -> None:
    """report.html of a study's folder, its pictures, and the tables of what it is for. `language`: of headings and outcomes.

    If any of that cannot be made, report-error.txt says why. OSError or UnwritableError if the disk does not take it.
    """
    (folder / "report-error.txt").unlink(missing_ok=True)
    try:
        from experiments.report.study import write_report

        write_analysis(folder)
        write_report(folder, folder / "report.html", language)
    except Exception as error:
        if isinstance(error, UnwritableError) or getattr(error, "errno", None) is not None:
            raise  # a full disk is no fault of the report, and would not take the file that tells of it
        write_whole(folder / "report-error.txt", traceback.format_exc().encode(errors="backslashreplace"))


def write_analysis(folder: Path) -> None:
    """The tables of what a study is for as CSV: a comparison's, an ablation's, what common random numbers save, a
    scorecard's; of any other factorial study, the effects of its levels and their interactions."""
    card = read_card(folder)
    analysis = card.get("analysis")
    if analysis == kinds.COMPARISON:
        from experiments.report.comparison.sections import write_tables

        write_tables(compared_study(folder), folder)
    elif analysis == kinds.ABLATION:
        from experiments.analysis.ablation import Ablation

        write_csv(Ablation.read(folder).table(), folder / "ablation.csv")
    elif analysis == kinds.COMMON_RANDOM_NUMBERS:
        from experiments.analysis.common_random_numbers import Pairs, saving_table

        write_csv(saving_table(Pairs.read(folder)), folder / "common-random-numbers.csv")
    elif analysis == kinds.SCORECARD:
        write_scorecard_tables(Scorecard.read(folder), folder)
    elif card.get("design") == "factorial":
        from experiments.analysis.interactions import read_effects, write_effects

        write_effects(read_effects(folder), folder)


def write_comparison_of_folders(
    folders: Sequence[str | Path], out: str | Path | None = None, language: str = "en"
) -> tuple[Compared, Path]:
    """A comparison of what is finished, in a folder of its own: tables, report, and a card that says what it is made of.

    One folder: a study, whose own sides are compared. InputError as `compared_study` and `compared_folders` have it.
    """
    from experiments.report.comparison.sections import folders_page, write_tables

    started = datetime.now(UTC)
    found = compared_study(folders[0]) if len(folders) == 1 else compared_folders(folders)
    names = "-".join(Path(folder).resolve().name for folder in folders[:4])
    target = check_output_folder(out or free_folder(Path("runs") / f"compare-{names}"))
    details = {"model": found.card.get("model", DEFAULT), "comparison": found.names}
    details |= {"folders": [str(Path(folder).resolve()) for folder in folders]}
    details |= {key: found.card.get(key) for key in ("start", "days", "weight", "replicates")}
    details |= {
        "finished_runs": len(found.runs),
        "planned_runs": len(found.runs),
        "failed_runs": 0,
        "interrupted": False,
    }
    details |= {"cards": [dict(Results(folder).card) for folder in folders]}
    card = run_card(
        scenario=str(found.card.get("scenario", "")),
        seed=found.card.get("seed"),
        parameters={},
        started=started,
        root=ROOT,
        details=details,
    )
    return found, _written(
        target, card, lambda folder: write_tables(found, folder), folders_page(found, card, language)
    )


def write_scorecard_of_folder(
    folder: str | Path, out: str | Path | None = None, language: str = "en"
) -> tuple[Scorecard, Path]:
    """The scorecard of a study that has run, in a folder of its own: table, report, and a card that says what it is made of.

    InputError as `Scorecard.read` has it.
    """
    from experiments.report.scorecard.sections import folder_page

    started = datetime.now(UTC)
    found = Scorecard.read(folder)
    target = check_output_folder(out or free_folder(Path("runs") / f"scorecard-{Path(folder).resolve().name}"))
    details = {"study": f"scorecard-{found.card.get('study')}", "folders": [str(Path(folder).resolve())]}
    details |= {key: found.card.get(key) for key in ("model", "start", "days", "weight", "replicates", "uncertainty")}
    details |= {"finished_runs": found.runs, "planned_runs": found.runs, "failed_runs": 0, "interrupted": False}
    details |= {"cards": [dict(Results(folder).card)]}
    card = run_card(
        scenario=str(found.card.get("scenario", "")),
        seed=found.card.get("seed"),
        parameters=found.card.get("parameters") or {},
        started=started,
        root=ROOT,
        details=details,
    )
    return found, _written(
        target, card, lambda folder: write_scorecard_tables(found, folder), folder_page(found, card, language)
    )


def _written(target: Path, card: dict[str, Any], tables: Callable[[Path], Any], page: Page) -> Path:
    """A folder with a card, tables and a report, all at once; returns where it came to lie."""
    made = [target]
    with new_folder(target, elsewhere=made.append) as hidden:
        write_json(cited(card), hidden / "card.json")
        tables(hidden)
        page.write(hidden / "report.html")
    return made[-1]
