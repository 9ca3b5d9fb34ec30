"""Saving a run and going on with it: what of the model is kept, what is rebuilt, and whom a file may be opened by.

Everything that a model holds is saved, so state that is added to it needs no line; a new class says `@kept`, rules are
kept anyway. What follows from case, map and starting point alone a class calls `derived`, beside its fields: it is
computed afresh from them, which is what makes a branch with other parameter values right.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.haiti import metrics
from models.haiti.agents.gang import Gang
from models.haiti.brought import parameters
from models.haiti.saving import sound
from models.haiti.saving.header import read_case, read_city
from models.haiti.scenario.scenario import Case, checked_seed
from models.haiti.start.starting_point import StartingPoint
from models.haiti.world.city import City
from simulation.errors import InputError
from simulation.files.checked_text import told
from simulation.port.plugins import Brought
from simulation.serialise import bookkeeping, checkpoint
from simulation.serialise.kept import KEPT, kept
from simulation.serialise.restoring import FAULTS, put
from simulation.serialise.snapshot import Known, Snapshot, take

if TYPE_CHECKING:
    from models.haiti.model import HaitiModel

kept(Case)  # goes into the header of a file


@kept
@dataclasses.dataclass
class Run:
    """What is saved: the model, what Mesa keeps of it by itself, and which of its roads are closed."""

    model: HaitiModel
    mesa: dict[str, Any] = dataclasses.field(default_factory=dict)
    roads: dict[str, Any] = dataclasses.field(default_factory=dict)


def known(model: HaitiModel, gang_class: type[Gang] = Gang) -> Known:
    """What a snapshot of this model may hold."""
    classes = dict(KEPT)
    for kind in (*model.KINDS, type(model), *(() if gang_class is Gang else (gang_class,))):
        if classes.setdefault(kind.__name__, kind) is not kind:
            what = "of gangs" if kind is gang_class else "of a rule or a model"
            raise InputError(f"a class {what} cannot be called {kind.__name__}", hint="Give it another name")
    outer = {name: getattr(model, name) for name in ("case", "parameters", "dice", "clock", "city", "start")}
    outer |= {f"parameters.{name}": getattr(model.parameters, name) for name in model.parameters.groups()}
    outer |= {f"metric {name}": metric.value for name, metric in model.daily_metrics.items()}
    outer |= {"KINDS": model.KINDS}
    outer |= {f"field {name}": function for name, function in metrics.FIELDS.items()}
    return Known(classes, outer, {type(model): bookkeeping.mesa_attributes()})


def own_gang_class(model: HaitiModel) -> type[Gang]:
    """The class of the run's gangs; InputError if there are several of their own."""
    kinds = {type(gang) for gang in model.gangs} - {Gang}
    if len(kinds) > 1:
        names = ", ".join(sorted(kind.__name__ for kind in kinds))
        raise InputError(f"the gangs are of several classes ({names}), and one can be saved", "gang_class")
    return kinds.pop() if kinds else Gang


def snapshot(model: HaitiModel) -> Snapshot:
    """All of a running model as plain data, sharing its memory."""
    run = Run(model, bookkeeping.note(model), _roads(model))
    return take(run, known(model, own_gang_class(model)))


def _roads(model: HaitiModel) -> dict[str, Any]:
    return {"closed": model.terrain.places.closed, "version": model.terrain.places.version}


def revive(model: HaitiModel, taken: Snapshot, gang_class: type[Gang], checked: bool = False) -> None:
    """Make an opened model, where nothing is founded yet, stand where the snapshot was taken.

    The snapshot is put back twice: rules compute what is derived from a whole city when they are made, and then get their
    own state. Filling rules that have been made also shows what a snapshot lacks, which is refused. checked: ask before
    anything runs whether all of it is sound (ValueError), as it comes from a file.
    """
    what, sizes, counts = known(model, gang_class), sound.sizes_of(model), list(model.ledger.rows)
    run = put(taken, what, Run(model))
    if checked:
        sound.check(run, what, sizes, counts)
    model._make_mechanisms()
    run = put(taken, what, Run(model, {"rng": model.rng, "random": model.random}))
    _set_roads(model, **run.roads)
    bookkeeping.restore(model, run.mesa, what.classes)


def _set_roads(model: HaitiModel, closed: Any, version: int) -> None:
    """Close and open roads as they were. The version is that of the run: caches ask for it."""
    places = model.terrain.places
    for here, a in enumerate(places.ids):
        for slot in range(places.starts[here], places.starts[here + 1]):
            if closed[slot] != places.closed[slot]:
                (places.close if closed[slot] else places.open)(a, places.ids[places.neighbours[slot]])
    places.version = version
    model.terrain.refresh()


def fingerprint(thing: City | StartingPoint) -> str:
    """SHA-256 of the content of a map or of a starting point, wherever it was read from."""
    taken = take(thing, Known(KEPT))
    total = hashlib.sha256(json.dumps(taken.records).encode())
    for array in taken.arrays:
        total.update(array.tobytes())
    return total.hexdigest()


def parts(model: HaitiModel) -> dict[str, list[str]]:
    """Names of all that a program must have in common with a file to go on with it, parameters apart."""
    return {
        "mechanism": [kind.name for kind in model.KINDS],
        "metric": [*model.daily_metrics, *metrics.FIELDS],
        "count": list(model.ledger.today),
    }


def save(model: HaitiModel, path: str | Path) -> None:
    """See `HaitiModel.save`."""
    gang_class, case = own_gang_class(model), model.case
    _check_sound(model, gang_class, str(path))
    header = {
        "scenario": case.name,
        "run_seed": model.run_seed,
        "day": model.day,
        "parameters": dict(case.parameters),
        "case": take(_bare(case), Known(KEPT)).records,
        "population": [case.population.name, model.city.population.tolist()] if case.population else None,
        "model": type(model).__name__,
        "gang_class": gang_class.__name__,
        "brought": case.brought.content(),
        "city": fingerprint(model.city),
        "start": fingerprint(model.start),
        "parts": parts(model),
    }
    checkpoint.write(path, snapshot(model), header)


def _bare(case: Case) -> Case:
    """The case without what stands elsewhere in the header, and without the posterior that its values were drawn from."""
    bare = dataclasses.replace(case, parameters=None, population=None, brought=None)
    del vars(bare)["posterior"]
    return bare


def _check_sound(model: HaitiModel, gang_class: type[Gang], where: str) -> None:
    """What could not be opened again is not written: only a hand that changes a run past its rules makes it so."""
    run = Run(model, bookkeeping.note(model), _roads(model))
    try:
        sound.check(run, known(model, gang_class), sound.sizes_of(model), list(model.ledger.rows))
    except ValueError as error:
        hint = "It was changed by hand in a way in which no rule changes it"
        raise InputError(f"the run cannot be kept ({told(error)})", where, hint) from error


def load(
    cls: type[HaitiModel],
    path: str | Path,
    gang_class: type[Gang],
    neighbourhoods: bool | None,
    events: bool | None,
    city: City,
    start: StartingPoint | None,
    bring: Brought,
) -> HaitiModel:
    """See `HaitiModel.load`."""
    taken, header, made_by = checkpoint.read(path)
    where = str(path)
    maker = f"It was made by {checkpoint.maker(made_by)}"
    hint = f"{maker}; run the simulation again, or open it with that version"
    try:
        _check_brought(header.get("brought", {}), bring.content(), where)
        _check_classes(header, cls, gang_class, where)
        values, defaults = header["parameters"], parameters(bring)
        _check_names("parameter", values, [name for name, _ in defaults], where, hint)
        case, city = read_case(header, defaults, bring, where), read_city(header, city, where)
        model = cls.__new__(cls)
        model._open(case, checked_seed(header["run_seed"]), False, False, city, start)
        for kind, names in parts(model).items():
            _check_names(kind, header["parts"][kind], names, where, hint)
        for thing, words in (("city", "another map"), ("start", "another situation on the first day")):
            if header[thing] != fingerprint(getattr(model, thing)):
                raise InputError(f"the run is on {words}", where, f"Give the one it was made with as {thing}=")
        revive(model, taken, gang_class, checked=True)
    except InputError as error:
        raise error.in_short() from error
    except FAULTS as error:
        raise InputError(f"the run cannot be put together again ({told(error)})", where, hint) from error
    _record_less(model, neighbourhoods, events, where)
    return model


def _check_brought(theirs: Mapping[str, Any], ours: Mapping[str, Any], where: str) -> None:
    """What a run was made with is given again, never taken from the file: that may come from a stranger."""
    if theirs != ours:
        first, second = (json.dumps(told) if told else "nothing" for told in (theirs, ours))
        what = f"the run was made with {first} brought to it from outside, and is opened with {second}"
        raise InputError(what, where, "Give the same as bring=, or in the scenario or study")


def _check_classes(header: Mapping[str, Any], cls: type, gang_class: type, where: str) -> None:
    if header["model"] != cls.__name__:
        raise InputError(f"this is a run of {header['model']}", where, f"Open it with {header['model']}.load")
    if header["gang_class"] != gang_class.__name__:
        needed = header["gang_class"]
        hint = f"Give it as gang_class={needed}" if needed != Gang.__name__ else "Leave gang_class out"
        raise InputError(f"the gangs of this run are of class {needed}, not {gang_class.__name__}", where, hint)


def _check_names(kind: str, theirs: Collection[str], ours: Collection[str], where: str, hint: str) -> None:
    known, held = set(ours), set(theirs)
    for name in theirs:
        if name not in known:
            raise InputError(f"the {kind} '{name}' of this run no longer exists", where, hint)
    for name in ours:
        if name not in held:
            raise InputError(f"this run knows no {kind} '{name}', which the model has now", where, hint)


def _record_less(model: HaitiModel, neighbourhoods: bool | None, events: bool | None, where: str) -> None:
    """Stop recording a table, or make sure that it is there from the first day."""
    recorder, ledger = model.recorder, model.ledger
    if (neighbourhoods and not recorder.fields) or (events and not ledger.keep_incidents):
        name = "events" if recorder.fields or not neighbourhoods else "neighbourhoods"
        raise InputError(f"the run has not recorded {name}, and its past days cannot be", where)
    if neighbourhoods is False:
        recorder.fields.clear()
        recorder.place_values.clear()
    if events is False:
        ledger.keep_incidents = False
        ledger.incidents.clear()
        for diary in (model.diary, model.holders):
            diary.keep = False
            diary.clear()
