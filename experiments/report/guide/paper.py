"""Papers as PDF, written with typst: its own type, no network, the same bytes from the same words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from simulation.errors import InputError, installing, refusal
from simulation.files.atomic import write_whole

FOLDER = Path(__file__).parent
PAPERS = ("guide", "handout", "map")
MARK = b"katye guide"


def typesetter() -> ModuleType:
    """The module typst. InputError where it is not installed."""
    try:
        import typst
    except ModuleNotFoundError:
        raise InputError("typst is not installed", "katye guide", installing("katye[guide]")) from None
    return typst


def typeset(paper: str, content: Mapping[str, Any], kind: str = "pdf") -> bytes | list[bytes]:
    """A paper of `PAPERS` from what `papers` gives; as `png` its pages (a list if there are several)."""
    return typesetter().compile(
        FOLDER / f"{paper}.typ",
        root=FOLDER,
        format=kind,
        sys_inputs={"data": json.dumps(content)},
        ignore_system_fonts=True,
    )


def targets(folder: Path, languages: Iterable[str]) -> dict[tuple[str, str], Path]:
    """Where each paper of each language goes. InputError if the folder cannot be had, or for a file that is no such paper."""
    found = {(tag, paper): folder / f"{paper}-{tag}.pdf" for tag in languages for paper in PAPERS}
    if not folder.parent.is_dir():
        raise InputError("its folder does not exist", str(folder), f"Make {folder.parent} first")
    try:
        folder.mkdir(exist_ok=True)
        strangers = [path for path in found.values() if path.exists() and MARK not in path.read_bytes()]
    except OSError as error:
        raise InputError(
            f"papers cannot be written there ({refusal(error)})", str(folder), "Name another one"
        ) from None
    if strangers:
        raise InputError("is there and is no paper of the guide", str(strangers[0]), "Name another folder")
    return found


def write_papers(written: Mapping[Path, bytes]) -> None:
    """All of them, each whole. InputError for what cannot be written."""
    for path, content in written.items():
        write_whole(path, content)
