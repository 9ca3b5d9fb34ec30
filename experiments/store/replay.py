"""The run of a study that is kept in full: a folder with all its days, there at once or not at all."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from simulation.files.atomic import flush, naming
from simulation.replay.recorded import write_recorded
from simulation.runs.results import write_json, write_tables


def keep_replay(folder: Path, record: Any) -> None:
    """Write `replay/` in a study's folder from `record.replay`, tables by name, and `record.card`; an old one gives way.

    `record.codebook(name)`, if it has one, gives unit and meaning of the columns of a table; `record.recorded` what a player
    shows.
    """
    target = folder / "replay"
    with naming(target):
        hidden = Path(tempfile.mkdtemp(prefix=".replay-", dir=folder))
        try:
            write_tables(hidden, getattr(record, "codebook", None), **record.replay)
            write_json(record.card, hidden / "card.json")
            if recorded := getattr(record, "recorded", None):
                write_recorded(recorded, hidden)
            for path in (*hidden.iterdir(), hidden):
                flush(path)
            hidden.chmod(0o755)
            if target.exists():
                shutil.rmtree(target)
            hidden.replace(target)
        finally:
            shutil.rmtree(hidden, ignore_errors=True)
        flush(folder)
