"""How the folder of a run shows itself: curves and maps from its tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.clock import Clock
from simulation.errors import InputError
from simulation.port.family import DEFAULT, find_family
from simulation.port.plugins import read_brought
from simulation.visualization.short_ways import Shown

if TYPE_CHECKING:
    import pandas

    from simulation.port.family import ModelFamily
    from simulation.port.plugins import Brought
    from simulation.replay.recorded import Recorded


class RunPictures(Shown):
    """What `Shown` asks for, read from the tables and the card of a folder.

    Code that was brought to a run is not read for a picture: the folder may come from a stranger.
    """

    folder: Path
    card: Mapping[str, Any]
    names: Callable[[], list[str]]
    table: Callable[[str], pandas.DataFrame]

    def __repr__(self) -> str:
        return f"<{self._named()}, in {self.folder}>"

    def _named(self) -> str:
        if self._is_run():
            return f"run {self._called()}: {self._last_day()} days"
        kind = "study" if "design" in self.card else "results"
        title = self.card.get("title") or self.card.get("study") or "without a title"
        return f"{kind} {title}: {self.card.get('finished_runs', 'some')} runs"

    def _repr_html_(self) -> str:
        if self._is_run():
            return super()._repr_html_()
        from simulation.visualization.picture import caveat_html, shown, table_html

        rows = [(name, f"{len(self.table(name)):,} rows") for name in self.names()]
        return shown(self._named(), table_html(rows, ("table", "size")) if rows else "", caveat_html())

    def _is_run(self) -> bool:
        return "daily" in self.names() and "runs" not in self.names()

    def _family(self) -> ModelFamily:
        return find_family(self.card.get("model", DEFAULT))

    def _called(self) -> str:
        off = self.card.get("off")
        without = f" without {', '.join(map(str, off))}" if isinstance(off, list) and off else ""
        return f"{self.card.get('scenario')}{without}, seed {self.card.get('seed')}"

    def _clock(self) -> Clock:
        return Clock(self._days()["date"].iloc[0].date())

    def _days(self) -> pandas.DataFrame:
        if not self._is_run():
            hint = "Open it with: from experiments import StudyResults; StudyResults.read(folder). It has curve() and map()"
            if "replay" in self.card or (self.folder / "replay").is_dir():
                hint += "; replay() here gives the run that was kept in full"
            raise InputError("it holds many runs, and this draws the days of one", f"folder {self.folder}", hint)
        return self.table("daily")

    def _places(self, day: int, field: str) -> Mapping[str, Any]:
        table = self.table("neighbourhoods") if "neighbourhoods" in self.names() else None
        if table is None or field not in table or not (table["day"] == day).any():
            hint = "katye run keeps neighbourhoods.parquet, with every day of every place"
            raise InputError(f"{field} of places was not kept", f"folder {self.folder}, map", hint)
        place = "neighbourhood" if "neighbourhood" in table else "place"
        return table[table["day"] == day].set_index(place)[field].to_dict()

    def _outcomes(self) -> Mapping[str, Any]:
        outcomes = self.card.get("outcomes")  # the replay of a study has none: they stand in its table of runs
        return outcomes if isinstance(outcomes, Mapping) else {}

    def _recorded(self) -> Recorded:
        """As the folder keeps it. InputError if there is none, or if it is damaged or not what the model shows."""
        from simulation.replay.recipe import replay_of
        from simulation.replay.recorded import check_recorded, read_recorded

        self._days()  # a folder of many runs says so
        recorded = read_recorded(self.folder)
        check_recorded(recorded, replay_of(self._family()), f"folder {self.folder}")
        return recorded

    def _brought(self, recorded: Recorded) -> Brought:
        """The map of its run; no code."""
        data = {"data": recorded.brought["data"]} if "data" in recorded.brought else {}
        return read_brought(data, f"{self.folder}, the map of its run")
