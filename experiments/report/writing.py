"""The report of a study, written into its folder: whatever goes wrong with it, the results stay."""

from __future__ import annotations

import json
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from experiments.analysis.compared import Compared, compared_folders, compared_study
from experiments.analysis.study_results import read_card
from experiments.run.task import ROOT
from experiments.study.ready_made import COMPARISON
from simulation.runs.results import check_output_folder, free_folder, new_folder, run_card, write_json


def write_study_report(folder: Path) -> None:
    """report.html of a study's folder; report-error.txt instead, if it cannot be made, says why."""
    (folder / "report-error.txt").unlink(missing_ok=True)
    try:
        if read_card(folder).get("analysis") == COMPARISON:
            from experiments.report.comparison import write_page

            write_page(folder, compared_study(folder))
        else:
            from experiments.report.force_funding import write_report

            write_report(folder, folder / "report.html")
    except Exception:
        (folder / "report-error.txt").write_text(traceback.format_exc(), encoding="utf-8")


def write_comparison_of_folders(folders: Sequence[str | Path], out: str | Path | None = None) -> tuple[Compared, Path]:
    """A comparison of what is finished, in a folder of its own: tables, report, and a card that says what it is made of.

    One folder: a study, whose own sides are compared. InputError as `compared_study` and `compared_folders` have it.
    """
    started = datetime.now(UTC)
    found = compared_study(folders[0]) if len(folders) == 1 else compared_folders(folders)
    names = "-".join(Path(folder).resolve().name for folder in folders[:4])
    target = check_output_folder(out or free_folder(Path("runs") / f"compare-{names}"))
    card = run_card(
        scenario=str(found.card.get("scenario", "")),
        seed=found.card.get("seed"),
        parameters={},
        started=started,
        root=ROOT,
        details={
            "model": found.family.name,
            "comparison": found.names,
            "folders": [str(Path(folder).resolve()) for folder in folders],
            "cards": [json.loads((Path(folder) / "card.json").read_text(encoding="utf-8")) for folder in folders],
            "start": found.card["start"],
            "days": found.card["days"],
            "weight": found.card.get("weight"),
            "replicates": found.card["replicates"],
            "finished_runs": len(found.runs),
            "planned_runs": len(found.runs),
            "failed_runs": 0,
            "interrupted": False,
        },
    )
    from experiments.report.comparison import write_page

    with new_folder(target) as hidden:
        write_json(card, hidden / "card.json")
        write_page(hidden, found)
    return found, target
