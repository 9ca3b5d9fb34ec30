"""The player in a report: the recorded run of a study, or the pairs of a comparison; else the command that makes a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.analysis.compared import Compared
from experiments.report import replay
from experiments.report.html import Section, heading
from simulation.errors import InputError, typed
from simulation.replay.page import embedded
from simulation.replay.recorded import NAME

if TYPE_CHECKING:
    from simulation.port.family import ModelFamily

PAGE = "replay.html"
THIS, STUDIES = "This makes a page of it:", "This makes a page of the first cell of the first study:"
ONE = "One of many possible courses, chosen before it was run and not because it is typical."
PAIRS = (
    "{count} pairs of runs, the first two sides on one clock. The pair shown first is the one nearest to the mean of all; "
    "the numbers beside the maps say where luck decides."
)


def study_section(
    folder: Path,
    card: Mapping[str, Any],
    family: ModelFamily,
    compared: Compared | None,
    title: str,
    language: str = "en",
) -> Section | None:
    """The player of a study; None for a model without a replay. `title`: what the run that was kept in full is of."""
    if family.replay is None:
        return None
    several = len(compared.names) if compared else card.get("planned_runs", 1) > card.get("replicates", 1)
    command = typed("katye", "replay", folder, *(("--a", 0, "--b", 1) if several else ()))
    if compared is not None:
        return _section(lambda: replay.of_comparison(compared, folder), language, command)
    return _section(lambda: replay.of_runs([folder / "replay"], card.get("model")), language, command, title=title)


def folders_section(found: Compared, folders: Sequence[str | Path], language: str = "en") -> Section | None:
    """The player of a comparison of folders: of two runs, or of one comparison that kept recordings."""
    if found.family.replay is None:
        return None
    places = [Path(folder) for folder in folders][:2]
    if len(folders) == 1:
        return study_section(places[0], found.card, found.family, found, "", language)
    make = lambda: replay.of_runs(places, found.card.get("model"))  # noqa: E731
    if (places[0] / "daily.parquet").is_file():
        kept = ("A recording is kept with every run of", "katye run")
        return _section(make, language, typed("katye", "replay", *places), kept)
    return _section(make, language, "", (STUDIES, typed("katye", "replay", places[0], "--a", 0)))


def write_run_page(folder: Path, model: str) -> Path | None:
    """The page of a run's folder, put into it; None where it kept no recording. InputError if it cannot be written."""
    if not (folder / NAME).is_file():
        return None
    replay.write(folder / PAGE, replay.of_runs([folder], model), command=typed("katye", "replay", folder))
    return folder / PAGE


def _section(
    make: Callable[[], replay.Sides],
    language: str,
    command: str,
    instead: tuple[str, str] = ("", ""),
    title: str = "",
) -> Section:
    """What `make` finds as a part of a page, or why there is nothing and which command makes a page of its own.

    language: that the player begins in. command: the one that makes the same page. instead: words and a command where there
    is nothing, if that is another. title: of the run, unless its own.
    """
    data: dict[str, Any] = {"command": command, "page": "", "about": "", "why": ""}
    key = "replay"
    try:
        sides = make()
        if len(sides.arms) == 2:
            key = "replay-pairs"
        if title:
            sides = replace(sides, title=title, arms=tuple(replace(arm, title=title) for arm in sides.arms))
        content = replay.content(sides, command=command) | {"language": language}
    except InputError as error:
        how, data["command"] = instead if instead[1] else (THIS, command)
        data["why"] = f"There is nothing to play here: {error.what}. {how}"
    else:
        pairs = len(sides.arms[0].runs)
        data["about"] = PAIRS.format(count=pairs) if len(sides.arms) == 2 else ONE
        data["page"] = embedded(content, heading(language, key))
    return Section("replay", "replay.html", data, key)
