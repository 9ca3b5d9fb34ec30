"""What all Mesa models here have in common: once nobody holds one, its memory is free again."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

import mesa

from simulation.clock import write_date
from simulation.errors import InputError
from simulation.port.family import find_family
from simulation.runs.results import RunResults
from simulation.visualization.short_ways import Shown

if TYPE_CHECKING:
    import pandas

    from simulation.clock import Clock
    from simulation.port.family import ModelFamily
    from simulation.port.plugins import Brought
    from simulation.replay.recorded import Recorded
    from simulation.replay.recording import Recording

FEW = 2  # models in memory that nobody looks through for garbage

_in_memory: weakref.WeakSet[Model] = weakref.WeakSet()
_look_at = [FEW + 1]  # models in memory at which the next look is due


class Model(Shown, mesa.Model):
    """A Mesa model that is freed once nobody holds it, whatever the version of Mesa, and that shows itself.

    family: name of the model's family, from which its words and looks come.

    Mesa 3.3 numbers agents in a table of its class Agent that holds every model for ever. Here the model counts, as it does
    in later versions, and its line in that table is gone as soon as an agent has been made. A model and its agents hold one
    another, and Python looks for such circles by the number of objects, not by their size: with arrays that comes too late.
    So it is asked to look whenever there are twice as many models as a look has left.
    """

    family: ClassVar[str]
    agent_id_counter: int
    replaying: Recording | None = None  # who looks at every evening for `play`; no part of the run

    def __init__(self, *args: Any, **options: Any):
        self.agent_id_counter = 1
        super().__init__(*args, **options)
        _in_memory.add(self)
        if len(_in_memory) >= _look_at[0]:
            gc.collect()
            _look_at[0] = 2 * max(len(_in_memory), FEW)

    def register_agent(self, agent: mesa.Agent) -> None:
        """Called by Mesa for every new agent, which gets its number here."""
        table = getattr(mesa.Agent, "_ids", None)
        if table is not None:
            table.pop(self, None)
            agent.unique_id = self.agent_id_counter
            self.agent_id_counter += 1
        super().register_agent(agent)

    def results(self) -> RunResults:
        """The run so far as pandas frames: `daily()`, `events()`, and `neighbourhoods()` if recorded; `outcomes`."""
        return RunResults(self)

    def first_evening(self, replay: bool) -> None:
        """The first day is there: it is recorded, and kept for `play` from here on if that is wanted."""
        self.recorder.record(self)
        if replay:
            self.keep_replay()

    def evening(self) -> None:
        """A day is over: it is recorded, and kept for `play` if that is wanted."""
        self.recorder.record(self)
        if self.replaying is not None:
            self.replaying.look(self)

    def keep_replay(self) -> Self:
        """From today on every day is kept for `play()`: of a model that was loaded or branched, or made without `replay=True`.

        InputError for a model that has no replay.
        """
        from simulation.replay.recipe import replay_of
        from simulation.replay.recording import Recording

        if self.replaying is None:
            self.replaying = Recording(replay_of(self._family()))
            self.replaying.progress(self)
        return self

    # How it shows itself: what `Shown` asks for

    def __repr__(self) -> str:
        if not hasattr(self, "recorder"):  # on its way to a first day, or to an error
            return f"<{type(self).__name__}>"
        return f"<{type(self).__name__} {self._called()}: day {self.day}, {write_date(self._clock().date(self.day))}>"

    def _family(self) -> ModelFamily:
        return find_family(self.family, self.case.brought)

    def _called(self) -> str:
        without = f" without {', '.join(self.case.off)}" if self.case.off else ""
        return f"{self.case.name}{without}, seed {self.run_seed}"

    def _clock(self) -> Clock:
        return self.recorder.clock

    def _days(self) -> pandas.DataFrame:
        return self.recorder.daily()

    def _last_day(self) -> int:
        return self.day

    def _outcomes(self) -> Mapping[str, Any]:
        return self.summary()

    def _recorded(self) -> Recorded:
        if self.replaying is None:
            name = type(self).__name__
            hint = f"Make it with replay=True and run it: {name}(case, replay=True); keep_replay() keeps the days from today on"
            raise InputError("its days were not kept for a replay", f"{self._called()}, play", hint)
        from simulation.replay.recorded import recorded_of

        return recorded_of(self._family().name, self.replaying, self, self.replaying.so_far(self))

    def _brought(self, recorded: Recorded) -> Brought:
        return self.case.brought
