"""The report of a study, written into its folder: whatever goes wrong with it, the results stay."""

from __future__ import annotations

import traceback
from pathlib import Path


def write_study_report(folder: Path) -> None:
    """report.html of a study's folder; report-error.txt instead, if it cannot be made, says why."""
    (folder / "report-error.txt").unlink(missing_ok=True)
    try:
        from experiments.report.force_funding import write_report

        write_report(folder, folder / "report.html")
    except Exception:
        (folder / "report-error.txt").write_text(traceback.format_exc(), encoding="utf-8")
