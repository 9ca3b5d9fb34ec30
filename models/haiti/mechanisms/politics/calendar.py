"""The calendar of a run: its scenario's dated events happen, last and end; parameters change on their day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.haiti.scenario.changes import apply_parameters
from simulation.clock import MOST_DAYS
from simulation.mechanism import Mechanism
from simulation.serialise.limits import PLAIN, Limits, listed, position, row, table, whole

if TYPE_CHECKING:
    from simulation.serialise.checking import Look


class Calendar(Mechanism):
    """First step of the day, and of the first one too. Events that last end on the morning after their last day; on a day
    they begin before those that only happen, whatever their order in the scenario.

    upcoming: numbers of the case's events that have not begun, by day. lasting: pairs (last day, number) of those under way.
    in_force: {parameter: [value without events, [[number, value], ...]]} of events that hold it; the last one counts.
    """

    name = "calendar"
    neutral = "No event happens: parameters, roads, airport, donors and mandate stay as the scenario starts."
    objection = "In reality dates follow from events; here the author of a scenario sets them."
    equations = (
        "an event begins on its day, and one that lasts ends on the morning after its last day",
        "a parameter that events hold has the value of the latest of them; when none is left, the value from before",
    )
    writes = ("parameters", "terrain")
    uses = ("coalition", "deployment", "government", "mandate", "offensives", "political_will")
    limits = Limits(
        {
            "upcoming": listed(position("events")),
            "lasting": listed(row(whole(0, 2 * MOST_DAYS), position("events"))),
            "in_force": table(row(PLAIN, listed(row(position("events"), PLAIN)))),
            "airport_closures": whole(0, "events"),
        }
    )

    def __init__(self, model):
        super().__init__(model)
        start, events = model.case.start, model.case.events

        def turn(number: int) -> tuple[int, bool, int]:
            return events[number].first_day(start), events[number].kind.end is None, number

        self.upcoming = sorted(range(len(events)), key=turn)
        self.lasting: list[list[int]] = []
        self.in_force: dict[str, list[Any]] = {}
        self.airport_closures = 0

    def check(self) -> None:
        """Everything that only this city and this starting point can tell about the events; InputError."""
        for event in self.model.case.events:
            if event.kind.check:
                event.kind.check(self.model, event)

    def found_day(self) -> bool:
        """Begin what is dated on the first day of the run; whether there was anything."""
        events, start = self.model.case.events, self.model.case.start
        if not self.on or not self.upcoming or events[self.upcoming[0]].first_day(start) > 0:
            return False
        self.step()
        return True

    def step(self) -> None:
        model = self.model
        if self.in_force:
            self._hold()
        events, start = model.case.events, model.case.start
        for last, number in list(self.lasting):
            if last < model.day:
                self.lasting.remove([last, number])
                events[number].kind.end(model, events[number])
        while self.upcoming and events[self.upcoming[0]].first_day(start) <= model.day:
            number = self.upcoming.pop(0)
            events[number].kind.start(model, events[number])
            last = events[number].last_day(start)
            if last is not None:
                self.lasting.append([last, number])

    def set_parameters(self, number: int, changes: dict[str, Any]) -> None:
        """Event `number` holds these parameters from today on, until `release`."""
        for name, value in changes.items():
            self.in_force.setdefault(name, [self.model.parameters.get(name), []])[1].append([number, value])
        apply_parameters(self.model, changes, new=True)

    def release(self, number: int) -> None:
        """Parameters that event `number` holds go back to what another event holds them at, or to what they were before."""
        back = {}
        for name, (before, holds) in list(self.in_force.items()):
            left = [hold for hold in holds if hold[0] != number]
            if len(left) < len(holds):
                back[name] = left[-1][1] if left else before
                self.in_force[name] = [before, left]
                if not left:
                    del self.in_force[name]
        apply_parameters(self.model, back, new=True)

    def held(self) -> dict[str, Any]:
        """Parameters that events hold today, and at what."""
        return {name: holds[-1][1] for name, (_, holds) in self.in_force.items()}

    def _hold(self) -> None:
        """A run that was saved and opened starts from its case's parameters: those in force are put back."""
        changed = {name: value for name, value in self.held().items() if self.model.parameters.get(name) != value}
        if changed:
            apply_parameters(self.model, changed, new=False)

    def check_kept(self, look: Look) -> None:
        """Events are under way or to come once, those under way can end, and parameters are held at values they may have."""
        known, events = self.model.case.parameters, self.model.case.events
        numbers = [*self.upcoming, *(number for _, number in self.lasting)]
        if len(set(numbers)) != len(numbers) or any(events[number].kind.end is None for _, number in self.lasting):
            raise ValueError("Calendar has an event twice, or one under way that does not last")
        for name, (before, holds) in self.in_force.items():
            if not holds:
                raise ValueError(f"Calendar has {name} held by no event")
            for value in (before, *(value for _, value in holds)):
                known.replace({name: value}, "Calendar.in_force")
