"""Who touches what: a running model watched while it lives, so that what rules declare can be held against what they do.

Names are paths from the model: `influence` is `model.state.influence`, `pool.cash` is `model.pool.cash`, `donors` is all of
`model.donors`. What a rule gets counts as read unless it is changed; what differs from when it was got counts as written.
Helpers (forces, harm, agents) act for the rule that called them; a rule that is called by another acts for itself.
"""

from __future__ import annotations

import contextlib
import types
from collections import defaultdict
from typing import Any

import numpy as np

from models.haiti.agents.contingent import Batch, Contingent
from models.haiti.agents.donor import Donor
from models.haiti.agents.unit import Unit
from models.haiti.mechanisms.force.posture import Command
from models.haiti.mechanisms.force.roads import Passage
from models.haiti.mechanisms.gangs.regions import Beyond
from models.haiti.mechanisms.mission.equipment import Fleet
from models.haiti.mechanisms.mission.funding import FundingPool
from models.haiti.mechanisms.mission.infrastructure import Facilities
from models.haiti.mechanisms.mission.liaison import Cooperation
from models.haiti.model import HaitiModel
from models.haiti.people.columns import Households
from models.haiti.world.forces import Forces, Mission
from models.haiti.world.gang_affairs import GangAffairs
from models.haiti.world.politics import Politics
from models.haiti.world.state import CityState
from models.haiti.world.terrain import Terrain
from simulation.ledger import Ledger
from simulation.mechanism import Mechanism
from simulation.memory import LazyField
from simulation.rosters import Roster

BY_ATTRIBUTE = {
    CityState: "", GangAffairs: "affairs.", Politics: "politics.", FundingPool: "pool.", Mission: "mission.",
    Command: "command.", Facilities: "facilities.", Cooperation: "cooperation.", Beyond: "beyond.", Passage: "passage.",
}  # fmt: skip
AS_A_WHOLE = {
    Fleet: "mission.fleet", Forces: "forces.units", Unit: "forces.units", Contingent: "contingents", Batch: "contingents",
    Donor: "donors", Households: "population", Roster: "population", LazyField: "population.fear",
}  # fmt: skip
OF_THE_MODEL = (
    "alarm_today", "self_defenders", "gang_sizes", "youth_factor", "coping_factor", "ceilings", "binding_ceiling",
    "contingents", "donors", "parameters",
)  # fmt: skip
OF_THE_TERRAIN = ("hours", "province_hours", "exit_share", "air", "travel")
CONSTANT = {
    Unit: {"force", "country", "unique_id", "pos"},
    Contingent: {"country", "lead", "number", "offer_day", "unique_id", "pos"},
    Donor: {"donor", "channel", "unique_id", "pos"},
    Households: {"count", "n", "places", "weight", "home", "wealth", "tie", "threshold", "diary", "fear", "stratum_edges",
                 "previous_effect"},
    Mission: {"fleet"},
    Command: {"home_shares", "urgent"},
    Beyond: {"population"},
}  # fmt: skip
PROTOCOL = {
    "step",
    "reset",
    "found",
    "on",
    "name",
    "roll",
    "check_bound",
}  # what every rule has: to ask for it is no use


class Record:
    """What was seen: rule -> names, for each kind of touch. `pushed`: the rules at work, the innermost last."""

    def __init__(self):
        self.got: dict[str, set[str]] = defaultdict(set)
        self.written: dict[str, set[str]] = defaultdict(set)
        self.used: dict[str, set[str]] = defaultdict(set)
        self.private: set[tuple[str, str, str]] = set()
        self.pushed: list[tuple[Mechanism, dict]] = []

    def get(self, name: str, owner: Any, attribute: str, value: Any) -> None:
        if not self.pushed or name == "parameters":  # every rule reads those
            return
        rule, held = self.pushed[-1]
        self.got[type(rule).name].add(name)
        if isinstance(value, (np.ndarray, list, dict)):
            key = id(owner), attribute
            if key not in held:
                held[key] = (name, value, _copy(value))

    def write(self, name: str) -> None:
        if self.pushed:
            self.written[type(self.pushed[-1][0]).name].add(name)

    def settle(self) -> set[tuple]:
        """What the innermost rule holds and has changed since it got it, noted; keys of it."""
        rule, held = self.pushed[-1]
        changed = set()
        for key, (name, value, before) in held.items():
            if not _same(value, before):
                self.written[type(rule).name].add(name)
                held[key] = (name, value, _copy(value))
                changed.add(key)
        return changed

    @contextlib.contextmanager
    def acting(self, rule: Mechanism):
        """The rule is at work; what it changes is not taken for the doing of whoever called it."""
        if self.pushed:
            self.settle()
        self.pushed.append((rule, {}))
        try:
            yield
        finally:
            self.settle()
            self.pushed.pop()
            if self.pushed:
                held = self.pushed[-1][1]
                for key, (name, value, before) in held.items():
                    if not _same(value, before):
                        held[key] = (name, value, _copy(value))


def _copy(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    return {key: _copy(part) for key, part in value.items()} if isinstance(value, dict) else list(value)


def _same(value: Any, before: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.shape == before.shape and value.tobytes() == before.tobytes()
    if isinstance(value, dict):
        return value.keys() == before.keys() and all(_same(part, before[key]) for key, part in value.items())
    if isinstance(value, list):
        return len(value) == len(before) and all(one is other for one, other in zip(value, before, strict=True))
    return value is before or value == before


@contextlib.contextmanager
def watched(monkeypatch):
    """A record of what the rules of all models touch in the meantime."""
    record = Record()
    with monkeypatch.context() as patch:
        for kind, prefix in BY_ATTRIBUTE.items():
            _watch(patch, record, kind, lambda attribute, prefix=prefix: prefix + attribute)
        for kind, name in AS_A_WHOLE.items():
            _watch(patch, record, kind, lambda attribute, name=name: name)
        _watch(patch, record, HaitiModel, lambda attribute: attribute, OF_THE_MODEL)
        _watch(patch, record, Terrain, lambda attribute: "terrain", OF_THE_TERRAIN)
        _watch_ledger(patch, record)
        _watch_rules(patch, record)
        yield record


def _watch(patch, record: Record, kind: type, named, only: tuple[str, ...] | None = None) -> None:
    get, put, constant = kind.__getattribute__, kind.__setattr__, CONSTANT.get(kind, set())

    def counts(attribute: str) -> bool:
        if only is not None:
            return attribute in only
        return attribute[0] != "_" and attribute not in constant and attribute not in ("model", "random", "rng")

    def getter(self, attribute):
        value = get(self, attribute)
        if record.pushed and counts(attribute) and attribute in get(self, "__dict__"):
            record.get(named(attribute), self, attribute, value)
        return value

    def setter(self, attribute, value):
        put(self, attribute, value)
        if not record.pushed:
            return
        if type(value) in BY_ATTRIBUTE and kind is HaitiModel:  # a whole part is replaced
            for part in vars(value):
                record.write(BY_ATTRIBUTE[type(value)] + part)
        elif counts(attribute):
            record.write(named(attribute))

    patch.setattr(kind, "__getattribute__", getter, raising=False)
    patch.setattr(kind, "__setattr__", setter, raising=False)


def count_name(count: str) -> str:
    """All counts of people killed and injured are one thing."""
    return "ledger.harm" if "_killed" in count or "_injured" in count else f"ledger.{count}"


class _Today(dict):
    """The counts of today, by name; whoever asks for one has read it, or changes it by hand."""

    record: Record

    def __getitem__(self, name):
        value = super().__getitem__(name)
        self.record.get(count_name(name), self, name, value)
        return value


def _watch_ledger(patch, record: Record) -> None:
    get, add, total, today_total = Ledger.__getattribute__, Ledger.add, Ledger.sum, Ledger.sum_total

    def getter(self, attribute):
        value = get(self, attribute)
        if attribute in ("today", "total") and record.pushed:
            value = _Today(value)
            value.record = record
        return value

    def adding(self, name, place, amount):
        pushed, record.pushed = record.pushed, []
        try:
            add(self, name, place, amount)
        finally:
            record.pushed = pushed
        record.write(count_name(name))

    def asking(inner):
        def ask(self, name):
            record.get(count_name(name), self, name, None)
            return inner(self, name)

        return ask

    patch.setattr(Ledger, "__getattribute__", getter, raising=False)
    patch.setattr(Ledger, "add", adding)
    patch.setattr(Ledger, "sum", asking(total))
    patch.setattr(Ledger, "sum_total", asking(today_total))


def _watch_rules(patch, record: Record) -> None:
    get, put = Mechanism.__getattribute__, Mechanism.__setattr__

    def getter(self, attribute):
        at_work = record.pushed[-1][0] if record.pushed else None
        if at_work is self or attribute.startswith("__"):
            return get(self, attribute)
        if at_work is None:
            value = get(self, attribute)
            return acting(self, value) if attribute == "step" and type(value) is types.MethodType else value
        _note_use(at_work, self, attribute)
        with record.acting(self):  # a property may look at anything
            value = get(self, attribute)
        return acting(self, value) if type(value) is types.MethodType else value

    def setter(self, attribute, value):
        at_work = record.pushed[-1][0] if record.pushed else None
        if at_work is not None and at_work is not self:
            _note_use(at_work, self, attribute)
        put(self, attribute, value)

    def acting(rule, method):
        def act(*given, **named):
            with record.acting(rule):
                return method(*given, **named)

        return act

    def _note_use(by, of, attribute):
        if attribute in PROTOCOL or attribute == "model":
            return
        record.used[type(by).name].add(type(of).name)
        if attribute.startswith("_"):
            record.private.add((type(by).name, type(of).name, attribute))

    patch.setattr(Mechanism, "__getattribute__", getter, raising=False)
    patch.setattr(Mechanism, "__setattr__", setter, raising=False)
